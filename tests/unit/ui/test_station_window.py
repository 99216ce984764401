from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from station_app.services.station import StationServices
from station_app.ui.look import Look, sized_look
from station_app.ui.page import Page, Saying, ShowUnit, Target, Weight
from station_app.ui.pages import PageEntry, pages_for
from station_app.ui.station_window import StationWindow
from tests.bench_station import ANNA, ANNA_PIN, BenchStation
from tests.operator_bench import keys_of
from widgets.overlay import Overlay
from widgets.sheet import Sheet


class NotePage(Page):
    """A page that notes what happens to it."""

    def __init__(self, services: StationServices, look: Look, name: str) -> None:
        super().__init__(services, look)
        self.page_name, self.heard = name, list[str]()
        self.targets: list[Target] = []
        self.takes_scans = False
        self.inside = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def title(self) -> str:
        return self.page_name.title()

    @property
    def help_text(self) -> str:
        return f"Help of **{self.page_name}**.\n\nMore."

    def shown(self) -> None:
        self.heard.append("shown")

    def hidden(self) -> None:
        self.heard.append("hidden")

    def on_scan(self, text: str) -> bool:
        self.heard.append(f"scan {text}")
        return self.takes_scans

    def show_target(self, target: Target) -> None:
        self.targets.append(target)

    def go_back(self) -> bool:
        was, self.inside = self.inside, False
        return was


def entry(name: str, key: Qt.Key) -> PageEntry:
    return PageEntry(name, name.title(), "", "mdi6.wrench", key, lambda services, look: NotePage(services, look, name))


@pytest.fixture
def window(bench: BenchStation, qtbot: QtBot) -> Iterator[StationWindow]:
    look = sized_look("light", "en", 1280, 800)
    pages = [entry("main", Qt.Key.Key_F2), entry("other", Qt.Key.Key_F3)]
    window = StationWindow(bench.services, look, pages=pages, idle_s=3600)
    window.resize(1280, 800)
    qtbot.addWidget(window)
    window.show()
    yield window
    window.close()


def page(window: StationWindow) -> NotePage:
    assert isinstance(window.page, NotePage)
    return window.page


def overlays(window: StationWindow) -> list[Overlay]:
    return [o for o in window.findChildren(Overlay) if o.isVisible()]


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


def test_the_page_is_asked_first_about_a_scan(window: StationWindow) -> None:
    page(window).takes_scans = True
    window.scan("4711-03")
    assert page(window).heard[-1] == "scan 4711-03" and not window.banners.passing.isVisible()
    page(window).takes_scans = False
    window.scan("4711-03")
    assert "Sign in first" in window.banners.passing.text()


def test_a_unit_or_order_leads_to_the_main_page_from_anywhere(window: StationWindow, qtbot: QtBot) -> None:
    window.services.people.sign_in_badge(ANNA, ANNA_PIN)
    qtbot.waitUntil(lambda: window.services.people.person is not None)
    window.open_page("other")
    window.scan("4711-03")
    assert page(window).page_name == "main"
    qtbot.waitUntil(lambda: window.services.execution.job is not None)


def test_only_a_badge_is_taken_while_the_panel_asks_for_one(window: StationWindow) -> None:
    window.act("sign_in")
    window.scan("4711-03")
    assert window.signing_in.is_open and "This is not a badge." in window.signing_in.panel.message.text()
    window.scan(ANNA)
    assert window.signing_in.panel.isVisible() and window.signing_in.panel.message.text() == ""


def test_a_known_scan_closes_other_panels_and_acts(window: StationWindow) -> None:
    window.open_help()
    window.scan("no such thing")
    assert len(overlays(window)) == 1
    window.scan(ANNA)
    assert window.signing_in.is_open and len(overlays(window)) == 1


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
