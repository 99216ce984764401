"""Every check of the repository, one after the other: all of them run, so that one start shows all faults."""

from __future__ import annotations

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
        # a file a worker: its fixtures are made once, and a computer with two cores takes half the time
        Check("pytest", [python, "-m", "pytest", "-n", "auto", "--dist", "loadfile", *pytest_arguments]),
    ]


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
