"""`station history`: samples, envelopes and gaps of a tag, here and of another station."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.base import Quality
from station_app.storage.files import write_secret
from station_app.storage.shared import PostgresSharedDatabase
from tests.integration.cli.calling import call_station
from tests.integration.cli.stations import StationFolder, make_station
from tests.machine_data import ALL, T0_US, Bench, ramp, sample
from tests.shared_database import STATION_A, PlantDatabase

FROM, TO = "2023-11-14T22:13:20Z", "2023-11-15T23:00:00Z"


@pytest.fixture
def past(tmp_path: Path, plant: PlantDatabase) -> Iterator[tuple[StationFolder, Bench]]:
    """A station with the past of two tags, open as if it ran."""
    station = make_station(tmp_path, plant)
    folder = station.file.parent / "files"
    folder.mkdir()
    bench = Bench(folder, {"press.force": ALL, "press.state": ALL}, station=STATION_A)
    bench.store([*ramp(3000, tag="press.force"), sample(T0_US, "idle", tag="press.state")])
    bench.store([sample(T0_US + 3_000_000_000, None, Quality.BAD, "BadCommunicationError", tag="press.force")])
    yield station, bench
    bench.close()


def lines(stdout: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in stdout.splitlines()]


def test_samples_and_gaps_as_json_csv_and_text(past: tuple[StationFolder, Bench]) -> None:
    file = past[0].file
    called = call_station("history", "press.force", "--from", FROM, "--to", TO, "--json", "-c", file)
    assert (called.returncode, called.stderr) == (0, "")
    found = lines(called.stdout)
    assert found[0] == {"time": "2023-11-14T22:13:20.000000Z", "value": 0.0, "quality": "Good", "status": "Good"}
    assert found[3000] == {
        "time": "2023-11-14T23:03:20.000000Z", "value": None, "quality": "Bad", "status": "BadCommunicationError",
    }  # fmt: skip
    assert (found[3001]["gap"], found[3001]["reason"]) == ("quality", "BadCommunicationError")
    assert len(found) == 3002
    called = call_station("history", "press.force", "--from", FROM, "--to", TO, "--csv", "-c", file)
    rows = list(csv.reader(io.StringIO(called.stdout)))
    assert rows[0] == ["time", "value", "quality", "status"]
    assert len(rows) == 3002
    assert "BadCommunicationError" in called.stderr, "what is no value does not disturb the table"
    called = call_station("history", "press.state", "--from", FROM, "--to", TO, "-c", file)
    assert called.stdout == "2023-11-14T22:13:20.000000Z  idle  Good  Good\n"


def test_an_envelope_in_points(past: tuple[StationFolder, Bench]) -> None:
    called = call_station(
        "history", "press.force", "--from", FROM, "--to", TO, "--points", "10", "--json", "-c", past[0].file
    )
    points = [line for line in lines(called.stdout) if "time" in line]
    assert 1 <= len(points) <= 10
    assert (points[0]["min"], points[-1]["max"]) == (0.0, 2999.0)
    assert sum(int(str(point["count"])) for point in points) == 3000


def test_an_unknown_tag_names_the_nearest_and_all(past: tuple[StationFolder, Bench]) -> None:
    called = call_station("history", "press.forse", "-c", past[0].file)
    assert called.returncode == 1
    assert '"press.forse". Did you mean "press.force"? Stored are:' in called.stderr
    assert "press.state" in called.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from", "yesterday"], "is no time"),
        (["--from", "-2y"], "is no time"),
        (["--from", "-99999999d"], "is no time"),
        (["--from", "0001-01-01"], "is no time"),
        (["--from", "-1h", "--to", "-2h"], "is not before"),
        (["--csv", "--json"], "exclude each other"),
        (["--points", "0"], "points"),
        (["--station", "A/B"], "needs --password-file"),
    ],
)
def test_what_is_not_understood_says_why(past: tuple[StationFolder, Bench], arguments: list[str], said: str) -> None:
    called = call_station("history", "press.force", *arguments, "-c", past[0].file)
    assert called.returncode == 2
    assert said in called.stderr


@pytest.mark.parametrize("relative", ["-30m", "-2h", "-7d", "-1.5w", "-90s"])
def test_times_may_be_relative(past: tuple[StationFolder, Bench], relative: str) -> None:
    called = call_station("history", "press.force", "--from", relative, "-c", past[0].file)
    assert (called.returncode, called.stdout, called.stderr) == (0, "", "")


def test_without_a_past_or_with_a_damaged_file_one_line_says_so(tmp_path: Path, plant: PlantDatabase) -> None:
    station = make_station(tmp_path, plant)
    called = call_station("history", "press.force", "-c", station.file)
    assert called.returncode == 3
    assert "has not stored machine data yet" in called.stderr
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "historian.sqlite").write_bytes(b"no database" * 1000)
    called = call_station("history", "press.force", "-c", station.file)
    assert called.returncode == 3
    assert "cannot be read" in called.stderr
    assert len(called.stderr.strip().splitlines()) == 1


def test_another_stations_past_comes_from_the_shared_database(
    past: tuple[StationFolder, Bench], plant: PlantDatabase, tmp_path: Path
) -> None:
    client = PostgresSharedDatabase(plant.address(STATION_A))
    for block in past[1].outbox.waiting(10):
        client.trend_put(block)
    client.close()
    secret = tmp_path / "reader.url"
    write_secret(secret, plant.url("reader"))
    other: list[str | Path] = ["--station", STATION_A, "--password-file", secret]
    called = call_station("history", "press.force", "--from", FROM, "--to", TO, "--json", *other)
    assert [line["value"] for line in lines(called.stdout)] == [float(n) for n in range(3000)]
    called = call_station("history", "press.forse", *other)
    assert called.returncode == 1
    assert "press.force" in called.stderr
