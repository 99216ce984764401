"""Between the bytes of registers and values: types, word and byte order, bits, strings, scaling.

A NaN or an infinity is never a value (BadOutOfRange), neither read nor written; a string that is not UTF-8 is
BadDecodingError. A scaled value is computed in decimal, as people would: 3 with ``scale=0.1`` is 0.3.
"""

from __future__ import annotations

import decimal
import math
import struct
from collections.abc import Callable
from decimal import Decimal

from drivers.address import BIT_TABLES, ModbusAddress
from drivers.base import Value
from drivers.float32 import shortest_of_single

Decoder = Callable[[bytes], Value]

FORMATS = {
    "int16": "h",
    "uint16": "H",
    "int32": "i",
    "uint32": "I",
    "int64": "q",
    "uint64": "Q",
    "float32": "f",
    "float64": "d",
}
OUT_OF_RANGE = "BadOutOfRange"
_DECIMAL = decimal.Context(prec=34)


class NoValue(Exception):
    """Bytes that are no value, or a value that does not fit; ``status`` names the reason."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def decode(address: ModbusAddress, raw: bytes) -> Value:
    """The value of exactly this point's register bytes (or of one byte, 0 or 1, for the bit tables)."""
    return decoder(address)(raw)


def decoder(address: ModbusAddress) -> Decoder:
    """What :func:`decode` does for one point, with everything settled that does not depend on the bytes."""
    if address.table in BIT_TABLES:
        return _bit_of_table
    if address.type == "string":
        return lambda raw: _text(_in_order(address, raw), address.length)
    if address.bit is not None:
        bit = address.bit
        return lambda raw: bool(int.from_bytes(_in_order(address, raw), "big") >> bit & 1)
    return _number_decoder(address)


def _bit_of_table(raw: bytes) -> Value:
    return raw[0] != 0


def _number_decoder(address: ModbusAddress) -> Decoder:
    unpack = struct.Struct(f">{FORMATS[address.type]}").unpack
    number_of = _single if address.type == "float32" else _finite
    if (address.words, address.bytes) == ("big", "big"):
        decode: Decoder = lambda raw: number_of(unpack(raw)[0])  # noqa: E731  (one of two)
    else:
        decode = lambda raw: number_of(unpack(_in_order(address, raw))[0])  # noqa: E731  (the other)
    if not is_scaled(address):
        return decode
    scale = scaler(address)
    return lambda raw: scale(decode(raw))


def is_scaled(address: ModbusAddress) -> bool:
    """Whether what the registers hold is not the value yet."""
    return (address.scale, address.shift) != (1.0, 0.0)


def _finite(number: int | float) -> int | float:
    if number - number != 0:  # NaN or an infinity; an integer never is
        raise NoValue(OUT_OF_RANGE)
    return number


def _single(number: float) -> float:
    if number - number != 0:
        raise NoValue(OUT_OF_RANGE)
    return shortest_of_single(number)


def encode(address: ModbusAddress, value: Value) -> bytes:
    """The register bytes of a value; raises NoValue when it does not fit the type."""
    if address.bit is not None or address.table != "holding":
        raise NoValue("BadNotWritable")
    if address.type == "string":
        return _in_order(address, _text_bytes(address, value))
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        raise NoValue("BadTypeMismatch")
    try:
        number = _unscaled(address, value)
        if not address.type.startswith("float"):
            number = round(number)
        elif not math.isfinite(number):
            raise NoValue(OUT_OF_RANGE)
        return _in_order(address, struct.pack(f">{FORMATS[address.type]}", number))
    except (struct.error, OverflowError):
        raise NoValue(OUT_OF_RANGE) from None


def scaler(address: ModbusAddress) -> Callable[[Value], float]:
    """``raw * scale + offset`` for one point; the function raises NoValue where no float is large enough."""
    scale, shift = Decimal(repr(address.scale)), Decimal(repr(address.shift))

    def scaled(raw: Value) -> float:
        number = float(_DECIMAL.add(_DECIMAL.multiply(Decimal(repr(raw)), scale), shift))
        if not math.isfinite(number):
            raise NoValue(OUT_OF_RANGE)
        return number

    return scaled


def _unscaled(address: ModbusAddress, value: int | float) -> int | float:
    """What has to be written for ``value``; raises OverflowError where no float is large enough."""
    if not is_scaled(address):
        return value
    if not math.isfinite(value):
        raise OverflowError
    difference = _DECIMAL.subtract(Decimal(repr(value)), Decimal(repr(address.shift)))
    quotient = _DECIMAL.divide(difference, Decimal(repr(address.scale)))
    return float(quotient) if address.type.startswith("float") else round(quotient)


def _in_order(address: ModbusAddress, raw: bytes) -> bytes:
    """Registers and their bytes in big-endian order, or back: the change is its own inverse."""
    registers = [raw[first : first + 2] for first in range(0, len(raw), 2)]
    if address.bytes == "little":
        registers = [register[::-1] for register in registers]
    if address.words == "little" and address.type != "string":
        registers.reverse()
    return b"".join(registers)


def _text_bytes(address: ModbusAddress, value: Value) -> bytes:
    if not isinstance(value, str):
        raise NoValue("BadTypeMismatch")
    try:
        text = value.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair: no character
        raise NoValue("BadTypeMismatch") from None
    if len(text) > address.length:
        raise NoValue(OUT_OF_RANGE)
    return text.ljust(address.count * 2, b"\0")


def _text(raw: bytes, length: int) -> str:
    try:
        return raw[:length].split(b"\0", 1)[0].decode("utf-8").rstrip(" ")
    except UnicodeDecodeError:
        raise NoValue("BadDecodingError") from None
