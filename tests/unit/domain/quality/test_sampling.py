"""ISO 2859-1 plans: printed examples, and every cell against the shared table."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest

from station_app.domain.quality import sampling_tables as tables
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.sampling import (
    Severity,
    acceptable_quality_limit,
    accepted_one_step_tighter,
    code_letter,
    inspection_level,
    sampling_plan,
)
from tests.unit.domain.quality.published import shared

# a lot whose code letter at level II, or III for R, is this one
LOTS = dict(zip("ABCDEFGHJKLMNPQ", (2, *(largest + 1 for largest in tables.LARGEST_LOTS)), strict=True))


@pytest.mark.parametrize(
    ("lot", "level", "aql", "severity", "expected"),
    [
        (1000, "II", "1.0", Severity.NORMAL, ("J", 80, 2, 3)),
        (1000, "II", "1.0", Severity.TIGHTENED, ("J", 80, 1, 2)),
        (1000, "II", "1.0", Severity.REDUCED, ("J", 32, 1, 2)),
        (5000, "II", "0.65", Severity.NORMAL, ("L", 200, 3, 4)),
        (100, "I", "2.5", Severity.NORMAL, ("D", 5, 0, 1)),
        (2000, "III", "0.10", Severity.NORMAL, ("L", 125, 0, 1)),
    ],
)
def test_printed_plans(lot: int, level: str, aql: str, severity: Severity, expected: tuple[str, int, int, int]) -> None:
    plan = sampling_plan(lot, level, aql, severity)
    assert (plan.code_letter, plan.n, plan.ac, plan.re) == expected
    assert plan.edition == "ISO 2859-1:1999"


def test_an_arrow_changes_sample_size_and_acceptance_number_together() -> None:
    plan = sampling_plan(1000, "II", "0.25")
    # J at 0.25 points up to H: 50 and 0, not 80 and 0
    assert (plan.code_letter, plan.plan_letter, plan.n, plan.ac) == ("J", "H", 50, 0)
    down = sampling_plan(1000, "II", "0.40")
    assert (down.plan_letter, down.n, down.ac, down.re) == ("K", 125, 1, 2)


def test_a_sample_as_large_as_the_lot_is_the_whole_lot() -> None:
    plan = sampling_plan(10, "II", "1.0")
    assert (plan.code_letter, plan.table_n, plan.n, plan.full_inspection) == ("B", 13, 10, True)
    assert not sampling_plan(14, "II", "1.0").full_inspection
    assert sampling_plan(13, "II", "1.0").full_inspection


@pytest.mark.parametrize(
    ("lot", "letter"), [(2, "A"), (8, "A"), (9, "B"), (500_000, "P"), (500_001, "Q"), (10**9, "Q")]
)
def test_lots_belong_to_their_row(lot: int, letter: str) -> None:
    assert code_letter(lot, "II") == letter


def test_levels_and_limits_are_understood_as_people_write_them() -> None:
    assert [inspection_level(text) for text in ("ii", "S1", "s-4", " III ")] == ["II", "S-1", "S-4", "III"]
    assert [acceptable_quality_limit(text) for text in ("1", ".65", "0.1", "10.0", "0.01")] == [
        "1.0",
        "0.65",
        "0.10",
        "10",
        "0.010",
    ]


@pytest.mark.parametrize(
    ("lot", "said"),
    [(1, "inspect every unit"), (0, "a lot of 0 is none"), (-5, "a lot has one unit or more")],
)
def test_a_lot_of_one_cannot_be_sampled(lot: int, said: str) -> None:
    with pytest.raises(InputError, match=said):
        sampling_plan(lot, "II", "1.0")


@pytest.mark.parametrize(
    ("level", "aql", "said"),
    [("IV", "1.0", "S-1, S-2"), ("II", "1.1", "0.65, 1.0"), ("II", "one", "no AQL 'one'"), ("II", "nan", "no AQL")],
)
def test_what_the_standard_does_not_have_is_refused_with_what_it_has(level: str, aql: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        sampling_plan(500, level, aql)


def test_every_plan_is_that_of_the_shared_table() -> None:
    facts = json.loads(shared("iso2859_1.json").read_text(encoding="utf-8"))
    assert facts["edition"].startswith(tables.EDITION)
    assert [largest for _, largest in facts["lots"][:-1]] == list(tables.LARGEST_LOTS)
    assert facts["code_letters"] == tables.CODE_LETTERS
    compared = 0
    for severity, rows in facts["resolved_plans"].items():
        for letter, plans in rows.items():
            level, lot = ("III", 600_000) if letter == "R" else ("II", LOTS[letter])
            for aql, (plan_letter, n, ac, re) in plans.items():
                plan = sampling_plan(lot, level, aql, Severity(severity))
                assert (plan.code_letter, plan.plan_letter, plan.table_n, plan.ac, plan.re) == (
                    letter,
                    plan_letter,
                    n,
                    ac,
                    re,
                )
                compared += 1
    assert compared == 3 * 16 * 26


@pytest.mark.parametrize("severity", Severity)
def test_numbers_are_the_same_along_the_diagonals_of_a_master_table(severity: Severity) -> None:
    """A letter further and an AQL tighter is nearly the same risk, and the same number: a mistyped one stands out."""
    text = {Severity.NORMAL: tables.NORMAL, Severity.TIGHTENED: tables.TIGHTENED, Severity.REDUCED: tables.REDUCED}
    rows = [line.split()[2:] for line in text[severity].strip().splitlines()]
    assert all(len(row) == len(tables.AQLS) for row in rows)
    if severity is Severity.REDUCED:
        # A to C all inspect two and depart from the scheme
        del rows[:2]
    pairs = [(row[at], below[at - 1]) for row, below in pairwise(rows) for at in range(1, len(row))]
    both = [(one, two) for one, two in pairs if one.isdigit() and two.isdigit()]
    assert len(both) > 100
    assert [pair for pair in both if pair[0] != pair[1]] == []


def test_one_step_tighter_is_the_same_letter_in_the_column_before() -> None:
    plan = sampling_plan(1000, "II", "1.0")
    # J: 2 at 1.0, 1 at 0.65
    assert [accepted_one_step_tighter(plan, found) for found in (0, 1, 2)] == [True, True, False]
    assert not accepted_one_step_tighter(sampling_plan(1000, "II", "0.010"), 0)
