"""Reading beside the application: no lock taken, nothing written."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.domain.chain import AUDIT, REC
from station_app.services.ports import Blob, BlobState, JournalCorrupt, JournalError, MasterChange
from station_app.storage.journal import SqliteJournal
from station_app.storage.journal.read_only import ReadOnlyJournal
from tests.drafts import draft
from tests.unit.storage.journal.raw import STATION


def test_it_reads_what_the_application_has_saved_so_far(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with SqliteJournal(path, STATION) as journal:
        rows = journal.append([draft(), draft(AUDIT), draft()]).result()
        journal.set_peer(REC, 1, 1, 5).result()
        journal.apply_master([MasterChange(4, "order", "a", b"x", "0" * 64)], 4, False).result()
        journal.put_blob(Blob("b" * 64, 10, "image/jpeg", BlobState.WAITING)).result()
        with ReadOnlyJournal(path, STATION) as reading:
            for chan in (REC, AUDIT):
                assert list(reading.all_rows(chan)) == list(journal.all_rows(chan))
                assert reading.epochs(chan) == journal.epochs(chan)
                assert reading.peer(chan) == journal.peer(chan)
            assert reading.row_hash(REC, 1, 2) == rows[2].hash
            assert reading.waiting() == 2
            assert reading.master_cursor() == 4
            assert reading.master("order") == journal.master("order")
            assert reading.blobs(BlobState.WAITING) == [reading.blob("b" * 64)]
            assert journal.append([draft()]).result()[0].seq == 3, "the application goes on meanwhile"
            assert len(list(reading.all_rows(REC))) == 3


def test_it_refuses_what_the_application_would_refuse(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with pytest.raises(JournalError, match=r"there is no journal .*has not run here yet"):
        ReadOnlyJournal(path, STATION)
    path.write_bytes(b"")
    with pytest.raises(JournalCorrupt, match="it is empty"):
        ReadOnlyJournal(path, STATION)
    path.unlink()
    SqliteJournal(path, STATION).close()
    with pytest.raises(JournalError, match="belongs to the station"):
        ReadOnlyJournal(path, "plant/other")


def test_it_leaves_the_file_and_the_lock_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    with SqliteJournal(path, STATION) as journal:
        journal.append([draft()]).result()
    before = path.read_bytes()
    with ReadOnlyJournal(path, STATION) as reading:
        assert len(list(reading.all_rows(REC))) == 1
        SqliteJournal(path, STATION).close()
    assert path.read_bytes() == before
