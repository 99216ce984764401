"""The records of many units, as the station itself makes them: one unit is built for real, the others are its copies."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

from station_app.domain.chain import REC, Draft, Row
from station_app.domain.ids import RecordIds
from station_app.services.posting import PostQueue
from station_app.storage.journal import SqliteJournal
from tests.benchmarks.desk import Desk, serial

APPEND = 500


def fill_journal(file: Path, station: str, records: int, template: list[Row]) -> None:
    """Append at least ``records`` records to the journal of a station that is not running: copies of the template's unit."""
    with SqliteJournal(file, station) as journal:
        drafts = itertools.islice(_copies(template), records)
        while portion := list(itertools.islice(drafts, APPEND)):
            journal.append(portion).result()


def built_unit(folder: Path) -> list[Row]:
    """Build one unit at a station in ``folder``; what it recorded from the unit's scan to its end."""
    posts = PostQueue()
    desk = Desk(folder, posts.post, lambda: posts.run_one(0.5), units=1)
    try:
        before = desk.station.journal.head(REC)
        desk.work_to_measuring()
        desk.work_to_end()
        return desk.station.journal.rows(REC, before.epoch, before.seq, 1000)
    finally:
        desk.close()


def _copies(template: list[Row]) -> Iterator[Draft]:
    """For ever; each copy of the unit has a serial number and a job of its own."""
    job_id = next(row.body.split(b'"job_id":"')[1].split(b'"')[0] for row in template if b'"job_id":"' in row.body)
    ids = RecordIds()
    for unit in itertools.count(1):
        names = {serial(0).encode(): f"GX40-X{unit:05d}".encode(), job_id: ids.next(time.time_ns() // 1000).encode()}
        for row in template:
            body, now_us = row.body, time.time_ns() // 1000
            for name, other in names.items():
                body = body.replace(name, other)
            yield Draft(
                REC, ids.next(now_us), row.kind, row.ver, row.actor, now_us, row.utc_offset_min, time.monotonic_ns(),
                row.boot_id, row.clock_offset_ms, body,
            )  # fmt: skip
