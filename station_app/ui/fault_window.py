"""The station cannot start: one window that says what is wrong, what was kept, and what to do."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from station_app.ui.look import Look
from widgets.buttons import BigButton, ButtonKind
from widgets.shapes import Shape, paint_shape
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_HEADING_MM, stylesheet

MARK_MM = 18.0


class FaultWindow(QWidget):
    """Shows a headline and a text over the whole window; its button closes it."""

    def __init__(self, look: Look, station: str, headline: str, text: str) -> None:
        super().__init__()
        self._look = look
        self.setWindowTitle(f"{station} · {headline}")
        self.setAccessibleName(f"{headline} {text}")
        self.setStyleSheet(stylesheet(look.theme, look.metrics))
        self.close_button = BigButton(look, self.tr("Close"), ButtonKind.PRIMARY)
        self.close_button.clicked.connect(self.close)
        layout = QVBoxLayout(self)
        edge = look.mm(40)
        layout.setContentsMargins(edge + look.mm(MARK_MM + 8), look.mm(40), edge, look.mm(30))
        layout.setSpacing(look.mm(6))
        self._headline = self._label(f"{station}: {headline}", look.bold(CAPITAL_HEADING_MM).pixelSize(), True)
        layout.addWidget(self._headline)
        layout.addWidget(self._label(text, look.font(CAPITAL_BODY_MM).pixelSize(), False))
        layout.addStretch(1)
        layout.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignRight)
        self.close_button.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground and the mark beside the headline."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.color("page"))
        side = self._look.mm(MARK_MM)
        top = self._headline.geometry().center().y() - side / 2
        mark = QRectF(self._look.mm(40), top, side, side)
        paint_shape(painter, Shape.WARNING, mark, self._look.color("warning"), self._look.color("on_warning"))
        painter.end()

    def _label(self, text: str, size_px: int, bold: bool) -> QLabel:
        label = QLabel(text)
        font = self._look.bold() if bold else self._look.font()
        font.setPixelSize(size_px)
        label.setFont(font)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label
