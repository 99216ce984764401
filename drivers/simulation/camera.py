"""The simulated camera as an HTTP server.

``/stream.mjpg`` (multipart/x-mixed-replace) and ``/snapshot.jpg``.
"""

from __future__ import annotations

import asyncio
import contextlib

from drivers.simulation.scene import Scene, SceneRenderer

FRAME_S = 0.1
_BOUNDARY = "frame"
_MAX_REQUEST_BYTES = 8192
_REQUEST_TIMEOUT_S = 5.0


class CameraServer:
    """Serves one scene on ``host:port`` (0: a free one, then kept). ``frozen`` repeats the last picture."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0, seed: int = 3) -> None:
        self.scene = Scene()
        self.frozen = False
        self.port = port
        self._host = host
        self._renderer = SceneRenderer(seed)
        self._rendering = asyncio.Lock()
        self._server: asyncio.Server | None = None
        self._viewers: set[asyncio.StreamWriter] = set()
        self._frame = b""
        self._frame_number = 0
        self._rendered_s = -1.0

    async def start(self) -> None:
        await self.plug_in()

    async def plug_in(self) -> None:
        """Listen (again) on the same port."""
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, self._host, self.port, limit=_MAX_REQUEST_BYTES)
            self.port = self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        """Close the listening socket and every connection."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for writer in list(self._viewers):
            writer.transport.abort()
        await server.wait_closed()

    async def stop(self) -> None:
        await self.unplug()

    async def frame(self) -> bytes:
        """The present picture as JPEG, rendered at most every ``FRAME_S`` however many look."""
        async with self._rendering:
            now_s = asyncio.get_running_loop().time()
            due = now_s - self._rendered_s >= FRAME_S * 0.9 and not self.frozen
            if due or not self._frame:
                self._frame_number += 1
                self._rendered_s = now_s
                self._frame = await asyncio.to_thread(self._renderer.render, self.scene, self._frame_number)
            return self._frame

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._viewers.add(writer)
        try:
            async with asyncio.timeout(_REQUEST_TIMEOUT_S):
                request = await reader.readuntil(b"\r\n\r\n")
            path = request.split(b" ", 2)[1:2]
            if path == [b"/stream.mjpg"]:
                await self._stream(writer)
            elif path == [b"/snapshot.jpg"]:
                await self._snapshot(writer)
            else:
                writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            return  # the viewer went away, or never asked for anything
        finally:
            self._viewers.discard(writer)
            writer.close()
            with contextlib.suppress(OSError):  # who asked went away first
                await writer.wait_closed()

    async def _snapshot(self, writer: asyncio.StreamWriter) -> None:
        frame = await self.frame()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: {len(frame)}\r\n"
        writer.write(head.encode("ascii") + b"Connection: close\r\n\r\n" + frame)
        await writer.drain()

    async def _stream(self, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary={_BOUNDARY}\r\n"
        writer.write(head.encode("ascii") + b"Cache-Control: no-store\r\nConnection: close\r\n\r\n")
        while True:
            frame = await self.frame()
            part = f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(frame)}\r\n\r\n"
            writer.write(part.encode("ascii") + frame + b"\r\n")
            await writer.drain()
            await asyncio.sleep(FRAME_S)
