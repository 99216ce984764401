"""Verifying and draining a station without its application: what `station verify` and `station sync drain` do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from station_app.app.database import connect_shared_database, database_address
from station_app.app.history import StationHistory, historian_path
from station_app.config import StationConfig
from station_app.domain.chain import CHANNELS
from station_app.domain.ids import RecordIds
from station_app.services.recording import Recorder
from station_app.services.sync_state import SyncState
from station_app.services.synchronize import build_synchronizer, drain
from station_app.services.verifying import compare_store, compare_with_server, damaged_master
from station_app.storage.clock import SystemClock
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal, verify_local
from station_app.storage.journal.opening import check_mark
from station_app.storage.journal.read_only import ReadOnlyJournal
from station_app.storage.shared.verify import verify_server


@dataclass(frozen=True, slots=True)
class VerificationReport:
    """What was verified. ``faults`` are sentences that name the first bad record of a chain."""

    records: int
    waiting: int
    server_compared: bool
    faults: tuple[str, ...]


def verify_station(config: StationConfig, journal_path: Path, with_server: bool) -> VerificationReport:
    """Recompute the local chains, then the server's, then compare both; a damaged journal is compared with nothing.

    Raises JournalError and SharedDatabaseError.
    """
    station = config.station.path
    faults = [f"journal, {fault}" for fault in verify_local(journal_path, station)]
    if faults:
        return VerificationReport(0, 0, False, tuple(faults))
    address = database_address(config) if with_server else None
    with ReadOnlyJournal(journal_path, station) as journal:
        faults += [f"journal, {fault}" for fault in damaged_master(journal)]
        if address is not None:
            faults += [f"server, {fault}" for fault in verify_server(address)]
            database = connect_shared_database(config)
            try:
                faults += [f"comparison, {difference}" for difference in compare_with_server(journal, database)]
                faults += [f"comparison, {difference}" for difference in compare_store(journal, database)]
            finally:
                database.close()
        records = sum(head.seq for chan in CHANNELS for head in journal.epochs(chan))
        return VerificationReport(records, journal.waiting(), address is not None, tuple(faults))


def drain_station(config: StationConfig, journal_path: Path, timeout_s: float) -> SyncState:
    """Deliver what waits, machine data as well.

    Raises JournalLocked while the application runs: then it delivers by itself; JournalError where there is no journal.
    """
    # without a journal nothing would wait, and a folder that is written wrongly would be "delivered"
    check_mark(journal_path)
    clock = SystemClock()
    database = connect_shared_database(config)
    journal = SqliteJournal(journal_path, config.station.path)
    history = StationHistory(config, clock) if historian_path(config).exists() else None
    try:
        recorder = Recorder(journal, clock, RecordIds())
        evidence = FileEvidenceStore(config.station.folder / "evidence")
        outbox = None
        if history is not None:
            history.start()
            outbox = history.outbox
        return drain(build_synchronizer(journal, database, evidence, recorder, clock, trends=outbox), timeout_s)
    finally:
        if history is not None:
            history.stop()
            history.close()
        journal.close()
        database.close()
