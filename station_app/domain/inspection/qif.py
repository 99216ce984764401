"""Results of coordinate measuring machines in the Quality Information Framework (ISO 23952, QIF 2.1 and 3.0).

A measured value (a characteristic's *actual*) names its item, the item its nominal, the nominal its definition with the
tolerance. A geometric tolerance is an upper limit. Values keep the text of the file; their unit is what the file declares
(FileUnits, or OtherUnits named at the value) and empty where it declares none: nothing is guessed. The verdict is computed
here; the file's own status stands beside it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from station_app.domain.inspection.qif_units import FileUnits, QifUnitError, read_units, unit_kind
from station_app.domain.inspection.safe_xml import XmlError, local_name, parse_xml
from station_app.domain.outcome import Limits, Outcome

VERSIONS = ("2.1", "3.0")
NAMESPACES = ("http://qifstandards.org/xsd/qif2", "http://qifstandards.org/xsd/qif3")
_ACTUAL, _ITEM = "CharacteristicActual", "CharacteristicItem"
_NOMINAL, _DEFINITION = "CharacteristicNominal", "CharacteristicDefinition"
_NOT_MEASURED = ("NOT_CALCULATED", "NOT_MEASURED")
MOST_DIGITS = 40


class QifError(ValueError):
    """A file that holds no results that can be used: says what and where, for a person."""


@dataclass(frozen=True, slots=True)
class QifValue:
    """One measured value. ``part`` is the serial number of the measured part, else the number of its results in the file.

    ``designator`` is the balloon's number where the file gives one. ``status`` is the file's own verdict; ``outcome`` is
    ours, None where there is no tolerance.
    """

    part: str
    characteristic: str
    designator: str
    type: str
    value_text: str
    value: Decimal
    unit: str
    nominal: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    status: str
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class QifResults:
    """What a file holds. ``skipped`` counts actuals without a number (attributes, not measured)."""

    version: str
    product: str
    units: FileUnits
    values: tuple[QifValue, ...]
    skipped: int

    @property
    def out_of_tolerance(self) -> tuple[QifValue, ...]:
        """The values that are out of their limits."""
        return tuple(value for value in self.values if value.outcome is Outcome.FAIL)

    @property
    def contradicted(self) -> tuple[QifValue, ...]:
        """The values whose status in the file is another than ours."""
        return tuple(
            v for v in self.values if v.outcome is not None and v.status in ("PASS", "FAIL") and v.status != v.outcome
        )


def read_qif(content: bytes) -> QifResults:
    """The results in a file. Raises QifError."""
    try:
        root = parse_xml(content)
    except XmlError as error:
        raise QifError(str(error)) from error
    namespace, _, name = root.tag[1:].rpartition("}") if root.tag.startswith("{") else ("", "", root.tag)
    if name != "QIFDocument":
        raise QifError(f"it is no QIF document: its root is <{name[:40]}>")
    version = root.get("versionQIF", "")
    if namespace not in NAMESPACES or not version.startswith(VERSIONS):
        raise QifError(f"QIF version {version or 'unknown'} is not read; {' and '.join(VERSIONS)} are")
    try:
        file = _File(root)
    except QifUnitError as error:
        raise QifError(str(error)) from error
    if not file.results:
        raise QifError("it holds no measurement results (MeasurementsResults)")
    values: list[QifValue] = []
    skipped = 0
    for number, result in enumerate(file.results, 1):
        part = file.part_of(result, number)
        for actual in _descendants(result, _ACTUAL):
            value = file.value_of(actual, part)
            skipped += value is None
            if value is not None:
                values.append(value)
    return QifResults(version, file.product, file.units, tuple(values), skipped)


class _File:
    """The elements of a document by their ids, which are unique in it."""

    def __init__(self, root: ET.Element) -> None:
        self.units = read_units(root)
        self.items: dict[str, ET.Element] = {}
        self.nominals: dict[str, ET.Element] = {}
        self.definitions: dict[str, ET.Element] = {}
        self.components: dict[str, ET.Element] = {}
        self.results: list[ET.Element] = []
        self.product = ""
        shelves = (
            (_ITEM, self.items), (_NOMINAL, self.nominals), (_DEFINITION, self.definitions),
            ("ActualComponent", self.components),
        )  # fmt: skip
        for element in root.iter():
            name, key = local_name(element), element.get("id")
            if key is None:
                continue
            for ending, shelf in shelves:
                if name.endswith(ending):
                    shelf[key] = element
            if name == "MeasurementResults":
                self.results.append(element)
            elif name in ("Part", "Assembly") and not self.product:
                self.product = _text(element, "Name")

    def part_of(self, result: ET.Element, number: int) -> str:
        """The serial number of the part that was measured; else "result n"."""
        for ids in _descendants(result, "ActualComponentIds"):
            for each in ids:
                component = self.components.get((each.text or "").strip())
                serial = "" if component is None else _text(component, "SerialNumber")
                if serial:
                    return serial
        return f"result {number}"

    def value_of(self, actual: ET.Element, part: str) -> QifValue | None:
        """A measured value with its requirement; None for an actual that has no number."""
        item = self.items.get(_text(actual, "CharacteristicItemId"))
        name = _text(item, "Name") if item is not None else ""
        where = f"{part}, {name or 'characteristic ' + actual.get('id', '?')}"
        text, value_element = _child_text(actual, "Value")
        status = _text(actual, "CharacteristicStatusEnum")
        if text is None or value_element is None or status in _NOT_MEASURED:
            return None
        if item is None:
            raise QifError(f"{where}: the value names no characteristic item that is in the file")
        nominal_element = self.nominals.get(_text(item, "CharacteristicNominalId"))
        definition_id = _text(nominal_element, "CharacteristicDefinitionId") if nominal_element is not None else ""
        definition = self.definitions.get(definition_id)
        kind = local_name(actual).removesuffix(_ACTUAL)
        value = _number(text, where)
        target = _text(nominal_element, "TargetValue") if nominal_element is not None else ""
        nominal = _number(target, f"{where}, TargetValue") if target else None
        lower, upper = (None, None) if definition is None else _limits(definition, nominal, where)
        unit = self.units.of(value_element, unit_kind(kind))
        outcome = None
        if lower is not None or upper is not None:
            outcome = Limits(unit, lower, upper).judge(value)
        return QifValue(
            part, name, _designator(item), kind, text.strip(), value, unit, nominal, lower, upper, status, outcome
        )


def _limits(definition: ET.Element, nominal: Decimal | None, where: str) -> tuple[Decimal | None, Decimal | None]:
    """Lower and upper limit: as limits, as deviations from the nominal, or a geometric tolerance (upper only)."""
    tolerance = _child(definition, "Tolerance")
    if tolerance is None:
        text = _text(definition, "ToleranceValue")
        if not text:
            return None, None
        width = _number(text, f"{where}, ToleranceValue")
        if width <= 0:
            raise QifError(f"{where}: a tolerance of {text} cannot be met")
        return None, width
    texts = (_text(tolerance, "MinValue"), _text(tolerance, "MaxValue"))
    lower, upper = (_number(text, f"{where}, tolerance") if text else None for text in texts)
    if _text(tolerance, "DefinedAsLimit") not in ("true", "1") and (lower is not None or upper is not None):
        if nominal is None:
            raise QifError(f"{where}: the tolerance is given as deviations and the nominal is missing")
        lower = None if lower is None else nominal + lower
        upper = None if upper is None else nominal + upper
    if lower is not None and upper is not None and lower >= upper:
        raise QifError(f"{where}: the limits {lower} to {upper} are swapped or leave no tolerance")
    return lower, upper


def _designator(item: ET.Element) -> str:
    for name in ("CharacteristicDesignator", "KeyCharacteristic"):
        found = _child(item, name)
        if found is not None and _text(found, "Designator"):
            return _text(found, "Designator")
    return _text(item, "Designator")


def _number(text: str, where: str) -> Decimal:
    """A number of the file, with all its digits. Raises QifError for what is none, naming the place."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise QifError(f"{where}: “{text.strip()[:24]}” is not a number") from None
    if not number.is_finite():
        raise QifError(f"{where}: “{text.strip()[:24]}” is no measured value")
    if abs(number.adjusted()) > 18 or len(number.as_tuple().digits) > MOST_DIGITS:
        raise QifError(f"{where}: “{text.strip()[:24]}” is too large or too small to be meant")
    return Decimal(f"{number:f}")


def _descendants(element: ET.Element, ending: str) -> Iterator[ET.Element]:
    return (each for each in element.iter() if local_name(each).endswith(ending) and each is not element)


def _child(element: ET.Element, name: str) -> ET.Element | None:
    return next((each for each in element if local_name(each) == name), None)


def _child_text(element: ET.Element, name: str) -> tuple[str | None, ET.Element | None]:
    found = _child(element, name)
    return (None, None) if found is None or not (found.text or "").strip() else (found.text, found)


def _text(element: ET.Element, name: str) -> str:
    """The text of the first element of that name at or below, without surrounding blanks; empty when there is none."""
    found = next((each for each in element.iter() if local_name(each) == name), None)
    return "" if found is None else (found.text or "").strip()
