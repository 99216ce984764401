"""States as stretches with names."""

from __future__ import annotations

import math

import numpy as np

from widgets.trend_parts import Parts, samples
from widgets.trend_states import SEVERAL, StateSpan, state_name, state_spans

NAN = math.nan


def test_equal_values_are_one_stretch_and_gaps_are_none() -> None:
    parts = samples(np.arange(8.0), np.array([1, 1, 2, 2, NAN, NAN, 2, 2]))
    assert state_spans(parts, 0.1) == [StateSpan(0, 2, 1), StateSpan(2, 4, 2), StateSpan(6, None, 2)]
    assert state_spans(samples(np.empty(0), np.empty(0)), 1) == []


def test_states_too_short_to_be_seen_become_one_of_several() -> None:
    parts = samples(np.array([0.0, 100, 101, 102, 103, 200]), np.array([1.0, 2, 1, 2, 3, 4]))
    assert state_spans(parts, 5) == [
        StateSpan(0, 100, 1),
        StateSpan(100, 103, None),
        StateSpan(103, 200, 3),
        StateSpan(200, None, 4),
    ]


def test_a_point_that_stands_for_several_states_says_so() -> None:
    parts = Parts(np.array([0.0, 10.0]), np.array([1.0, 2.0]), np.array([3.0, 2.0]), np.zeros(2, bool), 50)
    assert state_spans(parts, 1) == [StateSpan(0, 10, None), StateSpan(10, None, 2)]


def test_a_state_without_a_name_is_its_number() -> None:
    assert [state_name({1: "Running"}, code) for code in (1, 7, None)] == ["Running", "7", SEVERAL]
