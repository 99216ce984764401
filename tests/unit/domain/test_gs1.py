"""GS1 element strings; section numbers are those of the GS1 General Specifications."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from station_app.domain.gs1 import Gs1Error, check_digit, date_of, parse_element_string
from station_app.domain.gs1_identifiers import IDENTIFIERS

GTIN = "0109506000134352"
YEAR = 2026


def test_what_an_item_says_about_itself() -> None:
    found = parse_element_string(f"{GTIN}1726013110AB-123\x1d21SN1\x1d3712", YEAR)
    assert (found.gtin, found.serial, found.lot, found.quantity) == ("09506000134352", "SN1", "AB-123", 12)
    assert found.expiry == date(2026, 1, 31)
    assert found.bracketed() == "(01)09506000134352(17)260131(10)AB-123(21)SN1(37)12"
    assert [element.title for element in found.elements][:2] == ["GTIN", "USE BY OR EXPIRY"]


@pytest.mark.parametrize(
    "text",
    [
        f"]d2{GTIN}10L1\x1d21S1",
        f"]C1{GTIN}10L1\x1d21S1",
        f"\x1d{GTIN}10L1\x1d21S1",
        f"{GTIN}\x1d10L1\x1d21S1\x1d",  # separators where none is needed
        f"<GS>{GTIN}10L1<GS>21S1",
        "(01)09506000134352(10)L1(21)S1",
    ],
)
def test_the_forms_in_which_scanners_deliver_it(text: str) -> None:
    found = parse_element_string(text, YEAR)
    assert (found.gtin, found.lot, found.serial) == ("09506000134352", "L1", "S1")


def test_brackets_may_be_part_of_a_value() -> None:
    found = parse_element_string("(01)09506000134352(21)A(5)B(x)C", YEAR)
    assert found.serial == "A(5)B(x)C"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\x1d", "empty"),
        ("]d2", "empty"),
        ("0109506000134353", "check digit 3; it must be 2"),
        ("01095060001343", "not of the form N14"),
        ("010950600013435X", "not of the form N14"),
        ("1726130121S", '"261301" is no date'),
        ("17260230", '"260230" is no date'),
        ("21" + "x" * 21, "not of the form X..20"),
        ("21", "not of the form"),
        ("21ä", "not of the form"),
        ("10L1\x1d\x1d21S", "begins with"),
        ("5512345", 'no identifier known here begins with "5512"'),
        (f"{GTIN}88", "character 17"),
        ("(88)123", "(88) is no identifier known here"),
        ("(x)123", "does not begin with"),
        ("10A\x1d10B", "given twice: A and B"),
        ("9" * 9000, "9000 characters"),
    ],
)
def test_what_is_no_element_string_says_why(text: str, says: str) -> None:
    with pytest.raises(Gs1Error) as refused:
        parse_element_string(text, YEAR)
    assert says in str(refused.value)


def test_check_digits_of_published_numbers() -> None:
    """Section 7.9.1: the example 629104150021 has the check digit 3; EAN-13 and SSCC by the same weights."""
    assert check_digit("629104150021") == 3
    assert check_digit("400638133393") == 1
    assert check_digit("37610425002123456") == 9
    assert parse_element_string("00376104250021234569", YEAR).value("00") == "376104250021234569"


def test_day_00_is_the_last_of_its_month() -> None:
    assert date_of("260200", YEAR) == date(2026, 2, 28)
    assert date_of("280200", YEAR) == date(2028, 2, 29)
    assert date_of("261200", YEAR) == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("text", "this_year", "year"),
    [
        ("260101", 2026, 2026),
        ("760101", 2026, 2076),  # 50 ahead
        ("770101", 2026, 1977),  # 51 ahead
        ("000101", 2026, 2000),
        ("500101", 1999, 1950),  # 49 behind
        ("490101", 1999, 2049),  # 50 behind
        ("990101", 2048, 1999),
        ("990101", 2049, 2099),
        ("010101", 2051, 2101),
        ("020101", 2051, 2002),
    ],
)
def test_the_century_is_the_nearest(text: str, this_year: int, year: int) -> None:
    """Section 7.12: 51 to 99 years ahead is the last century, 50 to 99 behind is the next one."""
    assert date_of(text, this_year).year == year


def test_measures_have_their_decimals() -> None:
    assert parse_element_string("3103002500", YEAR).measure("310") == Decimal("2.500")
    assert parse_element_string("3100000025", YEAR).measure("310") == Decimal(25)
    assert parse_element_string("3922123\x1d21S", YEAR).measure("392") == Decimal("1.23")
    assert parse_element_string("391297812345", YEAR).measure("391") == Decimal("123.45")
    assert parse_element_string("21S", YEAR).measure("310") is None


def test_every_identifier_reads_a_value_of_its_form_back() -> None:
    for ai, identifier in IDENTIFIERS.items():
        assert identifier.ai == ai
        if identifier.checked or identifier.is_date:
            continue
        text = "1" * identifier.longest
        assert parse_element_string(f"{ai}{text}", YEAR).value(ai) == text


@given(
    lot=st.text("ABCXYZ019-/.", min_size=1, max_size=20),
    serial=st.text("abcxyz019_+", min_size=1, max_size=20),
    expires=st.dates(date(2000, 1, 1), date(2075, 12, 31)),
)
def test_what_is_put_together_comes_apart(lot: str, serial: str, expires: date) -> None:
    text = f"{GTIN}17{expires:%y%m%d}10{lot}\x1d21{serial}"
    found = parse_element_string(text, YEAR)
    assert (found.lot, found.serial, found.expiry) == (lot, serial, expires)
    again = parse_element_string(found.bracketed(), YEAR)
    assert again == found


@given(st.text(max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        found = parse_element_string(text, YEAR)
    except Gs1Error:
        return
    assert found.elements
