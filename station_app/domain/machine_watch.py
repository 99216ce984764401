"""A machine's value watched while a step is in work: held within limits, or summed up over the step.

Fed with samples as they come, in order, each with the monotonic time (nanoseconds) at which it reached the station, so that
setting a clock neither ends a wait nor stretches a window. Only values of good quality count.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from drivers.base import Quality, Sample
from station_app.domain.outcome import Limits


def _number(sample: Sample) -> float | None:
    value = sample.value
    if sample.quality is not Quality.GOOD or value is None or isinstance(value, str):
        return None
    number = float(value)
    return number if number - number == 0.0 else None  # NaN and infinities are no numbers


@dataclass(slots=True)
class HoldWatch:
    """For how long a value has stayed within ``limits`` without a break; a bad or outside value begins the time anew.

    ``cycle_made`` False: the machine has made no cycle since the step began; what it shows is still the unit before.
    """

    limits: Limits
    cycle_made: bool = True
    last: Sample | None = None
    samples: int = 0
    since_mono_ns: int | None = None

    @property
    def inside(self) -> bool:
        """Whether the newest value is good and within the limits."""
        return self.since_mono_ns is not None

    def feed(self, sample: Sample, mono_ns: int) -> None:
        """Another value."""
        self.last = sample
        number = _number(sample)
        if number is None or self.limits.excess(Decimal(repr(number))) != 0:
            self.since_mono_ns, self.samples = None, 0
            return
        if self.since_mono_ns is None:
            self.since_mono_ns = mono_ns
        self.samples += 1

    def held_s(self, mono_ns: int) -> float:
        """Seconds within the limits up to now; 0 while it is outside or bad."""
        return 0.0 if self.since_mono_ns is None else max(mono_ns - self.since_mono_ns, 0) / 1e9

    def why(self) -> str:
        """Why it does not hold now: no cycle, no value, its bad status, or the value itself."""
        if not self.cycle_made:
            return "the machine has made no cycle since this step began"
        if self.last is None:
            return "no value has come"
        if _number(self.last) is None:
            return self.last.status
        return f"{self.last.value} {self.limits.unit}".strip()


@dataclass(frozen=True, slots=True)
class Window:
    """What a value was over a time of ``total_s`` seconds, ``bad_s`` of them without a good value.

    ``mean`` is weighted by time, because machines tell a value only when it changes. Statistics are None without a good value.
    """

    minimum: float | None
    maximum: float | None
    mean: float | None
    last: float | None
    samples: int
    total_s: float
    bad_s: float
    status: str = ""

    def statistic(self, name: str) -> float | None:
        """minimum, maximum, mean or last."""
        return {"minimum": self.minimum, "maximum": self.maximum, "mean": self.mean, "last": self.last}[name]


@dataclass(slots=True)
class WindowWatch:
    """Sums up a value from ``start_mono_ns`` on.

    With a cycle counter ``of_cycles`` is True: then it begins with the first value of the machine's cycle, and ``cycle_made``
    says whether there was one since the step began.
    """

    start_mono_ns: int
    of_cycles: bool = False
    cycle_made: bool = True
    samples: int = 0
    status: str = ""
    _minimum: float | None = None
    _maximum: float | None = None
    _now: float | None = None
    _last: float | None = None
    _area: float = 0.0
    _good_s: float = 0.0
    _at_ns: int = field(default=-1)
    _begun: bool = False

    @property
    def begun(self) -> bool:
        """Whether a value has come."""
        return self._begun

    def feed(self, sample: Sample, mono_ns: int) -> None:
        """Another value."""
        if self.of_cycles and not self._begun:
            self.start_mono_ns = mono_ns
        self._begun = True
        self._pass_to(mono_ns)
        number = self._now = _number(sample)
        if number is None:
            self.status = sample.status if sample.quality is not Quality.GOOD else "no number"
            return
        self.samples += 1
        self._last = number
        self._minimum = number if self._minimum is None else min(self._minimum, number)
        self._maximum = number if self._maximum is None else max(self._maximum, number)

    def result(self, mono_ns: int, lasted_s: float = 0.0) -> Window:
        """The figures up to now. ``lasted_s``: how long the step has lasted; what lies before the watch began counts as bad.

        Not so with a cycle counter: before its cycle a machine has nothing to say of this unit.
        """
        self._pass_to(mono_ns)
        watched_s = max(mono_ns - self.start_mono_ns, 0) / 1e9
        total_s = watched_s if self.of_cycles else max(watched_s, lasted_s)
        # without any time between them the mean of a single moment's value is the value
        mean = self._area / self._good_s if self._good_s > 0 else self._last
        bad_s = max(total_s - self._good_s, 0.0)
        return Window(self._minimum, self._maximum, mean, self._last, self.samples, total_s, bad_s, self.status)

    def _pass_to(self, mono_ns: int) -> None:
        at_ns = max(self._at_ns, self.start_mono_ns)
        seconds = max(mono_ns - at_ns, 0) / 1e9
        if self._now is not None:
            self._area += self._now * seconds
            self._good_s += seconds
        self._at_ns = max(mono_ns, at_ns)
