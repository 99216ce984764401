"""Serial lines as URLs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.base import AddressError
from drivers.serial_line import BAUDS, PARITIES, STOP_BITS, SerialLine, is_port, parse_serial_line

LINES = st.builds(
    SerialLine,
    st.sampled_from(["/dev/ttyUSB0", "/dev/serial/by-id/usb-FTDI_x:1.0-if00-port0", "COM3", "COM12"]),
    st.sampled_from(BAUDS),
    st.sampled_from(PARITIES),
    st.sampled_from(STOP_BITS),
    st.booleans(),
)


@given(LINES)
def test_a_line_is_read_as_it_is_written(line: SerialLine) -> None:
    assert parse_serial_line(line.url("modbus-rtu"), "modbus-rtu") == line


def test_what_is_left_out_is_as_the_protocol_has_it() -> None:
    line = parse_serial_line("modbus-rtu:///dev/ttyS1", "modbus-rtu")
    assert line == SerialLine("/dev/ttyS1", 19200, "even", 1, False)
    assert line.character_s == pytest.approx(11 / 19200)
    assert str(line) == "/dev/ttyS1 (19200 baud, even parity)"


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("modbus-rtu://", "is no serial port"),
        ("modbus-rtu://ttyUSB0", "is no serial port"),
        ("modbus://COM3", "is no serial port"),
        ("modbus-rtu://COM0", "is no serial port"),
        ("modbus-rtu://COM3?baud=19201", 'baud is "19201"; allowed: 1200, 2400'),
        ("modbus-rtu://COM3?parity=E", 'parity is "E"; allowed: none, even, odd'),
        ("modbus-rtu://COM3?stop_bits=3", 'stop_bits is "3"'),
        ("modbus-rtu://COM3?baud=9600&baud=9600", "unknown or given twice"),
        ("modbus-rtu://COM3?speed=9600", "unknown or given twice"),
        ("modbus-rtu://COM3?echo=1", 'echo is "1"; allowed: true, false'),
    ],
)
def test_faults(url: str, what: str) -> None:
    with pytest.raises(AddressError) as fault:
        parse_serial_line(url, "modbus-rtu")
    assert what in str(fault.value)


def test_ports() -> None:
    assert is_port("/dev/ttyACM0")
    assert is_port("com7")
    assert not is_port("socket://h:1")
    assert not is_port("COM9999")
