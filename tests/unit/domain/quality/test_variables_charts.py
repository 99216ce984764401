"""Xbar-R, Xbar-S and I-MR against published charts, and their conventions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from station_app.domain.quality.chart import Chart, ChartKind, ChartOptions, ControlLimits
from station_app.domain.quality.constants import Constants, c4, d2, d3, factors
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.readings import Subgroups, individuals, subgroups_of
from station_app.domain.quality.run_rules import NO_RULES, WESTERN_ELECTRIC
from station_app.domain.quality.sigma import Estimator
from station_app.domain.quality.table import decode, parse_table, subgroups_from
from station_app.domain.quality.variables_charts import i_mr, xbar_r, xbar_s
from tests.unit.domain.quality.published import FLOW_RATES, shared

ROWS = [[10.0, 11.0, 12.0], [11.0, 12.0, 10.5], [9.0, 10.0, 11.5], [10.0, 10.5, 11.0]]


def hardbake() -> Subgroups:
    file = shared("spc/montgomery_6_1_hardbake.csv")
    return subgroups_from(parse_table(decode(file.read_bytes())))


def limits(chart: Chart) -> tuple[float, float, float]:
    return chart.lcl[0], chart.center[0], chart.ucl[0]


def test_the_hard_bake_charts_of_montgomery() -> None:
    # Montgomery, 7th edition, example 6.1, computed there with A2 = 0.577 and D4 = 2.114
    chart = xbar_r(hardbake())
    assert chart.second is not None
    assert limits(chart) == pytest.approx((1.31795, 1.5056, 1.69325), abs=1e-4)
    assert chart.second.center[0] == pytest.approx(0.32521, abs=5e-6)
    assert (chart.second.lcl[0], chart.second.ucl[0]) == pytest.approx((0, 0.68749), abs=2e-4)
    assert (chart.stable, chart.incomplete, chart.estimator) == (True, None, Estimator.RBAR)


def test_limits_are_the_classical_factors_times_the_means() -> None:
    groups = hardbake()
    five, r_bar, s_bar = factors(5), float(groups.ranges.mean()), float(groups.deviations.mean())
    by_r, by_s = xbar_r(groups), xbar_s(groups)
    assert by_r.second is not None
    assert by_s.second is not None
    assert by_r.ucl - by_r.center == pytest.approx(five.a2 * r_bar, rel=1e-13)
    assert by_r.second.ucl == pytest.approx(five.d4_upper * r_bar, rel=1e-13)
    assert by_s.ucl - by_s.center == pytest.approx(five.a3 * s_bar, rel=1e-13)
    assert by_s.second.center == pytest.approx(s_bar, rel=1e-13)
    assert by_s.second.ucl == pytest.approx(five.b4 * s_bar, rel=1e-13)
    assert (by_r.second.name, by_s.second.name) == ("range", "s")


def test_the_flow_rates_of_the_nist_handbook() -> None:
    # NIST/SEMATECH e-Handbook, 6.3.2.2; the upper limit there is 50.81 + 3 (1.8778)/1.128
    chart = i_mr(individuals(FLOW_RATES))
    assert chart.second is not None
    assert limits(chart) == pytest.approx((45.8159, 50.81, 55.8041), abs=2e-3)
    assert chart.second.center[0] == pytest.approx(1.8778, abs=5e-5)
    assert chart.second.ucl[0] == pytest.approx(1.8778 * 3.267, abs=2e-3)
    table = i_mr(individuals(FLOW_RATES), ChartOptions(constants=Constants.TABLE))
    assert limits(table) == pytest.approx((45.8159, 50.81, 55.8041), abs=1e-4)


def test_an_incomplete_last_subgroup_moves_no_limit_and_is_no_point() -> None:
    whole, growing = xbar_r(subgroups_of(ROWS)), xbar_r(subgroups_of([*ROWS, [99.0, 98.0]]))
    assert growing.incomplete == 5
    assert limits(growing) == limits(whole)
    assert growing.points.tolist() == whole.points.tolist()


def test_a_subgroup_with_a_missing_reading_has_limits_of_its_own() -> None:
    rows: list[Sequence[float | None]] = [*ROWS, [10.0, None, 11.0], [10.0, 11.0, 10.5]]
    chart = xbar_s(subgroups_of(rows))
    assert chart.second is not None
    assert chart.points[4] == 10.5
    half = chart.ucl - chart.center
    assert half[4] / half[0] == pytest.approx((3 / 2) ** 0.5, rel=1e-14)
    assert chart.second.center[[0, 4]] == pytest.approx([c4(3) * chart.sigma[0], c4(2) * chart.sigma[0]])
    # the centre counts readings, not subgroups
    assert chart.center[0] == pytest.approx(np.mean([v for row in rows for v in row if v is not None]), rel=1e-15)


def test_an_empty_subgroup_is_a_missing_point() -> None:
    chart = xbar_r(subgroups_of([*ROWS, [], *ROWS]))
    assert np.isnan([chart.points[4], chart.ucl[4]]).all()
    assert limits(chart) == pytest.approx(limits(xbar_r(subgroups_of(ROWS))), rel=1e-14)


def test_the_moving_range_has_no_point_at_first_and_across_a_gap() -> None:
    chart = i_mr(individuals([1.0, 2.0, None, 5.0, 4.0]))
    assert chart.second is not None
    assert np.flatnonzero(np.isnan(chart.second.points)).tolist() == [0, 2, 3]
    assert chart.second.center[0] == pytest.approx(1.0, rel=1e-15)
    assert chart.sigma[0] == pytest.approx(1 / d2(2), rel=1e-15)


def test_a_baseline_sets_the_limits_of_all() -> None:
    late = [*ROWS, [20.0, 21.0, 22.0]]
    chart = xbar_r(subgroups_of(late), ChartOptions(baseline=4))
    assert limits(chart) == limits(xbar_r(subgroups_of(ROWS)))
    assert [(each.rule, each.index) for each in chart.violations if each.rule == "nelson-1"] == [("nelson-1", 5)]
    assert chart.limits[0].subgroups == 4


def test_center_and_sigma_may_be_given() -> None:
    chart = xbar_r(subgroups_of([[10.0, 14.0]]), ChartOptions(center=10, sigma=1))
    assert chart.second is not None
    assert limits(chart) == pytest.approx((10 - 3 / 2**0.5, 10, 10 + 3 / 2**0.5))
    assert chart.second.center[0] == d2(2)
    assert chart.second.ucl[0] == pytest.approx(d2(2) + 3 * d3(2))
    assert chart.estimator is Estimator.GIVEN
    # one reading alone has limits when they are given
    assert i_mr(individuals([11.0]), ChartOptions(center=10, sigma=2)).ucl.tolist() == [16.0]


def test_frozen_limits_chart_new_readings_as_they_were_decided() -> None:
    phase_1 = xbar_r(subgroups_of(ROWS))
    frozen = phase_1.limits[0].frozen("line 3, four subgroups", 2)
    assert (frozen.version, frozen.source, frozen.estimator) == (2, "line 3, four subgroups", Estimator.RBAR)
    phase_2 = xbar_r(subgroups_of([[30.0, 31.0, 32.0], [10.0, 11.0]]), ChartOptions(limits=frozen))
    assert limits(phase_2) == limits(phase_1)
    assert phase_2.limits == (frozen,)
    assert phase_2.violations.indices.tolist() == [1]


def test_stages_have_limits_of_their_own_and_runs_begin_anew() -> None:
    low, high = [1.0, 1.2, 0.9, 1.1, 1.0, 1.3], [9.0, 9.2, 9.1, 8.9, 9.0, 9.3]
    chart = i_mr(individuals(low + high), ChartOptions(stages=(7,)))
    alone = i_mr(individuals(high))
    assert chart.second is not None
    assert chart.ucl[6:] == pytest.approx(alone.ucl, rel=1e-14)
    assert np.isnan(chart.second.points[6])
    assert len(chart.limits) == 2
    assert len(chart.violations) == 0
    assert len(i_mr(individuals(low + high)).violations) > 0


def test_rules_reach_both_panels_and_zones_only_the_means() -> None:
    rows = [[10.0, 10.1]] * 9 + [[12.0, 8.0]]
    chart = xbar_r(subgroups_of(rows))
    assert chart.second is not None
    assert {each.rule for each in chart.second.violations} == {"nelson-1", "nelson-2"}
    we = xbar_r(subgroups_of(rows), ChartOptions(rules=WESTERN_ELECTRIC)).second
    assert we is not None
    assert {each.rule for each in we.violations} == {"we-1", "we-4"}
    assert xbar_r(subgroups_of(rows), ChartOptions(rules=NO_RULES)).stable


def test_constant_readings_have_limits_on_the_centre_and_say_so() -> None:
    chart = i_mr(individuals([0.1] * 30))
    assert limits(chart) == (0.1, 0.1, 0.1)
    assert chart.stable
    assert "sigma is 0" in chart.notes[0]
    later = xbar_s(subgroups_of([[2.0, 2.0]] * 10 + [[2.0, 2.1]]), ChartOptions(baseline=10))
    assert later.violations.indices.tolist() == [11]


@pytest.mark.parametrize(
    ("rows", "options", "said"),
    [
        ([], ChartOptions(), "two or more readings"),
        ([[1.0]], ChartOptions(), "two or more readings"),
        ([[None, None]], ChartOptions(), "no reading"),
        (ROWS, ChartOptions(baseline=5), "baseline of 5"),
        (ROWS, ChartOptions(baseline=0), "baseline of 0"),
        (ROWS, ChartOptions(baseline=2, stages=(3,)), "baseline or stages"),
        (ROWS, ChartOptions(stages=(3, 2)), "rising order"),
        (ROWS, ChartOptions(stages=(5,)), "rising order"),
        (ROWS, ChartOptions(stages=(1,)), "rising order"),
        (ROWS, ChartOptions(sigma=0), "greater than 0"),
        (ROWS, ChartOptions(sigma=float("nan")), "not a number"),
        (ROWS, ChartOptions(center=float("inf")), "not a number"),
        (ROWS, ChartOptions(limits=ControlLimits(ChartKind.P, 0.1, 0.3, Estimator.BINOMIAL)), "cannot be used"),
        (
            ROWS,
            ChartOptions(limits=ControlLimits(ChartKind.XBAR_R, 1, 1, Estimator.RBAR), center=1),
            "nothing to estimate",
        ),
    ],
)
def test_what_cannot_be_charted_says_why(rows: list[list[float | None]], options: ChartOptions, said: str) -> None:
    with pytest.raises(InputError, match=said):
        xbar_r(subgroups_of(rows), options)


def test_single_readings_and_subgroups_have_charts_of_their_own() -> None:
    with pytest.raises(InputError, match="one reading a row"):
        i_mr(subgroups_of(ROWS))
    with pytest.raises(InputError, match="use i-mr"):
        xbar_s(individuals([1.0, 2.0]))


def test_options_are_values() -> None:
    assert replace(ChartOptions(), baseline=3) == ChartOptions(baseline=3)
