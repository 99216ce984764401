"""What a scan means: it is understood by what it is, not by where the cursor stands.

An action code is ``ACTION:next`` and the like; a badge holds a random secret; everything else is looked up among the
orders, serial numbers, materials and tools that the station knows. A GS1 code is known by the serial number or lot in it,
and brings its expiry date.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass, replace

from station_app.domain.gs1 import SEPARATOR, Gs1Error, parse_element_string
from station_app.domain.master import JobOrder, Material, Person, Tool
from station_app.domain.master_book import MasterBook

MAX_SCAN_CHARACTERS = 512
_ELEMENTS = re.compile(r"\][A-Za-z]\d|\(\d{2,4}\)|<GS>|01\d{14}")
ACTION_PREFIX = "ACTION:"


class Action(enum.StrEnum):
    """What an action code on the bench can ask for."""

    NEXT = "next"
    REPEAT = "repeat"
    PROBLEM = "problem"
    ANDON = "andon"
    PHOTO = "photo"
    SIGN_OUT = "sign_out"


@dataclass(frozen=True, slots=True)
class ActionScan:
    """An action code."""

    action: Action


@dataclass(frozen=True, slots=True)
class BadgeScan:
    """A person's badge. ``secret`` is needed to check the PIN and is never recorded or logged."""

    person: Person
    secret: str


@dataclass(frozen=True, slots=True)
class OrderScan:
    """A job order."""

    order: JobOrder


@dataclass(frozen=True, slots=True)
class UnitScan:
    """A unit's serial number and the order it belongs to."""

    serial: str
    order: JobOrder


@dataclass(frozen=True, slots=True)
class ComponentScan:
    """A component: exactly one of ``serial`` and ``lot`` is given. ``expiry`` is the last day it may be used (ISO date)."""

    material: Material
    serial: str = ""
    lot: str = ""
    expiry: str = ""


@dataclass(frozen=True, slots=True)
class ToolScan:
    """A gauge, tool or fixture with a number of its own."""

    tool: Tool


@dataclass(frozen=True, slots=True)
class UnknownScan:
    """Nothing the station knows, or malformed; ``reason`` is for the person."""

    text: str
    reason: str


Scan = ActionScan | BadgeScan | OrderScan | UnitScan | ComponentScan | ToolScan | UnknownScan


def recognise(text: str, book: MasterBook, this_year: int = 0) -> Scan:
    """What the scanned ``text`` is. ``this_year`` gives the dates in GS1 codes their century; 0: those are not looked into."""
    text = text.strip()
    if not text:
        return UnknownScan("", "The scan is empty. Scan again.")
    if len(text) > MAX_SCAN_CHARACTERS:
        return UnknownScan(text[:40] + "…", f"The scan has {len(text)} characters; codes here have far fewer.")
    coded = _gs1(text, book, this_year) if this_year and len(text) <= MAX_SCAN_CHARACTERS else None
    if coded is not None:
        return coded
    if not text.isprintable():
        return UnknownScan(ascii(text)[1:41], "The scan has control characters. Check the scanner's settings.")
    if text.startswith(ACTION_PREFIX):
        try:
            return ActionScan(Action(text.removeprefix(ACTION_PREFIX)))
        except ValueError:
            return UnknownScan(text, f"“{text}” is no action this station knows.")
    person = book.person_with_badge(text)
    if person is not None:
        return BadgeScan(person, text)
    if text in book.order_of_serial:
        return UnitScan(text, book.order_of_serial[text])
    if text in book.orders:
        return OrderScan(book.orders[text])
    component = _component(text, book)
    if component is not None:
        return component
    if text in book.tools:
        return ToolScan(book.tools[text])
    return UnknownScan(text, f"“{text}” is not an order, serial number, component, tool or badge known here.")


def _gs1(text: str, book: MasterBook, this_year: int) -> UnitScan | ComponentScan | None:
    """What a GS1 code names: a unit, or a component whose expiry is the earlier one of the code's and the master data's."""
    if not (_ELEMENTS.match(text) or SEPARATOR in text):
        return None
    try:
        elements = parse_element_string(text, this_year)
    except Gs1Error:
        return None
    if elements.serial in book.order_of_serial:
        return UnitScan(elements.serial, book.order_of_serial[elements.serial])
    component = _component(elements.serial, book) or _component(elements.lot, book)
    if component is None or elements.expiry is None:
        return component
    known = component.expiry or elements.expiry.isoformat()
    return replace(component, expiry=min(known, elements.expiry.isoformat()))


def _component(text: str, book: MasterBook) -> ComponentScan | None:
    """The component of that serial number or lot, with the expiry date that is known of it."""
    if text in book.material_of_serial:
        material = book.material_of_serial[text]
        return ComponentScan(material, serial=text, expiry=material.expiries.get(text, ""))
    if text in book.material_of_lot:
        material = book.material_of_lot[text]
        return ComponentScan(material, lot=text, expiry=material.expiries.get(text, ""))
    return None
