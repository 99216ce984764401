"""The history of a chart's limits, as it is read."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from station_app.domain.records import ControlLimitsSet
from station_app.ui.look import sized_look
from station_app.ui.spc_limits import LimitsHistory

AT_US = 1_795_158_000_000_000
"""2026-11-20 07:00 UTC."""


@pytest.mark.parametrize(
    ("minutes", "told"), [(20, "2026-11-20 08:00 – 08:20"), (24 * 60, "2026-11-20 08:00 – 2026-11-21 08:00")]
)
def test_the_baseline_is_told_in_the_stations_time_and_sigma_in_words(qtbot: QtBot, minutes: int, told: str) -> None:
    limits = ControlLimitsSet(
        chart_id="P/o/bore", limits_version=1, characteristic="bore", chart="i-mr", center=20.0, sigma=0.003, lcl=19.9,
        ucl=20.1, estimator="mr", rules=("nelson-1",), baseline_from_us=AT_US, baseline_until_us=AT_US + minutes * 60_000_000,
        baseline_points=20, baseline_readings=20, reason="New insert", approved_by="paul", printed_name="Paul Oster",
        method="badge and PIN",
    )  # fmt: skip
    history = LimitsHistory(sized_look("light", "en", 1280, 800), "Limits of Bore", [limits], 3, 60)
    qtbot.addWidget(history)
    text = history.table.text()
    assert told in text and "moving range" in text
