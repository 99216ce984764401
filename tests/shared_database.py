"""A migrated shared database for tests: made once a session and emptied, or copied, for every test.

The fixtures ``plant`` and ``fresh_plant`` are known to every test through ``tests/conftest.py``.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest

from station_app.domain.chain import REC, Draft, Row, genesis, place
from station_app.domain.ids import RecordIds
from station_app.domain.records import Comment, Fact, encode_body
from station_app.storage.embedded_postgres import EmbeddedPostgres
from station_app.storage.shared import DatabaseAddress
from station_app.storage.shared.admin import MIGRATIONS, Login, add_login, add_station, init_database
from station_app.storage.shared.protocol import SCHEMA_VERSION

STATION_A = "ACME/BRNO/ASSEMBLY/L1/ASM-10"
STATION_B = "ACME/BRNO/ASSEMBLY/L1/ASM-20"
BASE_US = 1_700_000_000_000_000
_GROUPS = "mes_station, mes_publisher, mes_reader, mes_auditor, mes_author"
_NUMBERS = itertools.count(1)
_IDS = RecordIds()


@dataclass(frozen=True, slots=True)
class PlantDatabase:
    """One database of the schema, with logins for two stations, a publisher, a reader, an auditor and an author."""

    server: EmbeddedPostgres
    name: str
    logins: dict[str, Login]

    @property
    def admin_url(self) -> str:
        """The superuser's URL."""
        return self.server.url("postgres", self.server.superuser_password, self.name)

    def address(self, who: str, answer_timeout_s: float = 20.0) -> DatabaseAddress:
        """The address for a station's path, or for publisher, reader, auditor, author."""
        login = self.logins[who]
        return DatabaseAddress(
            self.server.host, self.server.port, self.name, login.name, login.password, sslmode="disable",
            connect_timeout_s=3, answer_timeout_s=answer_timeout_s,
        )  # fmt: skip

    def url(self, who: str) -> str:
        """The same as a URL."""
        return self.address(who).url_text()

    def connect(self, who: str = "") -> psycopg.Connection[Any]:
        """A bare connection in autocommit, the superuser's when nobody is named: for looking and for tampering."""
        url = self.url(who) if who else self.admin_url
        return psycopg.connect(url, autocommit=True)

    def sql(self, statement: str, *parameters: object) -> list[Any]:
        """Run a statement as superuser; answer its rows."""
        with self.connect() as connection:
            cursor = connection.execute(statement.encode(), parameters or None)
            return cursor.fetchall() if cursor.description else []


@dataclass(slots=True)
class ChainWriter:
    """Makes well-chained rows of one station and channel, as its journal would."""

    station: str
    chan: str = REC
    epoch: int = 1
    seq: int = 0
    previous: bytes = b""
    wall_us: int = BASE_US
    rows: list[Row] = field(default_factory=list)

    def row(self, fact: Fact | None = None, /, **changes: Any) -> Row:
        """The next row; ``changes`` replace header fields, or the body."""
        fact = fact or Comment(text=f"remark {self.seq + 1}")
        self.wall_us += 1_000_000
        header: dict[str, Any] = {
            "chan": self.chan, "rec_id": _IDS.next(self.wall_us), "kind": fact.kind, "ver": fact.version,
            "actor": "p.novak", "wall_us": self.wall_us, "utc_offset_min": 60, "mono_ns": self.wall_us * 1000,
            "boot_id": "boot-1", "clock_offset_ms": None, "body": b"",
        }  # fmt: skip
        header["body"] = changes.pop("body", None) or encode_body(fact)
        previous = self.previous or genesis(self.station, self.chan, self.epoch)
        self.seq += 1
        row = place(Draft(**(header | changes)), self.epoch, self.seq, previous)
        self.previous = row.hash
        self.rows.append(row)
        return row

    def many(self, count: int) -> list[Row]:
        """The next ``count`` rows."""
        return [self.row() for _ in range(count)]


def _database(server: EmbeddedPostgres, statement: str) -> None:
    with psycopg.connect(server.admin_url, autocommit=True) as connection:
        connection.execute(statement.encode())


def make_plant(server: EmbeddedPostgres, name: str) -> PlantDatabase:
    """A new database with the schema and the logins."""
    url = server.url("postgres", server.superuser_password, name)
    init_database(url)
    logins = {path: add_station(url, path) for path in (STATION_A, STATION_B)}
    # names of their own: roles belong to the whole server, and a test of the command line makes the usual ones anew
    logins |= {role: add_login(url, role, f"plant_{role}") for role in ("publisher", "reader", "auditor", "author")}
    return PlantDatabase(server, name, logins)


@pytest.fixture(scope="session")
def plant_template(postgres: EmbeddedPostgres) -> PlantDatabase:
    """The migrated database that tests copy; nobody may be connected to it."""
    return make_plant(postgres, f"plant_template_{os.getpid()}")


@contextmanager
def copied(server: EmbeddedPostgres, source: PlantDatabase, name: str) -> Iterator[PlantDatabase]:
    """A copy of a database to which nobody is connected; the rights on the database itself do not come with it."""
    _database(server, f'CREATE DATABASE "{name}" TEMPLATE "{source.name}"')
    _database(server, f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
    _database(server, f'GRANT CONNECT ON DATABASE "{name}" TO {_GROUPS}')
    yield PlantDatabase(server, name, source.logins)
    _database(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def shared_plant(postgres: EmbeddedPostgres, plant_template: PlantDatabase) -> Iterator[PlantDatabase]:
    """The database that ``plant`` empties for every test."""
    with copied(postgres, plant_template, f"plant_{os.getpid()}") as plant:
        yield plant


@pytest.fixture
def plant(shared_plant: PlantDatabase) -> PlantDatabase:
    """A shared database without a record; for tests that change data only (a copy takes 40 times as long)."""
    empty = (
        "DO $$ DECLARE v_table text; BEGIN FOR v_table IN SELECT c.oid::regclass FROM pg_class AS c"
        " WHERE c.relnamespace = 'mes'::regnamespace AND c.relkind = 'r'"
        " AND c.relname NOT IN ('station', 'record_kind', 'schema_serves', 'alembic_version')"
        " LOOP EXECUTE 'DELETE FROM ' || v_table; END LOOP; END $$"
    )
    add = "INSERT INTO mes.station (path, login) VALUES (%s, %s) ON CONFLICT DO NOTHING"
    with shared_plant.connect() as admin:
        admin.execute(empty.encode())
        admin.execute("DELETE FROM mes.station WHERE path <> ALL (%s)", [[STATION_A, STATION_B]])
        for path in (STATION_A, STATION_B):
            admin.execute(add.encode(), [path, shared_plant.logins[path].name])
    return shared_plant


@pytest.fixture
def fresh_plant(postgres: EmbeddedPostgres, plant_template: PlantDatabase) -> Iterator[PlantDatabase]:
    """A shared database of the test's own: for tests that change the schema or the database's settings."""
    with copied(postgres, plant_template, f"plant_{os.getpid()}_{next(_NUMBERS)}") as plant:
        yield plant


def copied_migrations(folder: Path, newest: int = SCHEMA_VERSION) -> Path:
    """The migrations in a folder of their own, up to one that is not the newest any more."""
    for source in MIGRATIONS.rglob("*"):
        number = re.match(r"v?(\d{4})_", source.name)
        if source.suffix in (".py", ".sql") and (number is None or int(number[1]) <= newest):
            target = folder / source.relative_to(MIGRATIONS)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(source.read_bytes())
    return folder
