"""The memory of a station with trends running: how much after a soak, and whether it still grows.

The demo plant's ASM-10 with a unit in work at the press: its step's trends and the trends page with four pens, in turns; the
camera's stream, database and OPC UA all live. The bare side is PySide6 with an empty window. Growth is the median of the last
quarter of the soak less that of the second: in the first quarter caches fill.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from station_app.demo.plant import ASM_10, DemoPlant
from tests.bench_station import ANNA, ANNA_PIN, HOUSING, UNIT
from tests.benchmarks.child import Child
from tests.benchmarks.measuring import line
from tests.short_line import short_line

GOAL_MB = 400.0
FLAT_MB = 8.0
SAMPLE_S = 1.0
TURN_S = 5.0
WORK_PAGE, TRENDS_PAGE = "F2", "F3"


def run(quick: bool) -> dict[str, Any]:
    """Resident memory in MB at the end of the soak."""
    seconds = 60.0 if quick else 600.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Child(folder, "tests.benchmarks.programs.empty_window") as empty:
            empty.read()
            bare = empty.rss_mb()
        with DemoPlant(folder / "plant", stations=(ASM_10,), instructions=short_line()) as plant:
            taken, cpu = _soak(folder, plant, seconds)
    quarter = len(taken) // 4
    product = max(taken[-quarter:])
    growth = statistics.median(taken[-quarter:]) - statistics.median(taken[quarter : 2 * quarter])
    return line(
        "memory of a station with trends (MB RSS)",
        product,
        bare,
        f"<= {GOAL_MB:g} MB, growing by no more than {FLAT_MB:g} MB",
        product <= GOAL_MB and growth <= FLAT_MB,
        growth_mb=round(growth, 1),
        soak_s=round(seconds),
        cpu_share=round(cpu, 2),
    )


def _soak(folder: Path, plant: DemoPlant, seconds: float) -> tuple[list[float], float]:
    """The station's memory once a second, and the share of one core that it used."""
    settings = str(plant.station_file(ASM_10))
    with plant.control() as control, Child(folder, "tests.benchmarks.programs.station_window", settings) as station:
        control.press_auto(True)
        station.read()
        station.read()
        _work_to_press(station)
        taken: list[float] = []
        began_s, cpu_s = time.monotonic(), station.cpu_s()
        turn = 0
        while (now_s := time.monotonic() - began_s) < seconds:
            if now_s >= turn * TURN_S:
                station.send("key", key=TRENDS_PAGE if turn % 2 else WORK_PAGE)
                turn += 1
            taken.append(station.rss_mb())
            time.sleep(SAMPLE_S)
        return taken, (station.cpu_s() - cpu_s) / seconds


def _work_to_press(station: Child) -> None:
    """Sign in, open a unit and go to the step at the press, as the operator does."""
    station.send("wait", text="^Order ")
    station.send("scan", text=ANNA)
    station.send("wait", text="PIN")
    station.send("keys", text=ANNA_PIN)
    station.send("key", key="Return")
    station.send("wait", text="Scan an order")
    station.send("scan", text=UNIT)
    station.send("wait", text="Scan the housing")
    station.send("scan", text=HOUSING)
    station.send("wait", text="Seat clean")
    station.send("press", name="^Confirm")
    station.send("wait", text="Press force, last minute")
