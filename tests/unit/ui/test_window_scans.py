"""Scans wherever one stands: the page first, what is known to everybody, and nothing but a badge where one is asked for."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from station_app.ui.station_window import StationWindow
from tests.bench_station import ANNA, ANNA_PIN
from tests.unit.ui.note_page import overlays, page


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
