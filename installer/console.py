"""What bootstrap says: plain ASCII lines on standard error, progress, and faults as one clear line."""

from __future__ import annotations

import sys
import time
from typing import TextIO

LINE_INTERVAL_S = 5.0


class Fault(Exception):
    """The machine lacks something. The text says what, and what to do; it is printed without a traceback."""

    def __init__(self, text: str, exit_code: int = 1) -> None:
        super().__init__(text)
        self.exit_code = exit_code


def make_streams_safe() -> None:
    """Let no character (a user's name in a path) fail on a console of another code page."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Print one line for the person; standard output belongs to the program that is run afterwards."""
    print(text, file=sys.stderr, flush=True)


def interval_text(seconds: float) -> str:
    """``8.2 s`` or ``2 min 05 s``."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


class Progress:
    """One piece of work and how far it is: on a terminal one line, rewritten; elsewhere a line every 5 s."""

    def __init__(self, title: str, stream: TextIO | None = None) -> None:
        self._title = title
        self._stream = stream or sys.stderr
        self._rewrites = self._stream.isatty()
        self._start_s = time.monotonic()
        self._printed_s = self._start_s
        self._width = 0
        self._write(f"{title} ...", last=not self._rewrites)

    def show(self, state: str) -> None:
        """Show ``state`` ("12/73 numpy") and the time so far."""
        now_s = time.monotonic()
        if self._rewrites or now_s - self._printed_s >= LINE_INTERVAL_S:
            self._printed_s = now_s
            elapsed = interval_text(now_s - self._start_s)
            self._write(f"{self._title}: {state} ({elapsed})", last=not self._rewrites)

    def done(self, result: str = "done") -> None:
        """Close the line with ``result`` and the whole time."""
        self._write(f"{self._title}: {result} in {interval_text(time.monotonic() - self._start_s)}", last=True)

    def stop(self) -> None:
        """Close the line as it stands, for a fault's line to follow."""
        if self._rewrites and self._width:
            self._stream.write("\n")
            self._width = 0

    def _write(self, text: str, *, last: bool) -> None:
        if self._rewrites:
            self._stream.write("\r" + text.ljust(self._width))
            self._width = len(text)
        else:
            self._stream.write(text)
        if last:
            self._stream.write("\n")
            self._width = 0
        self._stream.flush()
