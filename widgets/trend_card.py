"""The small trend beside an instruction: the last minute of one value, with limits and gaps."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from widgets.card import Card, CardState
from widgets.theme import Look
from widgets.trend_canvas import TrendPen
from widgets.trend_parts import Array
from widgets.trend_view import TrendView


class TrendCard(Card):
    """A `TrendView` in a card. The owner appends, redraws and names the quality ("Good")."""

    def __init__(
        self,
        look: Look,
        title: str,
        pens: Sequence[TrendPen],
        *,
        window_s: float = 60.0,
        now_text: str = "now",
        capacity: int = 2_400,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(look, title, parent=parent)
        self.trend = TrendView(look, pens, window_s=window_s, compact=True, now_text=now_text, capacity=capacity)
        self.trend.setFixedHeight(look.mm(28))
        self.body.addWidget(self.trend)

    def append(self, key: str, times: Array, values: Array, reason: str = "") -> int:
        """Add samples of one pen; NaN is bad quality."""
        return self.trend.append(key, times, values, reason)

    def redraw(self, now_s: float) -> None:
        """Draw up to `now_s`."""
        self.trend.redraw(now_s)

    def set_quality(self, text: str, good: bool) -> None:
        """The quality's name at the right of the title; with a triangle when it is not good."""
        self.set_state(CardState.IDLE if good else CardState.BAD_QUALITY, text)
        if good:
            self.set_note(text)
