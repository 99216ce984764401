"""Blocks on their way: each once, damaged ones told, all of them again when the server lost them."""

from __future__ import annotations

import hashlib

import pytest

from station_app.storage.historian.codec import decode_block
from tests.machine_data import Bench, ramp


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
