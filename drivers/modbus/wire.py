"""Modbus on the wire: pymodbus's client, with every reply judged before pymodbus sees it.

pymodbus makes the requests, counts the transactions and keeps the connection. Its ``trace_packet`` is called with each
request as it is sent and with everything received since, so the bytes are judged there (:mod:`drivers.modbus.reply`,
:mod:`drivers.modbus.rtu`), and the request that waits ends there, with its data or with what is wrong. What else has to
be kept from the client, and why: ``.github/decisions/0008-modbus-client.md`` and ``0012-modbus-serial-and-formulas.md``.
"""

from __future__ import annotations

import abc
import asyncio
import struct
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.pdu import ModbusPDU

from drivers.connection import reason_of
from drivers.modbus.reply import ConnectionLost, DeviceException, WrongReply, answer_in

_UNIT_IN_TCP_FRAME = 6
FRAME_BYTES = 8  # of an answer without data, at most
_RECEIVE_LIMIT_BYTES = 1 << 20  # more than asyncio delivers at a time, so that no byte is dropped unseen
Send = Callable[[], Awaitable[ModbusPDU]]


class _TimeIsUp(Exception):
    """The request that waits has waited long enough."""


class _Answered:
    """Stands for a reply where pymodbus waits for one: the data are taken from the judged bytes."""

    __slots__ = ("dev_id", "retries", "transaction_id")

    def __init__(self, unit: int) -> None:
        self.dev_id = unit
        self.transaction_id = 0  # judged already
        self.retries = 0


class ModbusConnection(abc.ABC):
    """One connection, one request at a time. Not for use by two tasks at a time."""

    def __init__(self, make_client: Callable[..., AsyncModbusTcpClient | AsyncModbusSerialClient], timeout_s: float):
        options: dict[str, Any] = {
            "reconnect_delay": 0,  # the driver's loop connects again, with its own waits
            "retries": 0,
            # the time limit is ours: pymodbus's own goes through asyncio.wait_for, which on Python 3.11
            # loses a cancellation that meets an arriving reply
            "timeout": None,
            "trace_packet": self._trace_packet,
            "trace_connect": self._trace_connect,
        }
        self._timeout_s = timeout_s
        self._loop = asyncio.get_running_loop()
        self._watch: asyncio.TimerHandle | None = None
        self._expires_s = 0.0
        self._make_client = partial(make_client, **options)
        self._renew()
        self._request = b""  # the frame that waits for its answer
        self._received_bytes = 0  # of its answer
        self._answer = b""
        self._lost = ""

    def _renew(self) -> None:
        """A client of pymodbus that was not connected yet: one that was closed connects no more."""
        self._client = self._make_client()
        # what exceeds its limit pymodbus throws away unseen, and takes the next bytes for the beginning of a reply
        self._client.ctx.max_buffer_size = _RECEIVE_LIMIT_BYTES
        self._reads: dict[str, Callable[..., Awaitable[ModbusPDU]]] = {
            "coil": self._client.read_coils,
            "discrete": self._client.read_discrete_inputs,
            "holding": self._client.read_holding_registers,
            "input": self._client.read_input_registers,
        }

    async def read(self, unit: int, table: str, offset: int, count: int) -> bytes:
        """The raw data bytes of ``count`` registers (2 each) or bits (8 to a byte)."""
        send = lambda: self._reads[table](offset, count=count, device_id=unit)  # noqa: E731  (as short as the calls below)
        return await self._ask(unit, send, answer_bytes=FRAME_BYTES + 2 * count, again=True)

    async def write_coil(self, unit: int, offset: int, value: bool) -> None:
        await self._ask(unit, lambda: self._client.write_coil(offset, value, device_id=unit))

    async def write_registers(self, unit: int, offset: int, data: bytes) -> None:
        """Write whole registers: function 6 for one, 16 for several."""
        registers = list(struct.unpack(f">{len(data) // 2}H", data))
        if len(registers) == 1:
            await self._ask(unit, lambda: self._client.write_register(offset, registers[0], device_id=unit))
        else:
            await self._ask(unit, lambda: self._client.write_registers(offset, registers, device_id=unit))

    async def close(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        self._lose(ConnectionLost("the connection was closed"))
        # asyncio closes the socket in the loop's next round
        await asyncio.sleep(0)

    async def _ask(self, unit: int, send: Send, *, answer_bytes: int = FRAME_BYTES, again: bool = False) -> bytes:
        """The data bytes that answer a request; ``again``: it may be repeated. After ConnectionLost close."""
        if self._lost:
            raise ConnectionLost(self._lost)
        self._expires_s = self._loop.time() + self._timeout_s
        self._watch_time()
        try:
            await send()
        except _TimeIsUp:
            raise ConnectionLost(f"no whole answer within {self._timeout_s:g} s") from None
        finally:
            self._request = b""
        return self._answer

    def _watch_time(self) -> None:
        """Be woken when the request expires. One timer serves the requests of a whole ``timeout_s``."""
        if self._watch is not None:
            if self._watch.when() <= self._expires_s:
                return
            self._watch.cancel()
        self._watch = self._loop.call_at(self._expires_s, self._look_at_time)

    def _look_at_time(self) -> None:
        self._watch = None
        if self._request and self._loop.time() < self._expires_s:
            self._watch_time()
        else:
            self._end_wait(_TimeIsUp())

    def _trace_packet(self, sending: bool, packet: bytes) -> bytes:
        """Called by pymodbus: ``packet`` is the request sent, or all that was received since. Nothing received is passed on."""
        if sending:
            self._request, self._received_bytes = packet, 0
            return packet
        self._received_bytes = len(packet)
        try:
            answer = self._judge(packet)
        except ConnectionLost as lost:
            self._lose(lost)
        except (WrongReply, DeviceException) as fault:
            self._end_wait(fault)
        else:
            if answer is not None:
                self._answer = answer
                self._end_wait(None)
        return b""

    @abc.abstractmethod
    def _judge(self, received: bytes) -> bytes | None:
        """The data bytes of what answers the request; None while it is not whole.

        Raises what :mod:`drivers.modbus.reply` has for answers that are none.
        """

    def _trace_connect(self, connected: bool) -> None:
        """Called by pymodbus, also when the device closes the connection; pymodbus alone would wait for its timeout."""
        if not connected:
            part = f" after {self._received_bytes} bytes of an answer" if self._request and self._received_bytes else ""
            self._lose(ConnectionLost(f"{self._closed_by}{part}"))

    _closed_by = "the device closed the connection"

    def _lose(self, lost: ConnectionLost) -> None:
        self._lost = self._lost or str(lost)
        self._end_wait(lost)
        self._client.close()

    def _end_wait(self, fault: Exception | None) -> None:
        """End the request that waits, if any: answered, or with ``fault``."""
        request, self._request = self._request, b""
        future = self._client.ctx.response_future
        if not request or future.done():
            return
        if fault is None:
            future.set_result(_Answered(self._unit_of(request)))
        else:
            future.set_exception(fault)

    @abc.abstractmethod
    def _unit_of(self, request: bytes) -> int:
        """The unit that a request's frame is for."""


class TcpConnection(ModbusConnection):
    """A connection over TCP, opened again where the device hangs up between two requests.

    Many do: after every answer, or when nobody asked for a while. That is no loss as long as the next connection is there
    at once and answers.
    """

    def __init__(self, host: str, port: int, timeout_s: float) -> None:
        super().__init__(partial(AsyncModbusTcpClient, host, port=port), timeout_s)
        self._host, self._port = host, port
        self._answered = False
        self._hung_up = False

    @classmethod
    async def open(cls, host: str, port: int, timeout_s: float) -> TcpConnection:
        """Connect. Raises ConnectionLost."""
        connection = cls(host, port, timeout_s)
        await connection._connect()
        return connection

    async def _connect(self) -> None:
        place = f"{self._host}:{self._port}"
        try:
            async with asyncio.timeout(self._timeout_s):
                # what client.connect() calls; that one would tell the reason of a failure to its log only
                await self._client.ctx.call_create()
        except TimeoutError:
            raise ConnectionLost(f"no answer from {place} within {self._timeout_s:g} s") from None
        except OSError as error:
            raise ConnectionLost(f"no connection to {place}: {reason_of(error)}") from error

    async def close(self) -> None:
        self._hung_up = False
        await super().close()

    async def _ask(self, unit: int, send: Send, *, answer_bytes: int = FRAME_BYTES, again: bool = False) -> bytes:
        if self._hung_up:
            await self._connect_again()
        try:
            answer = await super()._ask(unit, send, answer_bytes=answer_bytes)
        except ConnectionLost:
            # it hung up while the request was on its way: a read may be sent twice
            if not (again and self._hung_up):
                raise
            await self._connect_again()
            answer = await super()._ask(unit, send, answer_bytes=answer_bytes)
        self._answered = True
        return answer

    async def _connect_again(self) -> None:
        """Raises ConnectionLost, then for good."""
        self._hung_up = self._answered = False
        self._renew()
        await self._connect()
        self._lost = ""

    def _trace_connect(self, connected: bool) -> None:
        # not when it did not answer even once: a device that only hangs up is none
        if not connected and not self._lost and self._answered and not (self._request and self._received_bytes):
            self._hung_up = True
        super()._trace_connect(connected)

    def _judge(self, received: bytes) -> bytes | None:
        if not self._request:
            raise ConnectionLost("the device sent what nobody had asked for")
        return answer_in(self._request, received)

    def _unit_of(self, request: bytes) -> int:
        return request[_UNIT_IN_TCP_FRAME]
