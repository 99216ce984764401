"""`station db` and `station master`: a database from nothing, logins, publishing; and what they say to faults."""

from __future__ import annotations

import json
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from station_app.resources import shipped
from station_app.storage.embedded_postgres import EmbeddedPostgres
from station_app.storage.shared.protocol import SCHEMA_VERSION
from tests.integration.cli.calling import call_station
from tests.postgres import fresh_database
from tests.shared_database import PlantDatabase

STATION = "ACME/BRNO/ASSEMBLY/L9/ASM-90"


@pytest.fixture
def empty_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """The superuser's URL of a database without a schema."""
    url = fresh_database(postgres)
    yield url
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        admin.execute(f'DROP DATABASE "{url.rsplit("/", 1)[-1]}" WITH (FORCE)'.encode())


def test_from_nothing_to_a_station_that_can_log_in(empty_url: str, tmp_path: Path) -> None:
    for command in (["db", "init"], ["db", "init"], ["db", "upgrade"]):
        called = call_station(*command, "--url", empty_url)
        assert called.returncode == 0, called.stderr
        assert f"version {SCHEMA_VERSION}" in called.stdout
    made = json.loads(call_station("db", "add-station", STATION, "--url", empty_url, "--json").stdout)
    assert set(made) == {"station", "user", "password"}
    own = empty_url.replace(empty_url.split("//")[1].split("@")[0], f"{made['user']}:{made['password']}")
    with psycopg.connect(own) as connection:
        assert connection.execute("SELECT mes.station_path()").fetchone() == (STATION,)
    secret = tmp_path / "station.password"
    again = call_station("db", "add-station", STATION, "--url", empty_url, "--password-file", secret)
    assert again.returncode == 0
    password = secret.read_text("utf-8").strip()
    assert password != made["password"]
    assert password not in again.stdout
    if sys.platform != "win32":
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(own)
    login = json.loads(call_station("db", "add-login", "reader", "--url", empty_url, "--json").stdout)
    assert set(login) == {"role", "user", "password"}


def test_the_url_may_stand_in_the_environment(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STATION_ADMIN_URL", empty_url)
    assert call_station("db", "init").returncode == 0
    assert "0 records were projected again" in call_station("db", "rebuild").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["db", "init"], 2, "STATION_ADMIN_URL"),
        (["db", "init", "--url", "mysql://u:secret-word@h/d"], 2, "postgresql://"),
        (["db", "upgrade", "--url", "postgresql://u:secret-word@127.0.0.1:1/d"], 3, "cannot be reached"),
        (["db", "add-station", STATION, "--url", "postgresql://u:secret-word@127.0.0.1:1/d"], 3, "cannot be reached"),
    ],
)
def test_a_database_that_cannot_be_used_is_one_line(
    arguments: list[str], code: int, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("STATION_ADMIN_URL", raising=False)
    called = call_station(*arguments)
    assert called.returncode == code
    assert message in called.stderr
    assert "secret-word" not in called.stderr
    assert len(called.stderr.strip().splitlines()) == 1


def test_a_reader_may_not_make_stations(plant: PlantDatabase) -> None:
    refused = call_station("db", "add-station", STATION, "--url", plant.url("reader"))
    assert refused.returncode == 3
    assert "refused" in refused.stderr


def test_upgrade_never_takes_a_newer_schema_back(fresh_plant: PlantDatabase) -> None:
    fresh_plant.sql("UPDATE mes.alembic_version SET version_num = '0099'")
    fresh_plant.sql("INSERT INTO mes.schema_serves (version, oldest_client) VALUES (99, 99)")
    for verb in ("init", "upgrade"):
        called = call_station("db", verb, "--url", fresh_plant.admin_url)
        assert called.returncode == 3
        assert "schema version 99" in called.stderr
    assert fresh_plant.sql("SELECT version_num FROM mes.alembic_version") == [("0099",)]


def _published(plant: PlantDatabase) -> int:
    return int(plant.sql("SELECT count(*) FROM mes.master_change")[0][0])


def test_publishing_the_samples_and_the_same_again(plant: PlantDatabase) -> None:
    url = plant.url("publisher")
    checked = call_station("master", "publish", shipped("instructions"), "--check")
    assert checked.returncode == 0
    assert "ready to publish" in checked.stdout
    assert _published(plant) == 0
    first = call_station("master", "publish", shipped("instructions"), "--url", url)
    assert first.returncode == 0, first.stderr
    count = _published(plant)
    assert count > 10
    one = call_station("master", "publish", shipped("instructions") / "demo" / "orders.toml", "--url", url)
    assert one.returncode == 0
    assert _published(plant) == count, "what stands there already is not published again"


def test_with_one_fault_anywhere_nothing_is_published(plant: PlantDatabase, tmp_path: Path) -> None:
    folder = tmp_path / "instructions"
    shutil.copytree(shipped("instructions"), folder)
    orders = folder / "demo" / "orders.toml"
    orders.write_text(orders.read_text("utf-8").replace("quantity = 20", "quantity = -20"), encoding="utf-8")
    master = folder / "gx40-assembly" / "work_master.toml"
    master.write_text(master.read_text("utf-8").replace("clean-seat.svg", "absent.svg"), encoding="utf-8")
    called = call_station("master", "publish", folder, "--url", plant.url("publisher"))
    assert called.returncode == 1
    assert "orders.toml" in called.stderr
    assert "absent.svg" in called.stderr
    assert called.stderr.strip().endswith("Nothing was published.")
    assert _published(plant) == 0


def test_a_publisher_is_needed_and_a_path_that_exists(plant: PlantDatabase, tmp_path: Path) -> None:
    refused = call_station("master", "publish", shipped("instructions"), "--url", plant.url("reader"))
    assert (refused.returncode, _published(plant)) == (3, 0)
    absent = call_station("master", "publish", tmp_path / "absent", "--url", plant.url("publisher"))
    assert absent.returncode == 1
    assert "absent" in absent.stderr


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("ACME", "has 1 level instead of 5"),
        ("ACME/Brno/Hall1//ASM-10", "a level is empty"),
        ("ACME/Brno/Hall1/Line1/ASM:10", 'the level "ASM:10" cannot be used'),
        ("", "instead of 5"),
        (" ACME/Brno/Hall1/Line1/ASM-10", 'the level " ACME" cannot be used'),
    ],
)
def test_a_path_that_no_station_can_have_gets_no_login(path: str, said: str) -> None:
    called = call_station("db", "add-station", path, "--url", "postgresql://postgres:x@127.0.0.1:1/mes")
    assert (called.returncode, called.stdout) == (2, "")
    assert said in called.stderr
    assert ". Allowed: " in called.stderr


def test_a_role_that_is_none_is_not_understood() -> None:
    called = call_station("db", "add-login", "boss", "--url", "postgresql://postgres:x@127.0.0.1:1/mes")
    assert (called.returncode, called.stderr) == (
        2, '"boss" is not a role; allowed are publisher, reader, auditor, author\n'
    )  # fmt: skip
