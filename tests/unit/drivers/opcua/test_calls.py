"""Node ids from addresses, and asyncua's failures as one kind with a sentence."""

from __future__ import annotations

import asyncio

import pytest
from asyncua import ua
from asyncua.common.utils import Buffer
from asyncua.ua.status_codes import StatusCodes
from asyncua.ua.ua_binary import struct_from_binary
from asyncua.ua.uaerrors import UaStatusCodeError

from drivers.address import OpcUaAddress, parse_address
from drivers.opcua.calls import DeviceLost, device_call, node_id


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("i=2258", "i=2258"),
        ("ns=2;s=Press.Force", "ns=2;s=Press.Force"),
        ("ns=2;s=a;ns=3;i=4", "ns=2;s=a;ns=3;i=4"),
        ("s=ns=2;x", "s=ns=2;x"),
        ("ns=4;g=09087e75-8e5e-499b-954f-f2a9603db28a", "ns=4;g=09087e75-8e5e-499b-954f-f2a9603db28a"),
    ],
)
def test_node_ids(text: str, expected: str) -> None:
    address = parse_address(f"opcua://h:1/{text}")
    assert isinstance(address, OpcUaAddress)
    assert node_id(address).to_string().removeprefix("ns=0;") == expected


def test_byte_string_node_id() -> None:
    found = node_id(OpcUaAddress("h:1", "", "ns=1;b=0xAB"))
    assert found.NodeIdType is ua.NodeIdType.ByteString
    assert found.Identifier == b"\xd3\x10\x01"


def refusal(code: int) -> Exception:
    error: Exception = UaStatusCodeError(code)  # type: ignore[no-untyped-call]  # asyncua has no annotation here
    return error


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ConnectionRefusedError(111, "x"), "no connection to press1: Connection refused"),
        (refusal(StatusCodes.BadUserAccessDenied), "press1 refuses: BadUserAccessDenied"),
    ],
)
def test_failures_become_sentences(error: Exception, sentence: str) -> None:
    async def failing() -> None:
        async with device_call("press1", 1.0):
            raise error

    with pytest.raises(DeviceLost, match=sentence):
        asyncio.run(failing())


def test_a_late_answer() -> None:
    async def late() -> None:
        async with device_call("press1", 0.01):
            await asyncio.Event().wait()

    with pytest.raises(DeviceLost, match=r"no answer from press1 within 0\.01 s"):
        asyncio.run(late())


def test_our_own_faults_are_not_dressed_as_the_devices() -> None:
    async def faulty() -> None:
        async with device_call("press1", 1.0):
            raise KeyError("x")

    with pytest.raises(KeyError):
        asyncio.run(faulty())


def test_whatever_asyncua_raises_on_senseless_bytes_is_the_devices_fault() -> None:
    async def senseless() -> None:
        async with device_call("press1", 1.0):
            struct_from_binary(ua.ReadResponse, Buffer(b"\xff" * 50))

    with pytest.raises(DeviceLost, match="press1"):
        asyncio.run(senseless())
