"""A Modbus server that answers wrongly, in a way that can be chosen and changed while it runs."""

from __future__ import annotations

import asyncio
import contextlib
import random
import struct
from collections.abc import AsyncIterator, Callable

# A fault gets (transaction, unit, function, count) and returns the bytes to send; None closes the connection.
Fault = Callable[[int, int, int, int], bytes | None]

GOOD_VALUE = 0x4148  # 12.5 as float32, big word order: 0x41480000
WRONG_VALUE = 0xDEAD


def frame(transaction: int, unit: int, pdu: bytes, protocol: int = 0, length: int | None = None) -> bytes:
    return struct.pack(">HHHB", transaction, protocol, len(pdu) + 1 if length is None else length, unit) + pdu


def registers(count: int, first: int = GOOD_VALUE) -> bytes:
    return struct.pack(f">{count}H", first, *[0] * (count - 1))


def right(transaction: int, unit: int, function: int, count: int) -> bytes:
    data = registers(count)
    return frame(transaction, unit, bytes([function, len(data)]) + data)


def _wrong(count: int) -> bytes:
    return registers(count, WRONG_VALUE)


def short(transaction: int, unit: int, function: int, count: int) -> bytes:
    data = _wrong(1)
    return frame(transaction, unit, bytes([function, len(data)]) + data)


def long(transaction: int, unit: int, function: int, count: int) -> bytes:
    data = _wrong(count + 2)
    return frame(transaction, unit, bytes([function, len(data)]) + data)


def lying_count(transaction: int, unit: int, function: int, count: int) -> bytes:
    return frame(transaction, unit, bytes([function, 2 * count]) + _wrong(count + 1))


def wrong_function(transaction: int, unit: int, function: int, count: int) -> bytes:
    data = _wrong(count)
    return frame(transaction, unit, bytes([function ^ 7, len(data)]) + data)


def wrong_unit(transaction: int, unit: int, function: int, count: int) -> bytes:
    data = _wrong(count)
    return frame(transaction, unit + 1, bytes([function, len(data)]) + data)


def wrong_transaction(transaction: int, unit: int, function: int, count: int) -> bytes:
    data = _wrong(count)
    return frame(transaction + 1, unit, bytes([function, len(data)]) + data)


def zero_transaction(transaction: int, unit: int, function: int, count: int) -> bytes:
    data = _wrong(count)
    return frame(0, unit, bytes([function, len(data)]) + data)


def wrong_protocol(transaction: int, unit: int, function: int, count: int) -> bytes:
    data = _wrong(count)
    return frame(transaction, unit, bytes([function, len(data)]) + data, protocol=7)


def half_frame(transaction: int, unit: int, function: int, count: int) -> bytes:
    return right(transaction, unit, function, count)[:9]


def huge_length(transaction: int, unit: int, function: int, count: int) -> bytes:
    return frame(transaction, unit, bytes([function, 250]) + _wrong(125), length=0xFFFF)


def zero_length(transaction: int, unit: int, function: int, count: int) -> bytes:
    return frame(transaction, unit, b"", length=0) + b"\0" * 20


def random_bytes(transaction: int, unit: int, function: int, count: int) -> bytes:
    return random.Random(transaction).randbytes(300)


def flood(transaction: int, unit: int, function: int, count: int) -> bytes:
    return random.Random(transaction).randbytes(4_000_000)


def truncated_exception(transaction: int, unit: int, function: int, count: int) -> bytes:
    return frame(transaction, unit, bytes([function | 0x80]))


def silence(transaction: int, unit: int, function: int, count: int) -> bytes:
    return b""


def closing(transaction: int, unit: int, function: int, count: int) -> None:
    return None


FAULTS: tuple[Fault, ...] = (
    short,
    long,
    lying_count,
    wrong_function,
    wrong_unit,
    wrong_transaction,
    zero_transaction,
    wrong_protocol,
    half_frame,
    huge_length,
    zero_length,
    random_bytes,
    flood,
    truncated_exception,
    silence,
    closing,
)


class GarbageServer:
    """Answers every request with ``fault``, after ``delay_s``; ``right`` is the honest one. ``hangs_up``: after each answer."""

    def __init__(self) -> None:
        self.fault: Fault = right
        self.delay_s = 0.0
        self.hangs_up = False
        self.port = 0
        self.requests = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while True:
                header = await reader.readexactly(7)
                transaction, _, length, unit = struct.unpack(">HHHB", header)
                function, _, count = struct.unpack(">BHH", await reader.readexactly(length - 1))
                self.requests += 1
                answer = self.fault(transaction, unit, function, count)
                if answer is None:
                    return
                await asyncio.sleep(self.delay_s)
                writer.write(answer)
                await writer.drain()
                if self.hangs_up:
                    return
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self._writers.discard(writer)
            writer.close()

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()


@contextlib.asynccontextmanager
async def garbage_server() -> AsyncIterator[GarbageServer]:
    server = GarbageServer()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
