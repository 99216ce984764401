"""Whatever was reported as saved is there after the process was killed, again and again, at any moment."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from station_app.domain.chain import CHANNELS
from station_app.storage.journal import SqliteJournal, verify_local

STATION = "plant/line1/ASM-10"
KILLS = 30

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL to end a process at any moment")


def _run_and_kill(path: Path, after_lines: int) -> list[str]:
    """Start the child on the journal, kill it after so many saved records, and answer all that it had printed."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.journal_child", str(path), STATION],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert child.stdout is not None
    assert child.stderr is not None
    with child:
        lines = [child.stdout.readline() for _ in range(1 + after_lines)]
        child.send_signal(signal.SIGKILL)
        lines += child.stdout.readlines()
        errors = child.stderr.read()
    assert lines[0] == "open\n", errors
    assert errors == ""
    return [line.rstrip("\n") for line in lines[1:] if line.endswith("\n")]


@pytest.mark.slow
def test_nothing_saved_is_lost_by_kills(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    moments = random.Random(20)
    saved: list[str] = []
    for _ in range(KILLS):
        saved += _run_and_kill(path, after_lines=moments.choice((0, 1, 10, 100, moments.randrange(400))))
        with SqliteJournal(path, STATION) as journal:
            rows = [row for chan in CHANNELS for row in journal.all_rows(chan)]
            places = [f"{row.chan} {row.epoch} {row.seq} {row.rec_id}" for row in rows]
            assert set(saved) <= set(places)
            assert len(places) == len({row.rec_id for row in rows}), "no record is there twice"
            assert journal.waiting() == len(rows)
        assert verify_local(path, STATION) == []
    assert len(saved) > KILLS * 20
    assert len(saved) == len(set(saved))
    _commits_are_whole(path)


def _commits_are_whole(path: Path) -> None:
    """Each commit of the child counts its parts: of every one all parts are there or none."""
    with SqliteJournal(path, STATION) as journal:
        rows = [row for chan in CHANNELS for row in journal.all_rows(chan)]
    counts: dict[tuple[int, int], int] = {}
    for row in rows:
        part, kind = (
            int(word) for word in row.body.decode().removeprefix('{"text":"').removesuffix('"}').split(" of ")
        )
        counts[kind, part] = counts.get((kind, part), 0) + 1
    for kind in range(4):
        assert len({counts[kind, part] for part in range(kind + 1)}) == 1
