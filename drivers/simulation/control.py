"""The plant's control channel: one JSON command per line over TCP, one JSON answer per line.

    {"press": "start", "peak_kn": 14.86}          begin a cycle; peak_kn decides its peak force
    {"press": "auto", "on": true}                 begin cycles by itself
    {"bench": "run", "on": true}                  run or stop the test bench
    {"mill": "restart"}                           a new instance; also skip (count), unavailable (on), condition (level)
    {"gauge": "press key", "value": "12.345"}     send a reading; also value, error (error), continuous (on)
    {"scanner": "scan", "text": "GX40-000127"}    read a code
    {"set": "camera.serial", "value": "GX40-000127"}
    {"fault": "device gone", "device": "press", "on": true}      press, bench, camera, mill, gauge or scanner
    {"fault": "value frozen", "device": "bench", "on": true}     the same
    {"fault": "part missing", "on": true}         also blurred, dark
    {"show": "state"}                             what is set, for a script

The answer is ``{"ok": true, ...}`` or ``{"ok": false, "error": "what is wrong; allowed: ..."}``.
"""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable, Mapping
from types import TracebackType
from typing import Any, Self

MAX_LINE_BYTES = 64 * 1024
_TIMEOUT_S = 10.0

Command = Mapping[str, Any]
Obey = Callable[[Command], Awaitable[dict[str, Any]]]


class CommandError(ValueError):
    """A command that the plant does not know; the text names what is allowed."""


class ControlServer:
    """Answers command lines on loopback with what ``obey`` returns."""

    def __init__(self, obey: Obey, host: str = "127.0.0.1", port: int = 0) -> None:
        self._obey = obey
        self._host = host
        self.port = port
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._converse, self._host, self.port, limit=MAX_LINE_BYTES)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            while line := await reader.readline():
                writer.write(json.dumps(await self._answer(line)).encode("utf-8") + b"\n")
                await writer.drain()
        except (ConnectionError, ValueError):
            # the caller went away, or sent a line without an end: nothing to answer
            return
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            command = json.loads(line)
        except ValueError as error:
            return {"ok": False, "error": f"not JSON: {error}; allowed: one JSON object per line"}
        if not isinstance(command, dict):
            return {"ok": False, "error": "not a JSON object; allowed: one JSON object per line"}
        try:
            return {"ok": True, **await self._obey(command)}
        except CommandError as error:
            return {"ok": False, "error": str(error)}

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for writer in list(self._writers):
                writer.close()
            await self._server.wait_closed()
            self._server = None


class PlantControl:
    """A script's side of the channel. Every method raises CommandError when the plant refuses."""

    def __init__(self, host: str, port: int) -> None:
        self._socket = socket.create_connection((host, port), timeout=_TIMEOUT_S)
        self._lines = self._socket.makefile("rb")

    def command(self, **command: Any) -> dict[str, Any]:
        """Send one command; returns the plant's answer. Raises ConnectionError when the plant is gone."""
        self._socket.sendall(json.dumps(command).encode("utf-8") + b"\n")
        line = self._lines.readline()
        if not line:
            raise ConnectionError("the plant closed its control channel")
        answer: dict[str, Any] = json.loads(line)
        if not answer["ok"]:
            raise CommandError(str(answer["error"]))
        return answer

    def press_start(self, peak_kn: float | None = None) -> None:
        """Begin a press cycle, with this peak force if one is given."""
        self.command(press="start", **({} if peak_kn is None else {"peak_kn": peak_kn}))

    def press_auto(self, on: bool) -> None:
        self.command(press="auto", on=on)

    def bench_run(self, on: bool) -> None:
        self.command(bench="run", on=on)

    def set_serial(self, serial: str) -> None:
        """Show this serial on the unit under the camera."""
        self.command(set="camera.serial", value=serial)

    def fault(self, name: str, on: bool, device: str = "") -> None:
        """Switch a fault on or off; ``device`` for "device gone" and "value frozen"."""
        self.command(fault=name, on=on, **({"device": device} if device else {}))

    def close(self) -> None:
        self._lines.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
