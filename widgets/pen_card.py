"""The curves of a trend as a list: colour and dash, name, where it comes from, and the value now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.card import Card
from widgets.shapes import Shape, paint_shape
from widgets.text import Text, paint_line, plain, text_width
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, Look

ROW_MM = 13.0
MARK_ROW_MM = 8.4


@dataclass(frozen=True)
class PenRow:
    """One curve, as texts. `color` is the pen's colour (`TrendView.color_of`); a struck value is not live."""

    name: str
    color: str
    value_text: str
    sub_text: str = ""
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    struck: bool = False


@dataclass(frozen=True)
class MarkRow:
    """One event: its mark, its palette colour and what happened."""

    shape: Shape
    color: str
    text: Text


class _Rows(QWidget):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.pens: tuple[PenRow, ...] = ()
        self.marks: tuple[MarkRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        look = self._look
        return QSize(look.mm(60), look.mm(ROW_MM) * len(self.pens) + look.mm(MARK_ROW_MM) * len(self.marks))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for index, pen in enumerate(self.pens):
            height = self._look.mm(ROW_MM)
            self._paint_pen(painter, QRectF(0, index * height, self.width(), height), pen)
        for index, mark in enumerate(self.marks):
            height = self._look.mm(MARK_ROW_MM)
            self._paint_mark(painter, QRectF(0, index * height, self.width(), height), mark)
        painter.end()

    def _paint_pen(self, painter: QPainter, row: QRectF, pen: PenRow) -> None:
        look = self._look
        painter.setPen(QPen(QColor(pen.color), max(2.0, look.mm(0.8)), pen.style))
        middle = row.center().y()
        painter.drawLine(QPointF(0, middle), QPointF(look.mm(7), middle))
        figures = look.bold(CAPITAL_NOTE_MM + 0.4)
        width = text_width(pen.value_text, figures) + 2
        value = QRectF(row.right() - width, row.top(), width, row.height())
        color = look.color("muted" if pen.struck else "text")
        paint_line(painter, value, pen.value_text, figures, color, Qt.AlignmentFlag.AlignRight)
        if pen.struck:
            painter.setPen(QPen(color, max(1.5, look.mm(0.5))))
            painter.drawLine(QPointF(value.left(), middle), QPointF(value.right(), middle))
        left = look.mm(9.5)
        room = value.left() - left - look.mm(3)
        half = row.height() / 2 if pen.sub_text else row.height()
        name = QRectF(left, row.top() + (look.mm(0.8) if pen.sub_text else 0), room, half)
        paint_line(painter, name, pen.name, look.font(CAPITAL_NOTE_MM), look.color("text"))
        sub = QRectF(left, row.top() + half - look.mm(0.6), room, half)
        paint_line(painter, sub, pen.sub_text, look.font(CAPITAL_SMALL_MM), look.color("second"))

    def _paint_mark(self, painter: QPainter, row: QRectF, mark: MarkRow) -> None:
        look = self._look
        side = look.mm(4)
        place = QRectF(0, row.center().y() - side / 2, side, side)
        paint_shape(painter, mark.shape, place, look.color(mark.color), look.color("on_warning"))
        text = row.adjusted(look.mm(6.4), 0, 0, 0)
        paint_line(painter, text, mark.text, look.font(CAPITAL_NOTE_MM - 0.2), look.color("text"))


class PenCard(Card):
    """The legend of a trend with live values, or (`set_marks`) the list of its events."""

    def __init__(self, look: Look, title: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(look, title, note, parent)
        self._rows = _Rows(look)
        self.body.addWidget(self._rows)

    def set_pens(self, pens: Sequence[PenRow]) -> None:
        """Show these curves; call it as often as values change."""
        before = len(self._rows.pens)
        self._rows.pens, self._rows.marks = tuple(pens), ()
        self._changed(before != len(pens), [f"{pen.name} {pen.value_text}" for pen in pens])

    def set_marks(self, marks: Sequence[MarkRow]) -> None:
        """Show these events, newest first as given."""
        before = len(self._rows.marks)
        self._rows.pens, self._rows.marks = (), tuple(marks)
        self._changed(before != len(marks), [plain(mark.text) for mark in marks])

    def spoken(self) -> str:
        """What a screen reader says of the rows."""
        return self._rows.accessibleName()

    def _changed(self, resized: bool, spoken: Sequence[str]) -> None:
        self._rows.setAccessibleName(", ".join(spoken))
        if resized:
            self._rows.updateGeometry()
        self._rows.update()
