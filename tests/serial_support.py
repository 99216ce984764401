"""What the tests of serial devices share: simulated devices on either kind of line, and recording what arrives."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from decimal import Decimal

from drivers.base import Connection, ConnectionState, Quality, SampleSink, Tag
from drivers.gauges.gauge import GaugeSettings, SerialGauge
from drivers.gauges.pattern import compile_pattern
from drivers.gauges.protocols import FramePattern, GaugeProtocol, Mark10, Mitutoyo
from drivers.gauges.reading import ASKED, CONTINUOUS, PRESSED, Reading
from drivers.serial_devices.device import SerialDevice
from drivers.serial_devices.line import LineSettings
from drivers.serial_devices.scanned import ScannedText
from drivers.serial_devices.scanner import SerialScanner
from drivers.simulation.gauge import SimulatedGauge, SimulatedScanner
from drivers.simulation.line import PtyEnd, TcpEnd
from tests.drivers_support import eventually, quick

PLAIN = r"\s*(?P<value>[+-]?\d+\.\d+)\s(?P<unit>[a-z]+)"
UNITS = {"mitutoyo": "mm", "mark10": "lbf", "plain": "mm"}
__all__ = ["ASKED", "CONTINUOUS", "PRESSED"]


def protocol_of(kind: str) -> GaugeProtocol:
    if kind == "mitutoyo":
        return Mitutoyo()
    return Mark10() if kind == "mark10" else FramePattern(compile_pattern(PLAIN), b"P\r")


def port_of(end: TcpEnd | PtyEnd) -> str:
    return end.url if isinstance(end, TcpEnd) else end.path


class Bench:
    """A device of ours that runs on a simulated one, and all that came of it."""

    def __init__(self) -> None:
        self.readings: list[Reading] = []
        self.scans: list[ScannedText] = []
        self.states: list[ConnectionState] = []

    @property
    def last(self) -> Reading:
        assert self.readings
        return self.readings[-1]

    @property
    def connection(self) -> Connection | None:
        return self.states[-1].connection if self.states else None

    @property
    def values(self) -> list[Decimal | None]:
        return [reading.value for reading in self.readings if reading.quality is Quality.GOOD]

    def gauge(self, kind: str, port: str, mode: str = PRESSED, interval_s: float = 0.0, unit: str = "") -> SerialGauge:
        settings = GaugeSettings("gauge", LineSettings(port), protocol_of(kind), unit or UNITS[kind], mode, interval_s)
        return SerialGauge(settings, self.readings.append, backoff=quick())

    def scanner(self, port: str, prefix: str = "", suffix: str = "\r") -> SerialScanner:
        return SerialScanner(
            "scanner", LineSettings(port), self.scans.append, prefix=prefix, suffix=suffix, backoff=quick()
        )

    @contextlib.asynccontextmanager
    async def running(
        self, device: SerialDevice, tags: Sequence[Tag] = (), on_samples: SampleSink = lambda samples: None
    ) -> AsyncIterator[None]:
        """The device running; ended at the end."""
        task = asyncio.create_task(device.run(tags, on_samples, self.states.append))
        try:
            yield
            assert not task.done(), f"the device ended by itself: {task}"
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def listening(self) -> None:
        """Wait until the line is open, and long enough that what comes is no tail of a frame."""
        await eventually(lambda: self.connection is Connection.CONNECTED, 5.0, "connected")
        await asyncio.sleep(0.25)  # the time that FrameCutter distrusts a line that was just opened


@contextlib.asynccontextmanager
async def simulated(device: SimulatedGauge | SimulatedScanner) -> AsyncIterator[None]:
    await device.start()
    try:
        yield
    finally:
        await device.stop()
