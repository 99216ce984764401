"""Scans from scanners on serial lines, on the main thread: handed to the window or the script that acts on scans.

A wedge scanner types into the window; a serial one comes through the field loop. From here on both are the same: whoever
acts on scans listens, and passes the text on as if it had been typed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from drivers.serial_devices.scanned import ScannedText

logger = logging.getLogger(__name__)
Listener = Callable[[ScannedText], None]


class SerialScans:
    """Where serial scanners' texts arrive. ``take`` and the listeners run on the main thread."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Hear every scan from now on; the answer ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener) if listener in self._listeners else None

    def take(self, scans: Iterable[ScannedText]) -> None:
        """Pass scans on, oldest first. While nobody listens they are for nobody, as keys without a window."""
        for scan in scans:
            if not self._listeners:
                logger.info("a scan of %s came while nobody listened", scan.scanner)
            for listener in list(self._listeners):
                listener(scan)
