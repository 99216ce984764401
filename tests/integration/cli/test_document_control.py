"""`station instructions`: the life of a version from the command line, comparison, single files, where used."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from station_app.services.secrets import hash_password
from station_app.storage.shared.admin import Publication, publish
from station_app.storage.shared.documents import PostgresDocuments
from tests.documents import Desk
from tests.integration.cli.calling import Called, call_station
from tests.shared_database import PlantDatabase
from tests.unit.storage.instructions.authored_work_master import make_folder

Station = Callable[..., Called]


@pytest.fixture
def desk(plant: PlantDatabase) -> Iterator[Desk]:
    """The people, with the password "right"."""
    url = plant.url("publisher")
    desk = Desk(
        PostgresDocuments(plant.address("author")),
        lambda kind, key, body, op: publish(url, [Publication(kind, key, body, op)]),
    )
    desk.staff(hash_password("right"))
    yield desk
    desk.database.close()


@pytest.fixture
def station(plant: PlantDatabase, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Station:
    """A command of a person of the plant; ``by`` is who acts."""
    monkeypatch.setenv("STATION_AUTHOR_URL", plant.url("author"))

    def call(*arguments: str | Path, by: str = "eva", password: str = "right") -> Called:
        monkeypatch.setenv("STATION_PERSON", by)
        monkeypatch.setenv("STATION_PERSON_PASSWORD", password)
        return call_station("instructions", *arguments)

    return call


def answer(called: Called) -> dict[str, Any]:
    assert called.returncode == 0, called.stdout + called.stderr
    found = json.loads(called.stdout)
    assert isinstance(found, dict)
    return found


def test_a_version_from_a_folder_to_the_stations_and_back(station: Station, desk: Desk, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    saved = answer(station("save", folder, "--json"))
    assert (saved["id"], saved["version"], saved["state"], saved["owner"]) == ("demo", "A", "draft", "eva")
    assert station("submit", "demo@A", "--role", "quality_engineer", "--reason", "first").returncode == 0
    own = station("sign", "demo@A", "--role", "quality_engineer")
    assert (own.returncode, own.stderr) == (1, "Who wrote a version does not approve it. Somebody else has to sign.\n")
    other = station("sign", "demo@A", "--role", "quality_engineer", "--sha256", "0" * 64, by="quido")
    assert other.returncode == 1
    assert "look at it again first" in other.stderr
    signed = station("sign", "demo@A", "--role", "quality_engineer", "--sha256", saved["sha256"], by="quido")
    assert signed.stdout == "demo@A: approved, owner eva\n"
    released = answer(station("release", "demo@A", "--policy", "finish", "--json"))
    assert (released["state"], released["policy"]) == ("released", "finish")
    assert released["signatures"] == ["quality_engineer: Quido Quality"]
    assert ("release", "demo@A") in {(change.kind, change.id) for change in desk.database.master()}
    again = station("save", folder)
    assert again.returncode == 1
    assert "Begin a new version" in again.stderr
    assert answer(station("withdraw", "demo@A", "--reason", "torque", "--json"))["state"] == "withdrawn"
    listed = station("list")
    assert listed.stdout.splitlines() == ["demo@A: withdrawn, owner eva", "1 versions"]
    assert [entry["state"] for entry in json.loads(station("list", "--json").stdout)] == ["withdrawn"]
    used = answer(station("where-used", "demo", "--version", "A", "--json"))
    assert used == {"orders": [], "stations": [], "units": []}
    assert station("suggestions", "demo").stdout == "0 suggestions\n"


def test_a_version_is_sent_back(station: Station, tmp_path: Path) -> None:
    station("save", make_folder(tmp_path))
    station("submit", "demo@A", "--role", "supervisor", "--reason", "first")
    assert station("send-back", "demo@A", "--reason", "unclear", by="sam").stdout == "demo@A: draft, owner eva\n"


def test_wrong_people_and_names_are_one_line(station: Station, tmp_path: Path) -> None:
    folder = make_folder(tmp_path)
    for called, code, words in (
        (station("save", folder, by="nobody"), 1, "Name or password is wrong."),
        (station("save", folder, password="guess"), 1, "Name or password is wrong."),
        (station("save", folder, by="ola"), 1, "Only process engineers"),
        (station("save", folder, by=""), 2, "Say who acts"),
        (station("submit", "demo@A", "--role", "supervisor", "--reason", "x"), 1, "not under document control"),
        (station("withdraw", "demo", "--reason", "x"), 2, "Allowed: ID@VERSION"),
        (station("release", "@A"), 2, "Allowed: ID@VERSION"),
    ):
        assert called.returncode == code, called.stderr
        assert words in called.stderr
        assert len(called.stderr.splitlines()) == 1


def test_no_server_no_url_and_another_login_are_told(plant: PlantDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATION_AUTHOR_URL", raising=False)
    none = call_station("instructions", "list")
    assert none.returncode == 2
    assert "STATION_AUTHOR_URL" in none.stderr
    away = call_station("instructions", "list", "--url", "postgresql://a:b@127.0.0.1:1/x")
    assert (away.returncode, len(away.stderr.splitlines())) == (3, 1)
    reader = call_station("instructions", "list", "--url", plant.url("reader"))
    assert reader.returncode == 3
    assert "permission denied" in reader.stderr


def test_folders_files_and_versions_are_compared(station: Station, tmp_path: Path) -> None:
    old = make_folder(tmp_path, name="old")
    new = make_folder(tmp_path, ("upper = 20.0130", "upper = 20.0100"), ('version = "A"', 'version = "B"'), name="new")
    station("save", old)
    file = tmp_path / "new.workmaster"
    assert station("export", new, file).returncode == 0
    for before in (old, "demo@A"):
        for after in (new, file):
            called = station("compare", before, after, "--json")
            assert called.returncode == 1
            (change,) = json.loads(called.stdout)
            assert (change["difference"], change["step_id"], change["check_id"], change["field"]) == (
                "changed", "measure", "bore", "limits",
            )  # fmt: skip
    assert station("compare", old, "demo@A").stdout == "0 differences\n"
    assert "changed  measure bore limits: " in station("compare", old, new).stdout
    assert station("compare", old, "demo@Z").returncode == 1


def test_what_is_exported_is_imported_as_a_draft(station: Station, tmp_path: Path) -> None:
    folder = make_folder(tmp_path, name="source")
    station("save", folder)
    file, drafts = tmp_path / "demo.workmaster", tmp_path / "drafts"
    assert answer(station("export", "demo@A", file, "--json"))["id"] == "demo"
    assert station("import", file, "--to", drafts).stdout == f"A draft in {drafts / 'demo'}\n"
    assert station("compare", folder, drafts / "demo").returncode == 0
    twice = station("import", file, "--to", drafts)
    assert twice.returncode == 1
    assert "is among the drafts already" in twice.stderr
    assert twice.stderr.endswith("Nothing was imported.\n")
    assert station("export", folder, tmp_path / "demo.zip").returncode == 2
    assert station("import", tmp_path / "none.workmaster", "--to", drafts).returncode == 3
