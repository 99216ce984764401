"""An agent's times: as they are written, and which of them can be."""

from __future__ import annotations

import pytest

from drivers.base import Quality, Sample
from drivers.mtconnect.times import believed, is_off, seconds

T = "2026-11-20T08:00:00Z"
T_S = 1795161600.0
YEAR_S = 365 * 86400.0


@pytest.mark.parametrize(
    ("text", "at"),
    [
        (T, T_S),
        ("2026-11-20T08:00:00", T_S),
        ("2026-11-20T09:00:00+01:00", T_S),
        ("2026-11-20T08:00:00.1234567Z", T_S + 0.123456),
        ("1601-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_times(text: str, at: float | None) -> None:
    assert seconds(text) == (None if at is None else pytest.approx(at, abs=1e-6))


def sample(source_time: float | None) -> Sample:
    return Sample("x", 1.0, Quality.GOOD, "Good", source_time, T_S)


@pytest.mark.parametrize(
    ("agent_time", "source_time", "expected"),
    [
        (T_S, T_S - 1, ("Good", T_S - 1)),
        (T_S, T_S - 10 * YEAR_S, ("Good", T_S - 10 * YEAR_S)),
        (T_S + 30, T_S + 30, ("Good", T_S + 30)),
        (T_S, T_S + 73 * YEAR_S, ("BadInvalidTimestamp", None)),
        (None, T_S + 73 * YEAR_S, ("BadInvalidTimestamp", None)),
        (T_S + YEAR_S, T_S + YEAR_S, ("Good", None)),
        (T_S + YEAR_S, T_S + 2 * YEAR_S, ("BadInvalidTimestamp", None)),
        (T_S - YEAR_S, T_S - YEAR_S, ("Good", None)),
        (T_S, None, ("Good", None)),
    ],
)
def test_times_that_cannot_be_are_not_passed_on(
    agent_time: float | None, source_time: float | None, expected: tuple[str, float | None]
) -> None:
    (found,) = believed([sample(source_time)], agent_time, T_S)
    assert (found.status, found.source_time) == expected
    assert found.value == 1.0
    assert (found.quality is Quality.GOOD) == (found.status == "Good")


def test_a_clock_may_be_off_by_a_minute() -> None:
    assert not is_off(T_S + 59, T_S)
    assert is_off(T_S - 61, T_S)
    assert not is_off(None, T_S)
