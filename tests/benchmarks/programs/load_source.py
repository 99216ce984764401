"""An OPC UA server whose every value is known, at a rate that can be changed, in a process of its own.

``python -m tests.benchmarks.programs.load_source NODES INTERVAL_S`` says its port, then writes every node's next value
(:func:`value_of`) once an interval, with its time. It follows commands, one JSON line each:

    {"do": "pace", "interval_s": 0.05}   from now on
    {"do": "count"}                      answers how many rounds were written, and its processor time
    {"do": "hold"}, {"do": "go"}         write no more, and again; answers the same

It ends with its input. The nodes are ``ns=2;s=Load.0`` and on.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
import time
from datetime import UTC
from typing import Any

from asyncua import ua
from asyncua.server.server import Server

from tests.benchmarks.programs.opcua_source import load_server
from tests.benchmarks.programs.telling import tell

TOGETHER = 100
MOST_BEHIND = 3


def value_of(node: int, number: int) -> float:
    """The ``number``-th value of a node, from 0: a wave in which no two values are the same."""
    return math.sin(number / 15 + node) + number * 1e-6


class Source:
    """The nodes, and how they are written."""

    def __init__(self, server: Server, nodes: list[ua.NodeId], interval_s: float) -> None:
        self._server = server
        self._nodes = nodes
        self._interval_s = interval_s
        self._rounds = 0
        self._holding = False

    async def write(self, ended: asyncio.Event) -> None:
        """Write until the end. A busy computer makes it slower: a server that catches up for long answers nobody."""
        due_s = time.monotonic()
        while not ended.is_set():
            if not self._holding:
                await self._round()
            due_s = max(due_s + self._interval_s, time.monotonic() - MOST_BEHIND * self._interval_s)
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))

    async def _round(self) -> None:
        now = ua.DateTime.now(UTC)
        for node, node_id in enumerate(self._nodes):
            value = ua.Variant(value_of(node, self._rounds), ua.VariantType.Double)
            await self._server.write_attribute_value(node_id, ua.DataValue(value, SourceTimestamp=now))
            if node % TOGETHER == 0:
                await asyncio.sleep(0)
        self._rounds += 1

    def obey(self, command: dict[str, Any]) -> None:
        """Do what a command says, and answer."""
        if command["do"] == "pace":
            self._interval_s = float(command["interval_s"])
        elif command["do"] in ("hold", "go"):
            self._holding = command["do"] == "hold"
        tell({"rounds": self._rounds, "cpu_s": time.process_time(), "at_s": time.monotonic()})


async def serve(nodes: int, interval_s: float) -> None:
    """Serve until the input ends."""
    server, ids = await load_server(nodes)
    async with server:
        assert server.bserver is not None
        tell({"port": server.bserver.port})
        source, ended = Source(server, ids, interval_s), asyncio.Event()
        writing = asyncio.create_task(source.write(ended))
        loop = asyncio.get_running_loop()
        while text := await loop.run_in_executor(None, sys.stdin.readline):
            source.obey(json.loads(text))
        ended.set()
        await writing


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
