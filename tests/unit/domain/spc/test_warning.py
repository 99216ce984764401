"""The early warning: how often it is wrong, how often it is early, and that it warns once."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from station_app.domain.quality.chart import Panel
from station_app.domain.quality.run_rules import Violations
from station_app.domain.spc.warning import early_warning, projection


def panel(points: np.ndarray) -> Panel:
    ones = np.ones(len(points))
    return Panel("x", points, 0 * ones, -3 * ones, 3 * ones, ones, Violations(()))


def test_its_rates_are_those_that_the_convention_states() -> None:
    random = np.random.default_rng(2859)
    quiet = panel(random.normal(0, 1, 20_000))
    sides = [found.side if (found := projection(quiet, count)) else "" for count in range(1, 20_001)]
    false = sum(now != "" and now != before for before, now in pairwise(sides)) / len(sides)
    assert 0.004 < false < 0.010
    early = 0
    for _ in range(100):
        points = random.normal(0, 1, 60)
        points[10:] += 0.25 * np.arange(50)
        out = int(np.argmax(np.abs(points[10:]) > 3)) + 10
        chart = panel(points)
        early += any(projection(chart, count) for count in range(11, out + 1))
    assert 0.35 <= early / 100 <= 0.75


@pytest.mark.parametrize("sign", [1, -1])
def test_a_steady_drift_warns_once_and_names_its_side(sign: int) -> None:
    # a whole zigzag on a rising line, so that no point is out while the line leads there
    points = sign * (np.arange(14) * 0.2 + np.tile([0.2, -0.2], 7) - 0.4)
    found = [early_warning(panel(points[:count])) for count in range(1, 15)]
    warned = [each for each in found if each is not None]
    assert len(warned) == 1 and warned[0].side == ("upper" if sign > 0 else "lower")
    assert warned[0].slope * sign > 0 and 0 < warned[0].in_points <= 6


@pytest.mark.parametrize(
    "points",
    [np.zeros(20), np.tile([1.0, -1.0], 10), np.arange(9) * 0.3, np.append(np.arange(10) * 0.3, np.nan),
     np.append(np.arange(10) * 0.3, 3.5), -np.linspace(2.9, 0, 12)[::-1] * 0 + np.linspace(2.5, 0.1, 12)],
    ids=["constant", "alternating", "too few", "a gap", "out already", "back to the centre"],
)  # fmt: skip
def test_no_warning(points: np.ndarray) -> None:
    assert early_warning(panel(points)) is None
