"""The indexes by which questions are quick: also in a journal that an older version wrote."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from station_app.domain.alarm_search import AlarmSearch
from station_app.domain.chain import REC, Row
from station_app.services.ports import JournalFull
from station_app.storage.journal import SqliteJournal, verify_local
from station_app.storage.journal.transaction import Transaction
from tests.drafts import draft
from tests.unit.storage.journal.raw import STATION, raw

NAMES = {"log_alarm", "log_kind_time"}


def lookups(path: Path) -> set[str]:
    with raw(path) as connection:
        found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")
        return {name for (name,) in found} & NAMES


@pytest.fixture
def older(tmp_path: Path) -> tuple[Path, list[Row]]:
    """A journal as it was written before there were these indexes."""
    path = tmp_path / "journal.db"
    with SqliteJournal(path, STATION) as journal:
        kinds = ("alarm_transition", "comment", "job_state")
        rows = journal.append([draft(kind=kinds[n % 3], wall_us=1000 + n) for n in range(300)]).result()
    with raw(path) as connection:
        for name in NAMES:
            connection.execute(f"DROP INDEX {name}")
    return path, rows


def test_an_older_journal_is_brought_up_to_date_and_nothing_else_of_it_changes(older: tuple[Path, list[Row]]) -> None:
    path, rows = older
    assert lookups(path) == set()
    with SqliteJournal(path, STATION) as journal:
        (added,) = journal.append([draft()]).result()
        assert lookups(path) == NAMES
        assert list(journal.all_rows(REC)) == [*rows, added]
    assert verify_local(path, STATION) == []
    with raw(path) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,), "an older version still opens it"


def test_without_them_the_answers_are_the_same(older: tuple[Path, list[Row]], monkeypatch: pytest.MonkeyPatch) -> None:
    path, _ = older

    def answers() -> tuple[list[Row], list[Row]]:
        with SqliteJournal(path, STATION) as journal:
            journal.set_peer(REC, 1, 0, None).result()
            return (
                journal.alarm_rows(AlarmSearch(), [], None, 20),
                journal.rows_of_kinds(REC, {"comment", "job_state"}, 1050, 1200, 40),
            )

    monkeypatch.setattr(Transaction, "add_lookups", lambda _self: None)
    before = answers()
    assert lookups(path) == set()
    monkeypatch.undo()
    assert answers() == before and lookups(path) == NAMES
    assert [len(part) for part in before] == [20, 40]


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("alarms", "USING INDEX log_alarm"),
        ("kinds", "USING INDEX log_kind_time (kind=? AND wall_us>? AND wall_us<?)"),
    ],
)
def test_questions_are_answered_by_them(tmp_path: Path, question: str, index: str) -> None:
    path = tmp_path / "journal.db"
    with SqliteJournal(path, STATION) as journal:
        journal.append([draft(), draft()]).result()
        seen: list[str] = []

        def note(statement: str) -> None:
            seen.append(statement)

        with journal._reader._connection() as connection:
            bare = connection.connection.driver_connection
            assert bare is not None
            bare.set_trace_callback(note)
        if question == "alarms":
            journal.alarm_rows(AlarmSearch(priorities=("high",), since_us=5), [], None, 5)
        else:
            journal.rows_of_kinds(REC, {"comment", "job_state"}, 5, 9, 5)
        (asked,) = [statement for statement in seen if "FROM log" in statement]
    with raw(path) as connection:
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked}"))
    assert index in plan.replace("SEARCH log ", "") and "SCAN log" not in plan


@pytest.mark.expected_log("no room")
def test_a_disk_without_room_for_them_keeps_nobody_from_recording(
    older: tuple[Path, list[Row]], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path, rows = older

    def no_room(_self: Transaction) -> None:
        raise JournalFull("no room")

    monkeypatch.setattr(Transaction, "add_lookups", no_room)
    with caplog.at_level(logging.WARNING), SqliteJournal(path, STATION) as journal:
        journal.append([draft()]).result()
        assert len(list(journal.all_rows(REC))) == len(rows) + 1
    assert [record for record in caplog.records if "questions take longer" in record.message]
