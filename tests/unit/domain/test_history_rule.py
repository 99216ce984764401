"""Which samples are kept: nothing that matters is left out, however the rule is set."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.base import Quality, Sample, Value
from station_app.domain.history_rule import Admission, HistoryRule, Keep


def sample(second: float, value: Value, quality: Quality = Quality.GOOD, status: str = "Good") -> Sample:
    return Sample("t", value, quality, status, None, second)


def kept(rule: HistoryRule, *samples: Sample) -> list[tuple[float, Value]]:
    return [(s.received_time, s.value) for s in Admission(rule).admit(list(samples))]


def test_all_keeps_all_and_none_keeps_none() -> None:
    samples = [sample(n, 1.0) for n in range(3)]
    assert len(kept(HistoryRule(Keep.ALL), *samples)) == 3
    assert kept(HistoryRule(Keep.NONE), *samples) == []


def test_a_value_that_stays_is_kept_once_in_the_longest_interval() -> None:
    samples = [sample(n, 1.0) for n in range(130)]
    assert kept(HistoryRule(), *samples) == [(0, 1.0), (60, 1.0), (120, 1.0)]


def test_before_a_jump_the_value_until_then_is_kept_so_that_no_slope_is_invented() -> None:
    assert kept(HistoryRule(), sample(0, 1.0), sample(1, 1.0), sample(30, 1.0), sample(31, 9.0)) == [
        (0, 1.0), (30, 1.0), (31, 9.0),
    ]  # fmt: skip


@pytest.mark.parametrize("values", [("a", "a", "b"), (False, False, True)])
def test_states_and_texts_are_kept_when_they_change(values: tuple[Value, ...]) -> None:
    found = kept(HistoryRule(), *(sample(n, value) for n, value in enumerate(values)))
    assert found == [(0, values[0]), (2, values[2])]


def test_a_change_of_quality_or_status_is_kept_at_once_also_within_the_shortest_interval() -> None:
    rule = HistoryRule(deadband=10, min_interval_s=100)
    bad = sample(1, 1.0, Quality.BAD, "BadOutOfService")
    lost = sample(2, 1.0, Quality.BAD, "BadCommunicationError")
    assert kept(rule, sample(0, 1.0), bad, lost, sample(3, 1.0)) == [(0, 1.0), (1, 1.0), (2, 1.0), (3, 1.0)]


def test_a_change_that_came_too_soon_is_kept_when_its_time_has_come() -> None:
    admission = Admission(HistoryRule(min_interval_s=10))
    assert len(admission.admit([sample(0, 1.0), sample(1, 2.0), sample(2, 3.0)])) == 1
    assert admission.due(9.9) == []
    assert [s.value for s in admission.due(10.0)] == [3.0]
    assert admission.due(30.0) == []


def test_true_is_not_one() -> None:
    assert len(kept(HistoryRule(), sample(0, 1), sample(1, True))) == 2


def test_a_clock_that_was_set_back_does_not_stop_the_keeping() -> None:
    rule = HistoryRule(min_interval_s=1)
    assert kept(rule, sample(1000, 1.0), sample(10, 2.0), sample(12, 3.0)) == [(1000, 1.0), (10, 2.0), (12, 3.0)]


@settings(max_examples=200, deadline=None)
@given(
    values=st.lists(st.floats(-100, 100), min_size=1, max_size=60),
    deadband=st.floats(0, 20),
    batch=st.integers(1, 60),
)
def test_a_line_between_kept_values_is_never_further_off_than_the_deadband(
    values: list[float], deadband: float, batch: int
) -> None:
    admission = Admission(HistoryRule(deadband=deadband))
    samples = [sample(n, value) for n, value in enumerate(values)]
    found: list[Sample] = []
    for start in range(0, len(samples), batch):
        found += admission.admit(samples[start : start + batch])
    times = [s.received_time for s in found]
    assert times == sorted(set(times))
    for one, other in itertools.pairwise(found):
        between = [v for n, v in enumerate(values) if one.received_time < n < other.received_time]
        assert isinstance(one.value, float)
        assert all(abs(value - one.value) <= deadband for value in between)
