"""How failures of the environment come out of the client: by class, in bounded time, and without a used connection left."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from station_app.domain.chain import REC
from station_app.services.ports import Refused, SchemaMismatch, SharedDatabaseError, Unreachable
from station_app.storage.embedded_postgres import EmbeddedPostgres
from station_app.storage.shared import DatabaseAddress, PostgresSharedDatabase
from station_app.storage.shared.protocol import SCHEMA_VERSION
from station_app.storage.shared.verify import verify_server
from tests.shared_database import STATION_A, STATION_B, ChainWriter, PlantDatabase, make_plant
from tests.waiting import wait_until


@contextmanager
def client_of(address: DatabaseAddress) -> Iterator[PostgresSharedDatabase]:
    client = PostgresSharedDatabase(address)
    try:
        yield client
    finally:
        client.close()


def refusal(address: DatabaseAddress, kind: type[SharedDatabaseError]) -> str:
    """The message with which hello fails."""
    with client_of(address) as client, pytest.raises(kind) as caught:
        client.hello(REC, 1)
    assert type(caught.value) is kind
    assert address.password not in str(caught.value)
    return str(caught.value)


class Proxy:
    """A TCP proxy that can fall silent (it still takes bytes) or cut every line."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.silent = threading.Event()
        self._lines: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._server_port))
            self._lines += [client, server]
            for source, sink in ((client, server), (server, client)):
                thread = threading.Thread(target=self._pump, args=(source, sink))
                self._threads.append(thread)
                thread.start()

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while content := source.recv(65536):
                if not self.silent.is_set():
                    sink.sendall(content)
        except OSError:
            return
        finally:
            self._end(sink)

    @staticmethod
    def _end(line: socket.socket) -> None:
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def cut(self) -> None:
        """Cut every line."""
        for line in self._lines:
            self._end(line)

    def close(self) -> None:
        """Stop listening and cut."""
        self._end(self._listener)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)
        for line in self._lines:
            line.close()


@pytest.fixture
def proxy(plant: PlantDatabase) -> Iterator[Proxy]:
    proxy = Proxy(plant.server.port)
    yield proxy
    proxy.close()


def test_nobody_listens(plant: PlantDatabase) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    assert "cannot be reached" in refusal(replace(plant.address(STATION_A), port=port), Unreachable)


def test_somebody_listens_and_never_answers(plant: PlantDatabase) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = replace(plant.address(STATION_A), port=silent.getsockname()[1], connect_timeout_s=2)
        began = time.monotonic()
        refusal(address, Unreachable)
    assert time.monotonic() - began < 10


def test_somebody_else_answers(plant: PlantDatabase) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            line, _ = other.accept()
            with line:
                line.recv(100)
                line.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        refusal(replace(plant.address(STATION_A), port=other.getsockname()[1]), Unreachable)
        thread.join(5)


def test_a_wrong_password_an_unknown_login_and_an_unknown_database_are_refused(plant: PlantDatabase) -> None:
    address = plant.address(STATION_A)
    assert "password authentication failed" in refusal(replace(address, password="wrong-password"), Refused)
    refusal(replace(address, user="nobody_here"), Refused)
    assert "does not exist" in refusal(replace(address, database="no_such_plant"), Refused)


def test_a_login_without_rights_is_refused(plant: PlantDatabase) -> None:
    refusal(plant.address("reader"), Refused)
    plant.sql("DELETE FROM mes.station WHERE path = %s", STATION_A)
    assert "belongs to no station" in refusal(plant.address(STATION_A), Refused)


def test_a_station_with_the_login_of_another_is_told_so(plant: PlantDatabase) -> None:
    client = PostgresSharedDatabase(plant.address(STATION_B), station=STATION_A)
    with pytest.raises(Refused, match=f"belongs to the station {STATION_B}, this is {STATION_A}"):
        client.hello(REC, 1)
    client.close()
    client = PostgresSharedDatabase(plant.address(STATION_A), station=STATION_A)
    assert client.hello(REC, 1).last_seq == 0
    client.close()


def test_an_empty_older_or_newer_schema_is_named_with_what_to_do(fresh_plant: PlantDatabase) -> None:
    address = fresh_plant.address(STATION_A)
    fresh_plant.sql("UPDATE mes.alembic_version SET version_num = '0000'")
    message = refusal(address, SchemaMismatch)
    assert "version 0" in message
    assert f"needs {SCHEMA_VERSION}" in message
    assert "station db upgrade" in message
    fresh_plant.sql("UPDATE mes.alembic_version SET version_num = '0097'")
    message = refusal(address, SchemaMismatch)
    assert "version 97" in message
    assert f"knows {SCHEMA_VERSION}" in message
    fresh_plant.sql("INSERT INTO mes.schema_serves (version, oldest_client) VALUES (97, 1)")
    with client_of(address) as client:
        assert client.hello(REC, 1).last_seq == 0, (
            "a newer schema may still serve us: the server goes before the stations"
        )
    fresh_plant.sql("DROP SCHEMA mes CASCADE")
    assert "station db upgrade" in refusal(address, SchemaMismatch)


def test_a_function_that_vanished_is_a_schema_mismatch(fresh_plant: PlantDatabase) -> None:
    with client_of(fresh_plant.address(STATION_A)) as client:
        client.hello(REC, 1)
        fresh_plant.sql("DROP FUNCTION mes.hello(text, integer)")
        with pytest.raises(SchemaMismatch):
            client.hello(REC, 1)


def test_a_read_only_database_is_tried_again(fresh_plant: PlantDatabase) -> None:
    fresh_plant.sql(f'ALTER DATABASE "{fresh_plant.name}" SET default_transaction_read_only = on')
    with client_of(fresh_plant.address(STATION_A)) as client:
        assert client.hello(REC, 1).last_seq == 0
        with pytest.raises(Unreachable):
            client.append_batch(REC, 1, 1, ChainWriter(STATION_A).many(1))


def test_a_connection_killed_by_the_server_is_replaced(plant: PlantDatabase) -> None:
    rows = ChainWriter(STATION_A).many(2)
    with client_of(plant.address(STATION_A)) as client:
        client.append_batch(REC, 1, 1, rows[:1])
        login = plant.logins[STATION_A].name
        assert plant.sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s", login)
        assert client.append_batch(REC, 1, 2, rows[1:]) == 2


def test_a_line_cut_during_a_call_is_replaced(plant: PlantDatabase, proxy: Proxy) -> None:
    rows = ChainWriter(STATION_A).many(3)
    with client_of(replace(plant.address(STATION_A), port=proxy.port)) as client, plant.connect() as admin:
        client.append_batch(REC, 1, 1, rows[:1])
        failures: list[BaseException] = []

        def deliver() -> None:
            try:
                client.append_batch(REC, 1, 2, rows[1:])
            except SharedDatabaseError as error:
                failures.append(error)

        with admin.transaction():
            admin.execute("LOCK TABLE mes.station IN EXCLUSIVE MODE")
            thread = threading.Thread(target=deliver)
            thread.start()
            waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = %s"
            wait_until(lambda: plant.sql(waiting, plant.name) == [(1,)], 10, "the call to stand in the server")
            proxy.cut()
            thread.join(10)
        assert [type(failure) for failure in failures] == [Unreachable]
        assert client.append_batch(REC, 1, 2, rows[1:]) == 3
    assert plant.sql("SELECT count(*) FROM mes.station_log") == [(3,)]


def test_a_line_that_swallows_everything_ends_in_time(plant: PlantDatabase, proxy: Proxy) -> None:
    address = replace(plant.address(STATION_A), port=proxy.port, answer_timeout_s=1.5)
    with client_of(address) as client:
        client.hello(REC, 1)
        proxy.silent.set()
        began = time.monotonic()
        with pytest.raises(Unreachable):
            client.append_batch(REC, 1, 1, ChainWriter(STATION_A).many(1))
        assert time.monotonic() - began < 15
        proxy.silent.clear()
        assert client.append_batch(REC, 1, 1, ChainWriter(STATION_A).many(1)) == 1


def test_waiting_for_a_hint_notices_that_the_server_is_gone(plant: PlantDatabase) -> None:
    with client_of(plant.address(STATION_A)) as client:
        assert client.wait_hint(0.0) is False
        login = plant.logins[STATION_A].name
        plant.sql("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s", login)
        with pytest.raises(Unreachable):
            client.wait_hint(5)
        assert client.wait_hint(0.0) is False


def test_a_statement_that_takes_too_long_is_tried_again(plant: PlantDatabase) -> None:
    with client_of(replace(plant.address(STATION_A), answer_timeout_s=0.5)) as client, plant.connect() as admin:
        client.hello(REC, 1)
        with admin.transaction():
            admin.execute("LOCK TABLE mes.station IN EXCLUSIVE MODE")
            with pytest.raises(Unreachable):
                client.append_batch(REC, 1, 1, ChainWriter(STATION_A).many(1))
        assert plant.sql("SELECT count(*) FROM mes.quarantine") == [(0,)]


def test_a_server_that_was_killed_has_what_it_acknowledged(tmp_path: Path) -> None:
    rows = ChainWriter(STATION_A).many(40)
    with EmbeddedPostgres(tmp_path / "server") as server:
        plant = make_plant(server, "killed")
        with client_of(plant.address(STATION_A)) as client:
            for row in rows[:30]:
                acknowledged = client.append_batch(REC, 1, row.seq, [row])
            server.kill()
            with pytest.raises(Unreachable):
                client.append_batch(REC, 1, 31, rows[30:])
            server.start()
            assert client.hello(REC, 1).last_seq == acknowledged == 30
            assert client.append_batch(REC, 1, 31, rows[30:]) == 40
            assert client.read_log(REC, 1, 0, 100) == rows
        assert verify_server(plant.address("auditor")) == []
