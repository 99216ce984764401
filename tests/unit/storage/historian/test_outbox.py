"""Blocks on their way: each once, damaged ones told, all of them again when the server lost them."""

from __future__ import annotations

import hashlib
import random
from pathlib import Path

import pytest

from station_app.domain.trend import GapKind, Unsealed, ValueKind
from station_app.storage.historian import BlockOutbox, Readers
from station_app.storage.historian.codec import decode_block
from tests.machine_data import ALL, T0_US, Bench, ramp, sample


def test_blocks_wait_until_they_are_noted_as_delivered(bench: Bench) -> None:
    bench.store(ramp(4196))
    waiting = bench.outbox.waiting(10)
    assert [block.count for block in waiting] == [1024] * 4
    for block in waiting:
        assert hashlib.sha256(block.content).hexdigest() == block.sha256
        assert decode_block(block.content)[0] == block.tag == "force"
    assert (waiting[0].first, waiting[0].last, waiting[0].minimum, waiting[0].maximum) == (0.0, 1023.0, 0.0, 1023.0)
    bench.outbox.delivered([waiting[0].block_id, waiting[2].block_id])
    left = [waiting[1].block_id, waiting[3].block_id]
    assert [block.block_id for block in bench.outbox.waiting(10)] == left, "at once, before it is noted"
    assert [block.block_id for block in bench.outbox.waiting(1)] == left[:1]
    bench.store()
    assert [block.block_id for block in bench.outbox.waiting(10)] == left
    assert bench.outbox._delivered == set()


def test_what_was_not_noted_before_a_crash_is_delivered_once_more(bench: Bench) -> None:
    bench.store(ramp(2048))
    bench.outbox.delivered([block.block_id for block in bench.outbox.waiting(10)])
    bench.works.clear()
    bench.outbox._delivered.clear()  # the process is gone
    assert len(bench.outbox.waiting(10)) == 2


def test_what_the_server_lost_waits_again(bench: Bench) -> None:
    bench.store(ramp(3072))
    ids = [block.block_id for block in bench.outbox.waiting(10)]
    bench.outbox.delivered(ids)
    bench.store()
    sealed = bench.outbox.sealed(0, 2)
    assert [number for number, _ in sealed] == ids[:2]
    assert [number for number, _ in bench.outbox.sealed(ids[1], 10)] == ids[2:]
    bench.outbox.wanted_again([ids[1], 999])
    bench.store()
    assert [block.block_id for block in bench.outbox.waiting(10)] == [ids[1]]


@pytest.mark.expected_log("block 1 of force is damaged")
def test_a_damaged_block_is_told_and_does_not_hold_up_the_others(bench: Bench) -> None:
    bench.store(ramp(3072))
    bench.sql("UPDATE content SET content = x'00' WHERE id = 1")
    assert [block.block_id for block in bench.outbox.waiting(10)] == [2, 3]
    assert [block.block_id for block in bench.outbox.waiting(10)] == [2, 3]


def test_what_is_not_sealed_is_a_block_of_its_own(tmp_path: Path) -> None:
    bench = Bench(tmp_path, dict.fromkeys(("force", "mode", "silent"), ALL))
    bench.store([*ramp(1030), sample(T0_US, "Running", tag="mode"), sample(T0_US + 1, 5, tag="mode")])
    standing = bench.outbox.unsealed()
    assert {tag: count for tag, (count, _) in standing.tags.items()} == {"force": 6, "mode": 2}
    assert standing.until_us == bench.clock.wall_us() - 2_000_000
    (force, mode), whole = bench.outbox.tails(["force", "mode", "silent", "unknown"])
    assert whole and (force.count, force.first, force.last, force.block_id) == (6, 1024.0, 1029.0, 0)
    assert decode_block(force.content)[1].value.tolist() == [1024.0, 1025.0, 1026.0, 1027.0, 1028.0, 1029.0]
    assert hashlib.sha256(force.content).hexdigest() == force.sha256
    tag, texts = decode_block(mode.content)
    assert (tag, texts.kind, texts.value.tolist()) == ("mode", ValueKind.TEXT, ["Running", "5"])
    bench.store(ramp(1, T0_US + 2_000_000_000))
    assert bench.outbox.unsealed().tags["force"] != standing.tags["force"]
    assert bench.outbox.unsealed().tags["mode"] == standing.tags["mode"]
    bench.close()


def test_of_very_long_texts_only_the_oldest_are_sent_and_it_is_said(bench: Bench) -> None:
    chance = random.Random(3)
    texts = ["".join(chr(chance.randrange(0x4E00, 0x9FFF)) for _ in range(1000)) for _ in range(400)]
    bench.store([sample(T0_US + n * 1_000_000, text) for n, text in enumerate(texts)])
    (tail,), whole = bench.outbox.tails(["force"])
    assert not whole and len(tail.content) <= 512 * 1024
    assert decode_block(tail.content)[1].value.tolist() == texts[: tail.count]


def test_the_gaps_of_the_whole_station_are_told_in_order(bench: Bench) -> None:
    bench.store(ramp(3))
    bench.crash()
    bench.clock.advance(100)
    bench.start()
    bench.recording.losses.add(GapKind.OVERFLOW, 7, bench.clock.wall_us())
    bench.store()
    gaps = bench.outbox.gaps(0, 10)
    assert [gap.kind for _, gap in gaps] == [GapKind.CRASH, GapKind.NOT_RUNNING, GapKind.OVERFLOW]
    assert bench.outbox.gaps(gaps[0][0], 1) == gaps[1:2]


def test_a_file_that_is_not_there_has_nothing_to_send(tmp_path: Path) -> None:
    outbox = BlockOutbox(Readers(tmp_path / "none.sqlite"), lambda _work: None)
    assert (outbox.unsealed(), outbox.tails(["t"]), outbox.gaps(0, 10)) == (Unsealed(), ([], True), [])
