"""station.toml as a whole: from a file to frozen settings, or to every fault at once."""

from __future__ import annotations

import dataclasses
import os
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from drivers.address import parse_address
from drivers.base import AddressError, Tag
from station_app.config import (
    CameraSettings,
    ConfigError,
    DriverChecks,
    ModbusSettings,
    OpcUaSettings,
    PolicySettings,
    ScannerSettings,
    StationConfig,
    check_config,
    check_file,
    load_config,
)
from tests.unit.config.conftest import GOOD, Check

EXAMPLES = Path(__file__).parents[3] / "installer" / "examples"


def write(folder: Path, text: str) -> Path:
    path = folder / "station.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_good_file_has_no_fault(check: Check) -> None:
    assert check("") == []


def test_every_setting_arrives(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, GOOD))
    assert config.file == tmp_path / "station.toml"
    assert (config.station.path, config.station.name) == ("Demo/Plant/Hall1/Line1/ASM-10", "ASM-10")
    assert config.station.folder.name == "Demo-Plant-Hall1-Line1-ASM-10"
    assert config.shared_database is not None
    assert (config.shared_database.port, config.shared_database.database) == (5432, "mes")
    assert config.devices == {
        "press": OpcUaSettings("press", "opcua://127.0.0.1:4840"),
        "bench": ModbusSettings("bench", "modbus://127.0.0.1:5020"),
    }
    assert config.tags["press.force"].tag == Tag("press.force", "opcua://press/ns=2;s=Press.Force")
    assert config.tags["press.force"].device == "press"
    assert config.cameras == {"bench": CameraSettings("bench", "http://127.0.0.1:8081/stream.mjpg", "bench")}
    assert config.scanner == ScannerSettings()
    assert config.policy == PolicySettings("block", 12.0, 3)
    assert config.display.px_per_mm is None


def test_what_is_written_wins_over_defaults(tmp_path: Path) -> None:
    text = GOOD.replace('kind = "assembly"', 'kind = "test"\nname = "A"\ntitle = "T"\nfolder = "data"\ntheme = "dark"')
    text += 'title = "Bench"\n[scanner]\nprefix = "\\u0002"\nsuffix = ""\nmax_key_gap_ms = 20\nmin_length = 6\n'
    text += '[policy]\nprevious_operation_offline = "allow_unverified"\nesd_valid_hours = 8.5\nmost_reworks = 0\n'
    text += "[display]\npx_per_mm = 3.78\nfull_screen = true\n"
    text += '[tags.x]\naddress = "modbus://bench/holding/1"\nunit = "°C"\ninterval_s = 1\nlow = 1.50\nhigh = 2\n'
    text += 'priority = "high"\nwritable = true\ntitle = "X"\n'
    config = load_config(write(tmp_path, text))
    assert (config.station.name, config.station.kind, config.station.theme) == ("A", "test", "dark")
    assert config.station.folder == tmp_path / "data"
    assert config.scanner == ScannerSettings("\x02", "", 20, 6)
    assert config.policy == PolicySettings("allow_unverified", 8.5, 0)
    assert (config.display.px_per_mm, config.display.full_screen) == (3.78, True)
    x = config.tags["x"]
    assert x.tag == Tag("x", "modbus://bench/holding/1", "°C", 1.0, 3.0, True)
    assert (str(x.low), x.high, x.priority, x.title) == ("1.50", Decimal(2), "high", "X")


@pytest.mark.parametrize("policy", ["block", "allow_signed", "allow_unverified"])
def test_the_policy_while_the_server_is_away_is_one_of_three(tmp_path: Path, policy: str) -> None:
    config = load_config(write(tmp_path, GOOD + f'[policy]\nprevious_operation_offline = "{policy}"\n'))
    assert config.policy.previous_operation_offline == policy


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    config = load_config(write(tmp_path, GOOD))
    with pytest.raises(dataclasses.FrozenInstanceError):
        config.station.name = "other"  # type: ignore[misc]  # the point of the test
    with pytest.raises(TypeError):
        config.devices["press"] = config.devices["bench"]  # type: ignore[index]  # the point of the test


def test_every_fault_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    text = GOOD
    for old, new in (
        ('kind = "assembly"', 'kind = "asembly"\ntitel = "x"'),
        ("port = 5020", "port = 5020,5"),
        ("opcua://press/ns", "opcua://pres/ns"),
        ('url = "http', 'url = "ftp'),
    ):
        text = text.replace(old, new)
    with pytest.raises(ConfigError) as raised:
        load_config(write(tmp_path, text))
    faults = raised.value.faults
    assert [(fault.line, fault.key) for fault in faults] == [
        (3, "station.kind"),
        (4, "station.titel"),
        (15, "port"),
        (17, "tags.press.force.address"),
        (19, "cameras.bench.url"),
    ]
    assert str(raised.value).count("\n") == 4
    assert all(fault.file == "station.toml" for fault in faults)


def test_only_the_station_is_required(check: Check, tmp_path: Path) -> None:
    (fault,) = check_config("", tmp_path / "station.toml")
    assert fault.key == "station"
    assert "is missing" in fault.message
    text = '[station]\npath = "a/b/c/d/e"\nkind = "test"\n'
    assert load_config(write(tmp_path, text)).shared_database is None


@pytest.mark.parametrize(
    ("new", "line", "key", "message"),
    [
        ("[displai]\nfull_screen = true", 19, "displai", 'Did you mean "display"'),
        ("[tags.press.force]\nunit = 'x'", 19, "", "given twice"),
        ("x = = 1", 19, "", "Invalid value"),
        ("[policy]\nprevious_operation_offline = 'maybe'", 20, "policy.previous_operation_offline", "not one of"),
        ("[policy]\nesd_valid_hours = 0.4", 20, "policy.esd_valid_hours", "too small"),
        ("[policy]\nesd_valid_hours = '12'", 20, "policy.esd_valid_hours", "is not a number"),
        ("[policy]\nmost_reworks = 21", 20, "policy.most_reworks", "too large"),
        ("[policy]\nmost_reworks = 2.5", 20, "policy.most_reworks", "is not a whole number"),
        ("[scanner]\nmax_key_gap_ms = 51", 20, "scanner.max_key_gap_ms", "too large"),
        ("[scanner]\nmin_length = 0", 20, "scanner.min_length", "too small"),
        ("[scanner]\nprefix = 2", 20, "scanner.prefix", "is not text"),
        ("[display]\npx_per_mm = 0.5", 20, "display.px_per_mm", "too small"),
        ("[display]\nfull_screen = 'yes'", 20, "display.full_screen", "neither true nor false"),
        ("[[policy]]", 19, "policy", "is not a table"),
    ],
)
def test_faults_of_the_document_and_small_sections(check: Check, new: str, line: int, key: str, message: str) -> None:
    (fault,) = check(new)
    assert (fault.line, fault.key) == (line, key)
    assert message in fault.message


def test_addresses_are_checked_by_the_function_that_is_given(tmp_path: Path) -> None:
    asked: list[str] = []

    def refuse(address: str) -> str | None:
        asked.append(address)
        return "the node is odd"

    (fault,) = check_config(GOOD, tmp_path / "station.toml", checks=DriverChecks(address=refuse))
    assert (fault.line, fault.message) == (16, "the node is odd")
    assert asked == ["opcua://press/ns=2;s=Press.Force"]


def test_a_file_that_is_missing_a_folder_or_unreadable(tmp_path: Path) -> None:
    assert "does not exist" in check_file(tmp_path / "none.toml")[0].message
    assert "is a folder" in check_file(tmp_path)[0].message
    assert "cannot be read" in check_file(Path("a\0b"))[0].message
    with pytest.raises(ConfigError, match="does not exist"):
        load_config(tmp_path / "none.toml")


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="root and Windows may read every file")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    path.chmod(0)
    assert "cannot be read: Permission denied" in check_file(path)[0].message


def test_a_file_of_another_encoding_or_size(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_bytes(GOOD.encode() + b"# \xe4\n")
    (fault,) = check_file(path)
    assert (fault.line, fault.message) == (19, "byte 0xE4 is not UTF-8")
    path.write_bytes(GOOD.encode("utf-16"))
    assert "UTF-16" in check_file(path)[0].message
    path.write_bytes(b"#" * 2_000_000)
    assert "too big" in check_file(path)[0].message
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert check_file(path) == []


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_the_examples_are_without_fault(example: Path) -> None:
    def fault_of(address: str) -> str | None:
        try:
            parse_address(address)
        except AddressError as error:
            return str(error)
        return None

    assert isinstance(load_config(example, checks=DriverChecks(address=fault_of)), StationConfig)


def test_the_example_names_every_key() -> None:
    """What a reader cannot find in the example does not exist for him."""
    text = (EXAMPLES / "station.toml").read_text(encoding="utf-8")
    keys = {
        *(
            "path",
            "name",
            "title",
            "kind",
            "folder",
            "language",
            "theme",
            "host",
            "port",
            "database",
            "user",
            "sslmode",
        ),
        *("sslrootcert", "sslcert", "sslkey", "password_file", "type", "url", "security", "policy", "certificate"),
        *(
            "user_certificate",
            "user_key",
            "key",
            "trusted",
            "address",
            "unit",
            "interval_s",
            "stale_after_s",
            "writable",
            "low",
            "high",
            "priority",
        ),
        *("when", "limit", "deadband", "on_delay_s", "off_delay_s", "text", "guidance", "link", "class", "consequence"),
        *("respond_s", "group", "equipment", "stops_step", "states", "per_s", "device", "horn", "flood", "max_shelf_h"),
        *("prefix", "suffix", "max_key_gap_ms", "min_length", "previous_operation_offline", "px_per_mm", "full_screen"),
        *("esd_valid_hours", "most_reworks"),
    }
    written = {line.strip("# ").split("=")[0].strip() for line in text.splitlines() if "=" in line}
    assert keys - written == set()
