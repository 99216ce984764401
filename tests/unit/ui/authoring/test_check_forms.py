"""Forms of all kinds of checks: every field of every kind, what is refused while typing, and back to the same check."""

from __future__ import annotations

from decimal import Decimal

import pytest

from station_app.domain.checks import Check, MeasureCheck, NumberCheck, TighteningCheck, TimerCheck
from station_app.storage.instructions.checks import CHECK_TYPES
from station_app.ui.authoring import check_values as values
from station_app.ui.authoring.check_forms import FORMS, blank, fields_of
from station_app.ui.authoring.form_fields import Field, FieldFault

# fields that every struct has but no form shows as a field of its own
ELSEWHERE = {"translations", "bindings", "options", "items"}
# what is drawn on the reference picture of a photo check
DRAWN = {"reference", "parts"}


def field(check: Check, path: str) -> Field:
    return next(f for f in fields_of(check) if f.path == path)


def typed(check: Check, **texts: str) -> Check:
    for path, text in texts.items():
        check = values.with_field(check, field(check, path.replace("__", ".")), text)
    return check


@pytest.mark.parametrize("tag", CHECK_TYPES)
def test_every_kind_has_a_form_with_all_of_its_fields(tag: str) -> None:
    check = blank(tag)
    shown = {f.path.split(".")[0] for f in fields_of(check)}
    assert set(check.__struct_fields__) - ELSEWHERE - DRAWN == shown
    assert bool(FORMS[tag].rows) == (hasattr(check, "options") or hasattr(check, "items"))


@pytest.mark.parametrize("tag", CHECK_TYPES)
def test_what_a_form_shows_is_read_back_as_the_same_check(tag: str) -> None:
    check = blank(tag)
    for each in fields_of(check):
        try:
            assert values.with_field(check, each, values.shown(check, each)) == check, each.path
        except FieldFault:
            assert each.required and not values.shown(check, each)
    assert values.with_rows(check, values.rows_of(check)) == check


def test_limits_keep_their_digits_and_a_parameter_takes_their_place() -> None:
    check = typed(blank("measure"), limits__lower="0.020", limits__unit="mm")
    assert isinstance(check, MeasureCheck) and str(check.limits.lower) == "0.020" and check.limits.unit == "mm"
    check = typed(check, limits__upper="{play_max}")
    assert (
        check.bindings == {"limits.upper": "play_max"}
        and values.shown(check, field(check, "limits.upper")) == "{play_max}"
    )
    check = typed(check, limits__upper="0.05")
    assert isinstance(check, MeasureCheck) and check.bindings == {} and check.limits.upper == Decimal("0.05")


@pytest.mark.parametrize(
    ("tag", "path", "text", "says"),
    [
        ("measure", "limits.lower", "1,5", "comma"),
        ("measure", "limits.lower", "NaN", "Not a number"),
        ("measure", "decimals", "7", "from 0 to 6"),
        ("measure", "decimals", "1.5", "whole number"),
        ("measure", "id", "Press Force", "small letters"),
        ("measure", "title", "", "filled in"),
        ("measure", "title", "x" * 61, "at most 60"),
        ("photo", "min_brightness", "256", "from 0 to 255"),
        ("timer", "duration_s", "0", "from 1"),
        ("scan", "quantity", "0", "from"),
        ("tightening", "count", "100", "from 1 to 99"),
    ],
)
def test_what_cannot_be_is_said_with_what_is_allowed(tag: str, path: str, text: str, says: str) -> None:
    check = blank(tag)
    with pytest.raises(FieldFault, match=says):
        values.with_field(check, field(check, path), text)


def test_optional_limits_appear_and_go() -> None:
    number = typed(blank("number"), unit="kg", limits__upper="3")
    assert isinstance(number, NumberCheck) and number.limits is not None and number.limits.unit == "kg"
    number = typed(number, limits__upper="")
    assert isinstance(number, NumberCheck) and number.limits is None
    screws = typed(blank("tightening"), angle__lower="30")
    assert isinstance(screws, TighteningCheck) and screws.angle is not None
    screws = typed(screws, angle__lower="")
    assert isinstance(screws, TighteningCheck) and screws.angle is None
    timer = typed(blank("timer"), at_most_s="90")
    assert isinstance(timer, TimerCheck) and timer.at_most_s == 90.0
    timer = typed(timer, at_most_s="")
    assert isinstance(timer, TimerCheck) and timer.at_most_s is None


def test_what_contradicts_within_a_check_is_said_at_its_field() -> None:
    swapped = typed(blank("measure"), limits__lower="3", limits__upper="2")
    assert "swapped" in values.contradictions(swapped)["limits.lower"]
    assert "limits.lower" in values.contradictions(blank("measure"))
    assert values.contradictions(typed(blank("number"), unit="mm")) == {}
    assert "hold_s" in values.contradictions(typed(blank("machine_value"), mode="wait", limits__upper="1"))
    assert "example" in values.contradictions(typed(blank("text"), pattern="[A-Z]+", example="a"))
    fine = typed(blank("measure"), limits__lower="0.0001")
    assert "4 decimals" in values.contradictions(fine)["limits.lower"]


def test_translations_of_texts_and_rows() -> None:
    check = values.with_translation(blank("choice"), fields_of(blank("choice"))[0], "de", "Auswahl")
    assert check.title_in("de") == "Auswahl"
    rows = values.rows_of(check, "de")
    rows[0][1] = "Gut"
    check = values.with_rows(check, rows, "de")
    assert values.rows_of(check)[0][1] == "Good" and values.rows_of(check, "de")[0][1] == "Gut"
    check = values.with_translation(check, fields_of(check)[0], "de", "")
    assert check.translations == {}
