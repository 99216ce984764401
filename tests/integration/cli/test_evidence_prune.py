"""`station evidence prune` against the real database: only what it has, recorded, and to be had from it afterwards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from station_app.domain.ids import RecordIds
from station_app.domain.outcome import Outcome
from station_app.domain.records import EvidenceCaptured
from station_app.services.ports import Blob, BlobState
from station_app.services.recording import Recorder
from station_app.storage.clock import SystemClock
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal
from station_app.storage.shared import PostgresSharedDatabase
from tests.integration.cli.calling import call_station
from tests.integration.cli.stations import StationFolder, make_station
from tests.shared_database import STATION_A, PlantDatabase

PICTURE = bytes(range(256)) * 2000


def capture(station: StationFolder, *contents: bytes) -> list[str]:
    """Pictures that are stored and recorded, and wait."""
    store = FileEvidenceStore(station.journal.parent / "evidence")
    journal = SqliteJournal(station.journal, STATION_A)
    hashes = []
    try:
        recorder = Recorder(journal, SystemClock(), RecordIds())
        for content in contents:
            sha256 = store.put(content)
            journal.put_blob(Blob(sha256, len(content), "image/jpeg", BlobState.WAITING)).result()
            fact = EvidenceCaptured(
                job_id="j", order_id="o", operation="30", serial="U-1", step_id="s", sha256=sha256, media_type="image/jpeg",
                size_bytes=len(content), width_px=1, height_px=1, camera="bench", view="", outcome=Outcome.PASS,
            )  # fmt: skip
            recorder.record([fact], "p-17").result()
            hashes.append(sha256)
    finally:
        journal.close()
    return hashes


def prune(station: StationFolder, *options: str, code: int = 0) -> dict[str, Any]:
    called = call_station("evidence", "prune", "-c", station.file, "--json", *options)
    assert called.returncode == code, called.stderr
    found: dict[str, Any] = json.loads(called.stdout)
    return found


@pytest.fixture
def station(plant: PlantDatabase, tmp_path: Path) -> StationFolder:
    """A station that keeps delivered pictures for no time at all."""
    made = make_station(tmp_path, plant, records=1)
    made.file.write_text(made.file.read_text(encoding="utf-8") + "[evidence]\nkeep_days = 0\n", encoding="utf-8")
    return made


def test_only_what_is_delivered_goes_and_it_comes_back(station: StationFolder, plant: PlantDatabase) -> None:
    (delivered,) = capture(station, PICTURE)
    assert prune(station)["removed"] == [], "nothing is delivered yet"
    assert call_station("sync", "drain", "-c", station.file).returncode == 0
    (waits,) = capture(station, b"waits for delivery")
    planned = prune(station, "--dry-run")
    assert [removal["sha256"] for removal in planned["removed"]] == [delivered]
    assert planned["used_bytes"] == len(PICTURE) + len(b"waits for delivery")
    store = FileEvidenceStore(station.journal.parent / "evidence")
    assert store.has(delivered), "a dry run removes nothing"
    found = prune(station)
    assert found["removed"] == [{"sha256": delivered, "size_bytes": len(PICTURE), "reason": "older than 0 days"}]
    assert (store.has(delivered), store.has(waits)) == (False, True)
    client = PostgresSharedDatabase(plant.address(STATION_A))
    assert client.blob_get(delivered) == PICTURE
    client.close()
    verified = call_station("evidence", "verify", "-c", station.file, "--json")
    report = json.loads(verified.stdout)
    assert (verified.returncode, report["sealed_only"], report["removed"], report["whole"]) == (0, 1, 1, 1)
    assert call_station("sync", "drain", "-c", station.file).returncode == 0
    assert plant.sql("SELECT count(*) FROM mes.station_log WHERE kind = 'evidence_removed'") == [(1,)]
    assert "1 picture, 0.0 MiB removed" in call_station("evidence", "prune", "-c", station.file).stdout


def test_a_file_that_the_server_lost_stays_and_is_sent_again(station: StationFolder, plant: PlantDatabase) -> None:
    (sha256,) = capture(station, PICTURE)
    assert call_station("sync", "drain", "-c", station.file).returncode == 0
    plant.sql("DELETE FROM mes.blob WHERE sha256 = %s", sha256)
    found = prune(station)
    assert (found["removed"], found["not_at_the_server"]) == ([], [sha256])
    assert FileEvidenceStore(station.journal.parent / "evidence").has(sha256)


def test_without_the_server_nothing_goes_and_one_line_says_so(station: StationFolder, plant: PlantDatabase) -> None:
    capture(station, PICTURE)
    assert call_station("sync", "drain", "-c", station.file).returncode == 0
    station.replace(f"port = {plant.address(STATION_A).port}", "port = 9")
    called = call_station("evidence", "prune", "-c", station.file)
    assert called.returncode == 3
    assert "the server cannot be asked" in called.stderr
    assert len(called.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("line", ["keep_days = -1", 'keep_days = "old"', "max_size_mib = 1", "keep_day = 3"])
def test_a_rule_that_cannot_be_meant(station: StationFolder, line: str) -> None:
    station.replace("keep_days = 0", line)
    called = call_station("evidence", "prune", "-c", station.file)
    assert called.returncode == 2
    assert "evidence." in called.stderr
