"""Gauges, scanners and MTConnect agents in station.toml: each fault, where it is and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.config import MtconnectSettings, load_config
from tests.unit.config.conftest import GOOD, Check

CALIPER = """\
[gauges.caliper]
port = "/dev/ttyUSB0"
protocol = "mitutoyo"
unit = "mm"
"""
SCANNER = """\
[scanners.hand]
port = "COM3"
"""


def test_all_that_can_be_said(tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    text = """\
[devices.mill]
type = "mtconnect"
url = "http://10.0.0.5"
heartbeat_s = 2
[gauges.force]
port = "rfc2217://10.0.0.7:4001"
protocol = "mark10"
unit = "N"
title = "Force"
baud = 115200
interval_s = 0.2
[gauges.depth]
port = 'COM12'
protocol = "pattern"
pattern = '(?P<value>[+-]?\\d+\\.\\d+) (?P<unit>mm)'
request = "P\\r"
unit = "mm"
parity = "even"
data_bits = 7
handshake = "rtscts"
mode = "pressed"
[scanners.hand]
port = "socket://10.0.0.8:4002"
prefix = "\\u0002"
suffix = "\\u0003"
encoding = "latin-1"
"""
    file.write_text(GOOD + CALIPER + text, encoding="utf-8")
    config = load_config(file)
    assert config.devices["mill"] == MtconnectSettings("mill", "mtconnect://10.0.0.5:5000", 2.0)
    force, depth, caliper = config.gauges["force"], config.gauges["depth"], config.gauges["caliper"]
    assert (force.mode, force.interval_s, force.line.baud, force.title) == ("asked", 0.2, 115200, "Force")
    assert (depth.mode, depth.request, depth.line.parity, depth.line.data_bits) == ("pressed", "P\r", "even", 7)
    assert (caliper.mode, caliper.unit, caliper.line.port, caliper.title) == (
        "pressed",
        "mm",
        "/dev/ttyUSB0",
        "caliper",
    )
    assert (config.scanners["hand"].prefix, config.scanners["hand"].suffix) == ("\x02", "\x03")


@pytest.mark.parametrize(
    ("new", "key", "message"),
    [
        (CALIPER.replace("/dev/ttyUSB0", "tcp://h:1"), "gauges.caliper.port", "not written as it must be"),
        (CALIPER.replace("/dev/ttyUSB0", "socket://h"), "gauges.caliper.port", "not written as it must be"),
        (CALIPER.replace("/dev/ttyUSB0", "socket://h:99999"), "gauges.caliper.port", "does not exist"),
        (CALIPER.replace("/dev/ttyUSB0", ""), "gauges.caliper.port", "is empty"),
        (CALIPER.replace("mitutoyo", "digimatic"), "gauges.caliper.protocol", "not one of the words"),
        (CALIPER.replace('unit = "mm"\n', ""), "gauges.caliper.unit", "is missing"),
        (CALIPER + 'mode = "asked"', "gauges.caliper.mode", "nothing asks this gauge"),
        (CALIPER + 'mode = "sometimes"', "gauges.caliper.mode", "not one of the words"),
        (CALIPER + "interval_s = 1", "gauges.caliper.interval_s", "has no effect"),
        (CALIPER + "pattern = '(?P<value>.)'", "gauges.caliper.pattern", "has no effect"),
        (CALIPER + 'request = "?"', "gauges.caliper.request", "has no effect"),
        (CALIPER + "channel = 100", "gauges.caliper.channel", "is too large"),
        (CALIPER + "baud = 1", "gauges.caliper.baud", "is too small"),
        (CALIPER + 'parity = "mark"', "gauges.caliper.parity", "not one of the words"),
        (CALIPER + "data_bits = 9", "gauges.caliper.data_bits", "is too large"),
        (CALIPER + 'color = "red"', "gauges.caliper.color", "is not known here"),
        (CALIPER.replace("mitutoyo", "pattern"), "gauges.caliper.pattern", "is missing"),
        (
            CALIPER.replace("mitutoyo", "pattern") + "pattern = '(?P<value>(a+)+)'",
            "gauges.caliper.pattern",
            "repeats a group",
        ),
        (CALIPER.replace("mitutoyo", "pattern") + "pattern = '('", "gauges.caliper.pattern", "no regular expression"),
        (
            CALIPER.replace("/dev/ttyUSB0", "socket://h:4001") + "baud = 9600",
            "gauges.caliper.baud",
            "it is set in the converter",
        ),
        (CALIPER.replace("caliper", "press"), "gauges.press", "is a device's already"),
        (CALIPER + SCANNER.replace("hand", "caliper"), "scanners.caliper", "is a gauge's already"),
        (CALIPER + SCANNER.replace("COM3", "/dev/ttyUSB0"), "scanners.hand.port", 'the port of "caliper"'),
        (
            CALIPER + '[devices.oven]\ntype = "modbus"\nserial_port = "/dev/ttyUSB0"',
            "gauges.caliper.port",
            'the port of "oven"',
        ),
        (SCANNER.replace("hand", '"my scanner"'), 'scanners."my scanner"', "cannot be used"),
        (SCANNER + 'suffix = "ab"', "scanners.hand.suffix", "neither a line end nor one character"),
        (SCANNER + 'suffix = "ä"', "scanners.hand.suffix", "neither a line end nor one character"),
        (SCANNER + 'prefix = "ä"', "scanners.hand.prefix", "beyond ASCII"),
        (SCANNER + 'encoding = "klingon"', "scanners.hand.encoding", "is not the name of an encoding"),
        (SCANNER + 'encoding = "utf-16"', "scanners.hand.encoding", "is not the name of an encoding"),
        (SCANNER + 'encoding = "rot13"', "scanners.hand.encoding", "is not the name of an encoding"),
        (
            '[devices.mill]\ntype = "mtconnect"\nurl = "http://h:5000/path"',
            "devices.mill.url",
            "has more after the host",
        ),
        ('[devices.mill]\ntype = "mtconnect"\nurl = "modbus://h:5000"', "devices.mill.url", 'starts with "modbus://"'),
        (
            '[devices.mill]\ntype = "mtconnect"\nhost = "h"\nheartbeat_s = 0',
            "devices.mill.heartbeat_s",
            "is too small",
        ),
    ],
)
def test_faults(check: Check, new: str, key: str, message: str) -> None:
    faults = [fault for fault in check(new) if message in fault.message]
    assert [fault.key for fault in faults] == [key]
    assert faults[0].line > 18
    assert faults[0].allowed


def test_the_commented_sections_of_the_example_can_be_used(check: Check) -> None:
    """What stands behind "#" in installer/examples/station.toml for these devices is right as it is."""
    example = Path(__file__).resolve().parents[3] / "installer" / "examples" / "station.toml"
    wanted, taken = False, []
    for line in example.read_text(encoding="utf-8").splitlines():
        bare = line.removeprefix("# ")
        if bare.startswith(("[devices.mill]", "[gauges.caliper]", "[scanners.hand]")):
            wanted = True
        elif not line.startswith("# "):
            wanted = False
        if wanted:
            taken.append(bare)
    text = "\n".join(taken)
    assert text.count("[") >= 3
    lines = [line for line in taken if not line.startswith(("channel", "pattern", "request", "interval_s"))]
    assert check("\n".join(lines)) == []
    pattern = [line for line in taken if not line.startswith(("channel", "protocol", "mode"))]
    assert check("\n".join(pattern).replace('unit = "mm"', 'unit = "mm"\nprotocol = "pattern"')) == []
