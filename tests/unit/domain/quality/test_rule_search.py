"""Run rules against a slow reference that reads like the definitions, and the conventions one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.domain.quality.rule_search import find_violations
from station_app.domain.quality.run_rules import NELSON, WESTERN_ELECTRIC, Counting, RunRules, Sides

Points = Sequence[float | None]


def search(
    points: Points, rules: RunRules = NELSON, starts: tuple[int, ...] = ()
) -> list[tuple[str, int, tuple[int, ...]]]:
    values = np.array([np.nan if point is None else point for point in points])
    found = find_violations(values, np.zeros(values.size), np.ones(values.size), rules, starts)
    return [(each.rule, each.index, each.members) for each in found]


def only(rule: str, points: Points, **settings: object) -> list[tuple[int, tuple[int, ...]]]:
    rules = replace(WESTERN_ELECTRIC if rule.startswith("we") else NELSON, enabled=(rule,), **settings)  # type: ignore[arg-type]  # named settings of a test
    return [(index, members) for _, index, members in search(points, rules)]


def slow(points: Points, rules: RunRules, starts: tuple[int, ...]) -> Iterator[tuple[str, int, tuple[int, ...]]]:
    """The definitions, point by point."""
    trend = rules.trend + (rules.trend_counts is Counting.STEPS)
    alternating = rules.alternating + (rules.alternating_counts is Counting.STEPS)
    for at in range(len(points)):
        run: list[float] = []  # the unbroken points up to this one, newest first
        for back in range(at, -1, -1):
            point = points[back]
            if point is None:
                break
            run.append(point)
            if back in starts:
                break
        for rule in rules.enabled:
            kind = {"we-1": "1", "we-2": "5", "we-3": "6", "we-4": "2"}.get(rule, rule[-1])
            members = slow_rule(kind, run, rules, trend, alternating)
            if members:
                yield rule, at + 1, tuple(at + 1 - back for back in reversed(members))


def slow_rule(kind: str, run: list[float], rules: RunRules, trend: int, alternating: int) -> list[int]:
    """How far back the members lie; empty when the rule is not broken."""

    def last(count: int) -> list[float]:
        return run[:count] if len(run) >= count else []

    def some(needed: int, width: int, zone: float) -> list[int]:
        for side in (1, -1):
            beyond = [back for back, point in enumerate(run[:width]) if side * point > zone]
            if 0 in beyond and len(beyond) >= needed:
                return beyond
        return []

    def steps(count: int) -> list[float]:
        return [newer - older for newer, older in pairwise(last(count))]

    def all_of(count: int, holds: bool) -> list[int]:
        return list(range(count)) if last(count) and holds else []

    if kind == "1":
        return all_of(1, any(abs(point) > 3 for point in last(1)))
    if kind == "2":
        window = last(rules.one_side)
        return all_of(rules.one_side, all(p > 0 for p in window) or all(p < 0 for p in window))
    if kind == "3":
        return all_of(trend, all(s > 0 for s in steps(trend)) or all(s < 0 for s in steps(trend)))
    if kind == "4":
        moves = steps(alternating)
        return all_of(alternating, all(one * two < 0 for one, two in pairwise(moves)))
    if kind == "5":
        return some(2, 3, 2.0)
    if kind == "6":
        return some(4, 5, 1.0)
    if kind == "7":
        return all_of(rules.inside, all(abs(point) <= 1 for point in last(rules.inside)))
    window = last(rules.outside)
    both = rules.outside_sides is Sides.EITHER or (any(p > 0 for p in window) and any(p < 0 for p in window))
    return all_of(rules.outside, both and all(abs(point) > 1 for point in window))


# a grid of half sigmas: every line of the chart is met often
POINT = st.one_of(st.integers(-7, 7).map(lambda n: n / 2), st.none())
SERIES = st.one_of(
    st.lists(POINT, max_size=60),
    st.lists(st.sampled_from([0.5, 1.0, -1.0, -0.5]), max_size=40),
    st.lists(st.sampled_from([1.5, -1.5, 2.5, 1.0]), max_size=40),
    st.lists(st.tuples(st.floats(0.1, 2), st.floats(-2, -0.1)), max_size=20).map(
        lambda pairs: [v for p in pairs for v in p]
    ),
)
SETTINGS = st.builds(
    replace,
    st.sampled_from([NELSON, WESTERN_ELECTRIC]),
    trend_counts=st.sampled_from(Counting),
    alternating_counts=st.sampled_from(Counting),
    outside_sides=st.sampled_from(Sides),
    # short enough to be met
    alternating=st.sampled_from([4, 14]),
    inside=st.sampled_from([5, 15]),
)


@settings(max_examples=300, deadline=None)
@given(points=SERIES, rules=SETTINGS, starts=st.lists(st.integers(1, 59), max_size=2, unique=True))
def test_the_search_finds_what_the_definitions_say(points: Points, rules: RunRules, starts: list[int]) -> None:
    begun = tuple(start for start in starts if start < len(points))
    assert search(points, rules, begun) == list(slow(points, rules, begun))


def test_rule_1_is_strictly_beyond() -> None:
    assert only("nelson-1", [3.0, 3.0000001, -3.0, -3.5]) == [(2, (2,)), (4, (4,))]


def test_nine_on_one_side_eight_for_western_electric_and_no_new_start_after_a_signal() -> None:
    assert only("nelson-2", [0.5] * 8) == []
    assert only("nelson-2", [0.5] * 10) == [(9, tuple(range(1, 10))), (10, tuple(range(2, 11)))]
    assert only("we-4", [-0.5] * 8) == [(8, tuple(range(1, 9)))]


def test_a_point_on_the_centre_line_is_on_neither_side() -> None:
    assert only("nelson-2", [0.5] * 8 + [0.0] + [0.5] * 8) == []


def test_six_points_rise_or_six_steps() -> None:
    rising: Points = [0, 0.1, 0.2, 0.3, 0.4, 0.5]
    assert only("nelson-3", rising) == [(6, (1, 2, 3, 4, 5, 6))]
    assert only("nelson-3", rising, trend_counts=Counting.STEPS) == []
    assert only("nelson-3", [*rising, 0.6], trend_counts=Counting.STEPS) == [(7, (1, 2, 3, 4, 5, 6, 7))]
    assert only("nelson-3", [0, 0.1, 0.2, 0.2, 0.3, 0.4, 0.5]) == []


def test_fourteen_points_alternate_or_fourteen_steps() -> None:
    alternating: Points = [0.1, -0.1] * 7
    assert only("nelson-4", alternating) == [(14, tuple(range(1, 15)))]
    assert only("nelson-4", alternating, alternating_counts=Counting.STEPS) == []
    assert only("nelson-4", [*alternating, 0.1], alternating_counts=Counting.STEPS) == [(15, tuple(range(1, 16)))]


def test_two_of_three_beyond_two_sigma_the_last_among_them() -> None:
    assert only("nelson-5", [2.5, 0.0, 2.5, 0.0]) == [(3, (1, 3))]
    assert only("we-2", [2.5, -2.5, 0.0, 2.0, 2.5]) == []


def test_four_of_five_beyond_one_sigma_the_last_among_them() -> None:
    assert only("nelson-6", [1.5, 1.5, 0.0, 1.5, 1.5, 0.0]) == [(5, (1, 2, 4, 5))]
    assert only("we-3", [1.5, 1.5, 1.0, 1.0, 1.5, 1.5]) == []


def test_fifteen_within_one_sigma_lines_included() -> None:
    assert only("nelson-7", [1.0, -1.0, 0.5] * 5) == [(15, tuple(range(1, 16)))]


def test_eight_beyond_one_sigma_on_both_sides_or_either() -> None:
    assert only("nelson-8", [1.5] * 7 + [-1.5]) == [(8, tuple(range(1, 9)))]
    assert only("nelson-8", [1.5] * 8) == []
    assert only("nelson-8", [1.5] * 8, outside_sides=Sides.EITHER) == [(8, tuple(range(1, 9)))]


@pytest.mark.parametrize("rule", NELSON.enabled[1:])
def test_no_pattern_reaches_across_a_missing_point_or_into_a_stage(rule: str) -> None:
    patterns: dict[str, Points] = {
        "nelson-2": [0.5] * 9, "nelson-3": [0, 1, 2, 3, 4, 5], "nelson-4": [0.5, -0.5] * 7, "nelson-5": [2.5, 2.5],
        "nelson-6": [1.5] * 4, "nelson-7": [0.5, -0.5] * 8, "nelson-8": [1.5, -1.5] * 4,
    }  # fmt: skip
    whole = patterns[rule]
    half = len(whole) // 2
    assert only(rule, whole)
    assert only(rule, [*whole[:half], None, *whole[half:]]) == []
    assert search(whole, replace(NELSON, enabled=(rule,)), (half,)) == []


def test_a_line_that_floats_miss_by_a_bit_is_still_a_line() -> None:
    # 1.5 + 3 * 0.1 and 1.8 differ in their last bit, as (1.8 - 1.5) / 0.1 and 3 do
    points, center, deviation = np.array([1.8, 1.2, 1.8 + 1e-6]), np.full(3, 1.5), np.full(3, 0.1)
    assert find_violations(points, center, deviation, NELSON).indices.tolist() == [3]


def test_without_spread_there_are_no_zones_and_any_other_value_is_beyond() -> None:
    points = np.array([0.1] * 20 + [0.1000001])
    found = find_violations(points, np.full(21, 0.1), np.zeros(21), NELSON)
    assert [(each.rule, each.index) for each in found] == [("nelson-1", 21)]


def test_no_points_and_one_point() -> None:
    assert search([]) == []
    assert search([0.0]) == []
    assert search([None, None]) == []
