"""Standard input, output and error made fit for the commands, whatever started the program.

A closed one is empty instead of missing; nothing written is lost without an exit code that says so; a character that
the console does not know is written as its code instead of ending the command.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from station_app.cli.output import ENVIRONMENT


@contextmanager
def standard_streams() -> Iterator[None]:
    """Inside, the three streams can be used; at the end all is written, or the program ends with exit code 3."""
    if sys.stdin is None:
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115  # the program's own, until its end
    elif isinstance(sys.stdin, io.TextIOWrapper) and not sys.stdin.isatty():
        # programs write UTF-8, whatever the console's encoding is; a line that is none is answered as one
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout, sys.stderr = _fit(sys.stdout), _fit(sys.stderr)
    try:
        yield
    except OSError as error:
        # the help itself finds no room: a command tells its own failures
        with suppress(OSError):
            sys.stderr.write(f"the output: {error.strerror or error}\n")
        sys.exit(ENVIRONMENT)
    finally:
        _write_rest()


def _fit(stream: TextIO | None) -> TextIO:
    if stream is None:
        return Path(os.devnull).open("w", encoding="utf-8")
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    if isinstance(stream.buffer, io.RawIOBase):
        # PYTHONUNBUFFERED: a raw file writes a part and says so to nobody, as a disk does that is just full
        encoding, raw = stream.encoding, stream.detach()
        stream = io.TextIOWrapper(io.BufferedWriter(raw), encoding=encoding, line_buffering=True)
    stream.reconfigure(errors="backslashreplace")
    return stream


def _write_rest() -> None:
    """What is still in the buffers, or nothing where it cannot be written."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            # at its end the interpreter would try again and end with exit code 120
            with suppress(OSError, io.UnsupportedOperation):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)
