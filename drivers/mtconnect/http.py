"""HTTP/1.1 as an MTConnect agent speaks it: one GET a connection, a body that may be chunked, parts that never end.

Only what is needed, and bounded in every direction: the length of a line, the number of headers, the size of a chunk. All
faults are :class:`AgentLost` with a sentence; times are limited by the caller. Standard library only.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from email.message import Message
from types import TracebackType
from typing import Self

from drivers.connection import reason_of

MAX_LINE_BYTES = 8192
MAX_HEADER_LINES = 100
MAX_PART_BYTES = 16 * 1024 * 1024
_PIECE_BYTES = 64 * 1024
_MULTIPART = "multipart/x-mixed-replace"


class AgentLost(Exception):
    """The agent cannot be spoken to any more on this connection; the text is for a person."""


class AgentEnded(AgentLost):
    """The agent, or something on the way to it, ended a stream between two parts: nothing is broken."""


class Pieces:
    """Bytes that come in pieces of any size, taken by line or by number. ``more`` gives b"" at the end."""

    def __init__(self, more: Callable[[], Awaitable[bytes]]) -> None:
        self._more = more
        self._held = bytearray()

    async def line(self) -> bytes:
        """The next line with its end; the rest without one when the bytes end. Raises AgentLost for an endless one."""
        searched = 0
        while (end := self._held.find(b"\n", searched)) < 0:
            searched = len(self._held)
            if searched > MAX_LINE_BYTES:
                raise AgentLost("the agent's answer is no HTTP: a line does not end")
            piece = await self._more()
            if not piece:
                return self._take(len(self._held))
            self._held += piece
        if end > MAX_LINE_BYTES:
            raise AgentLost("the agent's answer is no HTTP: a line does not end")
        return self._take(end + 1)

    async def some(self, limit: int) -> bytes:
        """At least one byte and at most ``limit``; b"" when the bytes end."""
        if not self._held:
            self._held += await self._more()
        return self._take(min(limit, len(self._held)))

    def give_back(self, content: bytes) -> None:
        """Bytes that were taken and belong to what comes next."""
        self._held[:0] = content

    def _take(self, count: int) -> bytes:
        taken = bytes(self._held[:count])
        del self._held[:count]
        return taken


class Response:
    """The answer to one GET: its status, its headers, and its body piece by piece. Use it with ``async with``."""

    def __init__(self, status: int, reason: str, headers: Message, wire: Pieces, writer: asyncio.StreamWriter) -> None:
        self.status = status
        self.reason = reason
        self.headers = headers
        self._wire = wire
        self._writer = writer
        self._chunked = "chunked" in headers.get("transfer-encoding", "").lower()
        length = headers.get("content-length", "").strip()
        if not self._chunked and length and not length.isdecimal():
            raise AgentLost("the agent's answer is no HTTP: its length is no number")
        self._left = int(length) if length and not self._chunked else None
        self._chunk_left = 0
        self._ended = False

    @property
    def boundary(self) -> bytes | None:
        """What stands between the parts of an answer in parts; None for an answer that is one document."""
        if self.headers.get_content_type() != _MULTIPART:
            return None
        boundary = self.headers.get_param("boundary")
        if not isinstance(boundary, str) or not boundary:
            raise AgentLost("the agent's stream names no boundary between its parts")
        return boundary.removeprefix("--").encode("latin-1", "replace")

    async def read(self) -> bytes:
        """The next piece of the body; b"" at its end. Raises AgentLost when it ends too early."""
        if self._ended or self._left == 0:
            return b""
        if self._chunked:
            return await self._read_chunked()
        piece = await self._wire.some(_PIECE_BYTES if self._left is None else min(_PIECE_BYTES, self._left))
        if self._left is not None:
            self._left -= len(piece)
            if not piece and self._left:
                raise AgentLost(f"the agent's answer is truncated: {self._left} bytes are missing")
        self._ended = not piece
        return piece

    async def _read_chunked(self) -> bytes:
        if not self._chunk_left:
            size = (await self._wire.line()).split(b";")[0].strip()
            try:
                self._chunk_left = int(size, 16) if size[:1] not in (b"+", b"-") and len(size) <= 8 else -1
            except ValueError:
                self._chunk_left = -1
            if self._chunk_left < 0:
                raise AgentLost("the agent closed the connection" if not size else "the agent's chunks are no chunks")
            if not self._chunk_left:
                self._ended = True
                return b""
        piece = await self._wire.some(min(_PIECE_BYTES, self._chunk_left))
        if not piece:
            raise AgentLost(f"the agent's answer is truncated: {self._chunk_left} bytes are missing")
        self._chunk_left -= len(piece)
        if not self._chunk_left and (await self._wire.line()).strip():
            raise AgentLost("the agent's chunks are no chunks")
        return piece

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # not waited for: a peer that swallows everything would hold the closing up
        self._writer.transport.abort()


async def get(host: str, port: int, target: str) -> Response:
    """Ask for ``target`` on a new connection; returns after the headers. Raises AgentLost."""
    try:
        reader, writer = await asyncio.open_connection(host, port)
    except OSError as error:
        raise AgentLost(f"no connection to {host}:{port}: {reason_of(error)}") from error
    try:
        shown_host = f"[{host}]" if ":" in host else host
        request = f"GET {target} HTTP/1.1\r\nHost: {shown_host}:{port}\r\nAccept: text/xml, application/xml\r\n"
        writer.write(f"{request}Connection: close\r\n\r\n".encode("ascii"))
        wire = Pieces(_reading(reader, host, port))
        status, reason = await _status(wire)
        return Response(status, reason, await _headers(wire), wire, writer)
    except BaseException:
        writer.transport.abort()
        raise


def _reading(reader: asyncio.StreamReader, host: str, port: int) -> Callable[[], Awaitable[bytes]]:
    async def more() -> bytes:
        try:
            return await reader.read(_PIECE_BYTES)
        except OSError as error:
            raise AgentLost(f"the connection to {host}:{port} broke: {reason_of(error)}") from error

    return more


async def _status(wire: Pieces) -> tuple[int, str]:
    line = await wire.line()
    if not line:
        raise AgentLost("the agent closed the connection without an answer")
    version, _, rest = line.strip().partition(b" ")
    code, _, reason = rest.partition(b" ")
    if not version.startswith(b"HTTP/1.") or len(code) != 3 or not code.isdigit():
        raise AgentLost("what answers here is no HTTP server")
    return int(code), reason[:80].decode("latin-1")


async def _headers(wire: Pieces) -> Message:
    headers = Message()
    for _ in range(MAX_HEADER_LINES):
        line = (await wire.line()).strip()
        if not line:
            return headers
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon:
            raise AgentLost("the agent's answer is no HTTP: a header has no colon")
        headers[name.strip()] = value.strip()
    raise AgentLost("the agent's answer is no HTTP: its headers do not end")


class Parts:
    """The parts of a stream, one after the other, each handed on piece by piece."""

    def __init__(self, more: Callable[[], Awaitable[bytes]], boundary: bytes) -> None:
        self._body = Pieces(more)
        self._marker = b"--" + boundary

    async def next_part(self, take: Callable[[bytes], None]) -> None:
        """Give the next part's bytes to ``take``. Raises AgentLost at the end of the stream and for a part that is none."""
        await self._skip_to_marker()
        length = await self._part_length()
        if length is None:
            await self._take_to_marker(take)
            return
        if length > MAX_PART_BYTES:
            raise AgentLost(f"the agent announces a part of {length} bytes; allowed: {MAX_PART_BYTES}")
        left = length
        while left:
            piece = await self._body.some(left)
            if not piece:
                raise AgentLost(f"the agent's stream ended within a part: {left} bytes are missing")
            left -= len(piece)
            take(piece)

    async def _line(self) -> bytes:
        line = await self._body.line()
        if not line:
            raise AgentEnded("the agent ended its stream")
        return line

    async def _skip_to_marker(self) -> None:
        for _ in range(MAX_HEADER_LINES):
            line = (await self._line()).strip()
            if line == self._marker + b"--":
                raise AgentEnded("the agent ended its stream")
            if line == self._marker:
                return
            if line:
                break
        raise AgentLost("the agent's stream is not what it says: no boundary between its parts")

    async def _part_length(self) -> int | None:
        length: int | None = None
        for _ in range(MAX_HEADER_LINES):
            line = await self._body.line()
            if not line:
                raise AgentLost("the agent's stream ended within the head of a part")
            line = line.strip()
            if not line:
                return length
            name, _, value = line.partition(b":")
            if name.strip().lower() == b"content-length":
                if not value.strip().isdigit() or len(value) > 12:
                    raise AgentLost("the agent's stream is not what it says: a length is no number")
                length = int(value)
        raise AgentLost("the agent's stream is not what it says: a part's headers do not end")

    async def _take_to_marker(self, take: Callable[[bytes], None]) -> None:
        """A part without a length ends where the next boundary begins a line."""
        needle = b"\n" + self._marker
        held, taken = b"", 0
        while (end := held.find(needle)) < 0:
            sure = max(0, len(held) - len(needle))
            taken += sure
            if taken > MAX_PART_BYTES:
                raise AgentLost(f"the agent sends a part without end; allowed: {MAX_PART_BYTES} bytes")
            take(held[:sure])
            piece = await self._body.some(_PIECE_BYTES)
            if not piece:
                raise AgentLost("the agent's stream ended within a part")
            held = held[sure:] + piece
        take(held[:end])
        self._body.give_back(held[end + 1 :])
