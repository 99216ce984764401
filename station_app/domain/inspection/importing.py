"""Results from outside brought to the characteristics of a plan: from coordinate measuring machines (QIF), and pasted tables.

A value is linked by the characteristic's id, its title, or its balloon's number. It is converted from the unit that was
declared to the plan's; where none was declared, nothing is taken over. The text as it arrived stays beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from station_app.domain.inspection.plan import Characteristic, CharacteristicType, InspectionPlan
from station_app.domain.inspection.qif import QifResults, QifValue
from station_app.domain.inspection.qif_units import ANGULAR, unit_kind
from station_app.domain.inspection.units import UnitError, convert, unit_named
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.table import Row, Table, parse_table

VALUE_COLUMNS = ("value", "reading", "measurement", "measured", "actual", "y")
NAME_COLUMNS = ("characteristic", "name", "feature", "id", "title")
BALLOON_COLUMNS = ("balloon", "no", "number", "designator")
PART_COLUMNS = ("part", "serial", "piece", "unit no", "sample")
MOST_PASTED = 100_000


class ImportFault(ValueError):
    """What cannot be taken over; says what, where and what to do, for a person."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A value for a characteristic: ``text`` in the plan's unit, ``raw_text`` as it arrived, ``part`` whose it is."""

    characteristic: Characteristic
    part: str
    text: str
    raw_text: str


@dataclass(frozen=True, slots=True)
class Matched:
    """What was linked, and the names of what the plan does not have."""

    values: tuple[Imported, ...]
    unknown: tuple[str, ...]

    def of_part(self, part: str) -> tuple[Imported, ...]:
        """The values of one part."""
        return tuple(value for value in self.values if value.part == part)

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts, in the order of the file."""
        return tuple(dict.fromkeys(value.part for value in self.values))


def match_qif(results: QifResults, plan: InspectionPlan, linear_unit: str = "", angular_unit: str = "") -> Matched:
    """The values of a file for a plan. ``linear_unit`` and ``angular_unit`` declare what the file does not.

    Raises ImportFault for a value without a unit, and for units that cannot be converted.
    """
    values: list[Imported] = []
    unknown: dict[str, None] = {}
    for value in results.values:
        wanted = find(plan, value.characteristic, value.designator)
        if wanted is None:
            unknown[value.characteristic] = None
            continue
        declared = value.unit or (angular_unit if unit_kind(value.type) == ANGULAR else linear_unit)
        values.append(Imported(wanted, value.part, _in_unit(value, wanted, declared), _raw(value)))
    return Matched(tuple(values), tuple(unknown))


def _in_unit(value: QifValue, wanted: Characteristic, declared: str) -> str:
    where = f"part {value.part}, “{wanted.title}”"
    if not declared and wanted.unit:
        option = "--angle-unit" if unit_kind(value.type) == ANGULAR else "--unit"
        raise ImportFault(
            f"{where}: the file declares no unit for {value.value_text}, the plan wants {wanted.unit}. "
            f"Nothing was taken over; declare the unit that the machine measures in (for example {option} mm)."
        )
    if unit_named(declared) == unit_named(wanted.unit):
        return value.value_text
    try:
        return f"{convert(value.value, declared, wanted.unit):f}"
    except UnitError as error:
        raise ImportFault(f"{where}: {error}.") from error


def _raw(value: QifValue) -> str:
    return f"{value.value_text} {value.unit}".rstrip()


def find(plan: InspectionPlan, name: str, designator: str = "") -> Characteristic | None:
    """The measured characteristic that a name or a balloon's number means; None when there is none, or it is not clear."""
    measured = [each for each in plan.characteristics if each.type is CharacteristicType.VARIABLE]
    wanted = _plain(name)
    named = [each for each in measured if wanted and wanted in (_plain(each.id), _plain(each.title))]
    if len(named) == 1:
        return named[0]
    number = designator.strip() or name.strip()
    numbered = [each for each in measured if str(each.balloon) == number]
    return numbered[0] if len(numbered) == 1 and not named else None


def _plain(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name).strip().casefold()


def read_paste(text: str, plan: InspectionPlan, decimal_comma: bool = False) -> Matched:
    """A pasted table with a column of names (characteristic) or numbers (balloon) and one of values; several rows are several
    readings. Raises ImportFault with the row and column of what is wrong.
    """
    table = _table(text, decimal_comma)
    name, number = table.column(*NAME_COLUMNS), table.column(*BALLOON_COLUMNS)
    value, part = table.column(*VALUE_COLUMNS), table.column(*PART_COLUMNS)
    unit = table.column("unit", "units")
    if value is None or (name is None and number is None):
        raise ImportFault(
            "The table needs a first row with the names of its columns: characteristic (or balloon) and value."
        )
    values: list[Imported] = []
    unknown: dict[str, None] = {}
    for row in table.rows:
        if row.blank:
            continue
        label = row.cell(name) if name is not None else ""
        wanted = find(plan, label, row.cell(number) if number is not None else "")
        if wanted is None:
            unknown[label or row.cell(number or 0)] = None
            continue
        _refuse_unit(row, unit, wanted)
        text_of = _reading(table, row, value)
        values.append(Imported(wanted, row.cell(part) if part is not None else "", text_of, row.cell(value)))
    return Matched(tuple(values), tuple(unknown))


def read_readings(text: str, decimal_comma: bool = False) -> tuple[str, ...]:
    """The readings of one characteristic in a pasted text: every cell with a number, row by row; blank cells are left out.

    Raises ImportFault with the row and column of what is no number.
    """
    table = _table(text, decimal_comma)
    chosen = table.column(*VALUE_COLUMNS)
    columns: Sequence[int] = range(table.width) if chosen is None else (chosen,)
    found = [_reading(table, row, at) for row in table.rows for at in columns if row.cell(at)]
    if not found:
        raise ImportFault("There is no reading in what was pasted.")
    return tuple(found)


def _table(text: str, decimal_comma: bool) -> Table:
    try:
        table = parse_table(text, decimal_comma)
    except InputError as error:
        raise ImportFault(f"What was pasted cannot be read: {error}.") from error
    if len(table.rows) > MOST_PASTED:
        raise ImportFault(f"{len(table.rows)} rows were pasted; at most {MOST_PASTED} are taken.")
    return table


def _reading(table: Table, row: Row, column: int) -> str:
    """The text of a reading with a decimal point. Raises ImportFault."""
    try:
        number = table.number(row, column)
    except InputError as error:
        raise ImportFault(f"What was pasted cannot be taken over: {error}.") from error
    if number is None:
        raise ImportFault(f"What was pasted cannot be taken over: {table.fault(row, column, 'the value is missing')}.")
    return row.cell(column).replace(",", ".")


def _refuse_unit(row: Row, column: int | None, wanted: Characteristic) -> None:
    """A unit in the table must be the plan's: a paste is not converted."""
    told = row.cell(column) if column is not None else ""
    if told and unit_named(told) != unit_named(wanted.unit):
        raise ImportFault(
            f"row {row.number}: “{wanted.title}” is in {wanted.unit or 'no unit'}, the table says {told}."
        )


def grouped_readings(values: Iterable[Imported]) -> list[tuple[Characteristic, str, tuple[str, ...], str]]:
    """The readings of each characteristic and part together: (characteristic, part, texts, all that arrived)."""
    groups: dict[tuple[str, str], list[Imported]] = {}
    for value in values:
        groups.setdefault((value.characteristic.id, value.part), []).append(value)
    return [
        (group[0].characteristic, group[0].part, tuple(v.text for v in group), " | ".join(v.raw_text for v in group))
        for group in groups.values()
    ]
