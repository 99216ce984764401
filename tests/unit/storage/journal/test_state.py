"""What the writer knows without asking the file."""

from __future__ import annotations

import pytest

from station_app.domain.chain import AUDIT, REC, genesis
from station_app.services.ports import Head, Peer
from station_app.storage.journal.state import JournalState

EMPTY = JournalState("plant/line1/ASM-10")


def _heads(*places: tuple[int, int]) -> list[Head]:
    return [Head(epoch, seq, b"h" * 32) for epoch, seq in places]


def test_an_epoch_without_rows_stands_at_its_genesis() -> None:
    assert EMPTY.head(REC) == Head(1, 0, genesis(EMPTY.station, REC, 1))
    assert EMPTY.with_heads(REC, _heads((2, 5))).head(REC, 9) == Head(9, 0, genesis(EMPTY.station, REC, 9))


def test_heads_are_kept_by_channel_in_order_of_epochs() -> None:
    state = EMPTY.with_heads(REC, _heads((4, 1))).with_heads(REC, _heads((1, 7))).with_heads(AUDIT, _heads((1, 2)))
    assert state.epochs(REC) == _heads((1, 7), (4, 1))
    assert (state.head(REC).epoch, state.head(REC, 1).seq, state.head(AUDIT).seq) == (4, 7, 2)
    assert EMPTY.epochs(REC)[0].seq == 0, "the earlier state is as it was"


@pytest.mark.parametrize(
    ("after", "left"),
    [((1, 3), [(1, 3)]), ((1, 7), [(1, 7)]), ((2, 0), [(1, 7)]), ((2, 4), [(1, 7), (2, 4)]), ((0, 0), [])],
)
def test_a_cut_takes_what_follows(after: tuple[int, int], left: list[tuple[int, int]]) -> None:
    state = EMPTY.with_heads(REC, _heads((1, 7), (2, 5), (3, 1))).cut_after(REC, *_heads(after))
    assert [(head.epoch, head.seq) for head in state.heads[REC].values()] == left


@pytest.mark.parametrize(
    ("acked", "waiting"),
    [((0, 0), 15), ((1, 0), 15), ((1, 4), 11), ((1, 10), 5), ((2, 0), 5), ((2, 5), 0), ((3, 0), 0), ((1, 99), 5)],
)
def test_waiting_is_what_lies_beyond_the_acknowledged_place(acked: tuple[int, int], waiting: int) -> None:
    state = EMPTY.with_heads(REC, _heads((1, 10), (2, 5))).with_peer(REC, Peer(*acked, None))
    assert state.waiting() == waiting
    assert state.with_heads(AUDIT, _heads((1, 3))).waiting() == waiting + 3
