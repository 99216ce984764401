"""`station instructions` and `station plans`: the life of a version, comparison, single files, where used."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from station_app.domain.checks import MeasureCheck
from station_app.domain.outcome import Limits
from station_app.services.secrets import hash_password
from station_app.storage.plan_files import plan_text
from station_app.storage.shared.admin import Publication, publish
from station_app.storage.shared.documents import PostgresDocuments
from station_app.ui.authoring.edits import change_step
from tests.documents import DRAWING, Desk, plan, work_master
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
    """A command of a person of the plant; ``by`` is who acts, ``group`` is what about."""
    monkeypatch.setenv("STATION_AUTHOR_URL", plant.url("author"))

    def call(*arguments: str | Path, by: str = "eva", password: str = "right", group: str = "instructions") -> Called:
        monkeypatch.setenv("STATION_PERSON", by)
        monkeypatch.setenv("STATION_PERSON_PASSWORD", password)
        return call_station(group, *arguments)

    return call


@pytest.fixture
def plans(station: Station) -> Station:
    """The same for inspection plans, by a quality engineer."""
    return functools.partial(station, group="plans", by="quido")


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
    assert listed.stdout.splitlines() == ["demo@A: withdrawn, owner eva", "1 version"]
    assert [entry["state"] for entry in json.loads(station("list", "--json").stdout)] == ["withdrawn"]
    used = answer(station("where-used", "demo", "--version", "A", "--json"))
    assert used == {"orders": [], "stations": [], "units": []}
    assert station("suggestions", "demo").stdout == "0 suggestions\n"


def test_nothing_with_a_fault_goes_into_review(station: Station, plans: Station, desk: Desk) -> None:
    endless = MeasureCheck(id="play", title="Play", characteristic="play", limits=Limits("mm"))
    desk.save("eva", content=change_step(work_master(), 0, checks=(endless,)))
    refused = station("submit", "asm@1", "--role", "quality_engineer", "--reason", "first")
    assert refused.returncode == 1
    assert "step[1].check[1].limits = a table: has neither lower nor upper" in refused.stderr
    assert "It cannot go into review." in refused.stderr and desk.number() == 1
    desk.save("eva", "2", content=msgspec.structs.replace(work_master(), version="2"))
    assert station("submit", "asm@2", "--role", "quality_engineer", "--reason", "x").returncode == 0


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


# --- inspection plans ----------------------------------------------------------------------------------------------


def plan_folder(folder: Path, version: str = "A", upper: str = "20.013") -> Path:
    """A folder with plan.toml and its drawing."""
    (folder / "media").mkdir(parents=True)
    (folder / "media" / "place.svg").write_bytes(DRAWING)
    (folder / "plan.toml").write_text(plan_text(plan(version, upper=upper)), encoding="utf-8")
    return folder


def test_a_plan_from_a_file_to_the_stations_and_back(plans: Station, desk: Desk, tmp_path: Path) -> None:
    folder = plan_folder(tmp_path / "plan")
    saved = answer(plans("save", folder / "plan.toml", "--json"))
    assert (saved["id"], saved["version"], saved["state"], saved["owner"]) == ("asm", "A", "draft", "quido")
    assert plans("submit", "asm@A", "--role", "quality_engineer", "--reason", "first").returncode == 0
    own = plans("sign", "asm@A", "--role", "quality_engineer")
    assert (own.returncode, own.stderr) == (1, "Who wrote a version does not approve it. Somebody else has to sign.\n")
    assert plans("send-back", "asm@A", "--reason", "who signs?").stdout == "asm@A: draft, owner quido\n"
    plans("submit", "asm@A", "--role", "process_engineer", "--reason", "first")
    signed = plans("sign", "asm@A", "--role", "process_engineer", "--sha256", saved["sha256"], by="eva")
    assert signed.stdout == "asm@A: approved, owner quido\n"
    assert answer(plans("release", "asm@A", "--policy", "ask", "--json"))["policy"] == "ask"
    assert {("plan", "asm@A"), ("release", "plan:asm@A")} <= {(c.kind, c.id) for c in desk.database.master()}
    changed = plans("save", plan_folder(tmp_path / "changed", upper="20.020"))
    assert (changed.returncode, "cannot change any more" in changed.stderr) == (1, True)
    assert answer(plans("withdraw", "asm@A", "--reason", "datum", "--json"))["state"] == "withdrawn"
    assert plans("list").stdout.splitlines() == ["asm@A: withdrawn, owner quido", "1 version"]
    assert plans("list", group="instructions").stdout == "0 versions\n", "two kinds, two lists"
    used = answer(plans("where-used", "asm", "--version", "A", "--json"))
    assert used == {"orders": [], "stations": [], "units": []}


def test_plans_are_checked_compared_exported_and_imported(plans: Station, tmp_path: Path) -> None:
    old = plan_folder(tmp_path / "old")
    new = plan_folder(tmp_path / "new", "B", "20.010")
    assert plans("check", tmp_path).stdout.splitlines() == [
        "new/plan.toml: asm B, 2 characteristics",
        "old/plan.toml: asm A, 2 characteristics",
        "0 faults",
    ]
    plans("save", old)
    file, drafts = tmp_path / "new.inspectionplan", tmp_path / "drafts"
    assert plans("export", new, file).stdout == f"{file}: asm B, 1 media file\n"
    for before in (old, "asm@A"):
        for after in (new, file):
            (change,) = json.loads(plans("compare", before, after, "--json").stdout)
            assert (change["difference"], change["check_id"], change["field"]) == ("changed", "bore", "limits")
            assert (change["old"], change["new"]) == ("20.000 to 20.013 mm", "20.000 to 20.010 mm")
    assert plans("compare", old, "asm@A").stdout == "0 differences\n"
    assert plans("import", file, "--to", drafts).stdout == f"A draft in {drafts / 'asm'}\n"
    assert plans("compare", new, drafts / "asm").returncode == 0
    twice = plans("import", file, "--to", drafts)
    assert (twice.returncode, "is among the drafts already" in twice.stderr) == (1, True)
    assert plans("export", new, tmp_path / "new.workmaster").returncode == 2


def test_a_file_that_is_no_plan_says_where_and_saves_nothing(plans: Station, desk: Desk, tmp_path: Path) -> None:
    file = plan_folder(tmp_path / "plan") / "plan.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("upper = 20.013", "upper = 19.9"), encoding="utf-8")
    for verb in ("save", "check"):
        called = plans(verb, file)
        assert called.returncode == 1
        assert "plan.toml:" in called.stdout + called.stderr
    file.write_text(text + text, encoding="utf-8")
    assert "is not one plan" in plans("save", file).stderr
    nothing = plans("save", make_folder(tmp_path))
    assert nothing.returncode == 1
    assert "plan.toml: cannot be read" in nothing.stderr
    assert desk.database.events() == []
