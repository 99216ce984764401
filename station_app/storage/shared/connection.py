"""Connections to the shared database that never hang, and its errors in the words of the port.

A cut line shows itself by TCP (``tcp_user_timeout``, keepalives); a line that swallows everything, behind a proxy that
acknowledges, only by the missing answer: every answer is awaited for a bounded time, then the connection is thrown away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import psycopg
from psycopg import errors
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from station_app.services.ports import (
    ChainBroken,
    DocumentRefused,
    Gap,
    Refused,
    SchemaMismatch,
    SharedDatabaseError,
    Unreachable,
)
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.arrays import register_arrays
from station_app.storage.shared.protocol import SCHEMA_VERSION

_UNREACHABLE = ("08", "40", "53", "55", "57", "58", "XX")
_REFUSED = ("28", "42501", "3D000")
_SCHEMA = ("42883", "42P01", "42703", "42804", "3F000")
# A login that fails while connecting carries no SQLSTATE: libpq gives its text only.
_NO_DATABASE = re.compile(r'database ".*" does not exist')
_REFUSED_TEXT = re.compile(
    r"authentication failed|no pg_hba\.conf entry|role .* does not exist|database .* does not exist"
    r"|permission denied for database|is not permitted to log in|certificate|no password supplied",
    re.IGNORECASE,
)


class BoundedConnection(psycopg.Connection[Any]):
    """A psycopg connection that gives up, and closes, when an answer does not come within ``answer_timeout_s``."""

    answer_timeout_s: ClassVar[float] = 30.0

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Consume a generator of psycopg; see the base class. Raises OperationalError after the time."""
        if timeout is not None:
            return super().wait(gen, interval=interval, timeout=timeout)
        try:
            return super().wait(gen, interval=interval, timeout=self.answer_timeout_s)
        except errors._WaitTimeout as error:
            self.close()
            raise psycopg.OperationalError(f"no answer within {self.answer_timeout_s:g} s") from error


def _connection_class(answer_timeout_s: float) -> type[BoundedConnection]:
    return type("BoundedConnection", (BoundedConnection,), {"answer_timeout_s": answer_timeout_s})


def connect_arguments(address: DatabaseAddress) -> dict[str, Any]:
    """What libpq is told: whom to reach, and how soon to notice that nobody answers."""
    statement_timeout_ms = int(address.answer_timeout_s * 1000 * 0.8)
    arguments: dict[str, Any] = {
        "host": address.host,
        "port": address.port,
        "dbname": address.database,
        "user": address.user,
        "sslmode": address.sslmode,
        "application_name": address.application_name,
        "connect_timeout": address.connect_timeout_s,
        "tcp_user_timeout": int(address.answer_timeout_s * 1000),
        "keepalives": 1,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "client_encoding": "utf8",
        "options": f"-c statement_timeout={statement_timeout_ms} -c idle_in_transaction_session_timeout=60000",
    }
    optional = {
        "password": address.password,
        "sslrootcert": address.sslrootcert,
        "sslcert": address.sslcert,
        "sslkey": address.sslkey,
    }
    return arguments | {name: value for name, value in optional.items() if value}


def connect(address: DatabaseAddress, *, autocommit: bool = False) -> BoundedConnection:
    """A bare connection. Raises psycopg.Error; see :func:`translated`."""
    cls = _connection_class(address.answer_timeout_s)
    connection = cls.connect(autocommit=autocommit, **connect_arguments(address))
    register_arrays(connection)
    return connection


def make_engine(address: DatabaseAddress, *, check_schema: bool = True, station: str = "") -> Engine:
    """An engine that connects when it is first used; each new connection checks the schema's version.

    With ``station`` it also checks that the login belongs to that path. ``pool_pre_ping`` replaces connections that
    died while nobody used them.
    """
    return create_engine(
        address.url(),
        creator=lambda: _connect_checked(address, check_schema, station),
        pool_size=3,
        max_overflow=3,
        pool_timeout=address.answer_timeout_s,
        pool_pre_ping=True,
    )


def _connect_checked(address: DatabaseAddress, check_schema: bool, station: str) -> BoundedConnection:
    connection = connect(address)
    try:
        if check_schema:
            row = connection.execute("SELECT version, oldest_client FROM mes.schema_version()").fetchone()
            check_schema_version(*(row or (0, 0)))
        if station:
            row = connection.execute("SELECT mes.station_path()").fetchone()
            _check_station(address, station, row[0] if row else "")
        connection.rollback()
    except BaseException:
        connection.close()
        raise
    return connection


def _check_station(address: DatabaseAddress, station: str, found: str) -> None:
    """A station that delivers with another's login would look like a forged copy of it."""
    if found != station:
        raise Refused(
            f"The login {address.user} belongs to the station {found}, this is {station}: give this station its own login "
            "(“station db add-station”)."
        )


def check_schema_version(version: int, oldest_client: int) -> None:
    """Raise SchemaMismatch, naming both versions and what to do, unless this application can use the schema."""
    if version < SCHEMA_VERSION:
        raise SchemaMismatch(
            f"The shared database has schema version {version}, this application needs {SCHEMA_VERSION}. "
            "Run “station db upgrade” on the database first."
        )
    if oldest_client > SCHEMA_VERSION:
        raise SchemaMismatch(
            f"The shared database has schema version {version} and serves applications from version {oldest_client} on, "
            f"this application knows {SCHEMA_VERSION}. Update this application (“station db upgrade” never goes back)."
        )


@contextmanager
def transaction(engine: Engine, address: DatabaseAddress) -> Iterator[Connection]:
    """One transaction. Failures come out as SharedDatabaseError.

    A connection that was cut, or closed for want of an answer, is discarded by the engine and never used again.
    """
    with translated(address), engine.begin() as connection:
        yield connection


@contextmanager
def translated(address: DatabaseAddress) -> Iterator[None]:
    """Database errors inside come out in the port's classes."""
    try:
        yield
    except DBAPIError as error:
        raise _translate(error.orig, address) from error
    except psycopg.Error as error:
        raise _translate(error, address) from error
    except PoolTimeout as error:
        raise Unreachable(f"{address}: every connection is busy and none became free in time.") from error


def _translate(error: BaseException | None, address: DatabaseAddress) -> SharedDatabaseError:
    sqlstate = getattr(error, "sqlstate", None)
    message = _first_line(error)
    if sqlstate is None:
        if isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
            if _NO_DATABASE.search(message):
                return Refused(f"{address} does not exist on the server; “station db init” makes it")
            if _REFUSED_TEXT.search(message):
                return Refused(f"{address} refused the login: {message}")
            return Unreachable(f"{address} cannot be reached: {message}")
        return SharedDatabaseError(f"{address}: {message}")
    if sqlstate == "MES01":
        return Gap(message)
    if sqlstate == "MES20":
        return DocumentRefused(message)
    if sqlstate == "MES02":
        return ChainBroken(message)
    if sqlstate.startswith(_REFUSED):
        return Refused(f"{address} refused: {message}")
    if sqlstate == "25006" or sqlstate.startswith(_UNREACHABLE):
        return Unreachable(f"{address} cannot answer now: {message} ({sqlstate})")
    if sqlstate.startswith(_SCHEMA):
        return SchemaMismatch(
            f"{address} has no schema this application (schema version {SCHEMA_VERSION}) can use: {message}. "
            "Run “station db upgrade” on the database, or update this application."
        )
    return SharedDatabaseError(f"{address}: {message} ({sqlstate})")


def _first_line(error: BaseException | None) -> str:
    diagnostic = getattr(error, "diag", None)
    primary = getattr(diagnostic, "message_primary", None)
    lines = [line.strip() for line in str(primary or error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def scalar(connection: Connection, sql: str, **parameters: object) -> Any:
    """The single value a statement answers."""
    return connection.execute(text(sql), parameters).scalar_one()
