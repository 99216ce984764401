"""Capability against published examples and the formulas written out."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from station_app.domain.quality.capability import Index, Specification, capability, histogram
from station_app.domain.quality.constants import c4
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.readings import Subgroups, individuals, subgroups_of
from station_app.domain.quality.run_rules import NO_RULES
from station_app.domain.quality.sigma import Estimator
from station_app.domain.quality.table import decode, parse_table, subgroups_from
from tests.unit.domain.quality.published import shared


def with_moments(n: int, mean: float, s: float) -> Subgroups:
    """Single readings with exactly this mean and standard deviation."""
    values = np.random.default_rng(n).normal(size=n)
    values = (values - values.mean()) / values.std(ddof=1) * s + mean
    return individuals(values.tolist())


def test_the_example_of_the_nist_handbook() -> None:
    # 6.1.6: USL 20, LSL 8, mean 16, s 2: Cp 1.0, Cpk 0.6667
    found = capability(with_moments(50, 16, 2), Specification(8, 20))
    assert found.pp.value == pytest.approx(1.0, rel=1e-12)
    assert found.ppk.value == pytest.approx(2 / 3, rel=1e-12)


def test_the_interval_of_montgomery() -> None:
    # 7th edition, example 8.4: LSL 38, USL 62, n 20, s 1.75: Cp 2.29, between 1.57 and 3.01
    found = capability(with_moments(20, 50, 1.75), Specification(38, 62))
    assert (found.pp.value, found.pp.low, found.pp.high) == pytest.approx((2.29, 1.57, 3.01), abs=6e-3)


def test_the_hard_bake_process_of_montgomery() -> None:
    # 7th edition, 6.2.1: R-bar/d2 0.1398, Cp 1.192 for 1.50 +- 0.50
    groups = subgroups_from(parse_table(decode(shared("spc/montgomery_6_1_hardbake.csv").read_bytes())))
    found = capability(groups, Specification(1.0, 2.0), Estimator.RBAR)
    assert found.cp.value == pytest.approx(1.192, abs=5e-4)
    assert (found.stable, found.n, found.within.estimator) == (True, 125, Estimator.RBAR)


def test_every_index_by_its_formula() -> None:
    rows = np.random.default_rng(8).normal(10.2, 0.5, (20, 4))
    found = capability(Subgroups(rows), Specification(8, 12, 10.5))
    pooled = math.sqrt(float(rows.var(axis=1, ddof=1).mean())) / c4(61)
    overall, mean = float(rows.std(ddof=1)), float(rows.mean())
    cp, cpk = 4 / (6 * pooled), min(12 - mean, mean - 8) / (3 * pooled)
    off = (mean - 10.5) / pooled
    chi = stats.chi2.ppf([0.025, 0.975], 60)
    half = stats.norm.ppf(0.975) * math.sqrt(1 / (9 * 80) + cpk**2 / 120)
    assert close(found.cp, cp, cp * math.sqrt(chi[0] / 60), cp * math.sqrt(chi[1] / 60))
    assert close(found.cpk, cpk, cpk - half, cpk + half)
    pp, ppk = 4 / (6 * overall), min(12 - mean, mean - 8) / (3 * overall)
    chi = stats.chi2.ppf([0.025, 0.975], 79)
    half = stats.norm.ppf(0.975) * math.sqrt(1 / (9 * 80) + ppk**2 / 158)
    assert close(found.pp, pp, pp * math.sqrt(chi[0] / 79), pp * math.sqrt(chi[1] / 79))
    assert close(found.ppk, ppk, ppk - half, ppk + half)
    cpm, freedom = cp / math.sqrt(1 + off**2), 80 * (1 + off**2) ** 2 / (1 + 2 * off**2)
    chi = stats.chi2.ppf([0.025, 0.975], freedom)
    assert close(found.cpm, cpm, cpm * math.sqrt(chi[0] / freedom), cpm * math.sqrt(chi[1] / freedom))


def close(found: Index, *expected: float) -> bool:
    return (found.value, found.low, found.high) == pytest.approx(expected, rel=1e-10)


def test_one_limit_has_cpk_and_ppk_only() -> None:
    readings = with_moments(30, 16, 2)
    upper, lower = capability(readings, Specification(upper=20)), capability(readings, Specification(lower=8))
    assert upper.ppk.value == pytest.approx(4 / 6)
    assert lower.ppk.value == pytest.approx(8 / 6)
    for found in (upper, lower):
        assert (found.cp, found.cpm, found.pp) == (Index(None, None, None),) * 3


def test_without_a_target_cpm_is_about_the_middle() -> None:
    readings = with_moments(30, 16, 2)
    assert capability(readings, Specification(8, 20)).cpm == capability(readings, Specification(8, 20, 14)).cpm
    assert "the middle" in capability(readings, Specification(8, 20)).notes[0]


def test_an_unstable_process_is_marked() -> None:
    readings = individuals([10.0, 10.2, 9.9, 10.1, 10.0, 9.8, 10.1, 14.0, 10.0, 10.1])
    assert not capability(readings, Specification(5, 15)).stable
    assert capability(readings, Specification(5, 15), rules=NO_RULES).stable


def test_every_reading_counts_also_of_an_incomplete_subgroup() -> None:
    assert capability(subgroups_of([[1, 2, 3], [2, 3, 4], [1, 2]]), Specification(0, 5)).n == 8


def test_constant_readings_have_no_index_and_say_so() -> None:
    found = capability(individuals([5.1] * 10), Specification(4, 6))
    assert {found.cp, found.cpk, found.cpm, found.pp, found.ppk} == {Index(None, None, None)}
    assert "spread is 0" in found.notes[0]


def test_a_higher_confidence_has_a_wider_interval() -> None:
    readings = with_moments(30, 16, 2)
    wide, narrow = (capability(readings, Specification(8, 20), confidence=share).ppk for share in (0.99, 0.9))
    assert wide.low is not None
    assert narrow.low is not None
    assert wide.low < narrow.low


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ((None, None), "lower or an upper"),
        ((2.0, 1.0), "are they swapped"),
        ((1.0, 1.0), "must be below"),
        ((float("nan"), 1.0), "not a number"),
        ((1.0, float("inf")), "not a number"),
    ],
)
def test_limits_that_are_none_are_refused(limits: tuple[float | None, float | None], said: str) -> None:
    with pytest.raises(InputError, match=said):
        Specification(*limits)


def test_what_cannot_be_computed_says_why() -> None:
    specification = Specification(0, 5)
    with pytest.raises(InputError, match="two readings"):
        capability(individuals([1.0]), specification)
    with pytest.raises(InputError, match="use mr"):
        capability(individuals([1.0, 2.0]), specification, Estimator.POOLED)
    with pytest.raises(InputError, match="one at a time"):
        capability(subgroups_of([[1, 2], [2, 3]]), specification, Estimator.MR)
    with pytest.raises(InputError, match="confidence"):
        capability(individuals([1.0, 2.0]), specification, confidence=95)


def test_a_histogram_counts_every_reading_once() -> None:
    values = np.append(np.random.default_rng(1).normal(size=500), np.nan)
    found = histogram(values)
    assert (int(found.counts.sum()), len(found.edges)) == (500, len(found.counts) + 1)
    assert 5 <= len(found.counts) <= 50
    assert len(histogram(values, bins=7).counts) == 7
    assert int(histogram(np.full(9, 2.0)).counts.sum()) == 9
    # nearly all equal and one far away: not a million bins
    assert len(histogram(np.array([0.0, 1e-12, 2e-12, 3e-12, 1e9])).counts) <= 50
    with pytest.raises(InputError, match="no reading"):
        histogram(np.array([np.nan]))
