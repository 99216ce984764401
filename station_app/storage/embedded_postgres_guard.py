"""Runs one PostgreSQL server and stops it with its owner, even when the owner is killed without warning.

The owner (:class:`~station_app.storage.embedded_postgres.EmbeddedPostgres`) starts this file as its own process and
keeps the write end of its standard input. When that pipe closes (a request to stop, the owner's exit, or its death)
the server is stopped in the fast way. When the server ends by itself, the guard ends with the server's exit code.

Standard library only, and run by its path: it starts in a few hundredths of a second and needs no settings. It
takes the user's number, the group's number (both empty: the same user) and then the server's command.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

FAST_STOP_S = 20.0
IMMEDIATE_STOP_S = 5.0


def _wait_for_owner() -> None:
    """Return when the owner closed its end of the pipe; whatever it writes is ignored."""
    while os.read(0, 1024):  # not sys.stdin: its lock would hold up our exit
        pass


def _stop(server: subprocess.Popen[bytes], stop_command: list[str]) -> None:
    """Fast stop (clients are cut, data written), then immediate, then by force; a stopped server needs nothing."""
    if sys.platform == "win32":
        subprocess.run(stop_command, check=False)
    else:
        server.send_signal(signal.SIGINT)
    try:
        server.wait(FAST_STOP_S)
        return
    except subprocess.TimeoutExpired:
        print(f"the server did not stop within {FAST_STOP_S:.0f} s; stopping it at once", file=sys.stderr)  # noqa: T201
    if sys.platform != "win32":
        server.send_signal(signal.SIGQUIT)
    try:
        server.wait(IMMEDIATE_STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()


def main(arguments: list[str]) -> int:
    """Run the server until the owner is gone or the server ended; answers the server's exit code."""
    uid, gid, *rest = arguments
    split = rest.index("--stop-with")
    command, stop_command = rest[:split], rest[split + 1 :]
    if sys.platform == "win32" or not uid:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL)
    else:
        server = subprocess.Popen(command, stdin=subprocess.DEVNULL, user=int(uid), group=int(gid), extra_groups=[])
    print(server.pid, flush=True)  # noqa: T201

    def stop_with_owner() -> None:
        _wait_for_owner()
        _stop(server, stop_command)

    threading.Thread(target=stop_with_owner, name="owner-watch", daemon=True).start()
    code = server.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
