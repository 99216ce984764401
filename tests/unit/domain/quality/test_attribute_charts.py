"""p, np, c and u against published charts, clipping, and Laney's limits."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence

import numpy as np
import pytest

from station_app.domain.quality.attribute_charts import c_chart, np_chart, p_chart, u_chart
from station_app.domain.quality.chart import ChartOptions
from station_app.domain.quality.constants import d2
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.readings import Counts, counts_of
from station_app.domain.quality.sigma import Estimator
from tests.unit.domain.quality.published import BOARDS, CANS, WAFERS, shared


def same(count: Sequence[float], size: float) -> Counts:
    return counts_of(count, [size] * len(count))


def beyond(chart: object) -> list[int]:
    return [each.index for each in chart.violations if each.rule == "nelson-1"]  # type: ignore[attr-defined]  # any chart


def test_the_orange_juice_cans_of_montgomery() -> None:
    # 7th edition, example 7.1: p-bar 0.2313, limits 0.0524 and 0.4102, samples 15 and 23 beyond
    chart = p_chart(same(CANS, 50))
    assert (chart.center[0], chart.lcl[0], chart.ucl[0]) == pytest.approx((0.2313, 0.0524, 0.4102), abs=1e-4)
    assert beyond(chart) == [15, 23]
    numbers = np_chart(same(CANS, 50))
    assert numbers.ucl == pytest.approx(50 * chart.ucl, rel=1e-14)
    assert numbers.points.tolist() == CANS
    assert beyond(numbers) == [15, 23]


def test_the_purchase_orders_of_montgomery_with_their_own_sizes() -> None:
    # 7th edition, table 7.4: p-bar 0.0955; sample 11 is beyond its own limit
    with shared("spc/montgomery_7_4_p_variable_n.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    counts = counts_of([int(row["count"]) for row in rows], [int(row["size"]) for row in rows])
    chart = p_chart(counts)
    assert chart.center[0] == pytest.approx(0.0955, abs=5e-5)
    assert chart.ucl == pytest.approx(chart.center + 3 * np.sqrt(0.0955 * 0.9045 / counts.size), abs=1e-4)
    assert beyond(chart) == [11]


def test_the_wafers_of_the_nist_handbook() -> None:
    # 6.3.3.1: c-bar 16, limits 4 and 28; wafer 3 lies on its limit and wafer 24 beyond
    chart = c_chart(same(WAFERS, 1))
    assert (chart.center[0], chart.lcl[0], chart.ucl[0]) == (16, 4, 28)
    assert beyond(chart) == [24]
    assert chart.sigma[0] == 4


def test_the_circuit_boards_of_montgomery() -> None:
    # 7th edition, example 7.3: c-bar 19.85, limits 6.48 and 33.22, samples 6 and 20 beyond; the size is the same everywhere
    chart = c_chart(same(BOARDS, 100))
    assert (chart.center[0], chart.lcl[0], chart.ucl[0]) == pytest.approx((19.85, 6.48, 33.22), abs=1e-2)
    assert beyond(chart) == [6, 20]


def test_rates_have_limits_by_their_own_size() -> None:
    chart = u_chart(counts_of([4, 9, 2], [2.0, 4.0, 0.5]))
    rate = 15 / 6.5
    assert chart.points.tolist() == [2.0, 2.25, 4.0]
    assert chart.ucl == pytest.approx(rate + 3 * np.sqrt(rate / np.array([2, 4, 0.5])), rel=1e-14)
    assert chart.estimator is Estimator.POISSON
    assert chart.limits[0].sigma == pytest.approx(math.sqrt(rate))


def test_limits_are_clipped_to_what_is_possible() -> None:
    chart = p_chart(counts_of([9, 8, 10], [10, 10, 10]))
    assert chart.ucl.tolist() == [1.0] * 3
    low = p_chart(counts_of([1, 0, 2], [10, 10, 10]))
    assert low.lcl.tolist() == [0.0] * 3
    assert np_chart(counts_of([9, 8, 10], [10, 10, 10])).ucl.tolist() == [10.0] * 3
    assert c_chart(same([1, 2, 1], 1)).lcl.tolist() == [0.0] * 3


def test_a_missing_sample_is_a_gap_and_moves_nothing() -> None:
    chart = np_chart(counts_of([2, None, 3], [10, 10, 20]))
    assert np.isnan([chart.points[1], chart.ucl[1], chart.center[1]]).all()
    assert chart.center[[0, 2]] == pytest.approx([10 * 5 / 30, 20 * 5 / 30])


def test_laney_widens_by_the_mean_moving_range_of_the_standardised_rates() -> None:
    counts = counts_of([30, 60, 20, 70, 35], [1000, 1100, 900, 1000, 1000])
    plain, wide = p_chart(counts), p_chart(counts, laney=True)
    z = (plain.points - plain.center) / plain.sigma
    sigma_z = float(np.abs(np.diff(z)).mean()) / d2(2)
    assert wide.limits[0].dispersion == pytest.approx(sigma_z, rel=1e-14)
    assert wide.ucl - wide.center == pytest.approx(sigma_z * 3 * plain.sigma, rel=1e-13)
    assert wide.estimator is Estimator.LANEY
    assert u_chart(counts, laney=True).limits[0].dispersion > 1


def test_a_center_may_be_given_on_the_scale_of_the_chart() -> None:
    assert p_chart(same([1, 2], 10), ChartOptions(center=0.5)).center.tolist() == [0.5, 0.5]
    assert np_chart(same([1, 2], 10), ChartOptions(center=5)).center.tolist() == [5.0, 5.0]
    assert c_chart(same([1, 2], 10), ChartOptions(center=4)).ucl.tolist() == [10.0, 10.0]


def test_frozen_limits_serve_samples_of_any_size() -> None:
    frozen = p_chart(same(CANS, 50)).limits[0].frozen("first month", 1)
    chart = p_chart(counts_of([90], [100]), ChartOptions(limits=frozen))
    assert chart.ucl[0] == pytest.approx(frozen.center + 3 * frozen.sigma / 10, rel=1e-14)
    assert beyond(chart) == [1]


def test_no_zone_rules_on_counts() -> None:
    chart = c_chart(same([10, 10, 19, 19, 10] * 6, 1))
    assert {each.rule for each in chart.violations} <= {"nelson-1", "nelson-2", "nelson-3", "nelson-4"}
    assert chart.rules.enabled == ("nelson-1", "nelson-2", "nelson-3", "nelson-4")


def test_counts_without_chance_say_so() -> None:
    chart = p_chart(same([0, 0, 0], 10))
    assert (chart.ucl.tolist(), chart.stable) == ([0.0] * 3, True)
    assert "no room for chance" in chart.notes[0]
    assert p_chart(same([0, 0, 0], 10), laney=True).ucl.tolist() == [0.0] * 3


@pytest.mark.parametrize(
    ("make", "count", "size", "options", "said"),
    [
        (p_chart, [11], [10], ChartOptions(), "11 nonconforming items of 10"),
        (np_chart, [1], [10.5], ChartOptions(), "whole sizes"),
        (c_chart, [1, 2], [10, 20], ChartOptions(), "use u"),
        (u_chart, [None], [10], ChartOptions(), "no sample"),
        (p_chart, [1], [10], ChartOptions(sigma=1), "follows from its center"),
        (p_chart, [1], [10], ChartOptions(center=1.5), "not possible"),
        (u_chart, [1], [10], ChartOptions(center=-1), "not possible"),
        (np_chart, [1, 1], [10, 20], ChartOptions(center=2), "use p"),
        (
            lambda counts, options: p_chart(counts, options, laney=True),
            [1],
            [10],
            ChartOptions(),
            "at least two samples",
        ),
    ],
)
def test_what_cannot_be_charted_says_why(
    make: object, count: list[float | None], size: list[float], options: ChartOptions, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        make(counts_of(count, size), options)  # type: ignore[operator]  # one of the chart functions
