"""Counting the records of the demo: made at the stations, delivered to the server, lost, doubled.

Both sides are read from their tables, each on its own, and only then compared.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from station_app.storage.log_export import COLUMNS, LogLine, journal_lines, server_lines


@dataclass(frozen=True, slots=True)
class RecordCount:
    """``lost``: made and not on the server. ``doubled``: places on the server beyond the first of a record."""

    records_made: int
    records_delivered: int
    lost: int
    doubled: int


def count(made: list[LogLine], delivered: list[LogLine]) -> RecordCount:
    """Compare what the stations' journals hold with what the server's log holds."""
    made_ids = {(line.station, line.rec_id) for line in made}
    places = Counter((line.station, line.rec_id) for line in delivered)
    return RecordCount(
        records_made=len(made_ids),
        records_delivered=len(places),
        lost=len(made_ids - places.keys()),
        doubled=sum(times - 1 for times in places.values()),
    )


def count_plant(journals: Mapping[str, Path], admin_url: str, log_file: Path) -> RecordCount:
    """Count everything, and write the server's log as CSV for whoever counts again. ``journals`` by station path."""
    made = [line for station, path in journals.items() for line in journal_lines(path, station)]
    delivered = server_lines(admin_url)
    with log_file.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(line.values() for line in delivered)
    return count(made, delivered)
