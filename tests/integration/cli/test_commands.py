"""Every command of the program: its help, how soon it answers, and what it says to words it does not know."""

from __future__ import annotations

import os
import time

import pytest

from tests.integration.cli.calling import call_station
from tests.plant import run_station

COMMANDS = [
    "demo", "run", "overview", "check", "trace", "history", "verify", "sync status", "sync drain", "db init", "db upgrade",
    "db add-station", "db add-login", "db rebuild", "master publish", "tags read", "tags watch", "tags browse",
    "tags list", "tags add", "tags remove", "tags write",
    "instructions check",
    "spc chart", "spc capability", "spc gauge-rr", "spc sampling-plan",
]  # fmt: skip
GROUPS = ["sync", "db", "master", "tags", "instructions", "spc"]
QUICK_S = 3.0


@pytest.mark.parametrize("command", ["", *COMMANDS, *GROUPS])
def test_help_says_what_the_command_is_for(command: str) -> None:
    called = call_station(*command.split(), "--help")
    assert (called.returncode, called.stderr) == (0, "")
    assert f"station {command}".strip() in " ".join(called.stdout.split()) or "Usage" in called.stdout
    sentence = [line.strip(" │") for line in called.stdout.splitlines() if line.strip(" │").endswith(".")]
    assert sentence, f"no sentence in the help:\n{called.stdout}"


def test_help_lists_every_command() -> None:
    listed = " ".join(call_station(*group.split(), "--help").stdout for group in ("", *GROUPS))
    for command in COMMANDS:
        assert command.rsplit(" ", maxsplit=1)[-1] in listed, command


@pytest.mark.skipif("CI_SLOW" in os.environ, reason="a machine without time")
def test_help_does_not_load_windows_or_databases() -> None:
    """The time is generous; what is loaded is the point."""
    begun = time.monotonic()
    ran = run_station("--help", PYTHONPROFILEIMPORTTIME="1")
    assert ran.returncode == 0
    assert time.monotonic() - begun < QUICK_S
    for library in ("PySide6", "sqlalchemy", "psycopg", "asyncua", "pymodbus", "cv2", "reportlab", "numpy"):
        assert f" {library}\n" not in ran.stderr, f"{library} is loaded for the help"


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["trace"],
        ["tags", "read"],
        ["sync", "drain", "--timeout", "soon"],
        ["check", "--unknown", "x"],
        ["db", "add-station"],
    ],
)
def test_what_is_not_understood_has_exit_code_2(arguments: list[str]) -> None:
    called = call_station(*arguments)
    assert called.returncode == 2
    assert called.stderr.strip()
    assert "Traceback" not in called.stderr


@pytest.mark.parametrize("command", ["trace U-1", "verify", "sync status", "sync drain"])
def test_without_settings_one_line_says_so(command: str, tmp_path: object) -> None:
    called = call_station(*command.split(), "-c", f"{tmp_path}/station.toml")
    assert called.returncode == 2
    assert "does not exist" in called.stderr
    assert len(called.stderr.strip().splitlines()) == 1
