"""One alarm's condition: limits, states, rates, missing values, deadbands and delays, step by step."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base import Quality, Sample, Value
from station_app.domain.alarm_rule import AlarmRule, Trigger
from station_app.domain.alarm_watch import MOST_POINTS, AlarmWatch

HIGH = AlarmRule("t", Trigger.HIGH, "Force", "kN", 15.0)
BAD = "BadCommunicationError"


def sample(value: Value, at_s: float = 0.0, status: str = "Good", text: str = "") -> Sample:
    quality = {"Good": Quality.GOOD, "UncertainLastUsableValue": Quality.UNCERTAIN}.get(status, Quality.BAD)
    return Sample("t", value, quality, status, at_s, at_s, text)


def states(rule: AlarmRule, *steps: tuple[float, Value | str]) -> list[bool]:
    """What ``active`` is after each (time, value); "..." is time alone, "bad" a Bad value."""
    watch = AlarmWatch(rule, False, 0.0)
    found = []
    for at_s, value in steps:
        if value == "...":
            watch.wait(at_s)
        else:
            watch.take(sample(None, at_s, BAD) if value == "bad" else sample(value, at_s), at_s)
        found.append(watch.active)
    return found


def rule(trigger: Trigger, limit: float = math.nan, **more: object) -> AlarmRule:
    return AlarmRule("t", trigger, "Force", "kN", limit, **more)  # type: ignore[arg-type]  # a table of settings


@pytest.mark.parametrize(
    ("watched", "steps", "expected"),
    [
        (rule(Trigger.HIGH, 15), [(0, 15.0), (1, 15.1), (2, 15.0)], [False, True, False]),
        (rule(Trigger.HIGH_HIGH, 15), [(0, 16), (1, 15)], [True, False]),
        (rule(Trigger.LOW, 1), [(0, 1.0), (1, 0.9), (2, 1.0)], [False, True, False]),
        (rule(Trigger.LOW_LOW, -1), [(0, -1.1), (1, -0.9)], [True, False]),
        (rule(Trigger.HIGH, 15, deadband=0.5), [(0, 15.1), (1, 14.6), (2, 14.5), (3, 14.6)], [True, True, False, False]),
        (rule(Trigger.LOW, 1, deadband=0.5), [(0, 0.9), (1, 1.4), (2, 1.5)], [True, True, False]),
        (rule(Trigger.HIGH, 15, on_delay_s=2), [(0, 16), (1.9, 16), (2.0, 16)], [False, False, True]),
        (rule(Trigger.HIGH, 15, on_delay_s=2), [(0, 16), (1, 14), (1.5, 16), (3, 16), (3.5, 16)], [False] * 4 + [True]),
        (rule(Trigger.HIGH, 15, on_delay_s=2), [(0, 16), (1, "..."), (2, "...")], [False, False, True]),
        (rule(Trigger.HIGH, 15, on_delay_s=2), [(0, 16), (1, "bad"), (2, "..."), (3, 16), (4.9, "...")], [False] * 5),
        (rule(Trigger.HIGH, 15, off_delay_s=2), [(0, 16), (1, 14), (2.9, 14), (3, 14)], [True, True, True, False]),
        (rule(Trigger.HIGH, 15, off_delay_s=2), [(0, 16), (1, 14), (2, "bad"), (9, "...")], [True] * 4),
        (rule(Trigger.HIGH, 15), [(0, 16), (1, "bad"), (2, math.nan), (3, "14"), (4, None)], [True] * 5),
        (rule(Trigger.HIGH, 15), [(0, math.inf), (1, math.nan), (2, True), (3, 16)], [False, False, False, True]),
        (rule(Trigger.IS, states=("Fault", "3")), [(0, "Running"), (1, "Fault"), (2, 3), (3, 4)], [False, True, True, False]),
        (rule(Trigger.IS_NOT, states=("true",)), [(0, True), (1, False), (2, "bad"), (3, True)], [False, True, True, False]),
        (rule(Trigger.NO_VALUE, on_delay_s=5), [(0, 1), (1, "bad"), (6, "..."), (7, 1)], [False, False, True, False]),
        (rule(Trigger.NO_VALUE, on_delay_s=5), [(4, "..."), (5, "...")], [False, True]),
        (rule(Trigger.RATE, 5, per_s=10), [(0, 0), (5, 4), (9, 6), (14, 6), (30, 6)], [False, False, True, False, False]),
        # devices tell changes only: what says nothing rests, and a jump after a rest is one
        (rule(Trigger.RATE, 5, per_s=10), [(0, 0), (1, 9), (10, "..."), (11, "...")], [False, True, True, False]),
        (rule(Trigger.RATE, 5, per_s=10), [(0, 0), (30, 99), (39, "..."), (40, "...")], [False, True, True, False]),
        (rule(Trigger.RATE, 5, per_s=10), [(0, 0), (30, "bad"), (31, 99)], [False] * 3),
        (rule(Trigger.RATE, 5, per_s=10), [(0, 0), (1, 9), (2, "bad"), (60, "...")], [False] + [True] * 3),
        (rule(Trigger.RATE, 5, per_s=10, off_delay_s=5), [(0, 0), (1, 9), (16, "...")], [False, True, False]),
        (rule(Trigger.RATE, 5, per_s=2, on_delay_s=4), [(0, 0), (1, 9), (3, "..."), (5, "...")], [False] * 4),
        (rule(Trigger.RATE, 5, per_s=10, on_delay_s=4), [(0, 0), (1, 9), (4.9, "..."), (5, "...")], [False] * 3 + [True]),
        (rule(Trigger.RATE, 5, per_s=10), [(5, 0), (4, 9), (5, 9)], [False, False, False]),
    ],
)  # fmt: skip
def test_step_by_step(watched: AlarmRule, steps: list[tuple[float, Value]], expected: list[bool]) -> None:
    assert states(watched, *steps) == expected


def test_a_value_that_cannot_be_trusted_leaves_the_alarm_and_says_so() -> None:
    watch = AlarmWatch(HIGH, False, 0.0)
    watch.take(sample(16.0), 0.0)
    assert (watch.has_value, watch.text) == (True, "Force 16 kN, above 15 kN")
    for status in (BAD, "UncertainLastUsableValue"):
        assert not watch.take(sample(3.0, 1.0, status), 1.0)
        assert (watch.active, watch.has_value, watch.text) == (True, False, "Force 16 kN, above 15 kN")
    assert watch.take(sample(3.0, 2.0), 2.0) and watch.has_value


def test_an_enumeration_is_known_by_its_text_and_by_its_number() -> None:
    for states_, expected in ((("Fault",), True), (("3",), True), (("Running",), False)):
        watch = AlarmWatch(rule(Trigger.IS, states=states_), False, 0.0)
        watch.take(sample(3, text="Fault"), 0.0)
        assert watch.active is expected


def test_after_a_restart_the_deadband_still_holds() -> None:
    watch = AlarmWatch(rule(Trigger.HIGH, 15, deadband=0.5), True, 0.0)
    watch.take(sample(14.8), 0.0)
    assert watch.active


def test_a_fast_signal_needs_no_more_memory_for_its_rate() -> None:
    watch = AlarmWatch(rule(Trigger.RATE, 5, per_s=10), False, 0.0)
    for n in range(20_000):
        watch.take(sample(0.0, n / 1000), n / 1000)
    assert len(watch._points) <= MOST_POINTS


@given(st.lists(st.tuples(st.floats(0, 5), st.one_of(st.floats(-20, 20), st.none())), max_size=60), st.floats(0, 3))
def test_it_is_active_only_after_the_whole_delay_beyond_the_limit(
    steps: list[tuple[float, float | None]], on_delay_s: float
) -> None:
    """Against a plain recomputation: the last Good values, unbroken, were beyond the limit for the delay."""
    watch = AlarmWatch(rule(Trigger.HIGH, 0.0, on_delay_s=on_delay_s), False, 0.0)
    now_s, since_s, active = 0.0, None, False
    for pause_s, value in steps:
        now_s += pause_s
        watch.take(sample(None, now_s, BAD) if value is None else sample(value, now_s), now_s)
        if value is None:
            since_s = None
        elif value <= 0:
            since_s, active = None, False
        else:
            since_s = now_s if since_s is None else since_s
            active = active or now_s - since_s >= on_delay_s
        assert watch.active is active
