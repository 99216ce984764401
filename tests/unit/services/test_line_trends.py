"""What is known of another station's past: how its tags are read, when it was off, and why it cannot be shown."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from station_app.domain.chain import AUDIT, REC
from station_app.domain.outcome import Outcome
from station_app.domain.records import ApplicationState, Fact, JobState, MachineValue
from station_app.domain.trend import Envelope, GapKind, ValueKind
from station_app.services.line_trends import LineTrends, TagWords
from station_app.services.ports import HistorianError
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase
from tests.machine_data import T0_US, block
from tests.shared_database import BASE_US, STATION_A, STATION_B, ChainWriter

ELSEWHERE = "ACME/BRNO/ASSEMBLY/L2/ASM-10"
NOBODY = "ACME/BRNO/ASSEMBLY/L1/ASM-99"


class NoSamples:
    """Draws nothing."""

    def envelope(self, tag: str, from_us: int, to_us: int, points: int) -> Envelope:
        ints, floats = np.zeros(0, np.int64), np.zeros(0, np.float64)
        return Envelope(ValueKind.FLOAT, ints, floats, floats, floats, ints, ints, raw=True)


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1, thread_name_prefix="pool") as made:
        yield made


@pytest.fixture
def server() -> FakeServer:
    return FakeServer()


def line(server: FakeServer, pool: ThreadPoolExecutor, contact: bool = True) -> LineTrends:
    client = FakeSharedDatabase(server, STATION_B)
    return LineTrends(client, lambda _station: NoSamples(), pool, own=STATION_B, in_contact=lambda: contact)


def deliver(server: FakeServer, *facts: Fact, at_us: int = BASE_US, step_us: int = 60_000_000) -> None:
    chains = {REC: ChainWriter(STATION_A), AUDIT: ChainWriter(STATION_A, chan=AUDIT)}
    for number, fact in enumerate(facts):
        chains[fact.chan].row(fact, wall_us=at_us + number * step_us)
    client = FakeSharedDatabase(server, STATION_A)
    for chan, chain in chains.items():
        client.append_batch(chan, 1, 1, chain.rows)


def read(tag: str, unit: str, lower: str = "", upper: str = "") -> MachineValue:
    return MachineValue(
        job_id="j", serial="s", order_id="o", operation="p", step_id="t", characteristic="c", tag=tag, address="a",
        value_text="1", unit=unit, lower_limit=lower, upper_limit=upper, quality="Good", status="Good", received_us=1,
        outcome=Outcome.PASS,
    )  # fmt: skip


def application(state: str) -> ApplicationState:
    return ApplicationState(state=state, application_version="1", computer="pc")


def test_a_tag_is_read_as_its_newest_recorded_value_was(server: FakeServer, pool: ThreadPoolExecutor) -> None:
    deliver(server, read("force", "N", "1", "2"), read("speed", "rpm"), read("force", "kN", "1.5", "2.5"))
    words = line(server, pool).station(STATION_A).look(BASE_US + 10**9).result().words
    assert words == {"force": TagWords("kN", 1.5, 2.5), "speed": TagWords("rpm")}
    early = line(server, pool).station(STATION_A).look(BASE_US + 1).result().words
    assert early == {"force": TagWords("N", 1.0, 2.0)}, "as it was then"


def test_what_cannot_be_read_is_passed_over(server: FakeServer, pool: ThreadPoolExecutor) -> None:
    chain = ChainWriter(STATION_A)
    chain.row(read("force", "N", "nan", "1e999"))
    chain.row(read("speed", "rpm"), ver=99, body=b"of a newer version")
    FakeSharedDatabase(server, STATION_A).append_batch(REC, 1, 1, chain.rows)
    words = line(server, pool).station(STATION_A).look(BASE_US + 10**9).result().words
    assert words == {"force": TagWords("N")}


def test_when_it_was_switched_off_is_a_gap_and_a_crash_is_not_known(
    server: FakeServer, pool: ThreadPoolExecutor
) -> None:
    states = ("started", "stopped", "started", "started", "stopped")
    deliver(server, *map(application, states))
    past = line(server, pool).station(STATION_A)
    (stop,) = past.look(BASE_US).result().stops
    assert (stop.kind, stop.end_us - stop.start_us) == (GapKind.NOT_RUNNING, 60_000_000)
    gaps = past.envelope("t", BASE_US, BASE_US + 600_000_000, 10).gaps
    assert {gap.kind for gap in gaps} == {GapKind.NOT_RUNNING, GapKind.NOT_ARRIVED}


def test_until_when_it_has_arrived_bounds_what_is_hatched(server: FakeServer, pool: ThreadPoolExecutor) -> None:
    FakeSharedDatabase(server, STATION_A).trend_put(block("t", [1.0, 2.0, 3.0]))
    past = line(server, pool).station(STATION_A)
    assert past.look(T0_US).result().until_us == T0_US + 2_000_000
    (gap,) = past.envelope("t", T0_US, T0_US + 10_000_000, 10).gaps
    assert (gap.kind, gap.start_us, gap.end_us) == (GapKind.NOT_ARRIVED, T0_US + 2_000_000, T0_US + 10_000_000)
    assert "ASM-10" in gap.reason
    assert past.envelope("t", T0_US, T0_US + 1_000_000, 10).gaps == ()


def test_of_a_long_time_units_are_known_and_values_are_not(server: FakeServer, pool: ThreadPoolExecutor) -> None:
    job = JobState(
        job_id="j", serial="s", order_id="o", operation="p", state="Running", product="P", work_master_id="W",
        work_master_version="1", work_master_sha256="0" * 64,
    )  # fmt: skip
    deliver(server, job, read("force", "N"))
    past = line(server, pool).station(STATION_A)
    day_us = 86_400_000_000
    near = past.work_past.between(BASE_US - 1, BASE_US + day_us).result()
    assert (len(near.units), len(near.events)) == (1, 1)
    far = past.work_past.between(BASE_US - 1, BASE_US + 30 * day_us).result()
    assert (len(far.units), len(far.events)) == (1, 0)


@pytest.mark.parametrize(
    ("station", "contact", "words"),
    [
        (STATION_A, False, "The server does not answer: the past of ASM-10 is read from it."),
        (ELSEWHERE, True, "ASM-10 is a station of another line (ACME/BRNO/ASSEMBLY/L2)"),
    ],
)
def test_why_it_cannot_be_shown(
    server: FakeServer, pool: ThreadPoolExecutor, station: str, contact: bool, words: str
) -> None:
    past = line(server, pool, contact).station(station)
    for ask in (
        lambda: past.look(0).result(),
        lambda: past.envelope("t", 0, 1, 1),
        lambda: past.work_past.between(0, 1).result(),
    ):
        with pytest.raises(HistorianError) as refused:
            ask()
        assert str(refused.value).startswith(words)


def test_a_station_that_nobody_knows_has_no_past(server: FakeServer, pool: ThreadPoolExecutor) -> None:
    trends = line(server, pool)
    known = trends.station(NOBODY).look(0).result()
    assert (known.tags, known.until_us) == ({}, 0)
    assert trends.station(NOBODY) is trends.station(NOBODY), "what is known stays known"
