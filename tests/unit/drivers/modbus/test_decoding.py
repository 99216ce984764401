"""Whole blocks decoded at once say exactly what each point decoded alone says."""

from __future__ import annotations

import struct

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.address import MODBUS_TYPES, ModbusAddress, parse_address
from drivers.base import Value
from drivers.modbus.coding import NoValue, decode
from drivers.modbus.decoding import BlockDecoder

BLOCK_REGISTERS = 24


def at(offset: int, options: str, table: str = "holding") -> ModbusAddress:
    address = parse_address(f"modbus://h:1/{table}/{offset}{options}")
    assert isinstance(address, ModbusAddress)
    return address


def one_by_one(addresses: list[ModbusAddress], raw: bytes) -> tuple[list[Value], dict[int, str]]:
    values: list[Value] = []
    faults: dict[int, str] = {}
    for position, address in enumerate(addresses):
        try:
            values.append(decode(address, raw[2 * address.offset : 2 * (address.offset + address.count)]))
        except NoValue as fault:
            values.append(None)
            faults[position] = fault.status
    return values, faults


numbers = [kind for kind in MODBUS_TYPES if kind not in ("bool", "string")]
options = st.one_of(
    st.builds(
        "?type={}&words={}&bytes={}{}".format,
        st.sampled_from(numbers),
        st.sampled_from(["big", "little"]),
        st.sampled_from(["big", "little"]),
        st.sampled_from(["", "", "&scale=0.1", "&scale=1e10&offset=-3"]),
    ),
    st.sampled_from(["?bit=3", "?type=string&length=5", "?type=string&length=3&bytes=little"]),
)
addresses = st.lists(st.builds(at, st.integers(0, BLOCK_REGISTERS - 4), options), min_size=1, max_size=12)


@settings(max_examples=300, deadline=None)
@example([at(13, "?type=int16"), at(0, "?type=int16")], b"\0\1" + bytes(46))
@given(addresses, st.binary(min_size=2 * BLOCK_REGISTERS, max_size=2 * BLOCK_REGISTERS))
def test_any_mixture_of_points_over_any_bytes(wanted: list[ModbusAddress], raw: bytes) -> None:
    values, faults = BlockDecoder(wanted, 0).decode(raw)
    expected, expected_faults = one_by_one(wanted, raw)
    assert [*values] == expected
    assert [type(value) for value in values] == [type(value) for value in expected]
    assert faults == expected_faults


@pytest.mark.parametrize("gap", [0, 1])
@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize(("kind", "code", "registers"), [("float32", "f", 2), ("float64", "d", 4)])
def test_what_is_no_number_is_bad_alone(kind: str, code: str, registers: int, bad: float, gap: int) -> None:
    """Side by side and apart."""
    step = registers + gap
    wanted = [at(n * step, f"?type={kind}") for n in range(5)]
    raw = b"".join(struct.pack(f">{code}", bad if n == 2 else n + 0.5) + b"\0\0" * gap for n in range(5))
    values, faults = BlockDecoder(wanted, 0).decode(raw)
    assert [*values] == [0.5, 1.5, None, 3.5, 4.5]
    assert faults == {2: "BadOutOfRange"}


def test_large_numbers_whose_sum_is_infinite_are_values() -> None:
    wanted = [at(4 * n, "?type=float64") for n in range(3)]
    values, faults = BlockDecoder(wanted, 0).decode(struct.pack(">3d", 1e308, 1e308, 1e308))
    assert ([*values], faults) == ([1e308] * 3, {})


def test_bits_are_picked_by_their_offsets() -> None:
    wanted = [at(offset, "", "coil") for offset in (9, 3, 12)]
    assert BlockDecoder(wanted, 3).decode(bytes([0b0100_0001, 0b10])) == ([True, True, True], {})
    assert BlockDecoder(wanted, 3).decode(bytes([0, 0])) == ([False, False, False], {})
