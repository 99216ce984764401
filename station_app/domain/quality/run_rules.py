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

from station_app.domain.quality.constants import BoolArray, IntArray

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

    def text(self, rule: str) -> str:
        """What a rule means under these settings, for the person at the chart."""
        trend, alternating = (
            length + (counts is Counting.STEPS)
            for length, counts in ((self.trend, self.trend_counts), (self.alternating, self.alternating_counts))
        )
        sides = "on both sides" if self.outside_sides is Sides.BOTH else "on either side"
        limits = "one point beyond the limits"
        one_side = f"{self.one_side} points in a row on one side of the centre line"
        two_of_three = "2 of 3 points beyond 2 sigma on one side"
        four_of_five = "4 of 5 points beyond 1 sigma on one side"
        return {
            "nelson-1": limits,
            "nelson-2": one_side,
            "nelson-3": f"{trend} points in a row steadily rising or falling",
            "nelson-4": f"{alternating} points in a row alternating up and down",
            "nelson-5": two_of_three,
            "nelson-6": four_of_five,
            "nelson-7": f"{self.inside} points in a row within 1 sigma",
            "nelson-8": f"{self.outside} points in a row beyond 1 sigma, {sides}",
            "we-1": limits,
            "we-2": two_of_three,
            "we-3": four_of_five,
            "we-4": one_side,
        }[rule]

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

    def grouped(self, first: int, last: int) -> Iterator[tuple[int, list[Violation]]]:
        """The violations that the points from ``first`` to ``last`` (from 1, both included) complete, point by point.

        What a chart asks that draws a part of its points.
        """
        low, high = (int(place) for place in np.searchsorted(self._at, [first - 1, last]))
        while low < high:
            at = int(self._at[low])
            stop = low + int(np.searchsorted(self._at[low:high], at, side="right"))
            yield at + 1, [self[number] for number in range(low, stop)]
            low = stop

    @property
    def indices(self) -> IntArray:
        """The flagged points, from 1, each once and in order."""
        return np.unique(self._at) + 1
