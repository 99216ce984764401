"""Real touches, mouse and wheel on a trend."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets.shapes import Shape
from widgets.theme import Look
from widgets.trend_axis import Arrangement, Axis
from widgets.trend_canvas import Band, Mark, TrendPen
from widgets.trend_view import TrendView

NOW = 1_795_000_000.0


@pytest.fixture
def view(look: Look, qtbot: QtBot) -> TrendView:
    pens = (TrendPen("force", "Force", "kN"), TrendPen("oil", "Oil", "°C"))
    made = TrendView(look, pens, window_s=600)
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    times = np.arange(NOW - 1800, NOW, 1.0)
    for key in ("force", "oil"):
        made.append(key, times, np.sin(times / 50) * 2 + 12)
    made.redraw(NOW)
    return made


@pytest.fixture
def screen(qapp: object) -> QPointingDevice:
    return QTest.createTouchDevice()


def held(axis: Axis) -> bool:
    return axis.held


def live(view: TrendView) -> bool:
    return view.is_live


def wheel(
    view: TrendView, at: QPointF, turned: int, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    canvas = view.canvas
    event = QWheelEvent(
        at, QPointF(canvas.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, turned), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(canvas, event)


def test_one_finger_scrolls_through_time(view: TrendView, screen: QPointingDevice) -> None:
    canvas = view.canvas
    QTest.touchEvent(canvas, screen).press(0, QPoint(300, 200), canvas).commit()
    QTest.touchEvent(canvas, screen).move(0, QPoint(350, 205), canvas).commit()
    QTest.touchEvent(canvas, screen).move(0, QPoint(450, 205), canvas).commit()
    QTest.touchEvent(canvas, screen).release(0, QPoint(450, 205), canvas).commit()
    per_px = 600 / view.frame.lanes[0].rect.width()
    assert not live(view) and view.cursors_s == ()
    assert view.frame.end_s == pytest.approx(NOW - 150 * per_px)


def test_two_fingers_zoom_around_their_middle_and_scroll(view: TrendView, screen: QPointingDevice) -> None:
    view.show_span(NOW - 900, NOW - 300)
    canvas = view.canvas
    middle_s = view.frame.time_at(400)
    QTest.touchEvent(canvas, screen).press(0, QPoint(380, 200), canvas).press(1, QPoint(420, 200), canvas).commit()
    QTest.touchEvent(canvas, screen).move(0, QPoint(360, 200), canvas).move(1, QPoint(440, 200), canvas).commit()
    assert view.window_s == pytest.approx(300)
    assert view.frame.time_at(400) == pytest.approx(middle_s, abs=1)
    QTest.touchEvent(canvas, screen).move(0, QPoint(410, 200), canvas).move(1, QPoint(490, 200), canvas).commit()
    assert view.frame.time_at(450) == pytest.approx(middle_s, abs=1)
    QTest.touchEvent(canvas, screen).release(0, QPoint(410, 200), canvas).stationary(1).commit()
    before = view.span_s
    QTest.touchEvent(canvas, screen).move(1, QPoint(600, 200), canvas).commit()
    assert view.span_s == before, "the finger that leaves last does not scroll"
    QTest.touchEvent(canvas, screen).release(1, QPoint(600, 200), canvas).commit()
    assert view.cursors_s == ()


def test_a_tap_by_finger_reads_the_values(view: TrendView, screen: QPointingDevice) -> None:
    canvas = view.canvas
    QTest.touchEvent(canvas, screen).press(0, QPoint(300, 200), canvas).commit()
    QTest.touchEvent(canvas, screen).release(0, QPoint(301, 200), canvas).commit()
    assert list(view.cursors_s) == pytest.approx([view.frame.time_at(301)])
    assert any("Force" in str(line) for line in view.frame.cursors[0].lines)


def test_the_wheel_zooms_time_and_beside_the_lane_its_axis(view: TrendView) -> None:
    wheel(view, QPointF(400, 200), 120)
    assert view.window_s == pytest.approx(600 * 0.9985**120)
    lane = view.frame.lanes[0]
    axis = lane.axes[0]
    bottom, top = axis.bottom, axis.top
    wheel(view, QPointF(10, lane.rect.center().y()), 120)
    assert held(axis) and axis.top - axis.bottom < top - bottom
    assert view.window_s == pytest.approx(600 * 0.9985**120), "time stays"
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(10, int(lane.rect.center().y())))
    assert not held(axis) and (axis.bottom, axis.top) == (bottom, top)
    wheel(view, QPointF(400, 200), 120, Qt.KeyboardModifier.ShiftModifier)
    assert not live(view)


def test_an_axis_is_dragged_by_its_values(view: TrendView) -> None:
    lane = view.frame.lanes[1]
    before = lane.axes[0].bottom
    y = int(lane.rect.center().y())
    QTest.mousePress(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(20, y))
    QTest.mouseMove(view.canvas, QPoint(20, y + 40))
    QTest.mouseRelease(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(20, y + 40))
    assert lane.axes[0].bottom > before and live(view)
    assert view.frame.lanes[0].axes[0].held is False


def test_two_cursors_are_held_and_moved(view: TrendView, qtbot: QtBot) -> None:
    view.cursors.put((NOW - 400, NOW - 200))
    x = int(view.frame.x(NOW - 200))
    QTest.mousePress(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(x + 3, 300))
    QTest.mouseMove(view.canvas, QPoint(x + 60, 300))
    QTest.mouseRelease(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(x + 60, 300))
    assert view.cursors_s[0] == NOW - 400
    assert view.cursors_s[1] == pytest.approx(view.frame.time_at(x + 60), abs=1)
    QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=QPoint(int(view.frame.x(NOW - 500)), 300))
    assert view.cursors_s[0] == pytest.approx(NOW - 500, abs=2), "the nearer one comes"
    with pytest.raises(ValueError, match="at most 2"):
        view.cursors.put((1, 2, 3))


def test_marks_and_bands_are_opened_by_a_touch(view: TrendView, qtbot: QtBot) -> None:
    view.set_bands([Band(NOW - 500, None, "GX40-000127", key="GX40-000127")])
    view.set_marks([Mark(NOW - 450, "a"), Mark(NOW - 300, "press lost", Shape.WARNING)])
    at = view.frame.mark_rect(view.look, view.frame.marks[1]).center().toPoint()
    with qtbot.waitSignal(view.mark_chosen) as chosen:
        QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=at)
    assert chosen.args == [1]
    band = view.frame.band_rect(view.look, 0, view.frame.bands[0][0]).center().toPoint()
    with qtbot.waitSignal(view.band_chosen) as opened:
        QTest.mouseClick(view.canvas, Qt.MouseButton.LeftButton, pos=band)
    assert opened.args[0].key == "GX40-000127"
    assert view.cursors_s == ()


def test_a_tag_is_dropped(view: TrendView) -> None:
    dropped: list[str] = []
    view.tag_dropped.connect(dropped.append)
    assert view.takes_tags
    view.drop_tag("press.peak")
    assert dropped == ["press.peak"]


def test_keys_for_cursors_axes_and_the_beginning(view: TrendView, qtbot: QtBot) -> None:
    key = Qt.Key
    QTest.keyClick(view, key.Key_C)
    QTest.keyClick(view, key.Key_C)
    first, second = view.cursors_s
    QTest.keyClick(view, key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, key.Key_X)
    QTest.keyClick(view, key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert view.cursors_s[0] < first and view.cursors_s[1] > second
    QTest.keyClick(view, key.Key_C)
    assert view.cursors_s == ()
    QTest.keyClick(view, key.Key_V)
    QTest.keyClick(view, key.Key_V)
    oil = view.frame.lanes[1].axes[0]
    assert view.frame.chosen_axis is oil
    QTest.keyClick(view, key.Key_Up)
    QTest.keyClick(view, key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert held(oil) and view.window_s == 600
    QTest.keyClick(view, key.Key_A)
    assert not held(oil)
    QTest.keyClick(view, key.Key_PageUp)
    assert view.frame.end_s == pytest.approx(NOW - 600)
    with qtbot.waitSignal(view.home_wanted):
        QTest.keyClick(view, key.Key_Home)
    QTest.keyClick(view, key.Key_L)
    assert live(view)


def test_pens_come_and_go_and_the_others_keep_what_is_known(view: TrendView) -> None:
    series = view.series("force")
    view.set_pens([TrendPen("force", "Force", "kN"), TrendPen("machine", "Machine", "", states=True)])
    assert view.series("force") is series and len(view.series("machine")) == 0
    view.set_state_names("machine", {1: "Running"})
    view.append("machine", np.array([NOW - 100, NOW - 50]), np.array([1.0, 2.0]))
    view.redraw(NOW)
    assert [span.code for span in view.frame.states["machine"]] == [1, 2]
    view.set_arrangement(Arrangement.SHARED)
    assert len(view.frame.lanes) == 2 and view.series("force") is series
