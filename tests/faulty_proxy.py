"""A TCP proxy that does to a connection what networks do: cut it, refuse it, swallow it, delay it, lose the last answer.

It stands between a program and its server, in a thread of its own. Faults are ordered by calling its verbs, or come by
themselves from a seeded plan (:meth:`FaultyProxy.run_plan`). ``happened`` counts the faults that hit a connection.

>>> with FaultyProxy("127.0.0.1", server.port) as proxy:                       # doctest: +SKIP
...     connect(port=proxy.port)
...     proxy.swallow_next_commit()
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

T = TypeVar("T")
CHUNK_BYTES = 65536
PLAN_STEP_S = (0.02, 0.25)
COMMIT = b"COMMIT"


class Line(enum.Enum):
    """How the line is at this moment."""

    GOOD = "good"
    REFUSED = "refused"
    BLACK_HOLE = "black hole"


class _Pair:
    """One client's connection and the one to the server."""

    def __init__(self, client: asyncio.StreamWriter, server: asyncio.StreamWriter) -> None:
        self.writers = (client, server)
        self.answers_swallowed = False

    def cut(self) -> None:
        """Reset both sides, as a broken line does; what was under way is gone."""
        for writer in self.writers:
            sock = writer.get_extra_info("socket")
            if sock is not None and not writer.is_closing():
                with contextlib.suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            writer.transport.abort()


class FaultyProxy:
    """Listens on a free loopback port and forwards to ``host:port``. Its verbs may be called from any thread."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._line = Line.GOOD
        self._delay_s = 0.0
        self._swallow = 0
        self._pairs: set[_Pair] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="faulty-proxy", daemon=True)
        self._planning = threading.Event()
        self.happened: Counter[str] = Counter()
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        self._call(self._listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._planning.set()
        self._call(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # --- faults -------------------------------------------------------------------------------------------------

    def heal(self) -> None:
        """Forward everything again; what was swallowed stays lost, its connections are cut."""
        self._call(self._set(Line.GOOD, 0.0, 0))

    def cut(self) -> None:
        """Reset every open connection; new ones are accepted."""
        self._call(self._cut("cut"))

    def refuse(self) -> None:
        """Reset every connection, and each new one at once, until healed."""
        self._call(self._set(Line.REFUSED, 0.0, 0))

    def black_hole(self) -> None:
        """Accept and swallow everything without an answer until healed."""
        self._call(self._set(Line.BLACK_HOLE, 0.0, 0))

    def delay(self, seconds: float) -> None:
        """Hold every piece of data back for so long until healed."""
        self._call(self._set(Line.GOOD, seconds, 0))

    def swallow_next_commit(self, count: int = 1) -> None:
        """Let the next COMMITs reach the server, lose the answer and cut: the client cannot know that it worked."""
        self._call(self._set(Line.GOOD, 0.0, count))

    def run_plan(self, seed: int) -> Callable[[], None]:
        """Let faults happen by themselves, the same ones for the same seed; the answer ends it and heals the line."""
        self._planning.clear()
        chance = random.Random(seed)
        verbs: list[tuple[int, Callable[[], None]]] = [
            (10, self.heal), (3, self.cut), (2, self.refuse), (1, self.black_hole),
            (5, self.swallow_next_commit), (1, lambda: self.delay(0.03)),
        ]  # fmt: skip

        def play() -> None:
            while not self._planning.wait(chance.uniform(*PLAN_STEP_S)):
                chance.choices([verb for _, verb in verbs], [weight for weight, _ in verbs])[0]()

        thread = threading.Thread(target=play, name="fault-plan", daemon=True)
        thread.start()

        def end() -> None:
            self._planning.set()
            thread.join()
            self.heal()

        return end

    # --- in the loop --------------------------------------------------------------------------------------------

    def _call(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._cut("closed")
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _set(self, line: Line, delay_s: float, swallow: int) -> None:
        was, self._line, self._delay_s, self._swallow = self._line, line, delay_s, swallow
        if was is Line.BLACK_HOLE or line is Line.REFUSED:
            await self._cut(was.value if was is Line.BLACK_HOLE else line.value)

    async def _cut(self, why: str) -> None:
        for pair in list(self._pairs):
            self.happened[why] += 1
            pair.cut()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            self.happened["broken"] += 1  # one side went away: so does the other
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._line is Line.REFUSED:
            self.happened["refused"] += 1
            return
        server_reader, server_writer = await asyncio.open_connection(*self._target)
        pair = _Pair(writer, server_writer)
        self._pairs.add(pair)
        try:
            ways = [
                asyncio.ensure_future(self._forward(reader, server_writer, pair, is_request=True)),
                asyncio.ensure_future(self._forward(server_reader, writer, pair, is_request=False)),
            ]
            _, rest = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in rest:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            self._pairs.discard(pair)
            server_writer.transport.abort()

    async def _forward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pair: _Pair, *, is_request: bool
    ) -> None:
        while chunk := await reader.read(CHUNK_BYTES):
            if self._delay_s:
                self.happened["delayed"] += 1
                await asyncio.sleep(self._delay_s)
            if self._line is Line.BLACK_HOLE:
                self.happened["black hole"] += 1
                continue
            if is_request and self._swallow and COMMIT in chunk:
                self._swallow -= 1
                pair.answers_swallowed = True
            elif not is_request and pair.answers_swallowed:
                self.happened["reply swallowed"] += 1
                pair.cut()
                return
            writer.write(chunk)
            await writer.drain()
