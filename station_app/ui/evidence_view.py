"""Kept pictures over the whole window: enlarged, two side by side, their hash computed anew, and marks on a copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

import shiboken6
from PySide6.QtCore import QCoreApplication, QPointF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from station_app.domain.picture_marks import PictureMark
from station_app.domain.rules import Refusal
from station_app.domain.unit_trace import PictureTaken, UnitTrace
from station_app.services.examining import HashChecked, Opened
from station_app.services.ports import JournalError
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.decoding import LARGEST_SIDE_PX, decode
from station_app.ui.evidence_bars import DrawBar, LookBar
from station_app.ui.evidence_words import PictureWords
from station_app.ui.look import Look
from station_app.ui.page import saying_of
from widgets.marked_picture import ARROW, Mark, MarkedPicture
from widgets.message_banner import BannerKind, MessageBanner
from widgets.overlay import Overlay
from widgets.record_table import RecordTable
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM

translate = QCoreApplication.translate
WORDS_MM = 112.0
LABEL_MM = 24.0
JPEG = "image/jpeg"


class Pane(QWidget):
    """One picture with its caption. A picture that cannot be shown leaves its reason there."""

    def __init__(self, services: StationServices, look: Look) -> None:
        super().__init__()
        self._services = services
        self.shown: PictureTaken | None = None
        self.changed: Callable[[], None] = lambda: None
        self.caption = Line(look, "", bold=True, capital_mm=CAPITAL_BODY_MM)
        self.picture = MarkedPicture(look)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(2))
        layout.addWidget(self.caption)
        layout.addWidget(self.picture, 1)

    def show_picture(self, picture: PictureTaken, caption: str) -> None:
        """Open a picture; one asked for later is not overtaken by it."""
        self.shown = picture
        self.caption.set_text(caption)
        self.picture.set_image(None)
        self.picture.set_placeholder(translate("evidence", "Opening the picture"))
        pool, post = self._services.pool, self._services.post
        opening = self._services.examining.open(picture.sha256)

        def decoded(opened: Opened) -> tuple[QImage, str]:
            image = decode(opened.content, LARGEST_SIDE_PX, LARGEST_SIDE_PX, JPEG) if opened.content else QImage()
            return image, opened.fault or translate("evidence", "The picture is damaged: it cannot be decoded.")

        def opened(found: Opened) -> None:
            when_done(pool.submit(decoded, found), post, lambda result: self._arrived(picture, *result), _raise)

        when_done(opening, post, opened, _raise)

    def _arrived(self, picture: PictureTaken, image: QImage, fault: str) -> None:
        if not shiboken6.isValid(self) or picture is not self.shown:
            return  # the view is closed, or another picture was asked for meanwhile
        if image.isNull():
            said = translate("evidence", "This picture is not shown. {fault}").format(fault=fault)
            self.picture.set_placeholder(said)
        else:
            self.picture.set_image(image, self.caption.text())
        self.changed()


class EvidenceView(Overlay):
    """The pictures of one unit's trace. ``copied`` after a copy was saved: the trace has one more picture then."""

    copied = Signal()

    def __init__(self, services: StationServices, look: Look, trace: UnitTrace, sha256: str) -> None:
        super().__init__(look, full=True)
        self.setAccessibleName(translate("evidence", "Kept pictures"))
        self._services, self._trace = services, trace
        self._at = next((i for i, p in enumerate(trace.pictures) if p.sha256 == sha256), 0)
        self._beside: int | None = None
        self._marks: tuple[Mark, ...] = ()
        self._checked: HashChecked | None = None
        self.left, self.right = Pane(services, look), Pane(services, look)
        self.words = RecordTable(look, "", label_mm=LABEL_MM)
        self.words.setFixedWidth(look.mm(WORDS_MM))
        self.banner = MessageBanner(look, translate("evidence", "Hide"))
        self.banner.dismissed.connect(self.banner.hide)
        self.look_bar, self.draw_bar = LookBar(look), DrawBar(look)
        self._lay_out()
        self._connect()
        self._show()

    @property
    def picture(self) -> PictureTaken:
        """The picture on the left, which is the one that is checked and drawn on."""
        return self._trace.pictures[self._at]

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves drawing, then comparing, then the view."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.is_drawing:
            self.stop_drawing()
        elif self._beside is not None:
            self.compare()
        else:
            self.dismiss()
        event.accept()

    # --- looking -------------------------------------------------------------------------------------------------

    def step(self, by: int) -> None:
        """Another picture: the right one while two are compared, else the one that is shown."""
        count = len(self._trace.pictures)
        if self._beside is None:
            self._at = (self._at + by) % count
            self._checked = None
        else:
            self._beside = (self._beside + by) % count
            if self._beside == self._at:
                self._beside = (self._beside + by) % count
        self._show()

    def compare(self) -> None:
        """Put another picture beside this one, or take it away again."""
        count = len(self._trace.pictures)
        self._beside = (self._at + 1) % count if self._beside is None and count > 1 else None
        self._show()

    def check_hash(self) -> None:
        """Compute the picture's SHA-256 anew, and say so with the time."""
        picture = self.picture
        self.look_bar.check.set_busy(translate("evidence", "Computing"))

        def checked(found: HashChecked) -> None:
            if not shiboken6.isValid(self):
                return
            self.look_bar.check.set_busy("")
            if picture is self.picture:
                self._checked = found
                self._show_words()
                self.words.scroll_to_section(2)

        when_done(self._services.examining.check_hash(picture.sha256), self._services.post, checked, _raise)

    # --- drawing -------------------------------------------------------------------------------------------------

    @property
    def is_drawing(self) -> bool:
        """Whether a touch draws."""
        return self._bars.currentWidget() is self.draw_bar

    def draw(self) -> None:
        """Begin to draw on a copy."""
        self._bars.setCurrentWidget(self.draw_bar)
        self.draw_bar.choose(ARROW)
        self._draw_marks(())
        self.left.picture.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop_drawing(self) -> None:
        """Throw the marks away and look again."""
        self._draw_marks(())
        self.left.picture.set_tool("")
        self._bars.setCurrentWidget(self.look_bar)
        self.draw_bar.text.clear()
        self.look_bar.draw.setFocus(Qt.FocusReason.OtherFocusReason)

    def save_copy(self) -> None:
        """Keep a copy with the marks; the original stays as it is."""
        person = self._services.people.person
        marks = tuple(PictureMark(**asdict(mark)) for mark in self._marks)
        text = self._words_of(self.picture).copy_text(marks, person.name if person is not None else "")
        try:
            saving = self._services.examining.keep_copy(self._trace, self.picture, text)
        except Refusal as refusal:
            self._refused(refusal)
            return
        self.draw_bar.save.set_busy(translate("evidence", "Saving"))
        when_done(saving, self._services.post, self._copy_saved, self._refused)

    def _copy_saved(self, _rows: object) -> None:
        if not shiboken6.isValid(self):
            return
        self.draw_bar.save.set_busy("")
        self.stop_drawing()
        self._say(
            BannerKind.NOTE,
            translate("evidence", "The copy is saved."),
            translate("evidence", "The original is unchanged. The copy stands with the unit's pictures."),
        )
        self.copied.emit()

    def _refused(self, error: BaseException) -> None:
        if not isinstance(error, Refusal | JournalError):
            raise error
        if not shiboken6.isValid(self):
            return
        self.draw_bar.save.set_busy("")
        said = saying_of(error)
        self._say(BannerKind.WARNING, said.what, " ".join(part for part in (said.kept, said.to_do) if part))

    def _drawn(self, mark: Mark) -> None:
        if mark.kind == "text" and not mark.text:
            self._say(BannerKind.WARNING, translate("evidence", "Type the text first, then touch its place."), "")
            self.draw_bar.text.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        self.banner.hide()
        self.draw_bar.text.clear()
        self._draw_marks((*self._marks, mark))

    def _draw_marks(self, marks: tuple[Mark, ...]) -> None:
        self._marks = marks
        self.left.picture.set_marks(marks)
        self.draw_bar.undo.setEnabled(bool(marks))
        self.draw_bar.save.setEnabled(bool(marks))

    # --- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if self.left.shown is not self.picture:
            self.left.show_picture(self.picture, self._words_of(self.picture).caption())
        self.right.setVisible(self._beside is not None)
        self.words.setVisible(self._beside is None)
        if self._beside is not None:
            beside = self._trace.pictures[self._beside]
            if self.right.shown is not beside:
                self.right.show_picture(beside, self._words_of(beside).caption())
        several, alone = len(self._trace.pictures) > 1, self._beside is None
        bar = self.look_bar
        for button in (bar.before, bar.after, bar.compare):
            button.setEnabled(several)
        drawable = self.left.picture.has_picture and not self.picture.original_sha256
        bar.draw.setEnabled(alone and drawable)
        bar.check.setEnabled(alone)
        bar.compare.set_text(translate("evidence", "Compare") if alone else translate("evidence", "Only one"))
        self._show_words()

    def _show_words(self) -> None:
        self.words.set_sections(self._words_of(self.picture).sections(self._checked))

    def _words_of(self, picture: PictureTaken) -> PictureWords:
        sealed = self._services.examining.is_sealed(picture.sha256)
        return PictureWords(self._trace, picture, sealed, self._services.ledger.clock.utc_offset_min())

    def _say(self, kind: BannerKind, what: str, kept: str) -> None:
        self.banner.show_message(kind, what, kept, "", "")

    def _connect(self) -> None:
        bar, drawing = self.look_bar, self.draw_bar
        bar.before.clicked.connect(lambda: self.step(-1))
        bar.after.clicked.connect(lambda: self.step(1))
        bar.compare.clicked.connect(self.compare)
        bar.draw.clicked.connect(self.draw)
        bar.check.clicked.connect(self.check_hash)
        bar.back.clicked.connect(self.dismiss)
        self.left.changed = self._show
        drawing.tool_chosen.connect(self.left.picture.set_tool)
        drawing.undo.clicked.connect(lambda: self._draw_marks(self._marks[:-1]))
        drawing.cancel.clicked.connect(self.stop_drawing)
        drawing.save.clicked.connect(self.save_copy)
        self.left.picture.text = lambda: drawing.text.text().strip()
        self.left.picture.drawn.connect(self._drawn)
        for one, other in ((self.left, self.right), (self.right, self.left)):
            one.picture.view_changed.connect(lambda zoom, shift, to=other: self._follow(to, zoom, shift))
            one.picture.add_zoom_buttons(
                translate("evidence", "Enlarge"),
                translate("evidence", "Make smaller"),
                translate("evidence", "Show all"),
            )

    def _follow(self, other: Pane, zoom: float, shift: QPointF) -> None:
        """Two pictures side by side show the same place."""
        if self._beside is not None:
            other.picture.set_view(zoom, shift)

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(self.look.mm(4))
        middle.addWidget(self.left, 1)
        middle.addWidget(self.right, 1)
        middle.addWidget(self.words)
        self._bars = QStackedWidget()
        self._bars.addWidget(self.look_bar)
        self._bars.addWidget(self.draw_bar)
        self._bars.setFixedHeight(self.look_bar.sizeHint().height())
        self.content.addWidget(self.banner)
        self.content.addLayout(middle, 1)
        self.content.addWidget(self._bars)


def _raise(error: BaseException) -> None:
    raise error
