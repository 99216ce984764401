"""Running another program: waited for, and never left behind when this one is stopped."""

from __future__ import annotations

import subprocess
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
    """
    child = subprocess.Popen(
        [str(part) for part in command],
        cwd=folder,
        env=dict(environ),
        stdin=None if output is None else subprocess.DEVNULL,
        stdout=output,
        stderr=None if output is None else subprocess.STDOUT,
    )
    try:
        while True:
            try:
                return child.wait(POLL_S if on_poll else None)
            except subprocess.TimeoutExpired:
                if on_poll:
                    on_poll()
    except KeyboardInterrupt:
        # the terminal has sent Ctrl-C to the child as well: it is cleaning up
        _end(child, GRACE_S)
        raise
    except BaseException:
        child.terminate()
        _end(child, GRACE_S)
        raise


def _end(child: subprocess.Popen[bytes], grace_s: float) -> None:
    """Wait ``grace_s`` for the child to end by itself, then ask it to, then kill it."""
    try:
        child.wait(grace_s)
        return
    except subprocess.TimeoutExpired:
        child.terminate()
    try:
        child.wait(TERMINATE_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
