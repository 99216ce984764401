"""A station.toml whose lines a test can replace or add to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from station_app.config import Fault, check_config

GOOD = """\
[station]
path = "Demo/Plant/Hall1/Line1/ASM-10"
kind = "assembly"
[shared_database]
host = "127.0.0.1"
user = "asm_10"
sslmode = "disable"
[devices.press]
type = "opcua"
url = "opc.tcp://127.0.0.1:4840"
[devices.bench]
type = "modbus"
host = "127.0.0.1"
port = 5020
[tags.press.force]
address = "opcua://press/ns=2;s=Press.Force"
[cameras.bench]
url = "http://127.0.0.1:8081/stream.mjpg"
"""

Check = Callable[..., list[Fault]]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Faults of GOOD with ``old`` replaced by ``new``, or with ``new`` added at its end."""

    def run(new: str, old: str = "") -> list[Fault]:
        if old:
            assert old in GOOD
            text = GOOD.replace(old, new, 1)
        else:
            text = GOOD + new + "\n"
        return check_config(text, tmp_path / "station.toml")

    return run
