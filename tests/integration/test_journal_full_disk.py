"""A disk that really is full, and a file that the system does not let grow: no false "saved", and it goes on by itself."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.domain.chain import REC, Row
from station_app.services.ports import EvidenceError, JournalFull
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal, verify_local
from tests.drafts import draft
from tests.small_disk import MIB, fill, mounted_small

STATION = "plant/line1/ASM-10"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of two mebibytes."""
    with mounted_small(tmp_path / "small", 2 * MIB) as folder:
        yield folder


@pytest.mark.expected_log("no room for the journal")
def test_recording_stops_at_a_full_disk_and_resumes_when_there_is_room(small_disk: Path) -> None:
    path = small_disk / "journal.db"
    with SqliteJournal(path, STATION) as journal:
        saved: list[Row] = journal.append([draft()]).result()
        ballast = fill(small_disk)
        with pytest.raises(JournalFull, match="Free some space"):
            while True:
                saved += journal.append([draft(body=b"x" * 10_000), draft()]).result()
        assert list(journal.all_rows(REC)) == saved
        assert journal.head(REC).seq == len(saved)
        for _ in range(3):
            with pytest.raises(JournalFull):
                journal.append([draft(body=b"x" * 10_000)]).result()
        ballast.unlink()
        saved += journal.append([draft(body=b"x" * 10_000)]).result()
        assert list(journal.all_rows(REC)) == saved
    assert verify_local(path, STATION) == []


@pytest.mark.expected_log("no room for the journal")
def test_a_station_stopped_on_a_full_disk_starts_again(small_disk: Path) -> None:
    path = small_disk / "journal.db"
    with SqliteJournal(path, STATION) as journal:
        saved = journal.append([draft(body=b"x" * 50_000) for _ in range(3)]).result()
        ballast = fill(small_disk)
        with pytest.raises(JournalFull):
            while True:
                saved += journal.append([draft(body=b"x" * 50_000)]).result()
    ballast.unlink()
    with SqliteJournal(path, STATION) as journal:
        assert list(journal.all_rows(REC)) == saved
        journal.append([draft()]).result()
    assert verify_local(path, STATION) == []


def test_a_journal_cannot_be_begun_on_a_full_disk(small_disk: Path) -> None:
    ballast = fill(small_disk)
    with pytest.raises(JournalFull, match="no room for the journal"):
        SqliteJournal(small_disk / "journal.db", STATION)
    ballast.unlink()
    with SqliteJournal(small_disk / "journal.db", STATION) as journal:
        assert journal.append([draft()]).result()[0].seq == 1


@pytest.mark.parametrize("closed", [True, False])
def test_a_journal_on_a_full_disk_opens_or_says_that_there_is_no_room(small_disk: Path, closed: bool) -> None:
    path = small_disk / "journal.db"
    with SqliteJournal(path, STATION) as journal:
        saved = journal.append([draft(body=b"x" * 50_000) for _ in range(3)]).result()
        if not closed:
            crashed = [
                (file.name, file.read_bytes()) for file in small_disk.iterdir() if not file.name.endswith("lock")
            ]
    if not closed:
        for name, content in crashed:
            (small_disk / name).write_bytes(content)
        path.with_name("journal.db-shm").unlink()
    ballast = fill(small_disk)
    with pytest.raises(JournalFull, match="no room for the journal"):
        SqliteJournal(path, STATION)
    ballast.unlink()
    with SqliteJournal(path, STATION) as journal:
        assert list(journal.all_rows(REC)) == saved


def test_evidence_without_room_leaves_nothing_behind(small_disk: Path) -> None:
    store = FileEvidenceStore(small_disk / "evidence")
    kept = store.put(b"first")
    ballast = fill(small_disk)
    with pytest.raises(EvidenceError, match="no room in the evidence folder"):
        store.put(b"x" * 100_000)
    assert [path.name for path in (small_disk / "evidence").rglob("*") if path.is_file()] == [kept]
    ballast.unlink()
    assert store.read(store.put(b"x" * 100_000)) == b"x" * 100_000


_LIMITED = """
import resource, sys
from pathlib import Path
from station_app.services.ports import JournalError
from station_app.storage.journal import SqliteJournal
from tests.drafts import draft
with SqliteJournal(Path(sys.argv[1]), sys.argv[2]) as journal:
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    saved = 0
    try:
        while True:
            saved += len(journal.append([draft(body=b"x" * 10_000)]).result())
    except JournalError as error:
        print(type(error).__name__, error, file=sys.stderr)
    assert journal.head("rec").seq == saved == len(list(journal.all_rows("rec")))
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    saved += len(journal.append([draft()]).result())
    print(saved)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on file sizes to try this with")
def test_a_file_that_may_not_grow_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    ran = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(path), STATION], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "JournalError journal" in ran.stderr
    assert verify_local(path, STATION) == []
    with SqliteJournal(path, STATION) as journal:
        assert journal.head(REC).seq == int(ran.stdout) > 5
