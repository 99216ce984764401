"""A real PostgreSQL for the tests: one embedded server a session, a fresh database a test.

The fixture ``postgres`` is known to every test through ``tests/conftest.py``.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from station_app.storage.embedded_postgres import EmbeddedPostgres

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A running server for the whole session; tests that kill servers start one of their own."""
    with EmbeddedPostgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server
    server.remove()


def fresh_database(server: EmbeddedPostgres) -> str:
    """Create an empty database and answer the superuser's URL of it."""
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return server.url("postgres", server.superuser_password, name)
