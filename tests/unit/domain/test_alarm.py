"""Alarms by the states of ISA-18.2, folded from their transitions."""

from __future__ import annotations

import pytest

from station_app.domain.alarm import AlarmList, AlarmState
from station_app.domain.records import AlarmTransition

NOW = 1_790_000_000_000_000
MINUTE = 60_000_000


def fold(*transitions: str, until_us: int | None = NOW + MINUTE, start: int = NOW) -> AlarmList:
    alarms = AlarmList()
    for number, transition in enumerate(transitions):
        fact = AlarmTransition(
            alarm_id="a", source="press", condition="device lost", transition=transition, priority="high", text="lost",
            reason="why", until_us=until_us if transition == "shelved" else None,
        )  # fmt: skip
        alarms.apply(fact, "anna", start + number)
    return alarms


@pytest.mark.parametrize(
    ("transitions", "state"),
    [
        (("raised",), AlarmState.UNACKNOWLEDGED_ACTIVE),
        (("raised", "acknowledged"), AlarmState.ACKNOWLEDGED_ACTIVE),
        (("raised", "cleared"), AlarmState.UNACKNOWLEDGED_CLEARED),
        (("raised", "shelved"), AlarmState.SHELVED),
        (("raised", "shelved", "cleared"), AlarmState.SHELVED),
        (("raised", "shelved", "unshelved"), AlarmState.UNACKNOWLEDGED_ACTIVE),
        (("raised", "acknowledged", "shelved", "unshelved"), AlarmState.ACKNOWLEDGED_ACTIVE),
        (("raised", "of a newer version"), AlarmState.UNACKNOWLEDGED_ACTIVE),
    ],
)
def test_states(transitions: tuple[str, ...], state: AlarmState) -> None:
    assert fold(*transitions).alarms["a"].state(NOW + 10) is state


@pytest.mark.parametrize("order", [("cleared", "acknowledged"), ("acknowledged", "cleared")])
def test_cleared_and_acknowledged_is_over(order: tuple[str, str]) -> None:
    assert fold("raised", *order).alarms == {}
    assert fold("raised", *order, "shelved", "cleared").alarms == {}, "late transitions of it change nothing"


def test_shelving_ends_by_itself_and_does_not_outlive_a_clock_set_back() -> None:
    alarm = fold("raised", "shelved").alarms["a"]
    assert alarm.state(NOW + MINUTE - 1) is AlarmState.SHELVED
    assert alarm.state(NOW + MINUTE) is AlarmState.UNACKNOWLEDGED_ACTIVE
    assert alarm.state(NOW - 365 * 24 * 60 * MINUTE) is AlarmState.UNACKNOWLEDGED_ACTIVE


def test_what_is_kept_of_an_alarm() -> None:
    alarm = fold("raised", "acknowledged").alarms["a"]
    assert (alarm.since_us, alarm.acknowledged_by, alarm.priority, alarm.text) == (NOW, "anna", "high", "lost")
    assert fold("raised", "cleared").alarms["a"].cleared_us == NOW + 1


def test_only_the_active_occurrence_of_a_condition_is_found() -> None:
    assert fold("raised").active("press", "device lost") is not None
    assert fold("raised").active("press", "other") is None
    assert fold("raised", "cleared").active("press", "device lost") is None
