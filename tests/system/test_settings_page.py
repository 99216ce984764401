"""What the settings page tells, and the ruler that makes millimetres true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from drivers.base import Connection
from station_app.services.contact import ServerContact
from station_app.services.sync_state import SyncFault
from station_app.ui.page import SETTINGS
from station_app.ui.posting import QtPost
from station_app.ui.settings_page import SettingsPage
from tests.bench_station import BenchStation
from tests.operator_bench import Operator


class Engineer(Operator):
    """Somebody before the window, on the settings page."""

    @property
    def settings(self) -> SettingsPage:
        page = self.window.page
        assert isinstance(page, SettingsPage)
        return page


@pytest.fixture
def engineer(qtbot: QtBot, tmp_path: Path) -> Iterator[Engineer]:
    post = QtPost()
    person = Engineer(qtbot, BenchStation(tmp_path / "station", post))
    person.window.open_page(SETTINGS)
    yield person
    person.window.close()
    person.station.close()
    post.close()


def test_station_devices_and_server_are_named(engineer: Engineer, tmp_path: Path) -> None:
    text = engineer.settings.table.text()
    for part in ("ASM-10 · Assembly, line 1", "Demo/Plant/Hall1/Line1/ASM-10", str(tmp_path), "127.0.0.1:5432/mes"):
        assert part in text
    assert "Press: connected opcua://127.0.0.1:4840" in text


def test_a_lost_device_and_a_server_that_is_away_are_said_with_their_reason(engineer: Engineer) -> None:
    engineer.station.device("press", Connection.LOST)
    engineer.station.contact.sync(
        ServerContact(
            state="BACKOFF",
            reason="no answer",
            waiting=37,
            clock_offset_ms=-2500,
            faults=(SyncFault("quarantine", "One record was refused by the server."),),
        )
    )
    engineer.until(lambda: "37 records" in engineer.settings.table.text())
    text = engineer.settings.table.text()
    assert "not connected: no answer" in text and "-2.500 s" in text
    assert "One record was refused by the server." in text
    assert "Press: lost for" in text


def test_the_ruler_follows_the_buttons_and_says_the_line_to_write(engineer: Engineer) -> None:
    page = engineer.settings
    before = page.ruler.length_px
    QTest.mouseClick(page.longer, Qt.MouseButton.LeftButton)
    assert page.ruler.length_px == pytest.approx(before + 1)
    assert page.density.text() == f"px_per_mm = {page.ruler.length_px / 50:.2f}"
    QTest.mouseClick(page.shorter, Qt.MouseButton.LeftButton)
    assert page.ruler.length_px == pytest.approx(before)


def test_signing_out_here(engineer: Engineer) -> None:
    assert engineer.settings.sign_button.caption() == "Sign in"
    engineer.wedge("DEMO-BADGE-7f3a91c2-anna-keller")
    engineer.until(lambda: engineer.window.signing_in.is_open)
    engineer.type("1414")
    engineer.key(Qt.Key.Key_Return)
    engineer.until(lambda: engineer.settings.sign_button.caption() == "Sign out")
    QTest.mouseClick(engineer.settings.sign_button, Qt.MouseButton.LeftButton)
    assert engineer.services.people.person is None
