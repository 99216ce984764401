"""Requirements as drawings write them, and the rows of an inspection."""

from __future__ import annotations

from decimal import Decimal

import pytest

from station_app.domain.checks import ConfirmCheck
from station_app.domain.job import Mark
from station_app.domain.outcome import Limits
from station_app.ui.inspect_words import characteristic_rows, chart_lines, limits_text
from tests.unit.ui.test_work_state import job_of
from widgets.step_list import StepMark


def limits(lower: str = "", upper: str = "", nominal: str = "") -> Limits:
    return Limits(
        unit="mm",
        lower=Decimal(lower) if lower else None,
        upper=Decimal(upper) if upper else None,
        nominal=Decimal(nominal) if nominal else None,
    )


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (limits("19.987", "20.017", "20.002"), "20.002 ±0.015"),
        (limits("20.0000", "20.0130", "20.0000"), "20.0000 +0.0130 / 0"),
        (limits("19.98", "20.01", "20.00"), "20.00 +0.01 / −0.02"),
        (limits("11.0", "14.0"), "11.0 – 14.0"),
        (limits(upper="0.020"), "≤ 0.020"),
        (limits(lower="5"), "≥ 5"),
        (limits(), "no limits"),
    ],
)
def test_limits_as_a_drawing_writes_them(given: Limits, text: str) -> None:
    assert limits_text(given) == text


def test_the_chart_has_the_limits_and_the_nominal_between_them() -> None:
    assert [line.label for line in chart_lines(limits("19.987", "20.017", "20.002"))] == [
        "max 20.017",
        "20.002",
        "min 19.987",
    ]
    assert [line.label for line in chart_lines(limits("20.0000", "20.0130", "20.0000"))] == [
        "max 20.0130",
        "min 20.0000",
    ]


def test_how_far_inside_is_said_in_a_sentence() -> None:
    given = limits("19.987", "20.017", "20.002")
    assert given.say_margin(Decimal("20.014")) == "Inside the limits by 0.003 mm."
    assert given.say_margin(Decimal("20.017")) == "Inside the limits by 0 mm."
    assert given.say_margin(Decimal("20.018")) == ""
    assert limits().say_margin(Decimal(1)) == ""


def test_what_a_left_out_step_asks_for_is_said_to_be_not_needed() -> None:
    job = job_of(ConfirmCheck(id="covered", title="Scratch covered"))
    job.steps[0].mark, job.steps[0].left_out = Mark.SKIPPED, "condition"
    rows = characteristic_rows(job, {})
    assert (rows[0].mark, rows[0].value_text) == (StepMark.SKIPPED, "not needed")
