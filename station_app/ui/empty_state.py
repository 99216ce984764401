"""What a page says when there is nothing to show: what is so, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from station_app.ui.look import Look
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_HEADING_MM


class EmptyState(QWidget):
    """A headline and a sentence in the middle."""

    def __init__(self, look: Look, headline: str, to_do: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._headline = Line(look, headline, bold=True, capital_mm=CAPITAL_HEADING_MM * 0.8)
        self._to_do = QLabel(to_do)
        self._to_do.setFont(look.font(CAPITAL_BODY_MM))
        self._to_do.setStyleSheet(f"color: {look.theme.second};")
        self._to_do.setWordWrap(True)
        self._to_do.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setSpacing(look.mm(3))
        layout.addStretch(1)
        layout.addWidget(self._headline, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._to_do)
        layout.addStretch(2)
        self.say(headline, to_do)

    def say(self, headline: str, to_do: str) -> None:
        """Other words."""
        self._headline.set_text(headline)
        self._to_do.setText(to_do)
        self.setAccessibleName(f"{headline}. {to_do}")
