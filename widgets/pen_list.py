"""The legend of a trend: each pen with its line, its value now, a touch that hides or shows it, and one that removes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from widgets.shapes import Shape, paint_shape
from widgets.text import bold_of, paint_line, text_width
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_SMALL_MM, Look

ROW_MM = 15.0
REMOVE_MM = 13.0
"""The part of a row at its right end that removes the pen."""


@dataclass(frozen=True)
class PenRow:
    """One pen, as texts: its colour and line, "0.31 kN", and why the value is not to be trusted (empty: it is)."""

    key: str
    name: str
    sub_text: str
    value_text: str
    color: str
    style: Qt.PenStyle = Qt.PenStyle.SolidLine
    fault_text: str = ""
    shown: bool = True


class PenList(QWidget):
    """Rows below each other. `toggled(key)` is the wish to hide or show a pen.

    With a `remove_text` ("Delete removes it") each row has a cross: `removed(key)` by a touch on it, or by Delete.
    """

    toggled = Signal(str)
    removed = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None, *, remove_text: str = "") -> None:
        super().__init__(parent)
        self._look, self._remove_text = look, remove_text
        self._rows: dict[str, _PenButton] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def set_pens(self, rows: Sequence[PenRow]) -> None:
        """Show these pens; called as often as values change."""
        keys = {row.key for row in rows}
        for key in [key for key in self._rows if key not in keys]:
            gone = self._rows.pop(key)
            self._column.removeWidget(gone)
            gone.hide()
            gone.deleteLater()
        for row in rows:
            button = self._rows.get(row.key)
            if button is None:
                button = self._rows[row.key] = _PenButton(self._look, row, self._remove_text)
                button.clicked.connect(lambda _=False, key=row.key: self.toggled.emit(key))
                button.crossed.connect(lambda key=row.key: self.removed.emit(key))
                self._column.addWidget(button)
            else:
                button.set_row(row)

    def row(self, key: str) -> QAbstractButton:
        """The row of one pen; KeyError when it is not in the list."""
        return self._rows[key]


class _PenButton(QAbstractButton):
    crossed = Signal()

    def __init__(self, look: Look, row: PenRow, remove_text: str) -> None:
        super().__init__()
        self._look, self._row = look, row
        self._cross_px = look.mm(REMOVE_MM) if remove_text else 0
        self._on_cross = False
        self.setAccessibleDescription(remove_text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_row(row)

    def set_row(self, row: PenRow) -> None:
        if row == self._row and self.accessibleName():
            return
        self._row = row
        shown = "shown" if row.shown else "hidden"
        self.setAccessibleName(", ".join(p for p in (row.name, row.value_text, row.fault_text, shown) if p))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.mm(70), self._look.mm(ROW_MM))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, row = self._look, self._row
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        if row.shown:
            painter.setPen(QPen(QColor(row.color), max(2.0, look.mm(0.9)), row.style))
            painter.drawLine(QPointF(0, middle), QPointF(look.mm(7), middle))
        left = look.mm(10)
        value_font = bold_of(look.font(CAPITAL_NOTE_MM + 0.2))
        value_px = text_width(row.value_text, value_font) + 2
        # a status name is long: it has the whole second line, and the value moves up
        right = self.width() - self._cross_px
        value = QRectF(right - value_px, 0, value_px, self.height())
        if row.fault_text:
            value = QRectF(value.left(), middle - look.mm(6.2), value_px, look.mm(6.4))
        ink = look.color("muted" if row.fault_text or not row.shown else "text")
        if row.fault_text:
            value_font.setStrikeOut(True)
        paint_line(painter, value, row.value_text, value_font, ink, Qt.AlignmentFlag.AlignRight)
        room = value.left() - left - look.mm(3)
        top = QRectF(left, middle - look.mm(6.2), room, look.mm(6.4))
        below = QRectF(left, middle + look.mm(0.4), room, look.mm(5.4))
        name_font = look.font(CAPITAL_NOTE_MM)
        paint_line(painter, top, row.name, name_font, look.color("text" if row.shown else "muted"))
        if row.fault_text:
            below.setRight(right)
            side = look.mm(3.6)
            mark = QRectF(left, below.center().y() - side / 2, side, side)
            paint_shape(painter, Shape.WARNING, mark, look.color("warning"), look.color("on_warning"))
            below.setLeft(mark.right() + look.mm(1.4))
        text = row.fault_text or row.sub_text
        paint_line(painter, below, text, look.font(CAPITAL_SMALL_MM), look.color("second"))
        painter.fillRect(QRectF(0, self.height() - 1, self.width(), 1), look.color("line"))
        if self._cross_px:
            self._paint_cross(painter)
        if self.hasFocus():
            painter.setPen(QPen(look.color("primary"), max(2, look.mm(0.7))))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -2), look.mm(1), look.mm(1))
        painter.end()

    def _paint_cross(self, painter: QPainter) -> None:
        look = self._look
        half = look.mm(1.5)
        middle = QPointF(self.width() - look.mm(4), self.height() / 2)
        painter.setPen(QPen(look.color("second"), max(1.4, look.mm(0.5))))
        painter.drawLine(middle + QPointF(-half, -half), middle + QPointF(half, half))
        painter.drawLine(middle + QPointF(-half, half), middle + QPointF(half, -half))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._on_cross = event.position().x() > self.width() - self._cross_px
        if not self._on_cross:
            super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self._on_cross:
            super().mouseReleaseEvent(event)
        elif event.position().x() > self.width() - self._cross_px:
            self.crossed.emit()
        self._on_cross = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._cross_px and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.crossed.emit()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)
