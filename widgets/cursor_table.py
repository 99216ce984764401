"""What two cursors read: for each pen the value at A and at B, and how much they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.text import Run, paint_line
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, Look

HEAD_MM = 13.0
ROW_MM = 13.0
COLUMNS = 3


@dataclass(frozen=True)
class CursorRow:
    """One pen, as texts: at A, at B, and B minus A (empty where that says nothing). `between_text` is its range between."""

    name: str
    color: str
    first_text: str
    second_text: str
    difference_text: str = ""
    between_text: str = ""
    style: Qt.PenStyle = Qt.PenStyle.SolidLine


class CursorTable(QWidget):
    """A head with the two times and the time between, then a row for each pen."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._times: tuple[str, ...] = ("", "", "")
        self._rows: tuple[CursorRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def rows(self) -> tuple[CursorRow, ...]:
        """What is shown."""
        return self._rows

    @property
    def times(self) -> tuple[str, ...]:
        """The texts of the head: A's time, B's, and the time between."""
        return self._times

    def show_readings(self, first_time: str, second_time: str, between: str, rows: Sequence[CursorRow]) -> None:
        """Show these; called as often as a cursor moves."""
        times = (first_time, second_time, between)
        if (times, tuple(rows)) == (self._times, self._rows):
            return
        grown = len(rows) != len(self._rows)
        self._times, self._rows = times, tuple(rows)
        told = [f"A {first_time}, B {second_time}, {between}"]
        told += [f"{row.name}: A {row.first_text}, B {row.second_text}, {row.difference_text}" for row in rows]
        self.setAccessibleName("; ".join(told))
        if grown:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """All rows."""
        mm = self._look.mm
        return QSize(mm(70), mm(HEAD_MM) + len(self._rows) * mm(ROW_MM))

    def minimumSizeHint(self) -> QSize:
        """All rows: what does not fit is scrolled by who holds the table."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw head and rows."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_head(painter)
        top = float(self._look.mm(HEAD_MM))
        for row in self._rows:
            self._paint_row(painter, row, top)
            top += self._look.mm(ROW_MM)
        painter.end()

    def _column(self, place: int, top: float, height_mm: float) -> QRectF:
        width = self.width() / COLUMNS
        return QRectF(place * width, top, width - self._look.mm(1), self._look.mm(height_mm))

    def _paint_head(self, painter: QPainter) -> None:
        look = self._look
        small = look.font(CAPITAL_SMALL_MM)
        for place, (name, time) in enumerate(zip(("A", "B", "B − A"), self._times, strict=True)):
            title = self._column(place, 0, 5.6)
            paint_line(
                painter, title, [Run(name, True)], small, look.color("primary"), bold_color=look.color("primary")
            )
            paint_line(painter, self._column(place, look.mm(5.8), 5.6), time, small, look.color("text"))
        painter.fillRect(QRectF(0, look.mm(HEAD_MM) - 1, self.width(), 1), look.color("line"))

    def _paint_row(self, painter: QPainter, row: CursorRow, top: float) -> None:
        look = self._look
        small, note = look.font(CAPITAL_SMALL_MM), look.font(CAPITAL_NOTE_MM)
        middle = top + look.mm(3.4)
        painter.setPen(QPen(QColor(row.color), max(1.5, look.mm(0.6)), row.style))
        painter.drawLine(QPointF(0, middle), QPointF(look.mm(4.4), middle))
        name = QRectF(look.mm(6), top + look.mm(0.6), self.width() * 0.62 - look.mm(6), look.mm(5.6))
        paint_line(painter, name, row.name, small, look.color("second"))
        range_ = QRectF(self.width() * 0.62, name.top(), self.width() * 0.38, name.height())
        paint_line(painter, range_, row.between_text, small, look.color("muted"), Qt.AlignmentFlag.AlignRight)
        for place, text in enumerate((row.first_text, row.second_text, row.difference_text)):
            runs = [Run(text, True)]
            area = self._column(place, top + look.mm(6.4), 5.8)
            paint_line(painter, area, runs, note, look.color("text"), bold_color=look.color("text"))
        painter.fillRect(QRectF(0, top + look.mm(ROW_MM) - 1, self.width(), 1), look.color("line"))
