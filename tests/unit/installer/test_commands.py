"""What is asked of the station application, and in which surroundings."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from installer import commands
from installer.console import Fault
from installer.environment import Environment


@pytest.mark.parametrize(
    ("platform", "arguments", "environ"),
    [
        ("linux", ["--offscreen", "d"], {}),
        ("linux", ["--tour", "--offscreen=d"], {}),
        ("linux", ["--help"], {}),
        ("linux", [], {"DISPLAY": ":0"}),
        ("linux", [], {"WAYLAND_DISPLAY": "wayland-0"}),
        ("win32", [], {}),
        ("darwin", [], {}),
    ],
)
def test_demo_may_start(platform: str, arguments: list[str], environ: dict[str, str]) -> None:
    commands.refuse_without_display(arguments, environ, platform)


@pytest.mark.parametrize("environ", [{}, {"DISPLAY": ""}])
def test_demo_is_refused_without_a_display(environ: dict[str, str]) -> None:
    with pytest.raises(Fault, match="--offscreen DIR") as refusal:
        commands.refuse_without_display(["--tour"], environ, "linux")
    assert refusal.value.exit_code == 2


def test_this_checkout_comes_first_on_the_import_path() -> None:
    assert commands.with_checkout({})["PYTHONPATH"] == str(commands.ROOT)
    both = commands.with_checkout({"PYTHONPATH": "theirs", "A": "b"})
    assert both == {"PYTHONPATH": f"{commands.ROOT}{os.pathsep}theirs", "A": "b"}


def test_what_python_compiled_is_kept() -> None:
    assert "PYTHONDONTWRITEBYTECODE" not in commands.check_variables({"PYTHONDONTWRITEBYTECODE": "1"})


def test_checks_run_offscreen_unless_a_platform_was_chosen() -> None:
    assert commands.check_variables({})["QT_QPA_PLATFORM"] == "offscreen"
    assert commands.check_variables({"QT_QPA_PLATFORM": "xcb"})["QT_QPA_PLATFORM"] == "xcb"
    assert commands.check_variables({})["PYTHONUTF8"] == "1"


@pytest.mark.skipif(os.name == "nt", reason="exec")
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (
            ["demo", "--offscreen", "my pictures", "--", "-h"],
            ["demo", "--offscreen", "my pictures", "--", "-h"],
        ),
        (
            ["station", "tags", "read", "opcua://h/ns=2;s=A b", "--json"],
            ["tags", "read", "opcua://h/ns=2;s=A b", "--json"],
        ),
        (["station", "-h"], ["-h"]),
        (["station"], []),
    ],
)
def test_arguments_pass_through_untouched(
    arguments: list[str], expected: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    started: list[tuple[str, list[str], dict[str, str]]] = []
    folder = Path.cwd()

    def execve(program: str, command: list[str], environ: dict[str, str]) -> None:
        started.append((program, command, environ))
        raise SystemExit(0)

    monkeypatch.setattr(os, "execve", execve)
    monkeypatch.setattr(commands, "_set_up", lambda: Environment(tmp_path))
    with pytest.raises(SystemExit):
        commands.run_command(arguments)
    [(program, command, environ)] = started
    assert program == command[0] == str(tmp_path / "bin" / "python")
    assert command[1:] == ["-P", "-m", "station_app", *expected]
    assert environ["PYTHONPATH"].split(os.pathsep)[0] == str(commands.ROOT)
    assert Path.cwd() == folder


def test_test_fails_when_a_check_fails(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[object] = []

    def run_checks(checks: object, folder: Path, environ: dict[str, str]) -> list[str]:
        seen.append((checks, folder, environ["QT_QPA_PLATFORM"]))
        return failed

    monkeypatch.setattr(commands, "_set_up", lambda: Environment(tmp_path))
    monkeypatch.setattr(commands, "repository_checks", lambda environment, rest: rest)
    monkeypatch.setattr(commands, "run_checks", run_checks)
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    failed = ["mypy"]
    assert commands.run_command(["test", "-k", "x"]) == 1
    failed = []
    assert commands.run_command(["test", "-k", "x"]) == 0
    assert seen == [(["-k", "x"], commands.ROOT, "offscreen")] * 2


def test_our_own_bugs_are_not_dressed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Environment:
        raise OSError(9, "Bad file descriptor")

    monkeypatch.setattr(commands, "_set_up", broken)
    monkeypatch.setattr(signal, "signal", lambda number, action: None)
    with pytest.raises(OSError, match="Bad file descriptor"):
        commands.main(["station"])


def test_checks_of_a_read_only_checkout_are_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands.refuse_read_only(tmp_path)
    monkeypatch.setattr(os, "access", lambda path, mode: not (Path(path) == tmp_path and mode == os.W_OK))
    with pytest.raises(Fault, match="nothing can be written in") as fault:
        commands.refuse_read_only(tmp_path)
    assert "\n" not in str(fault.value)
