"""The search for broken run rules: every rule looks at all points at once.

A chart of a million points is searched anew whenever one is added: arrays, and no loop over points.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from station_app.domain.quality.constants import BoolArray, FloatArray, IntArray
from station_app.domain.quality.run_rules import Counting, Found, RunRules, Sides, Violations

# readings are decimal, floats are not: within this many standard deviations of a line a point is on it
ON_LINE = 1e-9


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
        self.slack = ON_LINE * deviation + 4 * np.spacing(np.abs(center))
        self.missing = np.isnan(self.distance)
        self.points = points
        self.count = points.size
        breaks = self.missing.copy()
        breaks[[start for start in starts if start > 0]] = True
        self.breaks = breaks
        self.segment = np.cumsum(breaks)
        # without spread there are no zones
        self.zones = ~self.missing & (deviation > 0)
        self._position = np.arange(self.count)
        self._beyond: dict[tuple[float, int], BoolArray] = {}

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
        if (sigmas, side) not in self._beyond:
            line = sigmas * self.deviation + self.slack
            self._beyond[sigmas, side] = self.distance > line if side > 0 else self.distance < -line
        return self._beyond[sigmas, side]

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
        """At least ``needed`` of ``width`` points in a row beyond a zone line on the same side, the last among them."""
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
            slack = self.slack[1:]
            direction[1:] = (change > slack).view(np.int8) - (change < -slack).view(np.int8)
            direction[self.breaks] = 0
        return direction

    def _run_lengths(self, holds: BoolArray, steps: bool = False) -> IntArray:
        """How many points in a row, up to and with each, ``holds`` has been true since the last break.

        For ``steps`` between points a break needs no counting: there is no step at one.
        """
        last_false = np.where(holds, -1, self._position)
        if not steps:
            before_break = np.flatnonzero(self.breaks & holds)
            last_false[before_break] = before_break - 1
        return self._position - np.maximum.accumulate(last_false)

    @staticmethod
    def _runs(rule: str, at: npt.NDArray[np.intp], length: int) -> Found:
        return Found(rule, at.astype(np.int64), np.full(at.size, length, dtype=np.int64))
