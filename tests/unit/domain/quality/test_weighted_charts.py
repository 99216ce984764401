"""EWMA and CUSUM against the NIST handbook and against their recursions, point by point."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.domain.quality.chart import ChartOptions
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.readings import individuals, subgroups_of
from station_app.domain.quality.run_rules import NO_RULES, WESTERN_ELECTRIC
from station_app.domain.quality.sigma import Estimator
from station_app.domain.quality.weighted_charts import CusumOptions, EwmaOptions, cusum, ewma
from tests.unit.domain.quality.published import CUSUM_READINGS, EWMA_READINGS

READINGS = st.lists(st.one_of(st.integers(-40, 40).map(lambda n: n / 4), st.none()), min_size=1, max_size=80).filter(
    lambda readings: any(reading is not None for reading in readings)
)


def test_the_ewma_of_the_nist_handbook() -> None:
    # 6.3.2.4: target 50, s 2.0539, lambda 0.3, limits for a long history 47.4115 and 52.5884
    options = ChartOptions(center=50, sigma=2.0539)
    chart = ewma(individuals(EWMA_READINGS), options, EwmaOptions(0.3, 3, asymptotic=True))
    printed = [50.60, 49.52, 50.56, 50.18, 50.16, 49.21, 49.75, 49.85, 50.26, 50.33, 50.11, 49.36, 49.52, 50.05, 49.38]
    printed += [49.92, 50.73, 51.23, 51.94, 51.99]
    assert chart.points == pytest.approx(printed, abs=5.1e-3)
    assert (chart.lcl[0], chart.ucl[0]) == pytest.approx((47.4115, 52.5884), abs=1e-4)
    assert chart.stable


def test_exact_limits_widen_from_the_first_point_to_those_of_a_long_history() -> None:
    options = ChartOptions(center=0, sigma=1)
    exact = ewma(individuals([0.0] * 60), options, EwmaOptions(0.2, 2.7))
    settled = ewma(individuals([0.0] * 60), options, EwmaOptions(0.2, 2.7, asymptotic=True))
    assert exact.ucl[0] == pytest.approx(2.7 * 0.2, rel=1e-14)
    assert exact.ucl[2] == pytest.approx(2.7 * (0.2 / 1.8 * (1 - 0.8**6)) ** 0.5, rel=1e-14)
    assert exact.ucl[-1] == pytest.approx(settled.ucl[-1], rel=1e-9)
    assert settled.ucl[0] == settled.ucl[-1] == pytest.approx(2.7 * (0.2 / 1.8) ** 0.5, rel=1e-14)


@settings(deadline=None)
@given(READINGS, st.floats(0.001, 1))
def test_the_ewma_is_its_recursion(readings: list[float | None], weight: float) -> None:
    chart = ewma(individuals(readings), ChartOptions(center=1.5, sigma=1), EwmaOptions(weight, 3))
    z = 1.5
    for reading, point in zip(readings, chart.points, strict=True):
        if reading is None:
            assert np.isnan(point)
        else:
            z = weight * reading + (1 - weight) * z
            assert point == pytest.approx(z, rel=1e-11, abs=1e-11)


def test_a_point_beyond_its_ewma_limit_is_named_by_the_rule_of_the_set() -> None:
    readings = [0.0] * 5 + [3.0, 3.0]
    options = ChartOptions(center=0, sigma=1)
    chart = ewma(individuals(readings), options, EwmaOptions(0.2, 2.0))
    flagged = np.flatnonzero(chart.points > chart.ucl) + 1
    assert [(each.rule, each.index) for each in chart.violations] == [("nelson-1", int(at)) for at in flagged]
    assert len(flagged) == 1
    we = ewma(individuals(readings), ChartOptions(center=0, sigma=1, rules=WESTERN_ELECTRIC), EwmaOptions(0.2, 2.0))
    assert [each.rule for each in we.violations] == ["we-1"]


def test_subgroups_of_different_sizes_have_ewma_limits_of_their_own_history() -> None:
    chart = ewma(subgroups_of([[1, 2, 3], [1, 2], [2, 2, 3]]), ChartOptions(center=2, sigma=1), EwmaOptions(0.5, 3))
    variances, variance = [], 0.0
    for size in (3, 2, 3):
        variance = 0.25 * variance + 0.25 / size
        variances.append(variance)
    assert chart.ucl == pytest.approx(2 + 3 * np.sqrt(variances), rel=1e-14)
    assert ewma(subgroups_of([[1, 2, 3], [2, 2, 3]])).estimator is Estimator.POOLED
    assert ewma(individuals([1, 2])).estimator is Estimator.MR


def test_the_cusum_of_the_nist_handbook() -> None:
    # 6.3.2.3: target 325, k 0.3175, h 4.1959; the sums of the printed table
    chart = cusum(individuals(CUSUM_READINGS), sums=CusumOptions(325, 0.3175, 4.1959))
    assert chart.second is not None
    upper = [0, 0, 0, 0, 0.03, 0, 0, 0, 0, 0, 0, 0, 3.01, 4.94, 7.45, 10.63, 11.99, 14.44, 16.00, 19.04]
    lower = [0, 0.01, 0, 0.33, 0, 0, 0.56, 0.72, 0.17, 0.25, 0.31, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    assert chart.points == pytest.approx(upper, abs=1.1e-2)
    assert chart.second.points == pytest.approx(lower, abs=1.1e-2)
    assert chart.violations.indices.tolist() == [14, 15, 16, 17, 18, 19, 20]
    # the sum left 0 with reading 13: that is when the change came
    assert chart.violations[0].members == (13, 14)
    assert len(chart.second.violations) == 0


@settings(deadline=None)
@given(READINGS, st.integers(0, 8).map(lambda n: n / 4), st.integers(1, 40).map(lambda n: n / 4))
def test_the_cusum_is_its_recursion_and_signals_strictly_beyond(
    readings: list[float | None], k: float, h: float
) -> None:
    chart = cusum(individuals(readings), sums=CusumOptions(0.5, k, h))
    assert chart.second is not None
    high = low = 0.0
    signals = []
    for index, reading in enumerate(readings, start=1):
        if reading is None:
            assert np.isnan([chart.points[index - 1], chart.second.points[index - 1]]).all()
            continue
        high, low = max(0.0, high + reading - 0.5 - k), max(0.0, low + 0.5 - k - reading)
        assert (chart.points[index - 1], chart.second.points[index - 1]) == pytest.approx((high, low))
        signals += [index] * ((high > h) + (low > h))
    assert [each.index for each in chart.violations] == signals


def test_a_long_cusum_loses_no_digits() -> None:
    readings = np.random.default_rng(3).normal(0.1, 1, 20_000)
    chart = cusum(individuals(readings.tolist()), sums=CusumOptions(0, 0.05, 5))
    exact = 0.0
    for reading in readings.tolist():
        exact = max(0.0, exact + reading - 0.05)
    assert chart.points[-1] == pytest.approx(exact, rel=1e-12)


def test_members_of_a_cusum_leave_out_missing_readings() -> None:
    chart = cusum(individuals([0.0, 3.0, None, 3.0]), sums=CusumOptions(0, 0.5, 4))
    assert chart.violations[0].members == (2, 4)


def test_further_signals_of_a_cusum_have_the_points_since_the_last_one() -> None:
    # S+ is 0.5, 3, 5.5, 3, 5.5, 8: it goes beyond 4, comes back without being 0, and goes again
    chart = cusum(individuals([1.0, 3.0, 3.0, -2.0, 3.0, 3.0]), sums=CusumOptions(0, 0.5, 4))
    assert [each.members for each in chart.violations] == [(1, 2, 3), (4, 5), (6,)]


def test_a_cusum_that_stays_away_has_no_more_members_than_points() -> None:
    chart = cusum(individuals([10.0] * 5000), sums=CusumOptions(0, 0.5, 4))
    assert sum(len(each.members) for each in chart.violations) == 5000


def test_the_settings_of_a_chart_that_remembers_are_kept_with_it() -> None:
    readings = individuals([1.0, 3.0, 2.0, 4.0])
    assert ewma(readings, weighting=EwmaOptions(0.3, 2.7)).settings == {
        "lambda": 0.3,
        "width": 2.7,
        "asymptotic": False,
    }
    usual = cusum(readings, ChartOptions(sigma=2), CusumOptions(target=2.5, h=9)).settings
    assert {name: set(np.atleast_1d(value)) for name, value in usual.items()} == {
        "target": {2.5},
        "k": {1.0},
        "h": {9.0},
    }


def test_k_and_h_count_sigmas_where_asked_or_not_given() -> None:
    readings = individuals([1.0, 3.0, 2.0, 4.0])
    usual, counted = cusum(readings), cusum(readings, sums=CusumOptions(k=0.5, h=5, in_sigmas=True))
    assert usual.ucl.tolist() == counted.ucl.tolist() == pytest.approx([5 * usual.sigma[0]] * 4)
    assert usual.points.tolist() == counted.points.tolist()
    of_means = cusum(subgroups_of([[1, 2, 3, 4]] * 3), ChartOptions(sigma=2))
    assert of_means.ucl[0] == pytest.approx(5 * 2 / 2)


def test_stages_begin_at_zero_again() -> None:
    chart = cusum(
        individuals([0, 2, 2, 0, 2, 2]), ChartOptions(stages=(4,), center=0, sigma=1), CusumOptions(k=0.5, h=2.5)
    )
    assert chart.points.tolist() == [0, 1.5, 3, 0, 1.5, 3]
    assert [each.members for each in chart.violations] == [(2, 3), (5, 6)]


def test_without_rules_nothing_is_flagged() -> None:
    assert cusum(individuals([0.0, 99.0]), ChartOptions(rules=NO_RULES), CusumOptions(0, 1, 1)).stable


def test_one_reading_is_enough_where_nothing_must_be_estimated() -> None:
    assert cusum(individuals([7.0]), sums=CusumOptions(5, 0.5, 4)).points.tolist() == [1.5]
    with pytest.raises(InputError, match="without a gap"):
        cusum(individuals([7.0]), sums=CusumOptions(5, 0.5))


@pytest.mark.parametrize(
    ("weighting", "said"),
    [
        (EwmaOptions(0), "lambda 0"),
        (EwmaOptions(1.1), "lambda 1.1"),
        (EwmaOptions(0.2, 0), "width"),
        (EwmaOptions(float("nan")), "lambda"),
    ],
)
def test_weights_that_are_none_are_refused(weighting: EwmaOptions, said: str) -> None:
    with pytest.raises(InputError, match=said):
        ewma(individuals([1, 2, 3]), weighting=weighting)


@pytest.mark.parametrize("sums", [CusumOptions(k=-1), CusumOptions(h=0), CusumOptions(h=float("inf"))])
def test_intervals_that_are_none_are_refused(sums: CusumOptions) -> None:
    with pytest.raises(InputError, match="must be"):
        cusum(individuals([1, 2, 3]), sums=sums)
