"""Modbus TCP on the wire: one request at a time, every byte of its reply checked.

pymodbus's client accepts short replies, long ones and replies of another function; once each byte is checked
here, the requests (five bytes) are all that is left for it to do, so the connection is our own. The tests run
against pymodbus's server. Frames: Modbus Messaging on TCP/IP Implementation Guide 1.0b, section 3.1.3;
functions: Modbus Application Protocol 1.1b3, section 6.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct

from drivers.connection import reason_of

_HEADER = struct.Struct(">HHHB")
_MAX_LENGTH = 254  # unit and PDU of 253 bytes
_EXCEPTION_BIT = 0x80
_READ_LIMIT_BYTES = 4096

READ_FUNCTIONS = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}
WRITE_COIL, WRITE_REGISTER, WRITE_REGISTERS = 5, 6, 16


class ConnectionLost(Exception):
    """The device is gone, silent, or its bytes are no Modbus frames.

    The connection cannot be used further.
    """


class WrongReply(Exception):
    """A whole frame that does not answer what was asked; the next one may. The text says what is wrong."""


class DeviceException(Exception):
    """The device refuses a request with an exception ``code`` (Application Protocol, section 7)."""

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


class ModbusConnection:
    """One TCP connection. Not for use by two tasks at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, timeout_s: float) -> None:
        self._reader = reader
        self._writer = writer
        self._timeout_s = timeout_s
        self._transaction = 0

    @classmethod
    async def open(cls, host: str, port: int, timeout_s: float) -> ModbusConnection:
        """Connect. Raises ConnectionLost."""
        try:
            async with asyncio.timeout(timeout_s):
                reader, writer = await asyncio.open_connection(host, port, limit=_READ_LIMIT_BYTES)
        except TimeoutError:
            raise ConnectionLost(f"no answer from {host}:{port} within {timeout_s:g} s") from None
        except OSError as error:
            raise ConnectionLost(f"no connection to {host}:{port}: {reason_of(error)}") from error
        return cls(reader, writer, timeout_s)

    async def read(self, unit: int, table: str, offset: int, count: int) -> bytes:
        """The raw data bytes of ``count`` registers (2 each) or bits (8 to a byte)."""
        function = READ_FUNCTIONS[table]
        length = (count + 7) // 8 if table in ("coil", "discrete") else 2 * count
        reply = await self._ask(unit, struct.pack(">BHH", function, offset, count))
        if len(reply) < 2 or reply[1] != length or len(reply) != 2 + length:
            announced = f"announces {reply[1]}" if len(reply) > 1 else "announces no"
            raise WrongReply(f"asked for {length} data bytes, the reply {announced} and has {max(len(reply) - 2, 0)}")
        return reply[2:]

    async def write_coil(self, unit: int, offset: int, value: bool) -> None:
        await self._write(unit, struct.pack(">BHH", WRITE_COIL, offset, 0xFF00 if value else 0), echoed=5)

    async def write_registers(self, unit: int, offset: int, data: bytes) -> None:
        """Write whole registers: function 6 for one, 16 for several."""
        if len(data) == 2:
            await self._write(unit, struct.pack(">BH", WRITE_REGISTER, offset) + data, echoed=5)
            return
        head = struct.pack(">BHHB", WRITE_REGISTERS, offset, len(data) // 2, len(data))
        await self._write(unit, head + data, echoed=5)

    async def _write(self, unit: int, request: bytes, echoed: int) -> None:
        reply = await self._ask(unit, request)
        if reply != request[:echoed]:
            raise WrongReply(f"the write was confirmed with {reply.hex(' ')} instead of {request[:echoed].hex(' ')}")

    async def _ask(self, unit: int, request: bytes) -> bytes:
        """Send a PDU, return the reply's PDU. After ConnectionLost the connection must be closed."""
        self._transaction = self._transaction % 0xFFFF + 1
        try:
            async with asyncio.timeout(self._timeout_s):
                self._writer.write(_HEADER.pack(self._transaction, 0, len(request) + 1, unit) + request)
                await self._writer.drain()
                answered_unit, reply = await self._receive()
        except TimeoutError:
            raise ConnectionLost(f"no whole answer within {self._timeout_s:g} s") from None
        except asyncio.IncompleteReadError as error:
            part = f" after {len(error.partial)} bytes of an answer" if error.partial else ""
            raise ConnectionLost(f"the device closed the connection{part}") from None
        except OSError as error:
            raise ConnectionLost(f"the connection broke: {reason_of(error)}") from error
        return _checked(unit, request[0], answered_unit, reply)

    async def _receive(self) -> tuple[int, bytes]:
        transaction, protocol, length, unit = _HEADER.unpack(await self._reader.readexactly(_HEADER.size))
        if protocol != 0 or not 2 <= length <= _MAX_LENGTH:
            raise ConnectionLost(f"the answer is no Modbus frame (protocol {protocol}, length {length})")
        reply = await self._reader.readexactly(length - 1)
        if transaction != self._transaction:
            raise ConnectionLost(f"answer {transaction} came where {self._transaction} was asked")
        return unit, reply

    async def close(self) -> None:
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()


def _checked(unit: int, function: int, answered_unit: int, reply: bytes) -> bytes:
    """Refuse a reply of another unit or function; raises DeviceException for a well-formed refusal."""
    if answered_unit != unit:
        raise WrongReply(f"unit {answered_unit} answered where unit {unit} was asked")
    if reply[0] == function | _EXCEPTION_BIT and len(reply) == 2:
        raise DeviceException(reply[1])
    if reply[0] != function:
        raise WrongReply(f"function {reply[0]} answered where {function} was asked")
    return reply
