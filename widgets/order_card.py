"""How far an order is: good units of those wanted, and when it will be finished."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from widgets.card import Card
from widgets.figure import Figure
from widgets.progress_bar import ProgressBar
from widgets.text import Line
from widgets.theme import CAPITAL_SMALL_MM, Look


class OrderCard(Card):
    """A large count with its progress bar and a line below."""

    def __init__(self, look: Look, title: str, parent: QWidget | None = None) -> None:
        super().__init__(look, title, parent=parent)
        self._figure = Figure(look, capital_mm=10.0)
        self._bar = ProgressBar(look)
        self._foot = Line(look, "", color="second", capital_mm=CAPITAL_SMALL_MM + 0.2)
        self.body.setSpacing(look.mm(2.2))
        for widget in (self._figure, self._bar, self._foot):
            self.body.addWidget(widget)

    def set_progress(self, count_text: str, of_text: str, fraction: float, foot: str = "") -> None:
        """Show "127", "of 200 good", the bar's fraction, and a line below."""
        self._figure.set_figure(count_text, unit=of_text)
        self._bar.set_fraction(fraction, f"{count_text} {of_text}")
        self._foot.set_text(foot)
