"""Between the bytes of registers and values: types, word and byte order, bits, strings, scaling.

A NaN or an infinity is never a value (BadOutOfRange); a string that is not UTF-8 is BadDecodingError.
"""

from __future__ import annotations

import math
import struct

from drivers.address import BIT_TABLES, ModbusAddress
from drivers.base import Value
from drivers.float32 import shortest

_FORMATS = {
    "int16": ">h",
    "uint16": ">H",
    "int32": ">i",
    "uint32": ">I",
    "int64": ">q",
    "uint64": ">Q",
    "float32": ">f",
    "float64": ">d",
}


class NoValue(Exception):
    """Bytes that are no value, or a value that does not fit; ``status`` names the reason."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def decode(address: ModbusAddress, raw: bytes) -> Value:
    """The value of exactly this point's register bytes (or of one byte, 0 or 1, for the bit tables)."""
    if address.table in BIT_TABLES:
        return raw[0] != 0
    ordered = _in_order(address, raw)
    if address.type == "string":
        return _text(ordered, address.length)
    if address.bit is not None:
        return bool(int.from_bytes(ordered, "big") >> address.bit & 1)
    (number,) = struct.unpack(_FORMATS[address.type], ordered)
    if address.type == "float32" and math.isfinite(number):
        number = shortest(number)
    if address.scale != 1.0 or address.shift != 0.0:
        number = number * address.scale + address.shift
    if isinstance(number, float) and not math.isfinite(number):
        raise NoValue("BadOutOfRange")
    return number if isinstance(number, int | float) else None


def encode(address: ModbusAddress, value: Value) -> bytes:
    """The register bytes of a value; raises NoValue when it does not fit the type."""
    if address.bit is not None or address.table != "holding":
        raise NoValue("BadNotWritable")
    if address.type == "string":
        if not isinstance(value, str):
            raise NoValue("BadTypeMismatch")
        text = value.encode("utf-8")
        if len(text) > address.length:
            raise NoValue("BadOutOfRange")
        return _in_order(address, text.ljust(address.count * 2, b"\0"))
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise NoValue("BadTypeMismatch")
    number: int | float = value
    if address.scale != 1.0 or address.shift != 0.0:
        number = (value - address.shift) / address.scale
    if not address.type.startswith("float"):
        number = round(number)
    try:
        return _in_order(address, struct.pack(_FORMATS[address.type], number))
    except (struct.error, OverflowError):
        raise NoValue("BadOutOfRange") from None


def _in_order(address: ModbusAddress, raw: bytes) -> bytes:
    """Registers and their bytes in big-endian order, or back: the change is its own inverse."""
    registers = [raw[first : first + 2] for first in range(0, len(raw), 2)]
    if address.bytes == "little":
        registers = [register[::-1] for register in registers]
    if address.words == "little" and address.type != "string":
        registers.reverse()
    return b"".join(registers)


def _text(raw: bytes, length: int) -> str:
    try:
        return raw[:length].split(b"\0", 1)[0].decode("utf-8").rstrip(" ")
    except UnicodeDecodeError:
        raise NoValue("BadDecodingError") from None
