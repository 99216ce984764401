"""The cursors of a trend: none, one that says its values beside it, or two that are compared in a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from widgets.trend_canvas import Cursor
from widgets.trend_readout import cursor_lines

if TYPE_CHECKING:
    from widgets.trend_view import TrendView

NAMES: Final = ("A", "B")
FIRST_AT: Final = 0.45
BESIDE: Final = 0.1


class TrendCursors:
    """Where they are (seconds since the epoch). The one placed last is moved by keys."""

    def __init__(self, view: TrendView) -> None:
        self._view = view
        self._times_s: list[float] = []
        self._active = 0

    @property
    def times_s(self) -> tuple[float, ...]:
        """None, one or two instants."""
        return tuple(self._times_s)

    @property
    def two(self) -> bool:
        """Whether there are two to compare."""
        return len(self._times_s) == len(NAMES)

    def put(self, times_s: Sequence[float]) -> None:
        """None, one or two. Raises ValueError for more."""
        if len(times_s) > len(NAMES):
            raise ValueError(f"{len(times_s)} cursors; there are at most {len(NAMES)}")
        self._times_s = list(times_s)
        self._active = max(0, len(times_s) - 1)
        self._tell()

    def add(self) -> None:
        """The next one: first near the middle, then beside it; after the second, none."""
        start_s, end_s = self._view.span_s
        width_s = end_s - start_s
        if not self._times_s:
            self.put((start_s + width_s * FIRST_AT,))
        elif self.two:
            self.put(())
        else:
            first = self._times_s[0]
            beside = first + width_s * BESIDE
            self.put((first, beside if beside < end_s else first - width_s * BESIDE))

    def touch(self, time_s: float) -> None:
        """A touch: the one cursor goes there, or the nearer of two."""
        if self.two:
            self.place(min((0, 1), key=lambda number: abs(self._times_s[number] - time_s)), time_s)
        else:
            self.put((time_s,))

    def place(self, number: int, time_s: float) -> None:
        """Put one of them on an instant."""
        self._active = number
        self._times_s[number] = time_s
        self._tell()

    def move(self, pixels: float) -> None:
        """Move the one that was placed last."""
        if self._times_s:
            per_px = self._view.window_s / self._view.columns
            self.place(self._active, self._times_s[self._active] + pixels * per_px)

    def take_other(self) -> None:
        """Let keys move the other one."""
        if self._times_s:
            self._active = (self._active + 1) % len(self._times_s)

    def refresh(self) -> None:
        """What they say now."""
        view = self._view
        pens = {pen.key: pen for pen in view.pens}
        view.frame.cursors = tuple(
            Cursor(
                at,
                NAMES[number] if self.two else "",
                () if self.two else tuple(cursor_lines(pens, view.values_at(at), at, view.state_names)),
            )
            for number, at in enumerate(self._times_s)
        )

    def _tell(self) -> None:
        self.refresh()
        if self._times_s:
            self._view.cursor_moved.emit(self._times_s[self._active])
        self._view.cursors_changed.emit()
        self._view.canvas.update()
