"""Estimates of the standard deviation within subgroups: from ranges, from s, pooled, or from moving ranges.

Subgroups of different sizes are weighted by the inverse variance of their own estimate, which for equal sizes is the
plain mean (the rules of Burr, *Journal of Quality Technology* 1, 1969, that Minitab and qcc call minimum variance
linear unbiased).
"""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

import numpy as np

from station_app.domain.quality.constants import Constants, FloatArray, c4, d2, d3, for_sizes
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.readings import Subgroups


class Estimator(enum.StrEnum):
    """How a chart's sigma was found; stored beside every result."""

    RBAR = "rbar"
    SBAR = "sbar"
    POOLED = "pooled"
    MR = "mr"
    GIVEN = "given"
    BINOMIAL = "binomial"
    POISSON = "poisson"
    LANEY = "laney"


@dataclass(frozen=True, slots=True)
class Sigma:
    """An estimate and its effective degrees of freedom.

    Those of the chi distribution with the same coefficient of variation.
    """

    value: float
    estimator: Estimator
    degrees_of_freedom: float


def estimate_sigma(subgroups: Subgroups, estimator: Estimator, constants: Constants = Constants.EXACT) -> Sigma:
    """The standard deviation within subgroups. Raises InputError when there is nothing to estimate it from."""
    if estimator is Estimator.MR:
        return _from_moving_ranges(subgroups, constants)
    if not bool(np.any(subgroups.sizes >= 2)):
        raise InputError("the spread within subgroups needs at least one subgroup of two or more readings")
    if estimator is Estimator.POOLED:
        return _pooled(subgroups)
    usable = subgroups.sizes >= 2
    sizes = subgroups.sizes[usable]
    if estimator is Estimator.RBAR:
        mean = for_sizes(lambda n: d2(n, constants), sizes)
        relative_variance = (for_sizes(d3, sizes) / mean) ** 2
        estimates = subgroups.ranges[usable] / mean
    elif estimator is Estimator.SBAR:
        mean = for_sizes(c4, sizes)
        relative_variance = 1 / mean**2 - 1
        estimates = subgroups.deviations[usable] / mean
    else:
        raise ValueError(f"{estimator} is not estimated from subgroups")
    weights = 1 / relative_variance
    value = float(np.sum(weights * estimates) / np.sum(weights))
    return Sigma(value, estimator, degrees_of_freedom(float(1 / np.sum(weights))))


def moving_ranges(readings: FloatArray) -> FloatArray:
    """|x_i - x_(i-1)| of shape (readings,): NaN for the first, and where either is missing: no range across a gap."""
    ranges = np.full(readings.shape, np.nan)
    ranges[1:] = np.abs(np.diff(readings))
    return ranges


def degrees_of_freedom(relative_variance: float) -> float:
    """The v at which s / c4 of v + 1 normal values has this squared coefficient of variation."""
    low, high = -8.0, 14.0
    for _ in range(100):
        middle = (low + high) / 2
        if _variance_of_s(10**middle) > relative_variance:
            low = middle
        else:
            high = middle
    return float(10**low)


def _variance_of_s(freedom: float) -> float:
    """(1 - c4^2)/c4^2 of ``freedom`` + 1 values; the series where the difference would lose its digits."""
    if freedom > 1e5:
        return (1 / (2 * freedom)) * (1 + 1 / (4 * freedom))
    return 1 / c4(freedom + 1) ** 2 - 1


def _pooled(subgroups: Subgroups) -> Sigma:
    usable = subgroups.sizes >= 2
    freedom = subgroups.sizes[usable] - 1
    total = int(freedom.sum())
    spread = math.sqrt(float(np.sum(freedom * subgroups.deviations[usable] ** 2)) / total)
    return Sigma(spread / c4(total + 1), Estimator.POOLED, float(total))


def _from_moving_ranges(subgroups: Subgroups, constants: Constants) -> Sigma:
    if subgroups.values.shape[1] != 1:
        raise InputError("moving ranges are for readings one at a time, not for subgroups")
    ranges = moving_ranges(subgroups.values[:, 0])
    present = ~np.isnan(ranges)
    count = int(np.count_nonzero(present))
    if count == 0:
        raise InputError("a moving range needs at least two readings that follow each other without a gap")
    value = float(ranges[present].mean()) / d2(2, constants)
    # neighbouring moving ranges share a reading: E|D1 D2| of two differences with correlation -1/2
    shared = int(np.count_nonzero(present[1:] & present[:-1]))
    covariance = 4 / math.pi * (math.sqrt(3) / 2 + math.pi / 12 - 1)
    variance = (count * d3(2) ** 2 + 2 * shared * covariance) / (count * d2(2)) ** 2
    return Sigma(value, Estimator.MR, degrees_of_freedom(variance))
