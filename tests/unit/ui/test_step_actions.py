from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from station_app.ui.posting import QtPost
from station_app.ui.step_actions import Act, actions_now
from tests.bench_station import ANNA, ANNA_PIN, BenchStation
from tests.every_check_bench import UNIT, every_check_station


@pytest.fixture
def station(qtbot: QtBot, tmp_path: Path) -> Iterator[BenchStation]:
    post = QtPost()
    made = every_check_station(tmp_path / "station", post)
    yield made
    made.close()
    post.close()


def settle(station: BenchStation, qtbot: QtBot) -> None:
    execution = station.services.execution
    qtbot.waitUntil(lambda: not execution.occupied)


def acts(station: BenchStation, no: int = 0) -> list[Act]:
    """What is offered at a step of the job, 0 for the one in work; between units without a job."""
    job = station.services.execution.job
    step = None if job is None else job.steps[no - 1] if no else job.current
    return [offered.act for offered in actions_now(station.services, step)]


def test_what_is_offered_depends_on_who_is_here_and_where_the_work_stands(station: BenchStation, qtbot: QtBot) -> None:
    services = station.services
    assert acts(station) == []
    services.people.sign_in_badge(ANNA, ANNA_PIN)
    qtbot.waitUntil(lambda: services.people.person is not None)
    assert acts(station) == [Act.ESD_PASSED, Act.ESD_FAILED]
    services.people.record_esd_test(True)
    qtbot.waitUntil(lambda: bool(services.ledger.fold.esd))
    services.scanning.scan(UNIT)
    settle(station, qtbot)
    esd = [Act.ESD_PASSED, Act.ESD_FAILED]
    assert acts(station) == [Act.SKIP, Act.SET_ASIDE, Act.REPEAT, *esd, Act.INTERRUPT, Act.ABORT, Act.SUGGEST]
    services.execution.confirm()
    settle(station, qtbot)
    assert acts(station, 1) == [Act.AGAIN, Act.SUGGEST]
    assert acts(station, 3) == [Act.SUGGEST], "a step that was not begun has nothing to be done again"
