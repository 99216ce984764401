"""Register bytes to values and back: types, word and byte order, bits, strings, scaling."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.address import ModbusAddress, parse_address
from drivers.base import Value
from drivers.modbus.coding import NoValue, decode, encode


def point(options: str, table: str = "holding") -> ModbusAddress:
    address = parse_address(f"modbus://h:1/{table}/0{options}")
    assert isinstance(address, ModbusAddress)
    return address


@pytest.mark.parametrize(
    ("options", "raw", "value"),
    [
        ("", "fffe", 65534),
        ("?type=int16", "fffe", -2),
        ("?type=int16&bytes=little", "feff", -2),
        ("?type=uint32", "00010002", 65538),
        ("?type=uint32&words=little", "00020001", 65538),
        ("?type=int32", "ffffffff", -1),
        ("?type=float32", "41480000", 12.5),
        ("?type=float32&words=little", "00004148", 12.5),
        ("?type=float32&bytes=little", "48410000", 12.5),
        ("?type=float32&words=little&bytes=little", "00004841", 12.5),
        ("?type=float64", "4029000000000000", 12.5),
        ("?type=float64&words=little", "0000000000004029", 12.5),
        ("?type=uint64", "0000000100000000", 2**32),
        ("?type=int64", "ffffffffffffffff", -1),
        ("?bit=0", "0001", True),
        ("?bit=15", "8000", True),
        ("?bit=15", "7fff", False),
        ("?type=bool&bit=3", "0008", True),
        ("?type=int16&scale=0.5&offset=-40", "0064", 10.0),
        ("?type=string&length=5", "48656c6c6f00", "Hello"),
        ("?type=string&length=5&bytes=little", "65486c6c006f", "Hello"),
        ("?type=string&length=6", "48690000ffff", "Hi"),
    ],
)
def test_decoding(options: str, raw: str, value: Value) -> None:
    decoded = decode(point(options), bytes.fromhex(raw))
    assert decoded == value
    assert type(decoded) is type(value)


@pytest.mark.parametrize(
    ("options", "raw", "status"),
    [
        ("?type=float32", "7fc00000", "BadOutOfRange"),
        ("?type=float32", "7f800000", "BadOutOfRange"),
        ("?type=float64", "fff0000000000000", "BadOutOfRange"),
        ("?type=float64&scale=1e10", "7fe0000000000000", "BadOutOfRange"),
        ("?type=string&length=2", "ff41", "BadDecodingError"),
    ],
)
def test_bytes_that_are_no_value(options: str, raw: str, status: str) -> None:
    with pytest.raises(NoValue) as refusal:
        decode(point(options), bytes.fromhex(raw))
    assert refusal.value.status == status


def test_bits_of_the_bit_tables() -> None:
    assert decode(point("", "coil"), b"\1") is True
    assert decode(point("", "discrete"), b"\0") is False


@pytest.mark.parametrize(
    ("options", "value", "status"),
    [
        ("", -1, "BadOutOfRange"),
        ("?type=int16", 40_000, "BadOutOfRange"),
        ("?type=float32", 1e300, "BadOutOfRange"),
        ("?type=float32", math.nan, "BadTypeMismatch"),
        ("", True, "BadTypeMismatch"),
        ("", "7", "BadTypeMismatch"),
        ("", None, "BadTypeMismatch"),
        ("?bit=1", True, "BadNotWritable"),
        ("?type=string&length=2", "abc", "BadOutOfRange"),
        ("?type=string&length=2", 7, "BadTypeMismatch"),
    ],
)
def test_values_that_do_not_fit(options: str, value: Value, status: str) -> None:
    with pytest.raises(NoValue) as refusal:
        encode(point(options), value)
    assert refusal.value.status == status


def test_input_registers_are_not_written() -> None:
    with pytest.raises(NoValue, match="BadNotWritable"):
        encode(point("", "input"), 1)


orders = st.sampled_from(["", "&words=little", "&bytes=little", "&words=little&bytes=little"])


@given(st.integers(-(2**31), 2**31 - 1), orders)
def test_integers_come_back(value: int, order: str) -> None:
    address = point(f"?type=int32{order}")
    assert decode(address, encode(address, value)) == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False), orders)
def test_floats_come_back(value: float, order: str) -> None:
    address = point(f"?type=float32{order}")
    found = decode(address, encode(address, value))
    assert isinstance(found, float)
    assert struct.pack(">f", found) == struct.pack(">f", value)


@given(st.binary(min_size=4, max_size=4))
def test_a_float_is_finite_or_refused(raw: bytes) -> None:
    (number,) = struct.unpack(">f", raw)
    try:
        value = decode(point("?type=float32"), raw)
    except NoValue:
        assert not math.isfinite(number)
    else:
        assert isinstance(value, float)
        assert struct.pack(">f", value) == struct.pack(">f", number)


def test_scaling_is_undone_when_writing() -> None:
    address = point("?type=int16&scale=0.1&offset=-40")
    assert encode(address, 10.0) == struct.pack(">h", 500)


@pytest.mark.parametrize(
    ("options", "raw", "value"),
    [
        ("?type=int16&scale=0.1", "0003", 0.3),
        ("?type=uint16&scale=0.01&offset=-273.15", "7530", 26.85),
        ("?type=int64&scale=0.001", "7fffffffffffffff", 9223372036854775.807),
        ("?type=float32&scale=1000", "3dcccccd", 100.0),
    ],
)
def test_scaled_values_are_computed_as_people_would(options: str, raw: str, value: float) -> None:
    assert decode(point(options), bytes.fromhex(raw)) == value


@pytest.mark.parametrize(
    ("options", "value", "status"),
    [
        ("?type=float64", math.inf, "BadOutOfRange"),
        ("?type=float64", math.nan, "BadTypeMismatch"),
        ("?type=float32", 1e308, "BadOutOfRange"),
        ("?type=float64&scale=1e-10", 1e308, "BadOutOfRange"),
        ("?type=int64&scale=1e-10", 1e308, "BadOutOfRange"),
        ("?type=int64", 10**400, "BadOutOfRange"),
        ("?type=float64", 10**400, "BadOutOfRange"),
        ("?type=uint16&scale=2", 10**400, "BadOutOfRange"),
        ("?type=uint16", -1, "BadOutOfRange"),
        ("?type=string&length=4", "\ud800", "BadTypeMismatch"),
    ],
)
def test_what_no_register_can_hold_is_not_written(options: str, value: Value, status: str) -> None:
    with pytest.raises(NoValue) as fault:
        encode(point(options), value)
    assert fault.value.status == status


def test_a_huge_value_with_a_scale_is_no_value() -> None:
    raw = struct.pack(">d", 1e308)
    with pytest.raises(NoValue, match="BadOutOfRange"):
        decode(point("?type=float64&scale=1e10"), raw)
