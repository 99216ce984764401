"""Round times on the axis."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator

import pytest

from widgets.trend_time import clock_text, exact_text, tick_step_s, ticks_s


@pytest.fixture
def berlin() -> Iterator[None]:
    if sys.platform == "win32":
        pytest.skip("the time zone of a process cannot be set on Windows")
    before = os.environ.get("TZ")
    os.environ["TZ"] = "Europe/Berlin"
    time.tzset()
    yield
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_steps_are_round() -> None:
    assert tick_step_s(60, 6) == 10
    assert tick_step_s(1800, 6) == 300
    assert tick_step_s(1800, 100) == 30


def test_ticks_lie_inside_and_are_round(berlin: None) -> None:
    found = ticks_s(1_795_072_803.0, 1_795_072_863.0, 6)
    assert [clock_text(t)[-2:] for t in found] == ["10", "20", "30", "40", "50", "00"]


def test_ticks_are_round_right_across_the_end_of_summer_time(berlin: None) -> None:
    start = 1_792_882_800.0  # 2026-10-25 01:00 in Berlin; at 03:00 the clock goes back to 02:00
    texts = [clock_text(t, 86_400) for t in ticks_s(start, start + 5 * 3600, 6)]
    assert texts == ["01:00", "02:00", "02:00", "03:00", "04:00", "05:00"]


def test_hours_are_round_in_local_time(berlin: None) -> None:
    texts = [clock_text(t, 86_400) for t in ticks_s(1_795_072_803.0, 1_795_072_803.0 + 86_400, 4)]
    assert texts == ["12:00", "18:00", "00:00", "06:00"] or all(t[-2:] == "00" for t in texts)
    assert {int(t[:2]) % 6 for t in texts} == {0}


def test_the_cursor_shows_tenths(berlin: None) -> None:
    assert exact_text(1_795_072_803.27).endswith(":03.2")
