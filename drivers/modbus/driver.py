"""The Modbus TCP driver: polls blocks of points, one connection, one request at a time.

What goes wrong, and what becomes Bad (status):

- the connection fails, a reply is late (1 s), is no Modbus frame or answers another request: all tags
  (BadCommunicationError), and the driver connects again after 0.5 s to 5 s;
- a whole reply of the wrong unit, function or length: the tags of that request (BadDecodingError);
- the device refuses with an exception: the tags of that request (the table ``EXCEPTION_STATUS``). A request
  for several points that is refused as an illegal address is split, so that only the wrong point stays Bad.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence

from drivers.address import ModbusAddress, host_and_port, parse_address, parse_device_url
from drivers.base import (
    AddressError,
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
from drivers.modbus.plan import Block, Point, blocks_for
from drivers.modbus.reply import ConnectionLost, DeviceException, WrongReply
from drivers.modbus.wire import ModbusConnection

_logger = logging.getLogger("drivers.modbus")
_ILLEGAL_ADDRESS = 2
EXCEPTION_STATUS = {
    1: "BadNotSupported",
    _ILLEGAL_ADDRESS: "BadNodeIdUnknown",
    3: "BadOutOfRange",
    4: "BadDeviceFailure",
    5: "BadRequestNotComplete",
    6: "BadResourceUnavailable",
    8: "BadDeviceFailure",
    10: "BadNoCommunication",
    11: "BadNoCommunication",
}
_OTHER_EXCEPTION = "BadUnexpectedError"
_WRONG_REPLY = "BadDecodingError"


class ModbusDriver:
    """One Modbus TCP device as a :class:`drivers.base.Driver`; several units behind one gateway share it.

    ``url`` is ``modbus://HOST:PORT``. Raises AddressError for it.
    """

    def __init__(self, device: str, url: str, *, timeout_s: float = 1.0, backoff: Backoff | None = None) -> None:
        self.device = device
        scheme, authority, _ = parse_device_url(url)
        place = host_and_port(authority)
        if scheme != "modbus" or place is None:
            raise AddressError(f'device url "{url}": not a Modbus device; allowed: modbus://HOST:PORT')
        self._host, self._port = place
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
        points = [_point(tag) for tag in tags]
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
        points = [_point(tag) for tag in tags]
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
        address = _point(tag).address
        if not tag.writable or address.table not in ("coil", "holding"):
            return bad_sample(tag.name, "BadNotWritable", value)
        try:
            await self._write(address, value)
        except NoValue as fault:
            return bad_sample(tag.name, fault.status, value)
        except DeviceException as refusal:
            return bad_sample(tag.name, EXCEPTION_STATUS.get(refusal.code, _OTHER_EXCEPTION), value)
        except WrongReply as wrong:
            _logger.debug("%s: write: %s", self.device, wrong)
            return bad_sample(tag.name, _WRONG_REPLY, value)
        except ConnectionLost as lost:
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

    async def _borrow(self) -> tuple[ModbusConnection, bool]:
        """The running connection, else one for this call (True)."""
        if self._connection is not None:
            return self._connection, False
        return await ModbusConnection.open(self._host, self._port, self._timeout_s), True

    async def _give_back(self, connection: ModbusConnection, ours: bool) -> None:
        if ours:
            await connection.close()

    async def _run_connected(self, points: list[Point], report: DeviceReport) -> None:
        """Connect and poll; leaves with ConnectionLost (reported at once) or cancelled."""
        connection = await ModbusConnection.open(self._host, self._port, self._timeout_s)
        self._connection = connection
        try:
            await _Poll(self._turn, connection, points, report, self._backoff).run()
        except ConnectionLost as lost:
            report.lost(str(lost), None)
            raise
        finally:
            self._connection = None
            await connection.close()

    async def _read_block(self, connection: ModbusConnection, block: Block, found: dict[str, Sample]) -> list[Block]:
        """Read one block into ``found``; returns its parts when the whole was refused as an address."""
        try:
            raw = await connection.read(block.unit, block.table, block.offset, block.count)
        except DeviceException as refusal:
            if refusal.code == _ILLEGAL_ADDRESS and len(block.points) > 1:
                return block.split()
            status = EXCEPTION_STATUS.get(refusal.code, _OTHER_EXCEPTION)
            found.update({point.tag.name: bad_sample(point.tag.name, status) for point in block.points})
        except WrongReply:
            found.update({point.tag.name: bad_sample(point.tag.name, _WRONG_REPLY) for point in block.points})
        else:
            found.update({point.tag.name: _sample(block, point, raw) for point in block.points})
        return []


class _Poll:
    """The polling of one connection: blocks with the times they are due, and which of them fail."""

    def __init__(
        self,
        turn: asyncio.Lock,
        connection: ModbusConnection,
        points: list[Point],
        report: DeviceReport,
        backoff: Backoff,
    ) -> None:
        self._turn = turn
        self._connection = connection
        self._report = report
        self._backoff = backoff
        now = time.monotonic()
        self._due: list[tuple[float, Block]] = [(now, block) for block in blocks_for(points)]
        self._failing: set[Block] = set()

    async def run(self) -> None:
        """Poll for ever; raises ConnectionLost."""
        if not self._due:
            self._report.connected()
            await asyncio.Event().wait()
        while True:
            self._due.sort(key=lambda entry: entry[0])
            due_s, block = self._due.pop(0)
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            again = [block]
            try:
                again = await self._poll(block)
            finally:
                now = time.monotonic()
                # a device slower than the interval is asked at once, but never in a growing queue
                next_s = max(due_s + block.interval_s, now)
                self._due += [(now if part is not block else next_s, part) for part in again]

    async def _poll(self, block: Block) -> list[Block]:
        """Read one block and report it; returns what is polled from now on in its place."""
        async with self._turn:
            try:
                raw = await self._connection.read(block.unit, block.table, block.offset, block.count)
            except DeviceException as refusal:
                self._report.connected(well=not self._failing)
                if refusal.code == _ILLEGAL_ADDRESS and len(block.points) > 1:
                    return block.split()
                self._refused(block, refusal.code)
                return [block]
            except WrongReply as wrong:
                self._report.connected(well=False)
                self._fails(block, str(wrong))
                return [block]
        self._failing.discard(block)
        # a right reply proves the device; an open port alone does not
        self._backoff.reset()
        self._report.connected(well=not self._failing)
        self._report.samples([_sample(block, point, raw) for point in block.points])
        return [block]

    def _refused(self, block: Block, code: int) -> None:
        """The device knows the request but not these points: no fault of the connection."""
        status = EXCEPTION_STATUS.get(code, _OTHER_EXCEPTION)
        self._report.refused([point.tag.name for point in block.points], status)

    def _fails(self, block: Block, what: str) -> None:
        self._failing.add(block)
        self._report.mark_bad(_WRONG_REPLY, [point.tag.name for point in block.points])
        self._report.trouble(f"wrong answer for {block.table}/{block.offset} of unit {block.unit}: {what}")


def _sample(block: Block, point: Point, raw: bytes) -> Sample:
    try:
        value = block.value_of(point, raw)
    except NoValue as fault:
        return bad_sample(point.tag.name, fault.status)
    return Sample(point.tag.name, value, Quality.GOOD, "Good", None, time.time())


def _point(tag: Tag) -> Point:
    address = parse_address(tag.address)
    if not isinstance(address, ModbusAddress):
        raise AddressError(f'tag "{tag.name}": address "{tag.address}" is not of a Modbus device')
    return Point(tag, address)
