"""Blocks of machine data: after the records, each once, and again when the server lost them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.domain.chain import REC
from station_app.services.ports import ChainBroken, SharedDatabaseError, Unreachable
from station_app.services.sync_state import SyncPhase
from tests.machine_data import Bench, ramp
from tests.sync_station import SyncStation


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    bench.store(ramp(10 * 1024))
    yield bench
    bench.close()


def settle(station: SyncStation, bench: Bench) -> None:
    """Synchronize until nothing is left, with the historian noting what was delivered."""
    station.until_idle()
    bench.store()
    station.next_poll()
    bench.store()


def landed(station: SyncStation) -> int:
    return len(station.server.state.trend)


def test_every_block_is_delivered_once_and_then_none(bench: Bench) -> None:
    station = SyncStation(trends=bench.outbox)
    settle(station, bench)
    assert len(station.database.blocks) == landed(station) == 10
    bench.store(ramp(1024, 1_800_000_000_000_000))
    settle(station, bench)
    assert len(station.database.blocks) == landed(station) == 11
    assert bench.sql("SELECT count(*) FROM waiting") == [(0,)]


def test_records_go_before_blocks(bench: Bench) -> None:
    station = SyncStation(trends=bench.outbox)
    station.record(3)
    while not station.database.blocks:
        station.synchronizer.step()
    assert len(station.server_rows(REC)) == 3
    station.record(2)
    station.synchronizer.step()
    assert len(station.server_rows(REC)) == 5, "also those that came in the middle of the blocks"


def test_a_cut_line_loses_and_doubles_nothing(bench: Bench) -> None:
    station = SyncStation(trends=bench.outbox)
    cuts = ["before", "after", None] * 30
    station.server.cuts.extend(cuts)  # type: ignore[arg-type]  # the words are right
    station.until_idle(500)
    bench.store()
    station.server.cuts.clear()
    settle(station, bench)
    assert landed(station) == 10


def test_after_a_kill_before_the_note_the_server_recognises_the_blocks(bench: Bench) -> None:
    station = SyncStation(trends=bench.outbox)
    station.until_idle()
    bench.works.clear()  # killed: nothing was noted
    bench.crash()
    bench.outbox._delivered.clear()
    bench.start()
    station.restart()
    settle(station, bench)
    assert landed(station) == 10
    assert len(bench.outbox.sealed(0, 100)) == 10


def test_a_restored_server_gets_its_blocks_again(bench: Bench) -> None:
    station = SyncStation(trends=bench.outbox)
    backup = station.server.backup()
    station.record()
    settle(station, bench)
    station.server.restore(backup)
    station.next_poll()
    settle(station, bench)
    assert landed(station) == 10


def test_after_a_start_the_server_is_asked_about_everything_that_is_kept(bench: Bench) -> None:
    station = SyncStation(trends=bench.outbox)
    settle(station, bench)
    for key in list(station.server.state.trend)[3:6]:
        del station.server.state.trend[key]
    station.restart()
    settle(station, bench)
    assert landed(station) == 10
    assert len(station.database.blocks) == 3


@pytest.mark.parametrize("error", [ChainBroken("damaged on its way"), SharedDatabaseError("a block has a tag")])
def test_a_block_that_is_refused_is_a_fault_and_the_others_go_on(bench: Bench, error: SharedDatabaseError) -> None:
    station = SyncStation(trends=bench.outbox)
    station.database.errors.append(error)
    station.until_idle()
    assert landed(station) == 9
    assert "force was not taken" in station.state.alarms[0].text
    bench.store()
    told = len(station.states)
    for _ in range(3):
        station.database.errors.append(error)
        station.next_poll()
    assert all("force was not taken" in state.alarms[0].text for state in station.states[told:])
    station.next_poll()
    assert landed(station) == 10
    assert station.state.faults == ()


def test_lost_contact_in_the_middle_is_lost_contact(bench: Bench) -> None:
    station = SyncStation(trends=bench.outbox)
    station.database.errors.extend([None, None, Unreachable("cut")])
    while station.state.name is not SyncPhase.BACKOFF:
        station.synchronizer.step()
    assert landed(station) == 2
    settle(station, bench)
    assert landed(station) == 10


def test_a_past_that_cannot_be_read_does_not_stop_the_records(bench: Bench, tmp_path: Path) -> None:
    bench._readers.close()
    station = SyncStation(trends=bench.outbox)
    station.record(2)
    station.until_idle()
    assert len(station.server_rows(REC)) == 2
    assert "closed" in station.state.faults[0].text
    assert station.state.alarms == ()
