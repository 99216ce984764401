"""A clock that moves when it is told to."""

from __future__ import annotations


class FakeClock:
    """Implements the `Clock` port. Wall time and monotonic time move together unless stepped apart.

    ``offset_min`` is local time less UTC.
    """

    offset_min = 60

    def __init__(self, wall_us: int = 1_700_000_000_000_000) -> None:
        self._wall_us = wall_us
        self._mono_ns = 5_000_000_000

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._wall_us += int(seconds * 1e6)
        self._mono_ns += int(seconds * 1e9)

    def step_wall(self, seconds: float) -> None:
        """Somebody sets the clock."""
        self._wall_us += int(seconds * 1e6)

    def wall_us(self) -> int:
        return self._wall_us

    def utc_offset_min(self) -> int:
        return self.offset_min

    def mono_ns(self) -> int:
        return self._mono_ns

    @property
    def boot_id(self) -> str:
        return "boot-1"
