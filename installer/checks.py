"""Every check of the repository, one after the other: all of them run, so that one start shows all faults."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from installer import child
from installer.console import interval_text
from installer.environment import Environment

_WIDTH = 79


@dataclass(frozen=True, slots=True)
class Check:
    """One program that fails by its exit code."""

    name: str
    command: Sequence[str | Path]


def repository_checks(environment: Environment, pytest_arguments: Sequence[str]) -> list[Check]:
    """The checks that a change must pass. pytest is the last, so that its summary ends the output."""
    python = environment.python
    return [
        Check("ruff check", [python, "-m", "ruff", "check", "."]),
        Check("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        Check("mypy", [python, "-m", "mypy"]),
        Check("import-linter", [environment.program("lint-imports")]),
        Check("pytest", [python, "-m", "pytest", *in_workers(os.cpu_count() or 1), *pytest_arguments]),
    ]


def in_workers(cores: int) -> list[str]:
    """How pytest shares the tests among processes: a file goes to one worker, so that its fixtures are made once.

    Two workers a core, because the tests of whole processes wait half of their time; in the order of the folders, so that
    those come first and the quick ones fill the end.
    """
    return ["-n", str(2 * cores), "--dist", "loadfile", "--no-loadscope-reorder"]


def run_checks(checks: Sequence[Check], folder: Path, environ: Mapping[str, str]) -> list[str]:
    """Run all ``checks`` in ``folder``, each under a heading; returns the names of those that failed."""
    failed = []
    for number, check in enumerate(checks, 1):
        print(f"== {check.name} ({number} of {len(checks)}) ".ljust(_WIDTH, "="), flush=True)
        start_s = time.monotonic()
        passed = child.run(check.command, environ=environ, folder=folder) == 0
        if not passed:
            failed.append(check.name)
        if number < len(checks):
            took = interval_text(time.monotonic() - start_s)
            print(f"-- {check.name}: {'passed' if passed else 'FAILED'} in {took}\n", flush=True)
    if earlier := [name for name in failed if name != checks[-1].name]:
        print(f"FAILED before {checks[-1].name}: {', '.join(earlier)} (see above)", flush=True)
    return failed
