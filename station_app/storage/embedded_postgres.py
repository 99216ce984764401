"""A real PostgreSQL server without an installation, for the demo and the tests.

It listens on the loopback address only, wants a password (SCRAM) from everybody, runs as an unprivileged user when we
are root, ends with its owner even when that is killed, and recovers from its own crash at the next start. Everything it
needs stays in one folder: ``superuser-password`` (0600), ``port``, ``server.log`` and ``data``. Where the
unprivileged user cannot enter that folder, ``placed.json`` says where data and programs are instead.

>>> with EmbeddedPostgres(folder) as server:                                   # doctest: +SKIP
...     engine = sqlalchemy.create_engine(server.admin_url)
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg

from station_app.storage import embedded_postgres_guard, postgres_binaries
from station_app.storage.postgres_binaries import Account, EmbeddedPostgresError, program
from station_app.storage.postgres_leftovers import end_what_was_left

__all__ = ["EmbeddedPostgres", "EmbeddedPostgresError"]

HOST = "127.0.0.1"
SUPERUSER = "postgres"
PLACED_NOTE = "placed.json"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0
NEEDED_BYTES = 120 * 1024 * 1024
NEW_PROCESS_GROUP = 0x200 if sys.platform == "win32" else 0
# modest, for a demo beside the application; nothing here weakens durability
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "min_wal_size": "32MB",
    "max_wal_size": "256MB",
    "max_worker_processes": "2",
    "autovacuum_max_workers": "1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}


class EmbeddedPostgres:
    """One PostgreSQL server in one folder. ``port``: a fixed one, or None for a free one that is kept while it is free.

    Not thread-safe: started and stopped by its owner.
    """

    host = HOST

    def __init__(self, folder: Path, port: int | None = None) -> None:
        self.folder = folder.resolve()
        self._fixed_port = port
        self._port: int | None = None
        self._guard: subprocess.Popen[str] | None = None
        self._server_pid: int | None = None
        self._account: Account | None = None
        self._installation = Path()
        self._data = self.folder / "data"

    # --- what it is ---------------------------------------------------------------------------------------------

    @property
    def port(self) -> int:
        """The TCP port. Raises EmbeddedPostgresError before the first start."""
        if self._port is None:
            raise EmbeddedPostgresError("the embedded PostgreSQL has no port before it was started")
        return self._port

    @property
    def is_running(self) -> bool:
        """Whether the server process lives; False after a crash."""
        return self._guard is not None and self._guard.poll() is None

    @property
    def server_pid(self) -> int | None:
        """The server's process id while it runs."""
        return self._server_pid if self.is_running else None

    @property
    def superuser_password(self) -> str:
        """The random password of the database superuser."""
        return (self.folder / "superuser-password").read_text(encoding="ascii").strip()

    @property
    def admin_url(self) -> str:
        """The superuser's URL of the database ``postgres``."""
        return self.url(SUPERUSER, self.superuser_password, "postgres")

    def url(self, user: str, password: str, database: str) -> str:
        """The URL for a login, understood by libpq, psycopg and SQLAlchemy."""
        user, password, database = (quote(part, safe="") for part in (user, password, database))
        return f"postgresql://{user}:{password}@{HOST}:{self.port}/{database}"

    # --- starting and stopping ----------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Prepare the folder when it is new, start the server and wait until it takes logins.

        Does nothing while it runs. Raises EmbeddedPostgresError when programs are missing, the disk is full, the fixed
        port is taken, another owner uses the folder, or the server does not come up (with the end of its log).
        """
        if self.is_running:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._place()
            end_what_was_left(self._data, self.folder)
            if not (self._data / "PG_VERSION").is_file():
                self._create_cluster()
        except OSError as error:
            raise EmbeddedPostgresError(f"the embedded PostgreSQL could not be prepared: {error}") from error
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._start_once(deadline):
            # a crashed server's children need a moment to let go of its memory, and a free port may be taken meanwhile
            if time.monotonic() > deadline:
                raise EmbeddedPostgresError(f"the embedded PostgreSQL did not start: {self.log_end()}")
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop in the fast way: clients are cut, what was committed stays. Does nothing when it is not running."""
        guard, self._guard = self._guard, None
        if guard is None:
            return
        if guard.stdin is not None:
            guard.stdin.close()
        try:
            guard.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired as error:
            guard.kill()
            raise EmbeddedPostgresError(f"the embedded PostgreSQL did not stop: {self.log_end()}") from error
        finally:
            if guard.stdout is not None:
                guard.stdout.close()

    def restart(self) -> None:
        """Start again after a crash, or stop and start."""
        self.stop()
        self.start()

    def kill(self) -> None:
        """End the server as a crash would: nothing is written down any more. For tests and the tour."""
        if self._server_pid is None or not self.is_running:
            return
        os.kill(self._server_pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
        self.stop()

    def remove(self) -> None:
        """Stop, and delete the folder and whatever was placed elsewhere for it: for a server that was only borrowed."""
        self.stop()
        for place in self._placed().values():
            for folder in (Path(place), *Path(place).parents):
                if folder.name.startswith(postgres_binaries.OWN_FOLDER_PREFIX):
                    shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def log_end(self, lines: int = 6) -> str:
        """The last lines of the server's log, for messages."""
        path = self.folder / "server.log"
        if not path.is_file():
            return "it left no log"
        return (
            " | ".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]) or "its log is empty"
        )

    # --- preparing ----------------------------------------------------------------------------------------------

    def _place(self) -> None:
        """Decide as whom, from where and on which folder the server runs; remembered in ``placed.json``."""
        self._account = postgres_binaries.unprivileged_account()
        note, placed = self.folder / PLACED_NOTE, self._placed()
        self._installation = postgres_binaries.find_installation()
        if not postgres_binaries.runs(self._installation, self._account):
            if self._account is None:
                raise EmbeddedPostgresError(
                    f"the PostgreSQL programs in {self._installation} do not run on this computer"
                )
            kept = Path(placed.get("programs", ""))
            if not ("programs" in placed and postgres_binaries.runs(kept, self._account)):
                kept = postgres_binaries.copy_installation(self._installation, self._account)
            self._installation = kept
            placed["programs"] = str(kept)
        self._data = self.folder / "data"
        if self._account is not None and not postgres_binaries.can_enter(self.folder, self._account):
            if "data" not in placed:
                placed["data"] = str(postgres_binaries.own_folder(self._account, "data") / "data")
            elif not Path(placed["data"]).parent.is_dir():
                raise EmbeddedPostgresError(
                    f"the data of this server were in {placed['data']} and are gone; remove {note} to start empty"
                )
            self._data = Path(placed["data"])
        if placed:
            note.write_text(json.dumps(placed, indent=1), encoding="utf-8")

    def _placed(self) -> dict[str, str]:
        note = self.folder / PLACED_NOTE
        placed: dict[str, str] = json.loads(note.read_text(encoding="utf-8")) if note.is_file() else {}
        return placed

    def _create_cluster(self) -> None:
        """Run initdb with a fresh superuser password; an unfinished folder of an earlier attempt is replaced."""
        free = shutil.disk_usage(self._data.parent).free
        if free < NEEDED_BYTES:
            raise EmbeddedPostgresError(
                f"no space for the embedded PostgreSQL: {self._data.parent} has {free // 2**20} MB free, "
                f"{NEEDED_BYTES // 2**20} MB are needed"
            )
        if self._data.exists():
            shutil.rmtree(self._data)
        self._data.mkdir(mode=0o700)
        postgres_binaries.give_to(self._data, self._account)
        password = secrets.token_hex(24)
        _write_private(self.folder / "superuser-password", password)
        # initdb reads it as the unprivileged user; beside the data, because initdb wants an empty folder
        password_file = self._data.parent / f"initdb-password-{os.getpid()}"
        _write_private(password_file, password)
        postgres_binaries.give_to(password_file, self._account)
        try:
            done = postgres_binaries.run_as(
                [
                    str(program(self._installation, "initdb")), "-D", str(self._data), "-U", SUPERUSER,
                    "--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C",
                    "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                ],
                self._account,
            )  # fmt: skip
        finally:
            password_file.unlink()
        if done.returncode:
            shutil.rmtree(self._data, ignore_errors=True)
            raise EmbeddedPostgresError(f"initdb failed: {' | '.join(done.stdout.splitlines()[-4:])}")

    # --- running ------------------------------------------------------------------------------------------------

    def _start_once(self, deadline: float) -> bool:
        """Start the guard and with it the server; False when it ended again and another attempt is worthwhile."""
        self._port = self._choose_port()
        with (self.folder / "server.log").open("ab") as log:
            log_start = log.tell()
            guard = subprocess.Popen(
                self._guard_command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                cwd=self._data.parent if self._account is None else "/",
                # of its own: Ctrl+C in the owner's terminal is for the owner, which then stops us
                start_new_session=True, creationflags=NEW_PROCESS_GROUP,
            )  # fmt: skip
        self._guard = guard
        assert guard.stdout is not None
        first_line = guard.stdout.readline()
        self._server_pid = int(first_line) if first_line.strip() else None
        while guard.poll() is None:
            if self._takes_logins():
                (self.folder / "port").write_text(str(self._port), encoding="ascii")
                return True
            if time.monotonic() > deadline:
                self.stop()
                raise EmbeddedPostgresError(f"the embedded PostgreSQL does not take logins: {self.log_end()}")
            time.sleep(0.02)
        self.stop()
        self._raise_if_hopeless(log_start)
        return False

    def _guard_command(self) -> list[str]:
        settings = [part for key, value in SETTINGS.items() for part in ("-c", f"{key}={value}")]
        run = [str(program(self._installation, "postgres")), "-D", str(self._data), "-p", str(self._port), *settings]
        stop = [str(program(self._installation, "pg_ctl")), "stop", "-m", "fast", "-D", str(self._data)]
        account = [str(self._account.uid), str(self._account.gid)] if self._account else ["", ""]
        return [sys.executable, "-I", embedded_postgres_guard.__file__, *account, *run, "--stop-with", *stop]

    def _raise_if_hopeless(self, log_start: int) -> None:
        """Raise unless the server ended for a reason that passes by itself."""
        with (self.folder / "server.log").open("rb") as log:
            log.seek(log_start)
            said = log.read().decode(errors="replace")
        if "No space left on device" in said:
            raise EmbeddedPostgresError(f"no space left for the embedded PostgreSQL in {self._data}")
        if "could not bind" in said or "Address already in use" in said:
            if self._fixed_port is not None:
                raise EmbeddedPostgresError(f"port {self._fixed_port} is in use by another program")
            return
        if "pre-existing shared memory block" in said:
            return
        raise EmbeddedPostgresError(f"the embedded PostgreSQL ended while starting: {self.log_end()}")

    def _choose_port(self) -> int:
        if self._fixed_port is not None:
            if not _is_free(self._fixed_port):
                raise EmbeddedPostgresError(f"port {self._fixed_port} is in use by another program")
            return self._fixed_port
        kept = self.folder / "port"
        if kept.is_file():
            port = int(kept.read_text(encoding="ascii"))
            if _is_free(port):
                return port
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = probe.getsockname()[1]
            assert isinstance(port, int)
            return port

    def _takes_logins(self) -> bool:
        try:
            with psycopg.connect(
                host=HOST, port=self._port, user=SUPERUSER, password=self.superuser_password, dbname="postgres",
                connect_timeout=3,
            ):  # fmt: skip
                return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                self.stop()
                raise EmbeddedPostgresError(
                    f"the password in {self.folder / 'superuser-password'} is not the one this server was made with"
                ) from error
            return False


def _write_private(path: Path, text: str) -> None:
    """Write a secret so that nobody else can read it at any moment."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        if sys.platform != "win32":  # connections of the last run still linger; the server itself binds like this
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
