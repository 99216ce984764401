"""What was read is told in its order, although it is decoded while the next request is on its way."""

from __future__ import annotations

import asyncio
import logging
import struct

import pytest

from drivers.base import Quality, Sample, Tag
from drivers.connection import Backoff, DeviceReport
from drivers.modbus.plan import point_of
from drivers.modbus.poll import Poll
from drivers.modbus.reply import ConnectionLost, NoAnswer
from drivers.modbus.wire import ModbusConnection

TAG = Tag("speed", "modbus://h:1/holding/0?type=float32", interval_s=1e-9)


class Answers(ModbusConnection):
    """Answers some requests, each after a moment, and is then lost at once: without a wait in between."""

    def __init__(self, seen: list[Sample], count: int) -> None:
        self.seen_at_request: list[int] = []
        self._seen, self._count = seen, count

    async def read(self, unit: int, table: str, offset: int, count: int) -> bytes:
        self.seen_at_request.append(len(self._seen))
        if len(self.seen_at_request) > self._count:
            raise ConnectionLost("gone")
        await asyncio.sleep(0)
        return struct.pack(">f", float(len(self.seen_at_request)))

    def _judge(self, received: bytes) -> bytes | None:
        raise NotImplementedError

    def _unit_of(self, request: bytes) -> int:
        raise NotImplementedError


def test_all_that_was_read_is_told_before_the_loss() -> None:
    seen: list[Sample] = []

    async def scenario() -> Answers:
        report = DeviceReport("bench", [TAG], seen.extend, lambda state: None, logging.getLogger("drivers.modbus"))
        connection = Answers(seen, 3)
        poll = Poll(asyncio.Lock(), connection, [point_of(TAG)], report, Backoff())
        with pytest.raises(ConnectionLost):
            await poll.run()
        return connection

    connection = asyncio.run(scenario())
    assert [(sample.value, sample.quality) for sample in seen] == [(n, Quality.GOOD) for n in (1.0, 2.0, 3.0)]
    assert connection.seen_at_request == [0, 0, 1, 2]  # a request goes out before what came last is decoded


class SecondUnitRests(Answers):
    """Unit 1 answers after a moment; unit 2 is not even asked."""

    async def read(self, unit: int, table: str, offset: int, count: int) -> bytes:
        if unit == 2:
            raise NoAnswer("unit 2 did not answer a moment ago", 0.0, 60.0)
        return await super().read(unit, table, offset, count)


def test_what_came_is_told_before_a_failure_that_comes_without_a_wait() -> None:
    seen: list[Sample] = []
    other = Tag("other", f"{TAG.address}&unit=2", interval_s=1e-9)

    async def scenario() -> None:
        report = DeviceReport("line", [TAG, other], seen.extend, lambda state: None, logging.getLogger("silent test"))
        poll = Poll(asyncio.Lock(), SecondUnitRests(seen, 3), [point_of(TAG), point_of(other)], report, Backoff())
        with pytest.raises(ConnectionLost):
            await poll.run()

    asyncio.run(scenario())
    assert [(sample.tag, sample.quality) for sample in seen[:2]] == [("speed", Quality.GOOD), ("other", Quality.BAD)]
