"""Tag addresses: URLs that say where a value lives and how it is coded. Standard library only.

The authority is ``host:port``, or the name of a device in station.toml. Every fault raises
:class:`drivers.base.AddressError` with a sentence that says what is wrong, where, and what is allowed.
Each address formats back to a text that parses to an equal address. A module each: :mod:`drivers.address.opcua`,
``modbus``, ``mtconnect`` and ``formula`` (derived tags); :mod:`drivers.address.text` is what they share.
"""

from __future__ import annotations

from drivers.address.formula import FORMULA_DEVICE, formula_address, is_formula_address, parse_formula_address
from drivers.address.modbus import (
    BIT_TABLES,
    MODBUS_TYPES,
    RTU_SCHEME,
    ModbusAddress,
    parse_modbus,
    parse_modbus_rtu,
)
from drivers.address.mtconnect import MtconnectAddress, parse_mtconnect
from drivers.address.opcua import MAX_QUEUE, OpcUaAddress, parse_opcua
from drivers.address.text import DEFAULT_PORTS, SCHEMES, decode, fault, host_and_port, split

__all__ = [
    "BIT_TABLES",
    "DEFAULT_PORTS",
    "FORMULA_DEVICE",
    "MAX_QUEUE",
    "MODBUS_TYPES",
    "RTU_SCHEME",
    "SCHEMES",
    "Address",
    "ModbusAddress",
    "MtconnectAddress",
    "OpcUaAddress",
    "formula_address",
    "host_and_port",
    "is_formula_address",
    "parse_address",
    "parse_device_url",
    "parse_formula_address",
]

Address = OpcUaAddress | ModbusAddress | MtconnectAddress


def parse_address(address_text: str) -> Address:
    """Understand a tag address; raises AddressError."""
    if address_text.startswith(f"{RTU_SCHEME}://"):
        return parse_modbus_rtu(address_text)
    scheme, authority, rest = split(address_text)
    if scheme == "opcua":
        return parse_opcua(address_text, authority, rest)
    if scheme == "mtconnect":
        return parse_mtconnect(address_text, authority, rest)
    return parse_modbus(address_text, authority, rest)


def parse_device_url(url_text: str) -> tuple[str, str, str]:
    """Understand a device's URL (no point after it): ``(scheme, authority, path)``; raises AddressError."""
    scheme, authority, rest = split(url_text)
    path = decode(url_text, rest.rstrip("/"))
    if scheme == "modbus" and path:
        raise fault(url_text, f'a Modbus device has no path, but "{path}" follows it', "modbus://HOST:PORT")
    if scheme == "mtconnect" and path:
        raise fault(url_text, f'an MTConnect agent has no path, but "{path}" follows it', "mtconnect://HOST:PORT")
    return scheme, authority, path
