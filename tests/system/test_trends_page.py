"""The trends page on a station whose values, alarms and units come and go."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.base import Quality
from station_app.ui.page import TRENDS, ShowInstant
from station_app.ui.posting import QtPost
from station_app.ui.trends_page import TrendsPage
from tests.bench_station import HOUSING, ORDER, UNIT, BenchStation
from tests.operator_bench import Operator
from widgets.trend_view import TrendView

BAD = "BadCommunicationError"


class Watcher(Operator):
    """Somebody before the window, on the trends page."""

    @property
    def trends(self) -> TrendsPage:
        page = self.window.page
        assert isinstance(page, TrendsPage)
        return page

    @property
    def view(self) -> TrendView:
        assert self.trends.view is not None
        return self.trends.view


@pytest.fixture
def watcher(qtbot: QtBot, tmp_path: Path) -> Iterator[Watcher]:
    """Ten minutes of values are there before the page is opened, two of them bad."""
    post = QtPost()
    station = BenchStation(tmp_path / "station", post)
    now_s = time.time()
    for back in range(600, 0, -2):
        bad = 300 < back < 420
        for tag in ("press.force", "press.position"):
            quality, status = (Quality.BAD, BAD) if bad else (Quality.GOOD, "Good")
            station.sample(tag, None if bad else 3.0 + back % 5, quality, status, now_s - back)
    person = Watcher(qtbot, station)
    yield person
    person.window.close()
    person.station.close()
    post.close()


def test_the_history_is_there_when_the_page_opens(watcher: Watcher) -> None:
    watcher.window.open_page(TRENDS)
    assert len(watcher.view.series("press.force")) == 300
    assert watcher.view.is_live and not watcher.trends.parts.live_button.isEnabled()
    assert len({watcher.view.color_of(tag) for tag in watcher.services.tags.tags}) == len(watcher.services.tags.tags)


def test_an_instant_is_put_in_the_middle_with_the_cursor_on_it(watcher: Watcher) -> None:
    watcher.window.open_page(TRENDS)
    target = time.time() - 360
    watcher.window.open_page(TRENDS, ShowInstant(target, "press.force"))
    view = watcher.view
    assert view.cursors_s == (target,)
    assert (view.frame.start_s + view.frame.end_s) / 2 == pytest.approx(target, abs=1.0)
    assert view.values_at(target)["press.force"].reason == BAD
    assert watcher.trends.parts.live_button.isEnabled()
    QTest.mouseClick(watcher.trends.parts.live_button, Qt.MouseButton.LeftButton)
    assert view.is_live


def test_values_that_come_while_another_page_is_open_are_not_lost(watcher: Watcher) -> None:
    watcher.window.open_page(TRENDS)
    watcher.window.open_main()
    watcher.station.sample("press.force", 9.0)
    watcher.window.open_page(TRENDS)
    last = watcher.view.series("press.force").last()
    assert last is not None and last[1] == 9.0


def test_a_bad_value_is_struck_through_with_its_status_and_age(watcher: Watcher) -> None:
    watcher.window.open_page(TRENDS)
    watcher.station.sample("press.force", 9.0)
    watcher.station.sample("press.force", None, Quality.BAD, BAD)
    watcher.until(lambda: BAD in watcher.trends.parts.pens.row("press.force").accessibleName())
    name = watcher.trends.parts.pens.row("press.force").accessibleName()
    assert "9 kN" in name and f"{BAD} · 0 s" in name
    assert "no value yet" in watcher.trends.parts.pens.row("press.peak_force").accessibleName()


def test_units_steps_and_alarms_stand_beside_the_curves(watcher: Watcher) -> None:
    watcher.sign_in()
    watcher.scan(UNIT)
    watcher.scan(HOUSING)
    watcher.window.open_page(TRENDS)
    watcher.until(lambda: watcher.view.frame.bands and watcher.view.frame.bands[1])
    units, steps = watcher.view.frame.bands
    assert [(band.text, band.end_s, band.key) for band in units] == [(f"{UNIT} · {ORDER}", None, UNIT)]
    assert any(step.text == "2 Clean the seat" for step in steps)
    watcher.station.sample("press.force", 15.7)
    watcher.until(lambda: watcher.trends.parts.marks.rows)
    assert "above 15 kN" in watcher.trends.parts.marks.rows[0].text
    watcher.trends.parts.marks.chosen.emit(0)
    assert watcher.view.cursors_s


def test_the_limits_of_the_step_in_work_are_a_band_beside_the_alarm_limits(watcher: Watcher) -> None:
    watcher.window.open_page(TRENDS)
    (pen,) = [pen for lane in watcher.view.frame.lanes for pen in lane.pens if pen.key == "press.force"]
    assert (pen.lower_limit, pen.upper_limit, pen.high_alarm) == (None, None, 15.0)
    watcher.view.set_limits("press.force", 11.0, 14.0)
    (pen,) = [pen for lane in watcher.view.frame.lanes for pen in lane.pens if pen.key == "press.force"]
    assert (pen.lower_limit, pen.upper_limit, pen.high_alarm) == (11.0, 14.0, 15.0)


def test_a_pen_is_hidden_and_keeps_its_colour(watcher: Watcher) -> None:
    watcher.window.open_page(TRENDS)
    color = watcher.view.color_of("press.position")
    QTest.mouseClick(watcher.trends.parts.pens.row("press.force"), Qt.MouseButton.LeftButton)
    others = [tag for tag in watcher.services.tags.tags if tag != "press.force"]
    assert {pen.key for lane in watcher.view.frame.lanes for pen in lane.pens} == set(others)
    assert watcher.view.color_of("press.position") == color
    assert len(watcher.view.series("press.position")) == 300
    for tag in others:
        QTest.mouseClick(watcher.trends.parts.pens.row(tag), Qt.MouseButton.LeftButton)
    assert len(watcher.view.frame.lanes) == 1, "one pen always stays"


def test_presets_and_escape(watcher: Watcher) -> None:
    watcher.window.open_page(TRENDS)
    for button in watcher.trends.parts.ranges.buttons():
        button.click()
        assert watcher.view.window_s == watcher.trends.parts.ranges.id(button)
        assert [b.isChecked() for b in watcher.trends.parts.ranges.buttons()].count(True) == 1
    watcher.trends.show_instant(time.time() - 300)
    watcher.key(Qt.Key.Key_Escape)
    assert watcher.view.is_live and watcher.window.page.page_id == TRENDS
    watcher.key(Qt.Key.Key_Escape)
    assert watcher.window.page.page_id != TRENDS
