"""The simulated MTConnect agent's HTTP server: ``/probe``, ``/current``, ``/sample``, streaming when ``interval`` is given."""

from __future__ import annotations

import asyncio
import contextlib
import re
from urllib.parse import parse_qs, urlsplit

from drivers.simulation.agent import RequestError, SimulatedAgent

_MAX_REQUEST_BYTES = 16384
_REQUEST_TIMEOUT_S = 5.0
_BOUNDARY = "next-part-of-the-stream"
_DEFAULT_HEARTBEAT_MS = 10_000
_ITEM = re.compile(r"@id\s*=\s*['\"]([^'\"]*)['\"]")


class AgentServer:
    """Serves an agent on ``host:port`` (0: a free one, then kept). ``chunked`` chooses how streams are framed."""

    def __init__(self, agent: SimulatedAgent, host: str = "127.0.0.1", port: int = 0, *, chunked: bool = True) -> None:
        self.agent = agent
        self.port = port
        self.chunked = chunked
        self.streams = 0
        self._host = host
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._unplugged = asyncio.Event()

    async def plug_in(self) -> None:
        """Listen (again) on the same port."""
        if self._server is None:
            self._unplugged.clear()
            self._server = await asyncio.start_server(self._serve, self._host, self.port, limit=_MAX_REQUEST_BYTES)
            self.port = self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        """Close the listening socket and every connection."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        self._unplugged.set()
        for writer in list(self._writers):
            writer.transport.abort()
        await server.wait_closed()
        await asyncio.gather(*self._serving)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            async with asyncio.timeout(_REQUEST_TIMEOUT_S):
                request = await reader.readuntil(b"\r\n\r\n")
            target = request.split(b" ", 2)[1].decode("ascii", "replace") if request.startswith(b"GET ") else ""
            await self._answer(target, writer)
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, IndexError):
            return  # who asked went away, or never asked for anything
        finally:
            self._writers.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):  # who asked went away first
                await writer.wait_closed()
            self._serving.discard(task)

    async def _answer(self, target: str, writer: asyncio.StreamWriter) -> None:
        parts = urlsplit(target)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        try:
            verb = self._verb(parts.path)
            if verb == "sample" and "interval" in options:
                await self._stream(options, writer)
                return
            document = self._document(verb, options)
            status = "200 OK"
        except RequestError as fault:
            document, status = self.agent.error(fault), "400 Bad Request"
        body = document.encode("utf-8")
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode("ascii") + body)
        await writer.drain()

    def _verb(self, path: str) -> str:
        names = path.strip("/").split("/")
        if names[-1] not in ("probe", "current", "sample"):
            raise RequestError("INVALID_URI", f"there is no {path}")
        if len(names) == 2 and names[0] != self.agent.device:
            raise RequestError("NO_DEVICE", f"there is no device {names[0]}")
        return names[-1]

    def _document(self, verb: str, options: dict[str, str]) -> str:
        if verb == "probe":
            return self.agent.probe()
        if verb == "current":
            return self.agent.current(self._wanted(options))
        first = _integer(options, "from", self.agent.first_sequence)
        return self.agent.sample(first, _integer(options, "count", 100), self._wanted(options))[0]

    def _wanted(self, options: dict[str, str]) -> set[str]:
        path = options.get("path")
        if path is None:
            return set(self.agent.items)
        named = set(_ITEM.findall(path)) & set(self.agent.items)
        if not named:
            raise RequestError("INVALID_XPATH", f"the path {path} finds nothing")
        return named

    async def _stream(self, options: dict[str, str], writer: asyncio.StreamWriter) -> None:
        agent, wanted = self.agent, self._wanted(options)
        interval_s = _integer(options, "interval", 0) / 1000
        heartbeat_s = _integer(options, "heartbeat", _DEFAULT_HEARTBEAT_MS) / 1000
        count = _integer(options, "count", 100)
        first = _integer(options, "from", agent.first_sequence)
        document, next_sequence = agent.sample(first, count, wanted)
        framing = "Transfer-Encoding: chunked\r\n" if self.chunked else ""
        head = f"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary={_BOUNDARY}\r\n{framing}"
        writer.write(head.encode("ascii") + b"Connection: close\r\n\r\n")
        self.streams += 1
        told_s = -heartbeat_s
        while not self._unplugged.is_set():
            now_s = asyncio.get_running_loop().time()
            news = next_sequence > first
            if news or now_s - told_s >= heartbeat_s:
                await self._write_part(document, writer)
                told_s, first = now_s, next_sequence
            if first == agent.next_sequence:
                with contextlib.suppress(TimeoutError):  # the time for the next part has come
                    async with asyncio.timeout(min(max(interval_s, 0.005), heartbeat_s)):
                        await self._unplugged.wait()
            try:
                document, next_sequence = agent.sample(first, count, wanted)
            except RequestError as fault:
                await self._write_part(agent.error(fault), writer)
                return

    async def _write_part(self, document: str, writer: asyncio.StreamWriter) -> None:
        body = document.encode("utf-8")
        head = f"\r\n--{_BOUNDARY}\r\nContent-type: text/xml\r\nContent-length: {len(body)}\r\n\r\n"
        part = head.encode("ascii") + body
        writer.write(b"%x\r\n%s\r\n" % (len(part), part) if self.chunked else part)
        await writer.drain()


def _integer(options: dict[str, str], name: str, default: int) -> int:
    text = options.get(name)
    if text is None:
        return default
    if not text.isdecimal() or len(text) > 20:
        raise RequestError("QUERY_ERROR", f"{name} is {text}; allowed: a whole number")
    return int(text)
