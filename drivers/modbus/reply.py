"""Whether received bytes answer a request: transaction, unit, function and exact length, judged on the bytes themselves.

pymodbus reads a short reply, a long one, one of another function and one with transaction 0 as if they were
right, so nothing is handed to it that has not passed here. Frames: Modbus Messaging on TCP/IP Implementation
Guide 1.0b, section 3.1.3; functions and exceptions: Modbus Application Protocol 1.1b3, sections 6 and 7.
"""

from __future__ import annotations

import struct

_HEADER = struct.Struct(">HHHB")  # transaction, protocol, length of what follows it, unit
_COUNTED_FROM = 6  # bytes before those that the length counts
_MAX_LENGTH = 254  # unit and PDU of 253 bytes
_EXCEPTION_BIT = 0x80
_READ_BITS = (1, 2)
_WRITES = (5, 6, 16)
_ECHOED = 5  # bytes of a write request that its confirmation repeats


class ConnectionLost(Exception):
    """The device is gone, silent, or its bytes are no Modbus frames.

    The connection cannot be used further.
    """


class NoAnswer(Exception):
    """A unit on a serial line is silent, which says nothing of the others on that line.

    It was waited for ``waited_s`` seconds and is not to be asked again for ``rest_s``.
    """

    def __init__(self, reason: str, waited_s: float, rest_s: float) -> None:
        super().__init__(reason)
        self.waited_s = waited_s
        self.rest_s = rest_s


class WrongReply(Exception):
    """A whole frame that does not answer what was asked; the next one may. The text says what is wrong."""


class DeviceException(Exception):
    """The device refuses a request with an exception ``code`` (Application Protocol, section 7)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


def answer_in(request: bytes, received: bytes) -> bytes | None:
    """What ``received`` answers to the TCP frame ``request``; None while it is not whole.

    ``received`` is everything that came since the request was sent. Returns the data bytes (see
    :func:`answer_of`). Raises ConnectionLost where the stream of frames is no longer to be trusted, WrongReply
    and DeviceException where one whole frame is wrong or a refusal.
    """
    if len(received) < _HEADER.size:
        return None
    transaction, protocol, length, unit = _HEADER.unpack_from(received)
    if protocol != 0 or not 2 <= length <= _MAX_LENGTH:
        raise ConnectionLost(f"the answer is no Modbus frame (protocol {protocol}, length {length})")
    missing = _COUNTED_FROM + length - len(received)
    if missing > 0:
        return None
    asked_transaction, _, _, asked_unit = _HEADER.unpack_from(request)
    if transaction != asked_transaction:
        raise ConnectionLost(f"answer {transaction} came where {asked_transaction} was asked")
    if missing < 0:
        raise ConnectionLost(f"{-missing} bytes came behind the answer")
    if unit != asked_unit:
        raise WrongReply(f"unit {unit} answered where unit {asked_unit} was asked")
    return answer_of(request[_HEADER.size :], received[_HEADER.size :])


def answer_of(request: bytes, reply: bytes) -> bytes:
    """The data bytes in the PDU ``reply`` to the PDU ``request``: 2 a register, 8 bits to a byte, none for a write.

    Raises WrongReply, and DeviceException for a well-formed refusal.
    """
    function = request[0]
    if reply[0] == function | _EXCEPTION_BIT and len(reply) == 2:
        raise DeviceException(reply[1])
    if reply[0] != function:
        raise WrongReply(f"function {reply[0]} answered where {function} was asked")
    if function in _WRITES:
        if reply != request[:_ECHOED]:
            raise WrongReply(f"the write was confirmed with {reply.hex(' ')} instead of {request[:_ECHOED].hex(' ')}")
        return b""
    (count,) = struct.unpack_from(">H", request, 3)
    length = (count + 7) // 8 if function in _READ_BITS else 2 * count
    if len(reply) < 2 or reply[1] != length or len(reply) != 2 + length:
        announced = f"announces {reply[1]}" if len(reply) > 1 else "announces no"
        raise WrongReply(f"asked for {length} data bytes, the reply {announced} and has {max(len(reply) - 2, 0)}")
    return reply[2:]
