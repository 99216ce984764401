"""The alarm journal: every change of every alarm, searched and paged, newest first, and written out as CSV.

It reads the station's own records, beside their writer, on the pool; nothing is kept in memory but the page that is shown.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from station_app.domain.alarm_search import AlarmEntry, AlarmSearch, Place, entry_of
from station_app.domain.chain import Row
from station_app.domain.records import AlarmTransition, MaintenanceRequested, RecordError, decode_body

PAGE_ROWS = 50
PORTION_ROWS = 500
COLUMNS = ("time_utc", "time_local", "transition", "priority", "source", "condition", "text", "value", "reason",
           "shelved_until_utc", "person", "unit", "order", "alarm_id")  # fmt: skip


class AlarmRecords(Protocol):
    """What the journal of records answers. Blocks; may be called from any thread; raises JournalError."""

    def alarm_rows(self, search: AlarmSearch, serials: Sequence[str], before: Place | None, limit: int) -> list[Row]:
        """Records of alarms before a place, newest first, at most ``limit``. All that fit are among them; of those that
        are looked for by a text some may not fit. ``serials`` are units whose records fit the text because of their order.
        """
        ...


@dataclass(frozen=True, slots=True)
class AlarmPage:
    """Some lines, newest first; ``more`` says whether there are older ones."""

    entries: tuple[AlarmEntry, ...]
    more: bool


WriteExport = Callable[[str, Iterator[str]], Path]
Orders = Callable[[], Mapping[str, str]]
Names = Callable[[], Mapping[str, str]]


class AlarmJournal:
    """Searches and writes out. The verbs are called on the main thread and answer futures, done on the pool.

    ``orders`` gives the order of each unit by serial number and ``names`` people's names by id, as they are now.
    ``write(name, lines)`` writes a file durably and answers where it is; it raises OSError.
    """

    def __init__(self, records: AlarmRecords, pool: Executor, orders: Orders, names: Names, write: WriteExport) -> None:
        self._records = records
        self._pool = pool
        self._orders = orders
        self._names = names
        self._write = write

    def search(self, search: AlarmSearch, before: Place | None = None, limit: int = PAGE_ROWS) -> Future[AlarmPage]:
        """One page of what fits, older than ``before``. Fails with JournalError."""
        return self._pool.submit(self._page, search, before, limit, self._orders(), self._names())

    def export(self, search: AlarmSearch, name: str) -> Future[Path]:
        """Write everything that fits as CSV (UTF-8). Fails with JournalError and OSError."""
        return self._pool.submit(self._export, search, name, self._orders(), self._names())

    def _page(
        self, search: AlarmSearch, before: Place | None, limit: int, orders: Mapping[str, str], names: Mapping[str, str]
    ) -> AlarmPage:
        found: list[AlarmEntry] = []
        for entry in self._entries(search, before, limit + 1, orders, names):
            found.append(entry)
            if len(found) > limit:
                break
        return AlarmPage(tuple(found[:limit]), len(found) > limit)

    def _export(self, search: AlarmSearch, name: str, orders: Mapping[str, str], names: Mapping[str, str]) -> Path:
        return self._write(name, csv_lines(self._entries(search, None, PORTION_ROWS, orders, names)))

    def _entries(
        self,
        search: AlarmSearch,
        before: Place | None,
        portion: int,
        orders: Mapping[str, str],
        names: Mapping[str, str],
    ) -> Iterator[AlarmEntry]:
        serials = _serials(search, orders)
        if search.order_id and not serials:
            return
        while True:
            rows = self._records.alarm_rows(search, serials, before, portion)
            for row in rows:
                entry = _entry(row, names, orders)
                if entry is not None and (not search.text.strip() or entry.holds(search.text)):
                    yield entry
            if len(rows) < portion:
                return
            before = Place(rows[-1].epoch, rows[-1].seq)


def _serials(search: AlarmSearch, orders: Mapping[str, str]) -> list[str]:
    """The units of the order that is looked for, or of those that the text names."""
    if search.order_id:
        return [serial for serial, order in orders.items() if order == search.order_id]
    wanted = search.text.strip().casefold()
    return [serial for serial, order in orders.items() if wanted in order.casefold()] if wanted else []


def _entry(row: Row, names: Mapping[str, str], orders: Mapping[str, str]) -> AlarmEntry | None:
    try:
        fact = decode_body(row.kind, row.body)
    except RecordError:
        return None  # of a newer version; `station verify` names what cannot be read
    if not isinstance(fact, AlarmTransition | MaintenanceRequested):
        return None
    return entry_of(Place(row.epoch, row.seq), row.wall_us, row.utc_offset_min, row.actor, fact, names, orders)


def csv_lines(entries: Iterator[AlarmEntry]) -> Iterator[str]:
    """The lines of a CSV file with its heading; no cell is taken for a formula by a spreadsheet."""
    yield _line(COLUMNS)
    for entry in entries:
        until = "" if entry.until_us is None else _iso(entry.until_us, 0)
        yield _line(
            (
                _iso(entry.at_us, 0),
                _iso(entry.at_us, entry.utc_offset_min),
                *(entry.transition, entry.priority, entry.source, entry.condition, entry.text, entry.value_text),
                *(entry.reason, until, entry.person, entry.serial, entry.order_id, entry.alarm_id),
            )
        )


def _line(cells: Sequence[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\r\n").writerow([f"'{cell}" if _is_formula(cell) else cell for cell in cells])
    return line.getvalue()


def _is_formula(cell: str) -> bool:
    if cell[:1] in ("=", "@", "\t", "\r"):
        return True
    return cell[:1] in ("+", "-") and not cell[1:].replace(".", "", 1).isdigit()


def _iso(at_us: int, utc_offset_min: int) -> str:
    zone = datetime.timezone(datetime.timedelta(minutes=utc_offset_min))
    moment = datetime.datetime.fromtimestamp(0, datetime.UTC) + datetime.timedelta(microseconds=at_us)
    return moment.astimezone(zone).isoformat(timespec="milliseconds")
