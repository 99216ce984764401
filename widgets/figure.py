"""A large figure with its unit, struck through when it is no longer true."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.text import fitting_font
from widgets.theme import CAPITAL_FIGURE_MM, CAPITAL_TITLE_MM, Look


class Figure(QWidget):
    """The value of a check, as text: 12 mm capitals, readable from two metres."""

    def __init__(
        self,
        look: Look,
        unit: str = "",
        *,
        capital_mm: float = CAPITAL_FIGURE_MM,
        unit_capital_mm: float = CAPITAL_TITLE_MM,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._look, self._unit = look, unit
        self._capital_mm, self._unit_capital_mm = capital_mm, unit_capital_mm
        self._text, self._color, self._struck = "", "text", False
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_figure(self, text: str, color: str = "text", *, struck: bool = False, unit: str | None = None) -> None:
        """Show `text` in a palette colour; `struck` draws a line through it (a value that is not live)."""
        self._text, self._color, self._struck = text, color, struck
        self._unit = self._unit if unit is None else unit
        self.setAccessibleName(f"{text} {self._unit}".strip())
        self.update()

    def set_capital(self, capital_mm: float) -> None:
        """Other figures' height."""
        self._capital_mm = capital_mm
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """The figures shown."""
        return self._text

    @property
    def is_struck(self) -> bool:
        """Whether a line goes through the figures."""
        return self._struck

    def sizeHint(self) -> QSize:
        """One line, as wide as it is given."""
        return QSize(self._look.mm(60), self._look.mm(self._capital_mm * 1.3))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw figures and unit on one base line."""
        look = self._look
        painter = QPainter(self)
        unit_font = look.font(self._unit_capital_mm)
        unit_px = QFontMetricsF(unit_font).horizontalAdvance(self._unit)
        gap = look.mm(self._capital_mm * 0.25)
        font = QFont(fitting_font(look.bold(self._capital_mm), self._text, self.width() - unit_px - gap, smallest=0.35))
        font.setWeight(QFont.Weight.Bold)
        font = fitting_font(font, self._text, self.width() - unit_px - gap, smallest=0.35)
        metrics = QFontMetricsF(font)
        baseline = (self.height() + look.mm(self._capital_mm)) / 2
        painter.setFont(font)
        painter.setPen(look.color(self._color))
        advance = metrics.horizontalAdvance(self._text)
        painter.drawText(0, int(baseline), self._text)
        if self._struck:
            thick = max(2, look.mm(self._capital_mm * 0.08))
            y = int(baseline - metrics.capHeight() / 2 - thick / 2)
            painter.fillRect(0, y, int(advance), thick, look.color(self._color))
        painter.setFont(unit_font)
        painter.setPen(look.color("second"))
        painter.drawText(int(advance + gap) if self._text else 0, int(baseline), self._unit)
        painter.end()
