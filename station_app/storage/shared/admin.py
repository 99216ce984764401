"""Administration of the shared database: create, upgrade, logins, publishing, rebuilding the reporting tables.

``admin_url`` is a login that may create roles and owns the database, a superuser in practice: only then can the rights
that PostgreSQL gives to PUBLIC be taken away. Nothing here is used by a running station.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from alembic import command
from alembic.config import Config
from psycopg import sql
from sqlalchemy import Connection, text

from station_app.services.ports import SchemaMismatch, SharedDatabaseError
from station_app.storage.shared.address import DatabaseAddress, login_name
from station_app.storage.shared.blobs import send_blob
from station_app.storage.shared.connection import (
    connect,
    make_engine,
    scalar,
    transaction,
    translated,
)
from station_app.storage.shared.protocol import SCHEMA_VERSION

MIGRATIONS = Path(__file__).parent / "migrations"
ROLES = ("publisher", "reader", "auditor", "author")
_LOGIN_CONNECTIONS = 20


@dataclass(frozen=True, slots=True)
class Login:
    """A login that was made and its password, shown once."""

    name: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Publication:
    """A change of master data to publish: ``op`` put with the document's bytes, or remove with none."""

    kind: str
    id: str
    body: bytes
    op: str = "put"


@dataclass(frozen=True, slots=True)
class Media:
    """A file that published documents name by its SHA-256."""

    content: bytes
    media_type: str


def init_database(admin_url: str) -> int:
    """Create the database where it is missing, the roles and the schema; answer the schema's version.

    Raises SharedDatabaseError when the server cannot be used (older than 16, another encoding than UTF-8).
    """
    address = DatabaseAddress.from_url(admin_url)
    with translated(address), connect(replace(address, database="postgres"), autocommit=True) as server:
        if server.info.server_version < 160000:
            raise SharedDatabaseError(
                f"{address}: PostgreSQL 16 or newer is needed, this is {server.info.server_version}."
            )
        found = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [address.database]).fetchone()
        if found is None:
            server.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                    sql.Identifier(address.database)
                )
            )
        # A station's login must not be at home in the other databases either.
        server.execute("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
    return upgrade_database(admin_url)


def upgrade_database(admin_url: str) -> int:
    """Take the schema to this application's version, in one transaction; answer the version.

    Raises SchemaMismatch when the database is newer than this application.
    """
    with _admin(admin_url) as connection:
        scalar(connection, "SELECT pg_advisory_xact_lock(5063765)")  # one upgrade at a time
        if scalar(connection, "SHOW server_encoding") != "UTF8":
            raise SharedDatabaseError("The database's encoding is not UTF-8; create it with ENCODING 'UTF8'.")
        found = _version(connection)
        if found is not None and found > SCHEMA_VERSION:
            raise SchemaMismatch(
                f"The shared database has schema version {found}, this application knows {SCHEMA_VERSION}: "
                "update this application; a schema is never taken back."
            )
        roles = (MIGRATIONS / "roles.sql").read_text(encoding="utf-8")
        connection.execution_options(no_parameters=True).exec_driver_sql(roles)
        connection.exec_driver_sql("SET LOCAL ROLE mes_owner")
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if found is not None and found < SCHEMA_VERSION:
            scalar(connection, "SELECT mes.retry_quarantine()")
    return SCHEMA_VERSION


def schema_version(url: str) -> int | None:
    """The schema's version, None where there is no schema yet. Any login of the database may ask."""
    address = DatabaseAddress.from_url(url)
    engine = make_engine(address, check_schema=False)
    try:
        with transaction(engine, address) as connection:
            return _version(connection)
    finally:
        engine.dispose()


def _version(connection: Connection) -> int | None:
    if scalar(connection, "SELECT to_regnamespace('mes') IS NULL OR to_regproc('mes.schema_version') IS NULL"):
        return None
    return int(scalar(connection, "SELECT version FROM mes.schema_version()"))


def add_station(admin_url: str, path: str, password: str | None = None) -> Login:
    """Give a station (its ISA-95 path) a login, or a known station a new password. Made up when none is given."""
    if not path.strip() or path != path.strip() or "\x00" in path:
        raise SharedDatabaseError(f"“{path}” is not a station's path, such as ACME/BRNO/ASSEMBLY/L1/ASM-10.")
    with _admin(admin_url) as connection:
        name = connection.execute(text("SELECT login FROM mes.station WHERE path = :path"), {"path": path}).scalar()
        if name is None:
            name = login_name(path)
            taken = "SELECT EXISTS (SELECT 1 FROM mes.station WHERE login = :name)"
            if scalar(connection, taken, name=name):
                name = f"{name[:54]}_{hashlib.sha256(path.encode()).hexdigest()[:8]}"
        login = _make_login(connection, name, "mes_station", password)
        connection.execute(
            text("INSERT INTO mes.station (path, login) VALUES (:path, :login) ON CONFLICT DO NOTHING"),
            {"path": path, "login": login.name},
        )
    return login


def add_login(admin_url: str, role: str, name: str | None = None, password: str | None = None) -> Login:
    """Make a login of a role (publisher, reader, auditor, author), or give a known one a new password."""
    if role not in ROLES:
        raise SharedDatabaseError(f"“{role}” is not a role; allowed are {', '.join(ROLES)}.")
    with _admin(admin_url) as connection:
        return _make_login(connection, name or f"mes_{role}_login", f"mes_{role}", password)


def _make_login(connection: Connection, name: str, group: str, password: str | None) -> Login:
    """CREATE or ALTER the role; its password leaves this process only as a SCRAM verifier."""
    password = password or secrets.token_urlsafe(24)
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    verifier = driver.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
    attributes = scalar(
        connection,
        "SELECT (SELECT CASE WHEN r.rolsuper OR r.rolcreaterole OR NOT pg_has_role(r.oid, :group, 'MEMBER')"
        " THEN 'foreign' ELSE 'known' END FROM pg_roles AS r WHERE r.rolname = :name)",
        name=name,
        group=group,
    )
    if attributes == "foreign":
        raise SharedDatabaseError(
            f"The login {name} exists already and is not of the group {group}; choose another name."
        )
    verb = sql.SQL("CREATE ROLE") if attributes is None else sql.SQL("ALTER ROLE")
    statement = sql.SQL("{} {} LOGIN NOINHERIT CONNECTION LIMIT {} PASSWORD {}")
    identifier = sql.Identifier(name)
    driver.execute(statement.format(verb, identifier, sql.Literal(_LOGIN_CONNECTIONS), sql.Literal(verifier)))
    driver.execute(sql.SQL("GRANT {} TO {} WITH INHERIT TRUE, SET FALSE").format(sql.Identifier(group), identifier))
    return Login(name, password)


def publish(url: str, changes: Sequence[Publication], media: Mapping[str, Media] | None = None) -> int:
    """Publish changes in one transaction, their media first; answer the highest revision. ``url`` is a publisher's."""
    address = DatabaseAddress.from_url(url)
    engine = make_engine(address)
    try:
        for sha256, file in (media or {}).items():
            send_blob(engine, address, sha256, file.content, file.media_type)
        revision = 0
        with transaction(engine, address) as connection:
            for change in changes:
                revision = scalar(
                    connection,
                    "SELECT mes.publish(:kind, :id, :body, :op)",
                    kind=change.kind,
                    id=change.id,
                    body=change.body,
                    op=change.op,
                )
        return revision
    finally:
        engine.dispose()


def rebuild_projection(admin_url: str) -> int:
    """Fill the reporting tables again from the log, in one transaction; answer how many records were read."""
    with _admin(admin_url) as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        return int(scalar(connection, "SELECT mes.rebuild_projection()"))


def retry_quarantine(admin_url: str) -> int:
    """Try to project the unresolved records in quarantine again; answer how many were tried."""
    with _admin(admin_url) as connection:
        return int(scalar(connection, "SELECT mes.retry_quarantine()"))


def resolve_quarantine(admin_url: str, place: tuple[str, str, int, int], resolved_by: str, resolution: str) -> None:
    """Note who decided what about a quarantined record at (station, chan, epoch, seq); it is not tried again.

    Raises SharedDatabaseError when there is none.
    """
    station, chan, epoch, seq = place
    statement = text(
        "UPDATE mes.quarantine SET resolved_by = :by, resolution = :resolution"
        " WHERE station = :station AND chan = :chan AND epoch = :epoch AND seq = :seq RETURNING rec_id"
    )
    values = {"station": station, "chan": chan, "epoch": epoch, "seq": seq, "by": resolved_by, "resolution": resolution}
    with _admin(admin_url) as connection:
        if connection.execute(statement, values).scalar() is None:
            raise SharedDatabaseError(f"No record of {station} {chan} epoch {epoch} seq {seq} is in quarantine.")


@contextmanager
def _admin(admin_url: str) -> Iterator[Connection]:
    """A transaction of the administrator, allowed to take its time."""
    address = replace(DatabaseAddress.from_url(admin_url), answer_timeout_s=3600.0, application_name="station-admin")
    engine = make_engine(address, check_schema=False)
    try:
        with transaction(engine, address) as connection:
            yield connection
    finally:
        engine.dispose()
