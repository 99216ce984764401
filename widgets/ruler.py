"""A drawn ruler to hold a real one against: where both agree, millimetres on this screen are true."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.text import paint_line
from widgets.theme import CAPITAL_SMALL_MM, Look

LENGTH_MM = 50


class Ruler(QWidget):
    """Fifty millimetres with their ticks, drawn at a density of its own in logical pixels a millimetre."""

    def __init__(self, look: Look, px_per_mm: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._px_per_mm = look, px_per_mm
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_density(px_per_mm)

    @property
    def length_px(self) -> float:
        """How long the ruler is on the screen."""
        return LENGTH_MM * self._px_per_mm

    def set_density(self, px_per_mm: float) -> None:
        """Draw at another density."""
        self._px_per_mm = px_per_mm
        self.setAccessibleName(f"{LENGTH_MM} mm = {self.length_px:.0f} px")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """The whole ruler and its numbers."""
        return QSize(int(self.length_px) + self._look.mm(12), self._look.mm(22))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the edge, a tick every millimetre and a number every ten."""
        look = self._look
        painter = QPainter(self)
        left = float(look.mm(5))
        ink = look.color("text")
        painter.fillRect(QRectF(left, 0, self.length_px, 2), ink)
        for mark in range(LENGTH_MM + 1):
            length = look.mm(11 if mark % 10 == 0 else 8 if mark % 5 == 0 else 5)
            painter.fillRect(QRectF(left + mark * self._px_per_mm - 0.5, 0, 1.6, length), ink)
            if mark % 10 == 0:
                area = QRectF(left + mark * self._px_per_mm - look.mm(8), look.mm(12), look.mm(16), look.mm(7))
                font = look.font(CAPITAL_SMALL_MM)
                paint_line(painter, area, str(mark), font, look.color("second"), Qt.AlignmentFlag.AlignHCenter)
        painter.end()
