"""pymodbus's client as it is used here believes no byte that was not judged, loses no cancellation, and is silent."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.modbus.reply import ConnectionLost, DeviceException, WrongReply
from drivers.modbus.wire import TcpConnection

UNIT, COUNT = 3, 2
DATA = b"\x41\x48\x00\x00"
REPLY = bytes([3, len(DATA)]) + DATA
RIGHT = struct.pack(">HHHB", 1, 0, 1 + len(REPLY), UNIT) + REPLY
REFUSALS = (ConnectionLost, WrongReply, DeviceException)

# A device is given the bytes of a request, and the connection to answer it on.
Device = Callable[[bytes, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def connected(device: Device, timeout_s: float = 2.0) -> AsyncIterator[TcpConnection]:
    """A connection to a device on a real socket."""

    ended: list[asyncio.Event] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ended.append(asyncio.Event())
        try:
            while not writer.is_closing():
                header = await reader.readexactly(6)
                await device(header + await reader.readexactly(header[5]), reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            ended[-1].set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    connection = await TcpConnection.open("127.0.0.1", server.sockets[0].getsockname()[1], timeout_s)
    try:
        yield connection
    finally:
        await connection.close()
        server.close()
        async with asyncio.timeout(5.0):
            while not ended:
                await asyncio.sleep(0)
            await ended[0].wait()


def answering(reply: bytes) -> Device:
    """Answers every request with this PDU, in the right frame."""

    async def device(request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(request[:4] + struct.pack(">HB", len(reply) + 1, request[6]) + reply)

    return device


def sending(answer: bytes) -> Device:
    """Sends these bytes once and closes."""

    async def device(request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(answer)
        writer.close()

    return device


def answer_to_read(answer: bytes) -> bytes:
    """What ``read`` makes of these bytes as the answer to its first request (transaction 1)."""

    async def ask() -> bytes:
        async with connected(sending(answer)) as connection:
            return await connection.read(UNIT, "holding", 100, COUNT)

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
    except REFUSALS:
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
    except REFUSALS:
        return
    raise AssertionError(f"believed {data.hex(' ')}")


@pytest.mark.parametrize(("table", "function"), [("coil", 1), ("discrete", 2), ("holding", 3), ("input", 4)])
@pytest.mark.parametrize("count", [1, 8, 120])
def test_every_table_is_read(table: str, function: int, count: int) -> None:
    length = (count + 7) // 8 if function < 3 else 2 * count
    data = bytes(index % 251 for index in range(length))

    async def scenario() -> None:
        async with connected(answering(bytes([function, length]) + data)) as connection:
            for _ in range(3):
                assert await connection.read(UNIT, table, 65000, count) == data

    asyncio.run(scenario())


def test_writes_say_what_they_were_told() -> None:
    asked: list[bytes] = []

    async def device(request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(request[6:])
        writer.write(request[:4] + b"\0\6" + request[6:12])

    async def scenario() -> None:
        async with connected(device) as connection:
            await connection.write_coil(UNIT, 12, True)
            await connection.write_coil(UNIT, 12, False)
            await connection.write_registers(UNIT, 12, b"\x04\xb0")
            await connection.write_registers(UNIT, 12, DATA)

    asyncio.run(scenario())
    assert [request.hex(" ") for request in asked] == [
        "03 05 00 0c ff 00",
        "03 05 00 0c 00 00",
        "03 06 00 0c 04 b0",
        "03 10 00 0c 00 02 04 41 48 00 00",
    ]


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (REPLY[:-1], WrongReply),
        (b"\x04" + REPLY[1:], WrongReply),
        (b"\x63" + REPLY[1:], WrongReply),  # a function that does not exist: pymodbus's decoder raises
        (b"\x83", WrongReply),  # an exception without its code: pymodbus waits for ever
        (b"\x83\x02", DeviceException),
    ],
)
def test_after_one_wrong_reply_the_next_may_be_right(reply: bytes, kind: type[Exception]) -> None:
    answers = iter([answering(reply), answering(REPLY)] * 3)

    async def device(request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await next(answers)(request, reader, writer)

    async def scenario() -> None:
        async with connected(device) as connection:
            for _ in range(3):
                with pytest.raises(kind):
                    await connection.read(UNIT, "holding", 100, COUNT)
                assert await connection.read(UNIT, "holding", 100, COUNT) == DATA

    asyncio.run(scenario())


def test_a_right_answer_behind_garbage_is_not_believed() -> None:
    """pymodbus throws away what is longer than a frame, and would start anew with the next bytes."""

    async def device(request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\0" * 300)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.3):
                await reader.read(1)
        writer.write(RIGHT)

    async def scenario() -> None:
        async with connected(device) as connection:
            with pytest.raises(ConnectionLost, match="no Modbus frame"):
                await connection.read(UNIT, "holding", 100, COUNT)

    asyncio.run(scenario())


@pytest.mark.parametrize("size", [1, len(RIGHT), 3_000_000])
def test_a_device_that_speaks_unasked_is_hung_up_on(size: int) -> None:
    hung_up = asyncio.Event()

    async def device(request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(REPLY)(request, reader, writer)
        await spoke.wait()
        writer.write((RIGHT * (size // len(RIGHT) + 1))[:size])
        with contextlib.suppress(OSError):
            await reader.read(1)
        hung_up.set()

    spoke = asyncio.Event()

    async def scenario() -> None:
        async with connected(device) as connection:
            assert await connection.read(UNIT, "holding", 100, COUNT) == DATA
            spoke.set()
            await asyncio.wait_for(hung_up.wait(), 2.0)
            with pytest.raises(ConnectionLost, match="nobody had asked for"):
                await connection.read(UNIT, "holding", 100, COUNT)

    asyncio.run(scenario())


def test_a_cancellation_is_never_lost_to_an_arriving_reply() -> None:
    """Cancelled after each possible number of the loop's rounds, until the reply is faster."""

    async def cancelled_after(rounds: int) -> bool:
        async with connected(answering(REPLY)) as connection:
            task = asyncio.create_task(connection.read(UNIT, "holding", 100, COUNT))
            for _ in range(rounds):
                await asyncio.sleep(0)
            in_time = task.cancel()
            (outcome,) = await asyncio.gather(task, return_exceptions=True)
            assert isinstance(outcome, asyncio.CancelledError) is in_time, (rounds, outcome)
            return in_time

    async def scenario() -> None:
        rounds = 0
        while await cancelled_after(rounds):
            rounds += 1
        assert rounds > 3

    asyncio.run(scenario())


def test_closing_ends_the_request_that_waits() -> None:
    async def silent(request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read(1)

    asked = asyncio.Event()

    async def scenario() -> None:
        async with connected(silent, timeout_s=60.0) as connection:
            task = asyncio.create_task(connection.read(UNIT, "holding", 100, COUNT))
            await asked.wait()
            await connection.close()
            with pytest.raises(ConnectionLost, match="was closed"):
                await asyncio.wait_for(task, 2.0)

    asyncio.run(scenario())


def test_the_library_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    """The driver says what is wrong, once; at no level above DEBUG does pymodbus say it again."""

    async def silent(request: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)

    async def scenario() -> None:
        for device in (silent, sending(b""), sending(RIGHT + RIGHT), sending(b"\xff" * 400), answering(b"\x63")):
            async with connected(device, timeout_s=0.1) as connection:
                with pytest.raises(REFUSALS):
                    await connection.read(UNIT, "holding", 100, COUNT)
        with socket.socket() as unheard:
            unheard.bind(("127.0.0.1", 0))
            port = unheard.getsockname()[1]
            with pytest.raises(ConnectionLost, match=r"^no (connection to|answer from) 127.0.0.1:\d+"):
                await TcpConnection.open("127.0.0.1", port, 2.0)

    level = logging.getLogger("pymodbus").level
    with caplog.at_level(logging.INFO), caplog.at_level(logging.INFO, "pymodbus"):
        asyncio.run(scenario())
    assert caplog.records == []
    assert logging.getLogger("pymodbus").level == level
