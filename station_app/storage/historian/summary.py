"""What is kept of samples so that they need not be read to be drawn from afar.

A summary stands for consecutive samples of one tag, and has a :data:`PART` for each sixteenth of them. A sealed block
has one, with a part for every 64 samples; every 16 blocks together have one, whose parts are the blocks; every 16 of
those again.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from station_app.domain.trend import BAD, UNCERTAIN, ValueKind
from station_app.storage.historian.columns import Columns

PARTS = 16
PART = np.dtype(
    [
        ("start_us", "<i8"),
        ("minimum", "<f8"),
        ("maximum", "<f8"),
        ("mean", "<f8"),
        ("usable", "<u4"),
        ("bad", "<u4"),
    ]
)
"""One part, 40 bytes: its first time, the statistics of its values that are not Bad (NaN without one), how many these
are, how many are Bad."""

Parts = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Summary:
    """Samples from ``start_us`` to ``end_us`` (the smallest and the largest time). ``usable`` counts those with a
    value that is not Bad.

    ``first`` and ``last`` are in order of arrival. NaN where no value is a number that is not Bad.
    """

    start_us: int
    end_us: int
    count: int
    usable: int
    uncertain: int
    bad: int
    first: float
    last: float
    minimum: float
    maximum: float
    mean: float
    parts: Parts

    @property
    def part(self) -> tuple[int, float, float, float, int, int]:
        """The same as one part of a coarser summary."""
        return self.start_us, self.minimum, self.maximum, self.mean, self.usable, self.bad


def summarise(columns: Columns) -> Summary:
    """The summary of a block of at least one sample."""
    usable = columns.usable
    bad = columns.quality == BAD
    parts = np.zeros(0, PART)
    numbers = np.zeros(0)
    if columns.kind is not ValueKind.TEXT:
        floats = columns.value.astype(np.float64)
        parts = _parts_of(columns.time_us, floats, usable, bad)
        numbers = floats[usable]
    return Summary(
        start_us=int(columns.time_us.min()),
        end_us=int(columns.time_us.max()),
        count=len(columns),
        usable=int(usable.sum()),
        uncertain=int((columns.quality == UNCERTAIN).sum()),
        bad=int(bad.sum()),
        first=float(numbers[0]) if numbers.size else math.nan,
        last=float(numbers[-1]) if numbers.size else math.nan,
        minimum=float(numbers.min()) if numbers.size else math.nan,
        maximum=float(numbers.max()) if numbers.size else math.nan,
        mean=safe_mean(numbers, np.ones(numbers.size)),
        parts=parts,
    )


def _parts_of(
    times: NDArray[np.int64], values: NDArray[np.float64], usable: NDArray[np.bool_], bad: NDArray[np.bool_]
) -> Parts:
    size = -(-times.size // PARTS)
    starts = np.arange(0, times.size, size)
    parts = np.zeros(starts.size, PART)
    parts["start_us"] = np.minimum.reduceat(times, starts)
    parts["minimum"] = np.fmin.reduceat(np.where(usable, values, np.nan), starts)
    parts["maximum"] = np.fmax.reduceat(np.where(usable, values, np.nan), starts)
    parts["usable"] = np.add.reduceat(usable, starts, dtype=np.int64)
    parts["bad"] = np.add.reduceat(bad, starts, dtype=np.int64)
    parts["mean"] = means(np.where(usable, values, 0.0), usable.astype(np.float64), starts)
    return parts


def means(values: NDArray[np.float64], weights: NDArray[np.float64], starts: NDArray[np.intp]) -> NDArray[np.float64]:
    """Weighted means of the stretches that begin at ``starts``; NaN where all weights are 0. Sums cannot overflow."""
    total = np.add.reduceat(weights, starts)
    largest = np.maximum.reduceat(np.abs(values), starts)
    lengths = np.diff(np.append(starts, values.size))
    scale = np.where(largest > 0, largest, 1.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        scaled = np.add.reduceat(values / np.repeat(scale, lengths) * weights, starts)
        return np.asarray(np.where(total > 0, scaled / total * scale, np.nan))


def safe_mean(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """The weighted mean; NaN of nothing. 1e308 and 1e308 have a mean."""
    if not values.size:
        return math.nan
    return float(means(values, weights, np.zeros(1, np.intp))[0])


def joined(children: Sequence[Summary]) -> Summary:
    """The summary of consecutive summaries, at most PARTS of them; each becomes a part."""
    parts = np.array([child.part for child in children], PART)
    weighted = parts["usable"] > 0
    return Summary(
        start_us=min(child.start_us for child in children),
        end_us=max(child.end_us for child in children),
        count=sum(child.count for child in children),
        usable=sum(child.usable for child in children),
        uncertain=sum(child.uncertain for child in children),
        bad=sum(child.bad for child in children),
        first=_present([child.first for child in children]),
        last=_present([child.last for child in reversed(children)]),
        minimum=_extreme(parts["minimum"], min),
        maximum=_extreme(parts["maximum"], max),
        mean=safe_mean(parts["mean"][weighted], parts["usable"][weighted].astype(np.float64)),
        parts=parts,
    )


def _present(values: Sequence[float]) -> float:
    return next((value for value in values if not math.isnan(value)), math.nan)


def _extreme(values: NDArray[np.float64], choose: Any) -> float:
    there = values[~np.isnan(values)]
    return float(choose(there)) if there.size else math.nan
