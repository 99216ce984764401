"""The alarm journal of a running station: its records, the orders and people they name, and where exports go."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from functools import partial
from pathlib import Path

from station_app.services.alarm_journal import AlarmJournal, AlarmRecords
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary
from station_app.storage.text_export import write_export


def alarm_journal(
    records: AlarmRecords, pool: Executor, ledger: Ledger, library: MasterLibrary, folder: Path
) -> AlarmJournal:
    """The journal of one station; CSV files go to ``folder``."""

    def orders() -> Mapping[str, str]:
        return {unit.serial: unit.order_id for unit in ledger.fold.units.values()}

    def names() -> Mapping[str, str]:
        return {person.id: person.name for person in library.book.people.values()}

    return AlarmJournal(records, pool, orders, names, partial(write_export, folder))
