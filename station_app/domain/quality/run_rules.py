"""Run rules: patterns on a control chart that chance makes unlikely.

Nelson, *Journal of Quality Technology* 16 (1984), and *Western Electric Statistical Quality Control Handbook* (1956).
The conventions where authorities differ are fields of `RunRules` and are stored with the result:

- the point that completes a pattern is flagged, and the points that make it up are its members;
- a point on a line belongs to the inner zone, a point on the centre line to neither side;
- runs break at missing points and where a stage begins; counts do not restart after a signal;
- "m of n beyond": the completing point is itself beyond, and the window may be shorter at the start of a run of points.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import overload

import numpy as np
import numpy.typing as npt

from station_app.domain.quality.constants import BoolArray, FloatArray, IntArray

# readings are decimal, floats are not: within this many standard deviations of a line a point is on it
ON_LINE = 1e-9
RULES_WITHOUT_ZONES = ("nelson-1", "nelson-2", "nelson-3", "nelson-4", "we-1", "we-4")


class Counting(enum.StrEnum):
    """What a rule for a trend counts: points, or the steps between them (one point more)."""

    POINTS = "points"
    STEPS = "steps"


class Sides(enum.StrEnum):
    """Nelson's rule 8: points beyond 1 sigma with both sides present, or on either side."""

    BOTH = "both"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class RunRules:
    """Which rules are applied, and their conventions; stored beside the violations.

    ``one_side`` is the length of a run on one side for nelson-2 or we-4, ``trend`` and ``alternating`` those of
    nelson-3 and -4.
    """

    name: str
    enabled: tuple[str, ...]
    one_side: int = 9
    trend: int = 6
    trend_counts: Counting = Counting.POINTS
    alternating: int = 14
    alternating_counts: Counting = Counting.POINTS
    inside: int = 15
    outside: int = 8
    outside_sides: Sides = Sides.BOTH

    def without_zones(self) -> RunRules:
        """What may be applied to attribute, R, s and moving range charts, whose points are not normal.

        Rules 1 to 4 at most.
        """
        return self._only(RULES_WITHOUT_ZONES)

    def limits_only(self) -> RunRules:
        """Only the limits: what is left for points that depend on their predecessors (EWMA, CUSUM)."""
        return self._only(("nelson-1", "we-1"))

    def _only(self, allowed: Sequence[str]) -> RunRules:
        return replace(self, enabled=tuple(rule for rule in self.enabled if rule in allowed))


NELSON = RunRules("nelson", tuple(f"nelson-{number}" for number in range(1, 9)))
WESTERN_ELECTRIC = RunRules("we", tuple(f"we-{number}" for number in range(1, 5)), one_side=8)
NO_RULES = RunRules("none", ())
RULE_SETS = {rules.name: rules for rules in (NELSON, WESTERN_ELECTRIC, NO_RULES)}

RULE_TEXTS = {
    "nelson-1": "one point beyond the control limits",
    "nelson-2": "nine points in a row on one side of the centre line",
    "nelson-3": "six points in a row steadily rising or falling",
    "nelson-4": "fourteen points in a row alternating up and down",
    "nelson-5": "two of three points beyond 2 sigma on one side",
    "nelson-6": "four of five points beyond 1 sigma on one side",
    "nelson-7": "fifteen points in a row within 1 sigma",
    "nelson-8": "eight points in a row beyond 1 sigma",
    "we-1": "one point beyond the control limits",
    "we-2": "two of three points beyond 2 sigma on one side",
    "we-3": "four of five points beyond 1 sigma on one side",
    "we-4": "eight points in a row on one side of the centre line",
}


@dataclass(frozen=True, slots=True)
class Violation:
    """A broken rule: the point that completed the pattern and all points of the pattern, counted from 1."""

    rule: str
    index: int
    members: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """All violations of one rule: the completing points (from 0), and for each which of the points back from it are
    members.

    ``widths`` says how far back the pattern reaches. ``members`` has the shape (violations, width): column j is the
    point j before the completing one; None when all are members but the ``missing`` ones.
    """

    rule: str
    at: IntArray
    widths: IntArray
    members: BoolArray | None = None
    missing: BoolArray | None = None

    def violation(self, number: int) -> Violation:
        """The violation with this number."""
        at = int(self.at[number])
        back: Sequence[int] = range(int(self.widths[number]))
        if self.members is not None:
            back = [j for j in back if self.members[number, j]]
        if self.missing is not None:
            back = [j for j in back if not self.missing[at - j]]
        return Violation(self.rule, at + 1, tuple(at + 1 - j for j in reversed(back)))


class Violations(Sequence[Violation]):
    """Violations in order of their points, then of the rules.

    Kept as arrays, so that a million cost no more than they must.
    """

    def __init__(self, found: Sequence[Found]) -> None:
        self._found = tuple(found)
        counts = [len(each.at) for each in self._found]
        self._rule = np.repeat(np.arange(len(counts)), counts)
        self._number = np.concatenate([np.arange(count) for count in counts]) if counts else np.zeros(0, np.int64)
        self._at = np.concatenate([each.at for each in self._found]) if counts else np.zeros(0, np.int64)
        order = np.lexsort((self._rule, self._at))
        self._rule, self._number, self._at = self._rule[order], self._number[order], self._at[order]

    def __len__(self) -> int:
        return int(self._at.size)

    @overload
    def __getitem__(self, number: int) -> Violation: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Violation]: ...
    def __getitem__(self, number: int | slice) -> Violation | Sequence[Violation]:
        if isinstance(number, slice):
            return [self[at] for at in range(*number.indices(len(self)))]
        return self._found[int(self._rule[number])].violation(int(self._number[number]))

    def __iter__(self) -> Iterator[Violation]:
        return (self[number] for number in range(len(self)))

    def at(self, index: int) -> list[Violation]:
        """The violations that the point with this index (from 1) completes: what a live chart shows of a new point."""
        low, high = np.searchsorted(self._at, [index - 1, index])
        return [self[number] for number in range(int(low), int(high))]

    @property
    def indices(self) -> IntArray:
        """The flagged points, from 1, each once and in order."""
        return np.unique(self._at) + 1


def find_violations(
    points: FloatArray, center: FloatArray, deviation: FloatArray, rules: RunRules, stage_starts: Sequence[int] = ()
) -> Violations:
    """The broken rules of ``points``; all arrays have the shape (points,), NaN where a point is missing.

    ``deviation`` is the standard deviation of the plotted value (a third of the way to the limit); ``stage_starts``
    are the points (from 0) where runs begin anew.
    """
    return Violations(list(_Search(points, center, deviation, rules, stage_starts).found()))


class _Search:
    """The points seen as a rule sees them.

    Their distance from the centre in standard deviations, and where runs break.
    """

    def __init__(
        self, points: FloatArray, center: FloatArray, deviation: FloatArray, rules: RunRules, starts: Sequence[int]
    ) -> None:
        self.rules = rules
        self.distance = points - center
        self.deviation = deviation
        # equal to within what floats can tell: on the line
        self.slack = ON_LINE * deviation + 4 * np.spacing(np.abs(np.nan_to_num(center)))
        self.missing = np.isnan(self.distance)
        self.points = points
        self.count = points.size
        breaks = self.missing.copy()
        breaks[1:] |= self.missing[:-1]
        breaks[[start for start in starts if 0 < start < self.count]] = True
        self.breaks = breaks
        self.segment = np.cumsum(breaks)
        # without spread there are no zones
        self.zones = ~self.missing & (np.nan_to_num(deviation) > 0)

    def found(self) -> Iterator[Found]:
        """What each enabled rule finds, in the order of the rules."""
        search = {
            "nelson-1": self.beyond_limits, "nelson-2": self.one_side, "nelson-3": self.trend, "nelson-4": self.alternating,
            "nelson-5": self.two_of_three, "nelson-6": self.four_of_five, "nelson-7": self.inside, "nelson-8": self.outside,
            "we-1": self.beyond_limits, "we-2": self.two_of_three, "we-3": self.four_of_five, "we-4": self.one_side,
        }  # fmt: skip
        for rule in self.rules.enabled:
            yield search[rule](rule)

    def beyond(self, sigmas: float, side: int) -> BoolArray:
        """Points beyond so many standard deviations on the side +1 or -1."""
        outside: BoolArray = side * self.distance > sigmas * self.deviation + self.slack
        return outside

    def beyond_limits(self, rule: str) -> Found:
        return self._runs(rule, np.flatnonzero(self.beyond(3, 1) | self.beyond(3, -1)), 1)

    def one_side(self, rule: str) -> Found:
        length = self.rules.one_side
        flagged = self._run_lengths(self.beyond(0, 1)) >= length
        flagged |= self._run_lengths(self.beyond(0, -1)) >= length
        return self._runs(rule, np.flatnonzero(flagged), length)

    def trend(self, rule: str) -> Found:
        steps = self.rules.trend - (self.rules.trend_counts is Counting.POINTS)
        direction = self._directions()
        flagged = (self._run_lengths(direction > 0, steps=True) >= steps) | (
            self._run_lengths(direction < 0, steps=True) >= steps
        )
        return self._runs(rule, np.flatnonzero(flagged), steps + 1)

    def alternating(self, rule: str) -> Found:
        steps = self.rules.alternating - (self.rules.alternating_counts is Counting.POINTS)
        direction = self._directions()
        turns = np.zeros(self.count, dtype=bool)
        turns[2:] = direction[2:] * direction[1:-1] < 0
        # a direction is 0 at a break, so that no turn is counted across one
        return self._runs(rule, np.flatnonzero(self._run_lengths(turns, steps=True) >= steps - 1), steps + 1)

    def two_of_three(self, rule: str) -> Found:
        return self._some_of(rule, 2, 3, 2.0)

    def four_of_five(self, rule: str) -> Found:
        return self._some_of(rule, 4, 5, 1.0)

    def inside(self, rule: str) -> Found:
        within = self.zones & ~self.beyond(1, 1) & ~self.beyond(1, -1)
        return self._runs(rule, np.flatnonzero(self._run_lengths(within) >= self.rules.inside), self.rules.inside)

    def outside(self, rule: str) -> Found:
        length = self.rules.outside
        above = self.zones & self.beyond(1, 1)
        at = np.flatnonzero(self._run_lengths(above | (self.zones & self.beyond(1, -1))) >= length)
        if self.rules.outside_sides is Sides.BOTH:
            above_until = np.concatenate(([0], np.cumsum(above)))
            above_here = above_until[at + 1] - above_until[at + 1 - length]
            at = at[(above_here > 0) & (above_here < length)]
        return self._runs(rule, at, length)

    def _some_of(self, rule: str, needed: int, width: int, sigmas: float) -> Found:
        """At least ``needed`` of ``width`` consecutive points beyond a zone line on the same side, the last among them."""
        kept_at, kept_members = [], []
        for side in (1, -1):
            beyond = self.zones & self.beyond(sigmas, side)
            at = np.flatnonzero(beyond)
            back = at[:, None] - np.arange(width)[None, :]
            same = (back >= 0) & (self.segment[np.maximum(back, 0)] == self.segment[at][:, None])
            members = same & beyond[np.maximum(back, 0)]
            enough = np.count_nonzero(members, axis=1) >= needed
            kept_at.append(at[enough])
            kept_members.append(members[enough])
        found, members = np.concatenate(kept_at), np.concatenate(kept_members)
        order = np.argsort(found, kind="stable")
        return Found(rule, found[order], np.full(found.size, width), members[order])

    def _directions(self) -> npt.NDArray[np.int8]:
        """+1 where a point is higher than the one before, -1 where it is lower, 0 where equal or where a run begins."""
        direction = np.zeros(self.count, dtype=np.int8)
        if self.count > 1:
            change = np.diff(self.points)
            # two points of a chart without spread differ when they are not the same number
            slack = np.nan_to_num(np.minimum(self.slack[1:], self.slack[:-1]))
            direction[1:] = (change > slack).astype(np.int8) - (change < -slack).astype(np.int8)
            direction[self.breaks] = 0
        return direction

    def _run_lengths(self, holds: BoolArray, steps: bool = False) -> IntArray:
        """How many points in a row, up to and with each, ``holds`` has been true since the last break.

        For ``steps`` between points a break needs no counting: there is no step at one.
        """
        position = np.arange(self.count)
        last_false = np.where(holds, -1, position)
        if not steps:
            before_break = self.breaks & holds
            last_false[before_break] = position[before_break] - 1
        return position - np.maximum.accumulate(last_false) if self.count else position

    @staticmethod
    def _runs(rule: str, at: npt.NDArray[np.intp], length: int) -> Found:
        return Found(rule, at.astype(np.int64), np.full(at.size, length, dtype=np.int64))
