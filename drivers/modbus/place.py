"""Where a Modbus device is: on the network or on a serial line, and how a connection to it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drivers.address import RTU_SCHEME, host_and_port, parse_device_url
from drivers.base import AddressError
from drivers.modbus.plan import Point
from drivers.modbus.serial_wire import SerialConnection
from drivers.modbus.wire import ModbusConnection, TcpConnection
from drivers.serial_line import SerialLine, parse_serial_line

SERIAL_UNITS = range(1, 248)


@dataclass(frozen=True, slots=True)
class TcpPlace:
    """A device, or a gateway with several units behind it, by host and port."""

    host: str
    port: int

    async def open(self, timeout_s: float) -> ModbusConnection:
        """Connect. Raises ConnectionLost."""
        return await TcpConnection.open(self.host, self.port, timeout_s)

    def check(self, points: Sequence[Point]) -> None:
        """Every unit there can be is allowed: gateways use 0 and 255."""


@dataclass(frozen=True, slots=True)
class SerialPlace:
    """A serial line with one or several units on it."""

    line: SerialLine

    async def open(self, timeout_s: float) -> ModbusConnection:
        """Open the port. Raises ConnectionLost."""
        return await SerialConnection.open(self.line, timeout_s)

    def check(self, points: Sequence[Point]) -> None:
        """Raises AddressError for a unit that cannot answer on a serial line (0 speaks to all)."""
        for point in points:
            if point.address.unit not in SERIAL_UNITS:
                raise AddressError(
                    f'tag "{point.tag.name}": unit={point.address.unit} does not answer on a serial line; allowed: 1 to 247'
                )


Place = TcpPlace | SerialPlace


def parse_place(url: str) -> Place:
    """Understand a Modbus device's URL. Raises AddressError."""
    if url.startswith(f"{RTU_SCHEME}://"):
        return SerialPlace(parse_serial_line(url, RTU_SCHEME))
    scheme, authority, _ = parse_device_url(url)
    place = host_and_port(authority)
    if scheme != "modbus" or place is None:
        allowed = f"modbus://HOST:PORT or {RTU_SCHEME}://PORT?baud=19200"
        raise AddressError(f'device url "{url}": not a Modbus device; allowed: {allowed}')
    return TcpPlace(*place)
