"""All checks run, failures are named, pytest is the last."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from installer.checks import Check, in_workers, repository_checks, run_checks
from installer.environment import Environment


def saying(name: str, exit_code: int) -> Check:
    return Check(name, [sys.executable, "-c", f"import sys; print('{name} speaks'); sys.exit({exit_code})"])


def test_all_run_although_one_fails(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    checks = [saying("first", 0), saying("second", 3), saying("last", 0)]
    assert run_checks(checks, tmp_path, os.environ) == ["second"]
    lines = capfd.readouterr().out.splitlines()
    shown = [line for line in lines if line]
    assert shown[0].startswith("== first (1 of 3) ==")
    assert shown[2].startswith("-- first: passed in ")
    assert shown[5].startswith("-- second: FAILED in ")
    assert shown[-3].startswith("== last (3 of 3) ==")
    assert shown[-2:] == ["last speaks", "FAILED before last: second (see above)"]


def test_nothing_follows_the_summary_of_the_last(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_checks([saying("first", 0), saying("last", 1)], tmp_path, os.environ) == ["last"]
    assert capfd.readouterr().out.splitlines()[-1] == "last speaks"


def test_pytest_is_the_last_and_gets_the_arguments() -> None:
    checks = repository_checks(Environment(Path("env")), ["-k", "a b", "--co"])
    assert [check.name for check in checks] == [
        "ruff check",
        "ruff format",
        "mypy",
        "import-linter",
        "pytest",
    ]
    command = list(checks[-1].command)
    assert command[1:3] == ["-m", "pytest"]
    assert command[-3:] == ["-k", "a b", "--co"]


def test_pytest_runs_two_workers_a_core() -> None:
    assert in_workers(2) == ["-n", "4", "--dist", "loadfile", "--no-loadscope-reorder"]
