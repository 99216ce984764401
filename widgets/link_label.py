"""A row's label that leads on: its text with an icon behind it, as high as a finger, as quiet as a label."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from widgets.icons import icon_pixmap
from widgets.text import paint_line, text_width
from widgets.theme import CAPITAL_NOTE_MM, Look

HEIGHT_MM = 10.0
ICON_MM = 5.0
GAP_MM = 2.0


class LinkLabel(QAbstractButton):
    """Text from the left edge, so that it stands in line with other labels; `clicked` by touch, Enter and Space."""

    def __init__(
        self, look: Look, text: str, icon_name: str, description: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self._icon_name = look, icon_name
        self.setText(text)
        self.setAccessibleName(text)
        self.setAccessibleDescription(description)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """The text, the icon, and room for a finger."""
        look = self._look
        width = text_width(self.text(), look.font(CAPITAL_NOTE_MM)) + look.mm(ICON_MM + GAP_MM) + 2
        return QSize(int(width) + 1, look.mm(HEIGHT_MM))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Text, icon, focus."""
        look = self._look
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font, side = look.font(CAPITAL_NOTE_MM), look.mm(ICON_MM)
        ink = look.color("text" if self.isDown() else "primary")
        wanted = text_width(self.text(), font) + 2
        room = min(wanted, self.width() - side - look.mm(GAP_MM))
        paint_line(painter, QRectF(0, 0, room, self.height()), self.text(), font, ink)
        at = QPointF(room + look.mm(GAP_MM), (self.height() - side) / 2)
        painter.drawPixmap(at, icon_pixmap(self._icon_name, ink, side))
        if self.hasFocus():
            painter.setPen(QPen(look.color("primary"), max(2, look.mm(0.7))))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), look.mm(1), look.mm(1))
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter acts like Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)
