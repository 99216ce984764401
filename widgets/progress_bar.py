"""A calm progress bar that turns to the warning colour when the allowed time is exceeded."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.theme import Look


class ProgressBar(QWidget):
    """Shows a fraction from 0 upwards; above 1 it is full and drawn as exceeded."""

    def __init__(self, look: Look, height_mm: float = 2.8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._height_mm = look, height_mm
        self._fraction = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_fraction(self, fraction: float, accessible_text: str = "") -> None:
        """Show `fraction` (1.0 = full); negative values count as 0."""
        fraction = max(0.0, fraction)
        self.setAccessibleName(accessible_text or f"{fraction:.0%}")
        if fraction != self._fraction:
            self._fraction = fraction
            self.update()

    @property
    def is_exceeded(self) -> bool:
        """Whether more than the whole is used."""
        return self._fraction > 1.0

    def sizeHint(self) -> QSize:
        """As wide as it is given, a few millimetres high."""
        return QSize(self._look.mm(30), self._look.mm(self._height_mm))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the track and its filled part."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        rect = QRectF(self.rect())
        radius = rect.height() / 2
        outline = QPainterPath()
        outline.addRoundedRect(rect, radius, radius)
        painter.setClipPath(outline)
        painter.fillRect(rect, self._look.color("track"))
        filled = QRectF(rect)
        filled.setWidth(rect.width() * min(1.0, self._fraction))
        painter.fillRect(filled, self._look.color("warning" if self.is_exceeded else "running"))
        painter.end()
