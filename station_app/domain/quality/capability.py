"""Process capability: what a process can hold against what is asked of it.

Cp and Cpk use the standard deviation within subgroups, Pp and Ppk the overall one; Cpm counts the distance from the
target too (Chan, Cheng and Spiring, *Journal of Quality Technology* 20, 1988). Intervals: chi-square for Cp and Pp;
Bissell (*Applied Statistics* 39, 1990) for Cpk and Ppk; Boyles (*Journal of Quality Technology* 23, 1991) for Cpm.
Montgomery, 7th edition, chapter 8.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from station_app.domain.quality.chart import Chart, ChartOptions
from station_app.domain.quality.constants import Constants, FloatArray, IntArray
from station_app.domain.quality.distributions import chi_square_quantile, normal_quantile
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.readings import Subgroups
from station_app.domain.quality.run_rules import NELSON, RunRules
from station_app.domain.quality.sigma import Estimator, Sigma, estimate_sigma
from station_app.domain.quality.variables_charts import i_mr, xbar_r, xbar_s

WITHIN = (Estimator.POOLED, Estimator.RBAR, Estimator.SBAR, Estimator.MR)


@dataclass(frozen=True, slots=True)
class Specification:
    """Specification limits, one of them at least, and the target (the middle of both limits where None)."""

    lower: float | None = None
    upper: float | None = None
    target: float | None = None

    def __post_init__(self) -> None:
        """Raises InputError for limits from which nothing can be computed."""
        for name, value in (("lsl", self.lower), ("usl", self.upper), ("target", self.target)):
            if value is not None and not abs(value) <= 1e100:
                raise InputError(f"{name} {value:g} is not a number to compute with")
        if self.lower is None and self.upper is None:
            raise InputError("give a lower or an upper specification limit, or both")
        if self.lower is not None and self.upper is not None and self.lower >= self.upper:
            raise InputError(
                f"the lower limit {self.lower:g} must be below the upper limit {self.upper:g}: are they swapped?"
            )

    @property
    def aim(self) -> float | None:
        """The target, or the middle of two limits; None for one limit without a target."""
        if self.target is not None or self.lower is None or self.upper is None:
            return self.target
        return (self.lower + self.upper) / 2


@dataclass(frozen=True, slots=True)
class Index:
    """A capability index and its confidence interval.

    None where it is not defined (Cp with one limit, a spread of 0).
    """

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many readings lie between neighbouring ``edges``; the last interval includes its upper edge."""

    edges: FloatArray
    counts: IntArray


@dataclass(frozen=True, eq=False)
class Capability:
    """The indices with everything they were computed from.

    ``stable`` is False when the control chart signals: then they promise nothing.
    """

    cp: Index
    cpk: Index
    cpm: Index
    pp: Index
    ppk: Index
    specification: Specification
    mean: float
    within: Sigma
    overall: float
    n: int
    confidence: float
    chart: Chart
    notes: tuple[str, ...]

    @property
    def stable(self) -> bool:
        """Whether the control chart of the same readings shows no broken rule."""
        return self.chart.stable


def capability(
    subgroups: Subgroups,
    specification: Specification,
    within: Estimator | None = None,
    confidence: float = 0.95,
    rules: RunRules = NELSON,
    constants: Constants = Constants.EXACT,
) -> Capability:
    """The indices of ``subgroups``; ``within`` is pooled unless given, and mr for readings one at a time.

    Raises InputError for fewer than two readings, or an estimator that does not fit the subgroups.
    """
    if not 0 < confidence < 1:
        raise InputError(f"a confidence of {confidence:g} must lie between 0 and 1")
    readings = subgroups.values[~np.isnan(subgroups.values)]
    if readings.size < 2:
        raise InputError("capability needs at least two readings")
    within = within or (Estimator.POOLED if subgroups.values.shape[1] > 1 else Estimator.MR)
    if subgroups.values.shape[1] == 1 and within is not Estimator.MR:
        raise InputError(f"{within} needs subgroups of two or more readings a row; for single readings use mr")
    sigma = estimate_sigma(subgroups, within, constants)
    mean = subgroups.grand_mean
    overall = 0.0 if float(np.ptp(readings)) == 0 else float(readings.std(ddof=1))
    indices = _Indices(specification, mean, int(readings.size), confidence)
    freedom = float(readings.size - 1)
    notes = []
    if sigma.value == 0 or overall == 0:
        notes.append("the spread is 0: an index has no value; are the readings rounded too far?")
    if specification.target is None and specification.aim is not None:
        notes.append("target: the middle of the limits")
    return Capability(
        cp=indices.spread(sigma.value, sigma.degrees_of_freedom),
        cpk=indices.nearest(sigma.value, sigma.degrees_of_freedom),
        cpm=indices.about_target(sigma.value),
        pp=indices.spread(overall, freedom),
        ppk=indices.nearest(overall, freedom),
        specification=specification,
        mean=mean,
        within=sigma,
        overall=overall,
        n=int(readings.size),
        confidence=confidence,
        chart=_chart(subgroups, within)(subgroups, ChartOptions(rules=rules, constants=constants)),
        notes=tuple(notes),
    )


def histogram(readings: FloatArray, bins: int | None = None) -> Histogram:
    """Equal intervals over all readings that are not NaN: ``bins`` of them, or as many as Freedman and Diaconis's
    rule gives, 5 to 50.

    Raises InputError without readings.
    """
    present = readings[~np.isnan(readings)]
    if present.size == 0:
        raise InputError("there is no reading to draw")
    if bins is None:
        quarter, three_quarters = np.quantile(present, [0.25, 0.75])
        width = 2 * float(three_quarters - quarter) / present.size ** (1 / 3)
        span = float(np.ptp(present))
        bins = min(50, max(5, math.ceil(span / width))) if width > 0 and span / width < 1e6 else 10
    counts, edges = np.histogram(present, bins=bins)
    return Histogram(edges.astype(np.float64), counts.astype(np.int64))


def _chart(subgroups: Subgroups, within: Estimator) -> Callable[[Subgroups, ChartOptions], Chart]:
    """The control chart that tells whether the process is stable.

    The one that uses the same estimate, or the nearest.
    """
    if subgroups.values.shape[1] == 1:
        return i_mr
    return xbar_r if within is Estimator.RBAR else xbar_s


class _Indices:
    """The formulas, for one mean and specification."""

    def __init__(self, specification: Specification, mean: float, n: int, confidence: float) -> None:
        self.specification = specification
        self.mean = mean
        self.n = n
        self.tail = (1 - confidence) / 2

    def spread(self, sigma: float, freedom: float) -> Index:
        """Cp or Pp: the width of the specification by six sigma."""
        lower, upper = self.specification.lower, self.specification.upper
        if lower is None or upper is None or sigma == 0:
            return Index(None, None, None)
        return self._chi_square((upper - lower) / (6 * sigma), freedom)

    def nearest(self, sigma: float, freedom: float) -> Index:
        """Cpk or Ppk: the distance of the mean to the nearer limit by three sigma."""
        if sigma == 0:
            return Index(None, None, None)
        limits = ((self.specification.upper, 1), (self.specification.lower, -1))
        value = min(side * (limit - self.mean) / (3 * sigma) for limit, side in limits if limit is not None)
        half = normal_quantile(1 - self.tail) * math.sqrt(1 / (9 * self.n) + value**2 / (2 * freedom))
        return Index(value, value - half, value + half)

    def about_target(self, sigma: float) -> Index:
        """Cpm = Cp / sqrt(1 + ((mean - target)/sigma)^2)."""
        lower, upper, aim = self.specification.lower, self.specification.upper, self.specification.aim
        if lower is None or upper is None or aim is None or sigma == 0:
            return Index(None, None, None)
        off = ((self.mean - aim) / sigma) ** 2
        value = (upper - lower) / (6 * sigma) / math.sqrt(1 + off)
        return self._chi_square(value, self.n * (1 + off) ** 2 / (1 + 2 * off))

    def _chi_square(self, value: float, freedom: float) -> Index:
        low, high = (chi_square_quantile(share, freedom) for share in (self.tail, 1 - self.tail))
        return Index(value, value * math.sqrt(low / freedom), value * math.sqrt(high / freedom))
