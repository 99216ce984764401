"""The file itself refuses to have its history rewritten, whoever holds the connection."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from station_app.domain.chain import AUDIT, REC, Row, place
from station_app.domain.records import Checkpoint, encode_body
from station_app.services.ports import Head
from station_app.storage.journal import SqliteJournal, verify_local
from station_app.storage.sqlite import sqlite_module
from tests.drafts import draft, epoch_start
from tests.unit.storage.journal.raw import STATION, raw

DatabaseError: Any = sqlite_module().DatabaseError


def _checkpoint(journal: SqliteJournal, up_to: Row, chan: str = REC, **changes: object) -> None:
    named = {"up_to_epoch": up_to.epoch, "up_to_seq": up_to.seq, "row_hash": up_to.hash.hex()} | changes
    mark = Checkpoint(**named)  # type: ignore[arg-type]  # fields by name
    journal.append([draft(chan, encode_body(mark), Checkpoint.kind)]).result()


_COPY = (
    "INSERT INTO log SELECT chan, epoch, {seq}, rec_id, kind, ver, actor, wall_us, utc_offset_min, mono_ns, boot_id, "
    "clock_offset_ms, body, {hash} FROM log WHERE seq = 10"
)


@pytest.fixture
def journal_path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def rows(journal_path: Path) -> list[Row]:
    """Ten rows in each channel."""
    with SqliteJournal(journal_path, STATION) as journal:
        rows = journal.append([draft() for _ in range(10)]).result()
        journal.append([draft(AUDIT) for _ in range(10)]).result()
    return rows


def _seqs(path: Path, chan: str = REC) -> list[int]:
    with raw(path) as connection:
        return [seq for (seq,) in connection.execute("SELECT seq FROM log WHERE chan = ? ORDER BY seq", (chan,))]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log SET body = x'00' WHERE seq = 3",
        "UPDATE log SET actor = actor",
        "DELETE FROM log WHERE seq = 10",
        "DELETE FROM log",
        "INSERT OR REPLACE INTO log SELECT * FROM log WHERE seq = 10",
        "REPLACE INTO log SELECT * FROM log WHERE seq = 1",
        _COPY.format(seq="seq + 1", hash="x'00'"),
        _COPY.format(seq="seq + 2", hash="hash"),
        _COPY.format(seq="0", hash="hash"),
        "INSERT INTO rehome VALUES (1, 'rec', 1, 5, 1, 0)",
        "INSERT INTO rehome VALUES (1, 'rec', 1, 5, 2, 0)",
        "INSERT INTO rehome_done VALUES (1)",
    ],
)
def test_history_cannot_be_rewritten(journal_path: Path, rows: list[Row], statement: str) -> None:
    with raw(journal_path) as connection, pytest.raises(DatabaseError):
        connection.execute(statement)
    assert _seqs(journal_path) == list(range(1, len(rows) + 1))
    assert verify_local(journal_path, STATION) == []


def test_rows_below_a_checkpoint_may_be_deleted_and_no_others(journal_path: Path, rows: list[Row]) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        _checkpoint(journal, rows[5])
    with raw(journal_path) as connection:
        for seq in (7, 10, 11):
            with pytest.raises(DatabaseError, match="below a checkpoint"):
                connection.execute("DELETE FROM log WHERE chan = 'rec' AND seq = ?", (seq,))
        with pytest.raises(DatabaseError, match="below a checkpoint"):
            connection.execute("DELETE FROM log WHERE chan = 'audit' AND seq = 1")
        connection.execute("DELETE FROM log WHERE chan = 'rec' AND seq <= 6")
    assert _seqs(journal_path) == [7, 8, 9, 10, 11]
    assert verify_local(journal_path, STATION) == []
    with SqliteJournal(journal_path, STATION) as journal:
        assert journal.head(REC).seq == 11
        assert journal.append([draft()]).result()[0].seq == 12


def test_a_checkpoint_covers_neither_itself_nor_a_row_it_does_not_name(journal_path: Path, rows: list[Row]) -> None:
    with SqliteJournal(journal_path, STATION) as journal:
        _checkpoint(journal, rows[3], up_to_seq=11)
        _checkpoint(journal, rows[3], row_hash="00")
        _checkpoint(journal, rows[3], up_to_epoch=9)
    with raw(journal_path) as connection:
        for seq in (4, 5, 11, 12):
            with pytest.raises(DatabaseError, match="below a checkpoint"):
                connection.execute("DELETE FROM log WHERE chan = 'rec' AND seq = ?", (seq,))


def _open_rehome(connection: Any) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO rehome VALUES (1, 'rec', 1, 5, 2, 0)")


def test_an_open_rehome_cannot_be_committed(journal_path: Path, rows: list[Row]) -> None:
    with raw(journal_path) as connection:
        _open_rehome(connection)
        connection.execute("DELETE FROM log WHERE chan = 'rec' AND seq > 5")
        with pytest.raises(DatabaseError, match="not complete"):
            connection.execute("INSERT INTO rehome_done VALUES (1)")
        with pytest.raises(DatabaseError, match="FOREIGN KEY"):
            connection.execute("COMMIT")
    assert _seqs(journal_path) == [row.seq for row in rows]


def test_a_rehome_is_not_complete_while_one_record_has_no_place(journal_path: Path, rows: list[Row]) -> None:
    copy = "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    with raw(journal_path) as connection:
        _open_rehome(connection)
        with pytest.raises(DatabaseError, match="does not fit"):
            connection.execute("INSERT INTO rehome VALUES (2, 'rec', 1, 0, 3, 0)")
        connection.execute("DELETE FROM log WHERE chan = 'rec' AND seq > 5")
        for seq, row in enumerate(rows[5:], start=1):
            with pytest.raises(DatabaseError, match="not complete"):
                connection.execute("INSERT INTO rehome_done VALUES (1)")
            values = [getattr(row, field.name) for field in fields(Row)]
            connection.execute(copy, [values[0], 2, seq, *values[3:]])
        connection.execute("INSERT INTO rehome_done VALUES (1)")
        with pytest.raises(DatabaseError, match="below a checkpoint"):
            connection.execute("DELETE FROM log WHERE chan = 'rec'")
        connection.execute("ROLLBACK")


def test_a_rehome_leaves_a_line_for_every_displaced_record(journal_path: Path, rows: list[Row]) -> None:
    after = Head(1, 8, rows[7].hash)
    with SqliteJournal(journal_path, STATION) as journal:
        journal.rehome(REC, after, 4, epoch_start(after), []).result()
    with raw(journal_path) as connection:
        lines = connection.execute("SELECT chan, epoch, seq, rec_id, hash FROM rehome_row ORDER BY seq").fetchall()
    assert lines == [(REC, 1, row.seq, row.rec_id, row.hash) for row in rows[8:]]


def test_an_open_rehome_deletes_only_behind_its_row_and_in_its_channel(journal_path: Path, rows: list[Row]) -> None:
    with raw(journal_path) as connection:
        _open_rehome(connection)
        for condition in ("chan = 'rec' AND seq = 5", "chan = 'audit' AND seq = 9"):
            with pytest.raises(DatabaseError, match="below a checkpoint"):
                connection.execute(f"DELETE FROM log WHERE {condition}")


def test_a_finished_rehome_opens_nothing_any_more(journal_path: Path, rows: list[Row]) -> None:
    after = Head(1, 5, rows[4].hash)
    with SqliteJournal(journal_path, STATION) as journal:
        journal.rehome(REC, after, 2, epoch_start(after), []).result()
        journal.append([draft()]).result()
    with raw(journal_path) as connection:
        for statement in (
            "DELETE FROM log WHERE chan = 'rec' AND epoch = 2",
            "DELETE FROM log WHERE chan = 'rec' AND epoch = 1 AND seq = 5",
            "DELETE FROM rehome_done",
            "DELETE FROM rehome",
            "UPDATE rehome SET after_seq = 0",
            "DELETE FROM rehome_row",
            "UPDATE rehome_row SET rehome_id = 9",
            "INSERT OR REPLACE INTO rehome VALUES (1, 'rec', 0, 0, 3, 0)",
        ):
            with pytest.raises(DatabaseError):
                connection.execute(statement)
    assert verify_local(journal_path, STATION) == []


def test_rows_pulled_behind_an_old_rehome_are_kept_too(journal_path: Path, rows: list[Row]) -> None:
    after = Head(1, 5, rows[4].hash)
    pulled = [place(draft(), 1, 6, after.hash)]
    with SqliteJournal(journal_path, STATION) as journal:
        journal.rehome(REC, after, 2, epoch_start(after), pulled).result()
    with raw(journal_path) as connection, pytest.raises(DatabaseError, match="below a checkpoint"):
        connection.execute("DELETE FROM log WHERE chan = 'rec' AND epoch = 1 AND seq = 6")


def test_every_table_is_strict(journal_path: Path, rows: list[Row]) -> None:
    with raw(journal_path) as connection:
        loose = connection.execute("SELECT name FROM pragma_table_list WHERE strict = 0 AND name NOT LIKE 'sqlite%'")
        assert loose.fetchall() == []
