"""Opening a page opens no window beside the station's: a part that is shown too early would flash and take the keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from station_app.services.posting import Post
from station_app.ui.posting import QtPost
from tests.bench_station import BenchStation
from tests.inspector_bench import inspection_station
from tests.operator_bench import Operator

KEYS = (Qt.Key.Key_F3, Qt.Key.Key_F4, Qt.Key.Key_F5, Qt.Key.Key_F6, Qt.Key.Key_F7, Qt.Key.Key_F8, Qt.Key.Key_F9)


class _Windows(QObject):
    """Which widgets were shown as windows."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Every event of the application."""
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.shown.append(f"{type(watched).__name__} {watched.accessibleName()}")
        return False


@pytest.mark.parametrize("build", [BenchStation, inspection_station], ids=["assembly", "inspection"])
def test_no_page_shows_a_window_of_its_own(
    qtbot: QtBot, tmp_path: Path, build: Callable[[Path, Post], BenchStation]
) -> None:
    post = QtPost()
    operator = Operator(qtbot, build(tmp_path / "station", post))
    windows = _Windows()
    application = QApplication.instance()
    assert application is not None
    application.installEventFilter(windows)
    try:
        for key in (*KEYS, Qt.Key.Key_F10, Qt.Key.Key_F2):
            QTest.keyClick(operator.window, key)
            QApplication.processEvents()
        assert windows.shown == []
        assert QApplication.activeWindow() is operator.window
    finally:
        application.removeEventFilter(windows)
        operator.window.close()
        operator.station.close()
        post.close()
