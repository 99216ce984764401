"""Subgroups and counts: what is missing stays missing."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from station_app.domain.quality.errors import InputError
from station_app.domain.quality.readings import Subgroups, counts_of, individuals, subgroups_of


def test_a_missing_reading_is_not_zero() -> None:
    found = subgroups_of([[1.0, 2.0, 3.0], [4.0, None, 6.0], [None, 5.0], []])
    assert found.sizes.tolist() == [3, 2, 1, 0]
    assert found.means[:3].tolist() == [2.0, 5.0, 5.0]
    assert found.ranges[:2].tolist() == [2.0, 2.0]
    assert found.deviations[:2].tolist() == pytest.approx([1.0, 2**0.5])
    assert np.isnan(found.means[3])
    assert np.isnan([*found.ranges[2:], *found.deviations[2:]]).all()
    assert found.grand_mean == 21 / 6


def test_equal_readings_have_no_spread_at_all() -> None:
    found = subgroups_of([[0.1, 0.1, 0.1]] * 3)
    assert found.deviations.tolist() == [0.0, 0.0, 0.0]


def test_decimals_as_they_were_read_are_taken() -> None:
    assert subgroups_of([[Decimal("0.125"), 1]]).values.tolist() == [[0.125, 1.0]]


@pytest.mark.parametrize(
    ("rows", "incomplete"),
    [
        ([[1, 2, 3], [1, 2, 3], [1, 2]], 3),
        ([[1, 2, 3], [1, None, 3], [1, 2, 3], [1]], 4),
        ([[1, 2, 3], [1, 2, 3]], None),
        # sizes differ by design: two is as usual as any
        ([[1, 2], [1, 2, 3], [1, 2], [1, 2]], None),
        # nothing measured yet: a missing point
        ([[1, 2, 3], [1, 2, 3], []], None),
        ([[1]], None),
    ],
)
def test_the_last_subgroup_is_incomplete_when_most_are_larger(
    rows: list[list[float | None]], incomplete: int | None
) -> None:
    kept, index = subgroups_of(rows).without_incomplete_last()
    assert index == incomplete
    assert len(kept) == len(rows) - (incomplete is not None)


@pytest.mark.parametrize("reading", [float("inf"), -float("inf"), 1e101])
def test_infinite_and_absurd_readings_are_refused(reading: float) -> None:
    with pytest.raises(InputError, match="infinite or larger"):
        individuals([1.0, reading])


def test_nan_given_as_a_reading_is_refused() -> None:
    with pytest.raises(InputError, match="leave a missing reading blank"):
        individuals([1.0, float("nan")])


def test_readings_must_come_in_rows() -> None:
    with pytest.raises(InputError, match="rows"):
        Subgroups(np.zeros(3))


@pytest.mark.parametrize(
    ("count", "size", "said"),
    [
        ([1, -1], [5, 5], "sample 2: count -1"),
        ([1, 1.5], [5, 5], "sample 2: count 1.5"),
        ([1, 1], [5, 0], "sample 2: size 0"),
        ([1, 1], [-5, 5], "sample 1: size -5"),
        ([1], [1, 2], "a count and a size"),
    ],
)
def test_what_is_no_count_is_refused_with_its_sample(count: list[float], size: list[float], said: str) -> None:
    with pytest.raises(InputError, match=said):
        counts_of(count, size)


def test_a_sample_without_count_or_size_is_missing() -> None:
    assert counts_of([1, None, 2], [5, 5, None]).missing.tolist() == [False, True, True]
