"""The polling of one Modbus connection: blocks of points with the times they are due, and which of them fail.

What was read is decoded while the next request is on its way: the device and this computer then work at the same time.

A unit that does not answer on a serial line is asked less and less often, and then only with the request it did not
answer, so that the other units keep their pace; once it answers, all its blocks are due again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from drivers.base import Quality
from drivers.connection import BAD_COMMUNICATION, STOPPED_ARRIVING, Backoff, DeviceReport
from drivers.modbus.plan import Block, Point, blocks_for
from drivers.modbus.reply import DeviceException, NoAnswer, WrongReply
from drivers.modbus.wire import ModbusConnection

WRONG_REPLY = "BadDecodingError"
OTHER_EXCEPTION = "BadUnexpectedError"
ILLEGAL_ADDRESS = 2
_ILLEGAL_VALUE = 3
_TOO_MUCH = (ILLEGAL_ADDRESS, _ILLEGAL_VALUE)  # what a device says to a request that asks for more than it has
EXCEPTION_STATUS = {
    1: "BadNotSupported",
    ILLEGAL_ADDRESS: "BadNodeIdUnknown",
    _ILLEGAL_VALUE: "BadOutOfRange",
    4: "BadDeviceFailure",
    5: "BadRequestNotComplete",
    6: "BadResourceUnavailable",
    8: "BadDeviceFailure",
    10: "BadNoCommunication",
    11: "BadNoCommunication",
}
_LOOK_EVERY_S = 0.25


def may_be_split(block: Block, code: int) -> bool:
    """Whether a refused block can be asked for in parts."""
    return code in _TOO_MUCH and len(block.points) > 1


class Poll:
    """Polls the points of one connection for ever. ``turn`` is held for each request."""

    def __init__(
        self,
        turn: asyncio.Lock,
        connection: ModbusConnection,
        points: Sequence[Point],
        report: DeviceReport,
        backoff: Backoff,
    ) -> None:
        self._turn = turn
        self._connection = connection
        self._report = report
        self._backoff = backoff
        self._loop = asyncio.get_running_loop()
        self._undelivered: tuple[Block, bytes, float] | None = None  # read, not decoded yet
        now = time.monotonic()
        self._due: list[tuple[float, Block]] = [(now, block) for block in blocks_for(points)]
        self._units = {point.address.unit for point in points}
        self._names = {unit: [point.tag.name for point in points if point.address.unit == unit] for unit in self._units}
        self._failing: set[Block] = set()
        self._silent: dict[int, _SilentUnit] = {}
        self._heard_s = dict.fromkeys(self._units, now)
        self._stale_after_s = {
            unit: min(point.tag.stale_after_s for point in points if point.address.unit == unit) for unit in self._units
        }
        self._read_s: dict[Block, float] = {}  # when what is told as Good was read
        self._look_s = now + _LOOK_EVERY_S

    async def run(self) -> None:
        """Poll for ever; raises ConnectionLost."""
        if not self._due:
            self._report.connected()
            await asyncio.Event().wait()
        try:
            await self._run()
        finally:
            self._deliver()

    async def _run(self) -> None:
        while True:
            due_s, block = self._take_next()
            if (wait_s := due_s - time.monotonic()) > 0:
                await asyncio.sleep(wait_s)
            if time.monotonic() >= self._look_s:
                self._look_for_old_values()
            next_s = due_s + block.interval_s
            again = [block]
            try:
                async with self._turn:
                    again = await self._poll(block)
            except NoAnswer as silence:
                next_s = self._is_silent(block, silence)
            finally:
                now = time.monotonic()
                # a device slower than the interval is asked at once, but never in a growing queue
                self._due += [(now if part is not block else max(next_s, now), part) for part in again]

    def _take_next(self) -> tuple[float, Block]:
        """What is due first; of all that is due already, a unit that is silent comes last."""
        now = time.monotonic()
        entry = min(
            self._due, key=lambda entry: (entry[1].unit in self._silent, entry[0]) if entry[0] <= now else (2, entry[0])
        )
        self._due.remove(entry)
        return entry

    async def _poll(self, block: Block) -> list[Block]:
        """Read one block and report it; returns what is polled from now on in its place."""
        try:
            try:
                raw = await self._connection.read(block.unit, block.table, block.offset, block.count)
            finally:
                self._deliver()  # what came before is told before, also when the request failed without a wait
        except DeviceException as refusal:
            self._answers(block.unit)
            self._report.connected(well=self._is_well())
            if may_be_split(block, refusal.code):
                return block.split()
            self._refused(block, refusal.code)
            return [block]
        except WrongReply as wrong:
            self._fails(block, str(wrong))
            self._report.connected(well=False)
            return [block]
        self._failing.discard(block)
        self._read_s[block] = time.monotonic()
        # a right reply proves the device; an open port alone does not
        self._answers(block.unit)
        self._backoff.reset()
        self._report.connected(well=self._is_well())
        self._undelivered = (block, raw, time.time())
        self._loop.call_soon(self._deliver)  # its turn comes when the next request was sent, or nothing is due
        return [block]

    def _deliver(self) -> None:
        """Pass on what was read last; it is forgotten only then, so that a fault of ours comes up in the poll as well."""
        if self._undelivered is not None:
            block, raw, received_time = self._undelivered
            self._report.samples(block.samples(raw, received_time))
            self._undelivered = None

    def _look_for_old_values(self) -> None:
        """A device that answers slowly, and many blocks: what was read too long ago is no value of now."""
        now = time.monotonic()
        self._look_s = now + _LOOK_EVERY_S
        self._deliver()
        for block, read_s in list(self._read_s.items()):
            old = [
                point.tag.name
                for point in block.points
                if 0 < point.tag.stale_after_s < now - read_s and point.tag.interval_s < now - read_s
            ]
            if stale := [name for name in old if self._is_told_good(name)]:
                self._report.note("answers so slowly that values are older than their stale_after_s when the next come")
                self._report.mark_bad(STOPPED_ARRIVING, stale)
            if len(old) == len(block.points):
                del self._read_s[block]

    def _is_told_good(self, name: str) -> bool:
        last = self._report.last(name)
        return last is not None and last.quality is not Quality.BAD

    def _is_well(self) -> bool:
        return not self._failing and not self._silent

    def _refused(self, block: Block, code: int) -> None:
        """The device knows the request but not these points: no fault of the connection."""
        status = EXCEPTION_STATUS.get(code, OTHER_EXCEPTION)
        self._report.refused([point.tag.name for point in block.points], status)

    def _fails(self, block: Block, what: str) -> None:
        self._failing.add(block)
        self._report.mark_bad(WRONG_REPLY, [point.tag.name for point in block.points])
        self._report.trouble(f"wrong answer for {block.table}/{block.offset} of unit {block.unit}: {what}")

    def _is_silent(self, block: Block, silence: NoAnswer) -> float:
        """A unit's tags are Bad and its other blocks wait; returns when it is asked again, with this block."""
        unit = block.unit
        if unit not in self._silent:
            others = [entry[1] for entry in self._due if entry[1].unit == unit]
            self._due = [entry for entry in self._due if entry[1].unit != unit]
            self._silent[unit] = _SilentUnit(Backoff(), others)
        wait_s = max(self._silent[unit].backoff.next_s(), silence.rest_s)
        now = time.monotonic()
        for other, heard_s in self._heard_s.items():
            # the others wait for their turn meanwhile: those that may be stale before it comes are Bad as well
            if other == unit or now - heard_s > self._stale_after_s[other] - silence.waited_s:
                self._report.mark_bad(BAD_COMMUNICATION, self._names[other])
        if len(self._silent) == len(self._units):
            self._report.lost(str(silence), time.time() + wait_s)
        else:
            self._report.trouble(str(silence))
        return now + wait_s

    def _answers(self, unit: int) -> None:
        """A unit is there: what waited for it is due."""
        self._heard_s[unit] = time.monotonic()
        silent = self._silent.pop(unit, None)
        if silent is not None:
            now = time.monotonic()
            self._due += [(now, block) for block in silent.blocks]


class _SilentUnit:
    """A unit that does not answer, and the blocks that wait until it does."""

    def __init__(self, backoff: Backoff, blocks: list[Block]) -> None:
        self.backoff = backoff
        self.blocks = blocks
