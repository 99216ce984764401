"""A reply is believed only when every byte of it is right, whatever the bytes are."""

from __future__ import annotations

import asyncio
import socket
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.modbus.wire import ConnectionLost, DeviceException, ModbusConnection, WrongReply

UNIT, COUNT = 3, 2
DATA = b"\x41\x48\x00\x00"
RIGHT = struct.pack(">HHHBBB", 1, 0, 3 + len(DATA), UNIT, 3, len(DATA)) + DATA


def answer_to_read(answer: bytes) -> bytes:
    """What ``read`` makes of these bytes as the answer to its first request (transaction 1)."""

    async def ask() -> bytes:
        near, far = socket.socketpair()
        with far:
            reader, writer = await asyncio.open_connection(sock=near)
            connection = ModbusConnection(reader, writer, timeout_s=2.0)
            far.sendall(answer)
            far.shutdown(socket.SHUT_WR)
            try:
                return await connection.read(UNIT, "holding", 100, COUNT)
            finally:
                await connection.close()

    return asyncio.run(ask())


def test_the_right_answer_is_believed() -> None:
    assert answer_to_read(RIGHT) == DATA


@given(st.integers(0, len(RIGHT) - len(DATA) - 1), st.integers(1, 255))
@settings(deadline=None, max_examples=60)
def test_one_changed_byte_before_the_data_is_enough_to_refuse(position: int, change: int) -> None:
    changed = bytearray(RIGHT)
    changed[position] ^= change
    try:
        data = answer_to_read(bytes(changed))
    except (ConnectionLost, WrongReply, DeviceException):
        return
    raise AssertionError(f"believed {data.hex(' ')} from {changed.hex(' ')}")


@given(st.integers(0, len(RIGHT) - 1))
@settings(deadline=None, max_examples=len(RIGHT))
def test_a_cut_answer_is_no_answer(length: int) -> None:
    try:
        answer_to_read(RIGHT[:length])
    except ConnectionLost as lost:
        assert "closed the connection" in str(lost)
        return
    raise AssertionError("believed a cut answer")


@given(st.binary(max_size=60).filter(lambda raw: not raw.startswith(RIGHT)))
@settings(deadline=None, max_examples=60)
def test_any_other_bytes_are_refused(answer: bytes) -> None:
    try:
        data = answer_to_read(answer)
    except (ConnectionLost, WrongReply, DeviceException):
        return
    raise AssertionError(f"believed {data.hex(' ')}")
