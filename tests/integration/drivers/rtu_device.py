"""RTU devices for tests: pymodbus's serial server, and one that answers wrongly in a way that can be chosen."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import struct
from collections.abc import AsyncIterator, Callable

from pymodbus.framer import FramerType
from pymodbus.server import ModbusSerialServer
from pymodbus.simulator import DataType, SimData, SimDevice

from drivers.modbus.rtu import crc
from tests.integration.drivers.pty_line import PtyLine

RIGHT_VALUE = 0x4148  # 12.5 as float32
WRONG_VALUE = 0xDEAD
Fault = Callable[[bytes], bytes]


def frame(unit: int, pdu: bytes) -> bytes:
    return bytes([unit]) + pdu + crc(bytes([unit]) + pdu)


def _reply(
    request: bytes, value: int, *, unit: int = 0, function: int = 0, count: int = 0, announced: int = 0
) -> bytes:
    wanted = count or struct.unpack_from(">H", request, 4)[0]
    data = struct.pack(f">{wanted}H", value, *[0] * (wanted - 1))
    return frame(unit or request[0], bytes([function or request[1], announced or len(data)]) + data)


def right(request: bytes) -> bytes:
    return _reply(request, RIGHT_VALUE)


def other_unit(request: bytes) -> bytes:
    return _reply(request, WRONG_VALUE, unit=request[0] + 1)


def other_function(request: bytes) -> bytes:
    return _reply(request, WRONG_VALUE, function=request[1] ^ 7)


def too_short(request: bytes) -> bytes:
    return _reply(request, WRONG_VALUE, count=1)


def too_long(request: bytes) -> bytes:
    return _reply(request, WRONG_VALUE, count=9)


def lying_count(request: bytes) -> bytes:
    return _reply(request, WRONG_VALUE, announced=8)


def wrong_crc(request: bytes) -> bytes:
    whole = bytearray(_reply(request, WRONG_VALUE))
    whole[-1] ^= 1
    return bytes(whole)


def one_bit_changed(request: bytes) -> bytes:
    whole = bytearray(right(request))
    whole[4] ^= 0x10
    return bytes(whole)


def half_frame(request: bytes) -> bytes:
    return right(request)[:-4]


def behind_the_answer(request: bytes) -> bytes:
    return _reply(request, WRONG_VALUE) + b"\xff\xff"


def twice(request: bytes) -> bytes:
    return _reply(request, WRONG_VALUE) * 2


def echo_only(request: bytes) -> bytes:
    return request


def random_bytes(request: bytes) -> bytes:
    return random.Random(request).randbytes(200)


def flood(request: bytes) -> bytes:
    return random.Random(request).randbytes(3000)


def truncated_exception(request: bytes) -> bytes:
    return frame(request[0], bytes([request[1] | 0x80]))


def silence(request: bytes) -> bytes:
    return b""


FAULTS: tuple[Fault, ...] = (
    other_unit, other_function, too_short, too_long, lying_count, wrong_crc, one_bit_changed, half_frame,
    behind_the_answer, twice, echo_only, random_bytes, flood, truncated_exception, silence,
)  # fmt: skip


class RtuDevice:
    """Answers every read with ``fault`` after ``delay_s``, on the device's end of the line."""

    def __init__(self, line: PtyLine) -> None:
        self.fault: Fault = right
        self.delay_s = 0.0
        self.requests: list[bytes] = []
        self.answered = 0
        self._port = os.open(line.device_port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        self._received = b""
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._port, self._read)
        self._waiting: list[asyncio.TimerHandle] = []

    def _read(self) -> None:
        self._received += os.read(self._port, 256)
        while len(self._received) >= 8:
            request, self._received = self._received[:8], self._received[8:]
            self.requests.append(request)
            self._waiting.append(self._loop.call_later(self.delay_s, self._answer, request, self.fault))

    def _answer(self, request: bytes, fault: Fault) -> None:
        with contextlib.suppress(BlockingIOError):
            os.write(self._port, fault(request))
        self.answered += 1

    def close(self) -> None:
        for handle in self._waiting:
            handle.cancel()
        self._loop.remove_reader(self._port)
        os.close(self._port)


@contextlib.asynccontextmanager
async def rtu_device(line: PtyLine) -> AsyncIterator[RtuDevice]:
    device = RtuDevice(line)
    try:
        yield device
    finally:
        device.close()


def _unit(unit: int) -> SimDevice:
    registers = list(struct.unpack(">4H", struct.pack(">ff", 12.5 * unit, -1.0)))
    return SimDevice(
        id=unit,
        simdata=(
            [SimData(0, values=[False] * 16, datatype=DataType.BITS)],
            [SimData(0, values=[True, False] * 8, datatype=DataType.BITS, readonly=True)],
            [SimData(0, values=[*registers, *range(60)], datatype=DataType.REGISTERS)],
            [SimData(0, values=registers, datatype=DataType.REGISTERS, readonly=True)],
        ),
    )


@contextlib.asynccontextmanager
async def rtu_server(line: PtyLine, units: tuple[int, ...] = (1, 2)) -> AsyncIterator[None]:
    """pymodbus's RTU server with these units: float32 at holding and input 0 and 2, words from holding/4 on."""
    server = ModbusSerialServer(
        [_unit(unit) for unit in units], framer=FramerType.RTU, port=line.device_port, baudrate=19200, parity="N"
    )
    await server.serve_forever(background=True)
    try:
        yield
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]  # pymodbus has no annotation here
