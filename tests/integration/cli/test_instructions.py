"""`station instructions check`: every fault of one work master or of many, with file and line."""

from __future__ import annotations

import json
from pathlib import Path

from station_app.resources import shipped
from tests.integration.cli.calling import call_station
from tests.unit.storage.instructions.authored_work_master import line_of, make_folder


def test_the_shipped_instructions_are_in_order_and_fit_their_stations() -> None:
    called = call_station("instructions", "check", shipped("instructions"), "--json")
    assert called.returncode == 0, called.stdout
    answer = json.loads(called.stdout)
    assert answer["faults"] == []
    assert {"gx40-assembly", "gx40-test-run", "gx40-inspection"} <= {entry["id"] for entry in answer["work_masters"]}


def test_every_fault_of_every_work_master_at_once(tmp_path: Path) -> None:
    make_folder(tmp_path, ("takt_s = 20.5", "takt_s = -1"), ("upper = 20.0130", 'upper = "20,0130"'), name="one")
    make_folder(tmp_path, name="two")
    make_folder(tmp_path / "more", ("takt_s = 20.5", "takt_s = -2"), name="three")
    called = call_station("instructions", "check", tmp_path)
    assert called.returncode == 1
    lines = called.stdout.splitlines()
    assert lines[-1] == "5 faults"
    assert any(line.startswith(f"one/work_master.toml:{line_of('takt_s')}: ") and "too small" in line for line in lines)
    assert any("one/work_master.toml" in line and "has a comma" in line for line in lines)
    clash = f':{line_of("version")}: version = "A": demo A is in more/three/work_master.toml too'
    assert f"one/work_master.toml{clash}" in called.stdout and f"two/work_master.toml{clash}" in called.stdout
    assert f"more/three/work_master.toml:{line_of('takt_s')}: " in called.stdout


def test_tags_and_cameras_that_the_stations_lack_are_named(tmp_path: Path) -> None:
    folder = make_folder(
        tmp_path,
        ("takt_s = 20.5", "takt_s = -1"),
        ('camera = "bench"', 'camera = "bnch"'),
        ('tag = "press.peak_force"', 'tag = "press.pek_force"'),
    )
    station_file = Path(__file__).parents[3] / "installer" / "examples" / "station.toml"
    called = call_station("instructions", "check", folder, "--station", station_file, "--json")
    assert called.returncode == 1
    faults = json.loads(called.stdout)["faults"]
    assert [(fault["line"], fault["key"], fault["value"]) for fault in faults] == [
        (line_of("takt_s"), "step[1].takt_s", "-1"),
        (line_of('tag = "press.peak'), "step[2].check[2].tag", '"press.pek_force"'),
        (line_of("camera"), "step[2].check[3].camera", '"bnch"'),
    ]
    assert 'Did you mean "press.peak_force"?' in faults[1]["message"]


def test_a_folder_without_any_says_so(tmp_path: Path) -> None:
    called = call_station("instructions", "check", tmp_path)
    assert called.returncode == 1
    assert "holds no work master" in called.stdout
    assert "there is no such folder" in call_station("instructions", "check", tmp_path / "x").stdout
