"""Opening a journal: what is accepted, what is refused with which words, and that nothing damaged is changed."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from station_app.domain.chain import AUDIT, REC
from station_app.services.ports import Head, JournalCorrupt, JournalError, JournalLocked
from station_app.storage.journal import SqliteJournal
from station_app.storage.sqlite import wal_path
from tests.drafts import draft, epoch_start
from tests.unit.storage.journal.raw import STATION, raw


@pytest.fixture
def journal_path(tmp_path: Path) -> Path:
    """A journal with 150 rows, closed in good order."""
    path = tmp_path / "journal.db"
    with SqliteJournal(path, STATION) as journal:
        journal.append([draft(body=b"x" * 200) for _ in range(150)]).result()
        journal.append([draft(AUDIT)]).result()
        journal.set_peer(REC, 1, 149, 3).result()
    return path


def _fingerprint(path: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in path.parent.iterdir()
        if not file.name.endswith((".lock", "-shm", "-wal"))
    }


def _refused(path: Path, match: str, kind: type[JournalError] = JournalCorrupt, station: str = STATION) -> None:
    """Opening fails so, twice, and the file stays as it was."""
    before = _fingerprint(path)
    for _ in range(2):
        with pytest.raises(kind, match=match) as raised:
            SqliteJournal(path, station)
        assert str(path) in str(raised.value)
    assert _fingerprint(path) == before


def test_it_opens_again_as_it_was_closed(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        assert (journal.head(REC).seq, journal.head(AUDIT).seq) == (150, 1)
        assert journal.peer(REC).clock_offset_ms == 3
        assert journal.waiting() == 2
    assert sorted(file.name for file in journal_path.parent.iterdir()) == ["journal.db", "journal.db.lock"]


def test_every_epoch_is_there_again(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        for seq, epoch in ((140, 2), (100, 7)):
            after = Head(1, seq, journal.row_hash(REC, 1, seq) or b"")
            journal.rehome(REC, after, epoch, epoch_start(after), []).result()
        after = journal.head(REC)
        journal.rehome(REC, after, 8, epoch_start(after), []).result()
        before = journal.epochs(REC)
    with SqliteJournal(journal_path, STATION) as journal:
        assert journal.epochs(REC) == before
        assert [head.epoch for head in before] == [1, 7, 8]
        assert journal.waiting() == 2


def test_folders_are_made(tmp_path: Path) -> None:
    with SqliteJournal(tmp_path / "a" / "b c?#%" / "journal.db", STATION) as journal:
        journal.append([draft()]).result()
        assert journal.path.exists()
        assert len(list(journal.all_rows(REC))) == 1


def test_an_interrupted_creation_is_started_over(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    path.with_name("journal.db.new").write_bytes(b"half a file")
    path.with_name("journal.db.new-wal").write_bytes(b"half a log")
    with SqliteJournal(path, STATION) as journal:
        assert journal.append([draft()]).result()[0].seq == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["journal.db", "journal.db.lock"]


@pytest.mark.parametrize(
    "content",
    [b"", os.urandom(1), os.urandom(5_000), b"SQLite format 3\0" + b"\0" * 84],
    ids=["empty", "one byte", "noise", "only a mark"],
)
def test_what_is_no_journal_at_all_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.db"
    path.write_bytes(content)
    _refused(path, "is damaged")


@pytest.mark.parametrize("kept", [100, 4096, 5_000, 20_000, 0.5, 0.9])
def test_a_truncated_file_is_refused(journal_path: Path, kept: float) -> None:
    content = journal_path.read_bytes()
    journal_path.write_bytes(content[: int(kept if kept > 1 else kept * len(content))])
    _refused(journal_path, "is damaged")


def test_overwritten_beginning_is_refused(journal_path: Path) -> None:
    content = bytearray(journal_path.read_bytes())
    content[100:4096] = random.Random(4).randbytes(3996)
    journal_path.write_bytes(content)
    _refused(journal_path, "is damaged")


def test_a_changed_row_near_the_end_is_named(journal_path: Path) -> None:
    with raw(journal_path, tamper=True) as connection:
        connection.execute("UPDATE log SET actor = 'somebody else' WHERE chan = 'rec' AND seq = 120")
    _refused(journal_path, r"rec epoch 1 seq 120: content does not match")


def test_a_missing_row_near_the_end_is_named(journal_path: Path) -> None:
    with raw(journal_path, tamper=True) as connection:
        connection.execute("DELETE FROM log WHERE chan = 'rec' AND seq = 120")
    _refused(journal_path, r"rec epoch 1 seq 120: missing")


def test_a_lost_main_file_is_not_silently_begun_anew(journal_path: Path) -> None:
    wal_path(journal_path).write_bytes(b"x" * 100)
    journal_path.unlink()
    _refused(journal_path, "missing but its write-ahead log")
    assert not journal_path.exists()


def test_another_stations_journal_is_refused(journal_path: Path) -> None:
    _refused(journal_path, r"belongs to the station 'plant/line1/ASM-10', not to 'plant/line1/ASM-20'", JournalError,
             "plant/line1/ASM-20")  # fmt: skip


def test_a_newer_schema_is_refused(journal_path: Path) -> None:
    with raw(journal_path) as connection:
        connection.execute("PRAGMA user_version = 2")
    _refused(journal_path, "has schema 2, this version of the application uses 1; install the newer", JournalError)


def test_another_sqlite_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with raw(path) as connection:
        connection.execute("CREATE TABLE log (a)")
    _refused(path, "not a station's journal", JournalError)


def test_lost_tables_are_damage(journal_path: Path) -> None:
    with raw(journal_path) as connection:
        connection.execute("DROP TABLE peer")
    _refused(journal_path, "is damaged .*no such table: peer")


def test_an_empty_station_path_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="station's path is empty"):
        SqliteJournal(tmp_path / "journal.db", "")


def test_a_folder_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "journal.db").mkdir()
    with pytest.raises(JournalError, match=r"journal\.db"):
        SqliteJournal(tmp_path / "journal.db", STATION)
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(JournalError, match="file"):
        SqliteJournal(tmp_path / "file" / "journal.db", STATION)


def test_a_second_copy_is_kept_out_until_the_first_closes(journal_path: Path) -> None:
    first = SqliteJournal(journal_path, STATION)
    with pytest.raises(JournalLocked, match=rf"another copy of the application \(process {os.getpid()}\)"):
        SqliteJournal(journal_path, STATION)
    assert first.append([draft()]).result()[0].seq == 151
    first.close()
    SqliteJournal(journal_path, STATION).close()


def test_a_second_process_is_kept_out(journal_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from station_app.storage.journal import SqliteJournal\n"
        "try: SqliteJournal(Path(sys.argv[1]), sys.argv[2])\n"
        "except Exception as error: print(type(error).__name__)"
    )
    with SqliteJournal(journal_path, STATION):
        ran = subprocess.run(
            [sys.executable, "-c", program, str(journal_path), STATION], capture_output=True, text=True, check=True
        )
    assert ran.stdout.strip() == "JournalLocked"


def test_a_refused_opening_does_not_keep_the_lock(journal_path: Path) -> None:
    with pytest.raises(JournalError):
        SqliteJournal(journal_path, "plant/other")
    SqliteJournal(journal_path, STATION).close()
