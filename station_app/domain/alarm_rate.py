"""How many alarms came: in each stretch of ten minutes, and in the last ten minutes. Bounded, whatever comes.

ISA-18.2 speaks of a flood when more than ten alarms come in ten minutes: more than one person can answer.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

TEN_MINUTES_US: Final = 600_000_000
MOST_STRETCHES: Final = 144
MOST_TIMES: Final = 1000


@dataclass
class AlarmRate:
    """Counts of raised alarms. Times are UTC microseconds; a clock that is set loses no count and adds none."""

    stretches: dict[int, int] = field(default_factory=dict)
    _times: deque[int] = field(default_factory=lambda: deque(maxlen=MOST_TIMES))

    def note(self, wall_us: int) -> None:
        """An alarm came."""
        stretch = wall_us // TEN_MINUTES_US
        self.stretches[stretch] = self.stretches.get(stretch, 0) + 1
        while len(self.stretches) > MOST_STRETCHES:
            del self.stretches[next(iter(self.stretches))]
        self._times.append(wall_us)

    def in_last_ten_minutes(self, now_us: int) -> int:
        """How many came in the ten minutes before ``now_us``; at most MOST_TIMES are counted."""
        return sum(now_us - TEN_MINUTES_US < at_us <= now_us for at_us in self._times)

    def per_stretch(self, now_us: int, stretches: int) -> list[tuple[int, int]]:
        """(beginning in UTC microseconds, count) of the newest stretches of ten minutes, the newest first."""
        newest = now_us // TEN_MINUTES_US
        return [((newest - n) * TEN_MINUTES_US, self.stretches.get(newest - n, 0)) for n in range(stretches)]
