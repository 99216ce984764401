"""Axes by unit, round and even, moved by a person; lanes below each other."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from widgets.trend_axis import (
    Arrangement,
    Axis,
    TrendPen,
    even_range,
    grid_values,
    lanes_of,
    nice_range,
    place_lanes,
    tick_text,
)

PENS = (
    TrendPen("force", "Force", "kN"),
    TrendPen("state", "Machine", "", states=True),
    TrendPen("oil", "Oil", "°C"),
    TrendPen("peak", "Peak", "kN"),
)


@example(9.542782704995965e-13, 9.542782704995965e-13)
@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_axis_ranges_are_round_and_hold_the_values(low: float, span: float) -> None:
    bottom, top, step = nice_range(low, low + span)
    tolerance = step * 1e-6
    assert bottom <= low + tolerance
    assert top >= low + span - tolerance
    assert 1 <= round((top - bottom) / step) <= 6


def test_an_axis_of_nothing_is_still_an_axis() -> None:
    assert nice_range(math.inf, -math.inf) == (0.0, 1.0, 0.5)
    assert even_range(math.inf, -math.inf, 4) == (0.0, 4.0, 1.0)


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
def test_an_even_axis_has_exactly_so_many_divisions(low: float, span: float) -> None:
    bottom, top, step = even_range(low, low + span, 4)
    assert bottom <= low + step * 1e-6 and top >= low + span - step * 1e-6
    assert (top - bottom) / step == pytest.approx(4)


def test_pens_of_one_unit_share_an_axis_and_states_have_a_lane_of_their_own() -> None:
    lanes = lanes_of(PENS, Arrangement.STACKED)
    assert [[pen.key for pen in lane.pens] for lane in lanes] == [["force", "peak"], ["oil"], ["state"]]
    assert [lane.is_states for lane in lanes] == [False, False, True]
    shared = lanes_of(PENS, Arrangement.SHARED)
    assert [[axis.unit for axis in lane.axes] for lane in shared] == [["kN", "°C"], [""]]
    assert shared[0].axis_of("oil").unit == "°C"
    assert lanes_of(PENS[1:2], Arrangement.SHARED)[0].is_states
    with pytest.raises(KeyError):
        shared[0].axis_of("none")


def test_lanes_lie_below_each_other_and_share_the_height() -> None:
    lanes = lanes_of(PENS, Arrangement.STACKED)
    place_lanes(lanes, QRectF(10, 20, 300, 400), 30, 25)
    assert [lane.rect.height() for lane in lanes] == [142.5, 142.5, 25]
    assert [lane.rect.top() for lane in lanes] == [50, 222.5, 395]
    assert lanes[-1].rect.bottom() == 420


def test_an_axis_that_a_person_moved_stays_until_it_is_released() -> None:
    axis = Axis("kN", [PENS[0]])
    axis.follow(0, 12)
    assert (axis.bottom, axis.top) == (0, 15)
    axis.zoom(0.5, 0.0)
    assert (axis.bottom, axis.top, axis.held) == (0, 7.5, True)
    axis.pan(1.0)
    axis.follow(0, 100)
    assert (axis.bottom, axis.top) == (7.5, 15)
    axis.release()
    axis.follow(0, 12)
    assert (axis.bottom, axis.top) == (0, 15)


def test_an_axis_cannot_be_zoomed_out_of_all_numbers() -> None:
    axis = Axis("kN", [PENS[0]])
    for _ in range(500):
        axis.zoom(0.5)
    assert axis.top > axis.bottom and axis.step > 0
    assert grid_values(axis, 400)
    for _ in range(500):
        axis.zoom(2.0)
    assert math.isfinite(axis.top) and grid_values(axis, 400)


def test_tick_texts_have_the_decimals_of_their_step() -> None:
    assert [tick_text(v, 2.5) for v in (0, 2.5, -5)] == ["0", "2.5", "−5.0"]
    assert tick_text(20.015, 0.005) == "20.015"
    assert tick_text(100, 25) == "100"
