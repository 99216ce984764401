"""From starting the process to a usable window: the first page painted, the journal open, everything in it folded.

The demo plant's ASM-10 with its database, press and camera running, started again and again as ``station run`` starts it; the
first start, which pulls the master data, is not counted. Once more with a journal of many records, because they are folded at
the start. The bare side is a process that imports PySide6 and paints an empty window.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from station_app.config import load_config
from station_app.demo.plant import ASM_10, DemoPlant
from tests.benchmarks.child import Child
from tests.benchmarks.measuring import line, percentile
from tests.benchmarks.work_records import built_unit, fill_journal
from tests.short_line import short_line

GOAL_S = 2.5
DRAIN_TIMEOUT_S = 50.0


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """Median in seconds: with the journal of a new station, and with one of many records."""
    starts, records = (5, 20_000) if quick else (15, 100_000)
    with tempfile.TemporaryDirectory() as name, DemoPlant(Path(name) / "plant", 1.0, (ASM_10,), short_line()) as plant:
        folder, settings = Path(name), plant.station_file(ASM_10)
        _start_station(folder, settings)
        yield _result("start to usable window (s)", folder, settings, starts)
        station = load_config(settings).station
        template = built_unit(folder / "template")
        fill_journal(station.folder / "journal.sqlite", station.path, records, template)
        _deliver(folder, settings)
        yield _result(f"start to usable window, {records:,} records (s)", folder, settings, starts)


def _deliver(folder: Path, settings: Path) -> None:
    """Bring the journal's records to the server, so that no start is measured beside that."""
    with Child(folder, "station_app", "run", str(settings), "--headless") as station:
        station.read()
        station.send("wait", **{"for": "drained"}, timeout_s=DRAIN_TIMEOUT_S)


def _result(name: str, folder: Path, settings: Path, starts: int) -> dict[str, Any]:
    stations = []
    empty = []
    for _ in range(starts):
        stations.append(_start_station(folder, settings))
        empty.append(_start(folder, "tests.benchmarks.programs.empty_window"))
    product, bare = (percentile([took_s for took_s, _ in side], 0.5) for side in (stations, empty))
    return line(
        name,
        product,
        bare,
        f"<= {GOAL_S:g} s",
        product <= GOAL_S,
        worst_s=round(max(took_s for took_s, _ in stations), 2),
        cpu_s=round(percentile([cpu_s for _, cpu_s in stations], 0.5), 2),
    )


def _start_station(folder: Path, settings: Path) -> tuple[float, float]:
    return _start(folder, "tests.benchmarks.programs.station_window", str(settings))


def _start(folder: Path, module: str, *arguments: str) -> tuple[float, float]:
    """Start a window and close it again; seconds until it was painted, and the processor time it used until then."""
    with Child(folder, module, *arguments) as window:
        cpu_s = float(window.read()["cpu_s"])
        return time.perf_counter() - window.started_s, cpu_s
