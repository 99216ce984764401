"""A bench station on a line: another station, ASM-20, has delivered machine data and records to a shared database in memory."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from drivers.base import Quality, Sample, Value
from station_app.app.history import line_trends_of
from station_app.domain.chain import AUDIT, REC, Row
from station_app.domain.outcome import Outcome
from station_app.domain.records import ApplicationState, Fact, MachineValue, OnUnit
from station_app.domain.trend import ArrivedBlock, LineTag
from station_app.services.ports import Refused, Unreachable
from station_app.services.posting import Post
from station_app.services.tracing import Tracing
from station_app.storage.historian.sealing import SEAL_AFTER_S
from tests.bench_station import ASM_10, ASM_20
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase
from tests.machine_data import ALL, Bench
from tests.shared_database import ChainWriter
from tests.trend_station import ORDER, TrendStation, alarm_fact, remark_fact, unit_facts

SPEED, TORQUE, MODE = "bench.speed", "bench.torque", "bench.mode"


class WatchedDatabase(FakeSharedDatabase):
    """The station's client: in which threads it was asked, how often for contents, and a server that can be away."""

    def __init__(self, server: FakeServer, station: str) -> None:
        super().__init__(server, station)
        self.threads: set[int] = set()
        self.contents = 0
        self.away = self.refuses = False

    def _note(self) -> None:
        self.threads.add(threading.get_ident())
        if self.away:
            raise Unreachable("no answer")
        if self.refuses:
            raise Refused("the password is wrong")

    def line_tags(self, station: str) -> list[LineTag]:
        self._note()
        return super().line_tags(station)

    def line_blocks(self, station: str, tag: str, from_us: int, to_us: int) -> list[ArrivedBlock]:
        self._note()
        return super().line_blocks(station, tag, from_us, to_us)

    def line_contents(self, station: str, tag: str, blocks: Sequence[ArrivedBlock]) -> dict[str, bytes]:
        self._note()
        self.contents += 1
        return super().line_contents(station, tag, blocks)

    def line_rows(
        self, station: str, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int
    ) -> list[Row]:
        self._note()
        return super().line_rows(station, chan, kinds, from_us, to_us, newest)


def deliver_data(
    server: FakeServer, folder: Path, signals: Mapping[str, Sequence[tuple[float, Value]]], station: str = ASM_20
) -> None:
    """Machine data of a station arrive: (time in seconds, value; None is Bad)."""
    folder.mkdir()
    bench = Bench(folder, dict.fromkeys(signals, ALL), station=station)
    for tag, samples in signals.items():
        bench.store([_sample(tag, time_s, value) for time_s, value in samples])
    bench.clock.advance(2 * SEAL_AFTER_S)
    bench.store()
    client = FakeSharedDatabase(server, station)
    for block in bench.outbox.waiting(10_000):
        client.trend_put(block)
    bench.close()


def _sample(tag: str, time_s: float, value: Value) -> Sample:
    quality, status = (Quality.BAD, "BadNoCommunication") if value is None else (Quality.GOOD, "Good")
    return Sample(tag, value, quality, status, time_s, time_s)


def deliver_records(server: FakeServer, facts: Sequence[tuple[float, Fact]], station: str = ASM_20) -> None:
    """Records of a station arrive, at their times."""
    chains = {REC: ChainWriter(station), AUDIT: ChainWriter(station, chan=AUDIT)}
    for at_s, fact in sorted(facts, key=lambda item: item[0]):
        chains[fact.chan].row(fact, wall_us=round(at_s * 1e6), clock_offset_ms=0)
    client = FakeSharedDatabase(server, station)
    for chan, chain in chains.items():
        client.append_batch(chan, 1, 1, chain.rows)


def other_unit_facts(serial: str, at_s: float) -> list[tuple[float, Fact]]:
    """A unit's steps as another job than the one it has here."""
    changes = {"job_id": f"run-{serial}", "operation": "test_run"}
    return [
        (time_s, msgspec.structs.replace(fact, **changes) if isinstance(fact, OnUnit) else fact)
        for time_s, fact in unit_facts(serial, at_s)
    ]


def run_up(serial: str, at_s: float) -> list[tuple[float, Fact]]:
    """What the other station did with a unit: its steps, a value read from the bench, an alarm, a remark, and a switch-off."""
    read = MachineValue(
        job_id=f"run-{serial}", serial=serial, order_id=ORDER, operation="test_run", step_id="s3", characteristic="speed",
        tag=SPEED, address="opcua://bench/ns=2;s=Speed", value_text="1451.2", unit="rpm", lower_limit="1400",
        upper_limit="1500", quality="Good", status="Good", received_us=round((at_s + 150) * 1e6), outcome=Outcome.PASS,
    )  # fmt: skip
    return [
        *other_unit_facts(serial, at_s),
        (at_s + 150, read),
        (at_s + 160, alarm_fact("Torque above 8 Nm", source=TORQUE)),
        (at_s + 400, remark_fact(at_s + 155, "belt was tightened")),
        (at_s + 600, ApplicationState(state="stopped", application_version="1", computer="pc")),
        (at_s + 900, ApplicationState(state="started", application_version="1", computer="pc")),
    ]


class LineStation(TrendStation):
    """ASM-10, with what its line's server knows."""

    def __init__(self, folder: Path, post: Post, server: FakeServer) -> None:
        super().__init__(folder, post)
        self.database = WatchedDatabase(server, ASM_10)
        self.in_contact = True
        services = self.services
        tracing = Tracing(
            self.journal,
            self.evidence,
            self.database,
            self.pool,
            lambda: services.library.book,
            lambda: self.in_contact,
        )
        line = line_trends_of(self.database, self.pool, ASM_10, lambda: self.in_contact)
        self.services = dataclasses.replace(services, tracing=tracing, line_trends=line)


def bench_run(start_s: float, end_s: float) -> dict[str, list[tuple[float, Value]]]:
    """Speed and torque once a second, with a minute of lost contact, and what the bench is doing as texts."""
    times = np.arange(start_s, end_s, 1.0).tolist()
    lost = (start_s + 400, start_s + 460)
    speed: list[tuple[float, Value]] = [
        (t, None if lost[0] < t < lost[1] else 1450.0 + 20 * float(np.sin(t / 9))) for t in times
    ]
    torque: list[tuple[float, Value]] = [(t, 6.0 + float(np.cos(t / 7))) for t in times]
    modes: list[tuple[float, Value]] = [(t, "Running" if (t // 90) % 2 else "Idle") for t in times[::30]]
    return {SPEED: speed, TORQUE: torque, MODE: modes}
