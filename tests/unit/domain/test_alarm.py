"""Alarms by the states of ISA-18.2, folded from their transitions."""

from __future__ import annotations

import pytest

from station_app.domain.alarm import AlarmList, AlarmState
from station_app.domain.alarm_rate import AlarmRate
from station_app.domain.records import AlarmTransition, MaintenanceRequested

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


# --- one alarm that comes again, shelves, out of service ------------------------------------------------------------


class Story:
    """Transitions of one alarm, each a second after the last, by Anna."""

    def __init__(self) -> None:
        self.alarms = AlarmList()
        self.at_us = NOW

    def tell(self, transition: str, alarm_id: str = "a", source: str = "press", until_us: int | None = None) -> None:
        fact = AlarmTransition(
            alarm_id=alarm_id, source=source, condition="high limit", transition=transition, priority="high",
            text="above", reason="why", until_us=until_us,
        )  # fmt: skip
        self.alarms.apply(fact, "anna", self.at_us)
        self.at_us += 1_000_000


@pytest.fixture
def story() -> Story:
    return Story()


def test_one_that_comes_again_takes_the_place_of_the_last_and_counts_it(story: Story) -> None:
    story.tell("raised", "a")
    story.tell("cleared", "a")
    story.tell("raised", "b")
    assert list(story.alarms.alarms) == ["b"]
    assert story.alarms.alarms["b"].times == 2
    story.tell("acknowledged", "b")
    assert story.alarms.alarms["b"].times == 1


def test_one_that_comes_again_while_its_shelving_lasts_stays_hidden(story: Story) -> None:
    story.tell("raised", "a")
    story.tell("shelved", "a", until_us=NOW + MINUTE)
    story.tell("cleared", "a")
    story.tell("acknowledged", "a")
    assert story.alarms.alarms == {}
    story.tell("raised", "b")
    assert story.alarms.alarms["b"].state(story.at_us) is AlarmState.SHELVED
    story.tell("cleared", "b")
    story.at_us = NOW + MINUTE
    story.tell("raised", "c")
    assert story.alarms.alarms["c"].state(story.at_us) is AlarmState.UNACKNOWLEDGED_ACTIVE


def test_out_of_service_is_not_raised_until_it_is_enabled(story: Story) -> None:
    story.tell("raised", "a")
    story.tell("disabled", "a")
    assert story.alarms.alarms == {}
    entry = story.alarms.disabled["press", "high limit"]
    assert (entry.by, entry.reason, entry.text) == ("anna", "why", "above")
    story.tell("raised", "b")
    story.tell("cleared", "a")
    assert story.alarms.alarms == {}
    story.tell("enabled", "")
    story.tell("raised", "c")
    assert list(story.alarms.alarms) == ["c"] and story.alarms.disabled == {}


def test_silencing_is_of_what_there_is_not_of_what_comes(story: Story) -> None:
    story.tell("raised", "a")
    story.tell("silenced", "a")
    story.tell("raised", "b", source="mill")
    assert [alarm.silenced for alarm in story.alarms.alarms.values()] == [True, False]


def test_each_knows_what_was_open_when_it_came(story: Story) -> None:
    story.tell("raised", "a", source="press")
    story.tell("raised", "b", source="mill")
    assert [set(alarm.behind) for alarm in story.alarms.alarms.values()] == [set(), {"press"}]


def test_a_maintenance_request_is_kept_with_its_alarm(story: Story) -> None:
    story.tell("raised", "a")
    request = MaintenanceRequested(request_id="m", equipment="press", text="leaks", alarm_id="a")
    story.alarms.apply_request(request, "tom")
    assert story.alarms.alarms["a"].asked_by == "tom"
    story.tell("cleared", "a")
    story.tell("raised", "b")
    assert story.alarms.alarms["b"].asked_by == "tom", "the same alarm, asked for already"
    story.alarms.apply_request(request, "tom")  # of one that is over: changes nothing


def test_counts_are_bounded_and_by_ten_minutes() -> None:
    rate = AlarmRate()
    for n in range(5000):
        rate.note(NOW + n * MINUTE)
    last = NOW + 4999 * MINUTE
    assert rate.in_last_ten_minutes(last) == 10
    assert [count for _, count in rate.per_stretch(last, 3)][1:] == [10, 10]
    assert len(rate.stretches) <= 144
    assert rate.in_last_ten_minutes(NOW - 365 * 24 * 60 * MINUTE) == 0, "a clock set back a year"
