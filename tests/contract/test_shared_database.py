"""The contract of the SharedDatabase port, held by PostgreSQL and by the fake that other tests use."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace

import pytest

from station_app.domain.chain import AUDIT, REC
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    ApplicationState,
    Comment,
    EpochStart,
    EvidenceCaptured,
    Hold,
    HoldReleased,
    MaterialDetached,
    Measurement,
)
from station_app.domain.status import StationStatus
from station_app.services.ports import ChainBroken, Gap, SharedDatabaseError, Unreachable
from tests.contract.shared_line import ON_STEP, Line, consumed, job_state
from tests.shared_database import STATION_A, STATION_B, ChainWriter
from tests.waiting import wait_until

CHUNK = 256 * 1024


# --- delivering ----------------------------------------------------------------------------------------------------


def test_an_empty_server_has_nothing(line: Line) -> None:
    hello = line.a.hello(REC, 1)
    assert (hello.last_seq, hello.last_hash, hello.highest_epoch) == (0, None, 0)
    assert hello.now_us > 1_600_000_000_000_000
    assert line.a.read_log(REC, 1, 0, 10) == []


def test_what_was_delivered_comes_back_as_it_was(line: Line) -> None:
    chain = ChainWriter(STATION_A)
    rows = [*chain.many(3), chain.row(clock_offset_ms=-31_536_000_000, wall_us=-5), chain.row(actor="Žofie „š“")]
    assert line.a.append_batch(REC, 1, 1, rows) == 5
    assert line.a.read_log(REC, 1, 0, 100) == rows
    assert line.a.read_log(REC, 1, 2, 2) == rows[2:4]
    hello = line.a.hello(REC, 1)
    assert (hello.last_seq, hello.last_hash, hello.highest_epoch) == (5, rows[-1].hash, 1)


def test_channels_and_stations_are_apart(line: Line) -> None:
    line.a.append_batch(REC, 1, 1, ChainWriter(STATION_A).many(2))
    audit = ChainWriter(STATION_A, chan=AUDIT)
    audit.row(ApplicationState(state="started", application_version="1", computer="pc"))
    line.a.append_batch(AUDIT, 1, 1, audit.rows)
    assert line.a.hello(AUDIT, 1).last_seq == 1
    assert line.b.hello(REC, 1).highest_epoch == 0
    assert line.b.read_log(REC, 1, 0, 10) == []


def test_a_replayed_batch_is_skipped_and_only_the_rest_lands(line: Line) -> None:
    rows = ChainWriter(STATION_A).many(6)
    assert line.a.append_batch(REC, 1, 1, rows[:4]) == 4
    assert line.a.append_batch(REC, 1, 1, rows[:4]) == 4
    assert line.a.append_batch(REC, 1, 2, rows[1:3]) == 4
    assert line.a.append_batch(REC, 1, 3, rows[2:]) == 6
    assert line.a.read_log(REC, 1, 0, 10) == rows


def test_an_empty_batch_answers_what_the_server_has(line: Line) -> None:
    line.a.append_batch(REC, 1, 1, ChainWriter(STATION_A).many(2))
    assert line.a.append_batch(REC, 1, 3, []) == 2


def test_a_gap_is_refused(line: Line) -> None:
    rows = ChainWriter(STATION_A).many(5)
    with pytest.raises(Gap):
        line.a.append_batch(REC, 1, 2, rows[1:])
    line.a.append_batch(REC, 1, 1, rows[:2])
    with pytest.raises(Gap):
        line.a.append_batch(REC, 1, 4, rows[3:])
    assert line.a.hello(REC, 1).last_seq == 2


@pytest.mark.parametrize(
    "change",
    [
        {"rec_id": "01890000-0000-7000-8000-000000000000"}, {"kind": "hold"}, {"ver": 2}, {"actor": "x"}, {"wall_us": 1},
        {"utc_offset_min": 0}, {"mono_ns": 1}, {"boot_id": "x"}, {"clock_offset_ms": 0}, {"body": b"{}"}, {"hash": b"\0" * 32},
    ],
    ids=lambda change: next(iter(change)),
)  # fmt: skip
def test_every_field_is_covered_by_the_chain(line: Line, change: dict[str, object]) -> None:
    rows = ChainWriter(STATION_A).many(3)
    rows[1] = replace(rows[1], **change)  # type: ignore[arg-type]  # one field of its own type
    with pytest.raises(ChainBroken, match="seq 2"):
        line.a.append_batch(REC, 1, 1, rows)
    assert line.a.hello(REC, 1).last_seq == 0, "nothing of a broken batch lands"


def test_rows_of_another_station_channel_or_order_are_refused(line: Line) -> None:
    for chain in (ChainWriter(STATION_B), ChainWriter(STATION_A, chan=AUDIT), ChainWriter(STATION_A, epoch=2)):
        with pytest.raises(ChainBroken):
            line.a.append_batch(REC, 1, 1, chain.many(2))
    rows = ChainWriter(STATION_A).many(2)
    with pytest.raises(ChainBroken):
        line.a.append_batch(REC, 1, 1, rows[::-1])


def test_a_replay_that_differs_is_refused(line: Line) -> None:
    first, second = ChainWriter(STATION_A), ChainWriter(STATION_A)
    line.a.append_batch(REC, 1, 1, first.many(3))
    with pytest.raises(ChainBroken, match="seq 1"):
        line.a.append_batch(REC, 1, 1, second.many(5))
    assert line.a.read_log(REC, 1, 0, 10) == first.rows


@pytest.mark.parametrize(("chan", "epoch", "first_seq"), [("other", 1, 1), (REC, 0, 1), (REC, 1, 0)])
def test_a_senseless_call_is_refused(line: Line, chan: str, epoch: int, first_seq: int) -> None:
    with pytest.raises(SharedDatabaseError):
        line.a.append_batch(chan, epoch, first_seq, ChainWriter(STATION_A).many(1))


# --- forks ---------------------------------------------------------------------------------------------------------


def epoch_start(epoch: int, seq: int, parent_hash: bytes) -> EpochStart:
    return EpochStart(parent_epoch=epoch, parent_seq=seq, parent_hash=parent_hash.hex(), reason="restored")


def test_fork_info_names_the_last_common_row(line: Line) -> None:
    rows = ChainWriter(STATION_A).many(5)
    line.a.append_batch(REC, 1, 1, rows)
    strangers = [hashlib.sha256(bytes([n])).digest() for n in range(3)]
    fork = line.a.fork_info(REC, [*strangers, rows[3].hash, rows[1].hash])
    assert (fork.epoch, fork.seq, fork.highest_epoch) == (1, 4, 1)
    fork = line.a.fork_info(REC, strangers)
    assert (fork.epoch, fork.seq, fork.highest_epoch) == (0, 0, 1)
    assert line.b.fork_info(REC, [rows[3].hash]).seq == 0, "another station's rows are not common"
    assert line.a.fork_info(AUDIT, [rows[3].hash]).highest_epoch == 0


def test_a_new_epoch_starts_from_a_row_the_server_has(line: Line) -> None:
    rows = ChainWriter(STATION_A).many(3)
    line.a.append_batch(REC, 1, 1, rows)
    moved = ChainWriter(STATION_A, epoch=2)
    moved.row(epoch_start(1, 2, rows[1].hash))
    moved.row()
    assert line.a.append_batch(REC, 2, 1, moved.rows) == 2
    assert line.a.hello(REC, 2).highest_epoch == 2
    assert line.a.hello(REC, 1).last_seq == 3
    fork = line.a.fork_info(REC, [rows[2].hash, moved.rows[0].hash])
    assert (fork.epoch, fork.seq, fork.highest_epoch) == (2, 1, 2)


def test_an_epoch_without_a_known_parent_is_refused(line: Line) -> None:
    rows = ChainWriter(STATION_A).many(3)
    line.a.append_batch(REC, 1, 1, rows)
    faulty = [
        Comment(text="no epoch_start"),
        epoch_start(1, 9, rows[1].hash),
        epoch_start(1, 2, rows[2].hash),
        epoch_start(2, 1, rows[0].hash),
        epoch_start(3, 0, b""),
    ]
    for fact in faulty:
        chain = ChainWriter(STATION_A, epoch=2)
        chain.row(fact)
        with pytest.raises(ChainBroken):
            line.a.append_batch(REC, 2, 1, chain.rows)
    assert line.a.hello(REC, 2).highest_epoch == 1


def test_an_epoch_may_start_where_nothing_is_common(line: Line) -> None:
    line.a.append_batch(REC, 1, 1, ChainWriter(STATION_A).many(1))
    chain = ChainWriter(STATION_A, epoch=5)
    chain.row(epoch_start(0, 0, b""))
    assert line.a.append_batch(REC, 5, 1, chain.rows) == 1
    older = ChainWriter(STATION_A, epoch=3)
    older.row(epoch_start(0, 0, b""))
    with pytest.raises(ChainBroken):
        line.a.append_batch(REC, 3, 1, older.rows)


# --- files ---------------------------------------------------------------------------------------------------------


def test_a_file_is_uploaded_in_chunks_resumed_and_sealed(line: Line) -> None:
    content = bytes(range(256)) * 2400
    sha256 = hashlib.sha256(content).hexdigest()
    assert line.a.blob_missing(sha256, len(content)) == [0, 1, 2]
    line.a.blob_put(sha256, 1, content[CHUNK : 2 * CHUNK])
    line.a.blob_put(sha256, 1, content[CHUNK : 2 * CHUNK])
    assert line.a.blob_missing(sha256, len(content)) == [0, 2]
    with pytest.raises(Gap):
        line.a.blob_seal(sha256, len(content), "image/jpeg")
    assert line.b.blob_get(sha256) is None
    line.a.blob_put(sha256, 0, content[:CHUNK])
    line.a.blob_put(sha256, 2, content[2 * CHUNK :])
    line.a.blob_seal(sha256, len(content), "image/jpeg")
    line.a.blob_seal(sha256, len(content), "image/jpeg")
    assert line.a.blob_missing(sha256, len(content)) is None
    assert line.b.blob_get(sha256) == content


def test_a_damaged_upload_is_sent_again_and_spoils_nobody_elses(line: Line) -> None:
    content = b"a picture"
    sha256 = hashlib.sha256(content).hexdigest()
    line.b.blob_put(sha256, 0, b"A picture")
    assert line.a.blob_missing(sha256, len(content)) == [0], "another station's chunk is not trusted"
    line.a.blob_put(sha256, 0, content)
    with pytest.raises(Gap):
        line.b.blob_seal(sha256, len(content), "image/png")
    assert line.b.blob_missing(sha256, len(content)) == [0], "the damaged chunk has to be sent again"
    line.a.blob_seal(sha256, len(content), "image/png")
    assert line.b.blob_missing(sha256, len(content)) is None
    assert line.b.blob_get(sha256) == content


def test_an_empty_file(line: Line) -> None:
    sha256 = hashlib.sha256(b"").hexdigest()
    assert line.a.blob_missing(sha256, 0) == []
    line.a.blob_seal(sha256, 0, "text/plain")
    assert line.a.blob_get(sha256) == b""


# --- master data ---------------------------------------------------------------------------------------------------


def test_master_data_comes_in_order_and_in_pages(line: Line) -> None:
    assert line.a.master_since(0, 10).changes == ()
    assert line.a.master_since(0, 10).highest_rev == 0
    for number in range(5):
        assert line.publish("order", f"47{number}", b"{}", "put") == number + 1
    assert line.publish("order", "470", b"", "remove") == 6
    page = line.a.master_since(0, 4)
    assert [change.rev for change in page.changes] == [1, 2, 3, 4]
    assert page.highest_rev == 6
    page = line.a.master_since(4, 4)
    assert [(c.rev, c.kind, c.id, c.op) for c in page.changes] == [
        (5, "order", "474", "put"),
        (6, "order", "470", "remove"),
    ]
    assert line.a.master_since(6, 4).changes == ()
    assert line.a.master_since(99, 4).highest_rev == 6


def test_the_same_document_is_not_published_twice(line: Line) -> None:
    assert line.publish("person", "p1", b'{"a":1}', "put") == 1
    assert line.publish("person", "p1", b'{"a":1}', "put") == 1
    assert line.publish("person", "p1", b'{"a":2}', "put") == 2
    assert line.publish("person", "p1", b"", "remove") == 3
    assert line.publish("person", "p1", b"", "remove") == 3
    assert line.publish("person", "p1", b'{"a":2}', "put") == 4
    change = line.a.master_since(3, 1).changes[0]
    assert change.sha256 == hashlib.sha256(b'{"a":2}').hexdigest()


def test_publishing_is_hinted(line: Line) -> None:
    assert line.a.wait_hint(0.01) is False
    heard: list[bool] = []
    waiting = threading.Thread(target=lambda: heard.append(line.a.wait_hint(20)))
    waiting.start()
    line.publish("order", "1", b"{}", "put")
    waiting.join(25)
    assert heard == [True]


def test_closing_ends_a_wait_and_every_verb(line: Line) -> None:
    waiting = threading.Thread(target=lambda: line.a.wait_hint(60))
    waiting.start()
    line.a.close()
    wait_until(lambda: not waiting.is_alive(), 5, "the wait to end")
    with pytest.raises(Unreachable):
        line.a.hello(REC, 1)


# --- units ---------------------------------------------------------------------------------------------------------


def test_a_unit_is_traced_across_stations(line: Line) -> None:
    a, b = ChainWriter(STATION_A), ChainWriter(STATION_B, wall_us=1_700_000_500_000_000)
    a.row(job_state("Running"))
    a.row(consumed("BRG-77"))
    a.row(Comment(text="about another", serial="GR-2"))
    a.row(
        Measurement(
            **ON_STEP, characteristic="force", value_text="12.50", unit="kN", source="gauge", outcome=Outcome.PASS
        )
    )
    a.row(Hold(hold_id="H1", scope="unit", subject="GR-1", reason="scratch"))
    b.row(HoldReleased(hold_id="H1", reason="polished"))
    b.row(Comment(text="looks good", serial="GR-1"))
    line.a.append_batch(REC, 1, 1, a.rows)
    line.b.append_batch(REC, 1, 1, b.rows)
    expected = {row.rec_id for row in (*a.rows, *b.rows)} - {a.rows[2].rec_id}
    found = line.b.trace("GR-1")
    assert {logged.row.rec_id for logged in found} == expected
    assert len(found) == len(expected)
    assert {logged.station for logged in found} == {STATION_A, STATION_B}
    assert next(logged.row for logged in found if logged.row.seq == 2 and logged.station == STATION_A) == a.rows[1]
    assert [logged.row.rec_id for logged in line.a.trace("BRG-77")] == [a.rows[1].rec_id]
    assert line.a.trace("never seen") == []


def test_the_status_of_a_unit_is_its_last_by_the_log_not_by_the_clock(line: Line) -> None:
    a, b = ChainWriter(STATION_A), ChainWriter(STATION_B)
    a.row(job_state("Running"))
    a.row(job_state("Ended", outcome=Outcome.PASS), wall_us=a.wall_us - 31_536_000_000_000)
    b.row(job_state("Running", job_id="J2", operation="20"), clock_offset_ms=60_000)
    line.a.append_batch(REC, 1, 1, a.rows)
    line.b.append_batch(REC, 1, 1, b.rows)
    newest, oldest = line.a.unit_status("GR-1")
    assert (newest.job_id, newest.station, newest.state, newest.outcome) == ("J2", STATION_B, "Running", None)
    assert newest.changed_us == b.rows[0].wall_us + 60_000_000
    assert (oldest.job_id, oldest.state, oldest.outcome, oldest.held) == ("J1", "Ended", "PASS", False)
    assert oldest.changed_us == a.rows[1].wall_us
    assert line.a.unit_status("GR-9") == []


def test_a_hold_shows_until_it_is_released(line: Line) -> None:
    a, b = ChainWriter(STATION_A), ChainWriter(STATION_B)
    a.row(job_state("Running"))
    a.row(Hold(hold_id="H1", scope="unit", subject="GR-1", reason="scratch"))
    line.a.append_batch(REC, 1, 1, a.rows)
    assert [status.held for status in line.b.unit_status("GR-1")] == [True]
    b.row(HoldReleased(hold_id="H1", reason="polished"))
    line.b.append_batch(REC, 1, 1, b.rows)
    assert [status.held for status in line.b.unit_status("GR-1")] == [False]


def test_a_component_is_used_until_it_is_detached(line: Line) -> None:
    a, b = ChainWriter(STATION_A), ChainWriter(STATION_B, wall_us=1_700_000_500_000_000)
    a.row(consumed("BRG-77"))
    wrong = a.row(consumed("BRG-78"))
    a.row(consumed("BRG-79", supersedes=wrong.rec_id))
    a.row(MaterialDetached(**ON_STEP, material="BRG-6204", component_serial="BRG-77", reason="damaged"))
    a.row(consumed("BRG-77"))
    b.row(MaterialDetached(**ON_STEP, material="BRG-6204", component_serial="BRG-77", reason="service"))
    b.row(consumed("BRG-77", serial="GR-2"))
    line.a.append_batch(REC, 1, 1, a.rows)
    assert [use.detached for use in line.b.component_use("BRG-77")] == [True, False]
    line.b.append_batch(REC, 1, 1, b.rows)
    uses = line.a.component_use("BRG-77")
    assert [(use.used_in, use.station, use.detached) for use in uses] == [
        ("GR-1", STATION_A, True), ("GR-1", STATION_A, True), ("GR-2", STATION_B, False),
    ]  # fmt: skip
    assert uses[0].material == "BRG-6204"
    assert line.a.component_use("BRG-78") == [], "a corrected record does not count"
    assert line.a.component_use("") == []


def test_a_record_of_another_epoch_counts_once(line: Line) -> None:
    first = ChainWriter(STATION_A)
    kept, moved = first.row(job_state("Running")), first.row(consumed("BRG-77"))
    line.a.append_batch(REC, 1, 1, [kept, moved])
    second = ChainWriter(STATION_A, epoch=2)
    second.row(epoch_start(1, 1, kept.hash))
    second.row(consumed("BRG-77"), rec_id=moved.rec_id, wall_us=moved.wall_us, mono_ns=moved.mono_ns)
    line.a.append_batch(REC, 2, 1, second.rows)
    assert len(line.a.component_use("BRG-77")) == 1
    assert [logged.row.rec_id for logged in line.a.trace("GR-1")] == [kept.rec_id, moved.rec_id]


def test_a_picture_and_a_status_are_taken(line: Line) -> None:
    chain = ChainWriter(STATION_A)
    chain.row(
        EvidenceCaptured(
            **ON_STEP, sha256="0" * 64, media_type="image/jpeg", size_bytes=9, width_px=4, height_px=3, camera="c", view="v",
            codes=("GR-1",), outcome=Outcome.PASS,
        )
    )  # fmt: skip
    assert line.a.append_batch(REC, 1, 1, chain.rows) == 1
    line.a.status(StationStatus(station=STATION_A, name="ASM-10", state=1000, state_text="producing", sent_us=1))
