"""The times of a step: by the clock on the wall, at work, and waiting, folded from its records.

Work time runs while the application runs and a person is at work. The time from the last record before a stop or a crash to
the record of the restart is on the wall only; so are pauses and dialogs for choosing people. Times within one run of the
computer come from its monotonic clock, so that setting the clock changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from station_app.domain.chain import Row

NOT_WAITING: Final = 0
UNTIL_FURTHER_NOTICE: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Moment:
    """Now, by all clocks of the computer: UTC microseconds, monotonic nanoseconds of the boot ``boot_id``."""

    wall_us: int
    mono_ns: int
    boot_id: str

    def seconds_until(self, later: Moment) -> float:
        """Seconds to a later moment: by the monotonic clock, after a restart of the computer by the clock on the wall."""
        if later.boot_id == self.boot_id:
            return max(later.mono_ns - self.mono_ns, 0) / 1e9
        return max(later.wall_us - self.wall_us, 0) / 1e6


def moment_of(row: Row) -> Moment:
    """When a record was made."""
    return Moment(row.wall_us, row.mono_ns, row.boot_id)


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds by the clock on the wall, at work, and waiting for a machine, a timer or the server."""

    wall_s: float = 0.0
    attended_s: float = 0.0
    waiting_s: float = 0.0

    def __add__(self, other: Times) -> Times:
        return Times(self.wall_s + other.wall_s, self.attended_s + other.attended_s, self.waiting_s + other.waiting_s)


@dataclass(frozen=True, slots=True)
class Absence:
    """A stretch that is no work time, monotonic nanoseconds: ``waiting`` for the server or the disk, else away from work."""

    start_ns: int
    end_ns: int
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Time in which the clock ran, monotonic nanoseconds; until ``waits_until_ns`` the step waited by itself."""

    start_ns: int
    end_ns: int
    waits_until_ns: int

    def times(self, absences: Sequence[Absence]) -> Times:
        """Attended and waiting seconds; ``wall_s`` stays 0."""
        if self.end_ns <= self.start_ns:
            return Times()
        gone = _clipped(absences, self.start_ns, self.end_ns)
        away = [(a.start_ns, a.end_ns) for a in gone if not a.waiting]
        waiting = [(a.start_ns, a.end_ns) for a in gone if a.waiting]
        if self.waits_until_ns > self.start_ns:
            waiting.append((self.start_ns, min(self.waits_until_ns, self.end_ns)))
        no_work_ns, away_ns = _length([*away, *waiting]), _length(away)
        return Times(0.0, (self.end_ns - self.start_ns - no_work_ns) / 1e9, (no_work_ns - away_ns) / 1e9)


@dataclass(slots=True)
class WorkClock:
    """The times of the step in work.

    ``recorded`` is what work-time records of this pass through the step hold; ``wall_s`` and ``stretches`` are what has come
    since ``segment_mono_ns``, up to the last record. ``running`` is False while the clock stands still.
    """

    recorded: Times = field(default_factory=Times)
    wall_s: float = 0.0
    stretches: list[Stretch] = field(default_factory=list)
    running: bool = False
    segment_mono_ns: int = 0
    last_mono_ns: int = 0
    last_wall_us: int = 0
    boot_id: str = ""
    waits_until_ns: int = NOT_WAITING

    def start(self, row: Row) -> None:
        """A step begins with this record."""
        self.recorded = Times()
        self._begin_segment(row)
        self.running = True

    def touch(self, row: Row) -> None:
        """Another record of the step, made by a person."""
        self._pass_to(row)
        self.running = True
        self._stand_at(row)

    def restart(self, row: Row) -> None:
        """The work goes on with this record: after a pause, or after the application was started again."""
        self.running = False
        self.touch(row)

    def record(self, row: Row, times: Times) -> None:
        """The times up to here are recorded; what counts is what the record says."""
        self.recorded = self.recorded + times
        self._begin_segment(row)

    def pause(self) -> None:
        """Stop at the last record."""
        self.running = False

    def unrecorded(self, mono_ns: int, absences: Sequence[Absence] = ()) -> Times:
        """What came since the last work-time record, up to ``mono_ns`` of the current boot, without the absences."""
        total = Times(self.wall_s + max(mono_ns - self.last_mono_ns, 0) / 1e9)
        open_ = [Stretch(self.last_mono_ns, mono_ns, self.waits_until_ns)] if self.running else []
        for stretch in (*self.stretches, *open_):
            total = total + stretch.times(absences)
        return total

    def times(self, mono_ns: int, absences: Sequence[Absence] = ()) -> Times:
        """The times of the step up to ``mono_ns`` of the current boot."""
        return self.recorded + self.unrecorded(mono_ns, absences)

    def seconds(self, mono_ns: int, absences: Sequence[Absence] = ()) -> float:
        """Attended seconds of the step up to ``mono_ns`` of the current boot."""
        return self.times(mono_ns, absences).attended_s

    def _begin_segment(self, row: Row) -> None:
        self.wall_s = 0.0
        self.stretches = []
        self.segment_mono_ns = row.mono_ns
        self._stand_at(row)

    def _pass_to(self, row: Row) -> None:
        same_boot = row.boot_id == self.boot_id
        gap_ns = row.mono_ns - self.last_mono_ns if same_boot else (row.wall_us - self.last_wall_us) * 1000
        self.wall_s += max(gap_ns, 0) / 1e9
        if same_boot and self.running and gap_ns > 0:
            start_ns = self.last_mono_ns
            last = self.stretches[-1] if self.stretches else None
            # what goes on without a break is one stretch: a step with a thousand records is as quick as one with ten
            if last is not None and (last.end_ns, last.waits_until_ns) == (start_ns, self.waits_until_ns):
                start_ns = self.stretches.pop().start_ns
            self.stretches.append(Stretch(start_ns, row.mono_ns, self.waits_until_ns))

    def _stand_at(self, row: Row) -> None:
        self.last_mono_ns, self.last_wall_us, self.boot_id = row.mono_ns, row.wall_us, row.boot_id


def _clipped(absences: Iterable[Absence], start_ns: int, end_ns: int) -> list[Absence]:
    clipped = (Absence(max(a.start_ns, start_ns), min(a.end_ns, end_ns), a.waiting) for a in absences)
    return [a for a in clipped if a.end_ns > a.start_ns]


def _length(stretches: Iterable[tuple[int, int]]) -> int:
    """How long stretches are together, where they overlap counted once; nanoseconds."""
    total, reached = 0, 0
    for start, end in sorted(stretches):
        total += max(end - max(start, reached), 0)
        reached = max(reached, end)
    return total
