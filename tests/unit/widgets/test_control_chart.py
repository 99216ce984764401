"""The control chart: what is in sight, choosing points, marks, gaps, stages."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.control_chart import POINTS_IN_SIGHT, ControlChart
from widgets.control_chart_painting import PanelPainter, Sight, figure_text, panel_labels, spread
from widgets.control_chart_values import ChartTexts, ListedMarks, PanelValues, PointMark, StageMark, runs, value_range
from widgets.text import text_width
from widgets.theme import CAPITAL_SMALL_MM, Look


def panel(points: np.ndarray, *marks: PointMark, title: str = "Individuals") -> PanelValues:
    flat = [np.full(len(points), value) for value in (0.0, -3.0, 3.0, 1.0)]
    return PanelValues(title, points, flat[0], flat[1], flat[2], flat[3], None, ListedMarks(marks), 1)


def shown(qtbot: QtBot, look: Look, *panels: PanelValues) -> ControlChart:
    chart = ControlChart(look, "No points yet")
    qtbot.addWidget(chart)
    chart.resize(900, 500)
    chart.set_chart(panels, description="Shaft")
    chart.show()
    qtbot.waitExposed(chart)
    chart.setFocus()
    return chart


def painted(chart: ControlChart) -> QImage:
    return chart.grab().toImage()


def reddish(image: QImage, at: QPoint, reach: int = 6) -> bool:
    colors = [QColor(image.pixel(at.x() + dx, at.y() + dy)) for dx in (-reach, 0, reach) for dy in (0,)]
    return any(color.red() > color.blue() + 80 for color in colors)


def test_the_newest_points_are_in_sight_and_stay_so(qtbot: QtBot, look: Look) -> None:
    chart = shown(qtbot, look, panel(np.zeros(200)))
    assert chart.in_sight == (200 - POINTS_IN_SIGHT, 200)
    chart.set_chart([panel(np.zeros(201))])
    assert chart.in_sight == (201 - POINTS_IN_SIGHT, 201)
    QTest.keyClick(chart, Qt.Key.Key_PageUp)
    before = chart.in_sight
    chart.set_chart([panel(np.zeros(202))])
    assert chart.in_sight == before, "who looks at older points is not pulled away from them"
    chart.show_newest()
    assert chart.in_sight[1] == 202


def test_points_are_chosen_by_arrows_home_and_end(qtbot: QtBot, look: Look) -> None:
    chart = shown(qtbot, look, panel(np.arange(120.0) % 3))
    told: list[int] = []
    chart.point_selected.connect(told.append)
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End):
        QTest.keyClick(chart, key)
    assert told == [119, 118, 119, 0, 119]
    chart.select(0)
    assert chart.in_sight[0] == 0 and told[-1] == 119, "the owner chose it and need not be told"


def test_a_touch_chooses_the_nearest_point_and_a_drag_scrolls(qtbot: QtBot, look: Look) -> None:
    chart = shown(qtbot, look, panel(np.zeros(200)))
    told: list[int] = []
    chart.point_selected.connect(told.append)
    at = chart.position(180).toPoint()
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=at + QPoint(2, 40))
    assert told == [180]
    QTest.mousePress(chart, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    QTest.mouseMove(chart, QPoint(520, 200))
    QTest.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=QPoint(520, 200))
    assert told == [180] and chart.in_sight[0] < 150


def test_zoom_keeps_between_ten_points_and_all(qtbot: QtBot, look: Look) -> None:
    chart = shown(qtbot, look, panel(np.zeros(200)))
    for _ in range(6):
        QTest.keyClick(chart, Qt.Key.Key_Minus)
    assert chart.in_sight == (0, 200)
    for _ in range(9):
        QTest.keyClick(chart, Qt.Key.Key_Plus)
    assert chart.in_sight == (190, 200)


def test_what_breaks_a_rule_is_a_diamond_and_said_in_words(qtbot: QtBot, look: Look) -> None:
    points = np.zeros(30)
    points[24] = 5.0
    mark = PointMark(24, "1", "one point beyond the limits", (24,))
    chart = shown(qtbot, look, panel(points, mark))
    plain = painted(shown(qtbot, look, panel(points)))
    at = chart.position(24).toPoint()
    assert reddish(painted(chart), at) and not reddish(plain, at)
    chart.select(24)
    assert "Point 25" in chart.accessibleDescription()
    assert "rule 1: one point beyond the limits" in chart.accessibleDescription()


def test_members_of_a_pattern_are_marked_too(qtbot: QtBot, look: Look) -> None:
    points = np.linspace(-2, 2, 30)
    chart = shown(qtbot, look, panel(points, PointMark(29, "3", "rising", tuple(range(24, 30)))))
    image = painted(chart)
    assert reddish(image, chart.position(26).toPoint(), 7) and not reddish(image, chart.position(20).toPoint(), 7)


def test_a_missing_point_leaves_a_gap_and_is_said(qtbot: QtBot, look: Look) -> None:
    points = np.zeros(30)
    points[10] = math.nan
    chart = shown(qtbot, look, panel(points))
    chart.select(10)
    assert "no value" in chart.accessibleDescription()
    between = (chart.position(9) + chart.position(11)).toPoint() / 2
    line = QColor(painted(chart).pixel(between.x(), between.y() - 1))
    assert line != look.color("primary")


def test_ten_thousand_points_are_drawn_in_part(qtbot: QtBot, look: Look) -> None:
    asked: list[tuple[int, int]] = []

    class Asked:
        def between(self, first: int, stop: int) -> list[PointMark]:
            asked.append((first, stop))
            return []

    values = panel(np.zeros(10_000))
    counted = PanelValues(values.title, values.points, values.center, values.lcl, values.ucl, marks=Asked())
    chart = shown(qtbot, look, counted)
    painted(chart)
    assert asked and all(stop - first < 100 for first, stop in asked)


@pytest.mark.parametrize("count", [0, 1, 2, 9])
def test_few_points_or_none_can_be_drawn_and_used(qtbot: QtBot, look: Look, count: int) -> None:
    chart = shown(qtbot, look, panel(np.zeros(count)))
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_PageUp, Qt.Key.Key_Plus, Qt.Key.Key_Minus):
        QTest.keyClick(chart, key)
    QTest.mouseClick(chart, Qt.MouseButton.LeftButton)
    painted(chart)
    assert chart.in_sight == (0, count)


def test_a_chosen_point_that_is_gone_is_not_chosen_any_more(qtbot: QtBot, look: Look) -> None:
    chart = shown(qtbot, look, panel(np.zeros(30)))
    chart.select(20)
    chart.set_chart([panel(np.zeros(10))])
    assert chart.selected is None


def test_no_limits_yet_stages_and_points_left_out_are_drawn(qtbot: QtBot, look: Look) -> None:
    nothing = np.full(12, math.nan)
    chart = shown(qtbot, look, PanelValues("x", np.arange(12.0), nothing, nothing, nothing))
    painted(chart)
    chart.set_chart([panel(np.zeros(40))], (StageMark(0, "baseline"), StageMark(20, "limits 2")))
    chart.set_excluded((3, 4))
    painted(chart)


def test_panels_of_different_lengths_are_a_defect(look: Look) -> None:
    chart = ControlChart(look)
    with pytest.raises(ValueError, match="same number of points"):
        chart.set_chart([panel(np.zeros(3)), panel(np.zeros(4))])
    with pytest.raises(ValueError, match="one length"):
        PanelValues("x", np.zeros(3), np.zeros(2), np.zeros(3), np.zeros(3))


def test_a_gross_value_does_not_press_the_limits_into_one_stroke() -> None:
    points = np.zeros(20)
    points[5] = 1e6
    low, high = value_range(panel(points), 0, 20)
    assert low >= -5 and high < 11


def test_runs_cover_everything_once() -> None:
    values = np.array([1.0, 1.0, math.nan, math.nan, 2.0])
    assert runs(values) == [(0, 2), (2, 4), (4, 5)]
    assert runs(np.zeros(0)) == []


@pytest.mark.parametrize("beyond", [3, 40])
def test_the_number_of_a_rule_lies_on_no_point(qtbot: QtBot, look: Look, beyond: int) -> None:
    points = np.zeros(60)
    points[20 : 20 + beyond] = 500.0
    marks = [PointMark(index, "1", "beyond", (index,)) for index in range(20, min(60, 20 + beyond), 3)]
    area = QRectF(0, 0, 900, 200)
    painter = PanelPainter(look, ChartTexts(), panel(points, *marks), area, Sight(0, 60))
    width = text_width("1", look.bold(CAPITAL_SMALL_MM))
    # in a row of points at the upper edge there is room below them only
    for mark in marks:
        place = painter.number_place(mark.index, False, width)
        others = [QPointF(painter.x(i), painter.y(float(points[i]))) for i in range(60) if i != mark.index]
        assert not any(place.contains(other) for other in others), mark.index
        assert place.top() > area.top() - look.mm(6)


def test_labels_keep_apart() -> None:
    assert spread([10.0, 11.0, 50.0], 5.0) == [10.0, 15.0, 50.0]
    assert spread([], 5.0) == []


def test_without_limits_the_ends_of_the_curve_have_numbers() -> None:
    points = np.array([20.004, math.nan, 19.998, 20.001])
    nothing = np.full(4, math.nan)
    collecting = PanelValues("x", points, nothing, nothing, nothing, decimals=3)
    assert [text for _, text in panel_labels(collecting, ChartTexts(), 0, 4)] == ["20.004", "19.998"]
    assert [text for _, text in panel_labels(collecting, ChartTexts(), 0, 1)] == ["20.004"]
    assert panel_labels(collecting, ChartTexts(), 1, 2) == []


def test_numbers_of_limits_have_one_minus_and_zero_no_sign() -> None:
    labels = panel_labels(panel(np.zeros(5)), ChartTexts(), 0, 5)
    assert [text for _, text in labels] == ["UCL 3.0", "CL 0.0", "LCL −3.0"]
    assert figure_text(-0.0004, 3) == "0.000" and figure_text(-0.4, 1) == "−0.4"
