"""What an earlier run of the embedded PostgreSQL may have left in its data folder: a lock file, or a running server."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from pathlib import Path

import psutil

from station_app.storage import embedded_postgres_guard
from station_app.storage.postgres_binaries import EmbeddedPostgresError

ORPHAN_STOP_S = 30.0
OTHER_OWNER_GRACE_S = 5.0


def end_what_was_left(data: Path, folder: Path) -> None:
    """Deal with the lock file of an earlier run: a stale one is removed, an orphaned server is stopped."""
    lock = data / "postmaster.pid"
    began = time.monotonic()
    while lock.is_file():
        server = _server_of(lock, data)
        if server is None:
            _remove_stale(lock, data)
            return
        guarded = _is_guarded(server)
        if not guarded:  # its guard was killed: nobody else will stop it
            with contextlib.suppress(psutil.NoSuchProcess):  # it ended by itself
                server.terminate() if sys.platform == "win32" else server.send_signal(signal.SIGINT)
        # a guard whose owner just died is stopping it at this moment; one with a living owner is not
        if time.monotonic() - began > (OTHER_OWNER_GRACE_S if guarded else ORPHAN_STOP_S):
            raise EmbeddedPostgresError(
                f"another program uses the embedded PostgreSQL in {folder} (server process {server.pid}): end it first"
            )
        time.sleep(0.05)


def _server_of(lock: Path, data: Path) -> psutil.Process | None:
    """The living server that wrote this lock file; None when that process is gone or its number belongs to another."""
    try:
        first_line = lock.read_text(encoding="utf-8", errors="replace").splitlines()[:1]
        server = psutil.Process(int("".join(first_line)))
        if server.status() == psutil.STATUS_ZOMBIE:
            return None
        return server if str(data) in server.cmdline() else None
    except (ValueError, FileNotFoundError, psutil.NoSuchProcess):
        return None


def _remove_stale(lock: Path, data: Path) -> None:
    """Remove a lock file without a server; its number may belong to a stranger, which PostgreSQL would respect.

    The dead server's children may live a moment longer; the lock file is what keeps a new server away from them.
    """
    deadline = time.monotonic() + ORPHAN_STOP_S
    while any(_stands_in(process, data) for process in psutil.process_iter(["name", "cwd"])):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresError(f"processes of a crashed server still use {data}: end them first")
        time.sleep(0.05)
    lock.unlink(missing_ok=True)


def _stands_in(process: psutil.Process, data: Path) -> bool:
    """Whether this is a PostgreSQL process of that data folder (they all work inside it)."""
    name, cwd = process.info["name"], process.info["cwd"]
    return bool(name and cwd) and name.startswith("postgres") and Path(cwd) == data


def _is_guarded(server: psutil.Process) -> bool:
    try:
        parent = server.parent()
        return parent is not None and embedded_postgres_guard.__file__ in parent.cmdline()
    except psutil.NoSuchProcess:
        return False
