"""GS1 element strings: what a GS1 DataMatrix, GS1-128 or GS1 QR code says about an item (GS1 General Specifications).

    found = parse_element_string("01095060001343521726013110AB-123\\x1d21SN1", this_year=2026)
    found.gtin, found.lot, found.serial, found.expiry      # '09506000134352', 'AB-123', 'SN1', date(2026, 1, 31)

The bracketed form "(01)09506000134352(21)SN1" that is printed under codes is understood too.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from station_app.domain.gs1_identifiers import IDENTIFIERS, Identifier

SEPARATOR = "\x1d"
# AIM symbology identifiers of GS1 codes: GS1-128, DataBar, DataMatrix, QR, DotCode (section 5.4.3.7)
SYMBOLOGIES = ("]C1", "]e0", "]d2", "]Q3", "]J1")
MAX_CHARACTERS = 8000
_BRACKETED = re.compile(r"\((\d{2,4})\)")
_LENGTHS = (2, 3, 4)


class Gs1Error(ValueError):
    """A text that is no element string; the message says where and why, for a person."""


@dataclass(frozen=True, slots=True)
class Element:
    """One application identifier with its value, as they stand in the code."""

    ai: str
    title: str
    value: str


@dataclass(frozen=True, slots=True)
class ElementString:
    """The elements in their order; ``this_year`` decides the century of their dates."""

    elements: tuple[Element, ...]
    this_year: int

    def value(self, ai: str) -> str:
        """The value of an identifier, empty when it is not there."""
        return next((element.value for element in self.elements if element.ai == ai), "")

    @property
    def gtin(self) -> str:
        """The item's number, 14 digits."""
        return self.value("01")

    @property
    def serial(self) -> str:
        """The serial number."""
        return self.value("21")

    @property
    def lot(self) -> str:
        """The batch or lot."""
        return self.value("10")

    @property
    def expiry(self) -> date | None:
        """The last day on which it may be used."""
        return self.date("17")

    @property
    def quantity(self) -> int | None:
        """How many pieces: the count of contained items, else the variable count."""
        text = self.value("37") or self.value("30")
        return int(text) if text else None

    def date(self, ai: str) -> date | None:
        """The date of an identifier, None when it is not there."""
        text = self.value(ai)
        return None if not text else date_of(text, self.this_year)

    def measure(self, start: str) -> Decimal | None:
        """A measure or amount by the first three digits of its identifier ("310": net weight in kg), None without it."""
        for element in self.elements:
            identifier = IDENTIFIERS[element.ai]
            if element.ai.startswith(start) and identifier.decimals is not None:
                digits = element.value[3:] if identifier.form.startswith("N3") else element.value
                return Decimal(int(digits)).scaleb(-identifier.decimals)
        return None

    def bracketed(self) -> str:
        """The form that is printed under a code."""
        return "".join(f"({element.ai}){element.value}" for element in self.elements)


def parse_element_string(text: str, this_year: int) -> ElementString:
    """Understand an element string, with separators or bracketed.

    ``this_year`` (four digits) decides the century of two-digit years. Raises Gs1Error.
    """
    if len(text) > MAX_CHARACTERS:
        raise Gs1Error(f"the text has {len(text)} characters; a GS1 code has at most {MAX_CHARACTERS}")
    for symbology in SYMBOLOGIES:
        text = text.removeprefix(symbology)
    text = text.replace("<GS>", SEPARATOR).removeprefix(SEPARATOR)
    if not text:
        raise Gs1Error("the text is empty")
    pairs = _bracketed_pairs(text) if text.startswith("(") else _separated_pairs(text)
    elements: dict[str, Element] = {}
    for identifier, value in pairs:
        _check_value(identifier, value, this_year)
        known = elements.setdefault(identifier.ai, Element(identifier.ai, identifier.title, value))
        if known.value != value:
            raise Gs1Error(f"({identifier.ai}) {identifier.title} is given twice: {known.value} and {value}")
    return ElementString(tuple(elements.values()), this_year)


def check_digit(digits: str) -> int:
    """The check digit that belongs behind these digits (section 7.9: weights 3 and 1 from the right)."""
    return -sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))) % 10


def date_of(text: str, this_year: int) -> date:
    """YYMMDD as a date; day 00 is the last of its month (section 3.4), the century is the nearest (section 7.12).

    Raises Gs1Error.
    """
    year, month, day = int(text[:2]), int(text[2:4]), int(text[4:6])
    century = this_year - this_year % 100
    ahead = year - this_year % 100
    if ahead > 50:
        century -= 100
    elif ahead < -49:
        century += 100
    try:
        last = calendar.monthrange(century + year, month)[1]
        return date(century + year, month, day or last)
    except ValueError:
        raise Gs1Error(f'"{text[:6]}" is no date (YYMMDD)') from None


def _bracketed_pairs(text: str) -> list[tuple[Identifier, str]]:
    """Brackets may also be part of a value: only those around a known identifier begin an element."""
    marks = [mark for mark in _BRACKETED.finditer(text) if mark.group(1) in IDENTIFIERS]
    if not marks or marks[0].start() != 0:
        first = _BRACKETED.match(text)
        what = f"({first.group(1)}) is no identifier known here" if first else "it does not begin with (AI)"
        raise Gs1Error(f"no GS1 element string: {what}")
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [
        (IDENTIFIERS[mark.group(1)], text[mark.end() : end].removesuffix(SEPARATOR))
        for mark, end in zip(marks, ends, strict=True)
    ]


def _separated_pairs(text: str) -> list[tuple[Identifier, str]]:
    pairs, position = [], 0
    while position < len(text):
        identifier = _identifier_at(text, position)
        position += len(identifier.ai)
        if identifier.needs_separator:
            end = text.find(SEPARATOR, position)
            end = len(text) if end < 0 else end
        else:
            end = position + identifier.longest
        pairs.append((identifier, text[position:end]))
        # a separator behind a value of fixed length is not needed, and allowed (section 7.8.6.2)
        position = end + 1 if text[end : end + 1] == SEPARATOR else end
    return pairs


def _identifier_at(text: str, position: int) -> Identifier:
    for length in _LENGTHS:
        identifier = IDENTIFIERS.get(text[position : position + length])
        if identifier is not None:
            return identifier
    shown = text[position : position + 4].replace(SEPARATOR, "<GS>")
    raise Gs1Error(f'no identifier known here begins with "{shown}" (character {position + 1})')


def _check_value(identifier: Identifier, value: str, this_year: int) -> None:
    where = f"({identifier.ai}) {identifier.title}"
    if not identifier.pattern.fullmatch(value):
        shown = value[:40].replace(SEPARATOR, "<GS>")
        raise Gs1Error(f'{where}: "{shown}" is not of the form {identifier.form}')
    if identifier.checked:
        digits = value[: identifier.checked]
        expected = check_digit(digits[:-1])
        if int(digits[-1]) != expected:
            raise Gs1Error(f"{where}: {digits} has the check digit {digits[-1]}; it must be {expected}")
    if identifier.is_date:
        try:
            date_of(value, this_year)
        except Gs1Error as error:
            raise Gs1Error(f"{where}: {error}") from None
