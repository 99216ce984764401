"""The faulty proxy itself, before a real PostgreSQL: each fault does what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from station_app.storage.embedded_postgres import EmbeddedPostgres
from tests.faulty_proxy import FaultyProxy
from tests.postgres import fresh_database
from tests.waiting import wait_until


@pytest.fixture
def url(postgres: EmbeddedPostgres) -> str:
    url = fresh_database(postgres)
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (n int)")
    return url


@pytest.fixture
def proxy(postgres: EmbeddedPostgres) -> Iterator[FaultyProxy]:
    with FaultyProxy("127.0.0.1", postgres.port) as proxy:
        yield proxy


def _connect(url: str, proxy: FaultyProxy) -> psycopg.Connection[Any]:
    return psycopg.connect(url, port=proxy.port, connect_timeout=2)


def _count(url: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def test_forwards_when_the_line_is_good(url: str, proxy: FaultyProxy) -> None:
    with _connect(url, proxy) as connection:
        connection.execute("INSERT INTO kept VALUES (1)")
    assert _count(url) == 1
    assert not proxy.happened["cut"]


def test_a_cut_ends_open_connections_and_lets_new_ones_in(url: str, proxy: FaultyProxy) -> None:
    with _connect(url, proxy) as connection:
        connection.execute("INSERT INTO kept VALUES (1)")
        proxy.cut()
        with pytest.raises(psycopg.OperationalError):
            connection.commit()
    with _connect(url, proxy):
        assert _count(url) == 0


def test_refuses_until_healed(url: str, proxy: FaultyProxy) -> None:
    proxy.refuse()
    with pytest.raises(psycopg.OperationalError):
        _connect(url, proxy)
    proxy.heal()
    _connect(url, proxy).close()


def test_a_black_hole_accepts_and_never_answers(url: str, proxy: FaultyProxy) -> None:
    proxy.black_hole()
    with pytest.raises(psycopg.OperationalError, match="timeout"):
        _connect(url, proxy)
    assert proxy.happened["black hole"]


def test_the_reply_to_a_commit_is_lost_but_the_commit_is_not(url: str, proxy: FaultyProxy) -> None:
    with _connect(url, proxy) as connection:
        connection.execute("INSERT INTO kept VALUES (1)")
        proxy.swallow_next_commit()
        with pytest.raises(psycopg.OperationalError):
            connection.commit()
    wait_until(lambda: _count(url) == 1, 5, "the commit at the server")
    assert proxy.happened["reply swallowed"] == 1


def test_a_plan_hits_connections_and_ends_healed(url: str, proxy: FaultyProxy) -> None:
    end = proxy.run_plan(seed=3)

    def use() -> bool:
        try:
            with _connect(url, proxy) as connection:
                connection.execute("INSERT INTO kept VALUES (1)")
        except psycopg.OperationalError:
            pass
        return proxy.happened["reply swallowed"] > 0 and proxy.happened["cut"] + proxy.happened["refused"] > 0

    wait_until(use, 30, "the plan's faults")
    end()
    _connect(url, proxy).close()
