"""Where everything of the trends page stands: ranges above, the trend, what can be done below, the lists at the right."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from station_app.ui.empty_state import EmptyState
from station_app.ui.look import Look
from widgets.buttons import BigButton, ButtonKind
from widgets.card import Card
from widgets.cursor_table import CursorTable
from widgets.layouts import scrolled
from widgets.mark_list import MarkList
from widgets.pen_list import ROW_MM, PenList
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, TARGET_MM

translate = QCoreApplication.translate

COLUMN_MM = 104.0
WINDOWS_S = (60, 600, 3600, 8 * 3600, 86_400, 7 * 86_400, 30 * 86_400)
PENS_IN_SIGHT = 6


def range_text(seconds: int) -> str:
    """A range as its button says it: "10 min", "8 h", "30 d"."""
    if seconds < 3600:
        return translate("trends", "{n} min").format(n=seconds // 60)
    if seconds < 86_400:
        return translate("trends", "{n} h").format(n=seconds // 3600)
    return translate("trends", "{n} d").format(n=seconds // 86_400)


class TrendLayout(QWidget):
    """The page's controls. ``window_chosen(seconds)``: a range was pressed; the other buttons are the page's to hear.

    With ``only_past`` those are away that make or change something: what is shown belongs to another station.
    """

    window_chosen = Signal(float)

    def __init__(self, look: Look, parent: QWidget | None = None, *, only_past: bool = False) -> None:
        super().__init__(parent)
        self._look = look
        self.ranges = QButtonGroup(self)
        self.ranges.setExclusive(False)
        self.unit_button = self._button(translate("trends", "This unit"))
        self.compare_button = self._button(translate("trends", "Compare"), checkable=True)
        self.live_button = BigButton(
            look,
            translate("trends", "Live"),
            ButtonKind.PRIMARY,
            shape=Shape.FORWARD,
            shape_after=True,
            size_mm=TARGET_MM,
        )
        self.live_button.setMinimumWidth(look.mm(46))
        self.cursor_button = self._button(translate("trends", "Cursors"))
        self.comment_button = self._button(translate("trends", "Comment"))
        self.shared_button = self._button(translate("trends", "All in one"), checkable=True)
        self.group_button = self._button(translate("trends", "Groups"))
        self.export_button = self._button(translate("trends", "Export"))
        self.frame = Card(look)
        self.frame.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.note = Line(look, color="second", capital_mm=CAPITAL_NOTE_MM)
        removing = translate("trends", "Enter hides or shows it, Delete takes it off the list")
        self.pens = PenList(look, remove_text="" if only_past else removing)
        self.add_button = self._button(translate("trends", "Add a pen"))
        self.browse_button = self._button(translate("trends", "Browse"))
        self.table = CursorTable(look)
        self.marks = MarkList(look, translate("trends", "Marks"), translate("trends", "Nothing happened in this time"))
        self.open_button = self._button(translate("trends", "Open"))
        self._lay_out()
        for button in self._acting() if only_past else ():
            button.hide()

    def _acting(self) -> tuple[BigButton, ...]:
        return (
            self.live_button,
            self.comment_button,
            self.group_button,
            self.add_button,
            self.browse_button,
            self.open_button,
        )

    def check_range(self, seconds: float) -> None:
        """Which range is shown, if it is one of the buttons'."""
        for button in self.ranges.buttons():
            button.setChecked(self.ranges.id(button) == round(seconds))

    def show_trend(self, view: QWidget) -> None:
        """Put the trend in its place."""
        self.frame.body.addWidget(view, 1)
        self._stack.setCurrentIndex(0)

    def show_empty(self, headline: str, to_do: str) -> None:
        """Say what to do instead."""
        empty = EmptyState(self._look, headline, to_do)
        self._stack.addWidget(empty)
        self._stack.setCurrentWidget(empty)

    def make_room(self, pens: int) -> None:
        """So many pens are in the list; beyond some it scrolls."""
        self._pens_room.setFixedHeight(self._look.mm(ROW_MM) * max(1, min(pens, PENS_IN_SIGHT)) + 2)

    def show_cursors(self, two: bool) -> None:
        """The table of two cursors stands where the marks are."""
        self._readings.setVisible(two)
        self._marks_card.setVisible(not two)

    def _button(self, text: str, *, checkable: bool = False) -> BigButton:
        button = BigButton(self._look, text, size_mm=TARGET_MM, capital_mm=CAPITAL_BODY_MM)
        button.setCheckable(checkable)
        return button

    def _lay_out(self) -> None:
        look = self._look
        left = QVBoxLayout()
        left.setSpacing(look.mm(3.2))
        left.addLayout(self._top())
        left.addWidget(self.frame, 1)
        left.addWidget(self.note)
        left.addLayout(self._foot())
        trends = QWidget()
        across = QHBoxLayout(trends)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(look.mm(5))
        across.addLayout(left, 1)
        across.addWidget(self._column())
        self._stack = QStackedWidget()
        self._stack.addWidget(trends)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._stack)

    def _top(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._look.mm(2.6))
        for seconds in WINDOWS_S:
            button = self._button(range_text(seconds), checkable=True)
            button.clicked.connect(lambda _=False, chosen=float(seconds): self.window_chosen.emit(chosen))
            self.ranges.addButton(button, seconds)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.unit_button)
        row.addStretch(1)
        row.addWidget(self.live_button)
        return row

    def _foot(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(self._look.mm(2.6))
        for button in (self.cursor_button, self.comment_button, self.compare_button, self.shared_button):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.group_button, self.export_button):
            row.addWidget(button)
        return row

    def _column(self) -> QWidget:
        look = self._look
        pens = Card(look, translate("trends", "Pens"))
        self._pens_room = scrolled(self.pens)
        pens.body.addWidget(self._pens_room)
        more = QHBoxLayout()
        more.setSpacing(look.mm(2.6))
        for button in (self.add_button, self.browse_button):
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            more.addWidget(button)
        pens.body.addLayout(more)
        self._readings = Card(look, translate("trends", "Between the cursors"))
        self._readings.body.addWidget(scrolled(self.table), 1)
        self._readings.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._readings.hide()
        self._marks_card = Card(look, translate("trends", "Marks"))
        self._marks_card.body.addWidget(self.marks, 1)
        self._marks_card.body.addWidget(self.open_button)
        self._marks_card.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        column = QWidget()
        column.setFixedWidth(look.mm(COLUMN_MM))
        right = QVBoxLayout(column)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(look.mm(4))
        right.addWidget(pens)
        right.addWidget(self._readings, 1)
        right.addWidget(self._marks_card, 1)
        return column
