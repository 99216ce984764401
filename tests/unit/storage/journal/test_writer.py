"""The writer: shared commits, a full disk, a file taken away, cancelled and interrupted work."""

from __future__ import annotations

import threading
from concurrent.futures import Future, wait
from pathlib import Path
from typing import Any

import pytest

from station_app.domain.chain import AUDIT, REC, Draft, Row
from station_app.services.ports import Head, JournalError, JournalFull, MasterChange
from station_app.storage.journal import SqliteJournal, verify_local
from station_app.storage.journal.transaction import Transaction
from station_app.storage.journal.writer import SHARED_WORKS, Writer
from station_app.storage.sqlite import wal_path
from tests.drafts import draft, epoch_start
from tests.small_disk import MIB, fill, mounted_small
from tests.unit.storage.journal.raw import STATION
from tests.waiting import wait_until


@pytest.fixture
def journal_path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


def _writer(journal: SqliteJournal) -> Writer:
    return journal._writer


def _hold(journal: SqliteJournal) -> threading.Event:
    """Keep the writer busy until the event is set."""
    held, go_on = threading.Event(), threading.Event()

    def busy(_: Transaction) -> None:
        held.set()
        go_on.wait(10)

    _writer(journal).submit(busy)
    assert held.wait(10)
    return go_on


def _limit_pages(journal: SqliteJournal, spare: int | None) -> None:
    """Let the file grow by ``spare`` pages and no more; None lifts the limit."""

    def limit(transaction: Transaction) -> None:
        connection = transaction._connection
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        limit_pages = 1 << 30 if spare is None else pages + spare
        connection.exec_driver_sql(f"PRAGMA max_page_count = {limit_pages}").all()

    _writer(journal).submit(limit).result()


def test_appends_that_queue_up_share_commits(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        commits: list[int] = []
        commit = journal._writer._commit

        def counted(works: Any) -> Any:
            commits.append(len(works))
            return commit(works)

        journal._writer._commit = counted  # type: ignore[method-assign]  # counts and passes on
        go_on = _hold(journal)
        futures = [journal.append([draft()]) for _ in range(SHARED_WORKS * 2)]
        go_on.set()
        assert [future.result()[0].seq for future in futures] == list(range(1, SHARED_WORKS * 2 + 1))
        assert commits == [1, SHARED_WORKS, SHARED_WORKS]
        assert SHARED_WORKS > 10


def test_a_result_is_visible_to_every_reader_at_once(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        seen: list[bool] = []

        def look(future: Future[list[Row]]) -> None:
            (row,) = future.result()
            seen.append(journal.rows(REC, 1, row.seq - 1, 1) == [row] and journal.head(REC).seq >= row.seq)

        futures = [journal.append([draft()]) for _ in range(50)]
        for future in futures:
            future.add_done_callback(look)
        wait(futures)
        wait_until(lambda: len(seen) == 50, 5, "all callbacks")
        assert all(seen)


@pytest.mark.expected_log("no room for the journal")
def test_a_full_disk_loses_nothing_and_recording_resumes(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        kept = journal.append([draft()]).result()
        _limit_pages(journal, 3)
        with pytest.raises(JournalFull, match="Free some space"):
            journal.append([draft(), draft(body=b"x" * 100_000)]).result()
        with pytest.raises(JournalFull):
            journal.apply_master([MasterChange(1, "order", "a", b"x" * 100_000, "0" * 64)], 1, False).result()
        assert journal.head(REC).seq == 1
        assert list(journal.all_rows(REC)) == kept
        assert journal.master_cursor() == 0
        _limit_pages(journal, None)
        assert journal.append([draft(body=b"x" * 100_000)]).result()[0].seq == 2
    assert verify_local(journal_path, STATION) == []


@pytest.mark.expected_log("no room for the journal")
def test_a_full_disk_refuses_only_what_has_no_room(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        _limit_pages(journal, 6)
        go_on = _hold(journal)
        small = journal.append([draft()])
        big = journal.append([draft(body=b"x" * 100_000)])
        also_small = journal.append([draft()])
        go_on.set()
        assert small.result()[0].seq == 1
        with pytest.raises(JournalFull):
            big.result()
        assert also_small.result()[0].seq == 2
        assert [row.seq for row in journal.all_rows(REC)] == [1, 2]


@pytest.mark.expected_log("no room for the journal")
def test_a_rehome_without_room_moves_nothing(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        rows = journal.append([draft(body=b"x" * 500) for _ in range(200)]).result()
        _limit_pages(journal, 0)
        after = Head(1, 10, rows[9].hash)
        first = epoch_start(after)
        start = Draft(**{name: getattr(first, name) for name in Draft.__slots__} | {"body": b"x" * 500_000})
        with pytest.raises(JournalFull):
            journal.rehome(REC, after, 2, start, []).result()
        assert list(journal.all_rows(REC)) == rows
        _limit_pages(journal, None)
        assert len(journal.rehome(REC, after, 2, first, []).result()) == 191
    assert verify_local(journal_path, STATION) == []


@pytest.mark.expected_log("no room for the journal")
def test_a_full_disk_is_logged_once_until_there_is_room(journal_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        for _ in range(2):
            _limit_pages(journal, 2)
            for _ in range(5):
                with pytest.raises(JournalFull):
                    journal.append([draft(body=b"x" * 100_000)]).result()
            _limit_pages(journal, None)
            journal.append([draft()]).result()
    assert len([record for record in caplog.records if "no room" in record.getMessage()]) == 2


@pytest.mark.expected_log("no room for the journal")
def test_room_is_found_only_where_the_largest_record_fits(tmp_path: Path) -> None:
    with mounted_small(tmp_path / "disk", 8 * MIB) as disk, SqliteJournal(disk / "journal.db", STATION) as journal:
        journal.prove_room().result()
        ballast = fill(disk)
        with ballast.open("r+b") as file:
            file.truncate(ballast.stat().st_size - 256 * 1024)
        assert journal.append([draft()]).result()[0].seq == 1
        with pytest.raises(JournalFull, match="Free some space"):
            journal.prove_room().result()
        ballast.unlink()
        journal.prove_room().result()
        assert {path.name for path in disk.iterdir()} <= {
            "journal.db",
            "journal.db-wal",
            "journal.db-shm",
            "journal.db.lock",
        }
        assert journal.head(REC).seq == 1


def test_close_finishes_what_was_submitted(journal_path: Path) -> None:
    journal = SqliteJournal(journal_path, STATION)
    go_on = _hold(journal)
    futures = [journal.append([draft()]) for _ in range(200)]
    closing = threading.Thread(target=journal.close)
    closing.start()
    wait_until(lambda: journal.append([draft()]).done(), 5, "closing to have begun")
    with pytest.raises(JournalError, match="closed"):
        journal.append([draft()]).result()
    go_on.set()
    closing.join(10)
    done = [future.result()[0].seq for future in futures]
    assert done == list(range(1, 201))
    assert not wal_path(journal_path).exists()
    with SqliteJournal(journal_path, STATION) as again:
        assert again.head(REC).seq >= 200


def test_a_cancelled_append_is_not_recorded(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        go_on = _hold(journal)
        first, second = journal.append([draft()]), journal.append([draft()])
        assert first.cancel()
        go_on.set()
        assert second.result()[0].seq == 1


@pytest.mark.skipif("sys.platform == 'win32'", reason="Windows does not let an open file be removed")
def test_a_file_removed_under_us_is_noticed(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        journal.append([draft()]).result()
        journal_path.rename(journal_path.with_name("elsewhere.db"))
        for _ in range(2):
            with pytest.raises(JournalError, match="removed or replaced while in use"):
                journal.append([draft()]).result()
        journal_path.write_bytes(b"another file")
        with pytest.raises(JournalError, match="removed or replaced while in use"):
            journal.append([draft()]).result()


@pytest.mark.expected_log("error of the program")
def test_an_error_of_our_own_surfaces_and_the_writer_goes_on(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:

        def broken(transaction: Transaction) -> None:
            transaction.append([draft()])
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            journal._writer.submit(broken).result()
        assert journal.append([draft()]).result()[0].seq == 1
        assert journal.waiting() == 1


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_for_a_writer_that_ended_by_an_error(journal_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        begun, go_on = threading.Event(), threading.Event()

        def broken() -> None:
            begun.set()
            go_on.wait(10)
            raise ZeroDivisionError

        monkeypatch.setattr(journal._writer, "_checkpoint", broken)
        journal.append([draft()]).result()
        assert begun.wait(10)
        waiting = journal.append([draft()])
        go_on.set()
        with pytest.raises(JournalError, match="closed"):
            waiting.result(10)
        with pytest.raises(JournalError, match="closed"):
            journal.append([draft()]).result(10)


def test_an_abandoned_reading_keeps_nothing_open(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        rows = journal.append([draft() for _ in range(2_000)]).result()
        for _ in range(20):
            assert next(journal.all_rows(REC)) == rows[0]
    assert not wal_path(journal_path).exists()


def test_a_rehome_is_not_seen_by_a_reading_that_began_before(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        rows = journal.append([draft() for _ in range(2_000)]).result()
        reading = journal.all_rows(REC)
        seen = [next(reading)]
        after = Head(1, 10, rows[9].hash)
        journal.rehome(REC, after, 2, epoch_start(after), []).result()
        assert seen + list(reading) == rows


def test_the_write_ahead_log_is_carried_over_when_idle(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        size_bytes = journal_path.stat().st_size
        journal.append([draft(AUDIT, b"x" * 200_000)]).result()
        assert journal_path.stat().st_size == size_bytes
        wait_until(lambda: journal_path.stat().st_size > size_bytes + 150_000, 5, "the checkpoint")


def test_every_commit_is_flushed_to_disk(journal_path: Path) -> None:
    with SqliteJournal(journal_path, STATION) as journal:

        def settings(transaction: Transaction) -> dict[str, Any]:
            names = ("journal_mode", "synchronous", "fullfsync", "mmap_size", "foreign_keys", "recursive_triggers")
            ask = transaction._connection.exec_driver_sql
            return {name: ask(f"PRAGMA {name}").scalar_one_or_none() for name in names}

        assert journal._writer.submit(settings).result() == {
            "journal_mode": "wal", "synchronous": 2, "fullfsync": 1, "mmap_size": 0, "foreign_keys": 1,
            "recursive_triggers": 1,
        }  # fmt: skip
