"""Where the marker stands, one-sided limits, and values beyond the drawn range."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from widgets.limit_bar import LimitBar, Limits, Marker
from widgets.theme import Look


@pytest.fixture
def bar(look: Look, qtbot: QtBot) -> LimitBar:
    made = LimitBar(look)
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    return made


def test_two_limits_lie_at_the_thirds(bar: LimitBar) -> None:
    bar.set_limits(Limits(11, 14, "11.0", "14.0"))
    places = []
    for value in (11, 12.5, 14):
        bar.set_value(value)
        places.append(bar.fraction())
    assert places == [pytest.approx(1 / 3), pytest.approx(1 / 2), pytest.approx(2 / 3)]
    assert bar.marker is Marker.INSIDE


@pytest.mark.parametrize(
    ("value", "fraction", "overflow"), [(10.9, 0.3, 0), (14.86, 0.62, 0), (40.0, 1.0, 1), (-9.0, 0.0, -1)]
)
def test_outside_is_a_diamond_and_far_outside_stays_at_the_end(
    bar: LimitBar, value: float, fraction: float, overflow: int
) -> None:
    bar.set_limits(Limits(11, 14))
    bar.set_value(value)
    assert bar.marker is Marker.OUTSIDE
    found = bar.fraction()
    assert found is not None
    assert abs(found - fraction) < 0.2
    assert bar.overflow() == overflow
    bar.grab()


def test_the_owner_decides_what_is_outside(bar: LimitBar) -> None:
    bar.set_limits(Limits(11, 14))
    bar.set_value(14.004, outside=False)
    assert bar.marker is Marker.INSIDE


@pytest.mark.parametrize("limits", [Limits(None, 1.6), Limits(0.5, None), Limits(None, 0.0), Limits(5, 5)])
def test_one_sided_zero_and_equal_limits_draw(bar: LimitBar, limits: Limits) -> None:
    bar.set_limits(limits)
    for value in (-1e12, 0, 1.0, 1e12, None):
        bar.set_value(value)
        bar.grab()


def test_limits_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="lower limit 3 is above the upper limit 2"):
        Limits(3, 2)


def test_the_outcome_is_spoken(bar: LimitBar) -> None:
    bar.set_limits(Limits(11, 14, "11.0", "14.0"))
    bar.set_value(15)
    assert bar.accessibleName() == "11.0, 14.0, outside"
