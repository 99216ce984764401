"""What the system tests share: how often to kill, and a place to say what was measured."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
