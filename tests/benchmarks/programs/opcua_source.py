"""An OPC UA server that changes many values at a steady rate, in a process of its own.

``python -m tests.benchmarks.programs.opcua_source NODES INTERVAL_S [count]`` says its port, then writes every node's value (a
sine, each with its own phase; with ``count`` a number that counts up by one) once an interval, with its time, until its
standard input is closed. The nodes are ``ns=2;s=Load.0`` and on.
"""

from __future__ import annotations

import asyncio
import json
import math
import sys
import time
from datetime import UTC

from asyncua import ua
from asyncua.server.server import Server

NAMESPACE_URI = "urn:load"


async def load_server(nodes: int) -> tuple[Server, list[ua.NodeId]]:
    """A server that is not started yet, and the ids of its nodes."""
    server = Server()
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0/")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    namespace = await server.register_namespace(NAMESPACE_URI)
    ids = [ua.NodeId(ua.String(f"Load.{n}"), ua.Int16(namespace)) for n in range(nodes)]
    for n, node_id in enumerate(ids):
        await server.nodes.objects.add_variable(node_id, f"{namespace}:Load{n}", 0.0, varianttype=ua.VariantType.Double)
    return server, ids


async def serve(nodes: int, interval_s: float, counting: bool = False) -> None:
    """Serve until the input ends."""
    server, ids = await load_server(nodes)
    async with server:
        assert server.bserver is not None
        sys.stdout.write(json.dumps({"port": server.bserver.port}) + "\n")
        sys.stdout.flush()
        ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        due_s = time.monotonic()
        written = 0
        while not ended.done():
            now = ua.DateTime.now(UTC)
            for n, node_id in enumerate(ids):
                value = ua.Variant(float(written) if counting else math.sin(due_s + n), ua.VariantType.Double)
                await server.write_attribute_value(node_id, ua.DataValue(value, SourceTimestamp=now))
            written += 1
            due_s += interval_s
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]), "count" in sys.argv[3:]))
