"""Room for pictures at a station: the retention rule as station.toml says it, applied from time to time, and its alarm."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path

from station_app.config import StationConfig
from station_app.domain.evidence_retention import MIB, RetentionPlan, RetentionRule
from station_app.services.alarms import Alarms
from station_app.services.ports import Clock, EvidenceError, EvidenceStore, Journal, JournalError, SharedDatabase
from station_app.services.posting import Post, when_done
from station_app.services.recording import Recorder
from station_app.services.removing_evidence import AT_ONCE, EvidenceRetention, Pruned, plan_retention
from station_app.storage.clock import SystemClock
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal
from station_app.storage.journal.read_only import ReadOnlyJournal

FIRST_S, EVERY_S, NEXT_ROUND_S = 60.0, 600.0, 5.0
SOURCE, ROOM = "evidence", "disk nearly full"
EVIDENCE_FOLDER = "evidence"


def retention_rule(config: StationConfig) -> RetentionRule:
    """As station.toml says. What has to stay free is the historian's: 1 GiB, on a small disk a twentieth of it."""
    settings, min_free_mib = config.evidence, config.historian.min_free_mib
    smallest = shutil.disk_usage(_existing(config.station.folder)).total // 20
    min_free = min_free_mib * MIB if min_free_mib is not None else min(1024 * MIB, smallest)
    return RetentionRule(settings.keep_days, settings.max_size_mib * MIB, min_free)


def free_bytes(folder: Path) -> int:
    """What is free on the disk of a folder, which need not exist yet."""
    return shutil.disk_usage(_existing(folder)).free


def build_retention(
    config: StationConfig,
    journal: Journal,
    evidence: EvidenceStore,
    database: SharedDatabase,
    recorder: Recorder,
    clock: Clock,
) -> EvidenceRetention:
    """The rule with a station's stores."""
    folder = config.station.folder
    return EvidenceRetention(
        journal, evidence, database, recorder, retention_rule(config), clock, lambda: free_bytes(folder)
    )


def dry_retention(config: StationConfig, journal_path: Path) -> RetentionPlan:
    """What would be removed, beside the running application. Raises JournalError, RecordError and OSError."""
    evidence = FileEvidenceStore(config.station.folder / EVIDENCE_FOLDER)
    with ReadOnlyJournal(journal_path, config.station.path) as journal:
        now_us = SystemClock().wall_us()
        return plan_retention(journal, evidence, retention_rule(config), now_us, free_bytes(config.station.folder))


def prune_station(config: StationConfig, journal_path: Path) -> list[Pruned]:
    """Remove what may go, without the application. Raises JournalLocked while it runs: then it does so by itself."""
    from station_app.app.database import connect_shared_database
    from station_app.domain.ids import RecordIds

    clock = SystemClock()
    database = connect_shared_database(config)
    journal = SqliteJournal(journal_path, config.station.path)
    try:
        recorder = Recorder(journal, clock, RecordIds())
        evidence = FileEvidenceStore(config.station.folder / EVIDENCE_FOLDER)
        retention = build_retention(config, journal, evidence, database, recorder, clock)
        rounds = [retention.prune()]
        while rounds[-1].more:
            rounds.append(retention.prune())
        return rounds
    finally:
        journal.close()
        database.close()


class EvidenceKeeping:
    """Applies the rule every ten minutes on the pool, as far as the server is there. Lives on the main thread."""

    def __init__(
        self,
        retention: EvidenceRetention,
        pool: Executor,
        post: Post,
        alarms: Alarms,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._retention = retention
        self._pool = pool
        self._post = post
        self._alarms = alarms
        self._now_s = now_s
        self._due_s = now_s() + FIRST_S
        self._under_way = False

    def follow(self, connected: bool) -> None:
        """Begin a round when it is time; about once a second. Without the server the room is only looked at."""
        if self._under_way or self._now_s() < self._due_s:
            return
        self._under_way = True
        at_once = AT_ONCE if connected else 0
        when_done(self._pool.submit(self._retention.prune, at_once), self._post, self._pruned, self._failed)

    def _pruned(self, pruned: Pruned) -> None:
        self._next(NEXT_ROUND_S if pruned.more else EVERY_S)
        if not pruned.more:  # while there is, it cannot be told
            self._alarms.condition(SOURCE, ROOM, bool(pruned.lacking), pruned.lacking, "medium")

    def _failed(self, error: BaseException) -> None:
        self._next(EVERY_S)
        if not isinstance(error, JournalError | EvidenceError | OSError):
            raise error
        self._alarms.condition(SOURCE, ROOM, True, f"Pictures could not be looked through: {error}", "medium")

    def _next(self, wait_s: float) -> None:
        self._under_way = False
        self._due_s = self._now_s() + wait_s


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())
