"""The Modbus driver, over TCP and over a serial line: polls blocks of points, one request at a time.

What goes wrong, and what becomes Bad (status):

- the connection fails, a reply is late (1 s), is no Modbus frame or answers another request: all tags
  (BadCommunicationError), and the driver connects again after 0.5 s to 5 s. On a serial line a late or missing reply
  concerns that unit's tags only, and the unit is asked again after 2 s to 5 s;
- a whole reply of the wrong unit, function or length: the tags of that request (BadDecodingError);
- the device refuses with an exception: the tags of that request (the table ``EXCEPTION_STATUS``). A request
  for several points that is refused as too much is split, so that only the wrong point stays Bad.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from drivers.address import ModbusAddress
from drivers.base import (
    DescriptionSink,
    DeviceNode,
    Quality,
    Sample,
    SampleSink,
    StateSink,
    Tag,
    Value,
    ignore_description,
)
from drivers.connection import BAD_COMMUNICATION, Backoff, DeviceReport, bad_sample
from drivers.modbus.coding import NoValue, encode
from drivers.modbus.place import parse_place
from drivers.modbus.plan import Block, Point, blocks_for, point_of
from drivers.modbus.poll import EXCEPTION_STATUS, OTHER_EXCEPTION, WRONG_REPLY, Poll, may_be_split
from drivers.modbus.reply import ConnectionLost, DeviceException, NoAnswer, WrongReply
from drivers.modbus.wire import ModbusConnection

__all__ = ["EXCEPTION_STATUS", "ModbusDriver"]

_logger = logging.getLogger("drivers.modbus")


class ModbusDriver:
    """One Modbus device as a :class:`drivers.base.Driver`; several units behind one gateway or on one line share it.

    ``url`` is ``modbus://HOST:PORT``, or ``modbus-rtu://PORT?baud=19200&parity=even`` (see
    :mod:`drivers.serial_line`). Raises AddressError for it.
    """

    def __init__(self, device: str, url: str, *, timeout_s: float = 1.0, backoff: Backoff | None = None) -> None:
        self.device = device
        self._place = parse_place(url)
        self._timeout_s = timeout_s
        self._backoff = backoff or Backoff()
        self._connection: ModbusConnection | None = None
        self._turn = asyncio.Lock()

    async def run(
        self,
        tags: Sequence[Tag],
        on_samples: SampleSink,
        on_state: StateSink,
        on_description: DescriptionSink = ignore_description,
    ) -> None:
        """Poll the tags until cancelled; raises AddressError before anything else."""
        points = self._points(tags)
        report = DeviceReport(self.device, tags, on_samples, on_state, _logger, on_description)
        report.connecting()
        try:
            while True:
                try:
                    await self._run_connected(points, report)
                except ConnectionLost as lost:
                    wait_s = self._backoff.next_s()
                    report.lost(str(lost), time.time() + wait_s)
                    await asyncio.sleep(wait_s)
        finally:
            report.closed()

    async def read(self, tags: Sequence[Tag]) -> list[Sample]:
        points = self._points(tags)
        found: dict[str, Sample] = {}
        try:
            async with self._turn:
                connection, ours = await self._borrow()
                try:
                    waiting = blocks_for(points)
                    while waiting:
                        waiting += await self._read_block(connection, waiting.pop(), found)
                finally:
                    await self._give_back(connection, ours)
        except ConnectionLost as lost:
            _logger.info("%s: read failed: %s", self.device, lost)
        return [found.get(tag.name) or bad_sample(tag.name, BAD_COMMUNICATION) for tag in tags]

    async def write(self, tag: Tag, value: Value) -> Sample:
        """Write a coil or holding registers; the sample's status says whether the device took it."""
        (point,) = self._points([tag])
        address = point.address
        if not tag.writable or address.table not in ("coil", "holding"):
            return bad_sample(tag.name, "BadNotWritable", value)
        try:
            await self._write(address, value)
        except NoValue as fault:
            return bad_sample(tag.name, fault.status, value)
        except DeviceException as refusal:
            return bad_sample(tag.name, EXCEPTION_STATUS.get(refusal.code, OTHER_EXCEPTION), value)
        except WrongReply as wrong:
            _logger.debug("%s: write: %s", self.device, wrong)
            return bad_sample(tag.name, WRONG_REPLY, value)
        except (ConnectionLost, NoAnswer) as lost:
            _logger.info("%s: write failed: %s", self.device, lost)
            return bad_sample(tag.name, BAD_COMMUNICATION, value)
        return Sample(tag.name, value, Quality.GOOD, "Good", None, time.time())

    async def _write(self, address: ModbusAddress, value: Value) -> None:
        if address.table == "coil" and not isinstance(value, bool):
            raise NoValue("BadTypeMismatch")
        data = b"" if address.table == "coil" else encode(address, value)
        async with self._turn:
            connection, ours = await self._borrow()
            try:
                if address.table == "coil":
                    await connection.write_coil(address.unit, address.offset, bool(value))
                else:
                    await connection.write_registers(address.unit, address.offset, data)
            finally:
                await self._give_back(connection, ours)

    async def browse(self, address: str = "") -> list[DeviceNode]:
        """Empty: Modbus has no directory of its registers."""
        return []

    async def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    def _points(self, tags: Sequence[Tag]) -> list[Point]:
        points = [point_of(tag) for tag in tags]
        self._place.check(points)
        return points

    async def _borrow(self) -> tuple[ModbusConnection, bool]:
        """The running connection, else one for this call (True)."""
        if self._connection is not None:
            return self._connection, False
        return await self._place.open(self._timeout_s), True

    async def _give_back(self, connection: ModbusConnection, ours: bool) -> None:
        if ours:
            await connection.close()

    async def _run_connected(self, points: list[Point], report: DeviceReport) -> None:
        """Connect and poll; leaves with ConnectionLost (reported at once) or cancelled."""
        async with self._turn:  # a serial port can be open once only
            connection = self._connection = await self._place.open(self._timeout_s)
        try:
            await Poll(self._turn, connection, points, report, self._backoff).run()
        except ConnectionLost as lost:
            report.lost(str(lost), None)
            raise
        finally:
            self._connection = None
            await connection.close()

    async def _read_block(self, connection: ModbusConnection, block: Block, found: dict[str, Sample]) -> list[Block]:
        """Read one block into ``found``; returns its parts when the whole was refused as too much."""
        try:
            raw = await connection.read(block.unit, block.table, block.offset, block.count)
        except DeviceException as refusal:
            if may_be_split(block, refusal.code):
                return block.split()
            status = EXCEPTION_STATUS.get(refusal.code, OTHER_EXCEPTION)
            found.update({point.tag.name: bad_sample(point.tag.name, status) for point in block.points})
        except WrongReply:
            found.update({point.tag.name: bad_sample(point.tag.name, WRONG_REPLY) for point in block.points})
        except NoAnswer as silence:  # this unit only; the others are asked all the same
            _logger.info("%s: read failed: %s", self.device, silence)
        else:
            found.update({sample.tag: sample for sample in block.samples(raw, time.time())})
        return []
