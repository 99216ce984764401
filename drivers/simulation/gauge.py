"""Simulated gauges and a code scanner, each behind one end of a serial line."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal

from drivers.simulation.line import FarEnd, TcpEnd

KINDS = ("mitutoyo", "mark10", "plain")
CONTINUOUS_S = 0.1


class SimulatedGauge:
    """A gauge of one of KINDS: "01A+0000.123\\r", "-18.78 lbF\\r\\n" (answers "?"), or "  12.345 mm\\r\\n" (answers "P").

    ``value`` is what it measures, ``error`` what it says instead when not empty. ``frozen``: it says nothing.
    """

    def __init__(self, kind: str, end: FarEnd, *, unit: str = "", continuous: bool = False) -> None:
        if kind not in KINDS:
            raise ValueError(f"kind is {kind!r}; allowed: {', '.join(KINDS)}")
        self.kind = kind
        self.end = end
        self.value = Decimal("12.345")
        self.error = ""
        self.unit = unit or {"mark10": "lbF", "plain": "mm"}.get(kind, "")
        self.continuous = continuous
        self.frozen = False
        self._due_s = 0.0
        self._heard = bytearray()

    async def start(self) -> None:
        await self.plug_in()

    async def plug_in(self) -> None:
        await self.end.plug_in(self._received)

    async def unplug(self) -> None:
        await self.end.unplug()

    async def stop(self) -> None:
        await self.end.unplug()

    def frame(self) -> bytes:
        """What it says of its present value."""
        if self.kind == "mitutoyo":
            text = self.error or f"01A{self.value:+09.3f}"
            return text.encode("ascii") + b"\r"
        text = self.error or (f"{self.value} {self.unit}" if self.kind == "mark10" else f"{self.value:>9} {self.unit}")
        return text.encode("ascii") + b"\r\n"

    def press_key(self) -> None:
        """Send the value once."""
        if not self.frozen:
            self.end.send(self.frame())

    def _received(self, content: bytes) -> None:
        request = {"mark10": b"?\r", "plain": b"P\r", "mitutoyo": b""}[self.kind]
        self._heard = (self._heard + content)[-16:]
        if request and self._heard.endswith(request):
            self._heard.clear()
            self.press_key()

    async def scan(self, elapsed_s: float) -> None:
        """One cycle: a continuous gauge sends ten times a second."""
        now_s = time.monotonic()
        if self.continuous and now_s >= self._due_s:
            self._due_s = now_s + CONTINUOUS_S
            self.press_key()

    async def send_continuously(self) -> None:
        """Ten readings a second until cancelled, for use without a plant."""
        while True:
            self.press_key()
            await asyncio.sleep(CONTINUOUS_S)


class SimulatedScanner:
    """A scanner that sends each code with its prefix and suffix."""

    def __init__(self, end: FarEnd, prefix: str = "", suffix: str = "\r") -> None:
        self.end = end
        self.frozen = False
        self._prefix = prefix
        self._suffix = suffix

    async def start(self) -> None:
        await self.plug_in()

    async def plug_in(self) -> None:
        await self.end.plug_in(lambda content: None)

    async def unplug(self) -> None:
        await self.end.unplug()

    async def stop(self) -> None:
        await self.end.unplug()

    def read_code(self, text: str) -> None:
        """A code came before it."""
        if not self.frozen:
            self.end.send((self._prefix + text + self._suffix).encode("utf-8"))


class GaugeOnTcp(SimulatedGauge):
    """A gauge behind a serial-to-Ethernet converter, as a device of the plant."""

    def __init__(self, kind: str, port: int = 0) -> None:
        self.tcp = TcpEnd(port=port)
        super().__init__(kind, self.tcp)

    @property
    def port(self) -> int:
        return self.tcp.port


class ScannerOnTcp(SimulatedScanner):
    """A scanner behind a serial-to-Ethernet converter, as a device of the plant."""

    def __init__(self, port: int = 0) -> None:
        self.tcp = TcpEnd(port=port)
        super().__init__(self.tcp)

    @property
    def port(self) -> int:
        return self.tcp.port
