"""The text of a table (a CSV file, a gauge's export, a paste from a spreadsheet) read as subgroups, counts or a gauge
study.

Commas, semicolons or tabs separate; a first row of names is recognised; a blank cell is a missing reading, never 0.
Everything else that is not a finite number is refused with its row and column, as they are counted in an editor: from
1, the names' row included.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from station_app.domain.quality.errors import DecimalComma, InputError
from station_app.domain.quality.readings import LARGEST, Counts, Subgroups, counts_of, subgroups_of

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_COMMA_NUMBER = re.compile(r"[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?", re.ASCII)
_NOT_FINITE = re.compile(r"[+-]?(nan|inf(inity)?)", re.IGNORECASE)
# columns that name a subgroup instead of holding a reading
LABELS = ("subgroup", "sample")
VALUES = ("value", "y", "reading", "measurement")
# what a name of a column does not begin with, and a number that is written in another way does
_BEGINS_NO_NAME = "+-−–±.,*<>≤≥~"
# more of a cell says no more about what is wrong with it
LONGEST_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Row:
    """A row's number in the text, from 1, and its cells without surrounding blanks."""

    number: int
    cells: tuple[str, ...]

    @property
    def blank(self) -> bool:
        """Whether nothing is written in it."""
        return not any(self.cells)

    def cell(self, column: int) -> str:
        """The cell of a column counted from 0; blank where the row ends before it."""
        return self.cells[column] if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a text under the names of its columns.

    ``names`` is empty where the first row is already a row of values.
    """

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    decimal_comma: bool = False

    @property
    def width(self) -> int:
        """How many columns there are."""
        return max(len(self.names), *(len(row.cells) for row in self.rows), 0)

    def column(self, *names: str) -> int | None:
        """The column, from 0, with one of these names; None when there is none."""
        lowered = [name.lower() for name in self.names]
        return next((lowered.index(name) for name in names if name in lowered), None)

    def number(self, row: Row, column: int) -> float | None:
        """The number in a cell, None where it is blank. Raises InputError with the cell's row and column."""
        text = row.cell(column)
        if not text:
            return None
        if (_COMMA_NUMBER if self.decimal_comma and "," in text else _NUMBER).fullmatch(text):
            if self.decimal_comma and "." in text:
                raise self.fault(
                    row, column, f"{_shown(text)} has a decimal point, and the table is said to have decimal commas"
                )
            value = float(text.replace(",", "."))
            if not abs(value) <= LARGEST:
                raise self.fault(row, column, f"{_shown(text)} is too large to be a reading")
            return value
        if _COMMA_NUMBER.fullmatch(text):
            what = f"{_shown(text)} has a decimal comma: write {text.replace(',', '.')[:LONGEST_SHOWN]}"
            raise DecimalComma(str(self.fault(row, column, what)))
        if _NOT_FINITE.fullmatch(text):
            raise self.fault(row, column, f"{_shown(text)} is no reading; leave the cell blank where one is missing")
        raise self.fault(row, column, f"{_shown(text)} is not a number")

    def fault(self, row: Row, column: int, what: str) -> InputError:
        """The error for a cell."""
        name = f" ({self.names[column]})" if column < len(self.names) and self.names[column] else ""
        return InputError(f"row {row.number}, column {column + 1}{name}: {what}")


def decode(content: bytes) -> str:
    """The text of a file: UTF-8 with or without its mark, or UTF-16 with one. Raises InputError for anything else."""
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(f"this is no text in UTF-8 (byte {error.start + 1}): save it as CSV in UTF-8") from None
    if "\0" in text:
        raise InputError("this is no text: it contains zero bytes; save it as CSV in UTF-8")
    return text


def parse_table(text: str, decimal_comma: bool = False) -> Table:
    """The rows of a text.

    Blank rows at its end are dropped, those between are kept. Raises InputError for an empty text.
    """
    rows = list(_rows(text, _delimiter(text, decimal_comma)))
    while rows and rows[-1].blank:
        rows.pop()
    while rows and rows[0].blank:
        rows.pop(0)
    if not rows:
        raise InputError("there is nothing in it")
    names: tuple[str, ...] = ()
    if _names_columns(rows[0]):
        names = rows.pop(0).cells
    if not rows:
        raise InputError("there is a row of names, and no row of values")
    table = Table(names, tuple(rows), decimal_comma)
    if names:
        long = next((row for row in rows if any(row.cells[len(names) :])), None)
        if long is not None:
            raise table.fault(
                long, len(names), f"{_shown(long.cell(len(names)))} stands in no column: there are {len(names)} names"
            )
    return table


def subgroups_from(table: Table) -> Subgroups:
    """Every row a subgroup, every column a reading; rows with the same name in a column ``subgroup`` or ``sample``
    are one.

    Raises InputError with the row and column of what is no number.
    """
    label = table.column(*LABELS)
    columns = [at for at in range(table.width) if at != label]
    rows = [(row, [table.number(row, at) for at in columns]) for row in table.rows]
    while columns and all(len(numbers) and numbers[-1] is None for _, numbers in rows):
        columns.pop()
        rows = [(row, numbers[:-1]) for row, numbers in rows]
    if not columns:
        raise InputError("there is no reading in it")
    if label is None:
        return subgroups_of([numbers for _, numbers in rows])
    named: dict[str, list[float | None]] = {}
    for row, numbers in rows:
        if row.blank:
            continue
        if not row.cell(label):
            raise table.fault(row, label, "the row belongs to no subgroup")
        named.setdefault(row.cell(label), []).extend(numbers)
    return subgroups_of(list(named.values()))


def counts_from(table: Table, needs_size: bool = True) -> Counts:
    """Columns ``count`` and ``size``, by their names or else in this order; without sizes every sample is one unit
    where allowed.

    Raises InputError with the row of what cannot be a count.
    """
    count, size = table.column("count"), table.column("size")
    if count is None:
        if table.width > 2:
            raise InputError("name the columns count and size in the first row: there are more than two")
        count, size = 0, 1 if table.width == 2 else None
    if size is None and needs_size:
        raise InputError("a column for the sample's size is missing: give count,size in every row")
    counts = [table.number(row, count) for row in table.rows]
    sizes = [1.0 if size is None else table.number(row, size) for row in table.rows]
    for row, found, of in zip(table.rows, counts, sizes, strict=True):
        if found is not None and of is None:
            raise table.fault(row, size or 0, "the size of the sample is missing")
        if found is not None and (found < 0 or found != math.floor(found)):
            raise table.fault(row, count, f"{_shown(row.cell(count))} is no count: counts are whole numbers from 0")
        if of is not None and of <= 0:
            raise table.fault(
                row,
                size or 0,
                f"{_shown(row.cell(size or 0))} is no size: leave the row blank where nothing was inspected",
            )
    return counts_of(counts, sizes)


def study_readings(table: Table) -> Iterator[tuple[str, str, float]]:
    """Part, operator and value of every row, by the columns' names or else in this order.

    Raises InputError with the row and column of what is missing or no number.
    """
    part, operator, value = table.column("part"), table.column("operator"), table.column(*VALUES)
    rows: Sequence[Row] = table.rows
    if part is None or operator is None or value is None:
        if table.width != 3 or part is not None or operator is not None:
            raise InputError("name the columns part, operator and value in the first row")
        part, operator, value = 0, 1, 2
        # a first row without any number was taken for names: here it must be a row of values
        rows = [Row(1, table.names), *rows] if table.names else rows
    for row in rows:
        if row.blank:
            continue
        number = table.number(row, value)
        for column, missing in (
            (part, not row.cell(part)),
            (operator, not row.cell(operator)),
            (value, number is None),
        ):
            if missing:
                raise table.fault(row, column, "the cell is blank; a study needs every reading")
        if number is not None:
            yield row.cell(part), row.cell(operator), number


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
    begun = 1
    try:
        for cells in reader:
            yield Row(reader.line_num, tuple(cell.strip() for cell in cells))
            begun = reader.line_num + 1
    except csv.Error as error:
        # the reader says this of a text that ends, which tells nobody what to correct
        unclosed = "end of data" in str(error)
        what = "a quotation mark is opened and never closed" if unclosed else str(error)
        raise InputError(f"row {begun}: {what}") from None


def _delimiter(text: str, decimal_comma: bool) -> str:
    """A semicolon or tab where there is one, else the comma (no separator at all where commas are decimal)."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    for delimiter in (";", "\t"):
        if delimiter in first:
            return delimiter
    return ";" if decimal_comma else ","


def _names_columns(row: Row) -> bool:
    """Whether a first row holds names: one names a column that is known, or no cell is a number or begins as one.

    A reading that is written as no number ("1 000", "0x10", "<0.5") must be refused with its place, not taken for a
    name and lost.
    """
    known = {*LABELS, "count", "size", "part", "operator"}
    if any(cell.lower() in known for cell in row.cells):
        return True
    return not any(
        cell[0].isnumeric() or cell[0] in _BEGINS_NO_NAME or _NOT_FINITE.fullmatch(cell) for cell in row.cells if cell
    )


def _shown(text: str) -> str:
    """A cell as a fault shows it, its end left out where it is long."""
    return repr(text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…")
