"""Cloned stations, restored stations and restored servers on the real journal and the real PostgreSQL: nothing stranded."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from station_app.domain.chain import AUDIT, CHANNELS, REC, Row
from station_app.domain.ids import RecordIds
from station_app.domain.records import Comment, EpochStart, Fact, SettingChanged
from station_app.services.ports import Blob, BlobState, JournalFull
from station_app.services.recording import Recorder
from station_app.services.sync_state import SyncPhase, SyncState
from station_app.services.synchronize import SyncWorker, build_synchronizer, drain
from station_app.services.verifying import compare_with_server
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal, verify_local
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.admin import Publication, publish
from station_app.storage.shared.line_past import ROW_COLUMNS
from station_app.storage.shared.verify import verify_server
from tests.fakes.clock import FakeClock
from tests.shared_database import STATION_A, PlantDatabase
from tests.waiting import wait_until

DRAIN_S = 30.0
NOW_US = 1_790_000_000_000_000


class RealStation:
    """One copy of station A: a folder on disk, opened and closed like an application."""

    def __init__(self, folder: Path, plant: PlantDatabase, clock: FakeClock | None = None) -> None:
        self.folder = folder
        self.plant = plant
        self.clock = clock or FakeClock(NOW_US)
        self.rehomed: list[str] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Open everything; close it in the end."""
        self.journal = SqliteJournal(self.folder / "journal.sqlite", STATION_A)
        self.evidence = FileEvidenceStore(self.folder / "evidence")
        self.database = PostgresSharedDatabase(self.plant.address(STATION_A))
        self.recorder = Recorder(self.journal, self.clock, RecordIds())
        try:
            yield
        finally:
            self.database.close()
            self.journal.close()

    def record(self, count: int, chan: str = REC) -> list[str]:
        """Record facts; answer their ids."""
        facts: list[Fact] = [
            Comment(text=str(n)) if chan == REC else SettingChanged(setting="s", old="", new=str(n))
            for n in range(count)
        ]
        return [row.rec_id for row in self.recorder.record(facts, "P-1").result()]

    def drain(self) -> SyncState:
        """Deliver until nothing waits."""
        synchronizer = build_synchronizer(self.journal, self.database, self.evidence, self.recorder, self.clock)
        state = drain(synchronizer, DRAIN_S)
        assert state.name is SyncPhase.IDLE, state
        return state

    def use(self, records: int) -> list[str]:
        """Start, record, deliver, stop."""
        with self.running():
            ids = self.record(records) + self.record(1, AUDIT)
            self.drain()
        return ids

    def copy_to(self, folder: Path) -> RealStation:
        """What a disk image or a backup of the stopped station holds."""
        shutil.copytree(self.folder, folder)
        return RealStation(folder, self.plant, self.clock)

    def rows(self) -> list[Row]:
        """Every row of the journal."""
        return [row for chan in CHANNELS for row in self.journal.all_rows(chan)]

    def assert_equal(self, expected: set[str]) -> None:
        """The server has exactly these rows, each once, every expected one, and all chains hold."""
        server = server_rows(self.plant)
        with self.running():
            assert self.rows() == server
            assert self.journal.waiting() == 0
            assert compare_with_server(self.journal, self.database) == []
        ids = [row.rec_id for row in server]
        assert len(ids) == len(set(ids))
        assert expected <= set(ids)
        assert verify_local(self.folder / "journal.sqlite", STATION_A) == []
        assert verify_server(self.plant.address(STATION_A)) == []


def server_rows(plant: PlantDatabase) -> list[Row]:
    """The rows of station A as the server has them."""
    found = plant.sql(
        f"SELECT {ROW_COLUMNS} FROM mes.station_log WHERE station = %s ORDER BY chan DESC, epoch, seq", STATION_A
    )
    return [Row(*values) for values in found]


def put_back(plant: PlantDatabase, backup: str) -> None:
    """Restore the database from a copy made by :func:`back_up`."""
    server, name = plant.server, plant.name
    run_sql(plant, f'DROP DATABASE "{name}" WITH (FORCE)', f'CREATE DATABASE "{name}" TEMPLATE "{backup}"')
    run_sql(plant, f'DROP DATABASE "{backup}"', f'GRANT CONNECT ON DATABASE "{name}" TO mes_station, mes_publisher')
    assert server.is_running


def back_up(plant: PlantDatabase) -> str:
    """Copy the database; answer the copy's name."""
    backup = f"{plant.name}_backup"
    run_sql(plant, f'CREATE DATABASE "{backup}" TEMPLATE "{plant.name}" STRATEGY FILE_COPY')
    return backup


def run_sql(plant: PlantDatabase, *statements: str) -> None:
    """Run statements in the server's own database."""
    admin = PlantDatabase(plant.server, "postgres", plant.logins)
    for statement in statements:
        admin.sql(statement)


@pytest.fixture
def station(plant: PlantDatabase, tmp_path: Path) -> RealStation:
    return RealStation(tmp_path / "station", plant)


def test_a_cloned_station_and_its_original_keep_every_record(station: RealStation, tmp_path: Path) -> None:
    expected = set(station.use(20))
    with station.running():
        expected |= set(station.record(3))  # not delivered: both copies have it
    clone = station.copy_to(tmp_path / "clone")
    for _ in range(2):
        expected |= set(clone.use(5))
        expected |= set(station.use(7))
    expected |= set(clone.use(1))
    clone.assert_equal(expected)
    assert {row.kind for row in server_rows(station.plant) if row.seq == 1 and row.epoch > 1} == {EpochStart.kind}


def test_a_restored_station_takes_its_own_records_back(station: RealStation, tmp_path: Path) -> None:
    expected = set(station.use(10))
    restored = station.copy_to(tmp_path / "backup")
    expected |= set(station.use(600))
    expected |= set(restored.use(4))
    restored.assert_equal(expected)


def test_a_station_whose_disk_was_replaced_takes_its_own_records_back(station: RealStation, tmp_path: Path) -> None:
    expected = set(station.use(600))
    fresh = RealStation(tmp_path / "fresh", station.plant)
    fresh.clock.advance(3600)
    expected |= set(fresh.use(2))
    fresh.assert_equal(expected)


def test_a_restored_server_gets_records_files_and_publishes_again(station: RealStation, plant: PlantDatabase) -> None:
    publish(plant.url("publisher"), [Publication("reasons", "old", b'{"id":"old","reasons":[]}')])
    expected = set(station.use(10))
    backup = back_up(plant)
    publish(plant.url("publisher"), [Publication("reasons", "new", b'{"id":"new","reasons":[]}')])
    with station.running():
        expected |= set(station.record(700))
        sha256 = station.evidence.put(b"p" * 700_000)
        station.journal.put_blob(Blob(sha256, 700_000, "image/png", BlobState.WAITING)).result()
        station.drain()
        assert {change.id for change in station.journal.master("reasons")} == {"old", "new"}
    assert len(plant.sql("SELECT 1 FROM mes.blob")) == 1
    put_back(plant, backup)
    assert plant.sql("SELECT 1 FROM mes.blob") == []
    with station.running():
        assert "acknowledged up to" in str(compare_with_server(station.journal, station.database)[0])
        station.drain()
        assert {change.id for change in station.journal.master("reasons")} == {"old"}
    station.assert_equal(expected)
    assert plant.sql("SELECT sha256 FROM mes.blob") == [(sha256,)]


def test_a_server_restored_while_the_station_runs_is_noticed_by_the_poll(
    station: RealStation, plant: PlantDatabase
) -> None:
    expected = set(station.use(10))
    backup = back_up(plant)
    with station.running():
        expected |= set(station.record(5))
        synchronizer = build_synchronizer(
            station.journal, station.database, station.evidence, station.recorder, station.clock
        )
        assert drain(synchronizer, DRAIN_S).name is SyncPhase.IDLE
        put_back(plant, backup)
        station.clock.advance(60)
        synchronizer.step()
        for _ in range(50):
            station.clock.advance(synchronizer.step().delay_s)
            if synchronizer.state.name is SyncPhase.IDLE and station.journal.waiting() == 0:
                break
    station.assert_equal(expected)


def test_the_clock_may_be_set_by_years(station: RealStation, plant: PlantDatabase) -> None:
    expected: set[str] = set()
    for years in (0, 10, -40, 25, -1):
        station.clock.step_wall(years * 365.25 * 86_400)
        expected |= set(station.use(3))
    station.assert_equal(expected)
    offsets = [row.clock_offset_ms for row in server_rows(plant) if row.chan == REC]
    assert offsets[0] is None
    times = plant.sql("SELECT extract(epoch FROM corrected_time)::bigint FROM mes.comment ORDER BY seq")
    assert len(times) == 15


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=False, capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"mounting is not permitted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.expected_log("no room for the journal")
def test_a_full_disk_saves_nothing_falsely_keeps_delivering_and_heals_by_itself(
    small_disk: Path, plant: PlantDatabase
) -> None:
    station = RealStation(small_disk, plant)
    states: list[SyncState] = []
    with station.running():
        expected = set(station.record(50))
        worker = SyncWorker(
            station.journal, station.database, station.evidence, station.recorder, station.clock, on_state=states.append
        )
        (small_disk / "filler").write_bytes(b"f" * (shutil.disk_usage(small_disk).free - 4096))
        with pytest.raises(JournalFull, match="nothing was recorded"):
            while True:
                expected |= set(station.record(1))
        worker.start()
        wait_until(lambda: {row.rec_id for row in server_rows(plant)} == expected, 10, "the delivery on a full disk")
        wait_until(lambda: any(f.code == "journal" for s in states for f in s.alarms), 2, "the alarm")
        (small_disk / "filler").unlink()
        expected |= set(station.record(5))
        worker.wake()
        wait_until(lambda: station.journal.waiting() == 0 and not states[-1].faults, 10, "the healing")
        assert worker.stop()
    station.assert_equal(expected)
