"""`station evidence verify` on a station's folder, beside and without the server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from station_app.domain.ids import RecordIds
from station_app.domain.outcome import Outcome
from station_app.domain.records import EvidenceCaptured
from station_app.services.ports import Blob, BlobState
from station_app.services.recording import Recorder
from station_app.storage.clock import SystemClock
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal
from tests.integration.cli.calling import call_station

PATH = "Demo/Plant/Hall1/Line1/INS-30"
FIELDS = {"station", "folder", "records", "whole", "sealed_only", "removed", "missing", "damaged", "orphans", "faults"}


@pytest.fixture
def station(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A station without a server, with three pictures; their hashes by name."""
    file = tmp_path / "station.toml"
    file.write_text(
        f'[station]\npath = "{PATH}"\nname = "INS-30"\nkind = "inspection"\nfolder = \'{tmp_path / "files"}\'\n',
        encoding="utf-8",
    )
    evidence = FileEvidenceStore(tmp_path / "files" / "evidence")
    hashes = {name: evidence.put(name.encode("ascii")) for name in ("first", "second", "third")}
    journal = SqliteJournal(tmp_path / "files" / "journal.sqlite", PATH)
    try:
        recorder = Recorder(journal, SystemClock(), RecordIds())
        for name, sha256 in hashes.items():
            journal.put_blob(Blob(sha256, len(name), "image/jpeg", BlobState.WAITING)).result()
            recorder.record([captured(sha256, len(name))], "p-17").result()
    finally:
        journal.close()
    return file, hashes


def captured(sha256: str, size_bytes: int) -> EvidenceCaptured:
    return EvidenceCaptured(
        job_id="j", order_id="o", operation="30", serial="GX40-000101", step_id="s", sha256=sha256, media_type="image/jpeg",
        size_bytes=size_bytes, width_px=1, height_px=1, camera="bench", view="", outcome=Outcome.PASS,
    )  # fmt: skip


def test_whole(station: tuple[Path, dict[str, str]]) -> None:
    file, _ = station
    for option in ("-c", "--config", "--settings"):
        called = call_station("evidence", "verify", option, file, "--json")
        assert called.returncode == 0, called.stderr
        found = json.loads(called.stdout)
        assert set(found) == FIELDS
        assert (found["station"], found["records"], found["whole"], found["faults"]) == (PATH, 3, 3, [])
    assert call_station("evidence", "verify", "-c", file).stdout == (
        "3 records of evidence: 3 files whole, 0 only at the server (0 removed by retention), 0 missing, "
        "0 damaged, 0 that nothing names.\n"
    )


def test_damaged_missing_and_orphans_are_named(station: tuple[Path, dict[str, str]]) -> None:
    file, hashes = station
    evidence = FileEvidenceStore(file.parent / "files" / "evidence")
    evidence.path(hashes["first"]).write_bytes(b"forst")
    evidence.path(hashes["second"]).unlink()
    orphan = evidence.put(b"nobody's")
    called = call_station("evidence", "verify", "-c", file, "--json")
    assert called.returncode == 1
    found = json.loads(called.stdout)
    assert [fault["sha256"] for fault in found["damaged"]] == [hashes["first"]]
    assert [fault["sha256"] for fault in found["missing"]] == [hashes["second"]]
    assert found["missing"][0]["serial"] == "GX40-000101"
    assert [Path(item["path"]).name for item in found["orphans"]] == [orphan]
    said = call_station("evidence", "verify", "-c", file).stdout
    assert f"{hashes['first']} (unit GX40-000101, record " in said
    assert "8 bytes that no record names" in said
    assert said.endswith(
        "1 file whole, 0 only at the server (0 removed by retention), 1 missing, 1 damaged, 1 that nothing names.\n"
    )


def test_without_a_journal_one_line_says_so(tmp_path: Path, station: tuple[Path, dict[str, str]]) -> None:
    file, _ = station
    (tmp_path / "files" / "journal.sqlite").rename(tmp_path / "away")
    called = call_station("evidence", "verify", "-c", file)
    assert called.returncode == 3
    assert len(called.stderr.splitlines()) == 1 and "journal" in called.stderr
