"""A code scanner on a serial line: delivers the texts that it reads, as a keyboard-wedge scanner does by typing them."""

from __future__ import annotations

import time
from collections.abc import Callable

from drivers.connection import Backoff, DeviceReport
from drivers.serial_devices.device import SerialDevice
from drivers.serial_devices.frames import LINE_ENDS, Frame, FrameCutter
from drivers.serial_devices.line import Line, LineSettings
from drivers.serial_devices.scanned import ScannedText

LONGEST_SCAN = 2048


class SerialScanner(SerialDevice):
    """Reads codes from one line and gives them to ``on_scan``, on the field loop's thread.

    ``suffix`` is what the scanner sends after a code: "\\r" stands for CR, LF or both; otherwise one character. ``prefix``
    is what it sends before; a code without it is not complete. ``encoding`` is a codec's name.
    """

    def __init__(
        self,
        device: str,
        line: LineSettings,
        on_scan: Callable[[ScannedText], None],
        *,
        prefix: str = "",
        suffix: str = "\r",
        encoding: str = "utf-8",
        backoff: Backoff | None = None,
    ) -> None:
        super().__init__(device, line, backoff, open_is_enough=True)
        self._on_scan = on_scan
        self._encoding = encoding
        line_end = suffix in ("\r", "\n", "\r\n")
        ends = LINE_ENDS if line_end else suffix.encode(encoding)
        if len(ends) != 1 and not line_end:
            raise ValueError(f"suffix is {suffix!r}; allowed: a line end, or one character of one byte")
        self._cutter = FrameCutter(ends, prefix.encode(encoding), LONGEST_SCAN)

    async def _converse(self, line: Line, report: DeviceReport) -> None:
        self._cutter.opened(time.monotonic())
        while True:
            content = await line.read()
            for frame in self._cutter.feed(content, time.monotonic()):
                self._proven(report)
                self._on_scan(self._scan(frame))

    def _scan(self, frame: Frame) -> ScannedText:
        try:
            text, readable = frame.content.decode(self._encoding), True
        except UnicodeDecodeError:
            text, readable = frame.content.decode("ascii", "backslashreplace"), False
        return ScannedText(self.device, text, readable and not frame.torn and bool(text.strip()), time.time())

    def _lost(self, reason: str) -> None:
        """A half code: the person at the scanner must know that it did not arrive."""
        if self._cutter.waiting:
            self._cutter.opened(time.monotonic())
            self._on_scan(ScannedText(self.device, "", False, time.time()))
