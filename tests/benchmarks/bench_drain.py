"""Draining: records of a station's day through ``append_batch``, against the bare database.

Goals (issue "A station that runs"): 500 records a call at least 8x as fast as one record a call, and at least 0.3x of bare
``executemany ... ON CONFLICT DO NOTHING`` of the same columns into a table with the same key.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from station_app.domain.chain import REC, Row
from station_app.domain.outcome import Outcome
from station_app.domain.records import EquipmentState, Fact, MachineValue, MaterialConsumed, Measurement, StepState
from station_app.storage.embedded_postgres import EmbeddedPostgres
from station_app.storage.shared import PostgresSharedDatabase
from tests.shared_database import STATION_A, STATION_B, ChainWriter, PlantDatabase, make_plant

BATCH = 500
ROUNDS = 10
COLUMNS = (
    "station", "chan", "epoch", "seq", "rec_id", "kind", "ver", "actor", "wall_us", "utc_offset_min", "mono_ns",
    "boot_id", "clock_offset_ms", "body", "hash", "content_sha",
)  # fmt: skip


def day_of_work(station: str, count: int) -> list[Row]:
    """``count`` chained records as a station makes them: steps, measurements, machine values, material, states."""
    chain = ChainWriter(station)
    while len(chain.rows) < count:
        unit = len(chain.rows) // 10
        where: dict[str, Any] = {
            "job_id": f"J{unit}", "serial": f"GR-{unit:06d}", "order_id": "4711", "operation": "10", "step_id": "press"
        }  # fmt: skip
        step: dict[str, Any] = {**where, "step_no": 1, "title": "Press the bearing"}
        facts: list[Fact] = [
            StepState(**step, state="started"),
            *(
                Measurement(
                    **where, check_id=f"c{n}", characteristic="bore", value_text="12.503", unit="mm", nominal="12.500",
                    lower_limit="12.480", upper_limit="12.520", source="gauge", gauge="MIT-0042", outcome=Outcome.PASS,
                )
                for n in range(3)
            ),
            *(
                MachineValue(
                    **where, characteristic="force", tag="press_force", address="opcua://press1/ns=2;s=Press.Force",
                    value_text="12.8731", unit="kN", lower_limit="11.0", upper_limit="14.0", quality="Good", status="Good",
                    source_us=chain.wall_us, received_us=chain.wall_us, outcome=Outcome.PASS,
                )
                for _ in range(3)
            ),
            MaterialConsumed(**where, material="BRG-6204", component_serial=f"BRG-{unit:06d}"),
            EquipmentState(state=1000, job_id=where["job_id"], serial=where["serial"]),
            StepState(**step, state="completed", outcome=Outcome.PASS, attended_s=41.5),
        ]  # fmt: skip
        for fact in facts:
            chain.row(fact, clock_offset_ms=12)
    return chain.rows[:count]


class Drain:
    """Delivers rows of a station through the product's client and counts the seconds."""

    def __init__(self, plant: PlantDatabase, station: str) -> None:
        self._client = PostgresSharedDatabase(plant.address(station))
        self._client.hello(REC, 1)
        self.seconds = 0.0

    def deliver(self, rows: Sequence[Row], batch: int) -> None:
        """Deliver rows in order, ``batch`` records a call."""
        began = time.perf_counter()
        for start in range(0, len(rows), batch):
            portion = rows[start : start + batch]
            self._client.append_batch(REC, 1, portion[0].seq, portion)
        self.seconds += time.perf_counter() - began

    def close(self) -> None:
        """Close the client."""
        self._client.close()


class Bare:
    """psycopg's executemany of the same columns into a table with the same key, and the seconds it took."""

    def __init__(self, plant: PlantDatabase) -> None:
        names, marks = ", ".join(COLUMNS), ", ".join(["%s"] * len(COLUMNS))
        self._insert = f"INSERT INTO bare ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING".encode()
        self._connection = psycopg.connect(plant.admin_url)
        self._connection.execute("CREATE TABLE bare (LIKE mes.station_log INCLUDING DEFAULTS)")
        self._connection.execute("ALTER TABLE bare ADD PRIMARY KEY (station, chan, epoch, seq)")
        self._connection.commit()
        self.seconds = 0.0

    def insert(self, rows: Sequence[Row], batch: int) -> None:
        """Insert rows, one transaction per ``batch``."""
        values: list[Any] = [
            (STATION_A, r.chan, r.epoch, r.seq, r.rec_id, r.kind, r.ver, r.actor, r.wall_us, r.utc_offset_min, r.mono_ns,
             r.boot_id, r.clock_offset_ms, r.body, r.hash, r.hash)
            for r in rows
        ]  # fmt: skip
        began = time.perf_counter()
        with self._connection.cursor() as cursor:
            for start in range(0, len(values), batch):
                cursor.executemany(self._insert, values[start : start + batch])
                self._connection.commit()
        self.seconds += time.perf_counter() - began

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure in rounds, each way after the other, so that a busy computer is busy for all; rates are records/s."""
    count, single = (20_000, 2_000) if quick else (100_000, 10_000)
    rows, few = day_of_work(STATION_A, count), day_of_work(STATION_B, single)
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "server") as server:
        plant = make_plant(server, "bench")
        batched, one_by_one, bare = Drain(plant, STATION_A), Drain(plant, STATION_B), Bare(plant)
        for n in range(ROUNDS):
            part = slice(n * count // ROUNDS, (n + 1) * count // ROUNDS)
            batched.deliver(rows[part], BATCH)
            bare.insert(rows[part], BATCH)
            one_by_one.deliver(few[n * single // ROUNDS : (n + 1) * single // ROUNDS], 1)
        for side in (batched, one_by_one, bare):
            side.close()
        landed = plant.sql("SELECT count(*) FROM mes.station_log")[0][0]
        waiting = plant.sql("SELECT count(*) FROM mes.quarantine")[0][0]
        server.remove()
    if (landed, waiting) != (count + single, 0):
        raise RuntimeError(f"{landed} records landed, {waiting} in quarantine: not what was to be measured")
    rate = count / batched.seconds
    return [
        _line("drain, 500 records a call against one a call (records/s)", rate, single / one_by_one.seconds, 8.0),
        _line("drain against bare executemany ON CONFLICT (records/s)", rate, count / bare.seconds, 0.3),
    ]


def _line(name: str, product: float, bare: float, goal: float) -> dict[str, Any]:
    ratio = product / bare
    return {
        "name": name, "product": round(product), "bare": round(bare), "ratio": round(ratio, 2), "goal": f">= {goal:g}",
        "met": ratio >= goal,
    }  # fmt: skip
