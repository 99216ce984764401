"""What is not sealed yet on its way: within about a minute, never twice, and what is said to be there is there."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.domain.trend import GapKind
from station_app.services.ports import ChainBroken, HistorianError, SharedDatabaseError, Unreachable
from station_app.services.sync_state import SyncPhase
from station_app.services.transfer_tails import EVERY_S
from station_app.storage.shared.block_cache import BlockCache
from station_app.storage.shared.trends import ArrivedTrends
from tests.fakes.shared_database import FakeSharedDatabase
from tests.machine_data import ALL, T0_US, Bench, ramp, sample
from tests.sync_station import STATION, SyncStation

ALL_TIME = (0, 1 << 62)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path, dict.fromkeys(("force", "speed"), ALL))
    yield bench
    bench.close()


def seen(station: SyncStation, tag: str = "force") -> list[float]:
    """The values that another station of the line reads."""
    line = FakeSharedDatabase(station.server, STATION.replace("ASM-10", "ASM-20"))
    found = ArrivedTrends(line, STATION, BlockCache()).read_raw(tag, *ALL_TIME, 1_000_000)
    assert [gap for gap in found.gaps if gap.kind is GapKind.DAMAGED] == []
    return [float(value) for value in found.value.tolist()]


def until_us(station: SyncStation) -> int:
    return station.server.state.reach.get(STATION, 0)


def minute(station: SyncStation, bench: Bench) -> None:
    """A minute passes, and what was delivered is noted."""
    station.clock.advance(EVERY_S)
    bench.clock.advance(EVERY_S)
    bench.store()
    station.until_idle()
    bench.store()


def test_the_newest_samples_are_there_within_a_minute(bench: Bench) -> None:
    bench.store(ramp(1034))
    station = SyncStation(trends=bench.outbox)
    station.until_idle()
    assert seen(station) == [float(n) for n in range(1034)]
    assert until_us(station) == bench.clock.wall_us() - 2_000_000
    bench.store(ramp(5, T0_US + 2_000_000_000))
    station.next_poll()
    assert len(seen(station)) == 1034, "not with every poll"
    minute(station, bench)
    assert len(seen(station)) == 1039
    assert until_us(station) == bench.clock.wall_us() - 2_000_000


def test_what_has_not_changed_is_not_sent_again_and_what_was_sealed_takes_its_place(bench: Bench) -> None:
    bench.store([*ramp(10), sample(T0_US, 1.0, tag="speed")])
    station = SyncStation(trends=bench.outbox)
    minute(station, bench)
    minute(station, bench)
    assert station.database.tails == ["force", "speed"]
    bench.store(ramp(1020, T0_US + 10_000_000))
    minute(station, bench)
    assert len(seen(station)) == 1030 and len(station.server.state.trend) == 1
    assert station.database.tails == ["force", "speed", "force"], "what is left of it comes at once"


def test_records_and_blocks_go_before_it(bench: Bench) -> None:
    bench.store([*ramp(1034), sample(T0_US, 1.0, tag="speed")])
    station = SyncStation(trends=bench.outbox)
    station.record(3)
    while not station.database.tails:
        station.synchronizer.step()
    assert station.journal.waiting() == 0 and len(station.database.blocks) == 1


def test_a_crash_and_a_full_disk_are_told_and_grow(bench: Bench) -> None:
    bench.store(ramp(3))
    station = SyncStation(trends=bench.outbox)
    bench.crash()
    bench.clock.advance(100)
    bench.start()
    bench.recording.losses.add(GapKind.DISK_FULL, 7, bench.clock.wall_us())
    bench.store()
    station.until_idle()
    told = FakeSharedDatabase(station.server, STATION).line_reach(STATION)
    assert [gap.kind for gap in told.gaps] == [GapKind.CRASH, GapKind.NOT_RUNNING, GapKind.DISK_FULL]
    bench.clock.advance(1)
    bench.recording.losses.add(GapKind.DISK_FULL, 3, bench.clock.wall_us())
    bench.store()
    minute(station, bench)
    told = FakeSharedDatabase(station.server, STATION).line_reach(STATION)
    assert told.gaps[-1].reason.startswith("10 samples") and len(told.gaps) == 3


def test_very_many_gaps_come_in_several_calls(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station_app.services.transfer_tails.GAPS_AT_ONCE", 3)
    for _ in range(4):
        bench.crash()
        bench.clock.advance(100)
        bench.start()
    station = SyncStation(trends=bench.outbox)
    station.until_idle()
    assert len(FakeSharedDatabase(station.server, STATION).line_reach(STATION).gaps) == 8
    calls = len(bench.outbox.gaps(0, 100))
    minute(station, bench)
    assert station.synchronizer._trends._tails._settled_gap == bench.outbox.gaps(0, 100)[-1][0]
    assert calls == 8


@pytest.mark.parametrize("error", [ChainBroken("damaged"), SharedDatabaseError("a block has a tag")])
def test_one_that_is_refused_is_a_fault_and_the_end_is_not_claimed(bench: Bench, error: SharedDatabaseError) -> None:
    bench.store([*ramp(10), sample(T0_US, 1.0, tag="speed")])
    station = SyncStation(trends=bench.outbox)
    station.database.errors.append(error)
    station.until_idle()
    assert station.database.tails == ["speed"]
    assert "of force were not taken" in station.state.faults[0].text
    assert until_us(station) == 0
    bench.store(ramp(1, T0_US + 100_000_000))
    minute(station, bench)
    assert station.state.faults == () and until_us(station) > 0 and len(seen(station)) == 11


def test_a_past_that_cannot_be_read_is_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*_: object) -> None:
        raise HistorianError("machine data cannot be read")

    monkeypatch.setattr(bench.outbox, "unsealed", unreadable)
    station = SyncStation(trends=bench.outbox)
    station.record()
    station.until_idle()
    assert "cannot be read" in station.state.faults[0].text and station.journal.waiting() == 0


def test_a_restored_server_gets_the_newest_again(bench: Bench) -> None:
    station = SyncStation(trends=bench.outbox)
    station.until_idle()
    backup = station.server.backup()
    bench.store(ramp(7))
    station.record()
    minute(station, bench)
    station.server.restore(backup)
    station.next_poll()
    station.until_idle()
    assert len(seen(station)) == 7


def test_what_a_late_block_took_the_place_of_is_sent_again(bench: Bench) -> None:
    bench.store([*ramp(1024), *ramp(5)])
    station = SyncStation(trends=bench.outbox)
    station.database.errors.append(ChainBroken("damaged on its way"))
    station.until_idle()
    assert len(seen(station)) == 5 and until_us(station) == 0, "a block stays behind: nothing is claimed"
    station.next_poll()
    station.until_idle()
    minute(station, bench)
    assert len(seen(station)) == 1029 and until_us(station) > 0


def test_a_tag_that_is_sealed_meanwhile_is_sent_again_before_the_end_is_claimed(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("station_app.services.transfer_tails.PORTION_TAILS", 1)
    bench.store([*ramp(10), sample(T0_US, 1.0, tag="speed")])
    station = SyncStation(trends=bench.outbox)
    while not station.database.tails:
        station.synchronizer.step()
    bench.store(ramp(1020, T0_US + 10_000_000))
    station.until_idle()
    assert station.database.tails == ["force", "speed", "force"] and len(seen(station)) == 1030


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_killed_or_cut_nothing_is_there_twice_or_claimed_wrongly(bench: Bench, seed: int) -> None:
    """Samples come, the line is cut before and after calls, the application is killed between any two steps."""
    chance = random.Random(seed)
    station = SyncStation(trends=bench.outbox)
    stored: list[float] = []
    saves: list[tuple[int, int]] = []
    for _ in range(80):
        count = chance.choice([0, 1, 30, 700])
        samples = [sample(T0_US + (len(stored) + n) * 1_000, float(len(stored) + n)) for n in range(count)]
        stored += [one.value for one in samples]  # type: ignore[misc]  # they are floats
        bench.clock.advance(20)
        bench.store(samples)
        saves.append((bench.clock.wall_us(), len(stored)))
        station.clock.advance(20)
        station.server.cuts.extend(chance.choices(["before", "after", None], [1, 1, 12], k=20))
        for _ in range(chance.randrange(12)):
            station.synchronizer.step()
            if station.state.name is SyncPhase.BACKOFF:
                station.clock.advance(61)
        station.server.cuts.clear()
        there = seen(station)
        assert len(there) == len(set(there)), "a sample is there twice"
        assert there == stored[: len(there)], "a hole before what is there"
        claimed = max((known for at_us, known in saves if at_us <= until_us(station)), default=0)
        assert len(there) >= claimed, "it is said to be there and is not"
        if chance.random() < 0.15:
            bench.works.clear()
            bench.outbox._delivered.clear()
            station.restart()
    station.database.errors.append(Unreachable("cut"))
    for _ in range(3):
        minute(station, bench)
    assert seen(station) == stored and until_us(station) > 0
