"""Every command of the program: its help, how soon it answers, and what it says to words it does not know."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from station_app.cli.main import app
from station_app.storage.files import write_secret
from tests.integration.cli.calling import call_station
from tests.plant import run_station

DOCUMENTS = (
    "list", "compare", "where-used", "export", "import", "save", "submit", "sign", "send-back", "release", "withdraw",
)  # fmt: skip
COMMANDS = [
    "demo", "run", "overview", "check", "trace", "history", "verify", "sync status", "sync drain", "db init", "db upgrade",
    "db add-station", "db add-login", "db rebuild", "master publish", "tags read", "tags watch", "tags browse",
    "tags list", "tags add", "tags remove", "tags write",
    "author",
    *(f"instructions {each}" for each in ("check", "suggestions", *DOCUMENTS)),
    *(f"plans {each}" for each in ("check", *DOCUMENTS)),
    "spc chart", "spc capability", "spc gauge-rr", "spc sampling-plan",
    "codes read", "evidence verify", "evidence prune", "inspect import-qif", "inspect export",
    "gauges list", "gauges affected",
]  # fmt: skip
GROUPS = ["sync", "db", "master", "tags", "instructions", "plans", "spc", "codes", "evidence", "inspect", "gauges"]
QUICK_S = 3.0
STATION = """[station]
path = "Demo/Plant/Hall1/Line1/ASM-10"
name = "ASM-10"
kind = "assembly"
folder = '{folder}/files'
[shared_database]
host = "127.0.0.1"
database = "mes"
user = "station_asm_10"
sslmode = "disable"
password_file = 'database.password'
"""


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


def test_the_list_above_has_every_command() -> None:
    found: list[str] = []

    def walk(group: Any, before: str) -> None:
        for name, command in group.commands.items():
            path = f"{before}{name}"
            if hasattr(command, "commands"):
                walk(command, f"{path} ")
            else:
                found.append(path)

    walk(get_command(app), "")
    assert sorted(found) == sorted(COMMANDS)


def test_a_script_is_for_a_station_without_a_window() -> None:
    called = call_station("run", "station.toml", "--script", "lines.jsonl")
    assert (called.returncode, called.stdout) == (2, "")
    assert "--headless" in called.stderr


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="there is always a display")
@pytest.mark.parametrize("command", ["run", "overview", "author"])
def test_without_a_display_a_window_is_one_line(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Qt aborts the program, with eight lines of its own."""
    for variable in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(variable, raising=False)
    write_secret(tmp_path / "database.password", "secret")
    file = tmp_path / "station.toml"
    file.write_text(STATION.format(folder=tmp_path), encoding="utf-8")
    arguments: dict[str, list[str | Path]] = {
        "run": [file], "overview": ["--password-file", file], "author": ["--drafts", tmp_path]
    }  # fmt: skip
    called = call_station(command, *arguments[command])
    assert (called.returncode, called.stdout) == (3, "")
    assert called.stderr.startswith("There is no display here for a window: ")
    assert len(called.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("command", ["trace U-1", "verify", "sync status", "sync drain"])
def test_without_settings_one_line_says_so(command: str, tmp_path: object) -> None:
    called = call_station(*command.split(), "-c", f"{tmp_path}/station.toml")
    assert called.returncode == 2
    assert "does not exist" in called.stderr
    assert len(called.stderr.strip().splitlines()) == 1
