"""RTU frames: the CRC, and what is and is not the answer among received bytes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.modbus.reply import DeviceException, WrongReply
from drivers.modbus.rtu import answer_in_frame, crc, expected_length, frame_in, is_whole

REQUEST = bytes.fromhex("11 03 006b 0003 7687")  # the example of Modbus over Serial Line
DATA = bytes.fromhex("022b00000064")


def framed(text: str) -> bytes:
    frame = bytes.fromhex(text)
    return frame + crc(frame)


ANSWER = framed("11 03 06 022b 0000 0064")


def test_the_crc_of_published_frames() -> None:
    assert crc(bytes.fromhex("01 03 0000 000a")) == bytes.fromhex("c5cd")
    assert crc(bytes.fromhex("02 07")) == bytes.fromhex("4112")
    assert is_whole(REQUEST)
    assert not is_whole(REQUEST[:-1] + b"\0")


def test_the_answer_is_found_and_its_data_taken() -> None:
    frame = frame_in(REQUEST, ANSWER)
    assert frame == ANSWER
    assert answer_in_frame(REQUEST, frame) == DATA
    assert len(ANSWER) == expected_length(REQUEST)


@given(st.integers(0, len(ANSWER) - 1))
def test_a_part_is_no_answer(length: int) -> None:
    assert frame_in(REQUEST, ANSWER[:length]) is None


@given(st.integers(0, len(ANSWER) - 1), st.integers(1, 255))
def test_one_changed_byte_is_enough_to_refuse(position: int, change: int) -> None:
    changed = bytearray(ANSWER)
    changed[position] ^= change
    assert frame_in(REQUEST, bytes(changed)) is None


@given(st.binary(max_size=40))
@settings(max_examples=200)
def test_behind_noise_the_answer_is_found(noise: bytes) -> None:
    assert frame_in(REQUEST, noise + ANSWER) == ANSWER


@given(st.binary(min_size=1, max_size=40))
def test_with_anything_behind_it_there_is_no_answer(noise: bytes) -> None:
    with pytest.raises(WrongReply, match="bytes came behind the answer"):
        frame_in(REQUEST, ANSWER + noise)


@given(st.binary(max_size=300))
@settings(max_examples=300)
def test_noise_alone_is_no_answer(noise: bytes) -> None:
    try:
        frame = frame_in(REQUEST, noise)
    except WrongReply:
        return
    assert frame is None or frame in noise


def test_an_exception_is_a_refusal() -> None:
    frame = frame_in(REQUEST, framed("11 83 02"))
    assert frame is not None
    with pytest.raises(DeviceException) as refusal:
        answer_in_frame(REQUEST, frame)
    assert refusal.value.code == 2


@pytest.mark.parametrize("text", ["11 03 02 022b", "11 03 08 022b 0000 0064 0000"])
def test_another_length_is_said_at_once(text: str) -> None:
    frame = frame_in(REQUEST, framed(text))
    assert frame is not None
    with pytest.raises(WrongReply, match="asked for 6 data bytes"):
        answer_in_frame(REQUEST, frame)


@pytest.mark.parametrize("text", ["12 03 06 022b 0000 0064", "11 04 06 022b 0000 0064", "11 84 02"])
def test_another_unit_or_function_is_no_answer(text: str) -> None:
    assert frame_in(REQUEST, framed(text)) is None


@pytest.mark.parametrize(
    ("request_text", "answer_text", "other_text"),
    [
        ("11 05 00ac ff00", "11 05 00ac ff00", "11 05 00ac 0000"),
        ("11 06 0001 0003", "11 06 0001 0003", "11 06 0002 0003"),
        ("11 10 0001 0002 04 000a 0102", "11 10 0001 0002", "11 10 0001 0001"),
    ],
)
def test_writes_are_confirmed_by_what_was_written(request_text: str, answer_text: str, other_text: str) -> None:
    request = framed(request_text)
    assert answer_in_frame(request, frame_in(request, framed(answer_text)) or b"") == b""
    with pytest.raises(WrongReply, match="confirmed with"):
        answer_in_frame(request, frame_in(request, framed(other_text)) or b"")
