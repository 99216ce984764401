"""Tags added to a running station: browsed on a real server, read at once, kept over a restart, removed, and written."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest

from drivers.base import Quality, Value
from drivers.simulation.process import PlantProcess
from station_app.app.runtime import StationRuntime
from station_app.cli.output import settings
from station_app.domain.added_tag import AddedTag
from station_app.domain.alarm_rule import AlarmRule, Trigger
from station_app.domain.chain import REC
from station_app.domain.history_rule import HistoryRule, Keep
from station_app.domain.master import Person
from station_app.domain.records import TagWritten, decode_body
from station_app.domain.rules import Refusal
from station_app.services.ports import FieldError
from station_app.services.posting import PostQueue

T = TypeVar("T")
STATION = """\
[station]
path = "Demo/Plant/Hall1/Line1/ASM-10"
kind = "assembly"
folder = "files"
[devices.press]
type = "opcua"
url = "opc.tcp://127.0.0.1:{opcua}/"
[devices.bench]
type = "modbus"
host = "127.0.0.1"
port = {modbus}
[tags.press.force]
address = "opcua://press/ns=2;s=Press.Force"
"""


class Station:
    """A station of this process with a person at it, driven by hand."""

    def __init__(self, file: Path) -> None:
        self._posts = PostQueue()
        self.runtime = StationRuntime(settings(file), self._posts.post)
        self.services = self.runtime.services
        self.setup = self.services.tag_setup
        self.runtime.start()
        self.services.ledger.person = Person(id="p-7", name="Paula Engel", roles=("process_engineer",))

    def until(self, condition: Callable[[], object], what: str, timeout_s: float = 10.0) -> None:
        until = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < until, f"waited in vain for {what}"
            self._posts.run_one(0.02)
            self.runtime.tick()

    def result(self, future: Future[T]) -> T:
        self.until(future.done, "an answer")
        return future.result()

    def value(self, tag: str) -> Value:
        sample = self.services.tags.latest(tag)
        return None if sample is None else sample.value

    def is_good(self, tag: str) -> bool:
        sample = self.services.tags.latest(tag)
        return sample is not None and sample.quality is Quality.GOOD


def program_tag(address: str) -> AddedTag:
    return AddedTag("press.program", address, "Program", writable=True)


@pytest.fixture
def plant() -> Iterator[PlantProcess]:
    with PlantProcess("--speed", "4") as plant:
        yield plant


@pytest.fixture
def file(plant: PlantProcess, tmp_path: Path) -> Path:
    path = tmp_path / "station.toml"
    path.write_text(STATION.format(**plant.ports), encoding="utf-8")
    return path


def test_browsed_added_read_kept_removed_and_written(file: Path) -> None:
    station = Station(file)
    try:
        setup = station.setup
        top = {node.name: node for node in station.result(setup.browse("press"))}
        nodes = {node.name: node for node in station.result(setup.browse("press", top["Press"].address))}
        program, peak = nodes["Program"], nodes["PeakForce"]
        assert program.address == "opcua://press/ns=2;s=Press.Program", "in the station's own names"
        assert (program.writable, peak.unit) == (True, "kN")
        assert station.result(setup.browse("bench")) == [], "Modbus cannot list its points"
        found = station.result(setup.search("press", "peak press"))
        assert [(hit.path, hit.node.name) for hit in found.found] == [(("Press",), "PeakForce")]
        assert found.complete
        assert station.result(setup.read_node("press", peak.address)).quality is Quality.GOOD
        station.until(lambda: station.is_good("press.force"), "the tag of station.toml")
        tag = setup.propose("press", peak)
        assert station.result(setup.add(tag)) == "press.peak_force"
        station.until(lambda: station.is_good("press.peak_force"), "the added tag's value")
        station.until(lambda: station.is_good("press.force"), "the other tags go on")
        station.result(setup.add(program_tag(program.address)))
        station.until(lambda: station.is_good("press.program"), "the second one")
        station.until(
            lambda: {"press.peak_force", "press.program"} <= {t.name for t in station.services.history.tags()},
            "the historian's tags",
        )
        with pytest.raises(Refusal, match="press: "):
            station.result(setup.add(AddedTag("press.odd", "modbus://press/holding/1")))
        assert "device lost" not in station.services.alarms.active_conditions("press")
    finally:
        station.runtime.stop()
    again = Station(file)
    try:
        again.until(
            lambda: again.is_good("press.program") and again.is_good("press.peak_force"), "them after a restart"
        )
        assert again.result(again.setup.write_tag("press.program", "7")).quality is Quality.GOOD
        again.until(lambda: again.value("press.program") == 7, "the machine says 7")
        limit = AlarmRule("press.program", Trigger.HIGH, "", limit=5.0)
        limited = replace(again.setup.added["press.program"], alarms=(limit,), history=HistoryRule(Keep.NONE))
        assert again.result(again.setup.change(limited)) == "press.program"
        again.until(lambda: again.services.alarms.active_conditions("press.program") == ["high limit"], "the alarm")
        written = [row for row in again.runtime.journal.all_rows(REC) if row.kind == TagWritten.kind]
        fact = decode_body(written[0].kind, written[0].body)
        assert isinstance(fact, TagWritten)
        assert (written[0].actor, fact.tag, fact.value_text, fact.status) == ("p-7", "press.program", "7", "Good")
        assert again.result(again.setup.remove("press.peak_force")) == "press.peak_force"
        again.until(lambda: again.is_good("press.program"), "the others go on")
        assert again.services.tags.latest("press.peak_force") is None
    finally:
        again.runtime.stop()
    config = settings(file)
    assert list(config.tags) == ["press.force", "press.program"]
    assert [(rule.source, rule.limit) for rule in config.alarm_rules] == [("press.program", 5.0)]
    assert config.tags["press.program"].history.keep is Keep.NONE


@pytest.mark.expected_log("^press: ")
def test_a_device_that_is_gone_is_said_in_words_and_a_tag_can_be_added_all_the_same(
    file: Path, plant: PlantProcess
) -> None:
    with plant.control() as control:
        control.fault("device gone", True, "press")
        station = Station(file)
        try:
            with pytest.raises(FieldError, match="press does not answer"):
                station.result(station.setup.browse("press"))
            assert station.result(station.setup.add(program_tag("opcua://press/ns=2;s=Press.Program")))
            control.fault("device gone", False, "press")
            station.until(lambda: station.is_good("press.program"), "the value when the device is back", 20.0)
        finally:
            station.runtime.stop()
