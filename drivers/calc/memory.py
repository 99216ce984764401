"""Functions that remember: rate, mean, integral and total. Each looks at one value as time goes on.

Times are seconds; they are the samples' own, so that a late delivery changes nothing. A time that runs backwards a
little counts as no time; one that is set back by more than a minute begins anew. Every memory is bounded.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

NOT_FULL = "UncertainInitialValue"
INCOMPLETE = "UncertainDataSubNormal"
CLOCK_STEP_S = 60.0
_POINTS = 1000  # of a window: it is kept in so many parts at most


class NotYet(Exception):
    """One value is not enough to tell."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a memory says: ``status`` is empty, or the name of an Uncertain status."""

    value: int | float
    status: str = ""


class Window:
    """A quantity over the last ``window_s``: (time, value) points, a thousandth of the window apart or more."""

    def __init__(self, window_s: float) -> None:
        self._window_s = window_s
        self._points: deque[tuple[float, float]] = deque()
        self._newest: tuple[float, float] | None = None

    def clear(self) -> None:
        self._points.clear()
        self._newest = None

    def add(self, time: float, value: float) -> None:
        """Add the newest value; ``time`` is not before the last one's."""
        self._newest = (time, value)
        if not self._points or time - self._points[-1][0] >= self._window_s / _POINTS:
            self._points.append((time, value))
        begin = time - self._window_s
        while len(self._points) > 2 and self._points[1][0] <= begin:
            self._points.popleft()

    def slope(self) -> Told:
        """Change by time over the window, or over what there is of it. Raises NotYet."""
        if self._newest is None:
            raise NotYet
        time, value = self._newest
        (first_time, first), begin = self._points[0], time - self._window_s
        if first_time < begin and len(self._points) > 1:
            next_time, following = self._points[1]
            if next_time > begin:  # what it was at the window's beginning lies between the two
                first += (following - first) * (begin - first_time) / (next_time - first_time)
                first_time = begin
        if time <= first_time:
            raise NotYet
        return Told((value - first) / (time - first_time), "" if first_time <= begin else NOT_FULL)


class Memory:
    """One remembering function in one formula. ``see`` is called for every value, ``miss`` when there is none."""

    def __init__(self) -> None:
        self._time: float | None = None

    def see(self, time: float, value: int | float, reset: bool) -> Told:
        """Take the newest value and tell what it makes. Raises NotYet."""
        if self._time is not None and time < self._time - CLOCK_STEP_S:
            self.begin_anew()
        time = time if self._time is None else max(time, self._time)
        told = self._see(time, value, reset)
        self._time = time
        return told

    def miss(self) -> None:
        """The value is Bad now."""

    def begin_anew(self) -> None:
        """The clock was set back."""
        self._time = None

    def _see(self, time: float, value: int | float, reset: bool) -> Told:
        raise NotImplementedError


class Rate(Memory):
    """Change per second over a window."""

    def __init__(self, window_s: float) -> None:
        super().__init__()
        self._window = Window(window_s)

    def begin_anew(self) -> None:
        super().begin_anew()
        self._window.clear()

    def _see(self, time: float, value: int | float, reset: bool) -> Told:
        self._window.add(time, value)
        return self._window.slope()


class _Area:
    """The area under a value over time: by trapezoids, so a value that moves steadily is followed exactly."""

    def __init__(self) -> None:
        self.area = 0.0
        self._last: tuple[float, float] | None = None

    def add(self, time: float, value: float) -> None:
        if self._last is not None:
            before, last = self._last
            self.area += (time - before) * (value + last) / 2
        self._last = (time, value)

    def interrupt(self) -> None:
        """What lies between the last value and the next is not known."""
        self._last = None

    @property
    def is_interrupted(self) -> bool:
        return self._last is None


class Mean(Memory):
    """The average over a window, each value weighted by how long it stood. A gap begins it anew."""

    def __init__(self, window_s: float) -> None:
        super().__init__()
        self._area, self._window = _Area(), Window(window_s)

    def miss(self) -> None:
        self._area.interrupt()
        self._window.clear()

    def begin_anew(self) -> None:
        super().begin_anew()
        self.miss()

    def _see(self, time: float, value: int | float, reset: bool) -> Told:
        self._area.add(time, value)
        self._window.add(time, self._area.area)
        try:
            return self._window.slope()
        except NotYet:
            return Told(value, NOT_FULL)


class Integral(Memory):
    """The area under a value in its unit times seconds. A gap is not filled: the sum is Uncertain until it is reset."""

    def __init__(self) -> None:
        super().__init__()
        self._area = _Area()
        self._has_gap = False

    def miss(self) -> None:
        self._has_gap = self._has_gap or not self._area.is_interrupted
        self._area.interrupt()

    def begin_anew(self) -> None:
        super().begin_anew()
        self.miss()

    def _see(self, time: float, value: int | float, reset: bool) -> Told:
        if reset:
            self._area, self._has_gap = _Area(), False
        self._area.add(time, value)
        return Told(self._area.area, INCOMPLETE if self._has_gap else "")


class Total(Memory):
    """How far a counter has counted since the station began, over its rollover and its resets.

    A counter that falls has rolled over when the step across ``rollover`` is less than half of it; else it was set to
    zero and has counted its new value since.
    """

    def __init__(self, rollover: int | float) -> None:
        super().__init__()
        self._rollover = rollover
        self._last: int | float | None = None
        self._total: int | float = 0

    def _see(self, time: float, value: int | float, reset: bool) -> Told:
        if reset:
            self._total = 0
        elif self._last is not None:
            self._total += self._step(value - self._last, value)
        self._last = value
        return Told(self._total)

    def _step(self, change: int | float, value: int | float) -> int | float:
        if change >= 0:
            return change
        across = change + self._rollover
        return across if 0 < across < self._rollover / 2 else max(value, 0)


def memory_for(function: str, written: int | float = 0) -> Memory:
    """The memory of a remembering function; ``written`` is its window in seconds, or its rollover."""
    if function == "rate":
        return Rate(float(written))
    if function == "mean":
        return Mean(float(written))
    return Integral() if function == "integral" else Total(written)
