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
from typing import NoReturn, TextIO

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
    except SystemExit as ended:
        if not ended.code:
            _write_or_exit()
        raise
    except OSError as error:
        # the help itself finds no room: a command tells its own failures
        _exit_for(error)
    finally:
        _forget_rest()


def _write_or_exit() -> None:
    """What is still in the buffer is part of the answer: without it nothing is well."""
    try:
        sys.stdout.flush()
    except OSError as error:
        _exit_for(error)


def _exit_for(error: OSError) -> NoReturn:
    """End with a line, unless who reads has gone, as `| head` does: nobody is left to tell."""
    if not isinstance(error, BrokenPipeError):
        with suppress(OSError):
            sys.stderr.write(f"the output: {error.strerror or error}\n")
    sys.exit(ENVIRONMENT)


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


def _forget_rest() -> None:
    """At its end the interpreter would try again to write what cannot be written, and end with exit code 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with suppress(OSError, io.UnsupportedOperation):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, stream.fileno())
                os.close(nowhere)
