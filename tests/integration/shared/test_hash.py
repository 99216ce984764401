"""The hash of a record in SQL is the hash of station_app.domain.chain, byte for byte."""

from __future__ import annotations

import random
from typing import Any

from station_app.domain.chain import Draft, genesis, record_hash
from tests.shared_database import STATION_A, PlantDatabase

LETTERS = "aZ09 /_\"'\\{}\tžščř\u00a0\u4e2d\u6587\U0001f529\u200f"
LIMITS = (0, 1, -1, 2**31, -(2**31), 2**53 + 1, 2**63 - 1, -(2**63))


def random_text(source: random.Random, longest: int = 40) -> str:
    return "".join(source.choices(LETTERS, k=source.randrange(longest)))


def random_draft(source: random.Random) -> Draft:
    def big() -> int:
        return source.choice((*LIMITS, source.randrange(2**50)))

    return Draft(
        random_text(source), random_text(source), random_text(source), source.choice((0, 1, -1, 2**31 - 1)),
        random_text(source, 300), big(), source.choice((-720, 0, 840)), big(), random_text(source),
        source.choice((None, 0, big())), source.randbytes(source.randrange(2000)),
    )  # fmt: skip


def test_python_and_sql_agree_on_random_records(plant_template: PlantDatabase) -> None:
    source = random.Random(20261120)
    with plant_template.connect() as connection:
        for _ in range(400):
            draft = random_draft(source)
            epoch, seq, previous = source.choice((1, 2**31 - 1)), source.choice((1, 2**63 - 1)), source.randbytes(32)
            values: list[Any] = [
                draft.rec_id, draft.kind, draft.ver, draft.actor, draft.wall_us, draft.utc_offset_min, draft.mono_ns,
                draft.boot_id, draft.clock_offset_ms, draft.body,
            ]  # fmt: skip
            found = connection.execute(
                "SELECT mes.record_hash(%s, %s, %s, %s, mes.content_bytes(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s))",
                [previous, draft.chan, epoch, seq, *values],
            ).fetchone()
            assert found == (record_hash(previous, draft, epoch, seq),), draft


def test_python_and_sql_agree_on_the_genesis(plant_template: PlantDatabase) -> None:
    source = random.Random(1)
    for station in (STATION_A, "", "Závod/Řada 1/„A“", *(random_text(source) for _ in range(30))):
        for chan, epoch in (("rec", 1), ("audit", 2**31 - 1)):
            found = plant_template.sql("SELECT mes.genesis(%s, %s, %s)", station, chan, epoch)
            assert found == [(genesis(station, chan, epoch),)], station
