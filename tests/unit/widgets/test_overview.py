"""Tiles, alarms, charts and bars for the supervisor and the inspector."""

from __future__ import annotations

import dataclasses
import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.alarm_list import AlarmList, AlarmRow
from widgets.bars_card import BarRow, BarsCard
from widgets.message_banner import BannerKind, MessageBanner
from widgets.order_card import OrderCard
from widgets.run_chart import ChartLine, RunChart
from widgets.shapes import Shape
from widgets.station_tile import Severity, StationStatus, StationTile
from widgets.text import Line
from widgets.theme import Look

STATUS = StationStatus(
    "ASM-10",
    "running",
    subtitle="Assembly · Order 4711-03",
    unit="GX40-000127",
    step_text="step 4 of 9 · 2:31 of 6:30",
    takt_fraction=0.39,
    good_text="46",
    planned_text="47",
    foot_left="good / planned by now · scrap 0",
    foot_right="A 91 E 88 Q 99",
)


def colors_of(widget: QWidget) -> set[str]:
    image = widget.grab().toImage()
    return {
        image.pixelColor(x, y).name().upper() for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)
    }


def marks_of(widget: QWidget) -> set[Shape]:
    marks = {line.mark for line in widget.findChildren(Line) if line.isVisibleTo(widget)}
    return {mark for mark in marks if mark is not None}


def test_a_healthy_tile_is_empty_of_colour(look: Look, qtbot: QtBot) -> None:
    tile = StationTile(look, STATUS)
    qtbot.addWidget(tile)
    tile.resize(620, 300)
    colours = colors_of(tile)
    assert look.theme.alarm not in colours
    assert look.theme.warning not in colours
    tile.set_status(dataclasses.replace(STATUS, severity=Severity.ALARM, state_text="unit on hold"))
    assert look.theme.alarm in colors_of(tile)
    assert marks_of(tile) == {Shape.DIAMOND}
    tile.set_status(dataclasses.replace(STATUS, severity=Severity.WARNING, state_text="tool change due"))
    assert marks_of(tile) == {Shape.TRIANGLE}


def test_texts_of_a_tile_are_whole(any_look: Look, qtbot: QtBot) -> None:
    status = dataclasses.replace(STATUS, waiting_text="37 waiting", severity=Severity.WARNING)
    for shown in (status, dataclasses.replace(status, no_contact_text="no contact for 48 s")):
        tile = StationTile(any_look, shown)
        qtbot.addWidget(tile)
        tile.resize(any_look.mm(160), tile.sizeHint().height())
        tile.show()
        assert [line.text() for line in tile.findChildren(Line) if line.isVisible() and line.is_shortened()] == []


def test_a_call_stays_until_answered_and_is_spoken(look: Look, qtbot: QtBot) -> None:
    tile = StationTile(look, dataclasses.replace(STATUS, call_text="Andon: material missing · 1:42"))
    qtbot.addWidget(tile)
    tile.resize(620, 300)
    assert "material missing" in tile.accessibleName()
    assert look.theme.alarm in colors_of(tile)
    tile.set_status(STATUS)
    assert look.theme.alarm not in colors_of(tile)


def test_no_contact_is_said_and_makes_the_tile_faint(look: Look, qtbot: QtBot) -> None:
    tile = StationTile(look, dataclasses.replace(STATUS, no_contact_text="no contact for 48 s"))
    qtbot.addWidget(tile)
    assert "no contact for 48 s" in tile.accessibleName()
    assert "running" not in tile.accessibleName()


def test_a_tile_opens_by_touch_and_key(look: Look, qtbot: QtBot) -> None:
    tile = StationTile(look, STATUS)
    qtbot.addWidget(tile)
    tile.resize(620, 300)
    with qtbot.waitSignal(tile.opened) as opened:
        QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert opened.args == ["ASM-10"]
    with qtbot.waitSignal(tile.opened):
        QTest.keyClick(tile, Qt.Key.Key_Space)


def alarm(number: int, **changes: object) -> AlarmRow:
    row = AlarmRow(f"a{number}", Severity.ALARM, "INS-30", f"rule {number}", "08:41")
    return dataclasses.replace(row, **changes)  # type: ignore[arg-type]  # test shorthand


def test_alarms_are_acknowledged_shelved_and_opened(look: Look, qtbot: QtBot) -> None:
    listing = AlarmList(look)
    qtbot.addWidget(listing)
    listing.resize(900, 600)
    listing.set_alarms([alarm(1), alarm(2, can_acknowledge=False)])
    listing.show()
    acknowledge, shelve = listing.buttons("a1")
    with qtbot.waitSignal(listing.acknowledged) as acknowledged:
        QTest.keyClick(acknowledge, Qt.Key.Key_Space)
    with qtbot.waitSignal(listing.shelve_requested) as shelved:
        shelve.click()
    with qtbot.waitSignal(listing.opened) as opened:
        QTest.keyClick(listing.row("a2"), Qt.Key.Key_Return)
    assert (acknowledged.args, shelved.args, opened.args) == (["a1"], ["a1"], ["a2"])
    assert not listing.buttons("a2")[0].isVisible()
    assert "INS-30" in acknowledge.accessibleName()


def test_a_burst_is_summed_up(look: Look, qtbot: QtBot) -> None:
    listing = AlarmList(look, most_rows=5)
    qtbot.addWidget(listing)
    before = listing.is_empty
    listing.set_alarms([alarm(i) for i in range(15)])
    assert listing.more_text == "10 more"
    assert (before, listing.is_empty) == (True, False)
    listing.set_alarms([alarm(1)])
    assert listing.more_text == ""


def test_rows_that_stay_keep_their_widgets_and_take_the_new_order(look: Look, qtbot: QtBot) -> None:
    listing = AlarmList(look)
    qtbot.addWidget(listing)
    listing.resize(900, 800)
    listing.show()
    listing.set_alarms([alarm(1), alarm(2)])
    first = listing.row("a1")
    listing.set_alarms([alarm(3), alarm(2), alarm(1, sub_text="08:41 · acknowledged")])
    assert listing.row("a1") is first
    qtbot.waitUntil(lambda: listing.row("a3").y() < listing.row("a2").y() < first.y())


def test_a_banner_says_what_happened_what_was_kept_and_what_to_do(look: Look, qtbot: QtBot) -> None:
    banner = MessageBanner(look, "Close")
    qtbot.addWidget(banner)
    assert banner.isHidden()
    banner.show_message(BannerKind.ERROR, "Already finished.", "Nothing was changed.", "Scan another.", "History")
    assert banner.text() == "Already finished. Nothing was changed. Scan another."
    assert banner.accessibleName().startswith("error:")
    with qtbot.waitSignal(banner.action_pressed):
        banner.action_button.click()
    with qtbot.waitSignal(banner.dismissed):
        QTest.keyClick(banner.dismiss_button, Qt.Key.Key_Return)
    assert banner.isHidden()


def test_a_chart_draws_gaps_signals_and_nothing(look: Look, qtbot: QtBot) -> None:
    chart = RunChart(look, "No values yet")
    qtbot.addWidget(chart)
    chart.resize(700, 300)
    chart.grab()
    lines = [ChartLine(20.01, "UCL"), ChartLine(20.0, "x̄", True), ChartLine(19.99, "LCL")]
    chart.set_chart([20.0, 20.001, math.nan, 20.002], lines)
    calm = colors_of(chart)
    assert look.theme.alarm not in calm
    chart.set_chart([20.0, 20.001, 20.02], lines, members=[1], signals=[2], rule_text="rule 1: beyond 3 sigma")
    assert look.theme.alarm in colors_of(chart)
    assert chart.accessibleName() == "rule 1: beyond 3 sigma"
    assert chart.point(2).y() < chart.point(0).y()
    chart.set_chart([5.0], [])
    chart.grab()


def test_bars_and_order_speak(look: Look, qtbot: QtBot) -> None:
    bars, order = BarsCard(look, "Defects", "No defects"), OrderCard(look, "Order 4711-03")
    for card in (bars, order):
        qtbot.addWidget(card)
    bars.set_bars([BarRow("Seal damaged", 5, "5"), BarRow("Label", 0, "0")])
    bars.resize(400, 200)
    assert QColor(look.theme.limits).name().upper() in colors_of(bars)
    bars.set_bars([])
    order.set_progress("127", "of 200 good", 0.635)
    order.grab()
