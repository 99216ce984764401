"""From an OPC UA DataValue to a Sample: status names, quality, times, and values that are not scalars.

What is never Good, whatever the server says: NaN and infinity ("BadOutOfRange"), a value that is missing
("BadNoData"), an array without ``?index=`` or with one beyond its end, a structure ("BadTypeMismatch").
"""

from __future__ import annotations

import enum
import math
import time
import uuid
from datetime import UTC, datetime
from typing import Any

from asyncua import ua
from asyncua.ua.status_codes import get_name_and_doc

from drivers.base import Quality, Sample, Value
from drivers.float32 import shortest

_CODE_BITS = 0xFFFF0000
_GENERIC = ("Good", "Uncertain", "Bad")


class NotScalar(Exception):
    """A value that cannot be one tag's value; ``status`` names the reason."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


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


def seconds(timestamp: datetime | None) -> float | None:
    """Seconds since the epoch; None for a missing time or one before 1970 (the null time is 1601)."""
    if timestamp is None:
        return None
    aware = timestamp if timestamp.tzinfo else timestamp.replace(tzinfo=UTC)
    since_epoch = aware.timestamp()
    return since_epoch if since_epoch > 0 else None


def sample_of(tag: str, data_value: ua.DataValue, index: int | None) -> Sample:
    """Make a tag's sample; ``index`` picks one element of an array."""
    code = int(data_value.StatusCode.value) if data_value.StatusCode is not None else 0
    quality, status = quality_of(code), status_name(code)
    value: Value = None
    try:
        value = _scalar(data_value.Value, index)
    except NotScalar as fault:
        if quality is not Quality.BAD:
            quality, status = Quality.BAD, fault.status
    return Sample(tag, value, quality, status, seconds(data_value.SourceTimestamp), time.time())


def _scalar(variant: ua.Variant | None, index: int | None) -> Value:
    raw: Any = None if variant is None else variant.Value
    if raw is None:
        raise NotScalar("BadNoData")
    if isinstance(raw, list):
        if index is None:
            raise NotScalar("BadTypeMismatch")
        if index >= len(raw):
            raise NotScalar("BadIndexRangeNoData")
        raw = raw[index]
    elif index is not None:
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
    if isinstance(raw, str):
        return str(raw)
    if isinstance(raw, ua.LocalizedText):
        return raw.Text or ""
    if isinstance(raw, datetime):
        aware = raw if raw.tzinfo else raw.replace(tzinfo=UTC)
        return aware.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(raw, uuid.UUID):
        return str(raw)
    raise NotScalar("BadTypeMismatch")


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
