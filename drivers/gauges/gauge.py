"""A gauge on a serial line: asks it or listens to it, and makes readings of its frames.

What is not a value is Bad, never 0: an error of the gauge (BadDeviceFailure), a frame that is none or not whole
(BadDecodingError), another unit than declared (BadConfigurationError), silence and a lost line (BadCommunicationError).
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from drivers.base import Quality, Sample
from drivers.connection import BAD_COMMUNICATION, Backoff, DeviceReport
from drivers.gauges.pattern import LONGEST_FRAME
from drivers.gauges.protocols import UNREADABLE, GaugeProtocol, NoReading
from drivers.gauges.reading import ASKED, CONTINUOUS, PRESSED, Reading
from drivers.gauges.units import same_unit
from drivers.serial_devices.device import SerialDevice
from drivers.serial_devices.frames import START_S, Frame, FrameCutter
from drivers.serial_devices.line import Line, LineLost, LineSettings

ANSWER_S = 1.0
SILENT_S = 1.8
_UNUSABLE_AFTER = 3
_WRONG_UNIT = "BadConfigurationError"


@dataclass(frozen=True, slots=True)
class GaugeSettings:
    """How a gauge is used. ``unit`` is declared: a gauge that says another one is Bad.

    ``mode``: "pressed" (sends when its key is pressed), "continuous" (sends all the time), "asked" (sends when it is asked:
    every ``interval_s``, or only by :meth:`SerialGauge.ask` when that is 0).
    """

    name: str
    line: LineSettings
    protocol: GaugeProtocol
    unit: str
    mode: str = PRESSED
    interval_s: float = 0.0


class SerialGauge(SerialDevice):
    """One gauge; its readings go to ``on_reading``, on the field loop's thread. Implements :class:`Gauge`.

    With a tag, each reading that may be recorded is a Good sample of it, and the tag is Bad while the line is lost. What is
    no reading is a Bad one where the gauge is a live display; a key that was pressed in vain leaves the last one standing.
    """

    most_tags = 1

    def __init__(
        self, settings: GaugeSettings, on_reading: Callable[[Reading], None], *, backoff: Backoff | None = None
    ) -> None:
        speaks_by_itself = settings.mode == CONTINUOUS or (settings.mode == ASKED and settings.interval_s > 0)
        super().__init__(settings.name, settings.line, backoff, open_is_enough=not speaks_by_itself)
        if settings.mode == ASKED and not settings.protocol.request:
            raise ValueError(f"{settings.name}: mode is asked, but its protocol has no request")
        self._settings = settings
        self._on_reading = on_reading
        self._cutter = FrameCutter(longest=LONGEST_FRAME)
        self._asked: list[asyncio.Future[Reading]] = []
        self._wake = asyncio.Event()
        self._answer_due_s = math.inf
        self._next_ask_s = math.inf
        self._ready_s = 0.0
        self._heard_s = 0.0
        self._unreadable = 0
        self._told_lost = False

    async def ask(self) -> Reading:
        """Ask for a reading now; a Bad one when the gauge cannot be asked, is not there, or does not answer in a second."""
        if not self._settings.protocol.request:
            return self._bad("BadNotSupported", "this gauge cannot be asked: press its key")
        answer: asyncio.Future[Reading] = asyncio.get_running_loop().create_future()
        self._asked.append(answer)
        self._wake.set()
        try:
            async with asyncio.timeout(2 * ANSWER_S):
                return await answer
        except TimeoutError:
            return self._bad(BAD_COMMUNICATION, f"{self.device} does not answer")
        finally:
            if answer in self._asked:
                self._asked.remove(answer)

    async def _converse(self, line: Line, report: DeviceReport) -> None:
        now_s = time.monotonic()
        self._cutter.opened(now_s)
        self._heard_s, self._answer_due_s = now_s, math.inf
        self._ready_s = now_s + START_S
        self._next_ask_s = self._ready_s if self._settings.mode == ASKED and self._settings.interval_s else math.inf
        reading = asyncio.ensure_future(line.read())
        try:
            while True:
                await self._ask_when_due(line)
                waking = asyncio.ensure_future(self._wake.wait())
                try:
                    await asyncio.wait({reading, waking}, timeout=self._pause_s(), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    waking.cancel()
                if reading.done():
                    content = reading.result()
                    reading = asyncio.ensure_future(line.read())
                    self._take(content, report)
                self._notice_silence()
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)

    async def _ask_when_due(self, line: Line) -> None:
        now_s = time.monotonic()
        asked = self._wake.is_set()
        self._wake.clear()
        if asked and now_s < self._ready_s:  # its answer could not be told from the tail of something else
            self._next_ask_s = self._ready_s
        elif not asked and now_s < self._next_ask_s:
            return
        if now_s < self._ready_s:
            return
        if self._settings.interval_s and self._settings.mode == ASKED:
            # a gauge slower than the interval is asked at once, but never twice before it answers
            self._next_ask_s = max(self._next_ask_s + self._settings.interval_s, now_s)
        else:
            self._next_ask_s = math.inf
        if self._answer_due_s == math.inf:
            await line.write(self._settings.protocol.request)
            self._answer_due_s = time.monotonic() + ANSWER_S

    def _pause_s(self) -> float | None:
        """How long nothing is to be done, None for ever."""
        due_s = self._answer_due_s if self._answer_due_s < math.inf else self._next_ask_s
        if self._settings.mode == CONTINUOUS:
            due_s = min(due_s, self._heard_s + SILENT_S)
        return None if due_s == math.inf else max(0.0, due_s - time.monotonic())

    def _notice_silence(self) -> None:
        now_s = time.monotonic()
        if now_s >= self._answer_due_s:
            raise LineLost(f"no answer in {ANSWER_S:g} s: is it on?")
        if self._settings.mode == CONTINUOUS and now_s - self._heard_s >= SILENT_S:
            raise LineLost(f"no reading in {SILENT_S:g} s: is it on?")

    def _take(self, content: bytes, report: DeviceReport) -> None:
        now_s = time.monotonic()
        for frame in self._cutter.feed(content, now_s):
            self._answer_due_s = math.inf
            self._heard_s = now_s
            reading = self._reading(frame)
            if frame.first:
                report.connected(well=False)
            elif reading.status == UNREADABLE:
                report.connected(well=False)
                self._unreadable += 1
                # one now and then is told to the person who measures; the log hears of a gauge that cannot be used
                if self._unreadable >= _UNUSABLE_AFTER:
                    report.trouble(f"sends what cannot be used: {reading.reason}")
            else:
                self._unreadable = 0
                self._proven(report)
            self._deliver(reading)
            self._publish(reading, report)

    def _publish(self, reading: Reading, report: DeviceReport) -> None:
        """The reading as a sample of the gauge's tag."""
        if reading.usable and reading.value is not None:
            value, at = float(reading.value), reading.received_time
            report.samples([Sample(tag, value, Quality.GOOD, "Good", None, at) for tag in self._tags])
        elif self._settings.mode != PRESSED:
            report.mark_bad(reading.status)

    def _deliver(self, reading: Reading) -> None:
        """Give it to who asked and to the sink."""
        for answer in self._asked:
            if not answer.done():
                answer.set_result(reading)
        self._asked.clear()
        told_lost, self._told_lost = self._told_lost, reading.status == BAD_COMMUNICATION
        # attempt after attempt fails the same way: that it is gone is told once
        if not (told_lost and self._told_lost):
            self._on_reading(reading)

    def _reading(self, frame: Frame) -> Reading:
        shown = frame.content.decode("ascii", "backslashreplace")
        try:
            if frame.torn:
                raise NoReading(UNREADABLE, "the reading did not arrive whole")
            understood = self._settings.protocol.understand(shown)
        except NoReading as none:
            return self._bad(none.status, str(none), shown)
        declared = self._settings.unit
        if understood.unit and not same_unit(understood.unit, declared):
            reason = f"the gauge measures in {understood.unit}, but {declared or 'no unit'} is declared"
            return self._bad(_WRONG_UNIT, reason, shown, understood.text)
        return Reading(
            self.device, understood.text, understood.value, declared, Quality.GOOD, "Good", "", shown, time.time()
        )

    def _bad(self, status: str, reason: str, frame: str = "", text: str = "") -> Reading:
        unit = self._settings.unit
        return Reading(self.device, text, None, unit, Quality.BAD, status, reason, frame, time.time())

    def _lost(self, reason: str) -> None:
        self._deliver(self._bad(BAD_COMMUNICATION, reason))

    def _ended(self) -> None:
        for answer in self._asked:
            answer.cancel()
        self._asked.clear()
