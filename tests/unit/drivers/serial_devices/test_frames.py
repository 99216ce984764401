"""Frames in any pieces, and which of them are torn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from drivers.serial_devices.frames import PAUSE_S, START_S, Frame, FrameCutter

LATER = START_S + 1.0


def cutter(ends: bytes = b"\r\n", start: bytes = b"", longest: int = 20) -> FrameCutter:
    made = FrameCutter(ends, start, longest)
    made.opened(0.0)
    return made


@given(st.lists(st.integers(1, 6), max_size=40))
def test_frames_are_the_same_in_any_pieces(sizes: list[int]) -> None:
    content = b"01A+0000.123\r01A-0000.500\r\n\n7 mm\n"
    made, frames, start = cutter(), [], 0
    for size in [*sizes, len(content)]:
        frames += made.feed(content[start : start + size], LATER)
        start += size
    assert frames == [Frame(b"01A+0000.123", False), Frame(b"01A-0000.500", False), Frame(b"7 mm", False)]
    assert not made.waiting


def test_what_comes_as_the_line_opens_may_be_a_tail() -> None:
    made = cutter()
    assert made.feed(b"345 mm\r\n2.345 mm\r\n", START_S / 2) == [
        Frame(b"345 mm", True, True),
        Frame(b"2.345 mm", False),
    ]
    made.opened(10.0)
    assert made.feed(b"345 mm\r\n", 10.0 + LATER) == [Frame(b"345 mm", False)]


def test_a_pause_in_the_middle_tears_a_frame() -> None:
    made = cutter()
    assert made.feed(b"1", LATER) == []
    assert made.waiting
    assert made.feed(b"2.345 mm\r\n", LATER + PAUSE_S + 0.1) == [Frame(b"12.345 mm", True)]
    assert made.feed(b"2.345 mm\r\n", LATER + 9) == [Frame(b"2.345 mm", False)]


def test_a_frame_without_end_is_bounded_and_torn() -> None:
    made = cutter(longest=4)
    assert made.feed(b"x" * 100_000, LATER) == []
    assert made.feed(b"\r12\r", LATER) == [Frame(b"xxxx", True), Frame(b"12", False)]


def test_a_frame_with_a_prefix_begins_there() -> None:
    made = cutter(b"\x03", b"\x02")
    assert made.feed(b"noise\x02CODE\x03", LATER) == [Frame(b"CODE", False)]
    assert made.feed(b"CODE\x03", LATER) == [Frame(b"CODE", True)]
    assert made.feed(b"\x02HALF\x02CODE\x03", LATER) == [Frame(b"CODE", False)]


def test_opening_forgets_the_half_of_a_frame() -> None:
    made = cutter()
    made.feed(b"12.", LATER)
    made.opened(LATER)
    assert not made.waiting
    assert made.feed(b"5 mm\r", LATER + LATER) == [Frame(b"5 mm", False)]
