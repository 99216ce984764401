"""A Modbus TCP server with fixed answers, as a process of its own: it costs as little as a server can.

Prints its port, then answers every read of registers with growing float32 values until its standard input closes.
"""

from __future__ import annotations

import asyncio
import struct
import sys


class Answers(asyncio.Protocol):
    """One connection; a request a segment, as both clients send them."""

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._count = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        transaction, _, _, unit, function, _, count = struct.unpack_from(">HHHBBHH", data)
        self._count += 1
        floats = [20.0 + 0.37 * n + 0.001 * (self._count % 997) for n in range(count // 2)]
        body = struct.pack(f">{count // 2}f", *floats)
        header = struct.pack(">HHHBBB", transaction, 0, len(body) + 3, unit, function, len(body))
        self._transport.write(header + body)


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Answers, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
