"""DataValues to samples: quality, status names, times, and what is never Good."""

from __future__ import annotations

import math
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from asyncua import ua
from asyncua.ua.status_codes import StatusCodes

from drivers.base import Quality, Value
from drivers.modbus.driver import EXCEPTION_STATUS
from drivers.opcua.picking import NotScalar
from drivers.opcua.values import Arrival, has_overflowed, quality_of, sample_of, seconds, status_name, variant_for

NOW = Arrival.at(1_800_000_000.0, None)


def data_value(value: Any, kind: ua.VariantType | None = None, code: int = 0) -> ua.DataValue:
    variant = ua.Variant(value) if kind is None else ua.Variant(value, kind)
    return ua.DataValue(variant, ua.StatusCode(ua.UInt32(code)))


@pytest.mark.parametrize(
    ("code", "name", "quality"),
    [
        (0x00000000, "Good", Quality.GOOD),
        (0x00000480, "Good", Quality.GOOD),
        (0x40900000, "UncertainLastUsableValue", Quality.UNCERTAIN),
        (0x80050000, "BadCommunicationError", Quality.BAD),
        (0x80340000 | 0x0400, "BadNodeIdUnknown", Quality.BAD),
        (0x8FFF0000, "Bad_0x8FFF0000", Quality.BAD),
        (0xC0000000, "Bad_0xC0000000", Quality.BAD),
        (0x4FFF0000, "Uncertain_0x4FFF0000", Quality.UNCERTAIN),
    ],
)
def test_codes(code: int, name: str, quality: Quality) -> None:
    assert status_name(code) == name
    assert quality_of(code) is quality


@pytest.mark.parametrize(
    ("raw", "kind", "value"),
    [
        (1.5, ua.VariantType.Double, 1.5),
        (True, ua.VariantType.Boolean, True),
        (7, ua.VariantType.UInt16, 7),
        ("Idle", ua.VariantType.String, "Idle"),
        ("", ua.VariantType.String, ""),
        (ua.LocalizedText("kN"), ua.VariantType.LocalizedText, "kN"),
        (datetime(2026, 11, 20, 8, 0, tzinfo=UTC), ua.VariantType.DateTime, "2026-11-20T08:00:00.000Z"),
        (uuid.UUID(int=5), ua.VariantType.Guid, str(uuid.UUID(int=5))),
    ],
)
def test_scalars(raw: Any, kind: ua.VariantType, value: Value) -> None:
    sample = sample_of("tag", data_value(raw, kind), NOW)
    assert (sample.value, sample.quality, sample.status) == (value, Quality.GOOD, "Good")
    assert type(sample.value) is type(value)


@pytest.mark.parametrize(
    ("raw", "kind", "index", "status"),
    [
        (math.nan, ua.VariantType.Double, None, "BadOutOfRange"),
        (-math.inf, ua.VariantType.Float, None, "BadOutOfRange"),
        (None, None, None, "BadNoData"),
        ([1.0, 2.0], ua.VariantType.Double, None, "BadTypeMismatch"),
        ([1.0, 2.0], ua.VariantType.Double, 2, "BadIndexRangeNoData"),
        ([], ua.VariantType.Double, 0, "BadIndexRangeNoData"),
        ([math.nan], ua.VariantType.Double, 0, "BadOutOfRange"),
        (1.0, ua.VariantType.Double, 0, "BadTypeMismatch"),
        (b"\0\1", ua.VariantType.ByteString, None, "BadTypeMismatch"),
    ],
)
def test_never_good(raw: Any, kind: ua.VariantType | None, index: int | None, status: str) -> None:
    sample = sample_of("tag", data_value(raw, kind), NOW, () if index is None else (index,))
    assert (sample.value, sample.quality, sample.status) == (None, Quality.BAD, status)


def test_an_element_of_an_array() -> None:
    assert sample_of("tag", data_value([1.0, 2.5], ua.VariantType.Double), NOW, (1,)).value == 2.5


def test_the_servers_bad_status_is_kept() -> None:
    sample = sample_of("tag", data_value(None, None, StatusCodes.BadSensorFailure), NOW)
    assert (sample.quality, sample.status) == (Quality.BAD, "BadSensorFailure")


def test_times() -> None:
    assert seconds(None) is None
    assert seconds(datetime(1601, 1, 1, tzinfo=UTC)) is None
    assert seconds(datetime(1970, 1, 1, 0, 1)) == 60.0  # noqa: DTZ001  # asyncua once gave naive UTC
    assert seconds(datetime(2099, 1, 1, tzinfo=UTC)) == datetime(2099, 1, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("ahead_s", "skew_s", "status", "kept"),
    [
        (5.0, None, "Good", True),
        (-1e8, None, "Good", True),
        (30.0, None, "BadInvalidTimestamp", False),
        (30.0, 30.0, "Good", True),
        (7200.0, 7200.0, "Good", False),
        (-7200.0, -7200.0, "Good", False),
    ],
)
def test_a_time_that_has_not_come_yet(ahead_s: float, skew_s: float | None, status: str, kept: bool) -> None:
    stamped = data_value(1.0)
    at = NOW.time + ahead_s
    stamped.SourceTimestamp = ua.DateTime.fromtimestamp(at, UTC)
    sample = sample_of("tag", stamped, Arrival.at(NOW.time, skew_s))
    assert (sample.status, sample.source_time) == (status, at if kept else None)
    assert sample.value == (1.0 if status == "Good" else None)


def test_a_state_has_its_words() -> None:
    states = {1: "Manual"}
    assert sample_of("tag", data_value(1), NOW, (), states).text == "Manual"
    assert sample_of("tag", data_value(True), NOW, (), states).text == "Manual"
    assert sample_of("tag", data_value(2), NOW, (), states).text == ""
    assert sample_of("tag", data_value(1.0), NOW, (), states).text == ""


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        ("x" * 4097, "BadEncodingLimitsExceeded"),
        ("\udcff", "BadDecodingError"),
        (ua.LocalizedText("\udcff"), "BadDecodingError"),
    ],
)
def test_a_text_that_cannot_be_kept(raw: Any, status: str) -> None:
    assert sample_of("tag", data_value(raw), NOW).status == status


def test_the_overflow_bit_counts_only_with_its_kind() -> None:
    assert has_overflowed(0x0480)
    assert not has_overflowed(0x0080)
    assert not has_overflowed(0x0400)


def test_writing_in_the_nodes_own_type() -> None:
    written = variant_for(7.0, ua.Variant(1, ua.VariantType.Int16))
    assert (written.Value, written.VariantType) == (7, ua.VariantType.Int16)
    assert variant_for(7, ua.Variant(1.0, ua.VariantType.Float)).Value == 7.0


@pytest.mark.parametrize(
    ("value", "like", "status"),
    [
        (7.5, ua.Variant(1, ua.VariantType.Int16), "BadTypeMismatch"),
        (70_000, ua.Variant(1, ua.VariantType.UInt16), "BadOutOfRange"),
        (-1, ua.Variant(1, ua.VariantType.Byte), "BadOutOfRange"),
        (True, ua.Variant(1, ua.VariantType.Int16), "BadTypeMismatch"),
        (1, ua.Variant(True, ua.VariantType.Boolean), "BadTypeMismatch"),
        ("1", ua.Variant(1.0, ua.VariantType.Double), "BadTypeMismatch"),
        (math.nan, ua.Variant(1, ua.VariantType.Int16), "BadTypeMismatch"),
        (None, ua.Variant(1, ua.VariantType.Int16), "BadTypeMismatch"),
        (1, ua.Variant([1], ua.VariantType.Int16), "BadTypeMismatch"),
    ],
)
def test_what_does_not_fit_is_not_written(value: Value, like: ua.Variant, status: str) -> None:
    with pytest.raises(NotScalar) as refusal:
        variant_for(value, like)
    assert refusal.value.status == status


def test_every_status_name_we_use_is_one_of_the_specification() -> None:
    ours = {
        *EXCEPTION_STATUS.values(),
        "BadCommunicationError",
        "BadWaitingForInitialData",
        "BadNoCommunication",
        "BadDecodingError",
        "BadNotWritable",
        "BadTypeMismatch",
        "BadOutOfRange",
        "BadNoData",
        "BadIndexRangeNoData",
        "BadUnexpectedError",
        "BadNoMatch",
        "BadDataLost",
        "BadInvalidTimestamp",
        "BadEncodingLimitsExceeded",
        "BadDataTypeIdUnknown",
        "BadConfigurationError",
        "BadNotSupported",
    }
    assert all(getattr(StatusCodes, name) >> 30 == 2 for name in ours)
