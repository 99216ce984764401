"""Charts of counts: p and np for nonconforming items, c and u for nonconformities, with Laney's p' and u' for
overdispersed counts.

Montgomery, 7th edition, chapter 7; Laney, *Quality Engineering* 14 (2002). Every sample has its own limits by its own
size, clipped to what is possible.
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
    by_stage,
    make_stages,
    stage_starts,
)
from station_app.domain.quality.constants import Constants, FloatArray, d2
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.readings import Counts
from station_app.domain.quality.rule_search import find_violations
from station_app.domain.quality.sigma import Estimator, moving_ranges

NO_SPREAD = "sigma is 0: the counts leave no room for chance (none, or every item)"


def p_chart(counts: Counts, options: ChartOptions = STANDARD, laney: bool = False) -> Chart:
    """The share of nonconforming items.

    With ``laney`` the limits are widened by the dispersion between samples (p').
    """
    return _chart(ChartKind.P, _of_items(counts), options, laney)


def np_chart(counts: Counts, options: ChartOptions = STANDARD) -> Chart:
    """The number of nonconforming items; a given ``center`` is that number, and needs samples of one size."""
    return _chart(ChartKind.NP, _of_items(counts), options, False)


def c_chart(counts: Counts, options: ChartOptions = STANDARD) -> Chart:
    """The number of nonconformities in samples of one size. Raises InputError when the sizes differ."""
    sizes = counts.size[~counts.missing]
    if sizes.size and bool(np.any(sizes != sizes[0])):
        raise InputError("a c chart needs samples of one size; for different sizes use u")
    one = Counts(counts.count, np.where(np.isnan(counts.size), np.nan, 1.0))
    return _chart(ChartKind.C, one, options, False)


def u_chart(counts: Counts, options: ChartOptions = STANDARD, laney: bool = False) -> Chart:
    """Nonconformities per unit; with ``laney`` the limits are widened by the dispersion between samples (u')."""
    return _chart(ChartKind.U, counts, options, laney)


def _of_items(counts: Counts) -> Counts:
    """The counts as items out of samples.

    Raises InputError for a part of an item, or more items than the sample has.
    """
    present = ~counts.missing
    broken = np.flatnonzero(present & (counts.size != np.floor(counts.size)))
    if broken.size:
        raise InputError(f"sample {broken[0] + 1}: size {counts.size[broken[0]]:g}: samples of items have whole sizes")
    over = np.flatnonzero(present & (counts.count > counts.size))
    if over.size:
        raise InputError(
            f"sample {over[0] + 1}: {counts.count[over[0]]:g} nonconforming items of {counts.size[over[0]]:g} inspected"
        )
    return counts


def _chart(kind: ChartKind, counts: Counts, options: ChartOptions, laney: bool) -> Chart:
    if options.sigma is not None:
        raise InputError(f"sigma of a {kind} chart follows from its center: give the center only")
    stages = make_stages(
        kind, len(counts), options, lambda start, stop: _limits(kind, _between(counts, start, stop), options, laney)
    )
    rate = by_stage(stages, lambda limits: limits.center)
    # what the plotted value is of: shares and rates are divided by the size, numbers are not
    scale = counts.size if kind is ChartKind.NP else np.ones(len(counts))
    points = np.where(counts.missing, np.nan, counts.count / np.where(kind is ChartKind.NP, 1.0, counts.size))
    center = np.where(counts.missing, np.nan, rate * scale)
    sigma = by_stage(stages, lambda limits: limits.sigma)
    deviation = np.where(counts.missing, np.nan, sigma / np.sqrt(counts.size) * scale)
    highest = {ChartKind.P: np.ones(len(counts)), ChartKind.NP: counts.size}.get(kind, np.full(len(counts), np.inf))
    rules = options.rules.without_zones()
    return Chart(
        name=str(kind),
        points=points,
        center=center,
        lcl=np.maximum(0.0, center - WIDTH * deviation),
        ucl=np.minimum(highest, center + WIDTH * deviation),
        deviation=deviation,
        violations=find_violations(points, center, deviation, rules, stage_starts(stages)),
        kind=kind,
        sigma=deviation,
        estimator=stages[0].limits.estimator,
        limits=tuple(stage.limits for stage in stages),
        rules=rules,
        notes=(NO_SPREAD,) if bool(np.any(sigma == 0)) else (),
    )


def _between(counts: Counts, start: int, stop: int) -> Counts:
    return Counts(counts.count[start:stop], counts.size[start:stop])


def _limits(kind: ChartKind, counts: Counts, options: ChartOptions, laney: bool) -> ControlLimits:
    """The rate and the standard deviation of one item or unit, widened by Laney's sigma z where asked."""
    present = ~counts.missing
    if options.center is not None:
        rate = _given_rate(kind, counts, options.center)
    elif bool(np.any(present)):
        rate = float(counts.count[present].sum() / counts.size[present].sum())
    else:
        raise InputError("there is no sample to compute limits from")
    of_items = kind in (ChartKind.P, ChartKind.NP)
    sigma = math.sqrt(rate * (1 - rate) if of_items else rate)
    dispersion = _dispersion(counts, rate, sigma, options.constants) if laney else 1.0
    plain = Estimator.BINOMIAL if of_items else Estimator.POISSON
    return ControlLimits(
        kind=kind,
        center=rate,
        sigma=sigma * dispersion,
        estimator=Estimator.LANEY if laney else plain,
        subgroups=int(np.count_nonzero(present)),
        readings=int(counts.size[present].sum()),
        constants=options.constants,
        dispersion=dispersion,
    )


def _given_rate(kind: ChartKind, counts: Counts, center: float) -> float:
    """The rate behind a centre line that was given."""
    rate = center
    if kind is ChartKind.NP:
        sizes = np.unique(counts.size[~counts.missing])
        if sizes.size != 1:
            raise InputError("a center for an np chart needs samples of one size; for different sizes use p")
        rate = center / float(sizes[0])
    if rate < 0 or (kind in (ChartKind.P, ChartKind.NP) and rate > 1):
        raise InputError(f"center {center:g} is not possible on a {kind} chart")
    return rate


def _dispersion(counts: Counts, rate: float, sigma: float, constants: Constants) -> float:
    """Laney's sigma z.

    The mean moving range of the standardised rates by d2. Raises InputError for fewer than two samples.
    """
    if sigma == 0:
        return 1.0
    z: FloatArray = (counts.count / counts.size - rate) / (sigma / np.sqrt(counts.size))
    ranges = moving_ranges(z)
    present = ~np.isnan(ranges)
    if not bool(np.any(present)):
        raise InputError("Laney's limits need at least two samples that follow each other without a gap")
    return float(ranges[present].mean()) / d2(2, constants)
