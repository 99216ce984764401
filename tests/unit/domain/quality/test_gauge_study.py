"""Gauge R&R against the study of the AIAG manual, and what a study must be."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from station_app.domain.quality.errors import InputError
from station_app.domain.quality.gauge_study import GaugeStudy, Method, Study, gauge_rr, study_of
from station_app.domain.quality.table import decode, parse_table, study_readings
from tests.unit.domain.quality.published import shared


def aiag() -> Study:
    return study_of(study_readings(parse_table(decode(shared("spc/aiag_msa_grr.csv").read_bytes()))))


def simulated(interaction: float, seed: int = 5) -> Study:
    random = np.random.default_rng(seed)
    parts, operators = random.normal(0, 3, (10, 1, 1)), random.normal(0, 1, (1, 3, 1))
    crossed = random.normal(0, interaction, (10, 3, 1)) if interaction else np.zeros((10, 3, 1))
    return Study(tuple("0123456789"), tuple("ABC"), parts + operators + crossed + random.normal(0, 1, (10, 3, 3)))


def sd(found: GaugeStudy, *sources: str) -> tuple[float, ...]:
    return tuple(found.component(source).sd for source in sources)


def test_the_study_of_the_aiag_manual_by_anova() -> None:
    # AIAG MSA, 4th edition, chapter III, as Minitab prints it
    found = gauge_rr(aiag(), tolerance=8)
    squares = {row.source: row.sum_of_squares for row in found.anova}
    assert squares == pytest.approx(
        {"part": 88.3619, "operator": 3.1673, "interaction": 0.3590, "repeatability": 2.7589, "total": 94.6471},
        abs=5e-5,
    )
    assert next(row.p for row in found.anova if row.source == "interaction") == pytest.approx(0.974, abs=5e-4)
    assert [row.degrees_of_freedom for row in found.anova] == [9, 2, 18, 60, 89]
    assert sd(found, "gauge_rr", "repeatability", "reproducibility", "part") == pytest.approx(
        (0.30237, 0.19993, 0.22684, 1.04233), abs=5e-6
    )
    gauge = found.component("gauge_rr")
    assert gauge.study_variation_percent == pytest.approx(27.86, abs=5e-3)
    assert gauge.tolerance_percent == pytest.approx(100 * 6 * 0.30237 / 8, abs=1e-3)
    assert (found.ndc, found.pooled, found.alpha) == (4, True, 0.05)
    assert "pooled" in found.notes[0]


def test_the_study_of_the_aiag_manual_by_average_and_range() -> None:
    # AIAG MSA, 4th edition, figure III-B 16, computed there with K factors of four digits
    found = gauge_rr(aiag(), method=Method.RANGE)
    sources = ("repeatability", "reproducibility", "gauge_rr", "part", "total")
    assert sd(found, *sources) == pytest.approx((0.20188, 0.22963, 0.30575, 1.10456, 1.14610), abs=2e-4)
    shares = [found.component(source).study_variation_percent for source in sources[:4]]
    assert shares == pytest.approx([17.62, 20.04, 26.68, 96.38], abs=2e-2)
    assert (found.ndc, found.anova, found.alpha) == (5, (), None)


def test_f_of_part_and_operator_is_over_the_interaction() -> None:
    found = gauge_rr(aiag())
    mean = {row.source: row.mean_square for row in found.anova}
    f = {row.source: row.f for row in found.anova}
    assert f["part"] == pytest.approx(mean["part"] / mean["interaction"])
    assert f["operator"] == pytest.approx(mean["operator"] / mean["interaction"])
    assert f["interaction"] == pytest.approx(mean["interaction"] / mean["repeatability"])
    assert f["repeatability"] is None


def test_an_interaction_that_is_there_is_not_pooled() -> None:
    found = gauge_rr(simulated(interaction=3))
    mean = {row.source: row.mean_square for row in found.anova}
    assert not found.pooled
    assert found.component("interaction").variance == pytest.approx((mean["interaction"] - mean["repeatability"]) / 3)
    assert found.component("part").variance == pytest.approx((mean["part"] - mean["interaction"]) / 9)
    reproducibility = found.component("operator").variance + found.component("interaction").variance
    assert found.component("reproducibility").variance == pytest.approx(reproducibility)


def test_alpha_decides_about_pooling() -> None:
    study = simulated(interaction=0)
    p = next(row.p for row in gauge_rr(study).anova if row.source == "interaction")
    assert p is not None
    assert gauge_rr(study, alpha=p - 0.01).pooled
    assert not gauge_rr(study, alpha=p + 0.01).pooled


def test_a_negative_component_becomes_zero_and_is_reported() -> None:
    values = np.random.default_rng(2).normal(0, 1, (6, 3, 4))
    values -= values.mean(axis=(0, 2), keepdims=True)
    found = gauge_rr(Study(tuple("abcdef"), tuple("ABC"), values))
    operator = found.component("operator")
    assert (operator.variance, operator.negative) == (0.0, True)
    assert operator.estimate < 0
    assert any("operator came out negative" in note for note in found.notes)


def test_variances_add_up() -> None:
    for method, study in product(Method, (simulated(0), simulated(2))):
        found = gauge_rr(study, method=method)
        total = found.component("gauge_rr").variance + found.component("part").variance
        assert found.component("total").variance == pytest.approx(total)
        assert found.component("total").contribution_percent == 100


def test_a_gauge_without_any_variation_has_no_ndc() -> None:
    values = np.repeat(np.array([0.1, 0.2, 0.3]), 4).reshape(3, 2, 2)
    found = gauge_rr(Study(tuple("abc"), tuple("AB"), values))
    assert (found.ndc, found.component("gauge_rr").sd, found.pooled) == (None, 0.0, False)
    assert found.component("part").study_variation_percent == 100
    constant = gauge_rr(Study(tuple("abc"), tuple("AB"), np.full((3, 2, 2), 0.1)))
    assert constant.component("gauge_rr").study_variation_percent is None


def test_readings_may_come_in_any_order() -> None:
    rows = [("p1", "A", 1.0), ("p2", "B", 4.0), ("p1", "B", 2.0), ("p2", "A", 3.0)] * 2
    study = study_of(rows)
    assert (study.parts, study.operators) == (("p1", "p2"), ("A", "B"))
    assert study.values.tolist() == [[[1, 1], [2, 2]], [[3, 3], [4, 4]]]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("1", "A", 1.0), ("1", "B", 1.0)] * 2, "two or more parts"),
        ([("1", "A", 1.0), ("2", "A", 1.0)] * 2, "two or more parts and operators, not 2 and 1"),
        ([("1", "A", 1.0), ("2", "A", 1.0), ("1", "B", 1.0), ("2", "B", 1.0)], "twice or more"),
        ([("1", "A", 1.0), ("2", "A", 1.0), ("1", "B", 1.0)] * 2, "operator B measured part 2 0 times, others 2 times"),
        (
            [("1", "A", 1.0), ("2", "A", 1.0), ("1", "B", 1.0), ("2", "B", 1.0), ("1", "B", 1.0)],
            "operator A measured part 1 1",
        ),
        ([("1", "A", float("inf"))], "part 1, operator A: inf"),
        ([], "two or more parts"),
    ],
)
def test_a_study_that_is_not_complete_is_refused(rows: list[tuple[str, str, float]], said: str) -> None:
    with pytest.raises(InputError, match=said):
        study_of(rows)


@pytest.mark.parametrize(
    ("tolerance", "alpha", "said"), [(0.0, 0.05, "tolerance 0"), (-1, 0.05, "tolerance"), (1, 5, "alpha 5")]
)
def test_options_that_are_none_are_refused(tolerance: float, alpha: float, said: str) -> None:
    with pytest.raises(InputError, match=said):
        gauge_rr(simulated(0), tolerance, alpha=alpha)
