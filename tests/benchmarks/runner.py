"""Runs benchmarks by name and prints each result the moment it is there.

A benchmark is a module ``bench_NAME`` with ``run(quick)``, which answers one line or several (made by ``measuring.line``).
A missed goal is a result, not an error: the exit code is 0. It is 1 when a benchmark could not be run, 2 for a wrong name.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TextIO

Line = dict[str, Any]
Run = Callable[[bool], Line | Iterable[Line]]

FIELDS = ("name", "product", "bare", "ratio", "goal", "met")
NAMES = (
    "commit", "saved", "scan", "steps", "drain", "start", "memory", "tick", "overview", "spc", "inspection",
    "codes", "capture", "preview", "opcua", "modbus", "historian", "station_load", "soak_day",
    "work_master", "editor", "trend", "chart", "retention",
)  # fmt: skip
UNKNOWN_NAME, NOT_RUN = 2, 1


def load(name: str) -> Run:
    """The ``run`` of ``bench_NAME``; imported only when it is its turn, so that each starts with little loaded."""
    run: Run = importlib.import_module(f"tests.benchmarks.bench_{name}").run
    return run


BENCHMARKS: Mapping[str, Run] = {name: lambda quick, name=name: load(name)(quick) for name in NAMES}  # type: ignore[misc]  # bound now, not later


def main(arguments: Sequence[str], out: TextIO, benchmarks: Mapping[str, Run] = BENCHMARKS) -> int:
    """Run what the arguments name (all without a name); the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.benchmarks",
        description="Measure the product against the bare library in one run.",
        epilog=f"Benchmarks: {', '.join(benchmarks)}.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="which to run; all when none is given")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions: all within a few minutes")
    parser.add_argument("--json", action="store_true", help="one JSON line a result")
    wanted = parser.parse_args(arguments)
    unknown = [name for name in wanted.names if name not in benchmarks]
    if unknown:
        sys.stderr.write(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(benchmarks)}\n")
        return UNKNOWN_NAME
    # every one is run before the exit code is known
    codes = [_run_one(name, benchmarks[name], wanted.quick, wanted.json, out) for name in wanted.names or benchmarks]
    return max(codes)


def _run_one(name: str, run: Run, quick: bool, as_json: bool, out: TextIO) -> int:
    began_s = time.monotonic()
    try:
        found = run(quick)
        for line in [found] if isinstance(found, dict) else found:
            _refuse_incomplete(line)
            line = {**line, **_load()}
            out.write((json.dumps(line, ensure_ascii=False) if as_json else readable(line)) + "\n")
            out.flush()
    except Exception:  # noqa: BLE001  (the boundary: told in full below)
        # one that cannot run must not keep the others from running; what happened is told in full
        sys.stderr.write(f"benchmark {name} could not be run:\n{traceback.format_exc()}")
        return NOT_RUN
    sys.stderr.write(f"{name}: {time.monotonic() - began_s:.0f} s\n")
    return 0


def _refuse_incomplete(line: Line) -> None:
    missing = [field for field in FIELDS if field not in line]
    if missing:
        raise ValueError(f"a result lacks {', '.join(missing)}: {line}")


def _load() -> Line:
    """How busy the computer was in the last minute, where the system says it: a measurement beside others is worth less."""
    return {"load": round(os.getloadavg()[0], 1)} if hasattr(os, "getloadavg") else {}


def readable(line: Line) -> str:
    """A result for a person: one line of a table, and beside it what else was measured."""
    more = ", ".join(f"{key} {value}" for key, value in line.items() if key not in FIELDS)
    return (
        f"{'met   ' if line['met'] else 'MISSED'}  {line['name']:<62}  {line['product']:>10}  bare {line['bare']:>10}"
        f"  ratio {line['ratio']:>7}  goal {line['goal']}" + (f"  ({more})" if more else "")
    )
