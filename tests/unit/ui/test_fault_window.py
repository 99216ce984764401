from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from station_app.ui.fault_window import FaultWindow
from station_app.ui.look import sized_look


def test_it_says_all_of_it_and_closes_with_a_key(qtbot: QtBot) -> None:
    window = FaultWindow(sized_look("light", "en", 1280, 800), "ASM-10", "the disk is full", "Free some space.")
    qtbot.addWidget(window)
    window.resize(1280, 800)
    window.show()
    assert "the disk is full" in window.accessibleName() and "Free some space." in window.accessibleName()
    QTest.keyClick(window.close_button, Qt.Key.Key_Return)
    assert not window.isVisible()
