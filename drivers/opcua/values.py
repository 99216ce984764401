"""From an OPC UA DataValue to a Sample: status names, quality, times, and values that are not scalars.

What is never Good, whatever the server says: NaN and infinity ("BadOutOfRange"), a value that is missing
("BadNoData"), an array or a structure of which no part is picked ("BadTypeMismatch"), a part that is not there
("BadIndexRangeNoData", "BadNoMatch"), a text that is none or longer than 4,096 characters ("BadDecodingError",
"BadEncodingLimitsExceeded"), a time that has not come yet ("BadInvalidTimestamp").
"""

from __future__ import annotations

import enum
import functools
import math
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from asyncua import ua
from asyncua.ua.status_codes import get_name_and_doc

from drivers.base import Quality, Sample, Value
from drivers.float32 import shortest
from drivers.opcua.notifications import FLOAT, PlainChange
from drivers.opcua.picking import NotScalar, Step, step_into

MAX_TEXT_CHARACTERS = 4096
MAX_SKEW_S = 60.0
EARLY_S = 10.0
OVERFLOW_BITS = 0x0480
_CODE_BITS = 0xFFFF0000
_GENERIC = ("Good", "Uncertain", "Bad")
_NO_STATES: Mapping[int, str] = {}
_NOT_YET = "BadInvalidTimestamp"
_DOUBLE = ua.VariantType.Double
# from 1601, where OPC UA's times begin, to 1970
_EPOCH_US = 11_644_473_600_000_000
_LAST_STAMP = 2_650_467_743_990_000_000

# Opens a structure that arrived as bytes: a value, and the same value with names. Raises NotScalar.
Opened = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a message arrived here, and what the server's clock allows its values' times to be.

    A time after ``latest`` cannot be (seconds since the epoch). ``trusted`` is False when the server's clock is
    off by more than a minute: its times are not used then, and the arrival counts.
    """

    time: float
    latest: float
    trusted: bool = True

    @classmethod
    def at(cls, time: float, skew_s: float | None) -> Arrival:
        """``skew_s`` is the server's clock minus ours, None while it is not known."""
        skew_s = skew_s or 0.0
        return cls(time, time + max(skew_s, 0.0) + EARLY_S, abs(skew_s) <= MAX_SKEW_S)


@functools.lru_cache(maxsize=1024)
def status_name(code: int) -> str:
    """The code's name as the specification spells it; unknown codes as "Bad_0x80AB0000".

    The lower 16 bits (limit, overflow) do not belong to the name.
    """
    masked = code & _CODE_BITS
    name, _ = get_name_and_doc(masked)
    return f"{name}_0x{masked:08X}" if name in _GENERIC and masked else str(name)


def quality_of(code: int) -> Quality:
    """The two severity bits (OPC UA part 4, 7.39): 00 Good, 01 Uncertain, 10 and 11 Bad."""
    severity = (code >> 30) & 3
    return (Quality.GOOD, Quality.UNCERTAIN, Quality.BAD, Quality.BAD)[severity]


def has_overflowed(code: int) -> bool:
    """Whether the server's queue was full and a neighbour of this value was dropped (part 4, 7.39, InfoBits)."""
    return code & OVERFLOW_BITS == OVERFLOW_BITS


def seconds(timestamp: datetime | None) -> float | None:
    """Seconds since the epoch; None for a missing time or one before 1970 (the null time is 1601)."""
    if timestamp is None:
        return None
    since_epoch = (timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)).timestamp()
    return since_epoch if since_epoch > 0 else None


def seconds_of_stamp(stamp: int | None) -> float | None:
    """Seconds since the epoch of a time in 100 ns since 1601; as :func:`seconds` of what asyncua makes of it."""
    if stamp is None:
        return None
    if stamp >= _LAST_STAMP:
        return seconds(ua.win_epoch_to_datetime(stamp))
    since_epoch_us = stamp // 10 - _EPOCH_US
    return since_epoch_us / 1_000_000 if since_epoch_us > 0 else None


def number_sample(tag: str, change: PlainChange, arrival: Arrival) -> Sample | None:
    """The sample of a Good number that means itself, with the same answer as :func:`sample_of`; None where that must judge."""
    _, kind, value, status, stamp = change
    source_time = seconds_of_stamp(stamp)
    if status or not arrival.trusted or (source_time is not None and source_time > arrival.latest):
        return None
    if type(value) is float:
        if not math.isfinite(value):
            return None
        if kind == FLOAT:
            value = shortest(value)
    return Sample(tag, value, Quality.GOOD, "Good", source_time, arrival.time)


def data_value_of(change: PlainChange) -> ua.DataValue:
    """A plain change as asyncua would have given it."""
    _, kind, value, status, stamp = change
    return ua.DataValue(
        ua.Variant(value, ua.VariantType(kind)),
        ua.StatusCode(ua.UInt32(status)),
        None if stamp is None else ua.win_epoch_to_datetime(stamp),  # type: ignore[arg-type]  # DateTime is a datetime
    )


def sample_of(
    tag: str,
    data_value: ua.DataValue,
    arrival: Arrival,
    steps: tuple[Step, ...] = (),
    states: Mapping[int, str] = _NO_STATES,
    opened: Opened | None = None,
) -> Sample:
    """Make a tag's sample; ``steps`` lead to its part of the value, ``states`` gives numbers their words."""
    variant, source_time = data_value.Value, seconds(data_value.SourceTimestamp)
    code = 0 if data_value.StatusCode is None else data_value.StatusCode.value
    if code == 0 and not steps and not states and variant is not None and variant.VariantType is _DOUBLE:
        value = variant.Value  # most of what arrives: the short way, with the same answer
        in_time = arrival.trusted and (source_time is None or source_time <= arrival.latest)
        if type(value) is float and math.isfinite(value) and in_time:
            return Sample(tag, value, Quality.GOOD, "Good", source_time, arrival.time)
    return _judged(tag, data_value, code, arrival, source_time, steps, states, opened)


def _judged(
    tag: str,
    data_value: ua.DataValue,
    code: int,
    arrival: Arrival,
    source_time: float | None,
    steps: tuple[Step, ...],
    states: Mapping[int, str],
    opened: Opened | None,
) -> Sample:
    """The long way of :func:`sample_of`."""
    quality, status = (Quality.GOOD, "Good") if code == 0 else (quality_of(code), status_name(code))
    value: Value = None
    try:
        value = _scalar(data_value.Value, steps, opened)
        if source_time is not None and (not arrival.trusted or source_time > arrival.latest):
            if arrival.trusted:
                raise NotScalar(_NOT_YET)
            source_time = None
    except NotScalar as fault:
        if fault.status == _NOT_YET:
            value, source_time = None, None
        if quality is not Quality.BAD:
            quality, status = Quality.BAD, fault.status
    text = states.get(value, "") if states and isinstance(value, int) else ""
    return Sample(tag, value, quality, status, source_time, arrival.time, text)


def _scalar(variant: ua.Variant | None, steps: tuple[Step, ...], opened: Opened | None) -> Value:
    raw: Any = None if variant is None else variant.Value
    if type(raw) is float and not steps:
        if not math.isfinite(raw):
            raise NotScalar("BadOutOfRange")
        return shortest(raw) if variant is not None and variant.VariantType is ua.VariantType.Float else raw
    if raw is None:
        raise NotScalar("BadNoData")
    for step in steps:
        raw = step_into(raw if opened is None else opened(raw), step)
    if raw is None:
        raise NotScalar("BadNoData")
    if isinstance(raw, list):
        raise NotScalar("BadTypeMismatch")
    value = _plain(raw)
    single = variant is not None and variant.VariantType is ua.VariantType.Float
    return shortest(value) if single and isinstance(value, float) else value


def _plain(raw: Any) -> Value:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, enum.Enum):
        raw = raw.value
    if isinstance(raw, float):
        if not math.isfinite(raw):
            raise NotScalar("BadOutOfRange")
        return float(raw)
    if isinstance(raw, int):
        return int(raw)
    if isinstance(raw, ua.LocalizedText):
        raw = raw.Text or ""
    if isinstance(raw, str):
        return _text(raw)
    if isinstance(raw, datetime):
        aware = raw if raw.tzinfo else raw.replace(tzinfo=UTC)
        return aware.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(raw, uuid.UUID):
        return str(raw)
    raise NotScalar("BadTypeMismatch")


def _text(raw: str) -> str:
    """A text that can be kept, shown and sent on; asyncua lets bytes through that are no UTF-8."""
    if len(raw) > MAX_TEXT_CHARACTERS:
        raise NotScalar("BadEncodingLimitsExceeded")
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError:
        raise NotScalar("BadDecodingError") from None
    return str(raw)


def variant_for(value: Value, like: ua.Variant) -> ua.Variant:
    """``value`` in the type of the node's present value; raises NotScalar when it does not fit."""
    kind = like.VariantType
    if isinstance(like.Value, list) or value is None:
        raise NotScalar("BadTypeMismatch")
    if isinstance(value, float) and not math.isfinite(value):
        raise NotScalar("BadTypeMismatch")
    if kind is ua.VariantType.Boolean:
        if not isinstance(value, bool):
            raise NotScalar("BadTypeMismatch")
    elif kind in _INTEGER_RANGES:
        low, high = _INTEGER_RANGES[kind]
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise NotScalar("BadTypeMismatch")
        value = int(value)
        if not low <= value <= high:
            raise NotScalar("BadOutOfRange")
    elif kind in (ua.VariantType.Float, ua.VariantType.Double):
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise NotScalar("BadTypeMismatch")
        value = float(value)
    elif kind is not ua.VariantType.String or not isinstance(value, str):
        raise NotScalar("BadTypeMismatch")
    return ua.Variant(value, kind)


_INTEGER_RANGES = {
    getattr(ua.VariantType, name): (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    for name, bits, signed in (
        ("SByte", 8, True),
        ("Byte", 8, False),
        ("Int16", 16, True),
        ("UInt16", 16, False),
        ("Int32", 32, True),
        ("UInt32", 32, False),
        ("Int64", 64, True),
        ("UInt64", 64, False),
    )
}
