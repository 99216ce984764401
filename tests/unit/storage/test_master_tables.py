"""Orders, people, materials, reasons and plans: every table's own rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from station_app.domain.authored import AuthoredTable
from station_app.domain.toml_document import read_toml
from station_app.storage.inspection_plans import read_plan
from station_app.storage.instructions.media import MediaFolder
from station_app.storage.master_tables import read_material, read_order, read_person, read_reasons, read_tool

OPERATION = '[[operation]]\nid = "o"\nstations = ["a/b/c/d/e"]\nwork_master = "w"\nversion = "A"\n'
ORDER = 'id = "1"\nproduct = "P"\nserials = ["S-1"]\n'
PERSON = 'id = "a"\nname = "A"\nroles = ["operator"]\npassword = "12345678"\n'
TOOL = 'id = "T-1"\ntitle = "Wrench"\ntool_class = "torque wrench"\n'
MATERIAL = 'id = "m"\ntitle = "M"\n'
PLAN = 'id = "p"\nproduct = "P"\noperation = "o"\n'


def plan_of(table: AuthoredTable) -> Any:
    return read_plan(table, MediaFolder(Path("no-media")))


def person(table: AuthoredTable) -> Any:
    return read_person(table, lambda secret: "hash")


def read(text: str, reading: Callable[[AuthoredTable], Any]) -> tuple[Any, list[str]]:
    document = read_toml(text, "")
    item = reading(document.table)
    return item, [f"{fault.key}: {fault.message}" for fault in document.faults]


@pytest.mark.parametrize(
    ("text", "reading", "key", "message"),
    [
        (ORDER, read_order, "operation", "is missing"),
        (ORDER + "quantity = 0\n" + OPERATION, read_order, "quantity", "too small"),
        (ORDER.replace('"S-1"', '"S-1..S-3"') + "quantity = 2\n" + OPERATION, read_order, "quantity", "is less than"),
        (ORDER.replace('"S-1"', '"S-1..S-2", "S-2"') + OPERATION, read_order, "serials", "S-2 is there twice"),
        (ORDER.replace('"S-1"', '"S-9..S-1"') + OPERATION, read_order, "serials[1]", "is no range"),
        (ORDER.replace('"S-1"', '"S-1..T-9"') + OPERATION, read_order, "serials[1]", "is no range"),
        (ORDER.replace('"S-1"', '"S-1..S-10"') + OPERATION, read_order, "serials[1]", "is no range"),
        (ORDER.replace('"S-1"', '"S-00001..S-99999"') + OPERATION, read_order, "serials[1]", "is no range"),
        (ORDER.replace('"S-1"', '"a b"') + OPERATION, read_order, "serials[1]", "is no serial number"),
        (ORDER.replace('["S-1"]', "[]") + OPERATION, read_order, "serials", "is empty"),
        (ORDER.replace('"1"', '"a b"') + OPERATION, read_order, "id", "not written as it must be"),
        (ORDER + 'due = "soon"\n' + OPERATION, read_order, "due", "neither a date nor a time"),
        (ORDER + "priority = 10\n" + OPERATION, read_order, "priority", "too large"),
        (ORDER + OPERATION * 2, read_order, "operation[2].id", "is on the route twice"),
        (ORDER + OPERATION.replace("a/b/c/d/e", "ASM-10"), read_order, "operation[1].stations[1]", "no station's path"),
        (ORDER + OPERATION.replace('["a/b/c/d/e"]', "[]"), read_order, "operation[1].stations", "is empty"),
        (ORDER + OPERATION.replace('"A"', '"?"'), read_order, "operation[1].version", "not written as it must be"),
        (PERSON.replace("operator", "boss"), person, "roles[1]", "is not a role"),
        (PERSON.replace('["operator"]', "[]"), person, "roles", "is empty"),
        (PERSON.replace('password = "12345678"', ""), person, "", "has no way to sign in"),
        (PERSON + 'badge = "0123456789abcdef"', person, "badge", "needs the other as well"),
        (PERSON + 'pin = "1234"', person, "pin", "needs the other as well"),
        (PERSON + 'language = "german"', person, "language", "not written as it must be"),
        (PERSON + "active = 1", person, "active", "neither true nor false"),
        (PERSON + 'pasword = "x"', person, "pasword", "is not known here"),
        (MATERIAL + 'tracked = "no"', read_material, "tracked", "not one of"),
        (MATERIAL + 'serials = ["a"]', read_material, "serials", "does not fit a material"),
        (MATERIAL + 'tracked = "serial"\nlots = { a = 1 }', read_material, "lots", "does not fit a material"),
        (MATERIAL + "lots = { a = -1 }", read_material, "lots.a", "too small"),
        (MATERIAL + 'lots = { "a b" = 1 }', read_material, 'lots."a b"', "is no lot number"),
        ('id = "no list"\nreasons = ["a"]', read_reasons, "id", "not written as it must be"),
        (PERSON + "qualifications = { press = 5 }", person, "qualifications.press", "neither a date nor a time"),
        (MATERIAL + "lots = { a = 1 }\nexpiries = { b = 2027-01-31 }", read_material, "expiries.b", "is no lot"),
        (TOOL + 'sort = "hammer"', read_tool, "sort", "not one of"),
        (TOOL + 'sort = "gauge"\nresolution = 0', read_tool, "resolution", "too small"),
        (TOOL + 'sort = "gauge"\nstatus = "gone"', read_tool, "status", "not one of"),
        (TOOL + 'sort = "tool"\ncalibration_due = "soon"', read_tool, "calibration_due", "neither a date"),
        ('id = "andon"\nreasons = []', read_reasons, "reasons", "is empty"),
        ('id = "andon"\nreasons = ["a", "a"]', read_reasons, "reasons[2]", "is given twice"),
        (PLAN, plan_of, "", "has neither characteristics nor balloons"),
        (PLAN + "balloons = { a = 0 }", plan_of, "balloons.a", "too small"),
        (PLAN + "balloons = { a = 1, b = 1 }", plan_of, "balloons.b", "another balloon"),
    ],
)
def test_faults(text: str, reading: Callable[[AuthoredTable], Any], key: str, message: str) -> None:
    _, faults = read(text, reading)
    assert len(faults) == 1, faults
    assert faults[0].startswith(f"{key}: ")
    assert message in faults[0]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pin", '"123"'),
        ("pin", '"12345678 9"'),
        ("pin", "1234"),
        ("badge", '"0123456789abcde"'),
        ("badge", '"0123456789abcde f"'),
        ("password", '"1234567"'),
    ],
)
def test_secrets_that_are_too_weak(key: str, value: str) -> None:
    text = PERSON.replace('password = "12345678"', "") + f"{key} = {value}\n"
    _, faults = read(text, person)
    assert faults == [f"{key}: cannot be used"]


def test_ranges_keep_their_leading_zeros() -> None:
    order, faults = read(ORDER.replace('"S-1"', '"GX40-000098..GX40-000101", "X"') + OPERATION, read_order)
    assert faults == []
    assert order.serials == ("GX40-000098", "GX40-000099", "GX40-000100", "GX40-000101", "X")


def test_good_tables() -> None:
    order, faults = read(ORDER + "quantity = 5\ndue = 2026-12-18\n" + OPERATION, read_order)
    assert (order.quantity, order.due, order.product_title, faults) == (5, "2026-12-18", "P", [])
    assert order.operations[0].work_master_version == "A"
    order, faults = read(ORDER + OPERATION.replace('version = "A"', ""), read_order)
    assert (order.operations[0].work_master_version, faults) == ("", []), "the newest that is released"
    material, faults = read(MATERIAL + 'tracked = "serial"\nserials = ["H-1..H-2"]', read_material)
    assert (material.serials, faults) == (("H-1", "H-2"), [])
    material, faults = read(MATERIAL + "lots = { L25-0881 = 212 }", read_material)
    assert (material.lots, faults) == ({"L25-0881": 212.0}, [])
    plan, faults = read(PLAN + "balloons = { bore = 1, runout = 4 }", plan_of)
    assert (plan.balloons, faults) == ({"bore": 1, "runout": 4}, [])
