"""Other stations' points for a chart: asked for on the pool, added to, kept over a restart, and whose may be missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from station_app.domain.chain import REC
from station_app.domain.outcome import Outcome
from station_app.domain.records import SampleMeasured
from station_app.domain.spc.line import Missing
from station_app.domain.status import StationStatus
from station_app.services.charts_of_line import ChartName, ChartsOfLine
from station_app.services.posting import PostQueue
from station_app.storage.line_points import LinePointFolder
from tests.fakes.clock import FakeClock
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase
from tests.shared_database import STATION_A, STATION_B, ChainWriter

CHART = ChartName("GR/10/shaft", "GR", "10", "shaft")
STATION_C = "ACME/BRNO/ASSEMBLY/L1/ASM-30"


def shaft(number: int, **changes: object) -> SampleMeasured:
    values: dict[str, object] = {
        "job_id": f"J{number}", "serial": f"GR-{number}", "order_id": "4711", "operation": "10", "step_id": "s",
        "sample_id": f"S{number}", "inspection_id": "I", "plan_id": "P", "plan_version": "1", "plan_sha256": "",
        "product": "GR", "characteristic": "shaft", "readings": ("20.1",), "value_text": "20.1", "unit": "mm",
        "decimals": 3, "source": "gauge", "outcome": Outcome.PASS,
    }  # fmt: skip
    return SampleMeasured(**{**values, **changes})  # type: ignore[arg-type]  # fields of a test


class Desk:
    """One station that looks, and the others as chains of the server in memory."""

    def __init__(self, folder: Path) -> None:
        self.server = FakeServer()
        self.clock = FakeClock()
        self.server.now_us = self.clock.wall_us
        self.folder = folder
        self.pool = ThreadPoolExecutor(2)
        self.posts = PostQueue()
        self.connected = True
        self.told = 0
        self.line = self.restarted()
        self.chains: dict[str, ChainWriter] = {}

    def restarted(self) -> ChartsOfLine:
        """The station started anew on the same folder."""
        database = FakeSharedDatabase(self.server, STATION_A)
        files = LinePointFolder(self.folder)
        line = ChartsOfLine(database, files, self.pool, self.posts.post, self.clock, lambda: self.connected)
        line.changed.subscribe(self._note)
        return line

    def _note(self) -> None:
        self.told += 1

    def deliver(self, station: str, *facts: SampleMeasured, waiting: int = 0) -> None:
        """A station measures and delivers, and says how it is."""
        chain = self.chains.setdefault(station, ChainWriter(station))
        first = len(chain.rows)
        for fact in facts:
            chain.row(fact)
        client = FakeSharedDatabase(self.server, station)
        client.append_batch(REC, 1, first + 1, chain.rows[first:])
        client.status(StationStatus(station=station, name="x", state=1000, state_text="x", sent_us=1, waiting=waiting))

    def look(self, line: ChartsOfLine | None = None) -> None:
        """Look at the chart, and wait for what comes of it."""
        (line or self.line).seek(CHART)
        assert self.posts.run_one(10)

    def serials(self, line: ChartsOfLine | None = None) -> dict[str, list[str]]:
        return {
            station: [point.serial for point in points]
            for station, points in (line or self.line).points(CHART.chart_id).items()
        }


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.pool.shutdown()


def test_points_come_and_later_ones_are_added(desk: Desk) -> None:
    desk.deliver(STATION_B, shaft(1), shaft(2))
    desk.deliver(STATION_C, shaft(3))
    assert desk.serials() == {} and not desk.line.asked(CHART.chart_id)
    desk.look()
    assert desk.serials() == {STATION_B: ["GR-1", "GR-2"], STATION_C: ["GR-3"]}
    assert desk.line.missing(CHART.chart_id) == [] and desk.told == 1
    desk.deliver(STATION_B, shaft(4))
    desk.clock.advance(6)
    desk.look()
    assert desk.serials()[STATION_B] == ["GR-1", "GR-2", "GR-4"] and desk.told == 2


def test_what_was_measured_again_takes_the_place_of_what_it_supersedes(desk: Desk) -> None:
    desk.deliver(STATION_B, shaft(1), shaft(2))
    desk.look()
    superseded = desk.chains[STATION_B].rows[0].rec_id
    desk.deliver(STATION_B, shaft(9, supersedes=superseded))
    desk.clock.advance(6)
    desk.look()
    assert desk.serials() == {STATION_B: ["GR-9", "GR-2"]}


def test_it_is_not_asked_more_often_than_every_five_seconds(desk: Desk) -> None:
    desk.look()
    desk.line.seek(CHART)
    assert not desk.posts.run_one(0.05), "nothing was asked"
    desk.line.seek(CHART, now=True)
    assert desk.posts.run_one(10)


def test_who_is_silent_or_has_not_delivered_is_named_with_the_time(desk: Desk) -> None:
    desk.deliver(STATION_B, shaft(1))
    desk.deliver(STATION_C, shaft(2), waiting=7)
    desk.look()
    assert desk.line.missing(CHART.chart_id) == [Missing(STATION_C, desk.clock.wall_us(), 7)]
    silent_since_us = desk.clock.wall_us()
    desk.clock.advance(60)
    desk.deliver(STATION_C, waiting=0)
    desk.look()
    (missing,) = desk.line.missing(CHART.chart_id)
    assert missing.station == STATION_B and missing.since_us is not None
    assert abs(missing.since_us - silent_since_us) < 1_000_000
    assert desk.told == 2, "a page is told that a station fell silent"


@pytest.mark.parametrize("how", ["told", "cut"])
def test_offline_every_other_station_may_miss_points_since_it_was_asked(desk: Desk, how: str) -> None:
    desk.deliver(STATION_B, shaft(1))
    desk.look()
    asked_us = desk.clock.wall_us()
    desk.clock.advance(600)
    if how == "told":
        desk.connected = False
    else:
        desk.server.cuts.append("before")
    desk.look()
    assert desk.serials() == {STATION_B: ["GR-1"]}, "what is here stays"
    assert desk.line.missing(CHART.chart_id) == [Missing(STATION_B, asked_us)]
    assert desk.line.fault(CHART.chart_id)
    desk.connected = True
    desk.clock.advance(6)
    desk.deliver(STATION_B, shaft(2))
    desk.look()
    assert desk.serials() == {STATION_B: ["GR-1", "GR-2"]} and not desk.line.fault(CHART.chart_id)


def test_after_a_restart_without_a_server_the_kept_points_are_shown(desk: Desk) -> None:
    desk.deliver(STATION_B, shaft(1), shaft(2))
    desk.look()
    asked_us = desk.clock.wall_us()
    desk.connected = False
    desk.clock.advance(3600)
    again = desk.restarted()
    desk.look(again)
    assert desk.serials(again) == {STATION_B: ["GR-1", "GR-2"]}
    assert again.missing(CHART.chart_id) == [Missing(STATION_B, asked_us)]
    desk.connected = True
    desk.clock.advance(6)
    desk.deliver(STATION_B, shaft(3))
    desk.look(again)
    assert desk.serials(again) == {STATION_B: ["GR-1", "GR-2", "GR-3"]}, "nothing is doubled"


@pytest.mark.expected_log("damaged and not used")
def test_a_damaged_copy_is_left_and_the_server_asked(desk: Desk) -> None:
    desk.deliver(STATION_B, shaft(1))
    desk.look()
    (file,) = (desk.folder / "line_points").iterdir()
    file.write_bytes(file.read_bytes()[:-5])
    again = desk.restarted()
    desk.look(again)
    assert desk.serials(again) == {STATION_B: ["GR-1"]}
    file.write_bytes(b"\xff\xfe{")
    other = desk.restarted()
    desk.look(other)
    assert desk.serials(other) == {STATION_B: ["GR-1"]}


@pytest.mark.expected_log("cannot be")
def test_a_disk_that_keeps_nothing_shows_the_points_all_the_same(desk: Desk) -> None:
    (desk.folder / "line_points").write_text("in the way", encoding="utf-8")
    desk.deliver(STATION_B, shaft(1))
    desk.look()
    assert desk.serials() == {STATION_B: ["GR-1"]}


def test_our_own_defects_are_loud(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Callable[[], None]:
        raise ZeroDivisionError

    monkeypatch.setattr(LinePointFolder, "read", broken)
    desk.line.seek(CHART)
    with pytest.raises(ZeroDivisionError):
        desk.posts.run_one(10)
