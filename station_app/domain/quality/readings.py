"""What is charted: subgroups of readings, or counts out of samples; a missing reading stays missing and is never 0."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

import numpy as np

from station_app.domain.quality.constants import BoolArray, FloatArray, IntArray
from station_app.domain.quality.errors import InputError

Number = float | int | Decimal
# squares and sums of larger numbers overflow
LARGEST = 1e100


@dataclass(frozen=True, eq=False)
class Subgroups:
    """Readings taken together, a row a subgroup: ``values`` has the shape (subgroups, largest size), NaN where one is
    missing.

    Raises InputError for infinite or absurdly large readings. Statistics of a subgroup without enough readings are NaN.
    """

    values: FloatArray

    def __post_init__(self) -> None:
        if self.values.ndim != 2:
            raise InputError("readings must come as rows of subgroups")
        if self.values.size and not bool(np.all((np.abs(self.values) <= LARGEST) | np.isnan(self.values))):
            raise InputError(f"a reading is infinite or larger than {LARGEST:g}: correct it or leave it blank")

    def __len__(self) -> int:
        return int(self.values.shape[0])

    def first(self, count: int) -> Subgroups:
        """The first ``count`` subgroups."""
        return Subgroups(self.values[:count])

    def between(self, start: int, stop: int) -> Subgroups:
        """The subgroups from ``start`` (counted from 0) up to but not with ``stop``."""
        return Subgroups(self.values[start:stop])

    @cached_property
    def sizes(self) -> IntArray:
        """How many readings each subgroup has."""
        counted: IntArray = np.count_nonzero(~np.isnan(self.values), axis=1).astype(np.int64)
        return counted

    @property
    def complete(self) -> bool:
        """Whether no reading is missing."""
        return bool(np.all(self.sizes == self.values.shape[1]))

    @cached_property
    def means(self) -> FloatArray:
        """The mean of each subgroup; NaN without a reading."""
        return _divide(np.nansum(self.values, axis=1), self.sizes.astype(np.float64))

    @cached_property
    def ranges(self) -> FloatArray:
        """Largest less smallest reading; NaN with fewer than two."""
        if self.complete and self.values.size:
            spans = np.ptp(self.values, axis=1)
        else:
            missing = np.isnan(self.values)
            largest = np.where(missing, -np.inf, self.values).max(axis=1, initial=-np.inf)
            spans = largest - np.where(missing, np.inf, self.values).min(axis=1, initial=np.inf)
        return np.where(self.sizes >= 2, spans, np.nan)

    @cached_property
    def deviations(self) -> FloatArray:
        """The standard deviation s (n - 1) of each subgroup.

        NaN with fewer than two readings, 0 where all are equal.
        """
        squares = np.nansum((self.values - self.means[:, None]) ** 2, axis=1)
        spread = np.sqrt(_divide(squares, np.where(self.sizes >= 2, self.sizes - 1.0, 0.0)))
        return np.where(self.ranges == 0, 0.0, spread)

    @cached_property
    def grand_mean(self) -> float:
        """The mean of all readings; NaN without any."""
        present = self.values[~np.isnan(self.values)]
        if not present.size:
            return float("nan")
        # the second pass takes out what the first rounded: the mean of equal readings is the reading
        first = float(present.mean())
        return first + float((present - first).mean())

    @property
    def usual_size(self) -> int:
        """The size most subgroups have; of equally frequent sizes the larger."""
        frequency = np.bincount(self.sizes, minlength=1)
        frequency[0] = 0
        return int(len(frequency) - 1 - np.argmax(frequency[::-1]))

    def without_incomplete_last(self) -> tuple[Subgroups, int | None]:
        """Without the last subgroup when it is still being measured (fewer readings than most have).

        Its index from 1, or None.
        """
        if len(self) > 1 and 0 < self.sizes[-1] < self.first(len(self) - 1).usual_size:
            return self.first(len(self) - 1), len(self)
        return self, None


def subgroups_of(rows: Sequence[Sequence[Number | None]]) -> Subgroups:
    """Rows of readings as subgroups; None and short rows are missing readings."""
    width = max((len(row) for row in rows), default=0)
    values = np.full((len(rows), width), np.nan)
    for at, row in enumerate(rows):
        values[at, : len(row)] = [np.nan if value is None else _finite(value) for value in row]
    return Subgroups(values)


def individuals(readings: Sequence[Number | None]) -> Subgroups:
    """Readings one at a time: subgroups of one."""
    return subgroups_of([[reading] for reading in readings])


@dataclass(frozen=True, eq=False)
class Counts:
    """Counted items or defects and the sizes of the samples they were found in, both of shape (samples,); NaN where
    one is missing.

    Raises InputError for counts that are not whole or negative, and sizes that are not positive.
    """

    count: FloatArray
    size: FloatArray
    missing: BoolArray = field(init=False)

    def __post_init__(self) -> None:
        if self.count.shape != self.size.shape or self.count.ndim != 1:
            raise InputError("every sample needs a count and a size")
        missing = np.isnan(self.count) | np.isnan(self.size)
        object.__setattr__(self, "missing", missing)
        self._refuse(
            (self.count < 0) | (self.count != np.floor(self.count)), "count", "counts are whole numbers from 0"
        )
        self._refuse(self.count > LARGEST, "count", "that is no count")
        self._refuse(self.size <= 0, "size", "a sample of this size shows nothing; leave the row blank")
        self._refuse(self.size > LARGEST, "size", "that is no size")

    def _refuse(self, wrong: BoolArray, name: str, why: str) -> None:
        found = np.flatnonzero(wrong & ~self.missing)
        if found.size:
            raise InputError(f"sample {found[0] + 1}: {name} {getattr(self, name)[found[0]]:g}: {why}")

    def __len__(self) -> int:
        return int(self.count.shape[0])


def counts_of(count: Sequence[Number | None], size: Sequence[Number | None]) -> Counts:
    """Counts and sizes, None where one is missing."""
    return Counts(*(np.array([np.nan if v is None else _finite(v) for v in column]) for column in (count, size)))


def _finite(value: Number) -> float:
    """A number that can be computed with. Raises InputError for NaN: a missing reading is None."""
    number = float(value)
    if number != number:
        raise InputError("NaN is no reading: leave a missing reading blank")
    return number


def _divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """The quotient, NaN where the denominator is 0."""
    quotient = np.full(numerator.shape, np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator > 0)
    return quotient
