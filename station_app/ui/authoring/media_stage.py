"""The picture, page or film that is chosen, large: drawn on where it is a picture, played where it is a film."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QStackedWidget
from shiboken6 import isValid

from station_app.domain.media import Picture
from station_app.services.posting import when_done
from station_app.ui.authoring.media_images import image_of
from station_app.ui.authoring.panel import EditContext
from station_app.ui.decoding import pages_of
from station_app.ui.step_pictures import is_video
from widgets.editor_canvas import MarkCanvas

if TYPE_CHECKING:
    from widgets.video_view import VideoView


class MediaStage(QStackedWidget):
    """Shows one of the files of a step; reading and decoding run beside the window. ``paged(pages)``: how many it has."""

    paged = Signal(int)

    def __init__(self, context: EditContext) -> None:
        super().__init__()
        self._context = context
        self._shown = ""
        self.canvas = MarkCanvas(context.look, self._invitation())
        self.video: VideoView | None = None
        self.addWidget(self.canvas)

    def _invitation(self) -> str:
        return self.tr("Drag a picture, drawing, video or PDF here, or choose a file")

    def show_picture(self, picture: Picture | None) -> None:
        """Show a file, or the invitation to bring one."""
        key = "" if picture is None else f"{picture.sha256} {picture.page} {picture.loop and is_video(picture)}"
        if key == self._shown:
            return
        self._shown = key
        self.canvas.hold(None)
        self.canvas.set_image(None)
        if self.video is not None:
            self.video.clear()
        if picture is None:
            self.canvas.set_placeholder(self._invitation())
        elif is_video(picture):
            self._show_video(picture, key)
            return
        else:
            self._show_image(picture, key)
        self.setCurrentWidget(self.canvas)

    def _show_image(self, picture: Picture, key: str) -> None:
        self.canvas.set_placeholder(self.tr("Loading {file} …").format(file=picture.file))
        media = self._context.desk.drafts.media()

        def shown(image: QImage) -> None:
            if isValid(self) and self._shown == key:
                self.canvas.set_placeholder(self.tr("{file} cannot be shown").format(file=picture.file))
                self.canvas.set_image(image, picture.file)
                self.paged.emit(pages_of(image))

        work = self._context.desk.local.submit(lambda: image_of(media.get(picture.sha256), picture))
        when_done(work, self._context.desk.post, shown, _fail)

    def _show_video(self, picture: Picture, key: str) -> None:
        # QtMultimedia is loaded with the first film that is shown
        from widgets.video_view import VideoView

        if self.video is None:
            self.video = VideoView(self._context.look, self.tr("This film cannot be played"))
            self.addWidget(self.video)
        video = self.video
        self.setCurrentWidget(video)
        media = self._context.desk.drafts.media()

        def shown(content: bytes | None) -> None:
            if not isValid(self) or self._shown != key:
                return
            if content is None:
                video.show_broken()
            else:
                video.set_video(content, picture.file, loop=picture.loop, rests=True)

        when_done(
            self._context.desk.local.submit(lambda: media.get(picture.sha256)), self._context.desk.post, shown, _fail
        )  # fmt: skip


def _fail(error: BaseException) -> None:
    raise error
