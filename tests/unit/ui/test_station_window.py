from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from station_app.ui.look import sized_look
from station_app.ui.page import Saying, ShowUnit, Weight
from station_app.ui.pages import pages_for
from station_app.ui.station_window import StationWindow
from tests.bench_station import ANNA, ANNA_PIN, BenchStation
from tests.operator_bench import keys_of
from tests.unit.ui.note_page import entry, overlays, page
from widgets.sheet import Sheet


def test_function_keys_open_the_pages_and_escape_leads_back(window: StationWindow) -> None:
    main = page(window)
    assert main.heard == ["shown"]
    QTest.keyClick(keys_of(window), Qt.Key.Key_F3)
    other = page(window)
    assert (main.heard, other.heard) == (["shown", "hidden"], ["shown"])
    assert window.bar.parts()[1].accessibleName() == "Other"
    other.inside = True
    QTest.keyClick(keys_of(window), Qt.Key.Key_Escape)
    assert page(window) is other
    QTest.keyClick(keys_of(window), Qt.Key.Key_Escape)
    assert page(window) is main
    QTest.keyClick(keys_of(window), Qt.Key.Key_F3)
    assert page(window) is other


def test_a_link_opens_its_page_with_what_it_leads_to(window: StationWindow) -> None:
    page(window).wants_page.emit("other", ShowUnit("U-1"))
    assert page(window).page_name == "other" and page(window).targets == [ShowUnit("U-1")]


def test_the_sheet_has_a_tile_for_every_page_and_for_signing_in(window: StationWindow) -> None:
    window.bar.station_pressed.emit()
    (sheet,) = overlays(window)
    assert isinstance(sheet, Sheet)
    assert [(t.tile.page_id, t.tile.key_text) for t in sheet.tiles()] == [
        ("main", "F2"),
        ("other", "F3"),
        ("sign_in", ""),
    ]
    sheet.tiles()[1].click()
    assert page(window).page_name == "other" and overlays(window) == []


def test_f1_shows_the_help_of_the_page_and_gives_the_keys_back(window: StationWindow) -> None:
    QTest.keyClick(keys_of(window), Qt.Key.Key_F1)
    (panel,) = overlays(window)
    assert panel.accessibleName() == "Help: Main"
    QTest.keyClick(keys_of(window), Qt.Key.Key_Return)
    assert overlays(window) == [] and keys_of(window) is page(window)


def test_nobody_there_signs_out_and_leaves_the_view(bench: BenchStation, qtbot: QtBot) -> None:
    pages = [entry("main", Qt.Key.Key_F2)]
    window = StationWindow(bench.services, sized_look("light", "en", 1280, 800), pages=pages, idle_s=0.2)
    qtbot.addWidget(window)
    bench.services.people.sign_in_badge(ANNA, ANNA_PIN)
    qtbot.waitUntil(lambda: bench.services.people.person is not None)
    window.show()
    qtbot.waitUntil(lambda: bench.services.people.person is None)
    assert page(window).page_name == "main"
    window.close()


def test_messages_of_a_page_are_shown_and_hushed(window: StationWindow) -> None:
    page(window).says.emit(Saying(Weight.NOTE, "Well done."))
    assert window.banners.passing.text() == "Well done." and window.banners.isVisible()
    page(window).hushes.emit()
    assert not window.banners.isVisible()


@pytest.mark.parametrize("kind", ["assembly", "test", "inspection"])
def test_every_page_of_every_kind_can_be_opened(bench: BenchStation, qtbot: QtBot, kind: str) -> None:
    entries = pages_for(kind)
    assert len({e.key for e in entries}) == len({e.page_id for e in entries}) == len(entries)
    window = StationWindow(bench.services, sized_look("light", "en", 1280, 800), pages=entries)
    qtbot.addWidget(window)
    window.show()
    for opened in entries:
        window.open_page(opened.page_id)
        assert window.page.page_id == opened.page_id
        assert window.page.title and window.page.help_text
    window.close()
