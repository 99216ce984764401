"""What is said below a trend of how much it shows."""

from __future__ import annotations

import pytest

from station_app.ui.trend_beside import drawn_text


@pytest.mark.parametrize(
    ("points", "samples", "said"),
    [
        (4, 0, "No values in this time"),
        (2, 1, "1 sample"),
        (1088, 603, "603 samples"),
        (1500, 90_000, "90\u202f000 samples, the lowest and highest of each moment are drawn"),
    ],
)
def test_it_says_whether_every_sample_is_drawn(points: int, samples: int, said: str) -> None:
    assert drawn_text(points, samples) == said
