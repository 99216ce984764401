"""The trends page of a station with many tags."""

from __future__ import annotations

import dataclasses

from pytestqt.qtbot import QtBot

from drivers.base import Tag
from station_app.services.tags import TagTable
from station_app.ui.look import sized_look
from station_app.ui.page import ShowInstant
from station_app.ui.trend_pens import MOST_PENS_AT_FIRST
from station_app.ui.trends_page import TrendsPage
from tests.bench_station import BenchStation


def test_the_first_tags_are_drawn_and_the_others_wait_in_the_list(bench: BenchStation, qtbot: QtBot) -> None:
    names = [f"load.{n}" for n in range(12)]
    tags = TagTable([Tag(name, f"opcua://plc/ns=2;s={name}") for name in names])
    page = TrendsPage(dataclasses.replace(bench.services, tags=tags), sized_look("light", "en", 1280, 800))
    qtbot.addWidget(page)

    def drawn() -> list[str]:
        assert page.view is not None
        return [pen.key for lane in page.view.frame.lanes for pen in lane.pens]

    page.shown()
    assert drawn() == names[:MOST_PENS_AT_FIRST]
    assert "hidden" in page.parts.pens.row("load.11").accessibleName()
    page.parts.pens.row("load.11").click()
    assert drawn() == [*names[:MOST_PENS_AT_FIRST], "load.11"]
    page.show_target(ShowInstant(1000.0, "load.9"))
    assert "load.9" in drawn(), "an alarm's tag is drawn"
    page.hidden()


def test_a_page_without_values_begins_with_the_first_that_is_added(bench: BenchStation, qtbot: QtBot) -> None:
    tags = TagTable([])
    page = TrendsPage(dataclasses.replace(bench.services, tags=tags), sized_look("light", "en", 1280, 800))
    qtbot.addWidget(page)
    page.shown()
    assert page.view is None and not page.go_back()
    tags.add(Tag("load.1", "opcua://plc/ns=2;s=load.1"))
    page.shown()
    drawn = [pen.key for pen in page.pens.pens()]
    assert drawn == ["load.1"]
    qtbot.waitUntil(lambda: page.parts.note.text() == "No values in this time")
    page.hidden()
