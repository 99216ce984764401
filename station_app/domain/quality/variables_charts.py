"""Charts of measured readings: Xbar-R and Xbar-S for subgroups, I-MR for readings one at a time.

Montgomery, *Introduction to Statistical Quality Control*, 7th edition, chapter 6; ASTM E2587.
"""

from __future__ import annotations

import math

import numpy as np

from station_app.domain.quality.chart import (
    STANDARD,
    WIDTH,
    Chart,
    ChartKind,
    ChartOptions,
    ControlLimits,
    Panel,
    by_stage,
    make_stages,
    stage_starts,
)
from station_app.domain.quality.constants import FloatArray, c4, d2, d3, for_sizes
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.readings import Subgroups
from station_app.domain.quality.rule_search import find_violations
from station_app.domain.quality.run_rules import RunRules
from station_app.domain.quality.sigma import Estimator, estimate_sigma, moving_ranges

NO_SPREAD = (
    "sigma is 0: the readings do not vary, so any other value is beyond the limits; does the gauge resolve enough?"
)


def xbar_r(subgroups: Subgroups, options: ChartOptions = STANDARD) -> Chart:
    """Means with limits from the ranges, and the ranges. Raises InputError for subgroups of one."""
    chart = _Subgrouped(ChartKind.XBAR_R, subgroups, options)
    sizes = chart.subgroups.sizes
    center = for_sizes(lambda n: d2(n, chart.constants), sizes) * chart.sigma
    return chart.made(spread_panel("range", chart.subgroups.ranges, center, for_sizes(d3, sizes) * chart.sigma, chart))


def xbar_s(subgroups: Subgroups, options: ChartOptions = STANDARD) -> Chart:
    """Means with limits from the standard deviations, and those. Raises InputError for subgroups of one."""
    chart = _Subgrouped(ChartKind.XBAR_S, subgroups, options)
    mean = for_sizes(c4, chart.subgroups.sizes)
    deviation = np.sqrt(1 - mean**2) * chart.sigma
    return chart.made(spread_panel("s", chart.subgroups.deviations, mean * chart.sigma, deviation, chart))


def i_mr(readings: Subgroups, options: ChartOptions = STANDARD) -> Chart:
    """Readings one at a time, and the moving ranges of two. Raises InputError for subgroups of several readings."""
    if readings.values.shape[1] > 1:
        raise InputError("i-mr takes one reading a row; for subgroups use xbar-r or xbar-s")
    chart = _Subgrouped(ChartKind.I_MR, readings, options)
    ranges = moving_ranges(readings.values[:, 0])
    # no range from one stage into the next
    ranges[stage_starts(chart.stages)] = np.nan
    center = d2(2, chart.constants) * chart.sigma
    return chart.made(spread_panel("mr", ranges, center, d3(2) * chart.sigma, chart))


ESTIMATORS = {ChartKind.XBAR_R: Estimator.RBAR, ChartKind.XBAR_S: Estimator.SBAR, ChartKind.I_MR: Estimator.MR}


class _Subgrouped:
    """What the charts of readings have in common: complete subgroups, stages, sigma, and the panel of means."""

    def __init__(self, kind: ChartKind, subgroups: Subgroups, options: ChartOptions) -> None:
        if kind is not ChartKind.I_MR and subgroups.values.shape[1] < 2:
            raise InputError(f"{kind} takes subgroups of two or more readings a row; for single readings use i-mr")
        self.kind = kind
        self.subgroups, self.incomplete = subgroups.without_incomplete_last()
        self.stages = make_stages(
            kind,
            len(self.subgroups),
            options,
            lambda start, stop: variables_limits(kind, self.subgroups.between(start, stop), options, ESTIMATORS[kind]),
        )
        self.constants = self.stages[0].limits.constants
        self.rules = options.rules
        self.sigma = by_stage(self.stages, lambda limits: limits.sigma)

    def made(self, second: Panel) -> Chart:
        """The chart, its second panel given."""
        center = by_stage(self.stages, lambda limits: limits.center)
        sizes = self.subgroups.sizes
        deviation = np.where(sizes > 0, self.sigma / np.sqrt(np.maximum(sizes, 1)), np.nan)
        points = self.subgroups.means
        return Chart(
            name=str(self.kind),
            points=points,
            center=center,
            lcl=center - WIDTH * deviation,
            ucl=center + WIDTH * deviation,
            deviation=deviation,
            violations=find_violations(points, center, deviation, self.rules, stage_starts(self.stages)),
            kind=self.kind,
            sigma=self.sigma,
            estimator=self.stages[0].limits.estimator,
            limits=tuple(stage.limits for stage in self.stages),
            rules=self.rules,
            second=second,
            incomplete=self.incomplete,
            notes=(NO_SPREAD,) if bool(np.any(self.sigma == 0)) else (),
        )


def spread_panel(name: str, points: FloatArray, center: FloatArray, deviation: FloatArray, chart: _Subgrouped) -> Panel:
    """The panel of ranges, standard deviations or moving ranges: never below 0, and no zone rules."""
    rules: RunRules = chart.rules.without_zones()
    return Panel(
        name=name,
        points=points,
        center=center,
        lcl=np.maximum(0.0, center - WIDTH * deviation),
        ucl=center + WIDTH * deviation,
        deviation=deviation,
        violations=find_violations(points, center, deviation, rules, stage_starts(chart.stages)),
    )


def variables_limits(
    kind: ChartKind, subgroups: Subgroups, options: ChartOptions, estimator: Estimator, needs_sigma: bool = True
) -> ControlLimits:
    """Centre and sigma of readings, each given by the options or estimated.

    Raises InputError when neither is possible; a sigma that is not needed is then NaN.
    """
    center = subgroups.grand_mean if options.center is None else options.center
    if math.isnan(center):
        raise InputError("there is no reading to compute limits from")
    sigma = options.sigma
    if sigma is None:
        try:
            sigma = estimate_sigma(subgroups, estimator, options.constants).value
        except InputError:
            if needs_sigma:
                raise
            sigma = math.nan
    return ControlLimits(
        kind=kind,
        center=center,
        sigma=sigma,
        estimator=estimator if options.sigma is None else Estimator.GIVEN,
        subgroups=int(np.count_nonzero(subgroups.sizes)),
        readings=int(subgroups.sizes.sum()),
        constants=options.constants,
    )
