"""Driving a station's window as a person does: keys, scans and touches, and waiting for what is on the screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from station_app.ui.look import sized_look
from station_app.ui.station_window import StationWindow
from station_app.ui.work_page import WorkPage
from tests.bench_station import ANNA, ANNA_PIN, BenchStation
from widgets.buttons import BigButton

WAIT_MS = 5000
BEHIND_SCAN_MS = 60


def keys_of(window: QWidget) -> QWidget:
    """What has the keys in a window: the stubs do not say that this may be nothing."""
    focus: QWidget | None = window.focusWidget()
    return window if focus is None else focus


class Operator:
    """Sits before the window of a bench station."""

    def __init__(self, qtbot: QtBot, station: BenchStation, width_px: int = 1280, height_px: int = 800) -> None:
        self.station, self.qtbot = station, qtbot
        self.services = station.services
        self.window = StationWindow(self.services, sized_look("light", "en", width_px, height_px))
        self.window.resize(width_px, height_px)
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitExposed(self.window)

    @property
    def page(self) -> WorkPage:
        """The work page."""
        page = self.window.page
        assert isinstance(page, WorkPage)
        return page

    @property
    def big(self) -> BigButton:
        """The one big button."""
        return self.page.buttons.big

    def until(self, condition: Callable[[], object]) -> None:
        """Wait for the screen to show something."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=WAIT_MS)

    def settled(self) -> None:
        """Wait until nothing is being saved, looked up or checked."""
        execution, ledger = self.services.execution, self.services.ledger
        self.until(lambda: not ledger.busy and not execution.opening and not self.big.is_busy)

    def wedge(self, text: str) -> None:
        """A keyboard-wedge scanner types, to whatever has the keys, and ends with Enter."""
        target = self.keys()
        for character in text:
            QTest.keyClicks(target, character)
        QTest.keyClick(target, Qt.Key.Key_Return)

    def scan(self, text: str) -> None:
        """Scan, wait for what it does, and a moment more: a key right behind a scan belongs to the scanner (CR and LF)."""
        self.wedge(text)
        self.qtbot.wait(BEHIND_SCAN_MS)
        self.settled()

    def keys(self) -> QWidget:
        """What has the keys now."""
        return keys_of(self.window)

    def key(self, key: Qt.Key) -> None:
        """One key, pressed slowly enough not to be a scan."""
        QTest.keyClick(self.keys(), key)
        self.until(lambda: not self.window.scan_filter.is_withholding)

    def type(self, text: str) -> None:
        """Type on the keyboard, as slowly as people do."""
        for character in text:
            QTest.keyClicks(self.keys(), character)
            self.until(lambda: not self.window.scan_filter.is_withholding)

    def press(self, text: str) -> None:
        """Press the big button, which must say this."""
        self.until(lambda: self.big.caption() == text and self.big.isEnabled())
        QTest.mouseClick(self.big, Qt.MouseButton.LeftButton)
        self.settled()

    def sign_in(self, badge: str = ANNA, pin: str = ANNA_PIN) -> None:
        """Badge and PIN."""
        self.wedge(badge)
        self.until(lambda: self.window.signing_in.is_open)
        self.type(pin)
        self.key(Qt.Key.Key_Return)
        self.until(lambda: self.services.people.person is not None and not self.window.signing_in.is_open)

    def step_title(self) -> str:
        """The heading of the instruction."""
        return self.page.step_view.instruction.heading()

    def banner(self) -> str:
        """What the passing banner says; empty while it is hidden."""
        passing = self.window.banners.passing
        return passing.text() if passing.isVisible() else ""
