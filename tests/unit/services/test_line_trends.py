"""What is known of another station's past: how its tags are read, when it was off, and why it cannot be shown."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from drivers.base import Quality
from station_app.domain.chain import AUDIT, REC
from station_app.domain.outcome import Outcome
from station_app.domain.records import ApplicationState, Fact, JobState, MachineValue
from station_app.domain.trend import Envelope, Gap, GapKind, RawSeries, TrendReach, ValueKind, no_samples
from station_app.services.line_trends import LineTrends, StationPast, TagWords
from station_app.services.ports import HistorianError
from station_app.storage.shared.block_cache import BlockCache
from station_app.storage.shared.trends import ArrivedTrends
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase
from tests.machine_data import T0_US, Bench, block, sample
from tests.shared_database import BASE_US, STATION_A, STATION_B, ChainWriter

ELSEWHERE = "ACME/BRNO/ASSEMBLY/L2/ASM-10"
NOBODY = "ACME/BRNO/ASSEMBLY/L1/ASM-99"


class NoSamples:
    """Has nothing."""

    def read_raw(self, tag: str, from_us: int, to_us: int, limit: int) -> RawSeries:
        return no_samples()

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
    (stop,) = past.look(BASE_US).result().gaps
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


def seen(server: FakeServer, pool: ThreadPoolExecutor) -> StationPast:
    """Station A as station B sees it, with samples."""
    client, cache = FakeSharedDatabase(server, STATION_B), BlockCache()
    trends = LineTrends(client, lambda station: ArrivedTrends(client, station, cache), pool, own=STATION_B)
    return trends.station(STATION_A)


def test_what_a_station_tells_of_itself_is_a_gap_and_its_own_word_counts(
    server: FakeServer, pool: ThreadPoolExecutor
) -> None:
    deliver(server, *map(application, ("started", "stopped", "started")))
    crash = Gap(BASE_US + 300_000_000, BASE_US + 302_000_000, GapKind.CRASH, "ended without notice")
    off = Gap(BASE_US + 60_000_000, BASE_US + 121_000_000, GapKind.NOT_RUNNING, "the application was not running")
    FakeSharedDatabase(server, STATION_A).trend_reach_put(TrendReach(None, (crash, off)))
    past = line(server, pool).station(STATION_A)
    assert past.look(BASE_US).result().gaps == (off, crash), "what the records say of the same time is not said twice"
    assert crash in past.envelope("t", BASE_US, BASE_US + 600_000_000, 10).gaps
    assert off not in past.read_raw("t", BASE_US + 200_000_000, BASE_US + 600_000_000, 10).gaps


def test_what_has_not_changed_is_told_from_what_has_not_arrived(server: FakeServer, pool: ThreadPoolExecutor) -> None:
    client, minute_us = FakeSharedDatabase(server, STATION_A), 60_000_000
    client.trend_put(block("t", [1.0, 2.0, 3.0]))
    client.trend_reach_put(TrendReach(T0_US + minute_us))
    past = seen(server, pool)
    assert past.look(T0_US).result().until_us == T0_US + minute_us
    drawn = past.envelope("t", T0_US, T0_US + 2 * minute_us, 10)
    assert (drawn.time_us[-1], drawn.minimum[-1]) == (T0_US + minute_us, 3.0), "it still had its last value then"
    assert [(gap.kind, gap.start_us) for gap in drawn.gaps] == [(GapKind.NOT_ARRIVED, T0_US + minute_us)]
    within = past.envelope("t", T0_US + minute_us // 2, T0_US + minute_us, 10)
    assert (within.gaps, within.minimum.tolist()) == ((), [3.0, 3.0])


def test_a_lost_device_stays_lost_until_all_has_arrived(
    server: FakeServer, pool: ThreadPoolExecutor, tmp_path: Path
) -> None:
    bench = Bench(tmp_path, station=STATION_A)
    bench.store([sample(T0_US, 1.0), sample(T0_US + 5_000_000, None, Quality.BAD, "BadNoCommunication")])
    client, (tail,) = FakeSharedDatabase(server, STATION_A), bench.outbox.tails(["force"])[0]
    bench.close()
    client.trend_tail_put(tail)
    client.trend_reach_put(TrendReach(T0_US + 60_000_000))
    past = seen(server, pool)
    past.look(T0_US).result()
    for from_us in (T0_US, T0_US + 30_000_000):
        lost, missing = past.envelope("force", from_us, T0_US + 90_000_000, 10).gaps
        assert (lost.reason, lost.start_us, lost.end_us) == (
            "BadNoCommunication",
            T0_US + 5_000_000,
            T0_US + 60_000_000,
        )
        assert missing.kind is GapKind.NOT_ARRIVED


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
