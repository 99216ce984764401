"""Rates, means, integrals and totals."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.calc.memory import INCOMPLETE, NOT_FULL, Integral, Mean, Memory, NotYet, Rate, Told, Total


def seen(memory: Memory, values: list[float], step_s: float = 1.0, begin: float = 0.0) -> Told:
    told = Told(0.0)
    for position, value in enumerate(values):
        try:
            told = memory.see(begin + position * step_s, value, False)
        except NotYet:
            continue
    return told


def test_a_rate_is_the_change_per_second_over_its_window() -> None:
    assert seen(Rate(10), [3.0 * second for second in range(30)]).value == pytest.approx(3.0)
    assert seen(Rate(4), [0, 0, 0, 0, 0, 0, 8]) == Told(2.0)
    assert seen(Rate(4), [0, 100, 100, 100, 100, 100, 100]) == Told(0.0)


def test_a_rate_needs_two_values_and_is_uncertain_until_its_window_is_full() -> None:
    rate = Rate(10)
    with pytest.raises(NotYet):
        rate.see(0.0, 5.0, False)
    assert rate.see(5.0, 15.0, False) == Told(2.0, NOT_FULL)
    assert rate.see(10.0, 25.0, False) == Told(2.0)


def test_a_rate_between_two_samples_of_an_uneven_series() -> None:
    rate = Rate(10)
    with pytest.raises(NotYet):
        rate.see(0.0, 0.0, False)
    told = [rate.see(time, 2 * time, False) for time in (7.0, 13.0, 20.0)]
    assert [each.value for each in told] == pytest.approx([2.0, 2.0, 2.0])


@given(st.lists(st.tuples(st.floats(0, 5), st.floats(-1e6, 1e6)), min_size=2, max_size=60))
@settings(max_examples=100, deadline=None)
def test_a_mean_lies_between_the_lowest_and_the_highest(steps: list[tuple[float, float]]) -> None:
    mean, time = Mean(10), 0.0
    for pause_s, value in steps:
        time += pause_s
        told = mean.see(time, value, False)
    values = [value for _, value in steps]
    slack = 1e-6 * max(abs(value) for value in values) + 1e-6
    assert min(values) - slack <= told.value <= max(values) + slack


def test_a_mean_weighs_by_time_and_forgets() -> None:
    assert seen(Mean(4), [0, 0, 0, 0, 0, 10, 10, 10, 10, 10, 10]) == Told(10.0)
    assert seen(Mean(10), [2, 4]) == Told(3.0, NOT_FULL)
    assert seen(Mean(10), [7]) == Told(7, NOT_FULL)


def test_a_mean_begins_anew_after_a_gap() -> None:
    mean = Mean(4)
    assert seen(mean, [100.0] * 6) == Told(100.0)
    mean.miss()
    assert mean.see(50.0, 2.0, False) == Told(2.0, NOT_FULL)


def test_an_integral_is_the_area_and_a_gap_is_not_filled() -> None:
    integral = Integral()
    assert seen(integral, [0, 2, 4, 6]) == Told(9.0)
    integral.miss()
    assert integral.see(100.0, 6.0, False) == Told(9.0, INCOMPLETE)
    assert integral.see(101.0, 6.0, False) == Told(15.0, INCOMPLETE)
    assert integral.see(102.0, 6.0, True) == Told(0.0)
    assert integral.see(103.0, 6.0, False) == Told(6.0)


def test_an_integral_is_not_incomplete_before_it_began() -> None:
    integral = Integral()
    integral.miss()
    assert seen(integral, [1, 1]) == Told(1.0)


def test_a_total_counts_over_rollovers_and_resets() -> None:
    assert seen(Total(0), [10, 12, 20]) == Told(10)
    assert seen(Total(0), [10, 12, 3, 5]) == Told(7)
    assert seen(Total(65536), [65530, 65535, 4]) == Told(10)
    assert seen(Total(65536), [1000, 1010, 5]) == Told(15)
    total = Total(65536)
    seen(total, [1, 5])
    total.miss()
    assert total.see(10.0, 9, False) == Told(8)
    assert total.see(11.0, 9, True) == Told(0)
    assert total.see(12.0, 11, False) == Told(2)


def test_memory_stays_bounded_whatever_the_rate() -> None:
    rate = Rate(60)
    for tick in range(200_000):
        try:
            told = rate.see(tick * 0.001, tick * 0.002, False)
        except NotYet:
            continue
    assert told.value == pytest.approx(2.0)
    assert len(rate._window._points) < 1100


@pytest.mark.parametrize("memory", [Rate(5), Mean(5), Integral(), Total(0)], ids=lambda memory: type(memory).__name__)
def test_time_that_runs_backwards_a_little_counts_as_none_and_a_set_clock_begins_anew(memory: Memory) -> None:
    seen(memory, [1.0, 1.0, 1.0, 1.0], begin=1000.0)
    assert memory.see(1002.5, 1.0, False).value == pytest.approx(
        {"Rate": 0.0, "Mean": 1.0, "Integral": 3.0, "Total": 0.0}[type(memory).__name__]
    )
    assert seen(memory, [1.0] * 12, begin=10.0).value == pytest.approx(
        {"Rate": 0.0, "Mean": 1.0, "Integral": 14.0, "Total": 0.0}[type(memory).__name__]
    )
