"""Cards of checks that take their time: a waiting time that runs down, and screws that are tightened one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from widgets.buttons import BigButton
from widgets.card import Card
from widgets.figure import Figure
from widgets.limit_bar import LimitBar, Limits
from widgets.number_entry import NumberEntry
from widgets.progress_bar import ProgressBar
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, TARGET_MM, Look


class TimerCard(Card):
    """A waiting time: what is left in large figures, and a bar. ``ended_early`` when somebody goes on before it is over."""

    ended_early = Signal()

    def __init__(self, look: Look, title: str, early_text: str, parent: QWidget | None = None) -> None:
        super().__init__(look, title, parent=parent)
        self.figure = Figure(look, "")
        self.bar = ProgressBar(look, height_mm=4.0)
        self.early = BigButton(look, early_text, size_mm=TARGET_MM)
        self.early.clicked.connect(self.ended_early)
        self.body.addWidget(self.figure)
        self.body.addWidget(self.bar)
        self.body.addSpacing(look.mm(2))
        self.body.addWidget(self.early)
        self.early.hide()

    def set_left(self, text: str, share: float) -> None:
        """What is left ("4:37"), and which share of the time has passed."""
        self.figure.set_figure(text)
        self.bar.set_fraction(min(share, 1.0), text)
        self.setAccessibleDescription(text)


@dataclass(frozen=True, slots=True)
class ScrewRow:
    """One screw: its number, torque and angle as they were recorded (empty: not yet), and whether they are in order."""

    number: str
    torque: str
    angle: str = ""
    passed: bool | None = None
    current: bool = False


class TighteningCard(Card):
    """Screws in the order they are tightened; without a tool to ask (``typed``) the entries for torque and angle.

    ``live`` is what the tool shows; ``angle`` None: torque alone is judged. ``edited`` follows every key, ``entered`` comes
    with Enter in the last entry.
    """

    edited = Signal()
    entered = Signal()

    def __init__(
        self,
        look: Look,
        title: str,
        torque: Limits,
        angle: Limits | None,
        units: tuple[str, str],
        *,
        typed: bool,
        hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(look, title, parent=parent)
        self._with_angle = angle is not None
        self._lines: list[tuple[Line, Line]] = []
        self.torque, self.torque_bar = self._entry(units[0], torque)
        self.angle, self.angle_bar = self._entry(units[1], angle or Limits(None, None, "", ""))
        self.torque.set_placeholder(hint)
        self.angle.set_placeholder("0")
        self.live = Figure(look, units[0])
        pairs = QHBoxLayout()
        pairs.setSpacing(look.mm(4))
        for entry, bar, shown in ((self.torque, self.torque_bar, True), (self.angle, self.angle_bar, self._with_angle)):
            column = QVBoxLayout()
            column.setSpacing(look.mm(2))
            column.addWidget(entry)
            column.addWidget(bar)
            pairs.addLayout(column, 1 if shown else 0)
            if not typed or not shown:
                entry.hide()
            if not shown:
                bar.hide()
        self.torque.entered.connect(lambda _text: self._torque_entered())
        self.angle.entered.connect(lambda _text: self.entered.emit())
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(look.mm(3))
        self._grid.setVerticalSpacing(look.mm(1))
        self.body.addWidget(self.live)
        if typed:
            self.live.hide()
        self.body.addLayout(pairs)
        self.body.addSpacing(look.mm(1))
        self.body.addLayout(self._grid)

    def _entry(self, unit: str, limits: Limits) -> tuple[NumberEntry, LimitBar]:
        entry = NumberEntry(self.look, unit, parent=self)
        entry.setAccessibleName(f"{self.accessibleName()}, {unit}")
        entry.edited.connect(lambda _text: self.edited.emit())
        bar = LimitBar(self.look, self)
        bar.set_limits(limits)
        return entry, bar

    def set_screws(self, rows: Sequence[ScrewRow]) -> None:
        """Show every screw; two to a line where there are many."""
        wide = len(rows) > 4
        while len(self._lines) < len(rows):
            number = Line(self.look, "", bold=True, color="second", capital_mm=CAPITAL_SMALL_MM + 0.3)
            result = Line(self.look, "", capital_mm=CAPITAL_NOTE_MM)
            index = len(self._lines)
            place, column = (index // 2, index % 2 * 2) if wide else (index, 0)
            self._grid.addWidget(number, place, column)
            self._grid.addWidget(result, place, column + 1)
            self._grid.setColumnStretch(column + 1, 1)
            self._lines.append((number, result))
        for row, (number, result) in zip(rows, self._lines, strict=False):
            number.set_text(row.number, "text" if row.current else "second")
            shown = "  ".join(part for part in (row.torque, row.angle) if part)
            result.set_text(shown or ("–" if not row.current else ""), "text" if row.torque else "muted")
            mark = {True: Shape.CHECK, False: Shape.DIAMOND, None: Shape.FORWARD if row.current else None}[row.passed]
            result.set_mark(mark, "alarm" if row.passed is False else "primary" if row.current else "text")

    def _torque_entered(self) -> None:
        if self._with_angle and not self.angle.text():
            self.angle.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.entered.emit()
