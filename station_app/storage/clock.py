"""The computer's clocks as the services see them."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import psutil

_LINUX_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """Wall clock, its offset from UTC, and the monotonic clock together with the boot it counts from."""

    def __init__(self) -> None:
        self._boot_id = _boot_id()

    def wall_us(self) -> int:
        """Microseconds since 1970 in UTC; may be stepped by whoever sets the clock."""
        return time.time_ns() // 1_000

    def utc_offset_min(self) -> int:
        """Local time minus UTC in minutes, daylight saving included."""
        return time.localtime().tm_gmtoff // 60

    def mono_ns(self) -> int:
        """Nanoseconds that never run backwards; comparable only within one :attr:`boot_id`."""
        return time.monotonic_ns()

    @property
    def boot_id(self) -> str:
        """Names the boot of the computer that the monotonic clock counts from."""
        return self._boot_id


def _boot_id() -> str:
    """The kernel's own on Linux; elsewhere one derived from the computer and the second of its boot.

    Where that second is computed from a clock that was set since, two starts of the application in one boot get
    different names: times are then compared less often, never wrongly.
    """
    try:
        return _LINUX_BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{uuid.getnode():012x} {int(psutil.boot_time())}"))
