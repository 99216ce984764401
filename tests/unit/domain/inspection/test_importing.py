"""Values from outside linked to a plan: by name or balloon, in the plan's unit, never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from station_app.domain.inspection.importing import (
    ImportFault,
    find,
    grouped_readings,
    match_qif,
    read_paste,
    read_readings,
)
from station_app.domain.inspection.plan import Characteristic, CharacteristicType, InspectionPlan
from station_app.domain.inspection.qif import read_qif
from tests.shared_data import shared_data
from tests.unit.domain.inspection.test_qif import UNITS, document

BORE = Characteristic(id="bore", title="Main bore", balloon=7, unit="mm", lower=Decimal(4), upper=Decimal(5))
FLAT = Characteristic(id="flatness-1", title="Flatness", balloon=2, unit="mm", upper=Decimal("0.05"))
LOOK = Characteristic(id="look", title="Look", balloon=3, type=CharacteristicType.ATTRIBUTE)
PLAN = InspectionPlan(id="p", product="P", operation="o", characteristics=(BORE, FLAT, LOOK))
NO_UNITS = ""


@pytest.mark.parametrize(
    ("name", "designator", "found"),
    [
        ("bore", "", BORE), ("MAIN  bore", "", BORE), ("main_bore", "", BORE), ("whatever", "7", BORE), ("7", "", BORE),
        ("Flatness 1", "", FLAT), ("look", "", None), ("", "", None), ("x", "9", None),
    ],
)  # fmt: skip
def test_a_characteristic_is_found_by_id_title_or_balloon(
    name: str, designator: str, found: Characteristic | None
) -> None:
    assert find(PLAN, name, designator) == found


def test_values_come_in_the_unit_of_the_plan_with_the_text_beside_them() -> None:
    inches = UNITS.format(linear="inch", factor="0.0254")
    (value,) = match_qif(read_qif(document(units=inches, value="0.178")), PLAN).values
    assert (value.characteristic, value.part, value.text, value.raw_text) == (BORE, "S-1", "4.5212", "0.178 in")


def test_missing_units_are_refused_with_what_to_do_and_may_be_declared() -> None:
    results = read_qif(document(units=NO_UNITS))
    with pytest.raises(ImportFault, match=r"the file declares no unit for 4\.55, the plan wants mm.*declare the unit"):
        match_qif(results, PLAN)
    assert match_qif(results, PLAN, linear_unit="mm").values[0].text == "4.55"
    assert match_qif(results, PLAN, linear_unit="in").values[0].text == "115.57"


@pytest.mark.parametrize(("declared", "told"), [("kg", "kg cannot be converted to mm"), ("°", "° cannot be converted")])
def test_units_that_do_not_fit_are_refused(declared: str, told: str) -> None:
    with pytest.raises(ImportFault, match=told):
        match_qif(read_qif(document(units=NO_UNITS)), PLAN, linear_unit=declared)


def test_the_covers_can_be_linked_once_their_unit_is_declared() -> None:
    results = read_qif(shared_data("nist/cover_results.qif").read_bytes())
    matched = match_qif(results, PLAN, linear_unit="mm")
    assert len(matched.values) == len(matched.parts) == 20 and len(matched.unknown) == 27


# --- pasted -----------------------------------------------------------------------------------------------------------


def test_a_gauges_export_is_read_with_its_names() -> None:
    matched = read_paste("Characteristic;Value;Unit\nbore;4.5210;mm\nFlatness;0.02;mm\nother;1;mm\n", PLAN)
    assert [(v.characteristic.id, v.text) for v in matched.values] == [("bore", "4.5210"), ("flatness-1", "0.02")]
    assert matched.unknown == ("other",)


def test_several_rows_are_several_readings_of_each_part() -> None:
    matched = read_paste("balloon\tpart\tvalue\n7\tA\t4.51\n7\tA\t4.52\n7\tB\t4.53\n", PLAN)
    assert [(part, texts, raw) for _, part, texts, raw in grouped_readings(matched.values)] == [
        ("A", ("4.51", "4.52"), "4.51 | 4.52"), ("B", ("4.53",), "4.53"),
    ]  # fmt: skip


def test_decimal_commas_are_read_when_they_are_announced_and_the_text_is_kept() -> None:
    text = "characteristic;value\nbore;4,5210\n"
    with pytest.raises(ImportFault, match=r"row 2, column 2 \(value\): '4,5210' has a decimal comma"):
        read_paste(text, PLAN)
    (value,) = read_paste(text, PLAN, decimal_comma=True).values
    assert (value.text, value.raw_text) == ("4.5210", "4,5210")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there is nothing in it"),
        ("4.5\n4.6\n", "needs a first row with the names of its columns"),
        ("characteristic,value\nbore,abc\n", "row 2, column 2 (value): 'abc' is not a number"),
        ("characteristic,value\nbore,1e400\n", "is too large to be a reading"),
        ("characteristic,value\nbore,NaN\n", "is no reading"),
        ("characteristic,value\nbore,\n", "the value is missing"),
        ("characteristic,value,unit\nbore,0.178,in\n", "“Main bore” is in mm, the table says in"),
    ],
)
def test_a_paste_that_cannot_be_used_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(ImportFault) as error:
        read_paste(text, PLAN)
    assert told in str(error.value)


def test_the_readings_of_one_characteristic_in_any_shape() -> None:
    assert read_readings("4.51\n4.520\n4.53\n") == ("4.51", "4.520", "4.53")
    assert read_readings("4.51\t4.52\n\t4.53\n") == ("4.51", "4.52", "4.53")
    assert read_readings("no,reading\n1,4.51\n2,4.52\n") == ("4.51", "4.52")
    with pytest.raises(ImportFault, match="cannot be read"):
        read_readings("")
