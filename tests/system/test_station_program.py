"""The station's program as a process of its own: it starts, ends in good order, and says what keeps it from starting."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.storage.journal import SqliteJournal
from tests.bench_station import ASM_10
from tests.waiting import wait_until

NOT_POSSIBLE = 3
START_S = 30.0
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to ask a process to end")


def write_config(folder: Path) -> Path:
    file = folder / "station.toml"
    file.write_text(
        f'[station]\npath = "{ASM_10}"\nkind = "assembly"\ntitle = "Assembly"\nfolder = "data"\n', encoding="utf-8"
    )
    return file


def command(config: Path) -> list[str]:
    return [sys.executable, "-m", "station_app", "run", str(config)]


def environment() -> dict[str, str]:
    return {**os.environ, "QT_QPA_PLATFORM": "offscreen"}


def log_of(config: Path) -> str:
    return "".join(f.read_text(encoding="utf-8") for f in sorted((config.parent / "data").rglob("*.log")))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """A station with its window, started; killed at the end if it still runs."""
    config = write_config(tmp_path)
    process = subprocess.Popen(command(config), env=environment(), stderr=subprocess.PIPE)
    try:
        wait_until(lambda: "started with" in log_of(config) or process.poll() is not None, START_S, "the station")
        yield config, process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_sigterm_ends_it_in_good_order(running: tuple[Path, subprocess.Popen[bytes]]) -> None:
    config, process = running
    process.send_signal(signal.SIGTERM)
    assert process.wait(START_S) == 0
    journal = SqliteJournal(config.parent / "data" / "journal.sqlite", ASM_10)
    try:
        bodies = [row.body for row in journal.all_rows("audit") if row.kind == "application_state"]
    finally:
        journal.close()
    assert [b'"started"' in body for body in bodies] == [True, False] and b'"stopped"' in bodies[-1]


def test_sigterm_ends_a_headless_station_in_good_order(tmp_path: Path) -> None:
    """A service is ended by it, while its input stays open."""
    config = write_config(tmp_path)
    process = subprocess.Popen(
        [*command(config), "--headless"], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None and b'"ready"' in process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(START_S) == 0
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()
    journal = SqliteJournal(config.parent / "data" / "journal.sqlite", ASM_10)
    try:
        bodies = [row.body for row in journal.all_rows("audit") if row.kind == "application_state"]
    finally:
        journal.close()
    assert len(bodies) == 2 and b'"stopped"' in bodies[-1]


def test_a_second_copy_is_refused_in_one_line(running: tuple[Path, subprocess.Popen[bytes]]) -> None:
    config, process = running
    second = subprocess.run(command(config), env=environment(), capture_output=True, timeout=START_S, check=False)
    assert second.returncode == NOT_POSSIBLE
    text = second.stderr.decode()
    assert f"{ASM_10}: another copy of the application" in text and "Traceback" not in text
    assert process.poll() is None


def test_a_damaged_journal_is_left_alone_and_said(tmp_path: Path) -> None:
    config = write_config(tmp_path)
    (tmp_path / "data").mkdir()
    journal = tmp_path / "data" / "journal.sqlite"
    journal.write_bytes(b"this is no database" * 100)
    refused = subprocess.run(command(config), env=environment(), capture_output=True, timeout=START_S, check=False)
    assert refused.returncode == NOT_POSSIBLE
    text = refused.stderr.decode()
    assert "damaged" in text and "Traceback" not in text
    assert journal.read_bytes() == b"this is no database" * 100
