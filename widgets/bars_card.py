"""Counts as horizontal bars, largest first as given: defects of the shift, reasons of downtime."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.card import Card
from widgets.text import Line, paint_line, text_width
from widgets.theme import CAPITAL_NOTE_MM, Look


@dataclass(frozen=True)
class BarRow:
    """One bar: its label, its length and the number shown at its end."""

    label: str
    value: float
    value_text: str


class _Bars(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.rows: tuple[BarRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._look.mm(60), self._look.mm(9.6) * len(self.rows))

    def paintEvent(self, event: QPaintEvent) -> None:
        look = self._look
        painter = QPainter(self)
        font = look.font(CAPITAL_NOTE_MM)
        largest = max((row.value for row in self.rows), default=0.0) or 1.0
        names = min(
            max((text_width(row.label, font) for row in self.rows), default=0) + look.mm(4),
            self.width() * 0.5,
        )
        numbers = max((text_width(row.value_text, font) for row in self.rows), default=0) + look.mm(3)
        pitch = look.mm(9.6)
        for index, row in enumerate(self.rows):
            line = QRectF(0, index * pitch, names - look.mm(2), pitch)
            paint_line(painter, line, row.label, font, look.color("text"))
            length = (self.width() - names - numbers) * max(0.0, row.value) / largest
            bar = QRectF(names, index * pitch + pitch * 0.22, length, pitch * 0.56)
            painter.fillRect(bar, look.color("limits"))
            number = QRectF(bar.right() + look.mm(2), index * pitch, numbers, pitch)
            paint_line(painter, number, row.value_text, font, look.color("text"), Qt.AlignmentFlag.AlignLeft)
        painter.end()


class BarsCard(Card):
    """A card with bars, or a sentence when there are none."""

    def __init__(self, look: Look, title: str, empty_text: str, parent: QWidget | None = None) -> None:
        super().__init__(look, title, parent=parent)
        self._bars = _Bars(look)
        self._empty = Line(look, empty_text, color="muted", capital_mm=CAPITAL_NOTE_MM)
        self.body.addWidget(self._bars)
        self.body.addWidget(self._empty)
        self.body.addStretch(1)

    def set_bars(self, rows: Sequence[BarRow]) -> None:
        """Show these bars."""
        self._bars.rows = tuple(rows)
        self._bars.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self._bars.setAccessibleName(", ".join(f"{row.label} {row.value_text}" for row in rows))
        self._bars.updateGeometry()
        self._bars.update()
