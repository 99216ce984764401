"""Rule sets, their conventions, and violations as a sequence."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from station_app.domain.quality.rule_search import find_violations
from station_app.domain.quality.run_rules import (
    NELSON,
    NO_RULES,
    RULE_SETS,
    WESTERN_ELECTRIC,
    Counting,
    Sides,
    Violation,
    Violations,
)


def test_charts_without_zones_have_rules_1_to_4_at_most() -> None:
    assert NELSON.without_zones().enabled == ("nelson-1", "nelson-2", "nelson-3", "nelson-4")
    assert WESTERN_ELECTRIC.without_zones().enabled == ("we-1", "we-4")
    assert NELSON.limits_only().enabled == ("nelson-1",)
    assert NO_RULES.without_zones().enabled == ()


def test_every_rule_can_be_named_in_words_with_its_settings() -> None:
    for rules in RULE_SETS.values():
        assert all(rules.text(rule) for rule in rules.enabled)
    assert NELSON.text("nelson-2").startswith("9 points")
    assert WESTERN_ELECTRIC.text("we-4").startswith("8 points")
    steps = replace(NELSON, trend_counts=Counting.STEPS, outside_sides=Sides.EITHER)
    assert steps.text("nelson-3").startswith("7 points")
    assert "either side" in steps.text("nelson-8")


def test_violations_come_by_point_and_then_by_rule() -> None:
    points = np.array([2.5, 2.5, 3.5, 0.0])
    found = find_violations(points, np.zeros(4), np.ones(4), NELSON)
    assert list(found) == [
        Violation("nelson-5", 2, (1, 2)),
        Violation("nelson-1", 3, (3,)),
        Violation("nelson-5", 3, (1, 2, 3)),
    ]
    assert found.at(3) == [found[1], found[2]]
    assert found.at(4) == []
    assert found.indices.tolist() == [2, 3]
    assert found[1:] == [found[1], found[2]]
    assert found[-1] == found[2]


def test_no_rules_find_nothing() -> None:
    found = find_violations(np.array([99.0]), np.zeros(1), np.ones(1), NO_RULES)
    assert (len(found), list(found), found.indices.tolist()) == (0, [], [])
    assert not Violations([])


def test_violations_of_a_range_of_points_are_those_of_each_point() -> None:
    """What a chart that draws a part asks for is what all of them are."""
    points = np.random.default_rng(1).normal(0, 1.4, 400)
    found = find_violations(points, np.zeros(400), np.ones(400), NELSON)
    part = dict(found.grouped(101, 300))
    assert part == {index: found.at(index) for index in range(101, 301) if found.at(index)}
    assert dict(found.grouped(1, 400)).keys() == {int(index) for index in found.indices}
