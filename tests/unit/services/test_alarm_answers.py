"""What people do about alarms beyond acknowledging: out of service, the horn, maintenance; what stops the work."""

from __future__ import annotations

import pytest

from drivers.base import Connection, ConnectionState, Quality
from station_app.domain.alarm import AlarmList
from station_app.domain.alarm_rule import AlarmRule, AlarmSettings, Trigger
from station_app.domain.chain import REC
from station_app.domain.ids import RecordIds
from station_app.domain.master import Person
from station_app.domain.records import AlarmTransition, MaintenanceRequested
from station_app.domain.rules import Refusal
from station_app.domain.station_fold import StationFold
from station_app.services.alarm_conditions import CALM_S, MOST_RAISES, RESTLESS
from station_app.services.alarms import NOT_SAVED, Alarms
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import FORCE, SPEED, ServiceStation
from tests.unit.services.test_alarms import lost, settled, transitions

MARA = Person(id="mara", name="Mara Lindt", roles=("supervisor",))
RULES = (
    AlarmRule(FORCE, Trigger.HIGH_HIGH, "Force", "kN", 15.0, deadband=0.5, priority="critical", stops_step=True,
              guidance="Stop the press.", equipment="Press 1"),
    AlarmRule(FORCE, Trigger.HIGH, "Force", "kN", 14.0, deadband=0.5),
    AlarmRule(SPEED, Trigger.IS, "Bench", states=("Fault",), on_delay_s=2, priority="low"),
)  # fmt: skip
GROUPS = {FORCE: "press", SPEED: "bench"}


def watched(station: ServiceStation, rules: tuple[AlarmRule, ...] = RULES, **settings: object) -> ServiceStation:
    """The station with these alarms."""
    ids = RecordIds()
    chosen = AlarmSettings(**settings)  # type: ignore[arg-type]  # a table of settings
    station.alarms = Alarms(station.ledger, [], lambda: ids.next(station.clock.wall_us()), rules, chosen, GROUPS)
    station.execution.stop_while(station.alarms.stopping)
    return station


@pytest.fixture
def press(station: ServiceStation) -> ServiceStation:
    return watched(station)


def idle(station: ServiceStation) -> None:
    while station.posts.run_one(0.05):
        pass


def high(station: ServiceStation, value: float = 16.0) -> None:
    """Both alarms of the force come."""
    station.sample(value)
    station.settle(lambda: len(station.alarms.listed()) == 2, "two alarms")


def conditions(station: ServiceStation) -> list[str]:
    return sorted(alarm.condition for alarm in station.alarms.listed())


def alarm_id(station: ServiceStation, condition: str = "high-high limit") -> str:
    return next(alarm.alarm_id for alarm in station.alarms.listed() if alarm.condition == condition)


def test_every_limit_is_an_alarm_of_its_own(press: ServiceStation) -> None:
    press.sample(14.5)
    settled(press, "raised")
    press.sample(15.5)
    settled(press, "raised", "raised")
    press.sample(14.2)
    settled(press, "raised", "raised", "cleared")
    raised = [fact for fact in press.facts() if isinstance(fact, AlarmTransition)]
    assert [(fact.condition, fact.value_text) for fact in raised[:2]] == [
        ("high limit", "14.5"),
        ("high-high limit", "15.5"),
    ]


def test_a_value_that_was_beyond_the_limit_only_within_a_batch_is_not_missed(press: ServiceStation) -> None:
    press.sample(14.5)
    press.sample(3.0)
    settled(press, "raised", "cleared")


def test_a_delay_ends_without_another_sample(press: ServiceStation) -> None:
    press.sample("Fault", tag=SPEED)
    press.clock.advance(2)
    press.alarms.samples([])
    settled(press, "raised")


def test_bad_quality_clears_nothing_and_is_said(press: ServiceStation) -> None:
    high(press)
    press.sample(None, Quality.BAD, "BadCommunicationError")
    idle(press)
    assert conditions(press) == ["high limit", "high-high limit"]
    assert not any(press.alarms.has_value(alarm) for alarm in press.alarms.listed())
    press.sample(3.0)
    settled(press, "raised", "raised", "cleared", "cleared")


def test_disabling_needs_permission_and_a_reason_and_lasts_over_a_restart(
    press: ServiceStation, make_station: MakeStation
) -> None:
    high(press)
    found = alarm_id(press)
    with pytest.raises(Refusal, match="Anna Keller may not take an alarm out of service"):
        press.alarms.disable(found, "broken sensor")
    press.sign_in(MARA)
    for reason, words in (("  ", "Say why"), ("x" * 501, "501 characters")):
        with pytest.raises(Refusal, match=words):
            press.alarms.disable(found, reason)
    press.done(press.alarms.disable(found, "broken sensor"))
    assert conditions(press) == ["high limit"]
    press.sample(20.0)
    idle(press)
    assert conditions(press) == ["high limit"] and press.alarms.stopping() == ""
    press.close()
    again = watched(make_station())
    again.sign_in(MARA)
    (entry,) = again.alarms.out_of_service()
    assert (entry.by, entry.reason, entry.condition) == ("mara", "broken sensor", "high-high limit")
    again.sample(20.0)
    idle(again)
    assert conditions(again) == ["high limit"]
    again.done(again.alarms.enable(FORCE, "high-high limit"))
    again.settle(lambda: len(again.alarms.listed()) == 2, "raised anew, because it holds")
    with pytest.raises(Refusal, match="not out of service"):
        again.alarms.enable(FORCE, "high-high limit")


def test_one_that_stood_before_a_restart_is_raised_anew_when_it_is_enabled(
    press: ServiceStation, make_station: MakeStation
) -> None:
    high(press)
    press.close()
    again = watched(make_station())
    again.sign_in(MARA)
    again.sample(16.5)  # it still holds: nothing changes
    idle(again)
    again.done(again.alarms.disable(alarm_id(again), "broken sensor"))
    assert len(again.alarms.listed()) == 1
    again.sample(16.5)
    again.done(again.alarms.enable(FORCE, "high-high limit"))
    again.settle(lambda: len(again.alarms.listed()) == 2, "raised anew, because it holds")
    assert again.alarms.stopping()


def test_what_says_that_nothing_is_saved_cannot_be_disabled(station: ServiceStation) -> None:
    station.alarms.condition(*NOT_SAVED, True, "disk full", "high")
    settled(station, "raised")
    station.sign_in(MARA)
    with pytest.raises(Refusal, match="cannot be taken out of service"):
        station.alarms.disable(station.alarms.listed()[0].alarm_id, "annoying")


def test_the_horn_sounds_for_what_is_new_and_urgent_until_it_is_silenced(press: ServiceStation) -> None:
    with pytest.raises(Refusal, match="horn is silent"):
        press.alarms.silence()
    high(press)
    assert [alarm.condition for alarm in press.alarms.sounding()] == ["high-high limit"]
    press.done(press.alarms.silence())
    assert press.alarms.sounding() == [] and transitions(press) == ["raised", "raised", "silenced"]
    lost(press)
    press.settle(press.alarms.sounding, "another one sounds")
    press.done(press.alarms.acknowledge(alarm_id(press, "device lost")))
    assert press.alarms.sounding() == []


def test_a_station_that_is_set_to_be_silent_never_sounds(station: ServiceStation) -> None:
    high(watched(station, horn=""))
    assert station.alarms.sounding() == []


def test_shelving_is_limited_by_the_station(station: ServiceStation) -> None:
    high(watched(station, max_shelf_s=600.0))
    with pytest.raises(Refusal, match="at most 10 min"):
        station.alarms.shelve(alarm_id(station), 601, "repair")


def test_maintenance_is_asked_for_once_with_the_equipment_and_the_unit(press: ServiceStation) -> None:
    press.scan("U-1")
    high(press)
    press.done(press.alarms.request_maintenance(alarm_id(press), "  it leaks "))
    (asked,) = [fact for fact in press.facts() if isinstance(fact, MaintenanceRequested)]
    assert (asked.equipment, asked.priority, asked.serial) == ("Press 1", "critical", "U-1")
    assert asked.text.endswith("above 15 kN: it leaks") and asked.alarm_id == alarm_id(press)
    with pytest.raises(Refusal, match="asked for already"):
        press.alarms.request_maintenance(alarm_id(press))
    press.done(press.alarms.request_maintenance(alarm_id(press, "high limit")))
    assert [f.equipment for f in press.facts() if isinstance(f, MaintenanceRequested)] == ["Press 1", "press"]


def test_an_alarm_stops_the_step_and_lets_it_go_on(press: ServiceStation) -> None:
    press.scan("U-1")
    high(press)
    assert "Force 16 kN, above 15 kN. Stop the press." in press.execution.stopped_by
    assert "The step is stopped by an alarm" in press.refused("H-1")
    with pytest.raises(Refusal, match="stopped by an alarm"):
        press.execution.confirm()
    press.done(press.alarms.acknowledge(alarm_id(press)))
    press.done(press.alarms.shelve(alarm_id(press), 600, "repair"))
    with pytest.raises(Refusal, match="stopped by an alarm"):
        press.execution.confirm()
    press.sample(None, Quality.BAD, "BadCommunicationError")
    assert press.execution.stopped_by, "a value that is gone proves nothing"
    press.sample(14.2)
    press.settle(lambda: not press.execution.stopped_by, "the alarm is over")
    press.scan("H-1")
    assert press.step_id == "clean"


def test_a_stopped_step_can_still_be_interrupted(press: ServiceStation) -> None:
    press.scan("U-1")
    high(press)
    press.done(press.execution.interrupt("overload"))
    assert press.execution.stopped_by == ""


def test_the_first_of_one_origin_is_marked(press: ServiceStation) -> None:
    press.alarms.connection(ConnectionState("press", Connection.LOST, "cable out", 0.0))
    settled(press, "raised")
    first = press.alarms.listed()[0]
    assert not press.alarms.is_first_out(first), "alone it is no group"
    press.alarms.connection(ConnectionState("mill", Connection.LOST, "", 0.0))
    press.clock.advance(1)
    press.sample(16.0)
    press.settle(lambda: len(press.alarms.listed()) == 4, "four alarms")
    marked = [alarm.source for alarm in press.alarms.listed() if press.alarms.is_first_out(alarm)]
    assert marked == ["press"]
    press.done(press.alarms.acknowledge(first.alarm_id))
    press.alarms.connection(ConnectionState("press", Connection.CONNECTED, "", 0.0))
    press.settle(lambda: len(press.alarms.listed()) == 3, "the first is over")
    assert not any(press.alarms.is_first_out(alarm) for alarm in press.alarms.listed()), "the next is not the first"


def test_more_than_a_person_can_answer_is_a_flood_for_ten_minutes(station: ServiceStation) -> None:
    watched(station, flood=3)
    for n in range(4):
        station.alarms.condition(f"channel {n}", "silent", True, "silent", "low")
    settled(station, *["raised"] * 4)
    assert (station.alarms.came_lately(), station.alarms.is_flood) == (4, True)
    station.clock.advance(601)
    assert (station.alarms.came_lately(), station.alarms.is_flood) == (0, False)


@pytest.mark.expected_log("it is held until it is calm")
def test_one_that_comes_and_goes_without_end_is_held_and_a_record_says_so(press: ServiceStation) -> None:
    for _ in range(1000):
        press.sample(14.5)
        press.posts.run_one(0.001)
        press.sample(3.0)
    idle(press)
    raised = [fact for fact in press.facts() if isinstance(fact, AlarmTransition)]
    assert len(raised) <= 2 * MOST_RAISES + 2
    assert [alarm.condition for alarm in press.alarms.listed() if alarm.active].count("high limit") == 1
    (restless,) = [alarm for alarm in press.alarms.listed() if alarm.condition == RESTLESS]
    assert "It stays in the list until it is calm" in restless.text
    press.clock.advance(CALM_S - 1)
    press.alarms.samples([])
    idle(press)
    assert restless.active
    press.clock.advance(2)
    press.alarms.samples([])
    press.settle(lambda: not any(alarm.active for alarm in press.alarms.listed()), "calm again")
    press.sample(14.5)
    press.settle(lambda: any(alarm.active for alarm in press.alarms.listed()), "and it is recorded as before")


def test_after_a_restart_what_nobody_watches_any_more_is_cleared(
    press: ServiceStation, make_station: MakeStation
) -> None:
    high(press)
    press.sample("Fault", tag=SPEED)
    press.clock.advance(3)
    press.alarms.samples([])
    for device in ("press", "mill"):
        press.alarms.connection(ConnectionState(device, Connection.LOST, "", 0.0))
    press.settle(lambda: len(press.alarms.listed()) == 5, "five alarms")
    press.close()
    again = watched(make_station(), RULES[:1])
    again.alarms.start(["press"])
    again.settle(lambda: sum(not alarm.active for alarm in again.alarms.listed()) == 3, "cleared")
    assert {alarm.key for alarm in again.alarms.listed() if alarm.active} == {
        (FORCE, "high-high limit"),
        ("press", "device lost"),
    }
    again.sample(14.7)
    idle(again)
    assert again.alarms.stopping(), "within the deadband it stays, also over a restart"
    again.sample(14.0)
    again.settle(lambda: not again.alarms.stopping(), "its condition is gone")


def folded(station: ServiceStation) -> AlarmList:
    fold = StationFold(station.library.pinned)
    for row in station.journal.all_rows(REC):
        fold.apply_row(row)
    return fold.alarms
