"""What stands over and beside a trend: units and steps as bands, events as marks, two cursors' readings, and the note below."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication

from station_app.domain.recent_work import RecentEvent
from station_app.ui.look import Look
from station_app.ui.trend_compare import Comparison
from station_app.ui.trend_layout import TrendLayout
from station_app.ui.trend_past import TrendPast
from station_app.ui.trend_words import apart, cursor_rows, mark_of, step_bands, unit_bands
from widgets.mark_list import MarkRow
from widgets.trend_canvas import Band
from widgets.trend_readout import exact_text
from widgets.trend_time import span_text
from widgets.trend_view import TrendView

translate = QCoreApplication.translate

NARROWEST_PX = 8
NEARLY_ALL = 0.9
MARKS_APART_MM = 4.4


class TrendBeside:
    """Draws them for the time in sight. ``row_of`` words an event for the list at the right."""

    def __init__(
        self, look: Look, parts: TrendLayout, past: TrendPast, row_of: Callable[[RecentEvent], MarkRow]
    ) -> None:
        self._look, self._parts, self._past, self._row_of = look, parts, past, row_of
        self.events: list[RecentEvent] = []
        """Those in sight, oldest first; the list shows them newest first."""
        self.drawn: list[RecentEvent] = []
        """Those that have a mark over the curves."""

    def event_of_row(self, row: int) -> RecentEvent | None:
        """The event of a row of the list."""
        return self.events[len(self.events) - 1 - row] if row < len(self.events) else None

    def refresh(self, view: TrendView, until_s: float, comparison: Comparison | None = None) -> None:
        """Bands and marks of what is in sight, at least until a moment."""
        start_s, end_s = view.span_s
        end_s = max(end_s, until_s)
        view.set_bands(*self._bands(view, start_s, end_s, comparison))
        self.events = self._past.events(start_s, end_s)
        self.drawn = apart(self.events, view.window_s / view.columns * self._look.mm(MARKS_APART_MM))
        view.set_marks([mark_of(event) for event in self.drawn])
        self._parts.marks.set_marks([self._row_of(event) for event in reversed(self.events)])

    def _bands(
        self, view: TrendView, start_s: float, end_s: float, comparison: Comparison | None
    ) -> Sequence[Sequence[Band]]:
        if comparison is not None:
            return comparison.bands()
        narrowest_s = view.window_s / view.columns * NARROWEST_PX
        units, steps = self._past.units(start_s, end_s), self._past.steps(start_s, end_s)
        return unit_bands(units, narrowest_s), step_bands(steps, narrowest_s)

    def show_cursors(self, view: TrendView) -> None:
        """What two cursors read; with one or none the marks stand there."""
        two = len(view.cursors_s) == 2
        self._parts.show_cursors(two)
        if two:
            first_s, second_s = view.cursors_s
            between = ("−" if second_s < first_s else "") + span_text(second_s - first_s)
            rows = cursor_rows(view, first_s, second_s)
            self._parts.table.show_readings(exact_text(first_s), exact_text(second_s), between, rows)

    def show_note(self, view: TrendView, waiting: bool) -> None:
        """How much is drawn, and whether more is on its way."""
        parts = [translate("trends", "Reading the past")] if waiting else []
        parts.append(drawn_text(*view.drawn_counts()))
        if view.drawn_counts()[1]:
            parts.append(translate("trends", "drag to scroll, pinch to zoom, tap for values"))
        self._parts.note.set_text(" · ".join(parts))


def drawn_text(points: int, samples: int) -> str:
    """How many samples a view shows, and whether each is drawn or the lowest and highest of many stand for them."""
    if not samples:
        return translate("trends", "No values in this time")
    if samples == 1:
        return translate("trends", "1 sample")
    count = f"{samples:,}".replace(",", "\u202f")
    if points >= samples * NEARLY_ALL:
        return translate("trends", "{samples} samples").format(samples=count)
    return translate("trends", "{samples} samples, the lowest and highest of each moment are drawn").format(
        samples=count
    )
