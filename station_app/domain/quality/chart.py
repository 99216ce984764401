"""What a control chart is: its points, limits and broken rules, and the limits as a value that can be frozen and
versioned.

Phase I computes limits from chosen subgroups (all, a baseline, or each stage's own); phase II charts new subgroups
against frozen `ControlLimits`. Specification limits have no place here: they never belong on a chart of means.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from station_app.domain.quality.constants import Constants, FloatArray
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.kinds import ATTRIBUTE_KINDS as ATTRIBUTE_KINDS
from station_app.domain.quality.kinds import ChartKind as ChartKind
from station_app.domain.quality.run_rules import NELSON, RunRules, Violations
from station_app.domain.quality.sigma import Estimator

# control limits are three standard deviations of the plotted value from its centre
WIDTH = 3.0


@dataclass(frozen=True, slots=True)
class ControlLimits:
    """What limits are drawn from, as computed in phase I and frozen for phase II.

    ``center`` is the process mean (p for p and np charts, defects per unit for u, defects per sample for c);
    ``sigma`` is the standard deviation of one reading (of one item or unit for attributes). ``dispersion`` is Laney's
    sigma z, 1 where it is not used. ``subgroups`` and ``readings`` count what they were computed from, ``source``
    says where that came from, and ``version`` counts the decisions to freeze (0: not frozen).
    """

    kind: ChartKind
    center: float
    sigma: float
    estimator: Estimator
    subgroups: int = 0
    readings: int = 0
    constants: Constants = Constants.EXACT
    dispersion: float = 1.0
    source: str = ""
    version: int = 0

    def frozen(self, source: str, version: int) -> ControlLimits:
        """The same limits after a decision to keep them."""
        return replace(self, source=source, version=version)


@dataclass(frozen=True, slots=True)
class ChartOptions:
    """How a chart is made.

    - ``limits``: frozen limits (phase II); nothing is estimated;
    - ``baseline``: limits from the first so many subgroups only;
    - ``stages``: the subgroups, counted from 1, with which a further stage begins; each stage has limits of its own;
    - ``center``, ``sigma``: given instead of estimated;
    - ``rules`` and ``constants``: the conventions.
    """

    limits: ControlLimits | None = None
    baseline: int | None = None
    stages: tuple[int, ...] = ()
    center: float | None = None
    sigma: float | None = None
    rules: RunRules = NELSON
    constants: Constants = Constants.EXACT


# limits from all subgroups, Nelson's rules, exact constants
STANDARD = ChartOptions()


@dataclass(frozen=True, eq=False)
class Panel:
    """One set of plotted points. All arrays have the shape (points,); NaN where a point is missing.

    ``deviation`` is the width of a zone: the limits are three of them from the centre, before they are clipped to
    what is possible.
    """

    name: str
    points: FloatArray
    center: FloatArray
    lcl: FloatArray
    ucl: FloatArray
    deviation: FloatArray
    violations: Violations


@dataclass(frozen=True, eq=False)
class Chart(Panel):
    """A control chart: the panel of its main points, and under ``second`` the one for the spread (range, s, mr; for a
    CUSUM its lower side).

    ``sigma`` has the shape (points,): the standard deviation of one reading, for attribute charts that of the plotted
    value. ``limits`` holds those of each stage. ``incomplete`` is the last subgroup's index (from 1) when it is still
    being measured: it is no point and moves no limit. ``settings`` are those of an EWMA or a CUSUM by their names: a
    value, or one a point.
    """

    kind: ChartKind
    sigma: FloatArray
    estimator: Estimator
    limits: tuple[ControlLimits, ...]
    rules: RunRules
    second: Panel | None = None
    incomplete: int | None = None
    settings: Mapping[str, float | FloatArray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def stable(self) -> bool:
        """Whether no rule is broken on either panel."""
        return not self.violations and not (self.second and self.second.violations)


@dataclass(frozen=True, slots=True)
class Stage:
    """The subgroups from ``start`` (from 0) up to but not with ``stop``, and their limits."""

    start: int
    stop: int
    limits: ControlLimits

    @property
    def where(self) -> slice:
        """The stage's place in an array of points."""
        return slice(self.start, self.stop)


def make_stages(
    kind: ChartKind, count: int, options: ChartOptions, estimate: Callable[[int, int], ControlLimits]
) -> list[Stage]:
    """The chart's stages with their limits: frozen, or by ``estimate(start, stop)``.

    Raises InputError for options that contradict each other or do not fit ``count`` subgroups.
    """
    if count == 0:
        raise InputError("there is no subgroup to chart")
    if options.limits is not None:
        if options.limits.kind is not kind:
            raise InputError(f"limits of a chart {options.limits.kind} cannot be used for a chart {kind}")
        if options.baseline is not None or options.stages or options.center is not None or options.sigma is not None:
            raise InputError(
                "frozen limits leave nothing to estimate: give no baseline, stages, center or sigma with them"
            )
        return [Stage(0, count, options.limits)]
    _check_given(options)
    if options.baseline is not None:
        if options.stages:
            raise InputError("give a baseline or stages, not both: each stage is a baseline of its own")
        if not 1 <= options.baseline <= count:
            raise InputError(f"a baseline of {options.baseline} subgroups cannot be taken from {count}")
        return [Stage(0, count, estimate(0, options.baseline))]
    starts = [0, *(number - 1 for number in options.stages)]
    if starts != sorted(set(starts)) or starts[-1] >= count:
        raise InputError(f"stages must begin in rising order at subgroups 2 to {count}")
    bounds = zip(starts, [*starts[1:], count], strict=True)
    return [Stage(start, stop, estimate(start, stop)) for start, stop in bounds]


def _check_given(options: ChartOptions) -> None:
    for name, value in (("center", options.center), ("sigma", options.sigma)):
        if value is not None and not abs(value) <= 1e100:
            raise InputError(f"{name} {value:g} is not a number to compute with")
    if options.sigma is not None and options.sigma <= 0:
        raise InputError(f"sigma {options.sigma:g} must be greater than 0")


def by_stage(stages: Sequence[Stage], value: Callable[[ControlLimits], float]) -> FloatArray:
    """A value of the limits for every point: shape (points,)."""
    return np.repeat([value(stage.limits) for stage in stages], [stage.stop - stage.start for stage in stages])


def stage_starts(stages: Sequence[Stage]) -> list[int]:
    """Where runs begin anew, from 0."""
    return [stage.start for stage in stages]
