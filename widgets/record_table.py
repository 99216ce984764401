"""The history of a unit, laid out to be read like a dossier: sections of label, value and mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QGridLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card
from widgets.link_label import LinkLabel
from widgets.picture_view import PictureView
from widgets.shapes import Shape
from widgets.step_list import StepMark
from widgets.text import Line, Text, plain
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, TARGET_MM, Look

THUMBNAILS_ACROSS = 4
LONGEST_LABEL_MM = 110.0
TREND_ICON = "mdi6.chart-line"


@dataclass(frozen=True)
class RecordRow:
    """One line: what, its value, a remark (who, when, limits), an outcome, a link if it leads on.

    `trend_id` names the stretch of time that it was made in: a touch anywhere on the row, and on the rows without a label
    below it, then opens the trend; for keys its label is the button.
    """

    label: str
    value: Text
    note: str = ""
    mark: StepMark | None = None
    link_id: str = ""
    trend_id: str = ""


@dataclass(frozen=True)
class RecordPicture:
    """A picture kept for the unit; `image` None while it loads or when it is not here."""

    picture_id: str
    caption: str
    image: QImage | QPixmap | None = None


@dataclass(frozen=True)
class RecordSection:
    """A heading with its rows and pictures."""

    title: str
    rows: tuple[RecordRow, ...] = ()
    note: str = ""
    pictures: tuple[RecordPicture, ...] = ()


_MARKS = {
    StepMark.DONE: (Shape.CHECK, "text"),
    StepMark.FAILED: (Shape.DIAMOND, "alarm"),
    StepMark.SKIPPED: (Shape.DASH, "second"),
    StepMark.CURRENT: (Shape.DOT, "primary"),
    StepMark.OPEN: (Shape.RING, "strong_line"),
}


class RecordTable(QWidget):
    """Sections below each other in one scrolling column.

    `link_opened(link_id)` for a row that leads on (another unit of the same lot), `trend_opened(trend_id)` for the label of
    one that was made in a time of its own, `picture_opened(picture_id)` for a thumbnail. Without sections the empty text
    says what to do.
    """

    link_opened = Signal(str)
    trend_opened = Signal(str)
    picture_opened = Signal(str)

    def __init__(
        self,
        look: Look,
        empty_text: str,
        picture_text: str = "",
        parent: QWidget | None = None,
        label_mm: float = 56,
        trend_text: str = "",
    ) -> None:
        super().__init__(parent)
        self._look, self._empty_text, self._picture_text = look, empty_text, picture_text
        self._label_mm, self._trend_text = label_mm, trend_text
        self._sections: tuple[RecordSection, ...] = ()
        self._thumbnail_of: dict[str, PictureView] = {}
        self._grids: list[QGridLayout] = []
        self._scroll = QScrollArea(self)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._scroll)
        self.set_sections(())

    def sections(self) -> tuple[RecordSection, ...]:
        """What is shown."""
        return self._sections

    def set_sections(self, sections: Sequence[RecordSection], keep_place: bool = False) -> None:
        """Show these sections, from the top, or scrolled as it was (`keep_place`, for sections that are the same but newer)."""
        place = self._scroll.verticalScrollBar().value() if keep_place else 0
        self._sections = tuple(sections)
        self._thumbnail_of.clear()
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, self._look.mm(2), 0)
        column.setSpacing(self._look.mm(3.4))
        self._grids = []
        for section in self._sections:
            column.addWidget(self._section_card(section))
        self._line_up()
        if not self._sections:
            empty = QLabel(self._empty_text)
            empty.setFont(self._look.font(CAPITAL_NOTE_MM + 0.6))
            empty.setStyleSheet(f"color: {self._look.theme.second};")
            empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
            empty.setWordWrap(True)
            column.addWidget(empty, 1)
        else:
            column.addStretch(1)
        self._scroll.setWidget(inner)
        # a scroll area fills the background of what it takes
        inner.setAutoFillBackground(False)
        self._scroll.verticalScrollBar().setValue(place)
        self.setAccessibleName(", ".join(s.title for s in self._sections) or self._empty_text)
        self._scroll.setAccessibleName(self.accessibleName())

    def set_picture(self, picture_id: str, image: QImage | QPixmap) -> None:
        """A picture has been loaded; one that is no longer shown is ignored."""
        view = self._thumbnail_of.get(picture_id)
        if view is not None:
            view.set_image(image, view.accessibleName())

    def text(self) -> str:
        """Everything shown, one line a row: what a screen reader or a test reads."""
        lines = []
        for section in self._sections:
            lines.append(f"{section.title} {section.note}".strip())
            lines += [f"{row.label}: {plain(row.value)} {row.note}".strip() for row in section.rows]
            lines += [picture.caption for picture in section.pictures]
        return "\n".join(lines)

    def scroll_to_section(self, index: int) -> None:
        """Bring a section to the top."""
        inner = self._scroll.widget()
        layout = inner.layout() if inner is not None else None
        item = layout.itemAt(index) if layout is not None else None
        card = item.widget() if item is not None else None
        if card is not None:
            self._scroll.verticalScrollBar().setValue(card.y())

    def _line_up(self) -> None:
        """Values begin below each other in all sections, after the longest label that has a value beside it."""
        widest = self._look.mm(self._label_mm)
        for section, grid in zip(self._sections, self._grids, strict=True):
            for line, row in enumerate(section.rows):
                label = grid.itemAtPosition(line, 0)
                if label is not None and plain(row.value):
                    widest = max(widest, min(label.sizeHint().width(), self._look.mm(LONGEST_LABEL_MM)))
        for grid in self._grids:
            grid.setColumnMinimumWidth(0, widest)

    def _section_card(self, section: RecordSection) -> Card:
        card = Card(self._look, section.title, section.note)
        rows = _Rows(self._look)
        leading: QAbstractButton | None = None
        for line, row in enumerate(section.rows):
            label = self._label(row)
            if row.label:
                # what follows without a label of its own belongs to this row
                leading = label if isinstance(label, QAbstractButton) else None
            if leading is not None and not row.link_id:
                rows.lead_on(line, leading)
            self._add_row(rows.grid, line, row, label)
        card.body.addWidget(rows)
        self._grids.append(rows.grid)
        if section.pictures:
            card.body.addSpacing(self._look.mm(1.5))
            card.body.addLayout(self._thumbnails(section.pictures))
        return card

    def _add_row(self, grid: QGridLayout, line: int, row: RecordRow, label: QWidget) -> None:
        look = self._look
        grid.addWidget(label, line, 0)
        mark = Line(look, "", capital_mm=CAPITAL_NOTE_MM)
        mark.setFixedWidth(look.mm(6))
        if row.mark is not None:
            mark.set_mark(*_MARKS[row.mark])
            mark.setAccessibleName(row.mark.value)
        grid.addWidget(mark, line, 1)
        failed = row.mark is StepMark.FAILED
        if row.link_id:
            link = BigButton(look, plain(row.value), ButtonKind.FLAT, shape=Shape.FORWARD, shape_after=True,
                             size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)  # fmt: skip
            link.clicked.connect(lambda _=False, target=row.link_id: self.link_opened.emit(target))
            grid.addWidget(link, line, 2, Qt.AlignmentFlag.AlignLeft)
        elif not row.note and isinstance(row.value, str):
            # a sentence or a path: as many lines as it needs
            grid.addWidget(self._long_value(row.value, failed), line, 2, 1, 2)
            return
        else:
            value = Line(look, row.value, bold=failed, color="alarm" if failed else "text", capital_mm=CAPITAL_NOTE_MM)
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            grid.addWidget(value, line, 2)
        note = Line(look, row.note, color="muted", capital_mm=CAPITAL_SMALL_MM)
        note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        note.setToolTip(row.note)
        grid.addWidget(note, line, 3)

    def _label(self, row: RecordRow) -> QWidget:
        look = self._look
        if row.trend_id:
            button = LinkLabel(look, row.label, TREND_ICON, self._trend_text)
            button.clicked.connect(lambda _=False, target=row.trend_id: self.trend_opened.emit(target))
            return button
        label = Line(look, row.label, color="second", capital_mm=CAPITAL_NOTE_MM)
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        return label

    def _long_value(self, text: str, failed: bool) -> QLabel:
        label = QLabel(text)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        label.setFont(self._look.bold(CAPITAL_NOTE_MM) if failed else self._look.font(CAPITAL_NOTE_MM))
        label.setStyleSheet(f"color: {self._look.theme.alarm if failed else self._look.theme.text};")
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        return label

    def _thumbnails(self, pictures: Sequence[RecordPicture]) -> QGridLayout:
        look = self._look
        strip = QGridLayout()
        strip.setHorizontalSpacing(look.mm(4))
        strip.setVerticalSpacing(look.mm(2.4))
        strip.setColumnStretch(THUMBNAILS_ACROSS, 1)
        for place, picture in enumerate(pictures):
            column = QVBoxLayout()
            column.setSpacing(look.mm(1))
            view = _Thumbnail(look, self._picture_text)
            view.set_image(picture.image, picture.caption)
            view.setFixedSize(look.mm(60), look.mm(42))
            view.opened.connect(lambda target=picture.picture_id: self.picture_opened.emit(target))
            caption = Line(look, picture.caption, color="second", capital_mm=CAPITAL_SMALL_MM)
            caption.setFixedWidth(look.mm(60))
            column.addWidget(view)
            column.addWidget(caption)
            strip.addLayout(column, place // THUMBNAILS_ACROSS, place % THUMBNAILS_ACROSS)
            self._thumbnail_of[picture.picture_id] = view
        return strip


class _Rows(QWidget):
    """The rows of a section. A touch on a row that leads on, or on those below it that belong to it, is its label's."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(look.mm(4))
        self.grid.setVerticalSpacing(look.mm(2.2))
        self.grid.setColumnStretch(2, 1)
        self.grid.setColumnStretch(3, 1)
        self._leading: dict[int, QAbstractButton] = {}
        self._pressed: QAbstractButton | None = None

    def lead_on(self, line: int, button: QAbstractButton) -> None:
        """A row of this line is pressed by this button."""
        self._leading[line] = button

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Values and remarks leave a press to the row that they stand in."""
        self._press(self._button_at(event.position().y()) if event.button() is Qt.MouseButton.LeftButton else None)
        super().mousePressEvent(event)
        event.setAccepted(self._pressed is not None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go on the same row: it is opened."""
        pressed = self._pressed
        self._press(None)
        here = self.rect().contains(event.position().toPoint())
        if pressed is not None and here and self._button_at(event.position().y()) is pressed:
            pressed.click()

    def _press(self, button: QAbstractButton | None) -> None:
        if self._pressed is not None:
            self._pressed.setDown(False)
        self._pressed = button
        if button is not None:
            button.setDown(True)

    def _button_at(self, y: float) -> QAbstractButton | None:
        """The button of the row at this height; the room between two rows belongs to the upper one."""
        found = None
        for line in range(self.grid.rowCount()):
            if self.grid.cellRect(line, 0).top() > y:
                break
            found = self._leading.get(line)
        return found


class _Thumbnail(PictureView):
    opened = Signal()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.opened.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.opened.emit()
