"""What a step shows: its pictures, videos, pages and criteria in a panel, in the operator's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QCoreApplication, QObject
from PySide6.QtGui import QImage
from shiboken6 import isValid

from station_app.domain.media import Criterion, Picture
from station_app.domain.work_master import Step
from station_app.services.ports import EvidenceError
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.decoding import pages_of
from station_app.ui.look import Look
from station_app.ui.pictures import PictureStore
from station_app.ui.step_marks import drawn_callouts, drawn_regions, fill
from station_app.ui.step_pictures import StepPictures, Wanted, is_video
from widgets.media_panel import EnlargedPicture, MediaPanel, MediaTexts
from widgets.media_strip import MediaItem, MediaKind
from widgets.picture_view import Callout

translate = QCoreApplication.translate

THUMBNAIL_PX = (256, 192)
CLOSE_ZOOM = 1.2
"""From here on a person looks for what a picture of its place's size does not show."""


def media_texts() -> MediaTexts:
    """What is written on the panel."""
    return MediaTexts(
        nothing=translate("step_media", "This step has no picture"),
        broken_video=translate("step_media", "The video of this step cannot be played"),
        media=translate("step_media", "Pictures of this step"),
        good=translate("step_media", "Good"),
        bad=translate("step_media", "Not good"),
        no_reference=translate("step_media", "No reference picture"),
        earlier_page=translate("step_media", "Page before"),
        later_page=translate("step_media", "Next page"),
        larger=translate("step_media", "Larger"),
        smaller=translate("step_media", "Smaller"),
        whole=translate("step_media", "Whole picture"),
        close=translate("step_media", "Close"),
    )


@dataclass(frozen=True, slots=True)
class ShownStep:
    """A step to show: those that follow it, its language, and how large its place is in px."""

    step: Step
    following: Sequence[Step]
    language: str
    size_px: tuple[int, int]


class StepMedia(QObject):
    """Fills a panel with what a step has. ``numbers_only``: callouts without their texts, where there is little room."""

    def __init__(self, services: StationServices, look: Look, panel: MediaPanel, store: PictureStore) -> None:
        super().__init__(panel)
        self._services, self._look, self._panel, self.store = services, look, panel, store
        self._pictures = StepPictures(store)
        self.numbers_only = False
        self._shown: ShownStep | None = None
        self._entries: list[Picture | Criterion] = []
        self._page = 1
        self._video: QObject | None = None
        self._images: dict[int, QImage] = {}
        self._close = False
        panel.chosen.connect(self._chosen)
        panel.page_wanted.connect(self._turn)
        panel.enlarged.connect(self._enlarge)
        panel.picture.view_changed.connect(lambda zoom, _shift: self._look_closely(zoom))

    @property
    def entries(self) -> Sequence[Picture | Criterion]:
        """What can be chosen, in its order."""
        return tuple(self._entries)

    @property
    def page(self) -> int:
        """The page of the document that is shown."""
        return self._page

    def current(self) -> tuple[Picture, QImage] | None:
        """The picture that is large at present, decoded; of a criterion the good one. None for a video or nothing."""
        image = self._images.get(0)
        if image is None or image.isNull() or not self._entries:
            return None
        entry = self._entries[self._panel.index]
        picture = entry.good if isinstance(entry, Criterion) else entry
        return (picture, image) if picture is not None else None

    def show(self, shown: ShownStep) -> None:
        """Another step, or the same in another language: what was chosen of it stays.

        Where only the text is another one, everything stays: a film goes on, a document at its page.
        """
        before = self._shown
        same = before is not None and before.step.id == shown.step.id and _entries(before) == _entries(shown)
        if same and before is not None and (before.language, before.size_px) == (shown.language, shown.size_px):
            self._pictures.fetch_ahead(self._entries, shown.following, shown.size_px)
            return
        chosen = self._panel.index if same else 0
        self._shown = shown
        self._entries = _entries(shown)
        self._panel.picture.set_placeholder(self._panel.texts.nothing)
        self._panel.set_items([self._item(entry) for entry in self._entries])
        if not self._entries:
            self._panel.picture.set_callouts(())
            self._panel.picture.set_regions(())
        if len(self._entries) > 1:
            self._fetch_thumbnails()
        self._panel.choose(chosen)
        self._pictures.fetch_ahead(self._entries, shown.following, shown.size_px)

    def _item(self, entry: Picture | Criterion) -> MediaItem:
        assert self._shown is not None
        title = self._shown.step.title_in(self._shown.language)
        if isinstance(entry, Criterion):
            return MediaItem(self._criterion_text(entry), MediaKind.PAIR)
        return MediaItem(title, MediaKind.VIDEO if is_video(entry) else MediaKind.PICTURE)

    def _criterion_text(self, criterion: Criterion) -> str:
        assert self._shown is not None
        return criterion.translations.get(self._shown.language) or criterion.text

    # --- one of them --------------------------------------------------------------------------------------------------

    def _chosen(self, index: int) -> None:
        entry = self._entries[index]
        self._images.clear()
        if isinstance(entry, Criterion):
            self._show_criterion(entry)
        elif is_video(entry):
            self._show_video(entry)
        else:
            self._page = entry.page
            self._show_page(entry)

    def _turn(self, by: int) -> None:
        entry = self._entries[self._panel.index]
        if isinstance(entry, Picture):
            self._page += by
            self._show_page(entry)

    def _show_page(self, picture: Picture) -> None:
        shown, index, page = self._shown, self._panel.index, self._page
        assert shown is not None
        view, title = self._panel.picture, shown.step.title_in(shown.language)
        view.set_callouts(())
        view.set_regions(())
        came = list[bool]()

        def is_over() -> bool:
            return not self._is_on(shown, index) or self._page != page

        def put(image: QImage) -> None:
            if came:
                view.refine(image)
            else:
                view.set_image(image, "" if image.isNull() else title)
            came.append(True)
            if page == picture.page:
                view.set_callouts(self._callouts(picture))
                view.set_regions(drawn_regions(picture, shown.language))

        def arrived(image: QImage) -> None:
            if is_over():
                return
            if image.isNull():
                view.set_placeholder(translate("step_media", "The picture of this step cannot be shown"))
            put(image)
            self._images[0] = image
            pages = pages_of(image)
            of = translate("step_media", "Page {n} of {all}").format(n=page, all=pages)
            self._panel.set_page(page, pages, of)

        self._images.pop(0, None)
        self._close = False
        wanted = Wanted(picture, shown.size_px, page)
        self._pictures.show(wanted, lambda image: None if is_over() else put(image), arrived)
        if not came:
            # another step's picture must not stand beside this step's text, not for a moment
            view.set_placeholder("")
            view.set_image(None)

    def _look_closely(self, zoom: float) -> None:
        """The picture is enlarged in its place: show every pixel it has."""
        entry = self._entries[self._panel.index] if self._entries else None
        if zoom < CLOSE_ZOOM or self._close or not isinstance(entry, Picture) or 0 not in self._images:
            return
        self._close = True
        shown, index, page = self._shown, self._panel.index, self._page

        def arrived(image: QImage) -> None:
            if self._is_on(shown, index) and self._page == page and not image.isNull():
                self._panel.picture.refine(image)

        self._pictures.detail(entry, arrived, page)

    def _is_on(self, shown: ShownStep | None, index: int) -> bool:
        """Whether that is still seen: what is decoded may arrive when the step, or the whole window, is gone."""
        return isValid(self._panel) and (self._shown, self._panel.index) == (shown, index)

    def _callouts(self, picture: Picture) -> list[Callout]:
        assert self._shown is not None
        callouts = drawn_callouts(picture, self._shown.language)
        return [replace(callout, text="") for callout in callouts] if self.numbers_only else callouts

    def _show_criterion(self, criterion: Criterion) -> None:
        shown, index = self._shown, self._panel.index
        assert shown is not None
        pair = self._panel.pair
        pair.set_criterion(self._criterion_text(criterion))
        for view in pair.pictures:
            view.set_regions(())
            view.set_placeholder(self._panel.texts.no_reference)
        for part, picture in enumerate((criterion.good, criterion.bad)):
            if picture is None:
                continue

            def arrived(image: QImage, part: int = part, picture: Picture = picture) -> None:
                if not self._is_on(shown, index):
                    return
                self._images[part] = image
                view = pair.pictures[part]
                if image.isNull():
                    view.set_placeholder(translate("step_media", "The picture of this step cannot be shown"))
                view.set_image(image, "" if image.isNull() else self._criterion_text(criterion))
                view.set_regions(drawn_regions(picture, shown.language))

            self._pictures.fetch(Wanted(picture, shown.size_px, picture.page), arrived)

    def _show_video(self, picture: Picture) -> None:
        # QtMultimedia is loaded with the first video that is shown
        from widgets.video_view import VideoView

        shown, index = self._shown, self._panel.index
        assert shown is not None
        if not isinstance(self._video, VideoView):
            self._video = VideoView(self._look, self._panel.texts.broken_video)
        view = self._video
        view.clear()
        self._panel.show_widget(view)
        title = shown.step.title_in(shown.language)

        def arrived(content: bytes | None) -> None:
            if not self._is_on(shown, index):
                return
            if content is None:
                view.show_broken()
            else:
                view.set_video(content, title, loop=picture.loop)

        def failed(error: BaseException) -> None:
            arrived(None)
            raise error

        reading = self._services.pool.submit(self._read, picture.sha256)
        when_done(reading, self._services.post, arrived, failed)

    def _read(self, sha256: str) -> bytes | None:
        """The bytes of a video, None when they are not here. On the pool."""
        try:
            return self._services.library.picture(sha256)
        except EvidenceError:
            return None

    def _enlarge(self, part: int) -> None:
        image, shown = self._images.get(part), self._shown
        if image is None or image.isNull() or shown is None:
            return
        large = EnlargedPicture(self._look, self._panel.texts, self._panel.items[self._panel.index].title)
        entry = self._entries[self._panel.index]
        picture = entry if isinstance(entry, Picture) else (entry.good, entry.bad)[part]
        fill(large.picture, image, picture, shown.language)
        if picture is not None:
            page = self._page if isinstance(entry, Picture) else picture.page
            self._pictures.detail(picture, lambda found: _refine(large, found), page)
        large.open_once(self._panel.window())

    def _fetch_thumbnails(self) -> None:
        shown = self._shown
        for index, entry in enumerate(self._entries):
            parts = (entry.good, entry.bad) if isinstance(entry, Criterion) else (entry,)
            for part, picture in enumerate(parts):
                if picture is None or is_video(picture):
                    continue

                def arrived(image: QImage, index: int = index, part: int = part) -> None:
                    if isValid(self._panel) and self._shown is shown:
                        self._panel.set_thumbnail(index, image, part)

                self._pictures.fetch(Wanted(picture, THUMBNAIL_PX, picture.page), arrived)


def _entries(shown: ShownStep) -> list[Picture | Criterion]:
    """What a step has to show, in its order."""
    return [*shown.step.pictures, *shown.step.criteria]


def _refine(large: EnlargedPicture, image: QImage) -> None:
    """Every pixel there is, unless the person has closed it meanwhile."""
    if isValid(large) and not image.isNull():
        large.picture.refine(image)
