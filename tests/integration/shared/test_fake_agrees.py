"""The fake server answers as PostgreSQL does, whatever two careless copies of a station send."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from station_app.domain.chain import REC, Row, genesis
from station_app.domain.records import Comment, EpochStart
from station_app.services.ports import SharedDatabase, SharedDatabaseError
from station_app.storage.shared import PostgresSharedDatabase
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase
from tests.shared_database import STATION_A, ChainWriter, PlantDatabase

STEPS = 250


def outcome(call: Callable[..., Any], *arguments: object) -> object:
    """What a call answers, or the class of its refusal."""
    try:
        return call(*arguments)
    except SharedDatabaseError as error:
        return type(error)


class Sender:
    """Sends batches of a few chains of one station: in order, repeated, with gaps, tampered, and from new epochs."""

    def __init__(self, source: random.Random) -> None:
        self._source = source
        self._chains = [ChainWriter(STATION_A), ChainWriter(STATION_A)]

    def rows(self) -> list[Row]:
        """Every row of every chain."""
        return [row for chain in self._chains for row in chain.rows]

    def batch(self) -> tuple[int, int, list[Row]]:
        """(epoch, first_seq, rows) of the next call."""
        chain = self._source.choice(self._chains)
        for _ in range(self._source.randrange(4)):
            chain.row(Comment(text="x"))
        first = self._source.randrange(len(chain.rows) + 2) + 1
        rows = chain.rows[first - 1 : first - 1 + self._source.randrange(6)]
        if rows and self._source.random() < 0.1:
            spoiled = self._source.randrange(len(rows))
            rows[spoiled] = replace(rows[spoiled], actor="intruder")
        return chain.epoch, first, rows

    def fork(self) -> None:
        """Begin another epoch from some row, or from none, sometimes wrongly named."""
        epoch = self._source.randrange(1, 7)
        rows = [row for row in self.rows() if self._source.random() < 0.9 or row.epoch < epoch]
        parent = self._source.choice(rows) if rows else None
        chain = ChainWriter(STATION_A, epoch=epoch)
        match self._source.randrange(5):
            case 0:
                start = EpochStart(parent_epoch=0, parent_seq=0, parent_hash="", reason="x")
            case 1:
                start = EpochStart(
                    parent_epoch=1, parent_seq=0, parent_hash=genesis(STATION_A, REC, 1).hex(), reason="x"
                )
            case 2:
                start = EpochStart(parent_epoch=1, parent_seq=1, parent_hash="00", reason="x")
            case _ if parent is not None:
                start = EpochStart(
                    parent_epoch=parent.epoch, parent_seq=parent.seq, parent_hash=parent.hash.hex(), reason="x"
                )
            case _:
                return
        chain.row(start)
        self._chains = [*self._chains[-4:], chain]


@pytest.mark.parametrize("seed", range(4))
def test_the_same_calls_get_the_same_answers(plant: PlantDatabase, seed: int) -> None:
    source = random.Random(seed)
    sender = Sender(source)
    real = PostgresSharedDatabase(plant.address(STATION_A))
    both: list[SharedDatabase] = [real, FakeSharedDatabase(FakeServer(), STATION_A)]
    seen: set[object] = set()
    for step in range(STEPS):
        if source.random() < 0.06:
            sender.fork()
        if source.random() < 0.2:
            hashes = [row.hash for row in sender.rows() if source.random() < 0.3]
            answers = [outcome(database.fork_info, REC, hashes) for database in both]
        else:
            epoch, first, rows = sender.batch()
            answers = [outcome(database.append_batch, REC, epoch, first, rows) for database in both]
            seen.add(answers[0] if isinstance(answers[0], type) else int)
        assert answers[0] == answers[1], f"step {step} of seed {seed}"
        epoch = source.randrange(1, 7)
        hellos = [replace(database.hello(REC, epoch), now_us=0) for database in both]
        assert hellos[0] == hellos[1], f"step {step} of seed {seed}"
        assert both[0].read_log(REC, epoch, 0, 1000) == both[1].read_log(REC, epoch, 0, 1000)
    real.close()
    assert len(seen) == 3, f"only {seen} happened: the test has lost its variety"
