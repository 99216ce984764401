"""The demo on a folder where nothing can be written, and asked to end in the middle: one line, and nothing is left behind."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from station_app.demo.plant import child_environment
from tests.plant import run_station, station_command
from tests.waiting import wait_until


@pytest.mark.skipif(not Path("/sys/kernel").exists(), reason="/sys stands for a folder where nobody can write")
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_started() -> None:
    ran = run_station("demo", "--offscreen", "/sys")
    assert ran.returncode == 3
    assert ran.stdout.startswith("/sys cannot be written: ")
    assert ran.stdout.count("\n") == 1
    assert ran.stderr == ""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_asked_to_end_it_takes_its_servers_and_folders_with_it(tmp_path: Path) -> None:
    temporary = tmp_path / "it's temporary"
    temporary.mkdir()
    demo = subprocess.Popen(
        station_command("demo", "--offscreen", tmp_path / "tour"), stdout=subprocess.PIPE, text=True,
        env=child_environment() | {"TMPDIR": str(temporary)},
    )  # fmt: skip
    try:
        wait_until(lambda: list(temporary.glob("*/ASM-20/files/journal.sqlite")), 60, "a station at work")
    finally:
        demo.terminate()
        rest, _ = demo.communicate(timeout=60)
    assert demo.returncode == 128 + signal.SIGTERM, rest
    assert list(temporary.iterdir()) == []
