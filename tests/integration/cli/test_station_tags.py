"""`station tags list|add|remove|write`: a station's own tags from the command line, beside simulated devices."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from station_app.demo.plant import DemoPlant
from station_app.domain.chain import AUDIT, REC
from station_app.domain.records import SettingChanged, TagWritten, decode_body
from station_app.storage.journal import SqliteJournal
from tests.integration.cli.calling import call_station

STATION = "Demo/Plant/Hall1/Line1/ASM-99"


@pytest.fixture
def config(tmp_path: Path, demo_plant: DemoPlant) -> Path:
    file = tmp_path / "station.toml"
    file.write_text(
        f'''[station]
path = "{STATION}"
kind = "assembly"
folder = "files"

[devices.bench]
type = "modbus"
host = "127.0.0.1"
port = {demo_plant.ports.modbus}

[tags.bench.setpoint]
address = "modbus://bench/holding/0"
writable = true

[tags.bench.speed]
address = "modbus://bench/holding/100?type=float32"
high = 3000
''',
        encoding="utf-8",
    )
    return file


def called(config: Path, *arguments: str) -> tuple[int, str, str]:
    done = call_station("tags", *arguments, "-c", str(config))
    return done.returncode, done.stdout, done.stderr


def listed(config: Path) -> dict[str, dict[str, Any]]:
    code, out, _ = called(config, "list", "--json")
    assert code == 0
    return {line["tag"]: line for line in map(json.loads, out.splitlines())}


def facts(config: Path, chan: str) -> list[tuple[str, object]]:
    with SqliteJournal(config.parent / "files" / "journal.sqlite", STATION) as journal:
        return [(row.actor, decode_body(row.kind, row.body)) for row in journal.all_rows(chan)]


def test_a_tag_is_added_with_limits_and_history_listed_and_removed(config: Path) -> None:
    code, out, _ = called(
        config, "add", "modbus://bench/holding/104?type=float32", "--name", "bench.torque", "--unit", "Nm", "--high-high", "9",
        "--high", "8", "--deadband", "0.5", "--on-delay", "2", "--history-deadband", "0.1", "--interval", "0.2", "--json",
    )  # fmt: skip
    assert code == 0
    tag = json.loads(out)
    assert tag == listed(config)["bench.torque"]
    assert (tag["unit"], tag["interval_s"], tag["added"], tag["history"]["deadband"]) == ("Nm", 0.2, True, 0.1)
    assert [(a["when"], a["limit"], a["deadband"], a["on_delay_s"]) for a in tag["alarms"]] == [
        ("high_high", 9.0, 0.5, 2.0),
        ("high", 8.0, 0.5, 2.0),
    ]
    assert listed(config)["bench.speed"]["alarms"] == [{"when": "high", "limit": 3000.0, "priority": "medium"}]
    assert "bench.torque  modbus://bench/holding/104?type=float32" in called(config, "list")[1]
    assert called(config, "remove", "bench.torque") == (0, "bench.torque was removed.\n", "")
    assert list(listed(config)) == ["bench.setpoint", "bench.speed"]
    changes = [
        fact for actor, fact in facts(config, AUDIT) if isinstance(fact, SettingChanged) and actor == "command line"
    ]
    assert [bool(change.new) for change in changes] == [True, False]


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["add", "modbus://bench/holding/1", "--name", "bench.speed"], 1, "already"),
        (["add", "modbus://bench/holding/1", "--name", "a b"], 1, "cannot be used"),
        (["add", "modbus://nobody/holding/1"], 2, 'names a device "nobody"'),
        (["add", "opcua://bench/i=2258"], 2, 'the device "bench" is modbus'),
        (["add", "modbus://bench/holding/-1"], 2, "allowed"),
        (["add", "modbus://bench/holding/1", "--high", "1", "--low", "2"], 1, "is not above low"),
        (["add", "modbus://bench/holding/1", "--high", "nan"], 1, "is no number"),
        (["add", "modbus://bench/holding/1", "--high", "1", "--deadband", "-1"], 1, "deadband"),
        (["add", "modbus://bench/holding/1", "--interval", "0"], 1, "interval"),
        (["add", "modbus://bench/holding/1", "--priority", "urgent"], 2, "allowed"),
        (["remove", "bench.speed"], 1, "stands in station.toml"),
        (["remove", "nobody"], 1, "is no tag"),
        (["write", "nobody", "1"], 1, "neither the name nor the address"),
        (["write", "bench.speed", "1"], 1, "not marked writable"),
        (["write", "bench.setpoint", "fast"], 1, "whole number"),
    ],
)
def test_what_cannot_be_is_one_line_and_changes_nothing(
    config: Path, arguments: list[str], code: int, part: str
) -> None:
    before = listed(config)
    returned, out, error = called(config, *arguments)
    assert (returned, out, len(error.strip().splitlines())) == (code, "", 1), error
    assert part in error
    assert listed(config) == before


def test_a_writable_tag_is_written_by_name_or_address_and_recorded(config: Path) -> None:
    code, out, _ = called(config, "write", "bench.setpoint", "1250", "--json")
    assert (code, json.loads(out)["value"]) == (0, 1250)
    assert called(config, "write", "modbus://bench/holding/0", "1200") == (0, "bench.setpoint: 1200 was written.\n", "")
    code, _, error = called(config, "write", "bench.setpoint", "4000")
    assert (code, error) == (1, "bench.setpoint: the device did not take it: BadOutOfRange\n")
    told = [(a, f.value_text, f.status) for a, f in facts(config, REC) if isinstance(f, TagWritten)]
    assert told == [
        ("command line", "1250", "Good"),
        ("command line", "1200", "Good"),
        ("command line", "4000", "BadOutOfRange"),
    ]


def test_while_the_station_runs_its_tag_browser_does_it(config: Path) -> None:
    called(config, "add", "modbus://bench/holding/1")
    with SqliteJournal(config.parent / "files" / "journal.sqlite", STATION):
        assert list(listed(config)) == ["bench.setpoint", "bench.speed", "bench.1"]
        for arguments in (["add", "modbus://bench/holding/2"], ["remove", "bench.1"], ["write", "bench.setpoint", "1"]):
            code, _, error = called(config, *arguments)
            assert code == 3
            assert "tag browser" in error
    assert list(listed(config)) == ["bench.setpoint", "bench.speed", "bench.1"]
