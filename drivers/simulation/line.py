"""The far end of a simulated serial line: over TCP, as a serial-to-Ethernet converter is, or a pseudo-terminal."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from typing import Protocol

Received = Callable[[bytes], None]


class FarEnd(Protocol):
    """Where a simulated device speaks and listens. ``received`` is called with what the station sends."""

    async def plug_in(self, received: Received) -> None: ...

    async def unplug(self) -> None: ...

    def send(self, content: bytes) -> None:
        """To everyone who is connected; lost when nobody is."""
        ...


class TcpEnd:
    """Listens on ``host:port`` (0: a free one, then kept); every connection hears the same."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.port = port
        self.connections = 0
        self._host = host
        self._server: asyncio.Server | None = None
        self._ends: set[_End] = set()

    @property
    def url(self) -> str:
        """The line's port as station.toml writes it."""
        return f"socket://{self._host}:{self.port}"

    async def plug_in(self, received: Received) -> None:
        """Listen (again) on the same port."""
        if self._server is not None:
            return
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _End(self, received), self._host, self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def unplug(self) -> None:
        """Close the listening socket and every connection."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        for end in list(self._ends):
            end.hang_up()
        await server.wait_closed()

    def send(self, content: bytes) -> None:
        for end in list(self._ends):
            end.send(content)

    def connected(self, end: _End) -> None:
        """A station connected."""
        self.connections += 1
        self._ends.add(end)

    def disconnected(self, end: _End) -> None:
        """A station went away."""
        self._ends.discard(end)

    @property
    def listeners(self) -> int:
        """How many stations are connected now."""
        return len(self._ends)


class _End(asyncio.Protocol):
    """One connection to a TcpEnd."""

    def __init__(self, owner: TcpEnd, received: Received) -> None:
        self._owner = owner
        self._received = received
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._owner.connected(self)

    def data_received(self, data: bytes) -> None:
        self._received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._owner.disconnected(self)

    def send(self, content: bytes) -> None:
        """Send to this station."""
        if self._transport is not None:
            self._transport.write(content)

    def hang_up(self) -> None:
        """End this connection at once."""
        if self._transport is not None:
            self._transport.abort()


class PtyEnd:
    """A pseudo-terminal: ``path`` is a port that pyserial opens like any other. Not on Windows."""

    def __init__(self) -> None:
        self.path = ""
        self._master = self._slave = -1

    async def plug_in(self, received: Received) -> None:
        """A new port; its path may be another one."""
        if sys.platform == "win32":
            raise OSError("Windows has no pseudo-terminals; use TCP")
        import pty
        import tty

        self._master, slave = pty.openpty()
        tty.setraw(slave)
        self.path = os.ttyname(slave)
        self._slave = slave  # kept open: without it a port that nobody has opened would wake the loop for ever
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self._read, received)

    def _read(self, received: Received) -> None:
        try:
            content = os.read(self._master, 4096)
        except OSError:
            return  # nobody has the port open
        received(content)

    async def unplug(self) -> None:
        """The port vanishes, as when its USB plug is pulled."""
        if self._master >= 0:
            asyncio.get_running_loop().remove_reader(self._master)
            os.close(self._master)
            os.close(self._slave)
            self._master = self._slave = -1

    def send(self, content: bytes) -> None:
        if self._master >= 0:
            os.write(self._master, content)
