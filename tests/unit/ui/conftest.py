"""A bench station and its window for the tests of ui."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from station_app.ui.posting import QtPost
from tests.bench_station import BenchStation


@pytest.fixture
def bench(qtbot: QtBot, tmp_path: Path) -> Iterator[BenchStation]:
    """A station at ASM-10 without a window."""
    post = QtPost()
    station = BenchStation(tmp_path / "station", post)
    yield station
    station.close()
    post.close()
