"""Addresses of registers and bits of Modbus devices.

modbus://HOST:PORT/holding/100?type=float32&words=little  (also coil, discrete, input)
modbus-rtu:///dev/ttyUSB0/holding/100?baud=9600&unit=2    (a serial line; in station.toml the device names it)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from drivers.address.text import choice, fault, integer, number, options_of
from drivers.serial_line import LINE_OPTIONS, SerialLine, parse_serial_line

TABLES = ("coil", "discrete", "input", "holding")
BIT_TABLES = ("coil", "discrete")
REGISTERS_OF_TYPE = {
    "bool": 1,
    "int16": 1,
    "uint16": 1,
    "int32": 2,
    "uint32": 2,
    "float32": 2,
    "int64": 4,
    "uint64": 4,
    "float64": 4,
}
MODBUS_TYPES = (*REGISTERS_OF_TYPE, "string")
MODBUS_OPTIONS = ("type", "words", "bytes", "unit", "scale", "offset", "bit", "length")
ORDERS = ("big", "little")
RTU_SCHEME = "modbus-rtu"
MAX_STRING_CHARACTERS = 246
_RTU_ADDRESS = re.compile(rf"(?P<device>[^?]*?)(?P<point>/(?:{'|'.join(TABLES)})/\d+)(?:\?(?P<query>.*))?")
_WIRE_LIMIT = 65536


@dataclass(frozen=True, slots=True)
class ModbusAddress:
    """A point in one of the four Modbus tables, with its coding.

    ``offset`` is zero-based (100 is offset 100, "40101" in old manuals). ``words`` and ``bytes`` say which
    end comes first: of the registers of one value, and of the two bytes in a register.
    The value is ``raw * scale + shift``; ``bit`` picks one bit (0 is the lowest) of a 16-bit register;
    ``length`` is a string's number of characters.
    """

    authority: str
    table: str
    offset: int
    type: str
    words: str = "big"
    bytes: str = "big"
    unit: int = 1
    scale: float = 1.0
    shift: float = 0.0
    bit: int | None = None
    length: int = 0
    line: SerialLine | None = None

    @property
    def scheme(self) -> str:
        return "modbus"

    @property
    def device_url(self) -> str:
        """The device without the point: what two addresses of one connection share."""
        return f"modbus://{self.authority}" if self.line is None else self.line.url(RTU_SCHEME)

    @property
    def count(self) -> int:
        """How many registers (or coils) the value takes."""
        if self.type == "string":
            return (self.length + 1) // 2
        return REGISTERS_OF_TYPE[self.type]

    def __str__(self) -> str:
        options = [] if self.type == _default_type(self.table) else [f"type={self.type}"]
        options += [f"{key}={getattr(self, key)}" for key in ("words", "bytes") if getattr(self, key) != "big"]
        options += [] if self.unit == 1 else [f"unit={self.unit}"]
        options += [] if self.scale == 1.0 else [f"scale={self.scale!r}"]
        options += [] if self.shift == 0.0 else [f"offset={self.shift!r}"]
        options += [] if self.bit is None else [f"bit={self.bit}"]
        options += [] if self.type != "string" else [f"length={self.length}"]
        device, _, line = self.device_url.partition("?")
        options = [line, *options] if line else options
        return f"{device}/{self.table}/{self.offset}" + ("?" + "&".join(options) if options else "")


def _default_type(table: str) -> str:
    return "bool" if table in BIT_TABLES else "uint16"


def parse_modbus(text: str, authority: str, rest: str) -> ModbusAddress:
    """What follows the authority of a Modbus address. Raises AddressError."""
    path, _, query = rest.partition("?")
    parts = path.strip("/").split("/")
    if len(parts) != 2:
        raise fault(text, f'"{path}" names no point', "/TABLE/OFFSET, for example /holding/100")
    table = choice(text, "table", parts[0], TABLES)
    offset = integer(text, "offset after the table", parts[1], 0, 65535)
    options = options_of(text, query, MODBUS_OPTIONS)
    bit = integer(text, "bit", options["bit"], 0, 15) if "bit" in options else None
    kind = choice(text, "type", options.get("type", _default_type(table)), MODBUS_TYPES)
    address = ModbusAddress(
        authority=authority,
        table=table,
        offset=offset,
        type=kind,
        words=choice(text, "words", options.get("words", "big"), ORDERS),
        bytes=choice(text, "bytes", options.get("bytes", "big"), ORDERS),
        unit=integer(text, "unit", options.get("unit", "1"), 0, 255),
        scale=number(text, "scale", options.get("scale", "1")),
        shift=number(text, "offset", options.get("offset", "0")),
        bit=bit,
        length=integer(text, "length", options.get("length", "0"), 0, MAX_STRING_CHARACTERS),
    )
    _check_modbus_combination(text, address)
    return address


def parse_modbus_rtu(text: str) -> ModbusAddress:
    """A whole address on a serial line. Raises AddressError."""
    match = _RTU_ADDRESS.fullmatch(text)
    if match is None:
        raise fault(text, "no register is named", f"{RTU_SCHEME}://PORT/TABLE/OFFSET, TABLE {', '.join(TABLES)}")
    options = (match["query"] or "").split("&")
    of_line = [option for option in options if option.partition("=")[0] in LINE_OPTIONS]
    line = parse_serial_line("?".join([match["device"], "&".join(of_line)]), RTU_SCHEME)
    query = "&".join(option for option in options if option not in of_line)
    address = parse_modbus(text, line.port, f"{match['point']}?{query}")
    return replace(address, line=line)


def _check_modbus_combination(text: str, address: ModbusAddress) -> None:
    """Refuse options that contradict each other; silence would read a wrong number."""
    if address.table in BIT_TABLES and (address.type != "bool" or address.bit is not None):
        raise fault(text, f"table {address.table} holds single bits", "type=bool without bit=")
    if address.table not in BIT_TABLES and address.type == "bool" and address.bit is None:
        raise fault(text, "type=bool of a register needs the bit", "bit=0 to bit=15")
    if address.bit is not None and address.type not in ("bool", "int16", "uint16"):
        raise fault(text, f"bit= does not go with type={address.type}", "bit= with type=bool or uint16")
    if (address.type == "string") != (address.length > 0):
        raise fault(text, "type=string and length= belong together", "type=string&length=1 to 246")
    scaled = address.scale != 1.0 or address.shift != 0.0
    if scaled and (address.type in ("string", "bool") or address.bit is not None):
        raise fault(text, "scale= and offset= go with numbers only", "a numeric type without bit=")
    if address.offset + address.count > _WIRE_LIMIT:
        raise fault(text, f"the value ends behind the table's last offset {_WIRE_LIMIT - 1}", "a smaller offset")
