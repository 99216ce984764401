"""The rules of tests/conftest.py, seen failing: each sample runs in a pytest of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run_sample(body: str, folder: Path) -> str:
    """Run one test with this body under the repository's conftest and settings; returns the output."""
    sample = folder / "test_sample.py"
    sample.write_text(body, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        str(sample),
        "-q",
        "-p",
        "tests.conftest",
        "-p",
        "no:cacheprovider",
    ]
    command += ["-c", str(ROOT / "pyproject.toml"), "--rootdir", str(ROOT)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    return done.stdout + done.stderr


LOG = "import logging, pytest\n{mark}\ndef test_it():\n    logging.getLogger('{logger}').warning('pump gone')\n"
THREAD = """
import threading
def test_it():
    threading.Thread(target=threading.Event().wait, args=({seconds},), daemon=True, name="stray").start()
"""
TASK = """
import asyncio, gc
def test_it():
    loop = asyncio.new_event_loop()
    loop.create_task(asyncio.sleep(5), name="stray")
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    del loop
    gc.collect()
"""
QT = "def test_it(qtbot):\n    from PySide6.QtCore import qWarning\n    qWarning({text!r})\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (LOG.format(logger="drivers.opcua", mark=""), "WARNING drivers.opcua: pump gone"),
        (LOG.format(logger="drivers.opcua", mark="@pytest.mark.expected_log('pump')"), None),
        (LOG.format(logger="drivers.opcua", mark="@pytest.mark.expected_log('valve')"), "pump gone"),
        (LOG.format(logger="somebody.else", mark=""), None),
        (THREAD.format(seconds=30), "2 s after the test: stray (daemon)"),
        (THREAD.format(seconds=0.3), None),
        (TASK, "Task was destroyed but it is pending"),
        (QT.format(text="QPainter::begin: Paint device returned engine == 0"), "QPainter::begin"),
        (QT.format(text="This plugin does not support raise()"), None),
    ],
    ids=[
        "log",
        "log-expected",
        "log-other-expected",
        "log-of-others",
        "thread",
        "thread-ends",
        "task",
        "qt",
        "qt-offscreen",
    ],
)
def test_rule(body: str, fault: str | None, tmp_path: Path) -> None:
    output = run_sample(body, tmp_path)
    if fault is None:
        assert "1 passed" in output
        assert "failed" not in output
        assert "error" not in output
    else:
        assert fault in output
        assert "1 error" in output or "1 failed" in output
