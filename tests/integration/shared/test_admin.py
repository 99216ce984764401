"""Administration: a database made, upgraded and compared with its description; logins; publishing with media."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine

from station_app.domain.chain import REC
from station_app.domain.records import KINDS
from station_app.services.ports import Refused, SchemaMismatch, SharedDatabaseError
from station_app.storage.embedded_postgres import EmbeddedPostgres
from station_app.storage.shared import AddressError, DatabaseAddress, PostgresSharedDatabase
from station_app.storage.shared.admin import (
    MIGRATIONS,
    Media,
    Publication,
    add_login,
    add_station,
    init_database,
    publish,
    schema_version,
    upgrade_database,
)
from station_app.storage.shared.protocol import SCHEMA_VERSION
from station_app.storage.shared.reporting import migration_sql
from station_app.storage.shared.schema import metadata
from tests.machine_data import block
from tests.postgres import fresh_database
from tests.shared_database import STATION_A, PlantDatabase, copied_migrations


@pytest.fixture
def empty_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The superuser's URL of a database that does not exist yet."""
    url = fresh_database(postgres)
    name = url.rsplit("/", 1)[-1]
    drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode()
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        admin.execute(drop)
        yield url
        admin.execute(drop)


def test_a_database_is_made_from_nothing_and_again_changes_nothing(empty_url: str) -> None:
    assert init_database(empty_url) == SCHEMA_VERSION
    login = add_station(empty_url, "ACME/X/1")
    assert init_database(empty_url) == SCHEMA_VERSION
    assert upgrade_database(empty_url) == SCHEMA_VERSION
    assert schema_version(empty_url) == SCHEMA_VERSION
    address = DatabaseAddress.from_url(empty_url)
    station = DatabaseAddress(address.host, address.port, address.database, login.name, login.password)
    client = PostgresSharedDatabase(station)
    assert client.hello(REC, 1).last_seq == 0
    client.close()


def test_a_database_without_the_schema_has_no_version(postgres: EmbeddedPostgres) -> None:
    assert schema_version(postgres.admin_url) is None


def test_a_newer_database_is_not_touched(fresh_plant: PlantDatabase) -> None:
    fresh_plant.sql("UPDATE mes.alembic_version SET version_num = '0009'")
    with pytest.raises(SchemaMismatch, match="version 9"):
        upgrade_database(fresh_plant.admin_url)
    assert fresh_plant.sql("SELECT version_num FROM mes.alembic_version") == [("0009",)]


def test_a_failed_migration_leaves_nothing(empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copied_migrations(tmp_path)
    grants = tmp_path / "versions" / "0001_grants.sql"
    grants.write_text(grants.read_text(encoding="utf-8") + "\nSELECT 1/0;", encoding="utf-8")
    monkeypatch.setattr("station_app.storage.shared.admin.MIGRATIONS", tmp_path)
    with pytest.raises(SharedDatabaseError, match="division by zero"):
        init_database(empty_url)
    assert schema_version(empty_url) is None
    monkeypatch.undo()
    assert init_database(empty_url) == SCHEMA_VERSION


def test_a_database_of_the_version_before_is_taken_on_with_its_stations(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("station_app.storage.shared.admin.MIGRATIONS", copied_migrations(tmp_path, 5))
    init_database(empty_url)
    monkeypatch.undo()
    assert schema_version(empty_url) == 5
    base, login = DatabaseAddress.from_url(empty_url), add_station(empty_url, STATION_A)
    address = DatabaseAddress(base.host, base.port, base.database, login.name, login.password)
    with pytest.raises(SchemaMismatch, match=f"needs {SCHEMA_VERSION}"):
        PostgresSharedDatabase(address).line_tags(STATION_A)
    sent, put = block("t", [1.0, 2.0]), "SELECT mes.trend_put(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
    where = psycopg.conninfo.make_conninfo(
        host=base.host, port=base.port, dbname=base.database, user=login.name, password=login.password
    )
    with psycopg.connect(where, autocommit=True) as old:
        old.execute(put, dataclasses.astuple(sent)[1:])
        assert upgrade_database(empty_url) == SCHEMA_VERSION
        later = block("t", [3.0], sent.end_us + 1)
        old.execute(put, dataclasses.astuple(later)[1:])
        found = old.execute("SELECT sha256 FROM mes.line_trend_blocks(%s, 't', 0, %s)", [STATION_A, 1 << 62]).fetchall()
    assert [sha256 for (sha256,) in found] == [sent.sha256, later.sha256], "a station that is not updated goes on"
    client = PostgresSharedDatabase(address, station=STATION_A)
    client.trend_tail_put(block("t", [4.0], later.end_us + 1))
    assert [b.count for b in client.line_blocks(STATION_A, "t", 0, 1 << 62)] == [2, 1, 1]
    client.close()


def test_the_migrated_database_is_as_described(plant: PlantDatabase) -> None:
    def ours(name: str | None, kind: str, _: object) -> bool:
        return kind != "schema" or name == "mes"

    engine = create_engine(plant.admin_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        options: dict[str, Any] = {
            "include_schemas": True, "include_name": ours, "version_table_schema": "mes", "compare_type": True,
        }  # fmt: skip
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    assert differences == [], "the description and the migrations have parted: write a migration"


def test_the_frozen_reporting_tables_are_those_of_the_catalogue() -> None:
    frozen = [
        (MIGRATIONS / "versions" / f"{number}_reporting.sql").read_text(encoding="utf-8").split("\n\n", 1)[1]
        for number in ("0001", "0002", "0006")
    ]
    assert "\n".join(frozen) == migration_sql(KINDS.values()), "a record kind has changed: write a migration"


def test_the_application_is_written_for_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_current_head() == f"{SCHEMA_VERSION:04}"


def test_a_known_station_gets_a_new_password(plant: PlantDatabase) -> None:
    login = add_station(plant.admin_url, STATION_A, "a new one")
    try:
        assert login.name == plant.logins[STATION_A].name
        old = PostgresSharedDatabase(plant.address(STATION_A))
        with pytest.raises(Refused):
            old.hello(REC, 1)
        old.close()
    finally:
        add_station(plant.admin_url, STATION_A, plant.logins[STATION_A].password)


def test_stations_whose_names_look_alike_get_different_logins(empty_url: str) -> None:
    init_database(empty_url)
    deep = "ACME/" + "/".join(["VERY-LONG-NAME"] * 8)
    paths = ["ACME/L-1/A", "ACME/L_1/A", "acme/l 1/a", "Závod/Linka 1", f"{deep}/1", f"{deep}/2"]
    names = [add_station(empty_url, path).name for path in paths]
    assert len(set(names)) == len(paths)
    assert all(len(name) <= 63 for name in names)
    assert names[0] == "station_acme_l_1_a"


@pytest.mark.parametrize("path", ["", " ", "A/B ", "a\0b"])
def test_a_path_that_is_none_is_refused(plant_template: PlantDatabase, path: str) -> None:
    with pytest.raises(SharedDatabaseError, match="not a station's path"):
        add_station(plant_template.admin_url, path)


def test_a_login_of_somebody_else_is_not_taken_over(plant: PlantDatabase) -> None:
    with pytest.raises(SharedDatabaseError, match="choose another name"):
        add_login(plant.admin_url, "reader", "postgres")
    with pytest.raises(SharedDatabaseError, match="choose another name"):
        add_login(plant.admin_url, "reader", plant.logins[STATION_A].name)
    with pytest.raises(SharedDatabaseError, match="allowed are publisher, reader, auditor, author"):
        add_login(plant.admin_url, "owner")


def test_a_station_cannot_administer(plant: PlantDatabase) -> None:
    for work in (
        lambda url: add_station(url, "ACME/INTRUDER"),
        lambda url: add_login(url, "auditor"),
        upgrade_database,
        lambda url: publish(url, [Publication("order", "1", b"{}")]),
    ):
        with pytest.raises(Refused):
            work(plant.url(STATION_A))


def test_the_password_is_stored_as_a_scram_verifier(plant_template: PlantDatabase) -> None:
    login = plant_template.logins[STATION_A]
    ((stored,),) = plant_template.sql("SELECT rolpassword FROM pg_authid WHERE rolname = %s", login.name)
    assert stored.startswith("SCRAM-SHA-256$")


def test_media_are_published_with_the_documents_that_name_them(plant: PlantDatabase) -> None:
    content = b"\x89PNG" + bytes(600_000)
    sha256 = hashlib.sha256(content).hexdigest()
    url = plant.url("publisher")
    media = {sha256: Media(content, "image/png")}
    assert publish(url, [Publication("work_master", "W@1", b"{}")], media) == 1
    assert publish(url, [Publication("work_master", "W@1", b"{}")], media) == 1
    client = PostgresSharedDatabase(plant.address(STATION_A))
    assert client.blob_get(sha256) == content
    client.close()
    with pytest.raises(SharedDatabaseError, match="do not match its name"):
        publish(url, [Publication("work_master", "W@2", b"{}")], {"0" * 64: Media(b"x", "image/png")})
    assert plant.sql("SELECT max(rev) FROM mes.master_change") == [(1,)]


def test_an_address_that_is_none(plant: PlantDatabase) -> None:
    with pytest.raises(AddressError):
        init_database("mysql://u:p@h/d")
