"""The camera on the inspection page: its live picture, and what is seen in it before a photo is taken."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QSizePolicy

from station_app.domain.checks import PhotoCheck
from station_app.domain.job import CheckProgress, Mark
from station_app.domain.view import ViewRules
from station_app.services.pictures import Judged
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.check_view import CardContext
from station_app.ui.look import Look
from station_app.ui.photo_view import PhotoView
from station_app.ui.pictures import Preview
from widgets.photo_card import PhotoCard

translate = QCoreApplication.translate

JUDGE_EVERY_S = 1.0
SILENT_AFTER_S = 2.0
PREVIEW_PX = (720, 480)
PICTURE_MM = 52.0
LARGE_MM = 60.0
QWIDGETSIZE_MAX = 16777215


def verdict_text(judged: Judged, serial: str) -> str:
    """What is seen in a frame: the code and the first fault."""
    if serial and serial in judged.codes:
        code = translate("inspect", "code = unit")
    elif judged.codes:
        code = translate("inspect", "code {code}, not this unit").format(code=judged.codes[0][:24])
    else:
        code = translate("inspect", "no code in sight")
    return " · ".join([code, *(fault.partition(":")[0] for fault in judged.faults[:1])])


def _view(camera: str, check: PhotoCheck | None) -> str:
    """The view that a check wants of this camera; empty without one."""
    return check.view if check is not None and check.camera == camera else ""


class LargePhotoView(PhotoView):
    """The photo check of an inspection: its picture has all the room of the middle."""

    def __init__(self, check: PhotoCheck, balloon: str, context: CardContext) -> None:
        super().__init__(check, context)
        self.card.set_title(f"{balloon}  {check.title_in(context.language)}")
        self.card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        if isinstance(self.card, PhotoCard):
            self.card.picture.setMinimumHeight(context.look.mm(LARGE_MM))
            self.card.picture.setMaximumHeight(QWIDGETSIZE_MAX)

    def update(self, progress: CheckProgress, saving: bool, picture_kept: bool) -> None:
        """As ever; a refused picture is recorded too."""
        super().update(progress, saving, picture_kept)
        if progress.mark is Mark.FAILED:
            self.card.set_note(translate("inspect", "saving") if saving else translate("inspect", "saved"))


class CameraView:
    """The first camera of the station in a card; refreshed by its owner 10 times a second."""

    def __init__(self, services: StationServices, look: Look) -> None:
        self._services = services
        self.camera = next(iter(services.pictures.names), "")
        missing = (
            translate("inspect", "Camera “{name}” delivers no picture.").format(name=self.camera)
            if self.camera
            else translate("inspect", "This station has no camera.")
        )
        self.card = PhotoCard(look, translate("inspect", "Camera"), "", "", missing)
        self.card.button.hide()
        self.card.picture.setFixedHeight(look.mm(PICTURE_MM))
        self._preview = Preview(services, self.camera, *PREVIEW_PX, self._frame, self.card)
        self._judged_s = 0.0
        self._judging = False
        self._caption = ""

    def follow(self, now_s: float, serial: str, check: PhotoCheck | None) -> None:
        """Show the newest frame; once a second say what is seen in it, by the demands of the photo check if there is one."""
        if not self.camera:
            return
        frame = self._services.pictures.preview(self.camera)
        if frame is None or now_s - frame.received_time > SILENT_AFTER_S:
            self._caption = ""
            self.card.set_preview(None, "")
            self.card.set_note(translate("inspect", "silent") if frame is not None else "")
            return
        self._services.pictures.show_view(self.camera, _view(self.camera, check))
        self._preview.refresh()
        if not self._judging and now_s - self._judged_s >= JUDGE_EVERY_S:
            self._judge(now_s, serial, check)

    def _judge(self, now_s: float, serial: str, check: PhotoCheck | None) -> None:
        demands = check.rules if check is not None else ViewRules()
        judging = self._services.pictures.judge(self.camera, demands, _view(self.camera, check))
        if judging is None:
            return
        self._judging, self._judged_s = True, now_s

        def judged(found: Judged) -> None:
            self._judging = False
            self._caption = verdict_text(found, serial)

        def failed(error: BaseException) -> None:
            self._judging = False
            raise error

        when_done(judging, self._services.post, judged, failed)

    def _frame(self, image: QImage) -> None:
        self.card.set_preview(image, self._caption)
        self.card.set_note(translate("inspect", "live"))
