"""Broken rules of control charts in the alarm list: there until every cause is recorded, also over a restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from station_app.domain.inspection.plan import Action, InspectionPlan
from station_app.domain.records import AlarmTransition
from station_app.services.signal_alarms import SignalAlarms, chart_title, is_signal, newest_point, reaction_plan
from tests.unit.services.conftest import MakeStation
from tests.unit.services.inspection_station import CHART, INS_30, measure
from tests.unit.services.station import ServiceStation
from tests.unit.services.test_spc import OUT, make_running  # noqa: F401  (a fixture)


def follow(station: ServiceStation) -> SignalAlarms:
    """What the application wires."""
    alarms = SignalAlarms(station.ledger, station.quality.control, station.alarms)
    alarms.follow()
    quiet(station)
    return alarms


def quiet(station: ServiceStation) -> None:
    """Run what is posted until nothing more comes: what the last commit led to is recorded too."""
    while station.posts.run_one(0.1):
        continue


def transitions(station: ServiceStation) -> list[tuple[str, str]]:
    return [(f.transition, f.condition) for f in station.facts() if isinstance(f, AlarmTransition)]


@pytest.mark.parametrize(
    ("action", "priority"), [(Action.HOLD, "high"), (Action.STOP, "high"), (Action.NONE, "medium")]
)
def test_a_broken_rule_is_an_alarm_with_its_reaction_plan(
    make_running: Callable[..., ServiceStation],  # noqa: F811  (the fixture)
    action: Action,
    priority: str,
) -> None:
    station = make_running(action)
    follow(station)
    assert station.alarms.listed() == []
    measure(station, "shaft", OUT)
    quiet(station)
    (alarm,) = station.alarms.listed()
    assert alarm.key == (CHART, "run rule nelson-1") and is_signal(alarm)
    in_work = "" if action is Action.NONE else "Q-13"
    assert (alarm.priority, alarm.active, alarm.serial) == (priority, True, in_work), "the unit that is kept here"
    assert alarm.text.startswith("Shaft breaks a rule: one point beyond the limits, value ")
    control = station.quality.control
    assert (chart_title(control, CHART), reaction_plan(control, CHART)) == ("Shaft", "Look at insert T7.")
    assert newest_point(control, alarm) == control.open_signals()[-1].fact.point_id


def test_the_alarm_is_over_when_the_last_cause_is_recorded(
    make_running: Callable[..., ServiceStation],  # noqa: F811  (the fixture)
) -> None:
    station = make_running(Action.NONE)
    follow(station)
    measure(station, "shaft", OUT)
    quiet(station)
    first, *others = station.quality.control.open_signals()
    assert others, "both panels of the chart"
    station.done(station.quality.control.give_cause(first.fact.signal_id, "Tool worn"))
    quiet(station)
    assert [alarm.active for alarm in station.alarms.listed()] == [True]
    for signal in others:
        station.done(station.quality.control.give_cause(signal.fact.signal_id, "Tool worn"))
    quiet(station)
    (alarm,) = station.alarms.listed()
    assert not alarm.active, "over, but nobody has acknowledged it"
    assert newest_point(station.quality.control, alarm) == ""
    station.done(station.alarms.acknowledge(alarm.alarm_id))
    assert station.alarms.listed() == []
    assert transitions(station) == [
        ("raised", "run rule nelson-1"), ("cleared", "run rule nelson-1"), ("acknowledged", "run rule nelson-1")
    ]  # fmt: skip


def test_after_a_restart_it_is_as_before_and_nothing_is_raised_twice(
    make_running: Callable[..., ServiceStation],  # noqa: F811  (the fixture)
    make_station: MakeStation,
) -> None:
    station = make_running(Action.NONE)
    measure(station, "shaft", OUT)
    station.close()
    second = make_station(INS_30, clock=station.clock)
    second.alarms.start([])
    follow(second)
    assert transitions(second) == [("raised", "run rule nelson-1")], "a crash came before the alarm was recorded"
    second.close()
    third = make_station(INS_30, clock=station.clock)
    third.alarms.start([])
    follow(third)
    assert len(transitions(third)) == 1 and len(third.alarms.listed()) == 1


def test_an_early_warning_is_no_alarm(
    make_running: Callable[..., ServiceStation],  # noqa: F811  (the fixture)
) -> None:
    station = make_running(Action.NONE, warning=True)
    follow(station)
    for signal in station.quality.control.signals(CHART):
        assert signal.fact.warning
    assert station.alarms.listed() == []


def test_a_chart_that_no_plan_has_any_more_keeps_its_alarm(
    make_running: Callable[..., ServiceStation],  # noqa: F811  (the fixture)
) -> None:
    station = make_running(Action.NONE)
    measure(station, "shaft", OUT)
    (published,) = station.journal.master(InspectionPlan.kind)
    station.withdraw(InspectionPlan.kind, published.id)
    station.library.reload()
    follow(station)
    (alarm,) = station.alarms.listed()
    assert alarm.text.startswith("Shaft breaks a rule: one point beyond the limits"), (
        "the unit's own plan says its name"
    )
    assert chart_title(station.quality.control, "GX-40/inspection/wall_height") == "wall height"
    assert reaction_plan(station.quality.control, "GX-40/inspection/wall_height") == ""
    assert reaction_plan(station.quality.control, CHART) == "Look at insert T7."
