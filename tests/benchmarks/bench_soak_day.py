"""A day of a station at work, with a clock that is set by hand: does its memory grow?

In a process of its own (``programs/soak_day.py``): the product's journal, services, tag table, alarms, historian, trends page,
20 tags at one and two samples a second, units, alarms and lost devices. After twelve hours the trends' buffers and most of what
is kept of texts and files have been filled once; from then on 24 hours more. The bare side is the same station's memory
when those begin.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.child import Child
from tests.benchmarks.measuring import line

GOAL = 1.02
WARM_UP_H = 12
DAY_H = 24
QUICK_STEP_S, STEP_S = 60.0, 10.0
HOUR_WITHIN_S = 600.0


def run(quick: bool) -> dict[str, Any]:
    """Resident memory in MB at the end of the day."""
    step_s = QUICK_STEP_S if quick else STEP_S
    hours = WARM_UP_H + DAY_H
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        program = "tests.benchmarks.programs.soak_day"
        with Child(folder, program, str(folder), str(hours), str(step_s)) as station:
            told = [station.read(HOUR_WITHIN_S) for _ in range(hours)]
    begin, end = told[WARM_UP_H - 1], told[-1]
    return line(
        "a simulated day of a station, resident memory (MB)",
        end["rss_mb"],
        begin["rss_mb"],
        f"<= {GOAL:g}x",
        end["rss_mb"] <= GOAL * begin["rss_mb"],
        samples=end["stored"] - begin["stored"],
        records=end["records"] - begin["records"],
        units=end["units"] - begin["units"],
        last_8_h_mb=round(end["rss_mb"] - told[-9]["rss_mb"], 1),
        most_mb=round(max(each["rss_mb"] for each in told), 1),
    )
