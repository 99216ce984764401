"""The words of gauges: from a frame to a number with its text and unit, or to the reason why there is none."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

NUMBER = r"[+-]?(?:\d{1,18}(?:\.\d{0,12})?|\.\d{1,12})"
_NUMBER = re.compile(NUMBER, re.ASCII)
_MITUTOYO = re.compile(rf"(?P<channel>\d\d)[A-Z](?P<value>[+-]{NUMBER[5:]})", re.ASCII)
_MITUTOYO_ERROR = re.compile(r"91(?P<code>\d)", re.ASCII)
_MARK10 = re.compile(rf"(?P<value>{NUMBER})(?:\s+(?P<unit>[A-Za-z]{{1,6}}))?", re.ASCII)
_COMMON_ERROR = re.compile(r"ERR\s?\d{0,3}|N\d\d:E\d|\*\d\d|E\d{1,2}|ERROR", re.ASCII | re.IGNORECASE)
_MITUTOYO_CODES = {
    "1": "the gauge is not connected to the interface, or does not answer it",
    "2": "the gauge's data could not be read by the interface",
}
DEVICE_ERROR, UNREADABLE, OTHER_CHANNEL = "BadDeviceFailure", "BadDecodingError", "BadNodeIdUnknown"


class NoReading(Exception):
    """A frame without a value: ``status`` is a status code's name, the text a sentence for a person."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Understood:
    """A frame's number as it is written there, and the unit that the gauge says (empty: it says none)."""

    text: str
    value: Decimal
    unit: str = ""


class GaugeProtocol(Protocol):
    """How one kind of gauge speaks. ``request`` asks it for a reading; empty when it cannot be asked."""

    @property
    def request(self) -> bytes: ...

    def understand(self, frame: str) -> Understood:
        """The reading in a frame (without its line end). Raises NoReading."""
        ...


@dataclass(frozen=True, slots=True)
class Mitutoyo:
    """Digimatic interfaces: "01A+0000.123"; "911" and the like are errors. They say no unit.

    ``channel`` is the gauge's connector on a multiplexer; 0 takes any.
    """

    channel: int = 0
    request: bytes = b""

    def understand(self, frame: str) -> Understood:
        error = _MITUTOYO_ERROR.fullmatch(frame)
        if error is not None:
            what = _MITUTOYO_CODES.get(error["code"], "the interface reports an error")
            raise NoReading(DEVICE_ERROR, f"{what} ({frame})")
        match = _matched(_MITUTOYO, frame)
        if self.channel and int(match["channel"]) != self.channel:
            raise NoReading(OTHER_CHANNEL, f"the reading is of channel {int(match['channel'])}, not {self.channel}")
        return Understood(match["value"], Decimal(match["value"]))


@dataclass(frozen=True, slots=True)
class Mark10:
    """Force and torque gauges: "?" is answered by "-18.78 lbF"."""

    request: bytes = b"?\r"

    def understand(self, frame: str) -> Understood:
        match = _matched(_MARK10, frame.strip(" "))
        return Understood(match["value"], Decimal(match["value"]), match["unit"] or "")


@dataclass(frozen=True, slots=True)
class FramePattern:
    """Any gauge whose frames match ``pattern`` as a whole: its group ``value`` is the number, ``unit`` the unit.

    ``pattern`` comes from :func:`drivers.gauges.pattern.compile_pattern`.
    """

    pattern: re.Pattern[str]
    request: bytes = b""

    def understand(self, frame: str) -> Understood:
        match = _matched(self.pattern, frame)
        text = (match["value"] or "").strip()
        if not _NUMBER.fullmatch(text):
            raise NoReading(UNREADABLE, f"“{text}” is not a number")
        unit = match["unit"] if "unit" in self.pattern.groupindex else None
        return Understood(text, Decimal(text), (unit or "").strip())


def _matched(pattern: re.Pattern[str], frame: str) -> re.Match[str]:
    """The match of the whole frame; raises NoReading for a gauge's word for an error, and for what is none of its words."""
    if _COMMON_ERROR.fullmatch(frame.strip()):
        raise NoReading(DEVICE_ERROR, f"the gauge reports {frame.strip()}")
    match = pattern.fullmatch(frame)
    if match is None:
        raise NoReading(UNREADABLE, f"“{frame[:24]}” is no reading of this gauge")
    return match
