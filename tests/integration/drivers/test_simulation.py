"""The plant as a process: it starts, obeys, refuses clearly, and ends with its owner."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.simulation.control import CommandError, PlantControl
from drivers.simulation.process import PlantProcess
from tests.waiting import wait_until


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "drivers.simulation", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    _, errors = process.communicate(timeout=20)
    return process.returncode, errors


def test_it_tells_its_ports_and_ends_when_its_owner_is_gone(tmp_path: Path) -> None:
    ports_file = tmp_path / "ports.json"
    process = start("--ports-file", str(ports_file))
    wait_until(ports_file.exists, 30, "the ports file")
    ports = json.loads(ports_file.read_text(encoding="utf-8"))
    assert set(ports) == {"opcua", "modbus", "camera", "mtconnect", "gauge", "scanner", "control"}
    for port in ports.values():
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    assert end(process) == (0, "")
    assert [path.name for path in tmp_path.iterdir()] == ["ports.json"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM for children")
def test_it_ends_on_sigterm(tmp_path: Path) -> None:
    ports_file = tmp_path / "ports.json"
    process = start("--ports-file", str(ports_file))
    wait_until(ports_file.exists, 30, "the ports file")
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert end(process) == (0, "")


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, errors = end(start("--opcua-port", str(taken.getsockname()[1])))
    assert code == 1
    assert errors.startswith("the simulated plant cannot start: ")
    assert errors.count("\n") == 1


def test_a_wrong_speed_is_refused() -> None:
    code, errors = end(start("--speed", "0"))
    assert code == 2
    assert "allowed: 0.1 to 100" in errors


@pytest.mark.parametrize(
    ("command", "says"),
    [
        ({}, "press, bench, mill, gauge, scanner, set, fault, show"),
        ({"press": "start", "bench": "run"}, "exactly one"),
        ({"press": "stop"}, "start, auto"),
        ({"press": "start", "peak_kn": "high"}, "a number of kN"),
        ({"press": "start", "peak_kn": 99}, "0.5 to 50"),
        ({"bench": "jump"}, "allowed: run"),
        ({"bench": "run", "on": "yes"}, "true, false"),
        ({"set": "camera.zoom", "value": 2}, "camera.serial"),
        ({"set": "camera.serial", "value": ""}, "1 to 60"),
        ({"mill": "stop"}, "restart, skip, unavailable, condition, version"),
        ({"mill": "skip", "count": 0}, "1 to"),
        ({"mill": "condition", "level": "Bad"}, "Normal, Warning, Fault"),
        ({"mill": "version", "version": "1.0"}, "1.2"),
        ({"gauge": "drop"}, "press key, value, error, continuous"),
        ({"gauge": "press key", "value": "1,5"}, "a number as text"),
        ({"scanner": "scan"}, "text of at most"),
        ({"scanner": "read", "text": "x"}, "allowed: scan"),
        ({"fault": "fire", "on": True}, "device gone, value frozen, part missing, blurred, dark"),
        ({"fault": "device gone", "on": True}, "press, bench, camera"),
        ({"fault": "device gone", "device": ["x"], "on": True}, "press, bench, camera"),
    ],
)
def test_commands_it_does_not_know_name_what_is_allowed(
    control: PlantControl, command: dict[str, object], says: str
) -> None:
    with pytest.raises(CommandError, match=says):
        control.command(**command)
    assert control.command(show="state")["ok"]


def test_lines_that_are_no_commands(plant: PlantProcess) -> None:
    with socket.create_connection(("127.0.0.1", plant.ports["control"]), timeout=5) as connection:
        lines = connection.makefile("rb")
        for line in (b"hello\n", b"[1]\n", b"\xff\xfe\n"):
            connection.sendall(line)
            answer = json.loads(lines.readline())
            assert answer["ok"] is False
            assert "allowed: one JSON object per line" in answer["error"]
        lines.close()
    with plant.control() as control:
        assert control.command(show="state")["ok"]


def test_a_busy_press_says_so(control: PlantControl) -> None:
    wait_until(lambda: control.command(show="state")["press"]["state"] == "Idle", 10, "idle")
    control.press_start()
    with pytest.raises(CommandError, match="busy"):
        control.press_start()
    wait_until(lambda: control.command(show="state")["press"]["state"] == "Idle", 10, "idle again")


def test_it_works_by_itself_when_told(control: PlantControl) -> None:
    cycles = control.command(show="state")["press"]["cycles"]
    control.press_auto(True)
    wait_until(lambda: control.command(show="state")["press"]["cycles"] > cycles, 15, "a cycle")
