"""Whether bytes on a serial line answer a request: unit, function, exact length and CRC, judged on the bytes themselves.

An RTU frame is unit, PDU and CRC; it has no transaction number and no mark where it begins, and a line carries noise
(Modbus over Serial Line 1.02, section 2.5.1). So an answer is looked for behind what a line may put in front of it, and
must be exact in everything: the unit, the function, the announced and the real length, the CRC, and nothing behind it.
"""

from __future__ import annotations

import struct

from drivers.modbus.reply import WrongReply, answer_of

LONGEST_FRAME = 256
SHORTEST_FRAME = 5  # unit, function, exception code, CRC
READS = (1, 2, 3, 4)
_READ_BITS = (1, 2)
_EXCEPTION_BIT = 0x80
_WRITE_REPLY = 8


def _crc_of_byte(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (0xA001 if byte & 1 else 0)
    return byte


_CRC_TABLE = tuple(_crc_of_byte(byte) for byte in range(256))


def crc(frame: bytes) -> bytes:
    """The two bytes that close a frame, as they are sent (section 6.2.2, generator 0xA001)."""
    value = 0xFFFF
    for byte in frame:
        value = (value >> 8) ^ _CRC_TABLE[(value ^ byte) & 0xFF]
    return struct.pack("<H", value)


def is_whole(frame: bytes) -> bool:
    """Whether the bytes are one frame with its right CRC."""
    return SHORTEST_FRAME <= len(frame) <= LONGEST_FRAME and crc(frame[:-2]) == frame[-2:]


def frame_in(request: bytes, received: bytes) -> bytes | None:
    """The frame in ``received`` that comes from the unit asked and answers its function; None while there is none.

    ``request`` is the frame that was sent, ``received`` everything since, without an echo. The frame is either exactly
    what was asked for or an exception of the unit, behind any noise; or, from the very beginning of what was received
    only, one of another length than asked. Raises WrongReply when bytes follow the frame.
    """
    unit, function = request[0], request[1]
    for start in range(max(len(received) - SHORTEST_FRAME + 1, 0)):
        if received[start] != unit:
            continue
        for length in _possible_lengths(request, function, received[start:], at_start=start == 0):
            end = start + length
            if end <= len(received) and is_whole(received[start:end]):
                if end != len(received):
                    raise WrongReply(f"{len(received) - end} bytes came behind the answer")
                return received[start:end]
    return None


def answer_in_frame(request: bytes, frame: bytes) -> bytes:
    """The data bytes of a frame from :func:`frame_in`. Raises WrongReply and DeviceException."""
    return answer_of(request[1:-2], frame[1:-2])


def expected_length(request: bytes) -> int:
    """How many bytes the right answer to a request has."""
    if request[1] not in READS:
        return _WRITE_REPLY
    count = int.from_bytes(request[4:6], "big")
    return SHORTEST_FRAME + ((count + 7) // 8 if request[1] in _READ_BITS else 2 * count)


def _possible_lengths(request: bytes, function: int, received: bytes, *, at_start: bool) -> list[int]:
    """How long a frame that begins here can be."""
    if received[1] == function | _EXCEPTION_BIT:
        return [SHORTEST_FRAME]
    if received[1] != function:
        return []
    expected = expected_length(request)
    if function not in READS:
        return [expected]
    announced = SHORTEST_FRAME + received[2]
    return [announced] if announced == expected or at_start else []
