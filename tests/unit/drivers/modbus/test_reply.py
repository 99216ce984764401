"""A reply is believed only when every byte of it is right, whatever the bytes are."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.modbus.reply import ConnectionLost, DeviceException, WrongReply, answer_in, answer_of

UNIT, COUNT = 3, 2
DATA = b"\x41\x48\x00\x00"
ASKED = struct.pack(">HHHBBHH", 7, 0, 6, UNIT, 3, 100, COUNT)
RIGHT = struct.pack(">HHHBBB", 7, 0, 3 + len(DATA), UNIT, 3, len(DATA)) + DATA
REFUSALS = (ConnectionLost, WrongReply, DeviceException)


def test_the_right_answer_is_believed() -> None:
    assert answer_in(ASKED, RIGHT) == DATA


@pytest.mark.parametrize("length", range(len(RIGHT)))
def test_a_part_of_the_answer_is_waited_out(length: int) -> None:
    assert answer_in(ASKED, RIGHT[:length]) is None


@given(st.integers(0, len(RIGHT) - len(DATA) - 1), st.integers(1, 255))
def test_one_changed_byte_before_the_data_is_enough_to_refuse(position: int, change: int) -> None:
    changed = bytearray(RIGHT)
    changed[position] ^= change
    try:
        assert answer_in(ASKED, bytes(changed)) is None
    except REFUSALS:
        return


@given(st.binary(max_size=300))
def test_any_other_bytes_are_refused(received: bytes) -> None:
    if received[: -len(DATA)] == RIGHT[: -len(DATA)]:
        return
    try:
        assert answer_in(ASKED, received) is None
    except REFUSALS:
        return


@given(st.binary(min_size=1, max_size=300))
def test_bytes_behind_the_answer_make_it_doubtful(more: bytes) -> None:
    with pytest.raises(ConnectionLost, match="behind the answer"):
        answer_in(ASKED, RIGHT + more)


@pytest.mark.parametrize(
    ("change", "kind", "what"),
    [
        ({"transaction": 8}, ConnectionLost, "answer 8 came where 7 was asked"),
        ({"transaction": 0}, ConnectionLost, "answer 0 came where 7 was asked"),
        ({"protocol": 7}, ConnectionLost, "no Modbus frame"),
        ({"unit": 4}, WrongReply, "unit 4 answered where unit 3 was asked"),
        ({"unit": 0}, WrongReply, "unit 0 answered"),
        ({"pdu": b"\x04\x04" + DATA}, WrongReply, "function 4 answered where 3 was asked"),
        ({"pdu": b"\x03\x02" + DATA[:2]}, WrongReply, "announces 2 and has 2"),
        ({"pdu": b"\x03\x06" + DATA + b"\0\0"}, WrongReply, "announces 6 and has 6"),
        ({"pdu": b"\x03\x04" + DATA + b"\0"}, WrongReply, "announces 4 and has 5"),
        ({"pdu": b"\x03"}, WrongReply, "announces no"),
        ({"pdu": b"\x83"}, WrongReply, "function 131"),
        ({"pdu": b"\x84\x02"}, WrongReply, "function 132"),
        ({"pdu": b"\x83\x02\x00"}, WrongReply, "function 131"),
        ({"pdu": b"\x83\x02"}, DeviceException, "exception 2"),
    ],
)
def test_what_is_wrong_is_said(change: dict[str, object], kind: type[Exception], what: str) -> None:
    field = {"transaction": 7, "protocol": 0, "unit": UNIT, "pdu": RIGHT[7:]} | change
    pdu = field["pdu"]
    assert isinstance(pdu, bytes)
    head = struct.pack(">HHHB", field["transaction"], field["protocol"], len(pdu) + 1, field["unit"])
    with pytest.raises(kind, match=what):
        answer_in(ASKED, head + pdu)


@pytest.mark.parametrize(("count", "data"), [(1, b"\x01"), (8, b"\xff"), (9, b"\xff\x01")])
@pytest.mark.parametrize("function", [1, 2])
def test_bits_come_eight_to_a_byte(function: int, count: int, data: bytes) -> None:
    asked = struct.pack(">BHH", function, 0, count)
    assert answer_of(asked, bytes([function, len(data)]) + data) == data
    with pytest.raises(WrongReply):
        answer_of(asked, bytes([function, len(data) + 1]) + data + b"\0")


@pytest.mark.parametrize(
    "asked",
    [
        struct.pack(">BHH", 5, 12, 0xFF00),
        struct.pack(">BHH", 6, 12, 1200),
        struct.pack(">BHHBHH", 16, 12, 2, 4, 0x4148, 0),
    ],
    ids=["coil", "register", "registers"],
)
def test_a_write_is_confirmed_by_its_own_words_only(asked: bytes) -> None:
    confirmed = asked[:5]
    assert answer_of(asked, confirmed) == b""
    for position in range(1, len(confirmed)):
        changed = bytearray(confirmed)
        changed[position] ^= 1
        with pytest.raises(WrongReply, match="confirmed with"):
            answer_of(asked, bytes(changed))
    for other in (confirmed[:-1], confirmed + b"\0"):
        with pytest.raises(WrongReply, match="confirmed with"):
            answer_of(asked, other)
