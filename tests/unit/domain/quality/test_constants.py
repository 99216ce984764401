"""Constants against closed forms and the printed table."""

from __future__ import annotations

import math

import numpy as np
import pytest

from station_app.domain.quality.constants import Constants, c4, d2, d3, factors, for_sizes

# Montgomery, 7th edition, appendix VI: n, d2, d3, c4, A2, A3, B3, B4, D3, D4
PRINTED = [
    (2, 1.128, 0.853, 0.7979, 1.880, 2.659, 0, 3.267, 0, 3.267),
    (3, 1.693, 0.888, 0.8862, 1.023, 1.954, 0, 2.568, 0, 2.575),
    (4, 2.059, 0.880, 0.9213, 0.729, 1.628, 0, 2.266, 0, 2.282),
    (5, 2.326, 0.864, 0.9400, 0.577, 1.427, 0, 2.089, 0, 2.115),
    (6, 2.534, 0.848, 0.9515, 0.483, 1.287, 0.030, 1.970, 0, 2.004),
    (7, 2.704, 0.833, 0.9594, 0.419, 1.182, 0.118, 1.882, 0.076, 1.924),
    (8, 2.847, 0.820, 0.9650, 0.373, 1.099, 0.185, 1.815, 0.136, 1.864),
    (9, 2.970, 0.808, 0.9693, 0.337, 1.032, 0.239, 1.761, 0.184, 1.816),
    (10, 3.078, 0.797, 0.9727, 0.308, 0.975, 0.284, 1.716, 0.223, 1.777),
    (15, 3.472, 0.756, 0.9823, 0.223, 0.789, 0.428, 1.572, 0.347, 1.653),
    (20, 3.735, 0.729, 0.9869, 0.180, 0.680, 0.510, 1.490, 0.415, 1.585),
    (25, 3.931, 0.708, 0.9896, 0.153, 0.606, 0.565, 1.435, 0.459, 1.541),
]


@pytest.mark.parametrize("row", PRINTED, ids=lambda row: f"n={row[0]}")
def test_the_printed_table_is_met_to_its_last_digit(row: tuple[float, ...]) -> None:
    n = int(row[0])
    found = factors(n)
    computed = (d2(n), d3(n), c4(n), found.a2, found.a3, found.b3, found.b4, found.d3_lower, found.d4_upper)
    assert computed == pytest.approx(row[1:], abs=1.1e-3)
    assert computed[:3] == pytest.approx(row[1:4], abs=5.1e-4)
    assert found.e2 == 3 / d2(n)


def test_closed_forms_are_met_to_the_last_bits() -> None:
    root = math.sqrt(math.pi)
    assert d2(2) == pytest.approx(2 / root, rel=1e-15)
    assert d2(3) == pytest.approx(3 / root, rel=3e-15)
    assert d2(4) == pytest.approx(3 / root * (1 + 2 / math.pi * math.asin(1 / 3)), rel=3e-15)
    assert d2(5) == pytest.approx(5 / (2 * root) * (1 + 6 / math.pi * math.asin(1 / 3)), rel=3e-15)
    assert d3(2) == pytest.approx(math.sqrt(2 - 4 / math.pi), rel=1e-15)
    assert d3(3) == pytest.approx(math.sqrt(2 + 3 * math.sqrt(3) / math.pi - 9 / math.pi), rel=3e-14)
    assert c4(2) == pytest.approx(math.sqrt(2 / math.pi), rel=1e-15)
    assert c4(4) == pytest.approx(2 * math.sqrt(2 / (3 * math.pi)), rel=1e-15)


def test_c4_goes_on_smoothly_where_gamma_overflows() -> None:
    below, above = c4(341.999999), c4(342.000001)
    assert above - below == pytest.approx(2e-6 * (c4(343) - c4(341)) / 2, rel=1e-2, abs=2e-15)
    # 1 - c4 approaches 1/(4(n - 1))
    assert (1 - c4(1_000_001)) * 4e6 == pytest.approx(1, rel=1e-6)


def test_the_integral_for_large_samples_agrees_with_simulation() -> None:
    ranges = np.ptp(np.random.default_rng(6).standard_normal((20_000, 100)), axis=1)
    assert d2(100) == pytest.approx(float(ranges.mean()), abs=0.02)
    assert d3(100) == pytest.approx(float(ranges.std()), abs=0.015)


def test_table_constants_round_d2_to_three_decimals() -> None:
    assert d2(5, Constants.TABLE) == 2.326
    assert factors(5, Constants.TABLE).a2 == 3 / (2.326 * math.sqrt(5))


def test_every_size_has_its_constant_and_one_reading_has_none() -> None:
    found = for_sizes(d2, np.array([2, 5, 0, 1, 2]))
    assert found[[0, 1, 4]].tolist() == [d2(2), d2(5), d2(2)]
    assert np.isnan(found[[2, 3]]).all()


@pytest.mark.parametrize("n", [1, 0])
def test_a_range_of_one_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="at least 2"):
        d2(n)
    with pytest.raises(ValueError, match="more than one"):
        c4(n)
