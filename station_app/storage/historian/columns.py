"""Samples of one tag as columns: what a block holds, before it is bytes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from station_app.domain.trend import BAD, ValueKind

StoredValue = bool | int | float | str | None
Row = tuple[int, int, int, StoredValue, int, int]
"""One sample as the tail keeps it: seq, tag, time_us, value, quality (0 to 2), status (number of its name)."""

INT64_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Columns:
    """Samples in order of arrival; all arrays have shape (n,).

    ``value`` is float64, int64, bool or object (str), as ``kind`` says; where ``present`` is False it repeats the
    value before. ``status`` are positions in ``names``.
    """

    kind: ValueKind
    time_us: NDArray[np.int64]
    value: NDArray[Any]
    present: NDArray[np.bool_]
    quality: NDArray[np.uint8]
    status: NDArray[np.int32]
    names: tuple[str, ...]

    def __len__(self) -> int:
        return int(self.time_us.size)

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Where there is a value that is not Bad, shape (n,)."""
        return np.asarray(self.present & (self.quality != BAD))


def columns_of(rows: Sequence[Row], status_names: Sequence[str]) -> Columns:
    """Rows whose values are of kinds that go together (:func:`runs_of_one_kind`), as columns."""
    _, _, times, values, qualities, statuses = zip(*rows, strict=True)
    kind, value, present = _value_column(values)
    numbers, positions = np.unique(np.array(statuses, np.int32), return_inverse=True)
    return Columns(
        kind,
        np.array(times, np.int64),
        value,
        present,
        np.array(qualities, np.uint8),
        positions.astype(np.int32).reshape(-1),
        tuple(status_names[number] for number in numbers),
    )


def as_tail(rows: Sequence[Row]) -> Sequence[tuple[object, ...]]:
    """Rows as the table ``tail`` takes them: SQLite knows no bool, so true and false are single bytes there."""
    if bool not in set(map(type, [row[3] for row in rows])):
        return rows
    return [(*row[:3], bytes([row[3]]) if isinstance(row[3], bool) else row[3], *row[4:]) for row in rows]


def from_tail(row: Sequence[Any]) -> Row:
    """A row as it was, from the table ``tail``."""
    seq, tag, time_us, value, quality, status = row
    return seq, tag, time_us, value == b"\1" if isinstance(value, bytes) else value, quality, status


def runs_of_one_kind(rows: Sequence[Row]) -> list[Sequence[Row]]:
    """The rows cut where texts and numbers meet; samples without a value go with those before them."""
    if str not in set(map(type, [row[3] for row in rows])):
        return [rows] if rows else []
    runs: list[Sequence[Row]] = []
    start, is_text = 0, None
    for index, row in enumerate(rows):
        if row[3] is None:
            continue
        if is_text is not None and isinstance(row[3], str) is not is_text:
            runs.append(rows[start:index])
            start = index
        is_text = isinstance(row[3], str)
    runs.append(rows[start:])
    return runs


def of_one_kind(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows themselves, or all values as texts where texts and numbers meet."""
    if len(runs_of_one_kind(rows)) <= 1:
        return rows
    return [(*row[:3], None if row[3] is None else str(row[3]), *row[4:]) for row in rows]


def _value_column(values: Sequence[StoredValue]) -> tuple[ValueKind, NDArray[Any], NDArray[np.bool_]]:
    types = set(map(type, values)) - {type(None)}
    present = np.array([value is not None for value in values], np.bool_)
    if types == {str}:
        texts = np.empty(len(values), object)
        texts[:] = _filled(values, "")
        return ValueKind.TEXT, texts, present
    if types == {bool}:
        return ValueKind.BOOL, np.array(_filled(values, False), np.bool_), present
    if types == {int}:
        return ValueKind.INT, np.array(_filled(values, 0), np.int64), present
    return ValueKind.FLOAT, np.array(_filled(values, 0.0), np.float64), present


def _filled(values: Sequence[StoredValue], initial: StoredValue) -> Sequence[StoredValue]:
    """The values, each absent one replaced by the one before it: a repetition costs nothing."""
    if None not in values:
        return values
    filled: list[StoredValue] = []
    last = next((value for value in values if value is not None), initial)
    for value in values:
        last = last if value is None else value
        filled.append(last)
    return filled
