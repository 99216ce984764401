"""A machine's cycle counter: what the machine still shows of the unit before is never taken for this one, in any mode."""

from __future__ import annotations

import msgspec
import pytest

from drivers.base import Quality, Sample
from station_app.domain.checks import MachineValueCheck
from station_app.domain.outcome import Outcome
from station_app.domain.records import MachineValue, MachineWindow, TighteningResult
from station_app.domain.rules import Refusal
from station_app.domain.work_master import WorkMaster, encode_work_master
from tests.unit.services import every_check
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import ANGLE, CYCLES, FORCE, SCREWS, SPEED, TORQUE, ServiceStation
from tests.unit.services.test_checking import go_to, settled


def cyclic() -> WorkMaster:
    """Every machine value is one of the press' cycles."""
    steps = []
    for step in every_check.EVERY.steps:
        checks = [
            msgspec.structs.replace(check, cycle_tag=CYCLES) if isinstance(check, MachineValueCheck) else check
            for check in step.checks
        ]
        steps.append(msgspec.structs.replace(step, checks=tuple(checks)))
    return msgspec.structs.replace(every_check.EVERY, steps=tuple(steps))


def prepared(station: ServiceStation) -> ServiceStation:
    station.press_counts = False
    every_check.prepare(station)
    master = cyclic()
    station.publish([("work_master", f"{master.id}@{master.version}", encode_work_master(master))])
    station.library.reload()
    return station


@pytest.fixture
def station(make_station: MakeStation) -> ServiceStation:
    """At the first machine value; the machine shows what it did for the unit before."""
    made = prepared(make_station())
    made.sample(7, tag=CYCLES)
    made.sample(12.0)
    made.sample(1400.0, tag=SPEED)
    made.scan("E-1")
    made.clock.advance(1)
    return made


def cycle(station: ServiceStation, number: int) -> None:
    """The counter moves, and a moment passes."""
    station.clock.advance(0.1)
    station.sample(number, tag=CYCLES)
    station.clock.advance(1.3)
    station.execution.follow([])


def windows(station: ServiceStation) -> list[MachineWindow]:
    return [fact for fact in station.facts() if isinstance(fact, MachineWindow)]


def at(station: ServiceStation, step_id: str) -> None:
    """Go there; the capture before it has its cycle."""
    if step_id != "capture":
        go_to(station, "capture")
        cycle(station, 8)
        station.done(station.execution.capture_value("capture"))
    if step_id == "window":
        cycle(station, 9)
        station.sample(1400.0, tag=SPEED)
        station.clock.advance(5)
        station.execution.follow([])
        settled(station)
    go_to(station, step_id)
    station.execution.follow([])


# --- wait --------------------------------------------------------------------------------------------------------------


def test_a_wait_does_not_hold_what_the_machine_shows_of_the_unit_before(station: ServiceStation) -> None:
    at(station, "wait")
    for _ in range(20):
        station.clock.advance(1)
        station.sample(1400.0, tag=SPEED)
    settled(station)
    assert (windows(station), station.step_id) == ([], "wait")
    assert station.execution.awaits_cycle("wait") and station.execution.held_s("wait") == 0.0
    with pytest.raises(Refusal, match="no cycle since this step began"):
        station.execution.capture_value("wait")


def test_a_wait_begins_with_the_cycle_also_when_the_value_is_the_same(station: ServiceStation) -> None:
    at(station, "wait")
    station.clock.advance(30)
    cycle(station, 9)
    assert not station.execution.awaits_cycle("wait")
    station.clock.advance(4.5)
    station.execution.follow([])
    settled(station)
    assert station.step_id == "wait", "the time before the cycle does not count"
    station.clock.advance(1)
    station.execution.follow([])
    settled(station)
    assert station.step_id == "window"
    (fact,) = windows(station)
    assert (fact.mode, fact.outcome, fact.until_us - fact.from_us < 6_000_000) == ("held", Outcome.PASS, True)


# --- window ------------------------------------------------------------------------------------------------------------


def test_a_window_leaves_out_what_was_shown_before_the_cycle(station: ServiceStation) -> None:
    at(station, "wait")
    station.sample(99.0)  # out of limits: of the unit before, told once more after the step began
    cycle(station, 9)
    station.clock.advance(6)
    station.execution.follow([])
    settled(station)
    assert station.step_id == "window"
    station.execution.follow([])
    station.clock.advance(1)
    station.sample(99.0)
    with pytest.raises(Refusal, match="no cycle since this step began"):
        station.execution.capture_value("window")
    station.sample(3.0)
    station.clock.advance(1)
    station.sample(13.0)
    cycle(station, 10)
    station.done(station.execution.capture_value("window"))
    fact = windows(station)[-1]
    assert (fact.value_text, fact.outcome, fact.bad_s) == ("13.0", Outcome.PASS, 0.0)


def test_a_cycle_with_the_very_same_value_is_seen_by_its_counter(station: ServiceStation) -> None:
    at(station, "window")
    station.clock.advance(20)
    cycle(station, 10)
    station.done(station.execution.capture_value("window"))
    fact = windows(station)[-1]
    assert (fact.value_text, fact.samples, fact.outcome) == ("12.0", 1, Outcome.PASS)


def test_a_machine_that_falls_silent_in_its_cycle_is_an_error(station: ServiceStation) -> None:
    at(station, "window")
    station.sample(3.0)
    station.clock.advance(1)
    station.sample(3.0, Quality.BAD, "BadNoCommunication")
    station.clock.advance(5)
    cycle(station, 10)
    station.done(station.execution.capture_value("window"))
    assert windows(station)[-1].outcome is Outcome.ERROR


# --- capture -----------------------------------------------------------------------------------------------------------


def test_a_value_that_is_told_later_than_its_counter_is_waited_for(station: ServiceStation) -> None:
    at(station, "capture")
    station.clock.advance(5)
    station.sample(8, tag=CYCLES)
    with pytest.raises(Refusal, match="its value is on its way"):
        station.execution.capture_value("capture")
    station.clock.advance(0.3)
    station.sample(11.5)
    station.done(station.execution.capture_value("capture"))
    (fact,) = [f for f in station.facts() if isinstance(f, MachineValue)]
    assert fact.value_text == "11.5"


def test_a_value_that_stays_the_same_counts_after_a_moment(station: ServiceStation) -> None:
    at(station, "capture")
    station.clock.advance(5)
    station.sample(8, tag=CYCLES)
    station.clock.advance(1.3)
    station.done(station.execution.capture_value("capture"))
    assert station.step_id == "wait"


# --- after a restart -----------------------------------------------------------------------------------------------------


def restarted(station: ServiceStation, make_station: MakeStation) -> ServiceStation:
    person = station.ledger.person
    station.close()
    again = prepared(make_station(clock=station.clock))
    again.restarted()
    again.ledger.person = person
    return again


def told(station: ServiceStation, tag: str, value: float, source_s: float | None) -> None:
    """What a device says first after the connection: the value, and since when it is so."""
    now_s = station.clock.wall_us() / 1e6
    samples = station.tags.take([Sample(tag, value, Quality.GOOD, "Good", source_s, now_s)])
    station.execution.follow(samples)


@pytest.mark.parametrize("step_id", ["capture", "wait", "window"])
def test_after_a_restart_the_value_before_the_step_is_not_taken(
    station: ServiceStation, make_station: MakeStation, step_id: str
) -> None:
    at(station, step_id)
    before_s = station.clock.wall_us() / 1e6 - 60
    recorded = len(station.facts())
    again = restarted(station, make_station)
    for source_s in (before_s, None):
        told(again, CYCLES, 9, source_s)
        told(again, FORCE, 12.0, source_s)
        told(again, SPEED, 1400.0, source_s)
        again.clock.advance(20)
        again.execution.follow([])
        settled(again)
        with pytest.raises(Refusal, match=r"started in this step|no cycle since"):
            again.execution.capture_value(step_id)
    assert [f for f in again.facts()[recorded:] if isinstance(f, MachineValue | MachineWindow)] == []


def test_after_a_restart_a_cycle_made_before_it_counts_where_the_device_says_when(
    station: ServiceStation, make_station: MakeStation
) -> None:
    at(station, "capture")
    station.clock.advance(5)
    again = restarted(station, make_station)
    told(again, CYCLES, 8, again.clock.wall_us() / 1e6 - 2)
    told(again, FORCE, 12.0, again.clock.wall_us() / 1e6 - 2)
    again.done(again.execution.capture_value("capture"))
    assert again.step_id == "wait"


# --- tightening ----------------------------------------------------------------------------------------------------------


def test_a_tightening_of_the_unit_before_is_not_taken_by_hand_either(station: ServiceStation) -> None:
    station.sample(100, tag=SCREWS)
    station.sample(9.0, tag=TORQUE)
    station.sample(45.0, tag=ANGLE)
    at(station, "window")
    cycle(station, 10)
    station.done(station.execution.capture_value("window"))
    assert station.step_id == "tighten"
    with pytest.raises(Refusal, match="no cycle since this step began"):
        station.execution.take_tightening("tighten")
    assert not [f for f in station.facts() if isinstance(f, TighteningResult)]
