"""The units that a QIF file declares: its primary units, and others that a value may name.

A unit is declared by a name and a factor to an SI unit. Both must agree with what the name means here, so that a file that says
"mm" and means inches is refused instead of believed.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from station_app.domain.inspection.safe_xml import local_name
from station_app.domain.inspection.units import unit_named

LINEAR, ANGULAR = "linear", "angular"
# how many metres or radians a unit is; π to more digits than any file gives
_PI = Decimal("3.14159265358979323846")
_SI = {
    LINEAR: {
        "m": Decimal(1), "cm": Decimal("0.01"), "mm": Decimal("0.001"), "µm": Decimal("0.000001"), "in": Decimal("0.0254"),
    },
    ANGULAR: {"rad": Decimal(1), "mrad": Decimal("0.001"), "°": _PI / 180, "'": _PI / 10800},
}  # fmt: skip
_SI_NAMES = {LINEAR: ("m", "meter", "metre"), ANGULAR: ("rad", "radian")}
_ELEMENTS = {"LinearUnit": LINEAR, "AngularUnit": ANGULAR}
_AGREEMENT = Decimal("0.000001")


class QifUnitError(ValueError):
    """Units of a file that contradict themselves; the message is for a person."""


@dataclass(frozen=True, slots=True)
class FileUnits:
    """The units of lengths and angles; empty where the file declares none. ``others`` may be named at a value."""

    linear: str = ""
    angular: str = ""
    others: dict[str, str] = field(default_factory=dict)

    def of(self, value: ET.Element, kind: str) -> str:
        """The unit of a value of that kind (linear, angular, or empty for a number without a unit)."""
        if not kind:
            return ""
        named = value.get(f"{kind}Unit", "")
        if named:
            return self.others.get(named, unit_named(named))
        return self.linear if kind == LINEAR else self.angular


def unit_kind(characteristic_type: str) -> str:
    """What a type of characteristic is measured in. A tolerance of angularity is a length."""
    name = characteristic_type.removeprefix("UserDefined")
    if name.startswith(("Angle", "Angular", "ConeAngle")) and name != "Angularity":
        return ANGULAR
    if name.startswith(("Unit", "Unitless", "Attribute", "Temperature", "Time", "Force", "Mass", "Pressure")):
        return ""
    return LINEAR


def read_units(root: ET.Element) -> FileUnits:
    """The units of a document. Raises QifUnitError."""
    found: dict[str, str] = {}
    others: dict[str, str] = {}
    for primary, element in _declared(root):
        kind = _ELEMENTS[local_name(element)]
        name = _text(element, "UnitName")
        unit = _checked(element, kind, name)
        if primary:
            found[kind] = unit
        else:
            others[name] = unit
    return FileUnits(found.get(LINEAR, ""), found.get(ANGULAR, ""), others)


def _declared(root: ET.Element) -> Iterator[tuple[bool, ET.Element]]:
    for units in (each for each in root if local_name(each) == "FileUnits"):
        for group in units:
            for element in group.iter():
                if local_name(element) in _ELEMENTS:
                    yield local_name(group) == "PrimaryUnits", element


def _checked(element: ET.Element, kind: str, name: str) -> str:
    """The unit, when its name and its factor agree."""
    si, factor_text = _text(element, "SIUnitName"), _text(element, "Factor")
    known = _SI[kind]
    unit = unit_named(name) if name else unit_named(si)
    if si and si.casefold() not in _SI_NAMES[kind]:
        raise QifUnitError(f"FileUnits: {name or 'a unit'} is said to be a {kind} unit of “{si[:24]}”")
    if not factor_text:
        if unit in known:
            return unit
        raise QifUnitError(
            f"FileUnits: the unit “{name[:24]}” is not known, and no factor to {_SI_NAMES[kind][1]} is given"
        )
    try:
        factor = Decimal(factor_text)
    except InvalidOperation:
        raise QifUnitError(f"FileUnits: the factor “{factor_text[:24]}” of {name} is not a number") from None
    for candidate, size in known.items():
        # a name that we do not know is what its factor makes of it
        if abs(factor - size) <= size * _AGREEMENT and (unit == candidate or unit not in known):
            return candidate
    raise QifUnitError(f"FileUnits: {name} is declared as {factor_text} {_SI_NAMES[kind][1]}, which it is not")


def _text(element: ET.Element, name: str) -> str:
    found = next((each for each in element.iter() if local_name(each) == name), None)
    return "" if found is None else (found.text or "").strip()
