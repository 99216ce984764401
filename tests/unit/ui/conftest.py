"""A bench station and its window for the tests of ui."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from station_app.ui.look import sized_look
from station_app.ui.posting import QtPost
from station_app.ui.station_window import StationWindow
from tests.bench_station import BenchStation
from tests.unit.ui.note_page import entry


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[BenchStation]:
    """A station at ASM-10 without a window."""
    post = QtPost()
    station = BenchStation(tmp_path / "station", post)
    yield station
    station.close()
    post.close()


@pytest.fixture
def window(bench: BenchStation, qtbot: QtBot) -> Iterator[StationWindow]:
    """A window with two pages that note what happens to them."""
    look = sized_look("light", "en", 1280, 800)
    pages = [entry("main", Qt.Key.Key_F2), entry("other", Qt.Key.Key_F3)]
    window = StationWindow(bench.services, look, pages=pages, idle_s=3600)
    window.resize(1280, 800)
    qtbot.addWidget(window)
    window.show()
    yield window
    window.close()
