"""Everything a step has to show in one place: one thing large, the others as thumbnails below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from widgets.buttons import BigButton
from widgets.media_strip import MediaItem, MediaKind, MediaStrip
from widgets.overlay import Overlay
from widgets.picture_view import PictureView
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, TARGET_MM, Look


@dataclass(frozen=True)
class MediaTexts:
    """Everything written on the panel."""

    nothing: str = "This step has no picture"
    broken_video: str = "The video of this step cannot be played"
    media: str = "Pictures"
    good: str = "Good"
    bad: str = "Not good"
    no_reference: str = "No reference picture"
    earlier_page: str = "Page before"
    later_page: str = "Next page"
    larger: str = "Larger"
    smaller: str = "Smaller"
    whole: str = "Whole picture"
    close: str = "Close"


class PairView(QWidget):
    """A workmanship criterion: its sentence, and the good reference beside the bad one. `tapped(0 or 1)`."""

    tapped = Signal(int)

    def __init__(self, look: Look, texts: MediaTexts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setFont(look.font(CAPITAL_BODY_MM))
        self._text.setStyleSheet(f"color: {look.theme.text}; background: transparent;")
        self.pictures: list[PictureView] = []
        columns = QHBoxLayout()
        columns.setSpacing(look.mm(4))
        marks = ((texts.good, Shape.CHECK, "text"), (texts.bad, Shape.CROSS, "alarm"))
        for part, (name, shape, color) in enumerate(marks):
            heading = Line(look, name, bold=True, capital_mm=CAPITAL_BODY_MM)
            heading.set_mark(shape, color)
            picture = PictureView(look, texts.no_reference)
            picture.tapped.connect(lambda _place, part=part: self.tapped.emit(part))
            column = QVBoxLayout()
            column.setSpacing(look.mm(1.6))
            column.addWidget(heading)
            column.addWidget(picture, 1)
            columns.addLayout(column, 1)
            self.pictures.append(picture)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(2))
        layout.addLayout(columns, 1)
        layout.addWidget(self._text)

    def set_criterion(self, text: str) -> None:
        """The sentence; the pictures come by themselves."""
        self._text.setText(text)
        for picture in self.pictures:
            picture.set_image(None)


class EnlargedPicture(Overlay):
    """One picture over the whole window, to be enlarged with fingers, keys or buttons."""

    part_of_work = True

    def __init__(self, look: Look, texts: MediaTexts, title: str) -> None:
        super().__init__(look, full=True)
        self.setAccessibleName(title)
        self.picture = PictureView(look, texts.nothing)
        self.picture.add_zoom_buttons(texts.larger, texts.smaller, texts.whole, side_mm=TARGET_MM)
        close = BigButton(look, texts.close, shape=Shape.CROSS, size_mm=TARGET_MM)
        close.clicked.connect(self.dismiss)
        head = QHBoxLayout()
        head.addWidget(Line(look, title, bold=True, capital_mm=CAPITAL_BODY_MM), 1)
        head.addWidget(close)
        self.content.addLayout(head)
        self.content.addWidget(self.picture, 1)

    def first_focus(self) -> QWidget | None:
        """The picture takes the keys that enlarge it."""
        return self.picture


class MediaPanel(QWidget):
    """Shows one of the items; the owner fills it in after `chosen(index)`. PageUp and PageDown are the owner's.

    `page_wanted(step)` turns the pages of a document; `enlarged(part)` is a tap on what is shown (part 1: the bad one).
    `filled(something)` says with every step whether there is anything to show: a page gives the place to the text otherwise.
    """

    chosen = Signal(int)
    page_wanted = Signal(int)
    enlarged = Signal(int)
    filled = Signal(bool)

    def __init__(self, look: Look, texts: MediaTexts | None = None, *, framed: bool = True) -> None:
        super().__init__()
        self.texts = texts or MediaTexts()
        self.items: tuple[MediaItem, ...] = ()
        self.index = 0
        self.picture = PictureView(look, self.texts.nothing, framed=framed)
        self.picture.tapped.connect(self._picture_tapped)
        self.pair = PairView(look, self.texts)
        self.pair.tapped.connect(self.enlarged)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.picture)
        self._stack.addWidget(self.pair)
        self.strip = MediaStrip(look, self.texts.media)
        self.strip.chosen.connect(self.choose)
        self._pages = QWidget()
        self._page_line = Line(look, "", capital_mm=CAPITAL_NOTE_MM, align=Qt.AlignmentFlag.AlignHCenter)
        self._page_line.setMinimumWidth(look.mm(24))
        self.page_buttons: list[BigButton] = []
        turning = QHBoxLayout(self._pages)
        turning.setContentsMargins(0, 0, 0, 0)
        for step, shape, name in ((-1, Shape.BACK, self.texts.earlier_page), (1, Shape.FORWARD, self.texts.later_page)):
            button = BigButton(look, "", shape=shape, size_mm=TARGET_MM)
            button.set_text("", name)
            button.clicked.connect(lambda _=False, step=step: self.page_wanted.emit(step))
            self.page_buttons.append(button)
            turning.addWidget(button)
        turning.insertWidget(1, self._page_line)
        below = QHBoxLayout()
        below.addWidget(self.strip, 1)
        below.addWidget(self._pages, 0, Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(2.6))
        layout.addWidget(self._stack, 1)
        layout.addLayout(below)
        self._pages.hide()

    def set_items(self, items: Sequence[MediaItem]) -> None:
        """Something else to show; the first of it is chosen, which is told."""
        self.items = tuple(items)
        self.strip.set_items(items)
        self.index = -1
        if items:
            self.choose(0)
        else:
            self.index = 0
            self._show(self.picture)
            self.picture.set_image(None)
        self.set_page(1, 1)
        self.filled.emit(bool(self.items))

    def choose(self, index: int) -> None:
        """Show another one; beyond the first and last nothing happens."""
        if not 0 <= index < len(self.items) or index == self.index:
            return
        self.index = index
        self.strip.show_chosen(index)
        self.set_page(1, 1)
        kind = self.items[index].kind
        self._show(self.pair if kind is MediaKind.PAIR else self.picture)
        self.chosen.emit(index)

    def step(self, by: int) -> None:
        """The next one, or the one before."""
        self.choose(self.index + by)

    def show_widget(self, widget: QWidget) -> None:
        """A view of the owner's own (a video) in place of the picture, until another item is chosen."""
        if self._stack.indexOf(widget) < 0:
            self._stack.addWidget(widget)
        self._show(widget)

    def set_page(self, page: int, pages: int, text: str = "") -> None:
        """Which page of how many; with one page there is nothing to turn."""
        self._pages.setVisible(pages > 1)
        self._page_line.set_text(text)
        self.page_buttons[0].setEnabled(page > 1)
        self.page_buttons[1].setEnabled(page < pages)

    def set_thumbnail(self, index: int, image: QImage, part: int = 0) -> None:
        """A thumbnail has been decoded."""
        if index < len(self.strip.thumbnails) and not image.isNull():
            self.strip.thumbnails[index].set_image(image, part)

    def _show(self, widget: QWidget) -> None:
        self._stack.setCurrentWidget(widget)

    def _picture_tapped(self, _place: QPointF) -> None:
        self.enlarged.emit(0)
