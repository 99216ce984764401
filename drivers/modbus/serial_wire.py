"""Modbus RTU on a serial line: several units share it, it is noisy, and no answer says which request it belongs to.

What that asks for, beyond judging every frame (:mod:`drivers.modbus.rtu`):

- Between two frames the line is quiet for 3.5 characters, at least 1.75 ms (Modbus over Serial Line 1.02, 2.5.1.1).
- What arrives while nothing is asked is noise or a late answer: it is thrown away.
- An answer that arrives damaged is asked for once more, after the line has been quiet; a write never is.
- A silent unit is nobody else's fault: :class:`NoAnswer` concerns that unit, not the line. It is not asked again for
  ``LATE_S``, so that an answer up to that much too late is recognised as such and never taken for the next one's.
"""

from __future__ import annotations

import asyncio
from functools import partial

from pymodbus.client import AsyncModbusSerialClient

from drivers.connection import reason_of
from drivers.modbus.reply import ConnectionLost, NoAnswer, WrongReply
from drivers.modbus.rtu import LONGEST_FRAME, READS, SHORTEST_FRAME, answer_in_frame, frame_in, is_whole
from drivers.modbus.wire import FRAME_BYTES, ModbusConnection, Send
from drivers.serial_line import SerialLine

LATE_S = 2.0
LONGEST_WAIT_S = 0.8  # two units that fall silent together are both Bad within 2 s
_QUIET_CHARACTERS = 3.5
_SHORTEST_QUIET_S = 0.00175
_PAUSE_S = 0.1  # adapters hand on what they received in portions, some every 16 ms
_NOISE_LIMIT_BYTES = 2 * LONGEST_FRAME


class _Damaged(WrongReply):
    """Bytes that may have been the answer."""


class SerialConnection(ModbusConnection):
    """A serial port, and the units on its line."""

    _closed_by = "the serial port is gone"

    def __init__(self, line: SerialLine, timeout_s: float) -> None:
        stop_bits, parity = line.stop_bits, line.parity[0].upper()
        super().__init__(
            partial(AsyncModbusSerialClient, line.port, baudrate=line.baud, parity=parity, stopbits=stop_bits),
            timeout_s,
        )
        self._line = line
        self._device_s = min(timeout_s, LONGEST_WAIT_S)
        self._quiet_s = max(_QUIET_CHARACTERS * line.character_s, _SHORTEST_QUIET_S)
        self._heard_s = self._loop.time()  # when the last byte was received or sent
        self._rests: dict[int, float] = {}  # until when a silent unit is not asked
        self._pause_first = False
        self._pause: asyncio.TimerHandle | None = None
        self._received = b""

    @classmethod
    async def open(cls, line: SerialLine, timeout_s: float) -> SerialConnection:
        """Open the port, for ourselves alone. Raises ConnectionLost."""
        connection = cls(line, timeout_s)
        ctx = connection._client.ctx
        try:
            ctx.transport, _ = await ctx.call_create()
        except (OSError, ValueError) as error:  # ValueError: settings that the port's driver does not have
            reason = reason_of(error) if isinstance(error, OSError) else str(error)
            raise ConnectionLost(f"no connection to {line.port}: {reason}") from error
        try:
            await asyncio.sleep(0)
        finally:  # pymodbus begins to listen in the loop's next rounds, and cannot be closed before
            await asyncio.sleep(0)
        return connection

    async def close(self) -> None:
        self._stop_pause()
        await super().close()

    async def _ask(self, unit: int, send: Send, *, answer_bytes: int = FRAME_BYTES, again: bool = False) -> bytes:
        """As on TCP; further raises NoAnswer for a unit that is silent."""
        # what is on the way takes its time, beside the device: at 1,200 baud 9 ms a byte
        self._timeout_s = self._device_s + 2 * answer_bytes * self._line.character_s
        rest_s = self._rests.get(unit, 0.0) - self._loop.time()
        if rest_s > 0:
            raise NoAnswer(f"unit {unit} did not answer a moment ago", 0.0, rest_s)
        await self._wait_for_quiet()
        try:
            return await self._ask_once(unit, send)
        except _Damaged:
            # the whole answer may still come, behind what was taken for it: after a pause it is not taken for the next
            self._pause_first = True
            if not again:
                raise
        await self._wait_for_quiet()
        self._pause_first = True
        return await self._ask_once(unit, send)

    async def _ask_once(self, unit: int, send: Send) -> bytes:
        self._rests[unit] = self._loop.time() + self._timeout_s + LATE_S  # also when this is cancelled
        self._received = b""
        try:
            answer = await super()._ask(unit, send)
        except ConnectionLost:
            if self._lost:
                raise
            heard = f" ({len(self._received)} bytes came that are none)" if self._received else ""
            reason = f"no answer from unit {unit} within {self._timeout_s:.2g} s{heard}"
            raise NoAnswer(reason, self._timeout_s, self._rests[unit] - self._loop.time()) from None
        except Exception:  # it answered, although not with what was asked for
            del self._rests[unit]
            raise
        finally:
            self._stop_pause()
            self._heard_s = self._loop.time()
        del self._rests[unit]
        return answer

    def _unit_of(self, request: bytes) -> int:
        return request[0]

    def _judge(self, received: bytes) -> bytes | None:
        self._heard_s = self._loop.time()
        if not self._request:
            return None
        self._stop_pause()
        received = self._without_echo(received)
        self._received = received
        try:
            frame = frame_in(self._request, received)
        except WrongReply as wrong:  # noise behind an answer: which of the two is the answer cannot be told
            raise _Damaged(str(wrong)) from None
        if frame is not None:
            return answer_in_frame(self._request, frame)
        if len(received) > _NOISE_LIMIT_BYTES:
            raise _Damaged(f"{len(received)} bytes of noise")
        if len(received) >= SHORTEST_FRAME and not is_whole(received):  # whole: another unit's, ours may still come
            self._pause = self._loop.call_later(_PAUSE_S, self._judge_pause)
        return None

    def _judge_pause(self) -> None:
        """Nothing more came: what came was the answer, and is damaged."""
        shown = self._received[:16].hex(" ") + (" …" if len(self._received) > 16 else "")
        self._end_wait(_Damaged(f"{len(self._received)} bytes that are no frame: {shown}"))

    def _without_echo(self, received: bytes) -> bytes:
        """What the device sent: an adapter that hears itself puts the request in front, exactly as it was sent."""
        if not self._line.echo:
            if self._request[1] in READS and received.startswith(self._request):
                raise WrongReply("the adapter hears what it sends itself: set echo = true")
            return received
        echo, rest = received[: len(self._request)], received[len(self._request) :]
        if not self._request.startswith(echo):
            raise _Damaged(
                "the adapter does not hear what it sends itself: set echo = false, or two are sending at once"
            )
        return rest

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    async def _wait_for_quiet(self) -> None:
        """Wait until the line may be used. Raises WrongReply when it does not fall silent."""
        quiet_s = _PAUSE_S if self._pause_first else self._quiet_s
        until_s = self._loop.time() + self._timeout_s
        while (wait_s := self._heard_s + quiet_s - self._loop.time()) > 0:
            if self._loop.time() > until_s:
                raise WrongReply("the line is never quiet")
            await asyncio.sleep(wait_s)
        self._pause_first = False
