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
from drivers.modbus.reply import ConnectionLost
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
