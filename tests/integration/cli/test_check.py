"""`station check`: every fault of a station.toml at once, and who does not answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from station_app.demo.plant import ASM_10, ASM_20, DemoPlant
from tests.integration.cli.calling import call_station

FAULTY = """\
[station]
path = "Demo/Plant/Line1"
kind = "kitchen"
folder = 7
colour = "blue"

[shared_database]
host = "db.example"
port = 123456
database = "mes"
user = "station"
sslmode = "disable"
password = "oops"

[devices.press]
type = "opcua"
url = "http://127.0.0.1:4840"

[devices.oven]
type = "toaster"

[tags.force]
address = "opcua://pres/ns=2;s=Force"
interval_s = -1
low = 9.0
high = 3.0

[cameras.bench]
url = "ftp://camera"

[policy]
previous_operation_offline = "maybe"

[stations]
"""


@pytest.fixture
def faulty(tmp_path: Path) -> Path:
    file = tmp_path / "station.toml"
    file.write_text(FAULTY, encoding="utf-8")
    return file


def test_every_fault_at_once_with_line_key_value_and_what_is_allowed(faulty: Path) -> None:
    called = call_station("check", faulty, "--json")
    assert called.returncode == 1
    document = json.loads(called.stdout)
    assert document["answers"] == []
    faults = document["faults"]
    found = {(fault["line"], fault["key"].rsplit(".", 1)[-1]) for fault in faults}
    for line, key in (
        (2, "path"), (3, "kind"), (4, "folder"), (5, "colour"), (9, "port"), (12, "sslmode"), (13, "password"),
        (17, "url"), (20, "type"), (23, "address"), (24, "interval_s"), (29, "url"), (32, "previous_operation_offline"),
        (34, "stations"),
    ):  # fmt: skip
        assert (line, key) in found, f"line {line} {key} is missing in {sorted(found)}"
    assert {fault["line"] for fault in faults} & {25, 26}, "low above high"
    assert all(
        fault["message"] and set(fault) == {"line", "key", "value", "message", "allowed", "file"} for fault in faults
    )
    assert "oops" not in called.stdout, "a password is not repeated"
    text = call_station("check", faulty).stdout
    assert f"{faulty}:3: station.kind" in text or f"{faulty.name}:3" in text
    assert text.splitlines()[-1] == f"{len(faults)} faults"


def test_no_other_command_starts_with_faulty_settings(faulty: Path) -> None:
    for arguments in ("run --headless", "trace U-1 -c", "verify -c"):
        called = call_station(*arguments.split(), faulty)
        assert called.returncode == 2
        assert len(called.stderr.strip().splitlines()) > 10, "all faults, not the first only"


def test_a_station_where_all_answers(demo_plant: DemoPlant) -> None:
    for station, kind in ((ASM_10, "1280 x 720 pixels"), (ASM_20, "rpm")):
        called = call_station("check", demo_plant.station_file(station))
        assert called.returncode == 0, called.stdout
        assert kind in called.stdout
        assert called.stdout.splitlines()[-1] == "0 faults, 0 do not answer"


@pytest.mark.expected_log("^bench: no connection to 127.0.0.1")
def test_a_station_where_nothing_answers(demo_plant: DemoPlant, tmp_path: Path) -> None:
    text = (
        demo_plant.station_file(ASM_10).read_text("utf-8")
        + '[devices.bench]\ntype = "modbus"\nhost = "127.0.0.1"\nport = 9\n'
    )
    text += '[tags.speed]\naddress = "modbus://bench/holding/100"\n'
    for port in (demo_plant.ports.opcua, demo_plant.ports.camera, demo_plant.postgres.port):
        text = text.replace(str(port), "1")
    file = tmp_path / "station.toml"
    password = demo_plant.station_file(ASM_10).parent / "database.password"
    file.write_text(text.replace("'database.password'", f"'{password}'"), encoding="utf-8")
    called = call_station("check", file, "--json")
    assert called.returncode == 1
    document = json.loads(called.stdout)
    assert document["faults"] == []
    answers = {answer["what"]: answer for answer in document["answers"]}
    assert not any(answer["ok"] for answer in answers.values())
    assert {"shared database", "press.force", "speed", "bench"} <= set(answers)
    assert all(answer["said"] for answer in answers.values())
    assert call_station("check", file, "--offline").returncode == 0


def test_a_tag_by_host_and_port_is_asked_too(demo_plant: DemoPlant, tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    file.write_text(
        f'[station]\npath = "Demo/Plant/Hall1/Line1/ASM-99"\nkind = "assembly"\n[tags.force]\n'
        f'address = "opcua://127.0.0.1:{demo_plant.ports.opcua}/ns=2;s=Press.Force"\n',
        encoding="utf-8",
    )
    called = call_station("check", file)
    assert called.returncode == 0
    assert "force" in called.stdout
