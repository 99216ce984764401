"""The mark of an alarm: its shape says how urgent, the letter which priority, the filling whether somebody has seen it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.shapes import Shape, paint_shape
from widgets.theme import Look

SIZE_MM = 11.0
EDGE = 0.13
_LETTER_PLACE = {Shape.DIAMOND: 0.5, Shape.TRIANGLE: 0.62}


class PriorityMark(QWidget):
    """A diamond, triangle or square with a letter; filled while nobody has seen the alarm, an outline afterwards."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._shape, self._color, self._letter, self._filled = Shape.SQUARE, "running", "", False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFixedSize(self.sizeHint())

    def set_mark(self, shape: Shape, color: str, letter: str, filled: bool) -> None:
        """Show this mark; ``color`` is a name of the theme."""
        if (shape, color, letter, filled) != (self._shape, self._color, self._letter, self._filled):
            self._shape, self._color, self._letter, self._filled = shape, color, letter, filled
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._look.mm(SIZE_MM), self._look.mm(SIZE_MM))

    def paintEvent(self, event: QPaintEvent) -> None:
        look, painter = self._look, QPainter(self)
        rect = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        paint_shape(painter, self._shape, rect, look.color(self._color))
        if not self._filled:
            edge = rect.width() * EDGE
            low = edge if self._shape is Shape.TRIANGLE else 0.0
            inner = rect.adjusted(edge, edge + low, -edge, -edge + low * 0.25)
            paint_shape(painter, self._shape, inner, look.color("card"))
        painter.setFont(look.bold(SIZE_MM * 0.27))
        white = self._filled and self._color in ("alarm", "running")
        painter.setPen(look.color("card" if white else "text"))
        middle = rect.center()
        middle.setY(rect.top() + rect.height() * _LETTER_PLACE.get(self._shape, 0.5))
        box = QRectF(0, 0, rect.width(), rect.height())
        box.moveCenter(middle)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self._letter)
        painter.end()
