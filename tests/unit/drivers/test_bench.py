"""The driver bench's parts that need no device."""

from __future__ import annotations

import pytest

from drivers.base import AddressError, Quality, Sample
from drivers.bench import iso_time, open_driver, read_addresses, sample_fields
from drivers.modbus import ModbusDriver
from drivers.opcua import OpcUaDriver


def test_open_driver_by_address_or_device() -> None:
    assert isinstance(open_driver("opcua://h:4840/ns=2;s=A"), OpcUaDriver)
    assert isinstance(open_driver("opcua://h:4840/path"), OpcUaDriver)
    assert isinstance(open_driver("modbus://h:502"), ModbusDriver)
    assert open_driver("modbus://h:502/coil/1").device == "h:502"


@pytest.mark.parametrize("text", ["opcua://press1/ns=2;s=A", "modbus://plc2", "http://h:1", "opcua://h:1/ns=2;x=1"])
def test_what_cannot_be_opened(text: str) -> None:
    with pytest.raises(AddressError, match="allowed"):
        open_driver(text) if "x=" not in text else read_addresses([text])


def test_a_name_without_port_is_told_the_usual_one() -> None:
    with pytest.raises(AddressError, match="press1:4840"):
        open_driver("opcua://press1/i=1")


def test_fields_of_a_sample() -> None:
    sample = Sample("opcua://h:1/i=1", 1.5, Quality.GOOD, "Good", None, 1_795_149_551.0719)
    assert sample_fields(sample) == {
        "address": "opcua://h:1/i=1",
        "value": 1.5,
        "quality": "Good",
        "status": "Good",
        "source_time": None,
        "received_time": "2026-11-20T04:39:11.071Z",
    }
    assert iso_time(0.0) == "1970-01-01T00:00:00.000Z"
