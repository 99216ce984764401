"""The entry file itself: which Python it accepts, what it says, how it is stopped."""

from __future__ import annotations

import os
import runpy
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from installer.cache import environment_name, exclusive

ROOT = Path(__file__).resolve().parents[3]
BOOTSTRAP = ROOT / "installer" / "bootstrap.py"


def old_interpreters() -> list[str]:
    """Pythons on this computer that are too old, each seen working."""
    names = [shutil.which(name) for name in ("python2.7", *(f"python3.{minor}" for minor in range(6, 11)))]
    versions = Path.home() / ".pyenv" / "versions"
    names += [str(folder / "bin" / "python") for folder in versions.glob("[23].*")]
    found = []
    for name in filter(None, names):
        ask = [name, "-c", "import sys; print(sys.version_info[:2] < (3, 11))"]
        if Path(name).exists():
            answer = subprocess.run(ask, capture_output=True, text=True, timeout=20, check=False)
            if answer.stdout.strip() == "True":
                found.append(name)
    return found


def test_every_old_python_here_gets_one_clear_line() -> None:
    interpreters = old_interpreters()
    if not interpreters:
        pytest.skip("no Python older than 3.11 on this computer")
    for interpreter in interpreters:
        command = [interpreter, str(BOOTSTRAP), "test"]
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
        assert answer.returncode == 1
        assert answer.stdout == ""
        assert answer.stderr.count("\n") == 1
        assert "needs Python 3.11, 3.12 or 3.13" in answer.stderr


@pytest.mark.parametrize("version", [(2, 7), (3, 10), (3, 14)])
def test_other_versions_are_refused(
    version: tuple[int, int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (*version, 0, "final", 0))
    monkeypatch.setattr(sys, "path", list(sys.path))
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(BOOTSTRAP), run_name="__main__")
    monkeypatch.undo()
    assert stop.value.code == 1
    assert f"this is Python {version[0]}.{version[1]} " in capsys.readouterr().err


def bootstrap(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environ = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")} | variables
    command = [sys.executable, str(BOOTSTRAP), *arguments]
    return subprocess.run(command, env=environ, capture_output=True, encoding="utf-8", timeout=60, check=False)


def test_help_explains_the_commands_and_sets_nothing_up(tmp_path: Path) -> None:
    answer = bootstrap("--help", STATION_APP_CACHE=str(tmp_path / "cache"))
    assert answer.returncode == 0
    assert all(word in answer.stdout for word in ("demo", "station", "test", "--offscreen", "STATION_APP_CACHE"))
    assert not (tmp_path / "cache").exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="windows are always possible elsewhere")
def test_demo_without_a_display_says_so_before_setting_up(tmp_path: Path) -> None:
    answer = bootstrap("demo", "--tour", STATION_APP_CACHE=str(tmp_path / "cache"))
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "No display" in answer.stderr
    assert "--offscreen DIR" in answer.stderr
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("arguments", [(), ("dance",)])
def test_wrong_command_line_is_one_line(arguments: tuple[str, ...]) -> None:
    answer = bootstrap(*arguments)
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "demo, station or test" in answer.stderr


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot send Ctrl-C to one process")
def test_ctrl_c_is_one_line_and_130(tmp_path: Path) -> None:
    lock = (ROOT / "installer" / "requirements.lock").read_bytes()
    name = environment_name(lock, sys.version_info[:2])
    environ = {**os.environ, "STATION_APP_CACHE": str(tmp_path)}
    # a shell starts what runs in the background with SIGINT ignored, which a child inherits
    heed = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
    command = [sys.executable, "-c", heed, sys.executable, str(BOOTSTRAP), "station", "--help"]
    with (
        exclusive(tmp_path / f"{name}.lock", lambda: None),
        subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, encoding="utf-8") as waiting,
    ):
        assert waiting.stderr is not None
        first = waiting.stderr.readline()
        waiting.send_signal(signal.SIGINT)
        said = waiting.stderr.read()
    assert "Another start is building" in first
    assert waiting.returncode == 130
    assert said.count("\n") == 1
    assert "stopped by Ctrl-C" in said


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write everywhere")
def test_cache_that_may_not_be_written_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    answer = bootstrap("station", "--help", STATION_APP_CACHE=str(tmp_path / "cache"))
    tmp_path.chmod(0o700)
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "No permission" in answer.stderr


def test_cache_that_cannot_be_a_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    answer = bootstrap("station", "--help", STATION_APP_CACHE=str(tmp_path / "file" / "cache"))
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "STATION_APP_CACHE" in answer.stderr


def test_ci_runs_the_test_command_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    commands = [line for line in script.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    assert [line for line in commands if not line.startswith(("set ", "cd "))] == [
        "exec python3 installer/bootstrap.py test"
    ]
    assert os.name == "nt" or os.access(script, os.X_OK)
