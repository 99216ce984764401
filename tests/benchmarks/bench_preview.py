"""A live picture of 1280 x 720 at 30 a second: how many reach the screen, and whether the window stays smooth.

The camera is a process of its own. The card is that of the inspection page, with what is seen in the picture judged once a
second. The bare side is the same timer in an empty window.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.child import Child
from tests.benchmarks.measuring import line, percentile

GOAL_TICK_MS = 50.0
GOAL_FPS = 29.0
SENT_FPS = 30.0
START_S = 40.0


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """Pictures a second on the screen, and p99 of the interval of the window's timer in milliseconds."""
    seconds = 15.0 if quick else 120.0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with Child(folder, "tests.benchmarks.programs.empty_window", str(seconds)) as empty:
            empty.read()
            bare = empty.read(2 * seconds + START_S)["ticks_ms"]
        with Child(folder, "tests.benchmarks.programs.camera_source", str(SENT_FPS)) as camera:
            settings = folder / "station.toml"
            settings.write_text(_settings(folder, camera.read()["port"]), encoding="utf-8", newline="\n")
            with Child(folder, "tests.benchmarks.programs.camera_window", str(settings), str(seconds)) as window:
                window.read()
                measured = window.read(2 * seconds + START_S)
    product = measured["ticks_ms"]
    yield line(
        "GUI tick with a live picture of 720p, p99 (ms)",
        percentile(product, 0.99),
        percentile(bare, 0.99),
        f"<= {GOAL_TICK_MS:g} ms",
        percentile(product, 0.99) <= GOAL_TICK_MS,
        worst_ms=max(product),
        bare_worst_ms=max(bare),
        cpu_share=measured["cpu_share"],
    )
    shown = measured["pictures_per_s"]
    yield line(
        "pictures of a live 720p camera on the screen (1/s)",
        shown,
        SENT_FPS,
        f">= {GOAL_FPS:g}",
        shown >= GOAL_FPS,
    )


def _settings(folder: Path, port: int) -> str:
    return (
        '[station]\npath = "Bench/Plant/Hall/Line/INS"\nname = "INS"\ntitle = "Inspection"\nkind = "inspection"\n'
        f"folder = '{folder / 'files'}'\n[cameras.bench]\nurl = \"http://127.0.0.1:{port}/stream.mjpg\"\n"
    )
