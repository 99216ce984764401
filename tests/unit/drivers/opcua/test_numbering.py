"""Which message of a subscription never came."""

from __future__ import annotations

from drivers.opcua.numbering import Numbering


def test_messages_in_order_miss_nothing() -> None:
    numbering = Numbering()
    assert [numbering.missing(number, keep_alive=False) for number in (1, 2, 3)] == [[], [], []]


def test_a_jump_names_what_is_missing() -> None:
    numbering = Numbering()
    numbering.missing(1, keep_alive=False)
    assert numbering.missing(4, keep_alive=False) == [2, 3]
    assert numbering.missing(5, keep_alive=False) == []


def test_a_keep_alive_carries_the_next_number_and_uses_none_up() -> None:
    numbering = Numbering()
    assert numbering.missing(1, keep_alive=True) == []
    assert numbering.missing(1, keep_alive=False) == []
    assert numbering.missing(3, keep_alive=True) == [2]
    assert numbering.missing(3, keep_alive=False) == []
    assert numbering.missing(0, keep_alive=True) == [], "a server that numbers its keep-alives otherwise"


def test_a_message_that_came_before_is_known() -> None:
    numbering = Numbering()
    for number in (1, 2, 3):
        numbering.missing(number, keep_alive=False)
    assert numbering.missing(2, keep_alive=False) is None
    assert numbering.missing(4, keep_alive=False) == []


def test_after_the_last_number_comes_1() -> None:
    near_the_end = Numbering()
    near_the_end._next = 0xFFFFFFFF
    assert near_the_end.missing(0xFFFFFFFF, keep_alive=False) == []
    assert near_the_end.missing(2, keep_alive=False) == [1]


def test_a_jump_too_wide_for_a_loss_is_one_missing_message() -> None:
    numbering = Numbering()
    numbering.missing(1, keep_alive=False)
    assert numbering.missing(2_000_000, keep_alive=False) == [2]
    assert numbering.missing(2_000_001, keep_alive=False) == []
