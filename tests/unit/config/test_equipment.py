"""Devices, tags and cameras: each fault, where it is and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.address import parse_formula_address
from drivers.calc import faults_of
from drivers.modbus import ModbusDriver
from station_app.config import DriverChecks, OpcUaSettings, check_config, load_config
from tests.unit.config.conftest import GOOD, Check

PRESS = 'url = "opc.tcp://127.0.0.1:4840"'
ADDRESS = 'address = "opcua://press/ns=2;s=Press.Force"'
FORMULA = '[tags.power]\nformula = "press.force * 2"\n'
CAMERA = 'url = "http://127.0.0.1:8081/stream.mjpg"'


def test_a_login_by_certificate_needs_both_files_and_no_name(check: Check, tmp_path: Path) -> None:
    for name in ("anna.der", "anna_key.pem"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    one, both = '\nuser_certificate = "anna.der"', '\nuser_certificate = "anna.der"\nuser_key = "anna_key.pem"'
    assert check(PRESS + both, PRESS) == []
    (half,) = check(PRESS + one, PRESS)
    (twice,) = check(PRESS + both + '\nuser = "anna"', PRESS)
    assert (half.message, twice.message) == ("and user_key belong together", "stands beside user")


@pytest.mark.parametrize(
    ("new", "key", "message"),
    [
        ('url = "127.0.0.1:4840"', "url", "has no scheme"),
        ('url = "http://h:4840"', "url", 'starts with "http://"'),
        ('url = "opc.tcp://:4840"', "url", "no valid host and port"),
        ('url = "opc.tcp://h:99999"', "url", "no valid host and port"),
        ('url = "opc.tcp://h:0"', "url", "no valid host and port"),
        ('url = "opc.tcp://h:48x"', "url", "no valid host and port"),
        ('url = "opc.tcp://[::1"', "url", "no valid host and port"),
        ('url = "opc.tcp://h:1?x=1"', "url", "has more after the host"),
        ("url = 4840", "url", "is not text"),
        (PRESS + '\nhost = "h"', "url", "is given beside host or port"),
        ("", "", "neither url nor host is given"),
        (PRESS + '\nsecurity = "sign"', "security", "not one of"),
        (PRESS + '\npolicy = "Basic256"', "policy", "not one of"),
        (PRESS + '\ncertificate = "no.der"', "certificate", "there is no file"),
        (PRESS + '\ntrusted = "no"', "trusted", "there is no folder"),
        (PRESS + '\npassword = "x"', "password", "must not be in this file"),
        (PRESS + '\ntimeout = "x"', "timeout", "is not known here"),
    ],
)
def test_device_faults(check: Check, new: str, key: str, message: str) -> None:
    faults = [fault for fault in check(new, PRESS) if message in fault.message]
    assert len(faults) == 1
    assert faults[0].key == ("devices.press." + key).rstrip(".")
    assert 8 <= faults[0].line <= 11
    assert faults[0].allowed


def test_a_url_with_a_password_is_refused_without_repeating_it(check: Check) -> None:
    for new, old in (
        ('url = "opc.tcp://me:geheim@h:4840"', PRESS),
        ('url = "http://me:geheim@h/stream"', CAMERA),
        ('address = "opcua://me:geheim@h:4840/ns=2;s=x"', ADDRESS),
    ):
        (fault,) = check(new, old)
        assert "holds a user or a password" in fault.message
        assert "geheim" not in str(fault)


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ('url = "opc.tcp://h:4841/a/b"', "opcua://h:4841/a/b"),
        ('url = "opc.tcp://h/"', "opcua://h:4840"),
        ('url = "opcua://h:1"', "opcua://h:1"),
        ('url = "opc.tcp://[::1]:4840"', "opcua://[::1]:4840"),
        ('host = "h"', "opcua://h:4840"),
        ('host = "::1"\nport = 5', "opcua://[::1]:5"),
    ],
)
def test_device_urls_have_one_form(tmp_path: Path, written: str, url: str) -> None:
    path = tmp_path / "station.toml"
    path.write_text(GOOD.replace(PRESS, written), encoding="utf-8")
    assert load_config(path).devices["press"].url == url


@pytest.mark.parametrize(
    ("new", "key", "message"),
    [
        ('type = "opc-ua"', "devices.x.type", 'Did you mean "opcua"'),
        ("type = 1", "devices.x.type", "is not text"),
        ("", "devices.x.type", "is missing"),
        ('type = "modbus"\nurl = "modbus://h:502/path"', "devices.x.url", "has more after the host"),
        ('type = "modbus"\nurl = "opc.tcp://h:502"', "devices.x.url", 'starts with "opc.tcp://"'),
        ('type = "modbus"\nhost = "h"\nport = 70000', "devices.x.port", "too large"),
        ('type = "modbus"\nhost = "h"\nsecurity = "none"', "devices.x.security", "is not known here"),
    ],
)
def test_more_device_faults(check: Check, new: str, key: str, message: str) -> None:
    (fault,) = check("[devices.x]\n" + new)
    assert fault.key == key
    assert message in fault.message


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ('serial_port = "/dev/ttyUSB0"', "modbus-rtu:///dev/ttyUSB0?baud=19200&parity=even&stop_bits=1"),
        (
            'serial_port = "COM3"\nbaud = 9600\nparity = "none"\nstop_bits = 2\necho = true',
            "modbus-rtu://COM3?baud=9600&parity=none&stop_bits=2&echo=true",
        ),
    ],
)
def test_modbus_on_a_serial_line(tmp_path: Path, written: str, url: str) -> None:
    path = tmp_path / "station.toml"
    path.write_text(GOOD + f'[devices.oven]\ntype = "modbus"\n{written}\n', encoding="utf-8")
    assert load_config(path).devices["oven"].url == url
    ModbusDriver("oven", url)  # the driver understands what is written here


@pytest.mark.parametrize(
    ("new", "key", "message"),
    [
        ('serial_port = "ttyUSB0"', "serial_port", "is no serial port"),
        ('serial_port = ""', "serial_port", "is empty"),
        ('serial_port = "COM3"\nbaud = 9601', "baud", "is no usual speed"),
        ('serial_port = "COM3"\nparity = "E"', "parity", "is not one of"),
        ('serial_port = "COM3"\nstop_bits = 3', "stop_bits", "too large"),
        ('serial_port = "COM3"\nport = 502', "port", "is given beside serial_port"),
        ('serial_port = "COM3"\nspeed = 9600', "speed", "is not known here"),
        ('host = "h"\nbaud = 9600', "baud", "has no effect without serial_port"),
    ],
)
def test_serial_line_faults(check: Check, new: str, key: str, message: str) -> None:
    (fault,) = check(f'[devices.x]\ntype = "modbus"\n{new}')
    assert fault.key == f"devices.x.{key}"
    assert message in fault.message


def test_a_formula_is_the_tags_address(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(
        GOOD + FORMULA + '[tags.label]\nformula = """\n  if(power > 3,\n "a  b", "c")"""\n', encoding="utf-8"
    )
    config = load_config(path, checks=DriverChecks(formulas=faults_of))
    assert config.tags["power"].tag.address == "calc://formula/press.force * 2"
    assert config.tags["power"].device == "formula"
    assert parse_formula_address(config.tags["label"].tag.address) == 'if(power > 3, "a  b", "c")'


@pytest.mark.parametrize(
    ("new", "key", "message"),
    [
        ('formula = "press.force *"', "formula", "at character 14: the formula ends where a value is expected"),
        ('formula = "pres.force"', "formula", 'there is no tag "pres.force"; "press.force" is there'),
        ('formula = "x + 1"', "formula", "the formula uses its own tag: x uses x"),
        ('formula = "not 1"', "formula", '"not" needs a boolean, but 1 is a number'),
        ('formula = ""', "formula", "is empty"),
        ("formula = 1", "formula", "is not text"),
        ('formula = "1"\naddress = "opcua://press/i=1"', "formula", "is given beside address"),
        ('formula = "1"\nwritable = true', "writable", "has no effect on what is computed"),
        ('formula = "1"\nstale_after_s = 3', "stale_after_s", "has no effect on what is computed"),
    ],
)
def test_formula_faults(tmp_path: Path, new: str, key: str, message: str) -> None:
    text = GOOD + "[tags.x]\n" + new + "\n"
    (fault,) = check_config(text, tmp_path / "station.toml", checks=DriverChecks(formulas=faults_of))
    assert fault.key == f"tags.x.{key}"
    assert message in fault.message
    assert fault.line >= 20


def test_device_and_camera_names(check: Check) -> None:
    (fault,) = check('[devices."a b"]\ntype = "modbus"\nhost = "h"')
    assert 'the name "a b" cannot be used' in fault.message
    assert fault.line == 19
    (fault,) = check('[cameras."/"]\nurl = "http://h/x"')
    assert 'the name "/" cannot be used' in fault.message


def test_security_needs_certificate_key_and_trusted(check: Check, tmp_path: Path) -> None:
    faults = check(PRESS + '\nsecurity = "sign_and_encrypt"', PRESS)
    assert [fault.message.split(" needs ")[1] for fault in faults] == [
        "certificate as well",
        "key as well",
        "trusted as well",
    ]
    for name in ("c.der", "k.pem"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "trusted").mkdir()
    keys = '\ncertificate = "c.der"\nkey = "k.pem"\ntrusted = "trusted"\nuser = "me"'
    assert check(PRESS + '\nsecurity = "sign_and_encrypt"' + keys, PRESS) == []
    faults = check(PRESS + keys, PRESS)
    assert [fault.message for fault in faults] == ["has no effect without security"] * 3
    path = tmp_path / "station.toml"
    path.write_text(GOOD.replace(PRESS, PRESS + '\nsecurity = "sign_and_encrypt"' + keys), encoding="utf-8")
    press = load_config(path).devices["press"]
    assert isinstance(press, OpcUaSettings)
    assert (press.certificate, press.key, press.trusted) == (
        tmp_path / "c.der",
        tmp_path / "k.pem",
        tmp_path / "trusted",
    )


def test_a_password_file_without_a_user(check: Check, tmp_path: Path) -> None:
    secret = tmp_path / "p"
    secret.write_text("x", encoding="utf-8")
    secret.chmod(0o600)
    (fault,) = check(PRESS + '\npassword_file = "p"', PRESS)
    assert fault.message == "has no effect without user"


@pytest.mark.parametrize(
    ("new", "key", "message"),
    [
        (
            'address = "opcua://pres/ns=2;s=x"',
            "address",
            'names a device "pres" that is not in [devices]. Did you mean',
        ),
        ('address = "modbus://press/holding/1"', "address", 'is modbus, but the device "press" is opcua'),
        ('address = "press"', "address", "is not an address"),
        ('address = "opc://press/x"', "address", 'Did you mean "opcua"'),
        ('address = ""', "address", "is empty"),
        ('unit = "kN"', "address", "is missing"),
        (ADDRESS + "\ninterval_s = 0.001", "interval_s", "too small"),
        (ADDRESS + "\ninterval_s = 3601", "interval_s", "too large"),
        (ADDRESS + "\ninterval_s = '1'", "interval_s", "is not a number"),
        (ADDRESS + "\ninterval_s = 2\nstale_after_s = 3", "stale_after_s", "before the next one can arrive"),
        (ADDRESS + "\nwritable = 1", "writable", "neither true nor false"),
        (ADDRESS + "\nlow = 5\nhigh = 4", "low", "is not below high (4)"),
        (ADDRESS + "\nlow = 5\nhigh = 5", "low", "is not below high"),
        (ADDRESS + '\nhigh = "11,0"', "high", "has a comma"),
        (ADDRESS + '\npriority = "low"', "priority", "has no effect without low or high"),
        (ADDRESS + '\nhigh = 1\npriority = "urgent"', "priority", "not one of"),
        (ADDRESS + '\nadress = "x"', "adress", "is not known here"),
    ],
)
def test_tag_faults(check: Check, new: str, key: str, message: str) -> None:
    (fault,) = check(new, ADDRESS)
    assert fault.key == f"tags.press.force.{key}"
    assert message in fault.message
    assert fault.line >= 15


def test_a_device_by_host_and_port_needs_no_section(check: Check) -> None:
    assert check('address = "opcua://127.0.0.1:4840/ns=2;s=x"', ADDRESS) == []
    assert check('address = "modbus://[::1]:502/holding/1"', ADDRESS) == []


def test_a_tag_of_a_faulty_device_is_not_a_fault_of_its_own(check: Check) -> None:
    faults = check('type = "opcau"', 'type = "opcua"')
    assert [fault.key for fault in faults] == ["devices.press.type"]


def test_tag_names_may_have_dots_and_tags_below_tags(tmp_path: Path) -> None:
    text = GOOD + (
        '[tags.press]\naddress = "opcua://press/i=1"\n[tags."bench.speed"]\naddress = "modbus://bench/holding/1"\n'
        '[tags.a.b.c]\naddress = "opcua://press/i=2"\n'
    )
    path = tmp_path / "station.toml"
    path.write_text(text, encoding="utf-8")
    config = load_config(path)
    assert set(config.tags) == {"press", "press.force", "bench.speed", "a.b.c"}
    assert all(settings.tag.name == name for name, settings in config.tags.items())


def test_one_tag_written_in_two_ways(check: Check) -> None:
    (fault,) = check('[tags."press.force"]\n' + ADDRESS)
    assert fault.message == 'the tag "press.force" is given twice'
    assert fault.line in (15, 19)


def test_an_empty_tag_misses_its_address(check: Check) -> None:
    (fault,) = check("[tags.x]")
    assert (fault.line, fault.key, fault.message) == (19, "tags.x.address", "is missing")


@pytest.mark.parametrize("url", ["ftp://h/x", "/dev/video0", "rtsp://", "http://", "http://h:0/x", "http://h:9x/", "0"])
def test_camera_urls(check: Check, url: str) -> None:
    (fault,) = check(f'url = "{url}"', CAMERA)
    assert (fault.line, fault.key) == (18, "cameras.bench.url")
    assert "http://HOST" in fault.allowed
