"""Tag addresses: what is understood, what is refused and how, and that formatting loses nothing."""

from __future__ import annotations

import base64
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.address import (
    MODBUS_TYPES,
    ModbusAddress,
    MtconnectAddress,
    OpcUaAddress,
    host_and_port,
    parse_address,
    parse_device_url,
)
from drivers.address.modbus import REGISTERS_OF_TYPE
from drivers.base import AddressError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("opcua://press1/ns=2;s=Spindle.Speed", OpcUaAddress("press1", "", "ns=2;s=Spindle.Speed")),
        ("opcua://10.0.0.5:4840/i=2258", OpcUaAddress("10.0.0.5:4840", "", "i=2258")),
        ("opcua://h:1/ns=0;i=2258", OpcUaAddress("h:1", "", "i=2258")),
        ("opcua://h:1/some/path/ns=3;i=7", OpcUaAddress("h:1", "/some/path", "ns=3;i=7")),
        ("opcua://h:1/ns=2;s=A/B=C;D?index=3", OpcUaAddress("h:1", "", "ns=2;s=A/B=C;D", 3)),
        ("opcua://h:1/ns=2;s=50%25%20%3F", OpcUaAddress("h:1", "", "ns=2;s=50% ?")),
        ("opcua://h:1/ns=2;s=Übung", OpcUaAddress("h:1", "", "ns=2;s=Übung")),
        ('opcua://h:1/ns=3;s="DB"."x y"', OpcUaAddress("h:1", "", 'ns=3;s="DB"."x y"')),
        ("opcua://[::1]:4840/ns=1;b=AQID", OpcUaAddress("[::1]:4840", "", "ns=1;b=AQID")),
        (
            "OPCUA://h:1/g=09087E75-8E5E-499B-954F-F2A9603DB28A",
            OpcUaAddress("h:1", "", "g=09087e75-8e5e-499b-954f-f2a9603db28a"),
        ),
        (
            "opcua://h:1/nsu=http://maker.org/UA/a%3Bb/;s=Force",
            OpcUaAddress("h:1", "", "s=Force", namespace_uri="http://maker.org/UA/a;b/"),
        ),
        (
            "opcua://h:1/path/nsu=urn:maker:press;i=7?path=limits.force[1]&queue=100&sampling_s=0.01",
            OpcUaAddress(
                "h:1",
                "/path",
                "i=7",
                namespace_uri="urn:maker:press",
                pick="limits.force[1]",
                queue=100,
                sampling_s=0.01,
            ),
        ),
        ("opcua://h:1/s=a?path=[2][0].x&deadband=0.5", OpcUaAddress("h:1", "", "s=a", pick="[2][0].x", deadband=0.5)),
        ("opcua://h:1/s=a?deadband_percent=2", OpcUaAddress("h:1", "", "s=a", deadband_percent=2.0)),
        ("modbus://plc2/holding/100", ModbusAddress("plc2", "holding", 100, "uint16")),
        (
            "modbus://plc2/holding/100?type=float32&words=little",
            ModbusAddress("plc2", "holding", 100, "float32", words="little"),
        ),
        ("modbus://h:502/coil/7", ModbusAddress("h:502", "coil", 7, "bool")),
        ("modbus://h:502/discrete/0?unit=9", ModbusAddress("h:502", "discrete", 0, "bool", unit=9)),
        ("modbus://h:502/input/8?bit=3", ModbusAddress("h:502", "input", 8, "uint16", bit=3)),
        (
            "modbus://h:502/input/2?type=int16&scale=0.1&offset=-40&bytes=little",
            ModbusAddress("h:502", "input", 2, "int16", bytes="little", scale=0.1, shift=-40.0),
        ),
        (
            "modbus://h:502/input/12?type=string&length=16",
            ModbusAddress("h:502", "input", 12, "string", length=16),
        ),
        ("mtconnect://mill3/Xabs", MtconnectAddress("mill3", None, "Xabs")),
        ("mtconnect://h:5000/Mill%20A/x_1", MtconnectAddress("h:5000", "Mill A", "x_1")),
        ("mtconnect://h:5000/trvl?part=message", MtconnectAddress("h:5000", None, "trvl", part="message")),
        ("mtconnect://h:5000/count?type=text", MtconnectAddress("h:5000", None, "count", type="text")),
        (
            "mtconnect://h:5000/vars?key=a%26b&type=number",
            MtconnectAddress("h:5000", None, "vars", type="number", key="a&b"),
        ),
        ("mtconnect://h:5000/pos?index=2", MtconnectAddress("h:5000", None, "pos", index=2)),
    ],
)
def test_understood(text: str, expected: OpcUaAddress | ModbusAddress | MtconnectAddress) -> None:
    assert parse_address(text) == expected


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("", ["known protocol", "opcua://", "modbus://"]),
        ("http://h:1/i=1", ["known protocol"]),
        ("opcua:/h:1/i=1", ["known protocol"]),
        ("opcua:///i=1", ["no device", "HOST:PORT"]),
        ("opcua://user:secret@h:1/i=1", ["without user or password"]),
        ("opcua://h:0/i=1", ["port 0", "1 to 65535"]),
        ("opcua://h:99999/i=1", ["port 99999", "1 to 65535"]),
        ("opcua://h:1", ["no node", "/ns=2;s=NAME"]),
        ("opcua://h:1/path", ["no node"]),
        ("opcua://h:1/ns=2;x=3", ["ns=2;x=3", "s=..."]),
        ("opcua://h:1/ns=70000;i=3", ["70000", "0 to 65535"]),
        ("opcua://h:1/ns=a;i=3", ["ns=a;i=3"]),
        ("opcua://h:1/nsu=;i=3", ["nsu=;i=3", "nsu=URI;s=..."]),
        ("opcua://h:1/nsu=urn:x;ns=2;i=3", ["nsu=URI;s=..."]),
        ("opcua://h:1/nsu=urn:x", ["nsu=urn:x", "nsu=URI;s=..."]),
        ("opcua://h:1/s=a?path=a..b", ['path is "a..b"', "limits.force[1]"]),
        ("opcua://h:1/s=a?path=a[x]", ["path=limits.force[1]"]),
        ("opcua://h:1/s=a?path=a&index=1", ["index= and path= exclude"]),
        ("opcua://h:1/s=a?queue=0", ["queue", "1 to 10000"]),
        ("opcua://h:1/s=a?sampling_s=-1", ["sampling_s", "0 to 3600"]),
        ("opcua://h:1/s=a?deadband_percent=101", ["deadband_percent", "0 to 100"]),
        ("opcua://h:1/s=a?deadband=-1", ["deadband"]),
        ("opcua://h:1/s=a?deadband=nan", ["deadband", "a number"]),
        ("opcua://h:1/s=a?deadband=1&deadband_percent=1", ["exclude each other"]),
        ("opcua://h:1/i=4294967296", ["4294967296", "4294967295"]),
        ("opcua://h:1/i=-1", ["i=-1"]),
        ("opcua://h:1/s=", ["empty"]),
        ("opcua://h:1/g=123", ["GUID"]),
        ("opcua://h:1/b=!!", ["base64"]),
        ("opcua://h:1/s=a?b", ['"b" is unknown', "index="]),
        ("opcua://h:1/s=a?index=-1", ["index", "whole number"]),
        ("opcua://h:1/s=a?index=1&index=2", ["twice"]),
        ("opcua://h:1/s=50%", ["%25"]),
        ("opcua://h:1/s=%FF", ["UTF-8"]),
        ("opcua://h:1/s=a\nb", ["control character"]),
        ("modbus://h:1", ["names no point", "/holding/100"]),
        ("modbus://h:1/holding", ["names no point"]),
        ("modbus://h:1/register/1", ["register", "coil, discrete, input, holding"]),
        ("modbus://h:1/holding/65536", ["65536", "0 to 65535"]),
        ("modbus://h:1/holding/-1", ["-1"]),
        ("modbus://h:1/holding/0x10", ["0x10"]),
        ("modbus://h:1/holding/65535?type=float32", ["ends behind"]),
        ("modbus://h:1/holding/1?type=double", ["double", "float64"]),
        ("modbus://h:1/holding/1?words=middle", ["middle", "big, little"]),
        ("modbus://h:1/holding/1?unit=256", ["256", "0 to 255"]),
        ("modbus://h:1/holding/1?scale=0", ["scale", "other than 0"]),
        ("modbus://h:1/holding/1?scale=nan", ["scale"]),
        ("modbus://h:1/holding/1?offset=inf", ["offset"]),
        ("modbus://h:1/holding/1?bit=16", ["16", "0 to 15"]),
        ("modbus://h:1/holding/1?type=float32&bit=1", ["bit=", "float32"]),
        ("modbus://h:1/holding/1?type=bool", ["needs the bit"]),
        ("modbus://h:1/coil/1?type=uint16", ["single bits"]),
        ("modbus://h:1/coil/1?bit=1", ["single bits"]),
        ("modbus://h:1/holding/1?type=string", ["length="]),
        ("modbus://h:1/holding/1?length=4", ["type=string"]),
        ("modbus://h:1/holding/1?type=string&length=247", ["246"]),
        ("modbus://h:1/holding/1?bit=1&scale=2", ["numbers only"]),
        ("modbus://h:1/holding/1?typ=int16", ["typ=int16", "type="]),
        ("mtconnect://h:1", ["names no data item", "/DEVICE/ITEM"]),
        ("mtconnect://h:1/", ["names no data item"]),
        ("mtconnect://h:1/a/b/c", ["names no data item"]),
        ("mtconnect://h:1/x?part=level", ["part", "state, message, code"]),
        ("mtconnect://h:1/x?type=float", ["type", "text, number"]),
        ("mtconnect://h:1/x?index=-1", ["index", "0 to 99"]),
        ("mtconnect://h:1/x?index=1&part=code", ["contradict"]),
        ("mtconnect://h:1/x?unit=1", ["unit=1", "part="]),
    ],
)
def test_refused_with_what_where_and_what_is_allowed(text: str, names: list[str]) -> None:
    with pytest.raises(AddressError) as refusal:
        parse_address(text)
    message = str(refusal.value)
    assert "allowed: " in message
    assert all(name in message for name in names), message


def test_a_password_is_not_repeated_in_the_message() -> None:
    with pytest.raises(AddressError) as refusal:
        parse_device_url("modbus://h:1/coil")
    assert "no path" in str(refusal.value)


def test_device_urls() -> None:
    assert parse_device_url("opcua://h:1/a/b/") == ("opcua", "h:1", "/a/b")
    assert parse_device_url("modbus://h:1") == ("modbus", "h:1", "")
    assert host_and_port("h:1") == ("h", 1)
    assert host_and_port("[::1]:502") == ("::1", 502)
    assert host_and_port("press1") is None


names = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)
paths = st.lists(st.text("abcXYZ0189._-~ ü%", min_size=1, max_size=8), max_size=3).map(
    lambda parts: "".join(f"/{part}" for part in parts)
)
node_ids = st.one_of(
    st.integers(0, 2**32 - 1).map("i={}".format),
    names.map("s={}".format),
    st.uuids().map("g={}".format),
    st.binary(min_size=1, max_size=20).map(lambda raw: "b=" + base64.b64encode(raw).decode()),
)
authorities = st.sampled_from(["press1", "10.1.2.3:4840", "[fe80::1]:502", "plc-2.local:502"])


@given(authorities, paths, st.integers(0, 65535), node_ids, st.none() | st.integers(0, 10_000))
def test_opcua_round_trip(authority: str, path: str, namespace: int, node_id: str, index: int | None) -> None:
    full = (f"ns={namespace};" if namespace else "") + node_id
    address = OpcUaAddress(authority, path, full, index)
    assert parse_address(str(address)) == address


@st.composite
def modbus_addresses(draw: st.DrawFn) -> ModbusAddress:
    table = draw(st.sampled_from(["coil", "discrete", "input", "holding"]))
    bits = table in ("coil", "discrete")
    kind = "bool" if bits else draw(st.sampled_from([name for name in MODBUS_TYPES if name != "bool"]))
    bit = draw(st.none() | st.integers(0, 15)) if kind in ("int16", "uint16") else None
    number = kind in REGISTERS_OF_TYPE and not bits and bit is None
    finite = st.floats(allow_nan=False, allow_infinity=False)
    return ModbusAddress(
        authority=draw(authorities),
        table=table,
        offset=draw(st.integers(0, 65000)),
        type=kind,
        words=draw(st.sampled_from(["big", "little"])),
        bytes=draw(st.sampled_from(["big", "little"])),
        unit=draw(st.integers(0, 255)),
        scale=draw(finite.filter(bool)) if number else 1.0,
        shift=draw(finite) if number else 0.0,
        bit=bit,
        length=draw(st.integers(1, 246)) if kind == "string" else 0,
    )


segments = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)
mtconnect_addresses = st.one_of(
    st.builds(MtconnectAddress, authorities, st.none() | segments, segments),
    st.builds(MtconnectAddress, authorities, st.none() | segments, segments, part=st.sampled_from(["message", "code"])),
    st.builds(
        MtconnectAddress,
        authorities,
        st.none() | segments,
        segments,
        type=st.none() | st.just("number"),
        key=st.none() | segments,
    ),
    st.builds(MtconnectAddress, authorities, st.none(), segments, index=st.integers(0, 99)),
)


@given(mtconnect_addresses)
def test_mtconnect_round_trip(address: MtconnectAddress) -> None:
    assert parse_address(str(address)) == address


@given(modbus_addresses())
def test_modbus_round_trip(address: ModbusAddress) -> None:
    assert parse_address(str(address)) == address


@given(st.text(max_size=60) | st.builds("opcua://h:1/{}".format, st.text(max_size=30)))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        address = parse_address(text)
    except AddressError:
        return
    assert parse_address(str(address)) == address


def test_a_point_on_a_serial_line() -> None:
    text = "modbus-rtu:///dev/ttyUSB0/holding/100?baud=9600&parity=none&stop_bits=1&type=float32&unit=2"
    address = parse_address(text)
    assert isinstance(address, ModbusAddress)
    assert address.device_url == "modbus-rtu:///dev/ttyUSB0?baud=9600&parity=none&stop_bits=1"
    assert (address.table, address.offset, address.type, address.unit) == ("holding", 100, "float32", 2)
    assert parse_address(str(address)) == address
    assert (
        parse_address("modbus-rtu://COM3/coil/1").device_url == "modbus-rtu://COM3?baud=19200&parity=even&stop_bits=1"
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("modbus-rtu:///dev/ttyUSB0", "no register is named"),
        ("modbus-rtu://ttyUSB0/holding/1", "is no serial port"),
        ("modbus-rtu://COM3/holding/1?baud=1", 'baud is "1"'),
        ("modbus-rtu://COM3/holding/1?typ=int16", 'option "typ=int16" is unknown'),
        ("modbus-rtu://COM3/holding/70000", "70000"),
    ],
)
def test_faults_of_a_point_on_a_serial_line(text: str, what: str) -> None:
    with pytest.raises(AddressError, match=re.escape(what)):
        parse_address(text)
