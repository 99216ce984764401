"""An MTConnect agent that answers wrongly, in a way that can be chosen and changed while it runs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

# A fault gets what was asked ("probe", "current", "sample") and returns the bytes to send; None closes the connection.
AgentFault = Callable[[str], bytes | None]

NAMESPACE = "urn:mtconnect.org:{root}:1.3"
HEADER = '<Header instanceId="7" version="1.3" bufferSize="100" firstSequence="1" lastSequence="9" nextSequence="10"/>'


def document(root: str, body: str, header: str = HEADER) -> bytes:
    return f'<?xml version="1.0"?><{root} xmlns="{NAMESPACE.format(root=root)}">{header}{body}</{root}>'.encode()


PROBE = document(
    "MTConnectDevices",
    '<Devices><Device id="d" name="m" uuid="u"><DataItems>'
    '<DataItem id="x" name="Xabs" category="SAMPLE" type="POSITION" units="MILLIMETER"/></DataItems></Device></Devices>',
)


def streams(text: str = "12.5", sequence: str = "9", header: str = HEADER) -> bytes:
    return document(
        "MTConnectStreams",
        '<Streams><DeviceStream name="m" uuid="u"><ComponentStream component="Linear" name="X"><Samples>'
        f'<Position dataItemId="x" sequence="{sequence}" timestamp="2026-11-20T08:00:00Z">{text}</Position>'
        "</Samples></ComponentStream></DeviceStream></Streams>",
        header,
    )


HEARTBEAT = document("MTConnectStreams", "<Streams/>")


def answer(body: bytes, status: str = "200 OK", kind: str = "text/xml", length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n"
    return head.encode("ascii") + body


def part(body: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    return f"\r\n--b\r\nContent-type: text/xml\r\nContent-length: {size}\r\n\r\n".encode("ascii") + body


STREAM_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n"


def right(asked: str) -> bytes:
    bodies = {"probe": PROBE, "current": streams()}
    return answer(bodies[asked]) if asked in bodies else STREAM_HEAD + part(HEARTBEAT)


def closing(asked: str) -> None:
    return None


def silent(asked: str) -> bytes:
    return b""


def no_http(asked: str) -> bytes:
    return b"SSH-2.0-OpenSSH_9.2\r\n"


def endless_line(asked: str) -> bytes:
    return b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000


def server_error(asked: str) -> bytes:
    return answer(b"busy", "503 Service Unavailable", "text/plain")


def no_xml(asked: str) -> bytes:
    return answer(b"<html><body>Router login<br></body></html>")


def another_document(asked: str) -> bytes:
    return answer(document("MTConnectAssets", "<Assets/>"))


def refusing(asked: str) -> bytes:
    body = '<Errors><Error errorCode="UNAUTHORIZED">not for you</Error></Errors>'
    return answer(document("MTConnectError", body), "401 Unauthorized")


def entities(asked: str) -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a "12.5"><!ENTITY b "&a;&a;&a;&a;">]>'
    return answer(streams("&b;").replace(b"?>", b"?>" + bomb, 1))


def truncated(asked: str) -> bytes:
    body = PROBE if asked == "probe" else streams("99")
    return answer(body[:-40], length=len(body))


def half_part(asked: str) -> bytes:
    body = streams("99", "11")
    return right(asked) if asked != "sample" else STREAM_HEAD + part(body[:-60], len(body))


def part_that_is_no_xml(asked: str) -> bytes:
    return right(asked) if asked != "sample" else STREAM_HEAD + part(b"\x00\xff<<<<")


def part_without_end(asked: str) -> bytes:
    return right(asked) if asked != "sample" else STREAM_HEAD + b"\r\n--b\r\n\r\n" + b"<" * 200_000


def huge_part(asked: str) -> bytes:
    return right(asked) if asked != "sample" else STREAM_HEAD + part(streams("99"), 10**11)


def no_boundary(asked: str) -> bytes:
    return right(asked) if asked != "sample" else STREAM_HEAD + b"nothing\r\nhere\r\n" + part(streams("99"))


def no_stream(asked: str) -> bytes:
    return right(asked) if asked != "sample" else answer(streams("99"))


def bad_chunks(asked: str) -> bytes:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + b"zz\r\n" + streams("99")


def deep(asked: str) -> bytes:
    return answer(b"<MTConnectDevices>" + b"<a>" * 100_000)


FAULTS: tuple[AgentFault, ...] = (
    closing,
    silent,
    no_http,
    endless_line,
    server_error,
    no_xml,
    another_document,
    refusing,
    entities,
    truncated,
    half_part,
    part_that_is_no_xml,
    part_without_end,
    huge_part,
    no_boundary,
    no_stream,
    bad_chunks,
    deep,
)


class WrongAgent:
    """Answers like an agent with one value; with ``fault`` as that says, and a running stream ends in it too.

    A stream is ended after so many ``parts`` beyond the first.
    """

    def __init__(self) -> None:
        self.fault: AgentFault | None = None
        self.parts = 1 << 30
        self.port = 0
        self.requests = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            request = await reader.readuntil(b"\r\n\r\n")
            asked = request.split(b" ")[1].split(b"?")[0].strip(b"/").decode("ascii")
            self.requests += 1
            fault = self.fault
            content = right(asked) if fault is None else fault(asked)
            if content is None:
                return
            writer.write(content)
            await writer.drain()
            parts = self.parts
            while asked == "sample" and fault is None and self.fault is None and parts and not writer.is_closing():
                parts -= 1
                await asyncio.sleep(0.05)
                writer.write(part(HEARTBEAT))
                await writer.drain()
            if fault is None and asked == "sample" and self.fault is not None:
                writer.write((self.fault("sample") or b"").removeprefix(STREAM_HEAD))
                await writer.drain()
            if fault is not None and self.fault is fault:
                await reader.read()  # until the driver hangs up
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            self._writers.discard(writer)
            self._serving.discard(task)
            writer.close()

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.gather(*self._serving)


@contextlib.asynccontextmanager
async def wrong_agent() -> AsyncIterator[WrongAgent]:
    server = WrongAgent()
    await server.start()
    try:
        yield server
    finally:
        await server.stop()
