"""Bodies by length, in chunks and to the end; parts in any pieces; what is no HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from email.message import Message
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.mtconnect.http import MAX_PART_BYTES, AgentLost, Parts, Pieces, Response

NO_WRITER: Any = None


def source(pieces: list[bytes]) -> Callable[[], Awaitable[bytes]]:
    left = list(pieces)

    async def more() -> bytes:
        return left.pop(0) if left else b""

    return more


def cut(content: bytes, sizes: list[int]) -> list[bytes]:
    pieces, start = [], 0
    for size in sizes:
        pieces.append(content[start : start + size])
        start += size
    return [piece for piece in [*pieces, content[start:]] if piece]


def body_of(content: list[bytes], **headers: str) -> bytes:
    message = Message()
    for name, value in headers.items():
        message[name.replace("_", "-")] = value

    async def read() -> bytes:
        response = Response(200, "OK", message, Pieces(source(content)), NO_WRITER)
        body = b""
        while piece := await response.read():
            body += piece
        return body

    return asyncio.run(read())


def parts_of(content: list[bytes], count: int) -> list[bytes]:
    async def read() -> list[bytes]:
        parts = Parts(source(content), b"b")
        found: list[bytes] = []
        for _ in range(count):
            taken: list[bytes] = []
            await parts.next_part(taken.append)
            found.append(b"".join(taken))
        return found

    return asyncio.run(read())


@given(st.binary(max_size=300), st.lists(st.integers(1, 40), max_size=20))
def test_a_body_is_the_same_in_any_pieces(content: bytes, sizes: list[int]) -> None:
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in cut(content, [7, 1, 50])) + b"0\r\n\r\n"
    assert body_of(cut(chunked, sizes), transfer_encoding="chunked") == content
    assert body_of(cut(content, sizes)) == content
    assert body_of(cut(content + b"more", sizes), content_length=str(len(content))) == content


@given(st.lists(st.integers(1, 60), max_size=30))
def test_parts_are_the_same_in_any_pieces(sizes: list[int]) -> None:
    stream = (
        b"\r\n--b\r\nContent-type: text/xml\r\nContent-length: 5\r\n\r\n<a/>\n"
        b"\r\n--b\r\nContent-type: text/xml\r\n\r\n<b>\n--c\n</b>\r\n--b\r\nContent-length: 4\r\n\r\n<c/>"
    )
    assert [part.strip() for part in parts_of(cut(stream, sizes), 3)] == [b"<a/>", b"<b>\n--c\n</b>", b"<c/>"]


@pytest.mark.parametrize(
    ("content", "headers", "says"),
    [
        (b"abc", {"content_length": "9"}, "6 bytes are missing"),
        (b"abc", {"content_length": "-1"}, "its length is no number"),
        (b"5\r\nabc", {"transfer_encoding": "chunked"}, "2 bytes are missing"),
        (b"-5\r\nabc", {"transfer_encoding": "chunked"}, "are no chunks"),
        (b"fffffffff\r\nabc", {"transfer_encoding": "chunked"}, "are no chunks"),
        (b"3\r\nabcdef\r\n", {"transfer_encoding": "chunked"}, "are no chunks"),
        (b"", {"transfer_encoding": "chunked"}, "closed the connection"),
    ],
)
def test_a_body_that_is_none(content: bytes, headers: dict[str, str], says: str) -> None:
    with pytest.raises(AgentLost, match=says):
        body_of([content] if content else [], **headers)


@pytest.mark.parametrize(
    ("stream", "says"),
    [
        (b"", "ended its stream"),
        (b"--b--\r\n", "ended its stream"),
        (b"hello\r\n", "no boundary"),
        (b"--b\r\nContent-length: x\r\n\r\n", "a length is no number"),
        (b"--b\r\nContent-length: 99999999999\r\n\r\n", f"allowed: {MAX_PART_BYTES}"),
        (b"--b\r\nContent-length: 10\r\n\r\nabc", "7 bytes are missing"),
        (b"--b\r\n\r\nabc", "ended within a part"),
        (b"--b\r\n" + b"a: b\r\n" * 101, "headers do not end"),
        (b"--b\r\n" + b"a" * 9000, "a line does not end"),
    ],
)
def test_parts_that_are_none(stream: bytes, says: str) -> None:
    with pytest.raises(AgentLost, match=says):
        parts_of([stream] if stream else [], 1)
