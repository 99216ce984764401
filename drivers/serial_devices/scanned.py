"""What a scanner on a serial line delivers. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ScannedText:
    """What one scanner read. ``complete`` False: the code did not arrive whole, and ``text`` is for the log only.

    ``received_time``: seconds since the epoch.
    """

    scanner: str
    text: str
    complete: bool
    received_time: float
