"""What the system tests share: how often to kill, and a place to say what was measured."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def kills(request: pytest.FixtureRequest) -> int:
    """How many kills a campaign is to have: ``--kills N``."""
    count: int = request.config.getoption("--kills")
    return count


@pytest.fixture
def report(record_property: Callable[[str, object], None], capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Say one line about what was found, also when the test passes."""

    def say(line: str) -> None:
        record_property("report", line)
        with capsys.disabled():
            print(f"\n{line}", end="", flush=True)

    return say
