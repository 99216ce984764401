"""A row of a list on the work page: a flat button as wide as the list, moved along by arrows, with two lines on a card."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy

from station_app.ui.look import Look
from widgets.theme import TARGET_MM

MARGIN_MM = 5


class ListRow(QPushButton):
    """Base of the rows: subclasses draw their two lines. ``height_mm`` is at least a gloved hand."""

    def __init__(self, look: Look, height_mm: float = TARGET_MM) -> None:
        super().__init__()
        self._look, self._height_mm = look, height_mm
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def draw_lines(self, painter: QPainter, top: QRectF, below: QRectF) -> None:
        """Draw the two lines."""
        raise NotImplementedError

    def sizeHint(self) -> QSize:
        """As wide as it is given, a gloved hand high."""
        return QSize(self._look.mm(150), self._look.mm(self._height_mm))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens, arrows move along the list."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card, with a strong edge while it has the keys, and the lines on it."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        focus = self.hasFocus()
        width = max(2.0, look.mm(0.8)) if focus else 1.0
        painter.setPen(QPen(look.color("primary" if focus else "line"), width))
        painter.setBrush(look.color("selected" if self.isDown() else "card"))
        half = width / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(half, half, -half, -half), look.mm(1.8), look.mm(1.8))
        margin = look.mm(MARGIN_MM)
        inner = QRectF(self.rect()).adjusted(margin, look.mm(2), -margin, -look.mm(2))
        top = QRectF(inner.left(), inner.top(), inner.width(), inner.height() / 2)
        below = QRectF(inner.left(), top.bottom(), inner.width(), inner.height() / 2)
        self.draw_lines(painter, top, below)
        painter.end()
