"""Estimates within subgroups against their textbook formulas, written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.domain.quality.constants import Constants, c4, d2, d3
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.readings import individuals, subgroups_of
from station_app.domain.quality.sigma import Estimator, degrees_of_freedom, estimate_sigma, moving_ranges

ROWS = [[1.0, 2.0, 4.0], [2.0, 2.5, 3.0], [0.0, 1.0, 5.0]]


def test_equal_sizes_use_the_plain_means() -> None:
    groups = subgroups_of(ROWS)
    assert estimate_sigma(groups, Estimator.RBAR).value == pytest.approx(np.mean([3, 1, 5]) / d2(3), rel=1e-15)
    deviations = [np.std(row, ddof=1) for row in ROWS]
    assert estimate_sigma(groups, Estimator.SBAR).value == pytest.approx(np.mean(deviations) / c4(3), rel=1e-15)
    pooled = math.sqrt(np.mean(np.square(deviations))) / c4(7)
    assert estimate_sigma(groups, Estimator.POOLED).value == pytest.approx(pooled, rel=1e-15)


def test_table_constants_reach_the_estimate() -> None:
    value = estimate_sigma(subgroups_of(ROWS), Estimator.RBAR, Constants.TABLE).value
    assert value == pytest.approx(3 / 1.693, rel=1e-15)


def test_different_sizes_are_weighted_by_their_certainty() -> None:
    groups = subgroups_of([[1.0, 2.0], [0.0, 1.0, 5.0], [7.0]])
    w2, w3 = (d2(2) / d3(2)) ** 2, (d2(3) / d3(3)) ** 2
    expected = (w2 * 1 / d2(2) + w3 * 5 / d2(3)) / (w2 + w3)
    assert estimate_sigma(groups, Estimator.RBAR).value == pytest.approx(expected, rel=1e-14)
    h2, h3 = (c4(n) ** 2 / (1 - c4(n) ** 2) for n in (2, 3))
    s2, s3 = float(np.std([1, 2], ddof=1)), float(np.std([0, 1, 5], ddof=1))
    weighted = (h2 * s2 / c4(2) + h3 * s3 / c4(3)) / (h2 + h3)
    assert estimate_sigma(groups, Estimator.SBAR).value == pytest.approx(weighted, rel=1e-14)
    # d = 1 + 2 degrees of freedom; the single reading adds none
    found = estimate_sigma(groups, Estimator.POOLED)
    assert found.value == pytest.approx(math.sqrt((s2**2 + 2 * s3**2) / 3) / c4(4), rel=1e-14)
    assert found.degrees_of_freedom == 3


def test_no_moving_range_across_a_gap() -> None:
    readings = individuals([1.0, 2.0, None, 9.0, 9.5])
    ranges = moving_ranges(readings.values[:, 0])
    assert ranges[[1, 4]].tolist() == [1.0, 0.5]
    assert np.isnan(ranges[[0, 2, 3]]).all()
    assert estimate_sigma(readings, Estimator.MR).value == pytest.approx(0.75 / d2(2), rel=1e-15)


@settings(deadline=None)
@given(st.floats(1.0, 5e6))
def test_degrees_of_freedom_are_found_again_from_their_variance(freedom: float) -> None:
    variance = 1 / c4(freedom + 1) ** 2 - 1 if freedom < 1e5 else 1 / (2 * freedom) * (1 + 1 / (4 * freedom))
    assert degrees_of_freedom(variance) == pytest.approx(freedom, rel=1e-7)


def test_degrees_of_freedom_of_ranges_are_those_of_duncan() -> None:
    # Duncan, Quality Control and Industrial Statistics, table D3: about 14.7 for four subgroups of five
    four = estimate_sigma(subgroups_of([[1, 2, 3, 4, 6.0]] * 4), Estimator.RBAR)
    assert four.degrees_of_freedom == pytest.approx(14.7, abs=0.2)


def test_a_moving_range_is_worth_three_fifths_of_a_degree_of_freedom() -> None:
    found = estimate_sigma(individuals(list(range(1001))), Estimator.MR)
    assert found.degrees_of_freedom / 1000 == pytest.approx(1 / (2 * 0.8264), rel=1e-2)


@pytest.mark.parametrize(
    ("rows", "estimator", "said"),
    [
        ([[1.0], [2.0]], Estimator.POOLED, "two or more readings"),
        ([[1.0, None], [None, 2.0]], Estimator.RBAR, "two or more readings"),
        ([[1.0, 2.0]], Estimator.MR, "one at a time"),
        ([[1.0], [None], [2.0]], Estimator.MR, "without a gap"),
        ([[1.0]], Estimator.MR, "without a gap"),
    ],
)
def test_what_cannot_be_estimated_says_why(rows: list[list[float | None]], estimator: Estimator, said: str) -> None:
    with pytest.raises(InputError, match=said):
        estimate_sigma(subgroups_of(rows), estimator)


def test_a_given_sigma_is_not_estimated() -> None:
    with pytest.raises(ValueError, match="not estimated"):
        estimate_sigma(subgroups_of(ROWS), Estimator.GIVEN)
