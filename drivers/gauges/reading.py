"""What a gauge delivers: a reading with the text as it arrived. Standard library only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from drivers.base import Quality

PRESSED, CONTINUOUS, ASKED = "pressed", "continuous", "asked"
MODES = (PRESSED, CONTINUOUS, ASKED)


@dataclass(frozen=True, slots=True)
class Reading:
    """One measured value of one gauge, or why there is none.

    ``text`` is the number as it stands in the frame ("+0000.123": its resolution is kept), ``frame`` all that arrived.
    ``value`` is that number, None unless the quality is Good: an error of the gauge is never 0. ``status`` is a status
    code's name as OPC UA spells it, ``reason`` a sentence for a person, empty when all is well. ``received_time`` is in
    seconds since the epoch.
    """

    gauge: str
    text: str
    value: Decimal | None
    unit: str
    quality: Quality
    status: str
    reason: str
    frame: str
    received_time: float

    @property
    def usable(self) -> bool:
        """Whether it may be recorded as measured."""
        return self.quality is Quality.GOOD and self.value is not None


class Gauge(Protocol):
    """A source of readings that runs on the field loop. Its readings go to the sink it was made with."""

    device: str

    async def ask(self) -> Reading:
        """Ask the gauge for a reading now; a Bad one when it cannot be asked or does not answer."""
        ...
