"""The live trend: redraw, gaps, moving through time, bounded memory."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.theme import Look
from widgets.trend_canvas import Band, Lane, Mark, TrendPen
from widgets.trend_card import TrendCard
from widgets.trend_view import LONGEST_WINDOW_S, TrendView

NOW = 1_795_000_000.0
PENS = (
    TrendPen("force", "Press force", "kN", 11, 14),
    TrendPen("oil", "Oil", "°C"),
    TrendPen("air", "Air", "°C"),
)


@pytest.fixture
def view(look: Look, qtbot: QtBot) -> TrendView:
    made = TrendView(look, PENS, window_s=60)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    times = np.arange(NOW - 1800, NOW, 0.1)
    for key in ("force", "oil", "air"):
        made.append(key, times, np.sin(times) * 2 + 12)
    made.redraw(NOW)
    return made


def test_pens_of_one_unit_share_a_lane_and_differ_in_colour_and_dashes(view: TrendView) -> None:
    assert [(lane.unit, len(lane.pens)) for lane in view.frame.lanes] == [("kN", 1), ("°C", 2)]
    assert len({view.color_of(pen.key) for pen in PENS}) == 3
    oil, air = view.frame.lanes[1].pens
    assert view.painter.style_of(oil) != view.painter.style_of(air)


def test_thirty_minutes_are_drawn_with_about_two_points_a_pixel(view: TrendView) -> None:
    view.set_window(1800)
    drawn, samples = view.drawn_counts()
    columns = view.frame.lanes[0].rect.width()
    assert samples == 3 * 18_000
    assert drawn <= 3 * (2 * columns + 6)
    view.set_window(1e12)
    assert view.window_s == LONGEST_WINDOW_S


def test_memory_stays_the_same_however_long_it_runs(view: TrendView) -> None:
    before = view.nbytes
    for minute in range(60):
        times = NOW + minute * 60 + np.arange(0, 60, 0.1)
        view.append("force", times, np.ones(times.size))
        view.redraw(NOW + minute * 60 + 60)
    assert view.nbytes == before
    assert len(view.frame.lines) == len(PENS)


def test_the_axis_widens_at_once_and_holds_still_for_small_changes(view: TrendView) -> None:
    lane = view.frame.lanes[0]
    view.append("force", np.array([NOW + 1]), np.array([40.0]))
    view.redraw(NOW + 1)
    top = lane.axes[0].top
    assert top >= 40
    view.append("force", np.array([NOW + 2]), np.array([30.0]))
    view.redraw(NOW + 2)
    assert lane.axes[0].top == top


def test_a_gap_is_hatched_and_tells_its_reason(view: TrendView) -> None:
    times = np.arange(NOW + 0.1, NOW + 20, 0.1)
    view.append("force", times, np.full(times.size, math.nan), "press lost")
    view.redraw(NOW + 20)
    (gap,) = view.frame.lanes[0].gaps
    assert (round(gap.start_s - NOW, 1), gap.end_s, gap.reason) == (0.1, None, "press lost")
    reading = view.values_at(NOW + 10)["force"]
    assert math.isnan(reading.value)
    assert (reading.reason, reading.until_s) == ("press lost", None)
    assert reading.since_s == pytest.approx(NOW + 0.1)
    view.set_cursor(NOW + 10)
    assert any("press lost" in str(line) for line in view.frame.cursors[0].lines)
    image = view.grab().toImage()
    rect = view.frame.lanes[0].rect
    column = int(view.frame.x(NOW + 15))
    shades = {image.pixelColor(column, y).name() for y in range(int(rect.top()) + 2, int(rect.bottom()) - 30)}
    assert len(shades) > 3


def test_limits_are_painted_behind_the_curve(view: TrendView) -> None:
    lane = view.frame.lanes[0]
    image = view.grab().toImage()
    band = QColor(view.look.theme.limits_band).name()
    column = int(lane.rect.left()) + 3
    inside = {image.pixelColor(column, int(lane.y(value))).name() for value in (11.3, 12.6, 13.7)}
    assert band in inside


def test_a_touch_sets_the_cursor_and_a_drag_leaves_the_present(view: TrendView, qtbot: QtBot) -> None:
    canvas = view.canvas
    with qtbot.waitSignal(view.cursor_moved):
        QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(400, 200))
    assert view.is_live
    with qtbot.waitSignal(view.live_changed) as left:
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(400, 200))
        QTest.mouseMove(canvas, QPoint(500, 200))
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(500, 200))
    assert left.args == [False]
    assert view.frame.end_s < NOW
    end = view.frame.end_s
    view.redraw(NOW + 30)
    assert view.frame.end_s == end
    view.go_live()
    assert view.is_live
    assert view.frame.end_s == NOW + 30


def test_everything_can_be_done_by_keys(view: TrendView, qtbot: QtBot) -> None:
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert view.frame.end_s == pytest.approx(NOW - 6)
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.window_s == pytest.approx(48)
    QTest.keyClick(view, Qt.Key.Key_Minus)
    QTest.keyClick(view, Qt.Key.Key_End)
    assert view.is_live


def test_an_alarm_opens_the_trend_at_its_instant(view: TrendView) -> None:
    view.show_instant(NOW - 600)
    assert not view.is_live
    assert view.frame.start_s < NOW - 600 < view.frame.end_s
    assert view.cursors_s == (NOW - 600,)


def test_bands_and_marks_make_room_at_the_top(view: TrendView, qtbot: QtBot) -> None:
    before = view.frame.lanes[0].rect.top()
    view.set_bands([Band(NOW - 50, None, "GX40-000127")], [Band(NOW - 50, NOW - 20, "4 Press")])
    view.set_marks([Mark(NOW - 30, "press lost")])
    qtbot.waitUntil(lambda: view.frame.lanes[0].rect.top() > before)


def test_pens_are_checked() -> None:
    with pytest.raises(ValueError, match="at least one pen"):
        TrendView(None, [])  # type: ignore[arg-type]  # never reached
    assert Lane.__doc__


def test_two_pens_of_one_key_are_refused(look: Look, qtbot: QtBot) -> None:
    with pytest.raises(ValueError, match="one key"):
        TrendView(look, [PENS[0], PENS[0]])


def test_the_card_shows_the_quality_by_name(look: Look, qtbot: QtBot) -> None:
    card = TrendCard(look, "Force, last minute", PENS[:1])
    qtbot.addWidget(card)
    card.set_quality("BadCommunicationError", good=False)
    assert "BadCommunicationError" in card.accessibleName()
    card.set_quality("Good", good=True)
    assert card.note_text() == "Good"


def test_other_limits_of_a_pen_move_its_band(view: TrendView) -> None:
    key = PENS[0].key
    view.set_limits(key, 1.0, 2.0)
    (pen,) = [pen for lane in view.frame.lanes for pen in lane.pens if pen.key == key]
    assert (pen.lower_limit, pen.upper_limit) == (1.0, 2.0)
    assert view.style_of(key) is not None


def test_a_pen_keeps_a_colour_of_its_own(look: Look, qtbot: QtBot) -> None:
    view = TrendView(look, [TrendPen("a", "A", "kN", color="#112233"), TrendPen("b", "B", "kN")])
    qtbot.addWidget(view)
    assert (view.color_of("a"), view.color_of("b")) == ("#112233", look.theme.pens[1])


def test_an_instant_near_the_present_stands_still_in_the_middle(view: TrendView) -> None:
    view.redraw(1000.0)
    view.set_window(60.0)
    view.show_instant(995.0)
    view.redraw(1010.0)
    assert not view.is_live
    assert (view.frame.start_s, view.frame.end_s) == (965.0, 1025.0)
    assert view.frame.lasting_until_s == 1010.0, "what goes on is not drawn into the future"
