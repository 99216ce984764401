"""A scan is understood by what it is, and bad ones are told apart without harm."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.master import JobOrder, Material, Person, Tool
from station_app.domain.master_book import MasterBook
from station_app.domain.scan import (
    MAX_SCAN_CHARACTERS,
    Action,
    ActionScan,
    BadgeScan,
    ComponentScan,
    OrderScan,
    ToolScan,
    UnitScan,
    UnknownScan,
    recognise,
)

ORDER = JobOrder(id="4711", product="GX-40", product_title="Reducer", quantity=1, serials=("U-1",), operations=())
HOUSING = Material(id="GX40-H", title="Housing", tracked="serial", serials=("H-1",))
BEARING = Material(id="6204", title="Bearing", lots={"L-1": 5.0})
ANNA = Person(id="anna", name="Anna", roles=("operator",), badge_sha256=hashlib.sha256(b"secret").hexdigest())
BOOK = MasterBook(
    orders={"4711": ORDER},
    order_of_serial={"U-1": ORDER},
    material_of_serial={"H-1": HOUSING},
    material_of_lot={"L-1": BEARING},
    person_of_badge={ANNA.badge_sha256: ANNA},
)


def test_each_kind_of_scan() -> None:
    assert recognise("4711", BOOK) == OrderScan(ORDER)
    assert recognise(" U-1\r\n", BOOK) == UnitScan("U-1", ORDER)
    assert recognise("H-1", BOOK) == ComponentScan(HOUSING, serial="H-1")
    assert recognise("L-1", BOOK) == ComponentScan(BEARING, lot="L-1")
    assert recognise("secret", BOOK) == BadgeScan(ANNA, "secret")
    for action in Action:
        assert recognise(f"ACTION:{action.value}", BOOK) == ActionScan(action)


@pytest.mark.parametrize("text", ["action:next", "ACTION:NEXT", "ACTION: next", "ACTION:"])
def test_an_action_is_written_exactly(text: str) -> None:
    assert isinstance(recognise(text, BOOK), UnknownScan)


@pytest.mark.parametrize("control", ["\x00", "\x04", "\x1d", "\x1e", "\x7f", "\u200b", "\u202e", "\ud800"])
def test_control_characters_are_named_not_swallowed(control: str) -> None:
    found = recognise(f"U{control}1", BOOK)
    assert isinstance(found, UnknownScan)
    assert "control characters" in found.reason
    assert control not in found.text, "it is not put on the screen"


GLUE = Material(id="GLUE", title="Adhesive", lots={"G1": 1.0, "G2": 1.0}, expiries={"G1": "2026-06-30"})
GS1_BOOK = MasterBook(
    order_of_serial={"U-1": ORDER}, material_of_serial={"H-1": HOUSING}, material_of_lot={"G1": GLUE, "G2": GLUE}
)
GTIN = "0109506000134352"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{GTIN}10G2\x1d17261231", ComponentScan(GLUE, lot="G2", expiry="2026-12-31")),
        (f"]d2{GTIN}17261231" + "10G1", ComponentScan(GLUE, lot="G1", expiry="2026-06-30")),
        ("(01)09506000134352(17)260131(10)G1", ComponentScan(GLUE, lot="G1", expiry="2026-01-31")),
        (f"{GTIN}21H-1", ComponentScan(HOUSING, serial="H-1")),
        (f"{GTIN}21U-1", UnitScan("U-1", ORDER)),
        ("G1", ComponentScan(GLUE, lot="G1", expiry="2026-06-30")),
    ],
)
def test_a_gs1_code_is_known_by_the_serial_or_lot_in_it_and_brings_its_expiry(text: str, expected: object) -> None:
    assert recognise(text, GS1_BOOK, 2026) == expected


@pytest.mark.parametrize("text", [f"{GTIN}10NEVER", "0109506000134353" + "10G1", "(99)x", "01"])
def test_a_gs1_code_that_is_wrong_or_names_nothing_known_is_unknown(text: str) -> None:
    assert isinstance(recognise(text, GS1_BOOK, 2026), UnknownScan)


def test_a_tool_is_known_by_its_number() -> None:
    tool = Tool(id="TD-1", title="Driver", sort="tool", tool_class="torque driver")
    assert recognise("TD-1", MasterBook(tools={"TD-1": tool})) == ToolScan(tool)


def test_a_scan_is_cut_for_the_screen_when_too_long() -> None:
    assert "control" not in str(recognise("9" * MAX_SCAN_CHARACTERS, BOOK))
    found = recognise("9" * 100_000, BOOK)
    assert isinstance(found, UnknownScan)
    assert "100000 characters" in found.reason
    assert len(found.text) < 50


def test_a_badge_wins_over_everything_and_an_inactive_one_is_unknown() -> None:
    gone = Person(id="x", name="X", roles=(), badge_sha256=ANNA.badge_sha256, active=False)
    found = recognise("secret", MasterBook(person_of_badge={gone.badge_sha256: gone}))
    assert isinstance(found, UnknownScan)


@given(st.text(max_size=600))
def test_any_text_is_understood_as_something(text: str) -> None:
    found = recognise(text, BOOK)
    if isinstance(found, UnknownScan):
        assert found.reason
        assert len(found.text) <= MAX_SCAN_CHARACTERS
