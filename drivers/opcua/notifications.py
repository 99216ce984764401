"""What a server publishes, taken apart: numbers straight from the bytes, all else by asyncua.

asyncua makes five objects of every value and finds each field by a call; at thousands of values a second that is most of
what a station computes. Nearly all values are a number with a status and the device's time, which lie one behind the other
in the message (OPC UA part 6, 5.2: MonitoredItemNotification, DataValue, Variant). A value that is no plain number is decoded
by asyncua. A message that cannot be followed to its last byte is decoded by asyncua as a whole, so that what is wrong with
it is found and told as ever.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from asyncua import ua
from asyncua.client.ua_session import UaSession
from asyncua.common.utils import Buffer
from asyncua.ua.object_ids import ObjectIds
from asyncua.ua.ua_binary import Primitives, extensionobject_from_binary, nodeid_from_binary, struct_from_binary
from asyncua.ua.uaerrors import UaError, UaStructParsingError

PlainChange = tuple[int, int, bool | int | float, int, int | None]
"""A number: the item's handle, the number of its type (a VariantType), the value, its status code, and the source time in
100 ns since 1601 (None without one). A tuple, because thousands are made a second."""

Change = PlainChange | ua.MonitoredItemNotification
FLOAT, DOUBLE = 10, 11
_FORMATS = {1: "?", 2: "b", 3: "B", 4: "h", 5: "H", 6: "i", 7: "I", 8: "q", 9: "Q", FLOAT: "f", DOUBLE: "d"}
_VALUE, _STATUS, _SOURCE, _SERVER = 1, 2, 4, 8
# an extension object of this type whose body is bytes: a four-byte node id in namespace 0, encoding 1
_DATA_CHANGE = struct.pack("<BBHB", 1, 0, ObjectIds.DataChangeNotification_Encoding_DefaultBinary, 1)
_TWO_INT32 = struct.Struct("<ii")
_INT32 = struct.Struct("<i")


@dataclass(slots=True)
class Changes:
    """The values of one DataChangeNotification, in order."""

    items: list[Change]


class _NotFollowed(Exception):
    """The message is not of the kind that this module follows."""


_Layout = tuple[Callable[[bytes, int], tuple[Any, ...]], int, bool, bool]


def _layouts() -> dict[int, _Layout]:
    """By mask * 256 + type: what unpacks one value, its bytes, and whether a status and a source time are among them."""
    layouts: dict[int, _Layout] = {}
    for mask in range(_VALUE, 2 * _SERVER, 2):
        rest = "".join(code for bit, code in ((_STATUS, "I"), (_SOURCE, "q"), (_SERVER, "8x")) if mask & bit)
        for number, code in _FORMATS.items():
            layout = struct.Struct(f"<I2x{code}{rest}")
            layouts[mask * 256 + number] = (layout.unpack_from, layout.size, bool(mask & _STATUS), bool(mask & _SOURCE))
    return layouts


_LAYOUTS = _layouts()


def decode_quickly(session: UaSession) -> None:
    """From now on a session's publish responses are taken apart here: data changes come as :class:`Changes`."""

    async def publish(acks: list[ua.SubscriptionAcknowledgement]) -> ua.PublishResponse:
        request = ua.PublishRequest()
        request.Parameters.SubscriptionAcknowledgements = acks or []
        answer = await session._send_request(request, timeout=0)
        try:
            return response_of(answer)
        except Exception as error:
            # what asyncua's loop passes over, as for its own decoding: the message's number is then missing
            raise UaStructParsingError from error

    session.publish = publish  # type: ignore[method-assign]  # asyncua's publish loop asks the object for it


def response_of(answer: Buffer) -> ua.PublishResponse:
    """A publish response from its bytes. Raises what asyncua raises for bytes that are none."""
    try:
        return _followed(answer.copy())
    except (_NotFollowed, struct.error, LookupError, TypeError, ValueError, UaError):
        response: ua.PublishResponse = struct_from_binary(ua.PublishResponse, answer)
        return response


def _followed(buffer: Buffer) -> ua.PublishResponse:
    data = bytes(buffer.copy().read(len(buffer)))
    buffer = Buffer(data)
    response = ua.PublishResponse(nodeid_from_binary(buffer), struct_from_binary(ua.ResponseHeader, buffer))
    result = response.Parameters
    result.SubscriptionId = Primitives.UInt32.unpack(buffer)
    buffer.skip(_size(buffer) * 4)  # the numbers of messages that may be asked for again: nobody reads them
    result.MoreNotifications = Primitives.Boolean.unpack(buffer)
    message = result.NotificationMessage
    message.SequenceNumber = Primitives.UInt32.unpack(buffer)
    message.PublishTime = Primitives.DateTime.unpack(buffer)
    message.NotificationData = [_notification(data, buffer) for _ in range(_size(buffer))]
    buffer.skip(_size(buffer) * 4)  # what became of our acknowledgements
    if _size(buffer) or len(buffer):
        raise _NotFollowed
    return response


def _size(buffer: Buffer) -> int:
    """The length of the array that follows; none at all is written as -1."""
    return max(0, int(Primitives.Int32.unpack(buffer)))


def _notification(data: bytes, buffer: Buffer) -> Any:
    start = buffer.cur_pos
    body = start + len(_DATA_CHANGE)
    if data[start:body] != _DATA_CHANGE:
        return extensionobject_from_binary(buffer)
    size, count = _TWO_INT32.unpack_from(data, body)
    buffer.skip(len(_DATA_CHANGE) + _INT32.size + size)
    end = body + _INT32.size + size
    items, at = _items(data, body + _TWO_INT32.size, count)
    # behind the values there may be diagnostics: none, or an empty array
    if at + _INT32.size != end or _INT32.unpack_from(data, at)[0] > 0:
        raise _NotFollowed
    return Changes(items)


def _items(data: bytes, at: int, count: int) -> tuple[list[Change], int]:
    """So many values that begin at a place, and the place behind them."""
    items: list[Change] = []
    append, layouts = items.append, _LAYOUTS
    for _ in range(count):
        number = data[at + 5]
        layout = layouts.get(data[at + 4] << 8 | number)
        if layout is None:
            piece = Buffer(data, at)
            append(struct_from_binary(ua.MonitoredItemNotification, piece))
            at = piece.cur_pos
            continue
        unpack, size, has_status, has_source = layout
        fields = unpack(data, at)
        at += size
        if has_status and has_source:
            handle, value, status, source = fields
            append((handle, number, value, status, source))
        else:
            status = fields[2] if has_status else 0
            append((fields[0], number, fields[1], status, fields[-1] if has_source else None))
    return items, at
