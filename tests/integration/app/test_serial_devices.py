"""A station with a gauge, a scanner and a mill from station.toml: readings, scans and states reach its services."""

from __future__ import annotations

import io
import json
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.base import Connection, Quality
from drivers.serial_devices.scanned import ScannedText
from drivers.simulation.control import PlantControl
from drivers.simulation.process import PlantProcess
from station_app.app.headless import ScriptedStation
from station_app.app.probing import probe
from station_app.app.runtime import StationRuntime
from station_app.cli.output import CHECKS
from station_app.config import load_config
from station_app.services.posting import PostQueue
from station_app.ui.trend_tags import pen_of

SETTINGS = """\
[station]
path = "Demo/Plant/Hall1/Line1/INS-30"
kind = "inspection"
folder = 'files'
[devices.mill]
type = "mtconnect"
url = "http://127.0.0.1:{mtconnect}"
[tags.mill.x]
address = "mtconnect://mill/Xabs"
[gauges.caliper]
port = "socket://127.0.0.1:{gauge}"
protocol = "mitutoyo"
unit = "mm"
title = "Caliper"
[tags.twice]
formula = "gauge.caliper * 2"
[[alarm]]
tag = "gauge.caliper"
when = "high"
limit = 7.0
[scanners.hand]
port = "socket://127.0.0.1:{scanner}"
"""
FOREIGN = "NOBODY-KNOWS-THIS"


@pytest.fixture(scope="module")
def plant() -> Iterator[PlantProcess]:
    with PlantProcess() as running:
        yield running


@pytest.fixture
def control(plant: PlantProcess) -> Iterator[PlantControl]:
    with plant.control() as channel:
        yield channel
        for device in ("mill", "gauge", "scanner"):
            channel.fault("device gone", False, device)


class Station:
    """A station without window; ``serve`` is its main thread."""

    def __init__(self, folder: Path, plant: PlantProcess) -> None:
        file = folder / "station.toml"
        file.write_text(SETTINGS.format(**plant.ports), encoding="utf-8", newline="\n")
        self.posts = PostQueue()
        self.config = load_config(file, checks=CHECKS)
        self.runtime = StationRuntime(self.config, self.posts.post)
        self.services = self.runtime.services
        self.scans: list[ScannedText] = []

    def serve_until(self, condition: Callable[[], object], within_s: float = 8.0) -> None:
        until = time.monotonic() + within_s
        while not condition():
            assert time.monotonic() < until, "in vain"
            self.posts.run_one(0.01)
            self.runtime.tick()

    def connected(self, device: str) -> bool:
        state = self.services.contact.devices.get(device)
        return state is not None and state.connection is Connection.CONNECTED


@pytest.fixture
def station(tmp_path: Path, plant: PlantProcess) -> Iterator[Station]:
    made = Station(tmp_path, plant)
    made.runtime.start()
    try:
        yield made
    finally:
        made.runtime.stop()


def test_readings_scans_and_states_reach_the_main_thread(station: Station, control: PlantControl) -> None:
    gauges, scans = station.services.gauges, station.services.serial_scans
    told: list[int] = []
    gauges.changed.subscribe(lambda: told.append(gauges.newest))
    scans.listen(station.scans.append)
    station.serve_until(lambda: all(station.connected(name) for name in ("mill", "caliper", "hand")))
    station.serve_until(lambda: settled(station))
    control.command(gauge="press key", value="7.125")
    control.command(scanner="scan", text="GX40-000127")
    station.serve_until(lambda: gauges.latest("caliper") is not None and station.scans)
    (numbered,) = gauges.since(0)
    assert (numbered.number, numbered.reading.text, numbered.reading.usable) == (1, "+0007.125", True)
    assert told == [1]
    assert gauges.since(1) == []
    assert [(scan.scanner, scan.text) for scan in station.scans] == [("hand", "GX40-000127")]
    station.serve_until(lambda: quality(station) is Quality.GOOD)
    assert gauges.views["caliper"].title == "Caliper"
    tag = station.services.tags.latest("gauge.caliper")
    assert tag is not None
    assert (tag.value, tag.quality) == (7.125, Quality.GOOD), "a tag that trends know"
    assert station.services.tag_views["gauge.caliper"].title == "Caliper"
    pen = pen_of(station.services, "gauge.caliper", "")
    assert (pen.unit, pen.hold_after_s, pen.high_alarm) == ("mm", 0.0, 7.0), "drawn as steps"
    station.serve_until(lambda: station.services.alarms.active_conditions("gauge.caliper") == ["high limit"])
    twice = station.services.tags.latest("twice")
    assert twice is not None
    assert twice.value == 14.25, "formulas hear it as well"
    control.command(gauge="press key", value="7.125")
    history = station.services.history
    station.serve_until(lambda: (history.read_raw("gauge.caliper", 0, 1 << 62, 99).numbers == 7.125).sum() == 2)
    addresses = station.services.setup.device_addresses
    assert {"mill", "caliper", "hand"} == set(addresses)


@pytest.mark.expected_log(r"^(caliper|hand|mill): ")
def test_an_unplugged_gauge_is_an_alarm_and_its_last_reading_is_bad(station: Station, control: PlantControl) -> None:
    station.serve_until(lambda: station.connected("caliper"))
    control.fault("device gone", True, "gauge")
    station.serve_until(lambda: station.services.gauges.latest("caliper") is not None, 3.0)
    latest = station.services.gauges.latest("caliper")
    assert latest is not None
    assert (latest.usable, latest.status) == (False, "BadCommunicationError")
    station.serve_until(lambda: station.services.alarms.active_conditions("caliper") == ["device lost"])
    control.fault("device gone", False, "gauge")
    station.serve_until(lambda: station.connected("caliper"))


def test_asking_a_gauge_that_cannot_be_asked_says_so(station: Station) -> None:
    station.serve_until(lambda: station.connected("caliper"))
    assert station.services.gauges.ask("caliper").result(5.0).status == "BadNotSupported"
    with pytest.raises(KeyError):
        station.services.gauges.ask("nobody")


def test_a_script_hears_what_became_of_a_scan(station: Station, control: PlantControl) -> None:
    """The headless station acts on a scan of a serial scanner as on the command."""
    out = io.StringIO()
    lines: queue.Queue[str] = queue.Queue()

    def feed() -> Iterator[str]:
        while (line := lines.get()) != "":
            yield line

    def act() -> None:
        until = time.monotonic() + 8.0
        while not station.connected("hand") and time.monotonic() < until:
            time.sleep(0.01)
        time.sleep(0.3)  # what comes at once after the opening of a line is not believed
        control.command(scanner="scan", text=FOREIGN)
        while FOREIGN not in out.getvalue() and time.monotonic() < until:
            time.sleep(0.01)
        lines.put("")

    driving = threading.Thread(target=act)
    driving.start()
    ScriptedStation(station.services, station.posts, station.runtime.tick).run(feed(), out)
    driving.join()
    answers = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(answer["scanner"], answer["text"]) for answer in answers] == [("hand", FOREIGN)]
    assert answers[0]["refused"]


@pytest.mark.expected_log(r"^(caliper|hand|mill): ")
def test_station_check_says_which_line_cannot_be_opened(
    station: Station, control: PlantControl, plant: PlantProcess
) -> None:
    control.fault("device gone", True, "scanner")
    answers = {answer.what: answer for answer in probe(station.config)}
    assert (answers["caliper"].ok, answers["mill.x"].ok) == (True, True)
    assert not answers["hand"].ok
    assert answers["hand"].said == f"no connection to 127.0.0.1:{plant.ports['scanner']}: Connection refused"


def quality(station: Station) -> Quality | None:
    sample = station.services.tags.latest("mill.x")
    return None if sample is None else sample.quality


def settled(station: Station) -> bool:
    """Whether the lines are open so long that what comes now is no tail of a frame."""
    states = [station.services.contact.devices[name] for name in ("caliper", "hand")]
    return all(time.time() - state.since > 0.25 for state in states)
