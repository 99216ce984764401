"""`station tags`: the tool an engineer takes to a new machine, against the simulated devices, without a configuration."""

from __future__ import annotations

import errno
import json
import os
import re
import socket
from typing import Any

import pytest

from station_app.demo.plant import DemoPlant
from tests.integration.cli.calling import call_station

FIELDS = ["address", "value", "quality", "status", "source_time", "received_time"]
ISO_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_read_several_devices_at_once(demo_plant: DemoPlant) -> None:
    addresses = [
        f"opcua://127.0.0.1:{demo_plant.ports.opcua}/ns=2;s=Press.Force",
        f"modbus://127.0.0.1:{demo_plant.ports.modbus}/holding/106?type=float32&words=little",
    ]
    called = call_station("tags", "read", *addresses)
    assert (called.returncode, called.stderr) == (0, "")
    read = lines(called.stdout)
    assert [line["address"] for line in read] == addresses
    assert all(
        list(line) == FIELDS and line["quality"] == "Good" and ISO_TIME.fullmatch(line["received_time"])
        for line in read
    )
    assert ISO_TIME.fullmatch(read[0]["source_time"])
    assert read[1]["source_time"] is None, "Modbus has no source times"


def test_what_does_not_answer_is_bad_and_the_others_are_read(demo_plant: DemoPlant) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        nobody = free.getsockname()[1]
    called = call_station(
        "tags", "read", f"modbus://127.0.0.1:{nobody}/holding/0", f"opcua://127.0.0.1:{demo_plant.ports.opcua}/ns=2;s=Nothing",
        f"opcua://127.0.0.1:{demo_plant.ports.opcua}/i=2258", "--timeout", "2",
    )  # fmt: skip
    assert called.returncode == 1
    read = lines(called.stdout)
    assert [line["quality"] for line in read] == ["Bad", "Bad", "Good"]
    assert [line["status"] for line in read[:2]] == ["BadCommunicationError", "BadNodeIdUnknown"]


@pytest.mark.parametrize(
    "address", ["opcua://press1/ns=2;s=X", "modbus://127.0.0.1:502/holding/-1", "http://127.0.0.1/x", "modbus://127.0.0.1:502/holding/1?type=blob"]
)  # fmt: skip
def test_an_address_that_cannot_be_understood_is_one_line(address: str) -> None:
    called = call_station("tags", "read", address)
    assert (called.returncode, called.stdout) == (2, "")
    assert len(called.stderr.strip().splitlines()) == 1
    assert "allowed" in called.stderr


def test_watch_prints_every_change(demo_plant: DemoPlant) -> None:
    address = f"modbus://127.0.0.1:{demo_plant.ports.modbus}/holding/109"
    called = call_station("tags", "watch", address, "--seconds", "1.5")
    assert called.returncode == 0
    seen = lines(called.stdout)
    assert len({line["value"] for line in seen if line["quality"] == "Good"}) >= 3, "the heartbeat counts"
    assert all(list(line) == FIELDS for line in seen)


def test_browse_lists_nodes_with_addresses_that_can_be_read(demo_plant: DemoPlant) -> None:
    called = call_station("tags", "browse", f"opcua://127.0.0.1:{demo_plant.ports.opcua}")
    assert called.returncode == 0
    nodes = lines(called.stdout)
    force = next(node for node in nodes if node["address"].endswith("s=Press.Force"))
    assert force["readable"] is True
    assert call_station("tags", "read", force["address"]).returncode == 0


def test_json_is_taken_by_the_commands_that_print_nothing_else(demo_plant: DemoPlant) -> None:
    device = f"opcua://127.0.0.1:{demo_plant.ports.opcua}"
    for arguments in (
        ("read", f"{device}/i=2258"),
        ("watch", f"{device}/i=2258", "--seconds", "0.3"),
        ("browse", device),
    ):
        called = call_station("tags", *arguments, "--json")
        assert called.returncode == 0
        assert lines(called.stdout)


def test_browsing_what_does_not_answer_is_one_line() -> None:
    called = call_station("tags", "browse", "opcua://127.0.0.1:1")
    assert called.returncode == 3
    assert len(called.stderr.strip().splitlines()) == 1


def test_why_a_device_does_not_answer_is_told(caplog: pytest.LogCaptureFixture) -> None:
    called = call_station("tags", "read", "modbus://127.0.0.1:1/holding/0", "mtconnect://127.0.0.1:1/x")
    assert called.returncode == 1
    assert [record.message for record in caplog.records] == [
        f"127.0.0.1:1: read failed: no connection to 127.0.0.1:1: {os.strerror(errno.ECONNREFUSED)}"
    ] * 2


def test_a_device_without_a_directory_says_so() -> None:
    called = call_station("tags", "browse", "modbus://127.0.0.1:1")
    assert (called.returncode, called.stdout) == (1, "")
    assert "has no directory" in called.stderr
