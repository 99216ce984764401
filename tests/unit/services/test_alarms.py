"""Alarms follow their condition, are recorded once a change, and are acknowledged and shelved by people."""

from __future__ import annotations

import pytest

from drivers.base import Connection, ConnectionState, Quality
from station_app.domain.alarm import AlarmState
from station_app.domain.records import AlarmTransition, Comment
from station_app.domain.rules import Refusal
from station_app.services.alarms import MAX_SHELF_S
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import FORCE, SPEED, ServiceStation

YEAR_S = 365 * 86_400


def transitions(station: ServiceStation) -> list[str]:
    return [fact.transition for fact in station.facts() if isinstance(fact, AlarmTransition)]


def settled(station: ServiceStation, *expected: str) -> None:
    station.settle(lambda: len(transitions(station)) >= len(expected), f"{expected}, there is {transitions(station)}")
    while station.posts.run_one(0.05):
        pass
    assert transitions(station) == list(expected)


def lost(station: ServiceStation, connection: Connection = Connection.LOST) -> None:
    station.alarms.connection(ConnectionState("press", connection, "cable out", 0.0))


@pytest.fixture
def raised(station: ServiceStation) -> ServiceStation:
    lost(station)
    settled(station, "raised")
    return station


def test_a_lost_device_raises_one_alarm_and_clears_it(raised: ServiceStation) -> None:
    for _ in range(3):
        lost(raised)
        lost(raised, Connection.CONNECTING)
    settled(raised, "raised")
    (alarm,) = raised.alarms.listed()
    assert (alarm.source, alarm.text, alarm.priority) == ("press", "Press does not answer: cable out", "high")
    lost(raised, Connection.CONNECTED)
    settled(raised, "raised", "cleared")
    assert raised.alarms.listed()[0].state(raised.clock.wall_us()) is AlarmState.UNACKNOWLEDGED_CLEARED
    raised.done(raised.alarms.acknowledge(alarm.alarm_id))
    assert raised.alarms.listed() == []


def test_no_duplicates_while_the_first_is_being_saved(station: ServiceStation) -> None:
    for _ in range(5):
        lost(station)
    settled(station, "raised")


def test_a_condition_that_ends_while_it_is_being_saved_is_cleared(station: ServiceStation) -> None:
    """A device's state is told once: missing its return would leave the alarm for ever."""
    lost(station)
    lost(station, Connection.CONNECTED)
    settled(station, "raised", "cleared")


def test_a_condition_that_comes_back_while_its_clearing_is_saved_is_raised_again(raised: ServiceStation) -> None:
    lost(raised, Connection.CONNECTED)
    lost(raised)
    settled(raised, "raised", "cleared", "raised")


def test_a_change_on_a_full_disk_is_recorded_after_the_next_commit(station: ServiceStation) -> None:
    station.journal.full = True
    lost(station)
    station.settle(lambda: station.ledger.fault, "the failure")
    station.journal.full = False
    assert transitions(station) == []
    station.done(station.ledger.commit([Comment(text="room again")]))
    settled(station, "raised")


def test_limits_with_a_deadband(station: ServiceStation) -> None:
    for value in (14.0, 15.0, 15.1, 14.9, 14.6, 15.2):
        station.sample(value)
        station.posts.run_one(0.05)
    settled(station, "raised")
    (alarm,) = station.alarms.listed()
    assert alarm.text == "Force 15.1 kN, above 15 kN"
    station.sample(14.4)
    settled(station, "raised", "cleared")
    station.sample(0.5)
    settled(station, "raised", "cleared", "raised")
    assert "below 1 kN" in station.alarms.listed()[0].text


def test_only_good_values_of_watched_tags_are_judged(station: ServiceStation) -> None:
    station.sample(99.0, Quality.BAD, "BadCommunicationError")
    station.sample(99.0, Quality.UNCERTAIN, "UncertainLastUsableValue")
    station.sample("99")
    station.sample(99.0, tag=SPEED)
    station.sample(99.0, tag="unknown")
    settled(station)


def test_not_a_number_raises_nothing_and_stops_nothing(station: ServiceStation) -> None:
    station.sample(float("nan"))
    settled(station)
    station.sample(99.0)
    settled(station, "raised")


def test_acknowledging_once_by_a_person(raised: ServiceStation) -> None:
    (alarm,) = raised.alarms.listed()
    raised.ledger.person = None
    with pytest.raises(Refusal, match="Sign in first"):
        raised.alarms.acknowledge(alarm.alarm_id)
    raised.sign_in()
    saving = raised.alarms.acknowledge(alarm.alarm_id)
    with pytest.raises(Refusal, match="still being saved"):
        raised.alarms.acknowledge(alarm.alarm_id)
    raised.done(saving)
    with pytest.raises(Refusal, match="already acknowledged"):
        raised.alarms.acknowledge(alarm.alarm_id)
    assert alarm.acknowledged_by == "anna"
    lost(raised, Connection.CONNECTED)
    settled(raised, "raised", "acknowledged", "cleared")
    with pytest.raises(Refusal, match="This alarm is over"):
        raised.alarms.acknowledge(alarm.alarm_id)


def test_shelving_hides_for_a_time_and_comes_back_by_itself(raised: ServiceStation) -> None:
    (alarm,) = raised.alarms.listed()
    raised.done(raised.alarms.shelve(alarm.alarm_id, 600, "Being repaired"))
    assert alarm.state(raised.clock.wall_us()) is AlarmState.SHELVED
    raised.clock.advance(599)
    assert alarm.state(raised.clock.wall_us()) is AlarmState.SHELVED
    raised.clock.advance(1)
    assert alarm.state(raised.clock.wall_us()) is AlarmState.UNACKNOWLEDGED_ACTIVE
    with pytest.raises(Refusal, match="not shelved"):
        raised.alarms.unshelve(alarm.alarm_id)
    raised.done(raised.alarms.shelve(alarm.alarm_id, 600, "Being repaired"))
    raised.done(raised.alarms.unshelve(alarm.alarm_id))
    assert alarm.state(raised.clock.wall_us()) is AlarmState.UNACKNOWLEDGED_ACTIVE
    assert transitions(raised) == ["raised", "shelved", "shelved", "unshelved"]


@pytest.mark.parametrize("step_s", [YEAR_S, -YEAR_S])
def test_a_clock_set_by_a_year_hides_no_alarm_for_a_year(raised: ServiceStation, step_s: float) -> None:
    (alarm,) = raised.alarms.listed()
    raised.done(raised.alarms.shelve(alarm.alarm_id, 600, "Being repaired"))
    raised.clock.step_wall(step_s)
    assert alarm.state(raised.clock.wall_us()) is AlarmState.UNACKNOWLEDGED_ACTIVE


@pytest.mark.parametrize(("seconds", "reason"), [(0, "x"), (-1, "x"), (MAX_SHELF_S + 1, "x"), (60, " ")])
def test_shelving_needs_a_reason_and_an_end(raised: ServiceStation, seconds: float, reason: str) -> None:
    with pytest.raises(Refusal):
        raised.alarms.shelve(raised.alarms.listed()[0].alarm_id, seconds, reason)


def test_unacknowledged_first_then_the_newest(station: ServiceStation) -> None:
    for source in ("a", "b", "c"):
        station.alarms.condition(source, "x", True, source, "low")
        station.clock.advance(1)
    settled(station, "raised", "raised", "raised")
    station.done(station.alarms.acknowledge(station.alarms.listed()[0].alarm_id))
    assert [alarm.source for alarm in station.alarms.listed()] == ["b", "a", "c"]


def test_a_restart_keeps_alarms_and_their_conditions(raised: ServiceStation, make_station: MakeStation) -> None:
    raised.done(raised.alarms.acknowledge(raised.alarms.listed()[0].alarm_id))
    raised.close()
    again = make_station()
    assert again.alarms.active_conditions("press") == ["device lost"]
    assert again.alarms.active_conditions(FORCE) == []
    lost(again)
    settled(again, "raised", "acknowledged")
    lost(again, Connection.CONNECTED)
    settled(again, "raised", "acknowledged", "cleared")
    assert again.alarms.listed() == []
