"""A station's program as a copy of a process that has imported it already: a kill campaign starts it hundreds of times.

Importing takes most of a short life. A copy runs the same code with the same arguments, pipes and files, and is killed in
the same way; what it saves is only the import. Where the system cannot fork (Windows) there are no copies.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Protocol

PROGRAMS = ("station_app", "tests.system.changed_station")
PRELOADED = ["tests.system.changed_station", "tests.system.forked", "station_app.app.headless", "pytest.__main__"]


class Started(Protocol):
    """What a campaign needs of a process."""

    @property
    def stdin(self) -> IO[str] | None:
        """Its standard input."""

    @property
    def stdout(self) -> IO[str] | None:
        """Its standard output."""

    def kill(self) -> None:
        """End it at once."""

    def wait(self, timeout: float) -> int:
        """Wait for its end; the exit code."""


def can_be_copied(command: Sequence[str]) -> bool:
    """Whether the command is ``python -m MODULE ...`` of a program without windows, on a system that forks."""
    is_ours = list(command[:2]) == [sys.executable, "-m"] and command[2] in PROGRAMS
    return is_ours and "forkserver" in multiprocessing.get_all_start_methods()


class Forked:
    """``python -m MODULE ARGUMENTS`` in a copy, until it is waited for. Standard error goes to ``log``."""

    def __init__(self, command: Sequence[str], log: Path, environ: Mapping[str, str]) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOADED)
        reads, commands = context.Pipe(duplex=False)
        answers, writes = context.Pipe(duplex=False)
        self._process = context.Process(target=_live, args=(list(command[2:]), log, dict(environ), reads, writes))
        self._process.start()
        reads.close()
        writes.close()
        self.stdin = _stream(commands, "w")
        self.stdout = _stream(answers, "r")

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def wait(self, timeout: float) -> int:
        """Wait for its end; the exit code. Raises TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout)
        return self._process.exitcode


def _stream(connection: Connection, mode: str) -> IO[str]:
    """A pipe's end as a text stream of its own; the connection is closed."""
    stream = os.fdopen(os.dup(connection.fileno()), mode, encoding="utf-8")
    connection.close()
    return stream


def _live(program: list[str], log: Path, environ: Mapping[str, str], reads: Connection, writes: Connection) -> None:
    os.environ.clear()
    os.environ.update(environ)
    with log.open("ab") as said:
        os.dup2(said.fileno(), 2)
    os.dup2(reads.fileno(), 0)
    os.dup2(writes.fileno(), 1)
    reads.close()
    writes.close()
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    sys.argv = program
    runpy.run_module(program[0], run_name="__main__", alter_sys=True)
