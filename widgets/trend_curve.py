"""One pen's past and present as one course: pieces of stored data, and the newest samples after them without a seam."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from widgets.trend_parts import Parts, break_at, joined
from widgets.trend_series import Gap, Series

MOST_PIECES = 4
"""The stretch in sight, what was in sight before a zoom, and room for those on their way."""
SLACK = 1e-3


@dataclass(frozen=True)
class Piece:
    """A stretch of the past as it was fetched: all there is from `start_s` to `end_s`.

    `spacing_s` is the time between its points, 0 where every sample is there.
    """

    start_s: float
    end_s: float
    spacing_s: float
    parts: Parts
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True)
class Reading:
    """What a curve says of an instant: its value, as far as one point says it (`low` to `high`); NaN inside a gap.

    Inside a gap `reason` says why, and `since_s` and `until_s` (None while it lasts) from when to when.
    """

    low: float
    high: float
    reason: str = ""
    since_s: float | None = None
    until_s: float | None = None

    @property
    def value(self) -> float:
        """One number for it: the middle."""
        return (self.low + self.high) / 2


NO_READING = Reading(math.nan, math.nan)


class Curve:
    """Stored pieces and a live `Series`. Times given and answered are those of the picture (`shift_s` is added)."""

    def __init__(self, capacity: int, shift_s: float = 0.0) -> None:
        self.live = Series(capacity)
        self.shift_s = shift_s
        self._pieces: list[Piece] = []

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """The stored stretches, the newest first."""
        return tuple(self._pieces)

    def add_piece(self, piece: Piece) -> None:
        """Take a stored stretch; those that it replaces go, and the oldest when there are too many."""
        shifted = self._shifted(piece)
        kept = [p for p in self._pieces if not _replaces(shifted, p)]
        self._pieces = [shifted, *kept][:MOST_PIECES]

    def forget(self) -> None:
        """Forget what was stored."""
        self._pieces.clear()

    def live_from_s(self) -> float:
        """From when on the live samples count; infinity before the first."""
        first = self.live.first_s()
        return math.inf if first is None else first + self.shift_s

    def missing(self, start_s: float, end_s: float, spacing_s: float) -> bool:
        """Whether a part of a span is not there, or only coarser than `spacing_s`."""
        fine = [piece for piece in self._pieces if piece.spacing_s <= spacing_s * (1 + SLACK)]
        return bool(self._stored(fine, start_s, min(end_s, self.live_from_s()))[1])

    def parts(self, start_s: float, end_s: float, columns: int) -> Parts:
        """The course from `start_s` to `end_s` and a little beyond, for so many columns."""
        live_from_s = self.live_from_s()
        beside_s = (end_s - start_s) * 0.05
        seam = end_s + beside_s >= live_from_s
        until_s = live_from_s if seam else end_s + beside_s
        stored, holes = self._stored(self._finest_first(), start_s - beside_s, until_s, seam=seam)
        pieces = stored + [(hole[0], break_at(hole[0])) for hole in holes]
        pieces.sort(key=lambda piece: piece[0])
        if end_s > live_from_s:
            live = self.live.parts(start_s - self.shift_s, end_s - self.shift_s, columns)
            pieces.append((live_from_s, _moved(live, self.shift_s)))
        return joined([parts for _, parts in pieces])

    def gaps(self, start_s: float, end_s: float) -> list[Gap]:
        """Where there is nothing trustworthy, with the reasons; stored ones end where the live samples begin."""
        live_from_s = self.live_from_s()
        found: dict[tuple[float, str], Gap] = {}
        for piece in self._finest_first():
            for gap in piece.gaps:
                until_s = piece.end_s if gap.end_s is None else gap.end_s
                if until_s >= start_s and gap.start_s <= min(end_s, live_from_s):
                    found.setdefault((gap.start_s, gap.reason), replace(gap, end_s=min(until_s, live_from_s)))
        live = self.live.gaps(start_s - self.shift_s, end_s - self.shift_s) if end_s > live_from_s else []
        return [*found.values(), *(self._shifted_gap(gap) for gap in live)]

    def reading(self, time_s: float) -> Reading:
        """What the course says of an instant: the last value at or before it, or the gap around it."""
        gap = self._live_gap(time_s) if time_s >= self.live_from_s() else self._stored_gap(time_s)
        if gap is not None:
            return Reading(math.nan, math.nan, gap.reason, gap.start_s, gap.end_s)
        return Reading(*self._values_at(time_s))

    def _values_at(self, time_s: float) -> tuple[float, float]:
        if time_s >= self.live_from_s():
            at = self.live.nearest(time_s - self.shift_s)
            return (math.nan, math.nan) if at is None else (at[1], at[1])
        for piece in self._finest_first():
            if piece.start_s <= time_s < piece.end_s and piece.parts.size:
                place = int(np.searchsorted(piece.parts.times, time_s, side="right")) - 1
                if place >= 0:
                    return float(piece.parts.low[place]), float(piece.parts.high[place])
        return math.nan, math.nan

    def _live_gap(self, time_s: float) -> Gap | None:
        gap = self.live.gap_at(time_s - self.shift_s)
        if gap is None:
            return None
        gap = self._shifted_gap(gap)
        # one that began before the live samples has its beginning in what was stored
        before = [g for g in self.gaps(gap.start_s - 1.0, gap.start_s) if g.end_s == self.live_from_s() == gap.start_s]
        return replace(gap, start_s=min([gap.start_s, *(g.start_s for g in before)]))

    def _stored_gap(self, time_s: float) -> Gap | None:
        inside = [gap for gap in self.gaps(time_s, time_s) if gap.end_s is None or time_s < gap.end_s]
        return inside[-1] if inside else None

    def _finest_first(self) -> list[Piece]:
        return sorted(self._pieces, key=lambda piece: piece.spacing_s)

    @staticmethod
    def _stored(
        pieces: Sequence[Piece], start_s: float, end_s: float, *, seam: bool = False
    ) -> tuple[list[tuple[float, Parts]], list[tuple[float, float]]]:
        """A span out of the pieces, the first ones before the others; and the stretches that none of them has.

        Its ends have the value beside them, but for a ``seam``, behind which the live samples go on.
        """
        holes = [(start_s, end_s)] if end_s > start_s else []
        found: list[tuple[float, Parts]] = []
        for piece in pieces:
            rest: list[tuple[float, float]] = []
            for begin, end in holes:
                left, right = max(begin, piece.start_s), min(end, piece.end_s)
                if left >= right:
                    rest.append((begin, end))
                    continue
                found.append((left, _cut(piece, left, right, from_s=start_s, to_s=math.inf if seam else end_s)))
                rest += [hole for hole in ((begin, left), (right, end)) if hole[1] - hole[0] > 1e-6]
            holes = rest
        return found, holes

    def _shifted(self, piece: Piece) -> Piece:
        if not self.shift_s:
            return piece
        return replace(
            piece,
            start_s=piece.start_s + self.shift_s,
            end_s=piece.end_s + self.shift_s,
            parts=_moved(piece.parts, self.shift_s),
            gaps=tuple(self._shifted_gap(gap) for gap in piece.gaps),
        )

    def _shifted_gap(self, gap: Gap) -> Gap:
        end_s = None if gap.end_s is None else gap.end_s + self.shift_s
        return replace(gap, start_s=gap.start_s + self.shift_s, end_s=end_s)


def _cut(piece: Piece, start_s: float, end_s: float, *, from_s: float, to_s: float) -> Parts:
    """A piece's parts of a span; at the ends of what is drawn (`from_s`, `to_s`) and at the piece's own beginning with the
    one beside, so that lines reach the edges: of a value that is seldom told it may lie far away."""
    parts = piece.parts
    first, after = (int(place) for place in np.searchsorted(parts.times, [start_s, end_s]))
    first = max(0, first - 1) if start_s <= max(from_s, piece.start_s) else first
    after = min(parts.size, after + 1) if end_s >= to_s else after
    if not parts.size or after <= first:
        return parts.between(start_s, end_s)
    return parts.between(parts.times[first], np.nextafter(parts.times[after - 1], math.inf))


def _moved(parts: Parts, shift_s: float) -> Parts:
    return replace(parts, times=parts.times + shift_s) if shift_s and parts.size else parts


def _replaces(new: Piece, old: Piece) -> bool:
    return new.spacing_s <= old.spacing_s and new.start_s <= old.start_s and old.end_s <= new.end_s
