"""Running another program: waited for, and never left behind when this one is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

POLL_S = 0.2
# what the tests may take to stop the servers they started
GRACE_S = 15.0
TERMINATE_S = 5.0


def run(
    command: Sequence[str | Path],
    *,
    environ: Mapping[str, str],
    folder: Path | None = None,
    output: IO[bytes] | None = None,
    on_poll: Callable[[], None] | None = None,
) -> int:
    """Run ``command`` to its end and return its exit code.

    ``output`` takes standard output and error (and nobody is asked anything then); without it they are
    ours. ``on_poll`` is called every 0.2 s. Raises OSError where the program cannot be started.

    What it starts in turn (pip starts another pip) is ended with it where its output is ours to take.
    """
    alone = output is not None and sys.platform != "win32"  # a session of its own: nobody is at a terminal
    child = subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=dict(environ),
        stdin=None if output is None else subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
        start_new_session=alone,
    )
    try:
        while True:
            try:
                return child.wait(POLL_S if on_poll else None)
            except subprocess.TimeoutExpired:
                if on_poll:
                    on_poll()
    except KeyboardInterrupt:
        # the terminal has sent Ctrl-C to the child as well, where it has one: it is cleaning up
        if alone:
            _signal(child, signal.SIGINT, alone)
        _end(child, GRACE_S, alone)
        raise
    except BaseException:
        _signal(child, signal.SIGTERM, alone)
        _end(child, GRACE_S, alone)
        raise


def _end(child: subprocess.Popen[bytes], grace_s: float, alone: bool) -> None:
    """Wait ``grace_s`` for the child (and all of its session) to end by itself, then ask it to, then kill it."""
    if _ended(child, grace_s, alone):
        return
    _signal(child, signal.SIGTERM, alone)
    if not _ended(child, TERMINATE_S, alone):
        _signal(child, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL, alone)
        child.wait()


def _ended(child: subprocess.Popen[bytes], patience_s: float, alone: bool) -> bool:
    until = time.monotonic() + patience_s
    try:
        child.wait(patience_s)
    except subprocess.TimeoutExpired:
        return False
    while alone and _signal(child, 0, alone):
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def _signal(child: subprocess.Popen[bytes], number: int, alone: bool) -> bool:
    """Send a signal (0: none) to the child, or to all of its session; False when nobody is left."""
    if sys.platform == "win32" or not alone:
        child.send_signal(number)
        return child.poll() is None
    try:
        os.killpg(child.pid, number)
    except ProcessLookupError:
        return False
    return True
