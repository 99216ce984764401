"""Limits as values, and stages."""

from __future__ import annotations

import pytest

from station_app.domain.quality.chart import ChartKind, ChartOptions, ControlLimits, by_stage, make_stages, stage_starts
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.sigma import Estimator


def estimated(start: int, stop: int) -> ControlLimits:
    return ControlLimits(ChartKind.I_MR, float(start), float(stop), Estimator.MR)


def test_every_stage_is_estimated_from_its_own_subgroups() -> None:
    stages = make_stages(ChartKind.I_MR, 6, ChartOptions(stages=(3, 6)), estimated)
    assert [(stage.start, stage.stop, stage.limits.sigma) for stage in stages] == [(0, 2, 2), (2, 5, 5), (5, 6, 6)]
    assert by_stage(stages, lambda limits: limits.center).tolist() == [0, 0, 2, 2, 2, 5]
    assert stage_starts(stages) == [0, 2, 5]
    assert stages[1].where == slice(2, 5)


def test_a_baseline_is_one_stage_with_the_limits_of_its_beginning() -> None:
    (stage,) = make_stages(ChartKind.I_MR, 6, ChartOptions(baseline=4), estimated)
    assert (stage.start, stage.stop, stage.limits.sigma) == (0, 6, 4)


def test_frozen_limits_are_used_as_they_are() -> None:
    frozen = estimated(0, 3).frozen("phase I of March", 1)
    (stage,) = make_stages(ChartKind.I_MR, 2, ChartOptions(limits=frozen), estimated)
    assert stage.limits is frozen


def test_nothing_to_chart_is_refused() -> None:
    with pytest.raises(InputError, match="no subgroup"):
        make_stages(ChartKind.I_MR, 0, ChartOptions(), estimated)
