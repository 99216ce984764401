"""Cards of checks that take their time: a waiting time that runs down, and screws that are tightened one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from widgets.buttons import BigButton
from widgets.card import Card
from widgets.figure import Figure
from widgets.limit_bar import LimitBar, Limits
from widgets.number_entry import NumberEntry
from widgets.shapes import Shape
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_SMALL_MM, TARGET_MM, Look


class ProgressBar(QWidget):
    """How much of a span has passed, as a calm bar. ``set_share`` takes 0 to 1."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._share = look, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_share(self, share: float) -> None:
        """Move the end of the bar; beyond 1 it is full."""
        share = min(max(share, 0.0), 1.0)
        if share != self._share:
            self._share = share
            self.update()

    def sizeHint(self) -> QSize:
        """As high as a thick line."""
        return QSize(self._look.mm(40), self._look.mm(4))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track and what has passed."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = self.height() / 2
        painter.setBrush(self._look.color("line"))
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        width = self.width() * self._share
        if width >= 1:
            painter.setBrush(self._look.color("primary"))
            painter.drawRoundedRect(QRectF(0, 0, max(width, self.height()), self.height()), radius, radius)
        painter.end()


class TimerCard(Card):
    """A waiting time: what is left in large figures, and a bar. ``ended_early`` when somebody goes on before it is over."""

    ended_early = Signal()

    def __init__(self, look: Look, title: str, early_text: str, parent: QWidget | None = None) -> None:
        super().__init__(look, title, parent=parent)
        self.figure = Figure(look, "")
        self.bar = ProgressBar(look)
        self.early = BigButton(look, early_text, size_mm=TARGET_MM)
        self.early.clicked.connect(self.ended_early)
        self.early.hide()
        for widget in (self.figure, self.bar, self.early):
            self.body.addWidget(widget)

    def set_left(self, text: str, share: float) -> None:
        """What is left ("4:37"), and which share of the time has passed."""
        self.figure.set_figure(text)
        self.bar.set_share(share)


@dataclass(frozen=True, slots=True)
class ScrewRow:
    """One screw: its number, torque and angle as they were recorded (empty: not yet), and whether they are in order."""

    number: str
    torque: str
    angle: str = ""
    passed: bool | None = None
    current: bool = False


class TighteningCard(Card):
    """Screws in the order they are tightened, and where there is no tool to ask, the entries for torque and angle.

    ``edited`` follows every key, ``entered`` comes with Enter in the last entry.
    """

    edited = Signal()
    entered = Signal()

    def __init__(
        self,
        look: Look,
        title: str,
        torque: Limits,
        units: tuple[str, str],
        *,
        typed: bool,
        hint: str = "",
        with_angle: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(look, title, parent=parent)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(look.mm(4))
        self._grid.setVerticalSpacing(look.mm(1))
        self._lines: list[tuple[Line, Line]] = []
        self.torque = NumberEntry(look, units[0])
        self.torque.setAccessibleName(f"{title}, {units[0]}")
        self.torque.set_placeholder(hint)
        self.angle = NumberEntry(look, units[1])
        self.angle.setAccessibleName(f"{title}, {units[1]}")
        self.limit_bar = LimitBar(look)
        self.limit_bar.set_limits(torque)
        self.torque.edited.connect(lambda _text: self.edited.emit())
        self.angle.edited.connect(lambda _text: self.edited.emit())
        self.torque.entered.connect(lambda _text: self._torque_entered(with_angle))
        self.angle.entered.connect(lambda _text: self.entered.emit())
        self.torque.setVisible(typed)
        self.angle.setVisible(typed and with_angle)
        for widget in (self.torque, self.angle, self.limit_bar):
            self.body.addWidget(widget)
        self.body.addLayout(self._grid)

    def set_screws(self, rows: Sequence[ScrewRow]) -> None:
        """Show every screw; two to a line where there are many."""
        while len(self._lines) < len(rows):
            number = Line(self.look, "", color="second", capital_mm=CAPITAL_SMALL_MM + 0.3)
            result = Line(self.look, "", capital_mm=CAPITAL_BODY_MM)
            self._lines.append((number, result))
        wide = len(rows) > 4
        for index, (row, (number, result)) in enumerate(zip(rows, self._lines, strict=False)):
            place, column = (index // 2, index % 2 * 2) if wide else (index, 0)
            self._grid.addWidget(number, place, column)
            self._grid.addWidget(result, place, column + 1)
            self._grid.setColumnStretch(column + 1, 1)
            number.set_text(row.number, "text" if row.current else "second")
            shown = "  ".join(part for part in (row.torque, row.angle) if part) or ("·" if not row.current else "")
            result.set_text(shown, "alarm" if row.passed is False else "text" if row.torque else "muted")
            mark = {True: Shape.CHECK, False: Shape.DIAMOND, None: Shape.FORWARD if row.current else None}[row.passed]
            result.set_mark(mark, "alarm" if row.passed is False else "primary" if row.current else "text")

    def _torque_entered(self, with_angle: bool) -> None:
        if with_angle and not self.angle.text():
            self.angle.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.entered.emit()
