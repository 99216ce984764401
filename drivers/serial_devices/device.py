"""What gauges and scanners on a serial line share: opening the line for ever, with back-off, states and one log line.

Such a device is a :class:`drivers.base.Driver`: the field loop runs it like any other, and its state is told like any
other's. What it delivers (readings, scans) goes to a sink of its own; a gauge's readings are samples of one tag as well.
"""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence

from drivers.base import (
    AddressError,
    DescriptionSink,
    DeviceNode,
    Sample,
    SampleSink,
    StateSink,
    Tag,
    Value,
    ignore_description,
)
from drivers.connection import Backoff, DeviceReport, bad_sample
from drivers.serial_devices.line import Line, LineLost, LineSettings, open_line

SETTLED_S = 1.0
_logger = logging.getLogger("drivers.serial_devices")


class SerialDevice(ABC):
    """One device on one line. A subclass converses with it; it leaves with LineLost or is cancelled.

    ``open_is_enough``: the device says nothing by itself, so an open line is all that can be known of it. ``most_tags``
    is how many tags it can be given.
    """

    most_tags = 0

    def __init__(
        self, device: str, line: LineSettings, backoff: Backoff | None = None, *, open_is_enough: bool = False
    ) -> None:
        self.device = device
        self._line_settings = line
        self._open_is_enough = open_is_enough
        self._backoff = backoff or Backoff()
        self._tags: tuple[str, ...] = ()

    async def run(
        self,
        tags: Sequence[Tag],
        on_samples: SampleSink,
        on_state: StateSink,
        on_description: DescriptionSink = ignore_description,
    ) -> None:
        """Keep the line open until cancelled. Raises AddressError for more tags than there can be here."""
        if len(tags) > self.most_tags:
            raise AddressError(
                f'tag "{tags[self.most_tags].name}": {self.device} is a serial device and has no such tag'
            )
        self._tags = tuple(tag.name for tag in tags)
        report = DeviceReport(self.device, tags, on_samples, on_state, _logger, on_description)
        report.connecting()
        try:
            while True:
                try:
                    await self._run_open(report)
                except LineLost as lost:
                    wait_s = self._backoff.next_s()
                    report.lost(str(lost), time.time() + wait_s)
                    self._lost(str(lost))
                    await asyncio.sleep(wait_s)
        finally:
            self._ended()
            report.closed()

    async def check(self) -> None:
        """Open the line once and let it go. Raises LineLost."""
        await (await open_line(self._line_settings)).close()

    async def read(self, tags: Sequence[Tag]) -> list[Sample]:
        """Bad for every tag: a serial device has none."""
        return [bad_sample(tag.name, "BadNodeIdUnknown") for tag in tags]

    async def write(self, tag: Tag, value: Value) -> Sample:
        """Refused: a serial device has no tags."""
        return bad_sample(tag.name, "BadNotSupported", value)

    async def browse(self, address: str = "") -> list[DeviceNode]:
        """Empty: a serial device has no directory."""
        return []

    async def close(self) -> None:  # noqa: B027  # part of the driver protocol
        """Nothing is held: the line is closed where it was opened."""

    async def _run_open(self, report: DeviceReport) -> None:
        line = await open_line(self._line_settings)
        settling: asyncio.TimerHandle | None = None
        if self._open_is_enough:
            report.connected(well=False)
            # a converter may accept and hang up at once
            settling = asyncio.get_running_loop().call_later(SETTLED_S, self._proven, report)
        try:
            await self._converse(line, report)
        finally:
            if settling is not None:
                settling.cancel()
            await line.close()

    def _proven(self, report: DeviceReport) -> None:
        """Something sensible came: an open port alone proves nothing."""
        self._backoff.reset()
        report.connected()

    @abstractmethod
    async def _converse(self, line: Line, report: DeviceReport) -> None:
        """Read the open line for ever."""

    @abstractmethod
    def _lost(self, reason: str) -> None:
        """The line was lost: say so to whoever takes what the device delivers."""

    def _ended(self) -> None:  # noqa: B027  # a device that nobody waits for has nothing to do here
        """The device is not run any more."""
