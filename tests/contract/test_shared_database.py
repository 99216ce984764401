"""The contract of the SharedDatabase port, held by PostgreSQL and by the fake that other tests use."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from station_app.domain.chain import AUDIT, REC
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    ApplicationState,
    AttributeInspected,
    Comment,
    EpochStart,
    EvidenceCaptured,
    Hold,
    HoldReleased,
    JobState,
    LineTrendComment,
    MaterialConsumed,
    MaterialDetached,
    Measurement,
    PersonSession,
    SampleMeasured,
)
from station_app.domain.status import StationStatus
from station_app.domain.trend import ArrivedBlock, GapKind, LineTag, TrendReach, ValueKind
from station_app.domain.trend import Gap as TrendGap
from station_app.services.ports import ChainBroken, Gap, Refused, SharedDatabase, SharedDatabaseError, Unreachable
from station_app.storage.shared import PostgresSharedDatabase
from station_app.storage.shared.admin import Publication, publish
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase
from tests.machine_data import T0_US, block
from tests.shared_database import BASE_US, STATION_A, STATION_B, ChainWriter
from tests.waiting import wait_until

CHUNK = 256 * 1024
ON_UNIT: dict[str, Any] = {"job_id": "J1", "serial": "GR-1", "order_id": "4711", "operation": "10"}
ON_STEP: dict[str, Any] = {**ON_UNIT, "step_id": "press"}


@dataclass(frozen=True)
class Line:
    """The shared database as two stations see it, and the way to publish."""

    a: SharedDatabase
    b: SharedDatabase
    publish: Callable[[str, str, bytes, str], int]


@pytest.fixture(params=["postgres", "fake"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    if request.param == "fake":
        server = FakeServer()
        line = Line(FakeSharedDatabase(server, STATION_A), FakeSharedDatabase(server, STATION_B), server.publish)
    else:
        plant = request.getfixturevalue("plant")
        url = plant.url("publisher")
        line = Line(
            PostgresSharedDatabase(plant.address(STATION_A)),
            PostgresSharedDatabase(plant.address(STATION_B)),
            lambda kind, key, body, op: publish(url, [Publication(kind, key, body, op)]),
        )
    yield line
    line.a.close()
    line.b.close()


def job_state(state: str, **changes: object) -> JobState:
    values = {"product": "GR", "work_master_id": "W", "work_master_version": "1", "work_master_sha256": "0" * 64}
    return JobState(**{**ON_UNIT, **values, "state": state, **changes})


def measured(value_text: str) -> Measurement:
    return Measurement(
        characteristic="play", value_text=value_text, unit="mm", source="hand", outcome=Outcome.PASS, **ON_STEP
    )  # fmt: skip


def consumed(component: str, **changes: object) -> MaterialConsumed:
    return MaterialConsumed(**{**ON_STEP, "material": "BRG-6204", "component_serial": component, **changes})


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


# --- machine data --------------------------------------------------------------------------------------------------


def test_a_block_of_machine_data_lands_once_however_often_it_is_sent(line: Line) -> None:
    sent = [block("press.force", [1.0, 2.0, 3.0]), block("press.force", [1.0, 2.0, 4.0]), block("other", [1.0])]
    names = [one.sha256 for one in sent]
    assert line.a.trend_missing(names) == names
    for one in (*sent, *sent):
        line.a.trend_put(one)
    assert line.a.trend_missing(names) == []
    assert sorted(line.b.trend_missing(names)) == sorted(names), "another station's blocks are its own"
    line.b.trend_put(sent[0])
    assert line.b.trend_missing(names[:1]) == []


@pytest.mark.parametrize("values", [[1e308, -1e308], [-0.0], [5e-324]])
def test_the_statistics_of_a_block_may_be_any_number(line: Line, values: list[float]) -> None:
    one = block("t", values)
    line.a.trend_put(one)
    assert line.a.trend_missing([one.sha256]) == []


def test_a_block_without_numbers_is_taken(line: Line) -> None:
    line.a.trend_put(replace(block("t", [1.0]), first=None, last=None, minimum=None, maximum=None, mean=None, bad=1))


def test_a_block_that_does_not_match_its_name_or_is_none_is_refused(line: Line) -> None:
    good = block("press.force", [1.0, 2.0])
    with pytest.raises(ChainBroken, match="does not match its SHA-256"):
        line.a.trend_put(replace(good, content=good.content + b"x"))
    huge = bytes((1 << 20) + 1)
    for change in (
        {"tag": ""}, {"end_us": good.start_us - 1}, {"count": 0}, {"content": b"", "sha256": hashlib.sha256(b"").hexdigest()},
        {"content": huge, "sha256": hashlib.sha256(huge).hexdigest()},
    ):  # fmt: skip
        with pytest.raises(SharedDatabaseError):
            line.a.trend_put(replace(good, **change))
    assert line.a.trend_missing([good.sha256]) == [good.sha256]
    with pytest.raises(SharedDatabaseError, match="at most 1000"):
        line.a.trend_missing(["0" * 64] * 1001)


# --- the line's past -----------------------------------------------------------------------------------------------

ELSEWHERE = "ACME/BRNO/ASSEMBLY/L2/ASM-10"
HOUR_US = 3_600_000_000
ALL_TIME = (0, 1 << 62)


def test_a_station_reads_the_machine_data_of_another_of_its_line(line: Line) -> None:
    sent = [block("press.force", [float(n), 9.0, 3.0], T0_US + n * HOUR_US) for n in range(5)]
    for one in (*sent, block("bench.speed", [1.0])):
        line.a.trend_put(one)
    assert line.b.line_tags(STATION_A) == [
        LineTag("bench.speed", T0_US, T0_US, ValueKind.FLOAT),
        LineTag("press.force", T0_US, T0_US + 4 * HOUR_US + 2_000_000, ValueKind.FLOAT),
    ]
    found = line.b.line_blocks(STATION_A, "press.force", *ALL_TIME)
    assert [(b.start_us, b.end_us, b.count, b.bad, b.minimum, b.maximum, b.mean, b.sha256) for b in found] == [
        (b.start_us, b.end_us, b.count, b.bad, b.minimum, b.maximum, b.mean, b.sha256) for b in sent
    ]
    assert line.b.line_contents(STATION_A, "press.force", found) == {one.sha256: one.content for one in sent}
    assert line.a.line_tags(STATION_A) == line.b.line_tags(STATION_A), "its own as well"


def test_the_blocks_of_a_span_come_with_one_on_each_side(line: Line) -> None:
    starts = [T0_US + n * HOUR_US for n in range(6)]
    for start_us in starts:
        line.a.trend_put(block("t", [1.0, 2.0], start_us))
    within_us, between_us, to_us = starts[2] + 500_000, starts[1] + HOUR_US // 2, starts[3] + 1
    assert [b.start_us for b in line.b.line_blocks(STATION_A, "t", within_us, to_us)] == starts[2:5]
    assert [b.start_us for b in line.b.line_blocks(STATION_A, "t", between_us, to_us)] == starts[1:5]
    assert [b.start_us for b in line.b.line_blocks(STATION_A, "t", starts[5] + HOUR_US, 1 << 62)] == starts[5:]
    assert [b.start_us for b in line.b.line_blocks(STATION_A, "t", 0, 1)] == starts[:1]


def test_what_did_not_arrive_is_not_there(line: Line) -> None:
    assert line.b.line_tags(STATION_A) == []
    assert line.b.line_blocks(STATION_A, "t", *ALL_TIME) == []
    never = replace(ArrivedBlock(T0_US, T0_US, 1, 0, 1.0, 1.0, 1.0, "0" * 64))
    assert line.b.line_contents(STATION_A, "t", [never]) == {}
    assert line.b.line_tags(STATION_A.replace("ASM-10", "ASM-99")) == [], "a station that nobody knows has no past"


def tail_of(found: list[ArrivedBlock]) -> list[tuple[int, bytes]]:
    return [(b.count, b.content) for b in found if b.content is not None]


def test_what_is_not_sealed_is_read_until_a_block_takes_its_place(line: Line) -> None:
    before, first, second = (
        block("t", [1.0]),
        block("t", [2.0, 3.0], T0_US + HOUR_US),
        block("t", [2.0, 3.0, 4.0], T0_US + HOUR_US),
    )
    line.a.trend_put(before)
    for tail in (first, second, second):
        line.a.trend_tail_put(tail)
    found = line.b.line_blocks(STATION_A, "t", *ALL_TIME)
    assert [b.sha256 for b in found] == [before.sha256, second.sha256], "it replaces what was not sealed before"
    assert tail_of(found) == [(3, second.content)]
    assert line.b.line_tags(STATION_A) == [LineTag("t", T0_US, second.end_us, ValueKind.FLOAT)]
    line.a.trend_put(block("t", [0.5], T0_US + HOUR_US // 2))
    assert tail_of(line.b.line_blocks(STATION_A, "t", *ALL_TIME)) == [(3, second.content)], (
        "an older block hides nothing"
    )
    sealed = block("t", [2.0, 3.0, 4.0, 5.0], T0_US + HOUR_US)
    line.a.trend_put(sealed)
    found = line.b.line_blocks(STATION_A, "t", *ALL_TIME)
    assert [b.count for b in found] == [1, 1, 4] and not tail_of(found), "no sample is there twice"
    rest = block("t", [6.0], sealed.end_us)
    line.a.trend_tail_put(rest)
    line.a.trend_put(sealed)
    assert tail_of(line.b.line_blocks(STATION_A, "t", *ALL_TIME)) == [(1, rest.content)], (
        "a block sent again changes nothing"
    )


def test_what_is_not_sealed_is_of_its_station_and_tag_and_where_it_belongs(line: Line) -> None:
    line.a.trend_put(block("t", [1.0]))
    line.a.trend_put(block("t", [1.0], T0_US + HOUR_US))
    line.a.trend_tail_put(block("t", [2.0], T0_US + 2 * HOUR_US))
    line.b.trend_tail_put(block("t", [3.0], T0_US))
    line.a.trend_tail_put(block("u", [4.0], T0_US))
    assert [b.minimum for b in line.a.line_blocks(STATION_B, "t", *ALL_TIME)] == [3.0]
    assert [tag.name for tag in line.b.line_tags(STATION_A)] == ["t", "u"]
    far = line.b.line_blocks(STATION_A, "t", T0_US - 10, T0_US + 10)
    assert [b.minimum for b in far] == [1.0, 1.0], "what comes after the next block is not asked for"
    after = line.b.line_blocks(STATION_A, "t", T0_US + 3 * HOUR_US, T0_US + 4 * HOUR_US)
    assert after[-1].content is not None, "the last before a span draws the line into it"


def test_a_tail_that_does_not_match_its_name_or_is_none_is_refused(line: Line) -> None:
    good = block("t", [1.0])
    with pytest.raises(ChainBroken, match="does not match its SHA-256"):
        line.a.trend_tail_put(replace(good, content=good.content + b"x"))
    with pytest.raises(SharedDatabaseError):
        line.a.trend_tail_put(replace(good, count=0))
    assert line.b.line_tags(STATION_A) == []


def test_a_station_tells_its_gaps_and_until_when_all_is_there(line: Line) -> None:
    crash, full = TrendGap(10, 20, GapKind.CRASH, "gone"), TrendGap(30, 40, GapKind.DISK_FULL, "3 samples")
    assert line.b.line_reach(STATION_A) == TrendReach()
    line.a.trend_reach_put(TrendReach(None, (full, crash)))
    assert line.b.line_reach(STATION_A) == TrendReach(None, (crash, full))
    longer = replace(full, end_us=50, reason="4 samples")
    line.a.trend_reach_put(TrendReach(100, (longer, TrendGap(10, 10, GapKind.CLOCK, "set back"))))
    found = line.b.line_reach(STATION_A)
    assert (found.until_us, found.gaps[-1], len(found.gaps)) == (100, longer, 3)
    line.a.trend_reach_put(TrendReach(90, (full,)))
    found = line.b.line_reach(STATION_A)
    assert (found.until_us, found.gaps[-1]) == (90, longer), "a clock may be set back; a gap does not become shorter"
    assert line.a.line_reach(STATION_B) == TrendReach()
    for refused in (TrendGap(2, 1, GapKind.CRASH, "x"), TrendGap(1, 2, GapKind.CRASH, "x" * 1001)):
        with pytest.raises(SharedDatabaseError):
            line.a.trend_reach_put(TrendReach(None, (refused,)))
    with pytest.raises(SharedDatabaseError):
        line.a.trend_reach_put(TrendReach(None, (crash,) * 501))


def test_what_a_block_leaves_of_a_tail_is_not_said_to_be_there(line: Line) -> None:
    line.a.trend_tail_put(block("t", [1.0, 2.0, 3.0, 4.0]))
    line.a.trend_reach_put(TrendReach(T0_US + HOUR_US))
    line.a.trend_put(block("t", [1.0, 2.0]))
    assert line.b.line_reach(STATION_A).until_us == T0_US + 1_000_000, "the rest comes in the next block"


def test_remarks_on_a_stations_trends_are_read_with_it(line: Line) -> None:
    chain = ChainWriter(STATION_B)
    for at_us, about, text in ((30, STATION_A, "late"), (10, STATION_A, "early"), (20, STATION_B, "of itself")):
        chain.row(LineTrendComment(about_station=about, at_us=at_us, text=text), actor="anna")
    line.b.append_batch(REC, 1, 1, chain.rows)
    late, early, own = chain.rows
    for reader in (line.a, line.b):
        assert reader.line_remarks(STATION_A, 10) == [early, late], "in the order of their moments"
        assert reader.line_remarks(STATION_A, 1) == [late]
    assert line.a.line_remarks(STATION_B, 10) == [own]
    with pytest.raises(Refused):
        line.a.line_remarks(ELSEWHERE, 10)


def test_a_block_that_is_none_hides_no_tag(line: Line) -> None:
    odd = b"x"
    line.a.trend_put(replace(block("t", [1.0]), content=odd, sha256=hashlib.sha256(odd).hexdigest()))
    line.a.trend_put(block("u", [1.0]))
    assert [tag.name for tag in line.b.line_tags(STATION_A)] == ["t", "u"]


def test_the_records_beside_a_trend_are_those_of_the_span_the_newest_first_kept(line: Line) -> None:
    chain = ChainWriter(STATION_A)
    for number in range(4):
        chain.row(job_state("Running", serial=f"GR-{number}"))
        chain.row(Comment(text=f"remark {number}"))
        chain.row(consumed(f"B-{number}"))
    line.a.append_batch(REC, 1, 1, chain.rows)
    jobs = [row for row in chain.rows if row.kind == "job_state"]
    asked = {"job_state", "material_consumed"}
    assert line.b.line_rows(STATION_A, REC, asked, *ALL_TIME, 100) == jobs, (
        "what went into a unit is no part of a trend"
    )
    assert line.b.line_rows(STATION_A, REC, asked, *ALL_TIME, 2) == jobs[2:]
    assert line.b.line_rows(STATION_A, REC, asked, jobs[1].wall_us, jobs[3].wall_us, 100) == jobs[1:3]
    assert line.b.line_rows(STATION_A, AUDIT, asked, *ALL_TIME, 100) == []


def test_of_what_comes_often_only_the_last_four_days_are_answered(line: Line) -> None:
    chain, day_us = ChainWriter(STATION_A), 86_400_000_000
    for day in range(10):
        chain.row(job_state("Running"), wall_us=BASE_US + day * day_us)
        chain.row(measured("1"), wall_us=BASE_US + day * day_us)
    line.a.append_batch(REC, 1, 1, chain.rows)
    found = line.b.line_rows(STATION_A, REC, {"job_state", "measurement"}, BASE_US, BASE_US + 10 * day_us, 100)
    assert [row.kind for row in found].count("job_state") == 10
    assert [row.wall_us for row in found if row.kind == "measurement"] == [BASE_US + n * day_us for n in (6, 7, 8, 9)]


def test_when_a_station_ran_is_told_but_not_who_signed_in(line: Line) -> None:
    audit = ChainWriter(STATION_A, chan=AUDIT)
    audit.row(ApplicationState(state="started", application_version="1", computer="pc"))
    audit.row(PersonSession(state="signed_in", person_id="p", method="badge"))
    line.a.append_batch(AUDIT, 1, 1, audit.rows)
    kinds = {"application_state", "person_session"}
    assert line.b.line_rows(STATION_A, AUDIT, kinds, *ALL_TIME, 10) == audit.rows[:1]


@pytest.mark.parametrize("other", [ELSEWHERE, "ASM-10", STATION_A.rpartition("/")[0], STATION_A + "/CELL", ""])
def test_stations_of_other_lines_are_refused(line: Line, other: str) -> None:
    for ask in (
        lambda: line.a.line_tags(other),
        lambda: line.a.line_reach(other),
        lambda: line.a.line_blocks(other, "t", *ALL_TIME),
        lambda: line.a.line_contents(other, "t", [ArrivedBlock(T0_US, T0_US, 1, 0, 1.0, 1.0, 1.0, "0" * 64)]),
        lambda: line.a.line_rows(other, REC, {"job_state"}, *ALL_TIME, 10),
    ):
        with pytest.raises(Refused):
            ask()


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


# --- charts of the line --------------------------------------------------------------------------------------------


def shaft(number: int, value: str = "20.001", **changes: Any) -> SampleMeasured:
    """A measured shaft, as a station records it."""
    values: dict[str, Any] = {
        **ON_STEP, "job_id": f"J{number}", "serial": f"GR-{number}", "sample_id": f"S{number}", "inspection_id": f"I{number}",
        "plan_id": "P", "plan_version": "1", "plan_sha256": "0" * 64, "product": "GR", "characteristic": "shaft",
        "readings": (value,), "value_text": value, "unit": "mm", "decimals": 3, "source": "gauge", "outcome": Outcome.PASS,
    }  # fmt: skip
    return SampleMeasured(**{**values, **changes})


def bore_counted(number: int) -> AttributeInspected:
    """A counted bore."""
    return AttributeInspected(
        **{**ON_UNIT, "job_id": f"J{number}"}, step_id="look", sample_id=f"A{number}", inspection_id="I", plan_id="P",
        plan_version="1", plan_sha256="0" * 64, product="GR", characteristic="bore", outcome=Outcome.PASS,
    )  # fmt: skip


def test_a_chart_takes_the_points_of_the_other_stations(line: Line) -> None:
    a, b = ChainWriter(STATION_A), ChainWriter(STATION_B, wall_us=1_700_000_500_000_000)
    mine = a.row(shaft(1))
    first, second = b.row(shaft(2)), b.row(shaft(3))
    b.row(shaft(4, characteristic="bore"))
    b.row(shaft(5, operation="20"))
    b.row(shaft(6, product="GX"))
    counted = b.row(bore_counted(7))
    line.a.append_batch(REC, 1, 1, a.rows)
    line.b.append_batch(REC, 1, 1, b.rows)
    found = line.a.chart_points("GR", "10", "shaft", {}, 100)
    assert [logged.row for logged in found] == [first, second]
    assert {logged.station for logged in found} == {STATION_B}
    assert [logged.row for logged in line.b.chart_points("GR", "10", "shaft", {}, 100)] == [mine]
    assert counted in [logged.row for logged in line.a.chart_points("GR", "10", "bore", {}, 100)]
    assert line.a.chart_points("GR", "10", "never", {}, 100) == []


def test_a_measurement_of_before_a_plan_is_a_point_of_its_jobs_product(line: Line) -> None:
    b = ChainWriter(STATION_B)
    b.row(job_state("Running"))
    force = b.row(
        Measurement(
            **ON_STEP, characteristic="force", value_text="12.50", unit="kN", source="gauge", outcome=Outcome.PASS
        )
    )
    line.b.append_batch(REC, 1, 1, b.rows)
    assert [logged.row for logged in line.a.chart_points("GR", "10", "force", {}, 10)] == [force]
    assert line.a.chart_points("GX", "10", "force", {}, 10) == []


def test_only_what_came_since_is_answered_and_the_newest_when_there_is_more(line: Line) -> None:
    b = ChainWriter(STATION_B)
    rows = [b.row(shaft(number)) for number in range(6)]
    line.b.append_batch(REC, 1, 1, rows)
    after = {(STATION_B, 1): 4}
    assert [logged.row for logged in line.a.chart_points("GR", "10", "shaft", after, 10)] == rows[4:]
    assert [logged.row for logged in line.a.chart_points("GR", "10", "shaft", {}, 2)] == rows[4:]
    assert line.a.chart_points("GR", "10", "shaft", {(STATION_B, 1): 6, ("nobody", 9): 1}, 10) == []
    newest = b.row(
        Measurement(
            **{**ON_STEP, "job_id": "J9"}, characteristic="shaft", value_text="20.1", unit="mm", source="gauge",
            outcome=Outcome.PASS,
        )
    )  # fmt: skip
    line.b.append_batch(REC, 1, 7, [newest, b.row(job_state("Running", job_id="J9"))])
    assert [logged.row for logged in line.a.chart_points("GR", "10", "shaft", {}, 1)] == [newest], "of all kinds"
    for limit in (0, 10_081):
        with pytest.raises(SharedDatabaseError):
            line.a.chart_points("GR", "10", "shaft", {}, limit)


def test_the_other_stations_say_how_far_they_are_and_when_they_were_heard_of(line: Line) -> None:
    b = ChainWriter(STATION_B)
    line.b.append_batch(REC, 1, 1, b.many(3))
    (silent,) = line.a.stations_heard()
    assert (silent.station, silent.heads) == (STATION_B, ((1, 3),))
    assert (silent.heard_age_s, silent.waiting) == (None, None)
    line.b.status(
        StationStatus(station=STATION_B, name="ASM-20", state=1000, state_text="producing", sent_us=1, waiting=7)
    )
    (heard,) = line.a.stations_heard()
    assert heard.waiting == 7
    assert heard.heard_age_s is not None and 0 <= heard.heard_age_s < 60
