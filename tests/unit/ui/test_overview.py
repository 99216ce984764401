"""The line overview: up to many stations, what each needs, and the sheet behind a tile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from station_app.domain.status import AlarmNumbers, AlarmStatus, CallStatus, LineStation, StationStatus
from station_app.ui.line_wording import alarm_counts, alarm_rows, call_rows, tile_of
from station_app.ui.look import sized_look
from station_app.ui.overview_window import OverviewWindow
from station_app.ui.station_sheet import StationSheet
from widgets.mark_list import MarkList
from widgets.message_banner import MessageBanner
from widgets.station_tile import Severity
from widgets.text import Line

NOW_US = 1_795_158_000_000_000
ANDON = CallStatus("c1", "andon", "Material is missing", NOW_US - 102_000_000, "GX40-000122")
PROBLEM = CallStatus("c2", "problem", "Tool or fixture", NOW_US - 12_000_000)
LOST = AlarmStatus("a1", "press", "press does not answer", "unacknowledged, active", "high", NOW_US - 60_000_000)
SEEN = AlarmStatus("a2", "oil", "Oil 71 °C, above 70 °C", "acknowledged, active", "medium", NOW_US)


def station(number: int = 1, age_s: float | None = 0.4, **more: Any) -> LineStation:
    values: dict[str, Any] = {
        "station": f"D/P/H/L/S{number}",
        "name": f"ASM-{number}0",
        "state": 1000,
        "state_text": "running",
        "operation": "GX-40 Assembly",
        "order_id": "4711-03",
        "serial": f"GX40-00012{number}",
        "step_no": 3,
        "steps_total": 7,
        "step_title": "Press the bearing",
        "attended_s": 131.0,
        "takt_s": 390.0,
        "good": 12,
        "planned": 20,
        "person": "Anna Keller",
        "sent_us": NOW_US,
        **more,
    }
    return LineStation(StationStatus(**values), age_s)


@pytest.fixture(params=[(1920, 1080), (1280, 800)], ids=["1920x1080", "1280x800"])
def open_line(request: pytest.FixtureRequest, qtbot: QtBot) -> Callable[[list[LineStation]], OverviewWindow]:
    def show(stations: list[LineStation]) -> OverviewWindow:
        window = OverviewWindow(
            sized_look("light", "en", *request.param), "Line 1", lambda: NOW_US, lambda: 0.0, lambda: 0
        )
        qtbot.addWidget(window)
        window.resize(*request.param)
        window.show()
        window.show_line(stations)
        qtbot.wait(30)
        assert (window.width(), window.height()) == request.param, "the line needs more room than the screen has"
        return window

    return show


@pytest.mark.parametrize("count", [1, 3, 6, 12])
def test_up_to_twelve_stations_fit_and_nothing_is_cut(
    open_line: Callable[[list[LineStation]], OverviewWindow], count: int
) -> None:
    window = open_line([station(n, step_failed=n == 2, alarms=(LOST,) if n == 2 else ()) for n in range(1, count + 1)])
    assert len(window.tiles) == count
    for tile in window.tiles.values():
        assert tile.visibleRegion().boundingRect() == tile.rect(), "a tile is only partly on the screen"
        cut = [line.text() for line in tile.findChildren(Line) if line.isVisible() and line.is_shortened()]
        assert cut == []


def test_few_stations_are_written_so_large_that_they_are_read_from_metres_away(
    open_line: Callable[[list[LineStation]], OverviewWindow],
) -> None:
    three = open_line([station(n) for n in range(1, 4)])
    many = open_line([station(n) for n in range(1, 10)])
    field = three.tiles["D/P/H/L/S1"].parentWidget()
    used = sum(tile.width() * tile.height() for tile in three.tiles.values())
    assert field is not None and used > 0.85 * field.width() * field.height(), "three tiles leave the screen empty"
    heights = [window.tiles["D/P/H/L/S1"].findChildren(Line)[0].height() for window in (three, many)]
    assert heights[0] > 1.05 * heights[1]


def test_more_stations_scroll(open_line: Callable[[list[LineStation]], OverviewWindow], qtbot: QtBot) -> None:
    window = open_line([station(n) for n in range(1, 31)])
    assert len(window.tiles) == 30
    qtbot.waitUntil(lambda: window._scroll.verticalScrollBar().maximum() > 0)


def test_without_a_station_it_says_what_will_come(open_line: Callable[[list[LineStation]], OverviewWindow]) -> None:
    window = open_line([])
    assert window._empty.isVisible() and "No station has reported yet" in window._empty.accessibleName()


def test_a_touch_opens_the_sheet_and_it_follows(
    open_line: Callable[[list[LineStation]], OverviewWindow], qtbot: QtBot
) -> None:
    window = open_line([station(1, calls=(ANDON,), alarms=(LOST, SEEN)), station(2)])
    path = "D/P/H/L/S1"
    QTest.mouseClick(window.tiles[path], Qt.MouseButton.LeftButton)
    (sheet,) = window.findChildren(StationSheet)
    text = sheet.table.text()
    for part in (
        "GX40-000121",
        "3 of 7: Press the bearing",
        "Andon: Material is missing 102 s",
        "press does not answer",
    ):
        assert part.replace("102 s", "1 min") in text
    window.show_line([station(1, serial="GX40-000999"), station(2)])
    assert "GX40-000999" in sheet.table.text() and "Open: none" in sheet.table.text()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_open_calls_stand_at_the_side_until_they_are_answered(
    open_line: Callable[[list[LineStation]], OverviewWindow],
) -> None:
    window = open_line([station(1, calls=(PROBLEM, ANDON))])
    (calls,) = [found for found in window.findChildren(MarkList) if found.isVisible()]
    assert [row.text for row in calls.rows] == ["ASM-10  Andon 1 min", "ASM-10  Problem 12 s"]
    window.show_line([station(1)])
    assert not calls.isVisible()


def test_a_database_that_is_gone_is_said_and_the_tiles_turn_faint(
    open_line: Callable[[list[LineStation]], OverviewWindow],
) -> None:
    window = open_line([station(1)])
    window.show_fault("The shared database does not answer.")
    (banner,) = window.findChildren(MessageBanner)
    assert banner.isVisible() and "last known" in banner.text()


def test_what_a_tile_says_of_a_call_and_of_silence() -> None:
    called = tile_of(station(calls=(PROBLEM,)), 0.0, NOW_US)
    assert (called.severity, called.state_text) == (Severity.WARNING, "help called")
    assert tile_of(station(calls=(ANDON,)), 0.0, NOW_US).severity is Severity.ALARM
    assert tile_of(station(alarms=(SEEN,)), 0.0, NOW_US).severity is Severity.NORMAL
    assert tile_of(station(alarms=(LOST, SEEN)), 0.0, NOW_US).state_text == "1 alarm"
    assert tile_of(station(age_s=3.0), 45.0, NOW_US).no_contact_text == "no contact 48 s"
    assert tile_of(station(age_s=None), 0.0, NOW_US).no_contact_text == "never in contact"
    assert tile_of(station(), 0.0, NOW_US).step_short == "3/7 · 2:11 / 6:30"


def test_alarms_that_nobody_saw_stand_first() -> None:
    rows = alarm_rows([station(1, alarms=(SEEN,)), station(2, alarms=(LOST,))], 0)
    assert [(row.source, row.sub_text) for row in rows] == [
        ("ASM-20", "press does not answer"),
        ("ASM-10", "Oil 71 °C, above 70 °C"),
    ]
    assert rows[1].text.endswith("acknowledged")
    assert call_rows([station(1)], NOW_US) == []


def _focus_of(window: QWidget) -> QWidget | None:
    return window.focusWidget()


def test_the_screen_begins_without_a_focus_ring(open_line: Callable[[list[LineStation]], OverviewWindow]) -> None:
    window = open_line([station(1)])
    assert _focus_of(window) is window


def many(count: int, listed: int = 20, **more: Any) -> LineStation:
    """A station with so many alarms, of which it lists some."""
    shown = tuple(
        AlarmStatus(f"a{n}", f"tag{n}", f"tag{n} is high", "unacknowledged, active", "high", NOW_US - n * 1_000_000)
        for n in range(listed)
    )
    numbers = AlarmNumbers(high=count - 3, critical=3, unacknowledged=count - 1)
    return station(1, alarms=shown, alarm_numbers=numbers, **more)


def test_all_alarms_are_counted_however_few_are_listed(
    open_line: Callable[[list[LineStation]], OverviewWindow],
) -> None:
    window = open_line([many(500), station(2, alarms=(LOST,))])
    assert window._alarms.more_text == "495 more", "501 there are, 6 are shown"
    assert alarm_counts(window._stations) == "3 critical · 498 high", "an older version's list counts as it is"
    tile = window.tiles["D/P/H/L/S1"]
    assert "499 alarms" in tile.accessibleName()
    window.open_station("D/P/H/L/S1")
    (sheet,) = window.findChildren(StationSheet)
    assert "480 more, listed at the station" in sheet.table.text()


def test_trends_are_wanted_from_the_sheet_and_from_an_alarm(
    open_line: Callable[[list[LineStation]], OverviewWindow],
) -> None:
    window = open_line([station(1, alarms=(LOST,)), station(2)])
    wanted: list[tuple[str, float | None, str]] = []
    window.trends_wanted.connect(lambda path, at_s, tag: wanted.append((path, at_s, tag)))
    QTest.mouseClick(window.tiles["D/P/H/L/S2"], Qt.MouseButton.LeftButton)
    (sheet,) = window.findChildren(StationSheet)
    QTest.mouseClick(sheet.trends_button, Qt.MouseButton.LeftButton)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    QTest.mouseClick(window._alarms.row("D/P/H/L/S1|a1"), Qt.MouseButton.LeftButton)
    assert wanted == [("D/P/H/L/S2", None, ""), ("D/P/H/L/S1", (NOW_US - 60_000_000) / 1e6, "press")]


def test_tiles_keep_their_size_of_writing_when_the_database_is_gone(
    open_line: Callable[[list[LineStation]], OverviewWindow], qtbot: QtBot
) -> None:
    window = open_line([station(n, calls=(ANDON,)) for n in range(1, 4)])
    before = dict(window.tiles)
    window.show_fault("The shared database does not answer.")
    qtbot.wait(30)
    assert dict(window.tiles) == before, "the tiles were made anew in another size"
    assert window._scroll.verticalScrollBar().maximum() == 0, "the banner pushes a tile from the screen"
