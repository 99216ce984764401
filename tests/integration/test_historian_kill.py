"""A killed historian loses at most the last two seconds, says so, and everything before is there once and in order."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from station_app.domain.trend import GapKind
from station_app.storage.historian import SqliteTrendHistory

STATION = "plant/line1/ASM-10"
KILLS = 4
MOST_LOST_S = 2.0

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL to end a process at any moment")


def _run_and_kill(path: Path, seconds: float) -> tuple[int, float]:
    """The last number that was handed over, and when."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.historian_child", str(path), STATION],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert child.stdout is not None
    assert child.stderr is not None
    with child:
        lines = [child.stdout.readline()]
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            lines.append(child.stdout.readline())
        child.send_signal(signal.SIGKILL)
        lines += [line for line in child.stdout.readlines() if line.endswith("\n")]
        errors = child.stderr.read()
    assert errors == ""
    number, at = lines[-1].split()
    return int(number), float(at)


@pytest.mark.slow
def test_a_kill_loses_at_most_two_seconds_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "historian.sqlite"
    moments = random.Random(3)
    killed: list[float] = []
    for _ in range(KILLS):
        _, at = _run_and_kill(path, moments.uniform(1.5, 3.0))
        killed.append(at)
        history = SqliteTrendHistory(path, STATION)
        stored = history.read_raw("counter", 0, 1 << 62, 1 << 30)
        gaps = history.read_raw("counter", 0, 1 << 62, 1).gaps
        history.close()
        values = stored.value.tolist()
        assert values == [float(n) for n in range(len(values))], "each once, in order"
        assert at - stored.time_us[-1] / 1e6 <= MOST_LOST_S
    crashes = [gap for gap in gaps if gap.kind is GapKind.CRASH]
    assert len(crashes) == KILLS - 1, "the last kill is told with the next start"
    for gap, at in zip(crashes, killed, strict=False):
        assert gap.start_us / 1e6 <= at <= gap.end_us / 1e6 + 0.5, "the samples that may be lost lie in it"
