"""``python -m drivers``: JSON lines and exit codes, as an engineer or a script sees them."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

from drivers.bench import browse_device, read_addresses, watch_addresses
from drivers.simulation.process import PlantProcess

ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
FIELDS = ["address", "value", "quality", "status", "source_time", "received_time"]


def run(*arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "drivers", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_read_several_devices_in_the_order_asked(plant: PlantProcess) -> None:
    addresses = [
        f"{plant.modbus_url}/holding/100?type=float32",
        f"{plant.opcua_url}/ns=2;s=Press.State",
        f"{plant.modbus_url}/holding/112?type=string&length=16",
        f"{plant.opcua_url}/i=2258",
    ]
    code, lines, errors = run("read", *addresses)
    assert (code, errors) == (0, "")
    assert [line["address"] for line in lines] == addresses
    assert all(list(line) == FIELDS and line["quality"] == "Good" for line in lines)
    assert ISO_TIME.fullmatch(lines[1]["source_time"])
    assert all(ISO_TIME.fullmatch(line["received_time"]) for line in lines)
    assert lines[0]["source_time"] is None
    assert lines[2]["value"] == "TEST BENCH 20"


def test_an_unreachable_device_is_a_bad_line_beside_the_good_ones(plant: PlantProcess) -> None:
    gone = f"modbus://127.0.0.1:{free_port()}/holding/0"
    code, lines, errors = run("read", gone, f"{plant.opcua_url}/ns=2;s=Press.State")
    assert code == 1
    assert [(line["quality"], line["status"]) for line in lines] == [
        ("Bad", "BadCommunicationError"),
        ("Good", "Good"),
    ]
    assert "Connection refused" in errors or "refused" in errors
    assert "Traceback" not in errors


def test_a_malformed_address_is_told_before_anything_is_asked() -> None:
    code, lines, errors = run("read", "modbus://127.0.0.1:1/holding/0", "modbus://127.0.0.1:1/register/0")
    assert (code, lines) == (2, [])
    assert "coil, discrete, input, holding" in errors
    assert "Traceback" not in errors


def test_watch_prints_until_its_time_is_over(plant: PlantProcess) -> None:
    code, lines, _ = run("watch", f"{plant.opcua_url}/ns=2;s=Press.Force", "--seconds", "1")
    assert code == 0
    assert len([line for line in lines if line["quality"] == "Good"]) > 5


def test_browse(plant: PlantProcess) -> None:
    code, lines, _ = run("browse", plant.opcua_url, "--limit", "5")
    assert code == 0
    assert len(lines) == 5
    assert lines[0] == {
        "address": f"{plant.opcua_url}/ns=2;s=Press",
        "name": "Press",
        "readable": False,
        "depth": 0,
    }
    code, lines, errors = run("browse", f"opcua://127.0.0.1:{free_port()}")
    assert (code, lines) == (1, [])
    assert errors.count("\n") == 1


def test_a_certificate_is_made_once_and_a_servers_is_fetched(plant: PlantProcess, tmp_path: Path) -> None:
    arguments = ("certificate", "--name", "asm-10", "--out", str(tmp_path))
    for is_new in (True, False):
        code, (line,), errors = run(*arguments)
        assert (code, errors, line["new"]) == (0, "", is_new)
        assert Path(line["certificate"]).is_file() and line["application_uri"].endswith(":asm-10")
    code, lines, errors = run("certificate", "--name", "../x", "--out", str(tmp_path))
    assert (code, lines) == (2, []) and "allowed: 1 to 64 letters" in errors
    code, lines, errors = run("certificate", "--of", plant.opcua_url, "--out", str(tmp_path / "trusted"))
    assert (code, lines) == (1, []) and "offers no certificate" in errors, "the simulated press has no security"
    assert not (tmp_path / "trusted").exists()


def test_the_functions_behind_it(plant: PlantProcess) -> None:
    twice = f"{plant.opcua_url}/ns=2;s=Press.Program"
    assert [address for address, _ in read_addresses([twice, twice])] == [twice, twice]
    assert browse_device(plant.modbus_url) == []
    seen: list[object] = []
    watch_addresses([twice], 0.5, seen.append)
    assert seen


def test_a_camera_is_looked_at_and_its_picture_kept(plant: PlantProcess, tmp_path: Path) -> None:
    code, (found,), _ = run("camera", plant.camera_url, "--save", str(tmp_path / "a.jpg"))
    assert code == 0
    assert (found["width_px"], found["height_px"], found["media_type"]) == (1280, 720, "image/jpeg")
    assert (tmp_path / "a.jpg").stat().st_size == found["size_bytes"]
    assert {control["name"]: control["supported"] for control in found["controls"]} == {
        "exposure": False, "focus": False, "gain": False,
    }  # fmt: skip


def test_a_camera_that_is_none_says_why() -> None:
    code, (found,), _ = run("camera", "file:///nowhere/at/all.jpg", "--timeout", "0.5")
    assert code == 1 and "No such file" in found["reason"]
    code, found_lines, said = run("camera", "ftp://h/x")
    assert (code, found_lines) == (2, []) and "allowed: http://HOST/PATH" in said
