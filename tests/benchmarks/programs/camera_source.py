"""A camera that sends Motion JPEG of 1280 x 720 at a steady rate, in a process of its own.

``python -m tests.benchmarks.programs.camera_source FPS`` says its port, then serves whoever connects until its standard input
is closed. The pictures are drawn before; each gets a number in its comment, so that none is like another.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys

from drivers.simulation.scene import Scene, SceneRenderer

PICTURES = 12
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=frame\r\n\r\n"


async def serve(fps: float) -> None:
    """Serve until the input ends."""
    renderer = SceneRenderer()
    pictures = [renderer.render(Scene(), number * 7) for number in range(PICTURES)]

    async def stream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(HEAD)
            loop, number = asyncio.get_running_loop(), 0
            due_s = loop.time()
            while True:
                jpeg = pictures[number % PICTURES]
                content = jpeg[:2] + b"\xff\xfe\x00\x0a" + b"%08d" % number + jpeg[2:]
                part = b"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n" % len(content)
                writer.write(part + content + b"\r\n")
                await writer.drain()
                number += 1
                due_s += 1 / fps
                await asyncio.sleep(max(0.0, due_s - loop.time()))

    server = await asyncio.start_server(stream, "127.0.0.1", 0)
    sys.stdout.write(json.dumps({"port": server.sockets[0].getsockname()[1]}) + "\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1])))
