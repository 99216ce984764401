"""A program that is run ends with the one that runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from installer import child
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]


def test_exit_code_and_output(tmp_path: Path) -> None:
    polls: list[int] = []
    with (tmp_path / "log").open("wb") as output:
        command = [
            sys.executable,
            "-c",
            "import sys, time; print(sys.stdin.read()); time.sleep(0.5); sys.exit(4)",
        ]
        code = child.run(command, environ=os.environ, output=output, on_poll=lambda: polls.append(1))
    assert code == 4
    assert polls
    assert (tmp_path / "log").read_text(encoding="utf-8").strip() == ""


# the outer program runs the inner one; the inner one notes its end
INNER = """
import pathlib, signal, sys, time
note = pathlib.Path(sys.argv[1])
def stop(number, frame):
    note.write_text("cleaned up after " + signal.Signals(number).name, encoding="utf-8")
    sys.exit(0)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
print("running", flush=True)
while True:
    time.sleep(0.01)
"""
OUTER = f"""
import os, signal, sys
from installer import child, commands
signal.signal(signal.SIGTERM, commands._terminated)
child.run([sys.executable, "-c", {INNER!r}, sys.argv[1]], environ=os.environ)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_child_is_ended_with_its_parent(tmp_path: Path) -> None:
    note = tmp_path / "note"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", OUTER, str(note)]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, encoding="utf-8") as outer:
        assert outer.stdout is not None
        assert outer.stdout.readline() == "running\n"
        outer.send_signal(signal.SIGTERM)
    assert outer.returncode == 128 + signal.SIGTERM
    wait_until(note.exists, 5, "the inner program's note")
    assert note.read_text(encoding="utf-8") == "cleaned up after SIGTERM"


# as pip does with --python: it runs another program and waits for it
MIDDLE = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {INNER!r}, sys.argv[1]])
"""
OUTER_WITH_LOG = f"""
import os, pathlib, signal, sys
from installer import child, commands
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a run in the background has inherited as ignored
signal.signal(signal.SIGTERM, commands._terminated)
with pathlib.Path(sys.argv[2]).open("wb") as log:
    child.run([sys.executable, "-c", {MIDDLE!r}, sys.argv[1]], environ=os.environ, output=log)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_a_child_started_in_turn_is_ended_too(tmp_path: Path, number: signal.Signals) -> None:
    note, log = tmp_path / "note", tmp_path / "log"
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", OUTER_WITH_LOG, str(note), str(log)]
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as outer:
        wait_until(lambda: log.exists() and log.read_bytes() == b"running\n", 10, "the innermost program")
        outer.send_signal(number)  # to this one alone: no terminal tells the others
    assert note.read_text(encoding="utf-8") == f"cleaned up after {number.name}"
