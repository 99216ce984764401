"""Charts that remember: the exponentially weighted moving average and the tabular cumulative sum.

NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.3 and 6.3.2.4; Montgomery, 7th edition, chapter 9. Rows of
several readings are charted by their means. A missing point changes nothing: the statistic waits for the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from station_app.domain.quality.chart import (
    STANDARD,
    WIDTH,
    Chart,
    ChartKind,
    ChartOptions,
    ControlLimits,
    Panel,
    Stage,
    by_stage,
    make_stages,
    stage_starts,
)
from station_app.domain.quality.constants import BoolArray, FloatArray, IntArray
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.readings import Subgroups
from station_app.domain.quality.rule_search import ON_LINE, find_violations
from station_app.domain.quality.run_rules import Found, Violations
from station_app.domain.quality.sigma import Estimator
from station_app.domain.quality.variables_charts import NO_SPREAD, variables_limits

# a weight that changes no float any more
_FORGOTTEN = 1e-20
# sums are begun anew this often, so that a million points lose no more digits than a few thousand
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class EwmaOptions:
    """``weight`` (lambda) of the newest point, ``width`` of the limits in standard deviations.

    ``asymptotic`` limits are those of an endless history instead of each point's own.
    """

    weight: float = 0.2
    width: float = 3.0
    asymptotic: bool = False


@dataclass(frozen=True, slots=True)
class CusumOptions:
    """``target`` (the mean where None), reference value ``k`` and decision interval ``h`` in the readings' unit.

    With ``in_sigmas`` k and h count standard deviations of the plotted point; where they are None, 0.5 and 5 of them
    are taken.
    """

    target: float | None = None
    k: float | None = None
    h: float | None = None
    in_sigmas: bool = False


STANDARD_EWMA = EwmaOptions()
STANDARD_CUSUM = CusumOptions()


def ewma(subgroups: Subgroups, options: ChartOptions = STANDARD, weighting: EwmaOptions = STANDARD_EWMA) -> Chart:
    """z = lambda x + (1 - lambda) z, starting at the centre, with limits exact for each point's history."""
    if not 0 < weighting.weight <= 1:
        raise InputError(f"lambda {weighting.weight:g} must be greater than 0 and at most 1")
    if not 0 < weighting.width <= 100:
        raise InputError(f"a width of {weighting.width:g} standard deviations makes no limits")
    kept, incomplete, stages = _stages(ChartKind.EWMA, subgroups, options)
    center = by_stage(stages, lambda limits: limits.center)
    sigma = by_stage(stages, lambda limits: limits.sigma)
    points, spread = np.full(len(kept), np.nan), np.full(len(kept), np.nan)
    for stage in stages:
        present = stage.start + np.flatnonzero(kept.sizes[stage.where])
        points[present] = stage.limits.center + _faded(
            weighting.weight * (kept.means[present] - stage.limits.center), 1 - weighting.weight
        )
        spread[present] = stage.limits.sigma * np.sqrt(_variance(kept.sizes[present], weighting))
    # a third of the way to the limit, so that rule 1 means the limit whatever its width is
    deviation = weighting.width / WIDTH * spread
    rules = options.rules.limits_only()
    return Chart(
        name=str(ChartKind.EWMA),
        points=points,
        center=center,
        lcl=center - weighting.width * spread,
        ucl=center + weighting.width * spread,
        deviation=deviation,
        violations=find_violations(points, center, deviation, rules, stage_starts(stages)),
        kind=ChartKind.EWMA,
        sigma=sigma,
        estimator=stages[0].limits.estimator,
        limits=tuple(stage.limits for stage in stages),
        rules=rules,
        incomplete=incomplete,
        settings={"lambda": weighting.weight, "width": weighting.width, "asymptotic": weighting.asymptotic},
        notes=(NO_SPREAD,) if bool(np.any(sigma == 0)) else (),
    )


def cusum(subgroups: Subgroups, options: ChartOptions = STANDARD, sums: CusumOptions = STANDARD_CUSUM) -> Chart:
    """S+ = max(0, S+ + x - target - k) and S- = max(0, S- + target - k - x); a signal where one is greater than h.

    ``points`` are S+, ``second`` holds S-; the chart's ``violations`` are those of both sides, their members reach
    back to where the sum left 0, or to the last signal since then. Raises InputError when k or h are not possible, or
    must be estimated and cannot.
    """
    needs_sigma = sums.in_sigmas or sums.k is None or sums.h is None
    kept, incomplete, stages = _stages(ChartKind.CUSUM, subgroups, _with_target(options, sums), needs_sigma)
    present = kept.sizes > 0
    unit = np.where(present, by_stage(stages, lambda limits: limits.sigma) / np.sqrt(np.maximum(kept.sizes, 1)), np.nan)
    k = _interval("k", sums.k, sums, 0.5, unit)
    h = _interval("h", sums.h, sums, 5.0, unit)
    target = by_stage(stages, lambda limits: limits.center)
    rules = options.rules.limits_only()
    sides = []
    for sign in (1, -1):
        sum_ = np.full(len(kept), np.nan)
        for stage in stages:
            here = stage.start + np.flatnonzero(present[stage.where])
            sum_[here] = _summed(sign * (kept.means[here] - target[here]) - k[here])
        sides.append(sum_)
    found = [_signals(rule, side, h, ~present, stage_starts(stages)) for rule in rules.enabled for side in sides]
    zero = np.zeros(len(kept))
    lower = Panel("lower", sides[1], zero, zero, h, unit, Violations(found[1::2]))
    return Chart(
        name=str(ChartKind.CUSUM),
        points=sides[0],
        center=zero,
        lcl=-h,
        ucl=h,
        deviation=unit,
        violations=Violations(found),
        kind=ChartKind.CUSUM,
        sigma=by_stage(stages, lambda limits: limits.sigma),
        estimator=stages[0].limits.estimator,
        limits=tuple(stage.limits for stage in stages),
        rules=rules,
        second=lower,
        incomplete=incomplete,
        settings={"target": target, "k": k, "h": h},
    )


def _with_target(options: ChartOptions, sums: CusumOptions) -> ChartOptions:
    return options if sums.target is None else replace(options, center=sums.target)


def _stages(
    kind: ChartKind, subgroups: Subgroups, options: ChartOptions, needs_sigma: bool = True
) -> tuple[Subgroups, int | None, list[Stage]]:
    """Complete subgroups, the index of the one that is not, and the stages.

    Sigma is pooled, or that of moving ranges for single readings.
    """
    kept, incomplete = subgroups.without_incomplete_last()
    estimator = Estimator.POOLED if subgroups.values.shape[1] > 1 else Estimator.MR

    def estimate(start: int, stop: int) -> ControlLimits:
        return variables_limits(kind, kept.between(start, stop), options, estimator, needs_sigma)

    return kept, incomplete, make_stages(kind, len(kept), options, estimate)


def _faded(added: FloatArray, kept: float) -> FloatArray:
    """y_i = kept y_(i-1) + added_i with y_0 = 0, for all i at once.

    Each pass doubles how far back a point remembers.
    """
    total = added.copy()
    reach = 1
    while reach < total.size and kept**reach > _FORGOTTEN:
        total[reach:] += kept**reach * total[:-reach]
        reach *= 2
    return total


def _variance(sizes: IntArray, weighting: EwmaOptions) -> FloatArray:
    """The variance of each z in units of sigma squared, for subgroups of these sizes."""
    weight, kept = weighting.weight, 1 - weighting.weight
    settled = weight / (2 - weight)
    if weighting.asymptotic:
        return settled / sizes
    if sizes.size == 0 or bool(np.all(sizes == sizes[0])):
        return settled * (1 - kept ** (2.0 * np.arange(1, sizes.size + 1))) / sizes
    return _faded(weight**2 / sizes, kept**2)


def _interval(name: str, given: float | None, sums: CusumOptions, usual: float, unit: FloatArray) -> FloatArray:
    """k or h for every point, in the readings' unit."""
    if given is None:
        return usual * unit
    if not 0 <= given <= 1e100 or (given == 0 and name == "h"):
        raise InputError(f"{name} {given:g} must be {'greater than 0' if name == 'h' else '0 or more'}")
    return given * unit if sums.in_sigmas else np.full(unit.shape, given)


def _summed(steps: FloatArray) -> FloatArray:
    """s_i = max(0, s_(i-1) + step_i) with s_0 = 0: a running sum less its lowest value so far."""
    total = np.empty(steps.shape)
    carried = 0.0
    for start in range(0, steps.size, _BLOCK):
        running = np.cumsum(steps[start : start + _BLOCK])
        total[start : start + _BLOCK] = running - np.minimum(np.minimum.accumulate(running), -carried)
        carried = float(total[min(start + _BLOCK, steps.size) - 1])
    return total


def _signals(rule: str, sums: FloatArray, h: FloatArray, missing: BoolArray, starts: Sequence[int]) -> Found:
    """The points where a sum is greater than h.

    Members are the points since it left 0, which estimate when the change came; of a further signal before it is 0
    again those since the last one, for else a process that stays away has as many members as points squared.
    """
    at = np.flatnonzero(sums > h * (1 + ON_LINE))
    position = np.arange(sums.size)
    before = np.where(sums == 0, position, -1)
    before[list(starts)] = np.maximum(before[list(starts)], np.array(starts) - 1)
    before[at[:-1] + 1] = np.maximum(before[at[:-1] + 1], at[:-1])
    begun = np.maximum.accumulate(before)
    return Found(rule, at.astype(np.int64), (at - begun[at]).astype(np.int64), missing=missing)
