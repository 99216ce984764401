"""A shared database that cannot be used now: one clear line, exit code 3, and every record still waits."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from station_app.storage.shared.protocol import SCHEMA_VERSION
from tests.integration.cli.calling import call_station
from tests.integration.cli.stations import StationFolder, make_station
from tests.shared_database import PlantDatabase

Break = Callable[[PlantDatabase, StationFolder], None]

DRAIN_S = "1.5"
"""Long enough on a busy machine to be told why, and short because all of it is waited for."""


def _down(plant: PlantDatabase, station: StationFolder) -> None:
    station.replace(f"port = {plant.server.port}", "port = 1")


def _read_only(plant: PlantDatabase, station: StationFolder) -> None:
    plant.sql(f'ALTER DATABASE "{plant.name}" SET default_transaction_read_only = on')


def _newer(plant: PlantDatabase, station: StationFolder) -> None:
    newer = SCHEMA_VERSION + 1
    plant.sql("UPDATE mes.alembic_version SET version_num = %s", f"{newer:04d}")
    plant.sql("INSERT INTO mes.schema_serves (version, oldest_client) VALUES (%s, %s)", newer, newer)


def _older(plant: PlantDatabase, station: StationFolder) -> None:
    plant.sql("UPDATE mes.alembic_version SET version_num = '0000'")
    plant.sql("INSERT INTO mes.schema_serves (version, oldest_client) VALUES (0, 0)")


def _no_schema(plant: PlantDatabase, station: StationFolder) -> None:
    plant.sql("DROP SCHEMA mes CASCADE")


def _wrong_password(plant: PlantDatabase, station: StationFolder) -> None:
    (station.file.parent / "database.password").write_text("not it", encoding="utf-8")


def _unknown_login(plant: PlantDatabase, station: StationFolder) -> None:
    station.replace("user = ", 'user = "nobody" # ')


def _no_longer_a_station(plant: PlantDatabase, station: StationFolder) -> None:
    plant.sql("DELETE FROM mes.station")


def _no_such_database(plant: PlantDatabase, station: StationFolder) -> None:
    station.replace(plant.name, "elsewhere")


CASES: dict[str, tuple[Break, str]] = {
    "down": (_down, "cannot be reached"),
    "read-only": (_read_only, "read-only"),
    "newer schema": (_newer, f"schema version {SCHEMA_VERSION + 1}"),
    "older schema": (_older, "station db upgrade"),
    "no schema": (_no_schema, "station db upgrade"),
    "wrong password": (_wrong_password, "refused the login"),
    "unknown login": (_unknown_login, "refused the login"),
    "no longer a station": (_no_longer_a_station, "station"),
    "no such database": (_no_such_database, "does not exist on the server; “station db init” makes it"),
}


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_lost_and_one_line_says_why(case: str, fresh_plant: PlantDatabase, tmp_path: Path) -> None:
    break_it, why = CASES[case]
    station = make_station(tmp_path, fresh_plant, records=7)
    break_it(fresh_plant, station)
    drained = call_station("sync", "drain", "-c", station.file, "--timeout", DRAIN_S)
    assert drained.returncode == 3, drained.stderr
    assert "7 records still wait" in drained.stderr
    assert why in drained.stderr
    status = call_station("sync", "status", "-c", station.file, "--json")
    assert json.loads(status.stdout)["waiting"] == 7
    local = call_station("verify", "-c", station.file, "--local")
    assert (local.returncode, local.stderr) == (0, "")
    if case == "read-only":
        return  # what only reads goes on
    verified = call_station("verify", "-c", station.file)
    assert verified.returncode == 3, verified.stdout + verified.stderr
    assert why in verified.stderr
    assert len(verified.stderr.strip().splitlines()) == 1, verified.stderr
    checked = call_station("check", station.file)
    assert checked.returncode == 1
    assert "FAIL  shared database" in checked.stdout
    assert why in checked.stdout


def test_when_the_server_is_writable_again_everything_is_delivered(fresh_plant: PlantDatabase, tmp_path: Path) -> None:
    station = make_station(tmp_path, fresh_plant, records=7)
    _read_only(fresh_plant, station)
    assert call_station("sync", "drain", "-c", station.file, "--timeout", DRAIN_S).returncode == 3
    with psycopg.connect(fresh_plant.server.admin_url, autocommit=True) as server:
        server.execute(f'ALTER DATABASE "{fresh_plant.name}" RESET default_transaction_read_only'.encode())
    drained = call_station("sync", "drain", "-c", station.file)
    assert (drained.returncode, drained.stdout) == (0, "Everything is delivered.\n")
    assert fresh_plant.sql("SELECT count(*) FROM mes.station_log WHERE chan = 'rec'") == [(7,)]
    verified = call_station("verify", "-c", station.file, "--json")
    assert json.loads(verified.stdout)["faults"] == []
