from __future__ import annotations

import pytest

from station_app.ui.wording import age_text, clock_text, duration_text, value_text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00"), (31.9, "0:31"), (725, "12:05"), (3725, "1:02:05"), (-5, "0:00")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(14.2, "14 s"), (89, "89 s"), (200, "3 min"), (7300, "2 h"), (3 * 86400, "3 d"), (-1, "0 s")]
)
def test_ages(seconds: float, text: str) -> None:
    assert age_text(seconds) == text


def test_the_clock_is_local() -> None:
    assert clock_text(0, 60) == "01:00"
    assert clock_text(7_000_000, -90, seconds=True) == "22:30:07"


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (12.4, 2, "12.40"),
        (12.3456, None, "12.35"),
        (None, 2, "–"),
        (True, 2, "1"),
        (7, 2, "7"),
        ("x" * 40, 2, "x" * 24),
    ],
)
def test_values_for_the_eye(value: bool | int | float | str | None, decimals: int | None, text: str) -> None:
    assert value_text(value, decimals) == text
