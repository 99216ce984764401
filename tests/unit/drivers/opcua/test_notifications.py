"""Publish responses from their bytes: the same values as asyncua reads, and the same refusal of bytes that are none."""

from __future__ import annotations

import dataclasses
import math
import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer, NotEnoughData
from asyncua.ua.ua_binary import struct_from_binary, struct_to_binary
from hypothesis import given
from hypothesis import strategies as st

from drivers.base import Sample
from drivers.opcua.notifications import Changes, response_of
from drivers.opcua.values import Arrival, data_value_of, number_sample, sample_of, seconds_of_stamp

NOW = Arrival.at(1_800_000_000.0, None)
RANGES = {
    "SByte": (-(2**7), 2**7 - 1), "Byte": (0, 2**8 - 1), "Int16": (-(2**15), 2**15 - 1), "UInt16": (0, 2**16 - 1),
    "Int32": (-(2**31), 2**31 - 1), "UInt32": (0, 2**32 - 1), "Int64": (-(2**63), 2**63 - 1), "UInt64": (0, 2**64 - 1),
}  # fmt: skip
EARLIEST, LATEST = datetime(1601, 1, 1), datetime(9998, 1, 1)  # noqa: DTZ001  hypothesis adds the zone
TIMES = st.one_of(st.none(), st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)))


def of_type(kind: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[ua.Variant]:
    """Variants of one type."""
    return st.builds(ua.Variant, values, st.just(ua.VariantType[kind]))


NUMBERS = st.one_of(
    of_type("Double", st.floats()),
    of_type("Float", st.floats(width=32)),
    of_type("Boolean", st.booleans()),
    *(of_type(kind, st.integers(*bounds)) for kind, bounds in RANGES.items()),
)
OTHERS = st.one_of(
    st.text(max_size=20).map(lambda value: ua.Variant(value, ua.VariantType.String)),
    st.lists(st.floats(), max_size=4).map(lambda value: ua.Variant(value, ua.VariantType.Double)),
    st.just(ua.Variant(None, ua.VariantType.Null)),
    st.just(ua.Variant(ua.LocalizedText("kN"), ua.VariantType.LocalizedText)),
)
STATUS = st.sampled_from([0, 0, 0, 0x480, 0x40900000, 0x80050000]).map(lambda code: ua.StatusCode(ua.UInt32(code)))
VALUES = st.builds(
    ua.DataValue,
    Value=st.one_of(NUMBERS, NUMBERS, NUMBERS, OTHERS),
    StatusCode=st.one_of(st.none(), STATUS),
    SourceTimestamp=TIMES,
    ServerTimestamp=TIMES,
    SourcePicoseconds=st.one_of(st.none(), st.none(), st.just(5)),
)


def message(values: list[ua.DataValue], more: list[Any] | None = None) -> bytes:
    """A publish response as a server sends it."""
    items = [ua.MonitoredItemNotification(ua.IntegerId(handle), value) for handle, value in enumerate(values)]
    response = ua.PublishResponse()
    response.Parameters.SubscriptionId = ua.IntegerId(7)
    response.Parameters.AvailableSequenceNumbers = [ua.Counter(8), ua.Counter(9)]
    response.Parameters.NotificationMessage.SequenceNumber = ua.Counter(9)
    response.Parameters.NotificationMessage.NotificationData = [ua.DataChangeNotification(items), *(more or [])]
    response.Parameters.Results = [ua.StatusCode()]
    return bytes(struct_to_binary(response))


def samples_of(response: ua.PublishResponse) -> list[tuple[int, Sample]]:
    """What the driver makes of a response, from either way of decoding."""
    found: list[tuple[int, Sample]] = []
    for notification in response.Parameters.NotificationMessage.NotificationData or []:
        changes: Any = []
        if isinstance(notification, Changes):
            changes = notification.items
        elif isinstance(notification, ua.DataChangeNotification):
            changes = notification.MonitoredItems
        for change in changes:
            if isinstance(change, tuple):
                quick = number_sample("t", change, NOW)
                judged = sample_of("t", data_value_of(change), NOW)
                assert quick is None or same(quick, judged)
                found.append((change[0], judged))
            else:
                found.append((change.ClientHandle, sample_of("t", change.Value, NOW)))
    return found


def same(one: Sample, other: Sample) -> bool:
    """Equal in every field, types included."""
    return [(type(value), value) for value in dataclasses.astuple(one)] == [
        (type(value), value) for value in dataclasses.astuple(other)
    ]


def by_library(data: bytes) -> ua.PublishResponse:
    response: ua.PublishResponse = struct_from_binary(ua.PublishResponse, Buffer(data))
    return response


@given(st.lists(VALUES, max_size=12))
def test_every_value_is_as_asyncua_reads_it(values: list[ua.DataValue]) -> None:
    data = message(values)
    ours, theirs = response_of(Buffer(data)), by_library(data)
    pairs = zip(samples_of(ours), samples_of(theirs), strict=True)
    assert all(one[0] == other[0] and same(one[1], other[1]) for one, other in pairs)
    assert ours.Parameters.SubscriptionId == theirs.Parameters.SubscriptionId == 7
    one, other = ours.Parameters.NotificationMessage, theirs.Parameters.NotificationMessage
    assert (one.SequenceNumber, one.PublishTime) == (other.SequenceNumber, other.PublishTime)


@given(st.lists(st.builds(ua.DataValue, NUMBERS, st.one_of(st.none(), STATUS), TIMES, TIMES), min_size=1, max_size=12))
def test_numbers_are_not_left_to_asyncua(values: list[ua.DataValue]) -> None:
    response = response_of(Buffer(message(values)))
    (changes,) = response.Parameters.NotificationMessage.NotificationData
    assert isinstance(changes, Changes)
    assert all(isinstance(change, tuple) for change in changes.items)


@given(st.lists(VALUES, min_size=1, max_size=4), st.data())
def test_bytes_that_were_changed_are_read_or_refused_as_by_asyncua(
    values: list[ua.DataValue], draw: st.DataObject
) -> None:
    data = bytearray(message(values))
    if draw.draw(st.booleans()):
        del data[draw.draw(st.integers(0, len(data) - 1)) :]
    else:
        data[draw.draw(st.integers(0, len(data) - 1))] ^= 1 << draw.draw(st.integers(0, 7))
    try:
        theirs = samples_of(by_library(bytes(data)))
    except Exception as refused:  # noqa: BLE001  asyncua raises nearly anything
        with pytest.raises(type(refused)):
            samples_of(response_of(Buffer(bytes(data))))
        return
    ours = samples_of(response_of(Buffer(bytes(data))))
    assert [(handle, dataclasses.astuple(sample)) for handle, sample in ours] == [
        (handle, dataclasses.astuple(sample)) for handle, sample in theirs
    ]


def test_other_notifications_come_as_asyncua_makes_them() -> None:
    ended = ua.StatusChangeNotification(ua.StatusCode(ua.UInt32(0x800A0000)))
    response = response_of(Buffer(message([ua.DataValue(ua.Variant(1.5, ua.VariantType.Double))], [ended])))
    changes, other = response.Parameters.NotificationMessage.NotificationData
    assert isinstance(changes, Changes)
    assert isinstance(other, ua.StatusChangeNotification)
    assert other.Status.value == 0x800A0000


def test_a_keep_alive_has_no_notifications() -> None:
    response = ua.PublishResponse()
    response.Parameters.NotificationMessage.SequenceNumber = ua.Counter(3)
    found = response_of(Buffer(bytes(struct_to_binary(response)))).Parameters.NotificationMessage
    assert (found.NotificationData, found.SequenceNumber) == ([], 3)


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        (None, None),
        (0, None),
        (-5, None),
        (116_444_736_000_000_000, None),
        (116_444_736_000_000_010, 1e-6),
        (134_000_000_123_456_789, 1_755_526_412.345678),
        (2**63 - 1, datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()),
    ],
)
def test_times(stamp: int | None, seconds: float | None) -> None:
    assert seconds_of_stamp(stamp) == (None if seconds is None else pytest.approx(seconds, abs=1e-6))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_judged(value: float) -> None:
    assert number_sample("t", (0, 11, value, 0, None), NOW) is None


def test_a_time_that_has_not_come_is_judged() -> None:
    ahead = int((NOW.latest + 11_644_473_600 + 1) * 1e7)
    assert number_sample("t", (0, 11, 1.0, 0, ahead), NOW) is None
    assert number_sample("t", (0, 11, 1.0, 0, ahead - 30_000_000), NOW) is not None


def test_a_length_that_is_not_the_values_is_left_to_asyncua() -> None:
    data = bytearray(message([ua.DataValue(ua.Variant(1.5, ua.VariantType.Double))]))
    place = data.index(struct.pack("<BBHB", 1, 0, 811, 1)) + 5
    (size,) = struct.unpack_from("<i", data, place)
    struct.pack_into("<i", data, place, size - 2)
    with pytest.raises(NotEnoughData, match="Not enough data"):
        response_of(Buffer(bytes(data)))
