"""The alarm of a clock that differs from the server's: it neither comes and goes at its limit, nor goes by silence."""

from __future__ import annotations

import pytest

from station_app.app.clock_alarm import CLOCK, watch_clock


class HeardAlarms:
    """What is active."""

    def __init__(self, active: bool = False) -> None:
        self.active = active
        self.changes = 0

    def condition(self, source: str, condition: str, active: bool, text: str, priority: str) -> None:
        assert (source, condition) == CLOCK
        self.changes += active is not self.active
        self.active = active

    def active_conditions(self, source: str) -> list[str]:
        assert source == CLOCK[0]
        return [CLOCK[1]] if self.active else []


@pytest.mark.parametrize(
    ("offsets_ms", "active", "changes"),
    [
        ([0, 2000, -2000], False, 0),
        ([2001], True, 1),
        ([-2001, 0], False, 2),
        ([2001, 1999, 2002, -1990, 1501], True, 1),
        ([2001, 1999, 1500], False, 2),
    ],
)
def test_it_comes_and_goes_once(offsets_ms: list[int], active: bool, changes: int) -> None:
    alarms = HeardAlarms()
    for offset_ms in offsets_ms:
        watch_clock(alarms, offset_ms, True)  # type: ignore[arg-type]  # a stand-in
    assert (alarms.active, alarms.changes) == (active, changes)


def test_one_that_was_recorded_before_a_restart_stands_until_the_clock_is_measured() -> None:
    alarms = HeardAlarms(active=True)
    watch_clock(alarms, None, True)  # type: ignore[arg-type]  # a stand-in
    assert alarms.active
    watch_clock(alarms, None, False)  # type: ignore[arg-type]  # a stand-in
    assert not alarms.active, "nobody can measure it any more"
