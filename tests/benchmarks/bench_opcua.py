"""What the OPC UA driver costs: processor time a sample at 10,000 samples/s, and whether any is lost.

The server is a process of its own; our driver with its field loop and queue, asyncua alone, and asyncua's own subscription are
measured in turns, each in a process of its own. The bare side is the leanest: it only adds up lengths.
"""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks.child import Child
from tests.benchmarks.measuring import line, rounded

GOAL = 1.5
NODES = 1000
INTERVAL_S = 0.1
LEAST_SHARE = 0.5
COUNTING = "tests.benchmarks.programs.opcua_counting"


def run(quick: bool) -> dict[str, Any]:
    """Microseconds of processor time a sample; medians of the rounds."""
    rounds, seconds = (2, 5.0) if quick else (5, 30.0)
    found: dict[str, list[dict[str, Any]]] = {"bare": [], "driver": [], "handler": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = Child(folder, "tests.benchmarks.programs.opcua_source", str(NODES), str(INTERVAL_S), "count")
        with source:
            port = str(source.read()["port"])
            for _ in range(rounds):
                for how, results in found.items():
                    with Child(folder, COUNTING, how, port, str(NODES), str(INTERVAL_S), str(seconds)) as client:
                        results.append(client.read(seconds + 60.0))
    rate = statistics.median(result["per_s"] for result in found["driver"])
    if rate < LEAST_SHARE * NODES / INTERVAL_S:
        raise RuntimeError(f"only {rate:.0f} samples a second arrived: not what was to be measured")
    cost = {how: statistics.median(result["cpu_us"] for result in results) for how, results in found.items()}
    lost = sum(result["missing"] + result["overflowed"] + result["overflows"] for result in found["driver"])
    return line(
        "OPC UA at 10,000 samples/s, processor time a sample (µs)",
        cost["driver"],
        cost["bare"],
        f"<= {GOAL:g}x, none lost",
        cost["driver"] <= GOAL * cost["bare"] and lost == 0,
        samples_per_s=round(rate),
        bare_per_s=round(statistics.median(result["per_s"] for result in found["bare"])),
        lost=lost,
        gaps=sum(result["gaps"] for result in found["driver"]),
        handler_us=rounded(cost["handler"]),
        one_core_per_s=round(1e6 / cost["driver"]),
    )
