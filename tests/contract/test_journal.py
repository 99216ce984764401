"""What every journal promises, held to the file and to the stand-in in memory alike."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Protocol

import pytest

from station_app.domain.chain import AUDIT, MAX_BODY_BYTES, REC, Row, check_chain, genesis, place
from station_app.services.ports import Blob, BlobState, Head, Journal, JournalError, MasterChange, Peer
from station_app.storage.journal import SqliteJournal
from station_app.storage.journal.acceptance import as_draft
from tests.drafts import draft, epoch_start
from tests.fakes.journal import FakeJournal

STATION = "plant/line1/ASM-10"


class ClosableJournal(Journal, Protocol):
    def close(self) -> None: ...


@pytest.fixture(params=["file", "memory"])
def journal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ClosableJournal]:
    opened: ClosableJournal = (
        SqliteJournal(tmp_path / "journal.db", STATION) if request.param == "file" else FakeJournal(STATION)
    )
    yield opened
    opened.close()


def _append(journal: Journal, count: int, chan: str = REC) -> list[Row]:
    return journal.append([draft(chan, f'{{"text":"{number}"}}'.encode()) for number in range(count)]).result()


def _head(row: Row) -> Head:
    return Head(row.epoch, row.seq, row.hash)


def _server_rows(station: str, after: Head, count: int, chan: str = REC) -> list[Row]:
    """Rows that only the server has, following ``after``."""
    rows: list[Row] = []
    previous = after.hash
    for seq in range(after.seq + 1, after.seq + 1 + count):
        rows.append(place(draft(chan, b'{"text":"only at the server"}'), after.epoch, seq, previous))
        previous = rows[-1].hash
    return rows


def _check_all(journal: Journal, chan: str = REC) -> None:
    """Every epoch is a chain from its beginning, and its head is its last row."""
    for head in journal.epochs(chan):
        rows = journal.rows(chan, head.epoch, 0, 10_000)
        assert check_chain(rows, genesis(journal.station, chan, head.epoch), 1) == head.hash
        assert len(rows) == head.seq


def test_an_empty_journal_stands_at_the_genesis_of_epoch_1(journal: Journal) -> None:
    start = Head(1, 0, genesis(STATION, REC, 1))
    assert journal.station == STATION
    assert journal.head(REC) == start
    assert journal.epochs(REC) == [start]
    assert journal.row_hash(REC, 1, 0) == start.hash
    assert journal.row_hash(REC, 1, 1) is None
    assert journal.rows(REC, 1, 0, 10) == []
    assert list(journal.all_rows(REC)) == []
    assert journal.peer(REC) == Peer(0, 0, None)
    assert journal.waiting() == 0
    assert journal.master_cursor() == 0
    assert journal.master("order") == []
    assert journal.blobs(BlobState.WAITING) == []
    assert journal.blob("0" * 64) is None


def test_rows_are_numbered_and_chained_in_order(journal: Journal) -> None:
    rows = _append(journal, 3) + _append(journal, 2)
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert journal.rows(REC, 1, 0, 10) == rows
    assert journal.rows(REC, 1, 2, 2) == rows[2:4]
    assert list(journal.all_rows(REC)) == rows
    assert journal.row_hash(REC, 1, 4) == rows[3].hash
    assert journal.head(REC) == _head(rows[-1])
    _check_all(journal)


def test_finding_out_whether_there_is_room_records_nothing(journal: Journal) -> None:
    rows = _append(journal, 2)
    journal.set_peer(REC, 1, 2, 40).result()
    journal.prove_room().result()
    assert list(journal.all_rows(REC)) == rows and journal.head(REC) == _head(rows[-1])
    assert journal.peer(REC) == Peer(1, 2, 40)


def test_the_newest_rows_of_some_kinds_in_a_span(journal: Journal) -> None:
    drafts = [replace(draft(REC, b"{}"), kind=kind, wall_us=at) for at, kind in enumerate("abcabcabc")]
    journal.append([*drafts, replace(draft(AUDIT, b"{}"), kind="a", wall_us=4)]).result()

    def found(kinds: str, from_us: int, to_us: int, newest: int) -> list[int]:
        return [row.wall_us for row in journal.rows_of_kinds(REC, set(kinds), from_us, to_us, newest)]

    assert found("ac", 1, 8, 10) == [2, 3, 5, 6]
    assert found("ac", 1, 8, 2) == [5, 6]
    assert found("", 0, 9, 9) == [] and found("a", 9, 20, 9) == [] and found("a", 0, 9, 0) == []


def test_the_newest_rows_are_those_recorded_last_by_their_time_in_the_order_of_the_log(journal: Journal) -> None:
    times = (5, 1, 9, 3, 9)
    journal.append([replace(draft(REC, b"{}"), kind="a", wall_us=at) for at in times]).result()

    def found(newest: int) -> list[tuple[int, int]]:
        return [(row.seq, row.wall_us) for row in journal.rows_of_kinds(REC, {"a", "b"}, 0, 10, newest)]

    assert found(3) == [(1, 5), (3, 9), (5, 9)], "the clock was set back in between"
    assert found(1) == [(5, 9)]


def test_channels_are_numbered_apart_within_one_commit(journal: Journal) -> None:
    rows = journal.append([draft(REC), draft(AUDIT), draft(REC)]).result()
    assert [(row.chan, row.seq) for row in rows] == [(REC, 1), (AUDIT, 1), (REC, 2)]
    _check_all(journal, REC)
    _check_all(journal, AUDIT)


def test_a_body_comes_back_byte_for_byte(journal: Journal) -> None:
    bodies = [b"\x00\xff\xfe", b'{"text":"\xff"}', b"not json", b"", '{"text":"é\u2028\'; DROP TABLE log--"}'.encode()]
    rows = journal.append([draft(body=body) for body in bodies]).result()
    assert [row.body for row in journal.rows(REC, 1, 0, 10)] == bodies == [row.body for row in rows]
    _check_all(journal)


def test_unknown_kinds_and_extreme_header_values_are_recorded(journal: Journal) -> None:
    odd = draft(
        kind="of_a_newer_version",
        ver=99,
        actor="",
        wall_us=-1,
        mono_ns=(1 << 63) - 1,
        clock_offset_ms=-31_536_000_000,
        utc_offset_min=-720,
    )
    (row,) = journal.append([odd]).result()
    assert journal.rows(REC, 1, 0, 1) == [row]
    _check_all(journal)


def test_one_mebibyte_is_recorded_and_a_byte_more_is_refused_alone(journal: Journal) -> None:
    before = journal.append([draft()])
    refused = journal.append([draft(), draft(body=b"x" * (MAX_BODY_BYTES + 1))])
    after = journal.append([draft(body=b"x" * MAX_BODY_BYTES)])
    assert before.result()[0].seq == 1
    with pytest.raises(JournalError, match="1048577 bytes"):
        refused.result()
    assert after.result()[0].seq == 2
    _check_all(journal)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"actor": "p\0"}, "actor"),
        ({"boot_id": "\ud800"}, "boot_id"),
        ({"kind": ""}, "kind"),
        ({"rec_id": "17"}, "rec_id"),
        ({"rec_id": "0192F0C5-7B6A-7C3D-8E4F-001122334455"}, "rec_id"),
        ({"wall_us": 1 << 63}, "wall_us"),
        ({"ver": 1 << 31}, "ver"),
        ({"chan": "other"}, "other"),
        ({"actor": "p" * 1001}, "actor"),
    ],
)
def test_what_no_database_could_take_is_refused_and_named(
    journal: Journal, changes: dict[str, object], named: str
) -> None:
    with pytest.raises(JournalError, match=named):
        journal.append([draft(), replace(draft(), **changes)]).result()  # type: ignore[arg-type]  # fields by name
    assert journal.head(REC).seq == 0
    assert journal.append([draft()]).result()[0].seq == 1


def test_appending_nothing_answers_nothing(journal: Journal) -> None:
    assert journal.append([]).result() == []
    assert journal.head(REC).seq == 0


def test_many_threads_append_without_gaps(journal: Journal) -> None:
    threads = [threading.Thread(target=lambda: [_append(journal, 2) for _ in range(20)]) for _ in range(4)]
    if isinstance(journal, FakeJournal):
        pytest.skip("the stand-in is for one thread")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert journal.head(REC).seq == 160
    _check_all(journal)


def test_waiting_counts_all_channels_beyond_what_was_acknowledged(journal: Journal) -> None:
    _append(journal, 5)
    _append(journal, 3, AUDIT)
    assert journal.waiting() == 8
    journal.set_peer(REC, 1, 4, 12).result()
    assert journal.waiting() == 4
    journal.set_peer(AUDIT, 1, 3, None).result()
    assert journal.waiting() == 1
    assert journal.peer(REC) == Peer(1, 4, 12)
    journal.set_peer(REC, 1, 2, None).result()
    assert journal.waiting() == 3
    assert journal.peer(REC) == Peer(1, 2, 12), "the last clock offset is kept"


def test_a_channel_that_does_not_exist_is_named(journal: Journal) -> None:
    for ask in (journal.head, journal.epochs, journal.peer):
        with pytest.raises(JournalError, match="'other'"):
            ask("other")


def test_rehome_moves_what_the_server_does_not_have(journal: Journal) -> None:
    rows = _append(journal, 5)
    journal.set_peer(REC, 1, 5, 7).result()
    after = _head(rows[2])
    moved = journal.rehome(REC, after, 4, epoch_start(after), []).result()
    assert [row.rec_id for row in moved[1:]] == [row.rec_id for row in rows[3:]]
    assert [row.body for row in moved[1:]] == [row.body for row in rows[3:]]
    assert [row.seq for row in moved] == [1, 2, 3]
    assert journal.epochs(REC) == [after, _head(moved[-1])]
    assert journal.rows(REC, 1, 0, 10) == rows[:3]
    assert list(journal.all_rows(REC)) == rows[:3] + moved
    assert journal.waiting() == 3
    assert journal.peer(REC) == Peer(4, 0, 7)
    assert journal.append([draft()]).result()[0].epoch == 4
    _check_all(journal)


def test_rehome_puts_the_servers_rows_at_their_places(journal: Journal) -> None:
    rows = _append(journal, 4)
    after = _head(rows[1])
    pulled = _server_rows(STATION, after, 3)
    second = _server_rows(STATION, Head(2, 0, genesis(STATION, REC, 2)), 2)
    moved = journal.rehome(REC, after, 3, epoch_start(after), pulled + second).result()
    assert list(journal.all_rows(REC)) == rows[:2] + pulled + second + moved
    assert [head.seq for head in journal.epochs(REC)] == [5, 2, 3]
    assert journal.waiting() == 3
    _check_all(journal)


def test_rehome_when_nothing_is_common_moves_everything(journal: Journal) -> None:
    rows = _append(journal, 2)
    other = _append(journal, 2, AUDIT)
    nothing = Head(0, 0, b"")
    pulled = _server_rows(STATION, Head(1, 0, genesis(STATION, REC, 1)), 3)
    moved = journal.rehome(REC, nothing, 2, epoch_start(nothing), pulled).result()
    assert [row.rec_id for row in moved[1:]] == [row.rec_id for row in rows]
    assert journal.rows(REC, 1, 0, 10) == pulled
    assert list(journal.all_rows(AUDIT)) == other
    _check_all(journal)


def test_rehome_twice_keeps_every_record_once(journal: Journal) -> None:
    rows = _append(journal, 4)
    first = _head(rows[2])
    moved = journal.rehome(REC, first, 2, epoch_start(first), []).result()
    _append(journal, 1)
    earlier = _head(rows[0])
    again = journal.rehome(REC, earlier, 5, epoch_start(earlier), []).result()
    ids = [row.rec_id for row in journal.all_rows(REC)]
    assert len(ids) == len(set(ids)) == 7
    assert {row.rec_id for row in rows + moved} <= set(ids)
    assert [row.epoch for row in again] == [5] * 6
    assert [head.epoch for head in journal.epochs(REC)] == [1, 5]
    _check_all(journal)


def test_rehome_with_nothing_to_move_takes_the_servers_rows(journal: Journal) -> None:
    after = _head(_append(journal, 2)[-1])
    pulled = _server_rows(STATION, after, 4)
    moved = journal.rehome(REC, after, 2, epoch_start(after), pulled).result()
    assert len(moved) == 1
    assert journal.rows(REC, 1, 2, 10) == pulled
    _check_all(journal)


def test_a_record_that_another_copy_delivered_keeps_its_place_there(journal: Journal) -> None:
    rows = _append(journal, 4)
    after = _head(rows[1])
    theirs = place(as_draft(rows[3]), 1, 3, after.hash)
    moved = journal.rehome(REC, after, 2, epoch_start(after), [theirs]).result()
    assert [row.rec_id for row in moved[1:]] == [rows[2].rec_id]
    assert [row.rec_id for row in journal.all_rows(REC)] == [
        rows[0].rec_id, rows[1].rec_id, rows[3].rec_id, moved[0].rec_id, rows[2].rec_id,
    ]  # fmt: skip
    _check_all(journal)


def test_a_record_with_another_content_at_the_server_is_not_moved(journal: Journal) -> None:
    rows = _append(journal, 3)
    after = _head(rows[1])
    theirs = place(replace(as_draft(rows[2]), body=b'{"text":"forged"}'), 1, 3, after.hash)
    with pytest.raises(JournalError, match="another content at the server"):
        journal.rehome(REC, after, 2, epoch_start(after), [theirs]).result()
    assert list(journal.all_rows(REC)) == rows


def test_a_rehome_that_contradicts_the_chain_changes_nothing(journal: Journal) -> None:
    rows = _append(journal, 4)
    after = _head(rows[1])
    pulled = _server_rows(STATION, after, 3)
    changed = [pulled[0], replace(pulled[1], body=b"changed"), pulled[2]]
    start = epoch_start(after)
    attempts = [
        ("content does not match", after, 2, start, changed),
        ("missing", after, 2, start, pulled[1:]),
        ("missing", after, 2, start, pulled[::2]),
        ("does not belong", after, 3, start, [replace(pulled[0], chan=AUDIT)]),
        ("must be higher", after, 1, start, []),
        ("must be higher", after, 2, start, [replace(pulled[0], epoch=2)]),
        ("epoch_start", after, 2, draft(), []),
        ("epoch_start", after, 2, epoch_start(after, AUDIT), []),
        ("common row", Head(1, 2, b"x" * 32), 2, start, []),
        ("common row", Head(1, 9, after.hash), 2, start, []),
        ("'other'", after, 2, start, []),
    ]
    for message, behind, epoch, first, more in attempts:
        chan = "other" if message == "'other'" else REC
        with pytest.raises(JournalError, match=message):
            journal.rehome(chan, behind, epoch, first, more).result()
        assert list(journal.all_rows(REC)) == rows
        assert journal.waiting() == 4
    assert journal.append([draft()]).result()[0].seq == 5
    _check_all(journal)


def _document(rev: int, kind: str, identity: str, op: str = "put") -> MasterChange:
    return MasterChange(rev, kind, identity, f"{identity} {rev}".encode(), f"{rev:064x}", op)


def test_master_data_is_put_replaced_and_removed_with_its_cursor(journal: Journal) -> None:
    journal.apply_master([_document(1, "order", "b"), _document(2, "order", "a")], 2, False).result()
    journal.apply_master([_document(3, "order", "b"), _document(4, "person", "b")], 5, False).result()
    assert journal.master("order") == [_document(2, "order", "a"), _document(3, "order", "b")]
    assert journal.master("person") == [_document(4, "person", "b")]
    assert journal.master_cursor() == 5
    journal.apply_master(
        [_document(6, "order", "a", "remove"), _document(7, "order", "z", "remove")], 7, False
    ).result()
    assert journal.master("order") == [_document(3, "order", "b")]


def test_a_snapshot_replaces_all_master_data_even_backwards(journal: Journal) -> None:
    journal.apply_master([_document(8, "order", "a"), _document(9, "person", "p")], 9, False).result()
    journal.apply_master([_document(3, "order", "c")], 4, True).result()
    assert journal.master("order") == [_document(3, "order", "c")]
    assert journal.master("person") == []
    assert journal.master_cursor() == 4


def test_master_data_is_applied_whole_or_not_at_all(journal: Journal) -> None:
    journal.apply_master([_document(1, "order", "a")], 1, False).result()
    with pytest.raises(JournalError, match="'twist'"):
        journal.apply_master([_document(2, "order", "b"), _document(3, "order", "c", "twist")], 3, True).result()
    assert journal.master("order") == [_document(1, "order", "a")]
    assert journal.master_cursor() == 1


def test_files_are_listed_by_their_state(journal: Journal) -> None:
    first, second = (
        Blob("b" * 64, 10, "image/jpeg", BlobState.WAITING),
        Blob("a" * 64, 20, "image/png", BlobState.WANTED),
    )
    journal.put_blob(first).result()
    journal.put_blob(second).result()
    assert journal.blobs(BlobState.WAITING) == [first]
    sealed = replace(first, state=BlobState.SEALED)
    journal.put_blob(sealed).result()
    assert journal.blobs(BlobState.WAITING) == []
    assert journal.blob(first.sha256) == sealed
    assert journal.blob(second.sha256) == second


def test_after_close_everything_fails_with_a_journal_error(journal: ClosableJournal) -> None:
    _append(journal, 1)
    journal.close()
    journal.close()
    for future in (journal.append([draft()]), journal.set_peer(REC, 1, 1, None), journal.apply_master([], 0, False)):
        with pytest.raises(JournalError, match="closed"):
            future.result()
    with pytest.raises(JournalError, match="closed"):
        list(journal.all_rows(REC))
