"""What the system tests share: how often to kill, a place to say what was measured, and people before windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from station_app.ui.posting import QtPost
from tests.bench_station import BenchStation
from tests.operator_bench import Operator
from tests.quality_bench import quality_station
from tests.system.plan_inspector import PlanInspector, seated

HEADLESS_KILLS = 200
WINDOW_KILLS = 10


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """How many kills the headless stations are to have together: 200, or ``--kills N``."""
    return _asked_for(request, HEADLESS_KILLS)


@pytest.fixture
def window_kills(request: pytest.FixtureRequest) -> int:
    """How many kills the windows are to have together: 10, or ``--kills N``."""
    return _asked_for(request, WINDOW_KILLS)


def _asked_for(request: pytest.FixtureRequest, usual: int) -> int:
    asked: int | None = request.config.getoption("--kills")
    return usual if asked is None else asked


@pytest.fixture
def report(record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Say one line about what was found, also when the test passes."""

    def say(line: str) -> None:
        record_property("report", line)
        with capsys.disabled():
            print(f"\n{line}", end="", flush=True)

    return say


@pytest.fixture
def operator(qtbot: QtBot, tmp_path: Path) -> Iterator[Operator]:
    """Somebody before the window of ASM-10; nobody is signed in."""
    post = QtPost()
    station = BenchStation(tmp_path / "station", post)
    person = Operator(qtbot, station)
    yield person
    person.window.close()
    person.station.close()
    post.close()


@pytest.fixture
def inspector(qtbot: QtBot, tmp_path: Path) -> Iterator[PlanInspector]:
    """A unit's plan with three readings, an attribute and a count beside the steps; no list of gauges."""
    post = QtPost()
    person = seated(qtbot, quality_station(tmp_path / "s", post, ()))
    yield person
    person.window.close()
    person.station.close()
    post.close()


@pytest.fixture
def measured(qtbot: QtBot, tmp_path: Path) -> Iterator[PlanInspector]:
    """The same with a micrometer, a caliper and a micrometer past its day in the list."""
    post = QtPost()
    person = seated(qtbot, quality_station(tmp_path / "s", post))
    yield person
    person.window.close()
    person.station.close()
    post.close()
