"""Whole numbers in few bytes: the lowest layer of the block format.

A column of n 64-bit numbers becomes: 1 byte ``order`` (0: the numbers, 1: the differences of neighbours, the first number
apart); 8 bytes the first number (order 1) or 0; 8 bytes ``base``, the smallest; 8 bytes ``unit``, which divides every
(number - base); 1 byte p; then p planes. With ``k = (number - base) / unit``, plane j holds byte j (from the lowest)
of every k. A plane is 1 byte ``form``, 4 bytes length and so many bytes: form 0 as they are, form 1 raw DEFLATE (RFC
1951). Everything is little-endian; sums and differences are taken modulo 2^64, so that no number is too large.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

_HEAD = struct.Struct("<BqqQB")
_PLANE = struct.Struct("<BI")
_STORED, _DEFLATED = 0, 1
_LEVEL = 6
_SMALL = 24

Ints = NDArray[np.int64]


class FormatError(ValueError):
    """Bytes that are not what this format makes."""


def pack(numbers: Ints) -> bytes:
    """The bytes of a column of shape (n,)."""
    if numbers.size == 0:
        return _HEAD.pack(0, 0, 0, 1, 0)
    plain = _reduced(numbers)
    if numbers.size > 2:
        with np.errstate(over="ignore"):
            differences = numbers[1:] - numbers[:-1]
        steps = _reduced(differences)
        if _bits(steps[2]) < _bits(plain[2]):
            return _packed(1, int(numbers[0]), *steps)
    return _packed(0, 0, *plain)


def _reduced(numbers: Ints) -> tuple[int, int, NDArray[np.uint64]]:
    """(base, unit, the multiples of unit above base)."""
    base = int(numbers.min())
    above = (numbers - np.int64(base)).view(np.uint64)
    unit = int(np.gcd.reduce(above)) or 1
    return base, unit, above if unit == 1 else above // np.uint64(unit)


def _bits(multiples: NDArray[np.uint64]) -> float:
    """About how many bits they take."""
    return float(np.log2(multiples.astype(np.float64) + 1.0).mean())


def _packed(order: int, first: int, base: int, unit: int, multiples: NDArray[np.uint64]) -> bytes:
    largest = int(multiples.max()) if multiples.size else 0
    planes = (largest.bit_length() + 7) // 8
    columns = np.ascontiguousarray(multiples.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :planes].T)
    parts = [_HEAD.pack(order, first, base, unit, planes)]
    for column in columns:
        content, form = column.tobytes(), _STORED
        if len(content) > _SMALL:
            deflated = deflate(content)
            if len(deflated) < len(content):
                content, form = deflated, _DEFLATED
        parts += (_PLANE.pack(form, len(content)), content)
    return b"".join(parts)


def unpack(content: memoryview, count: int) -> tuple[Ints, memoryview]:
    """The column of ``count`` numbers at the start of ``content``, and what follows. Raises FormatError."""
    order, first, base, unit, planes = _take(_HEAD, content)
    content = content[_HEAD.size :]
    size = count - 1 if order == 1 else count
    if order > 1 or planes > 8 or size < 0:
        raise FormatError("a column of numbers that this version does not know")
    octets = np.zeros((max(size, 0), 8), np.uint8)
    for plane in range(planes):
        form, length = _take(_PLANE, content)
        raw = content[_PLANE.size : _PLANE.size + length]
        octets[:, plane] = np.frombuffer(_plane(form, raw, size), np.uint8)
        content = content[_PLANE.size + length :]
    multiples = octets.reshape(-1).view("<u8")
    numbers = (multiples * np.uint64(unit)).view(np.int64) + np.int64(base)
    if order == 1:
        numbers = np.cumsum(np.concatenate((np.array([first], np.int64), numbers)))
    return numbers, content


def _plane(form: int, raw: memoryview, size: int) -> bytes | memoryview:
    plane: bytes | memoryview = inflate(raw, size) if form == _DEFLATED else raw
    if form > _DEFLATED or len(plane) != size:
        raise FormatError("a plane of bytes is not as long as the column")
    return plane


def _take(layout: struct.Struct, content: memoryview) -> tuple[int, ...]:
    if len(content) < layout.size:
        raise FormatError("the content ends too soon")
    return layout.unpack_from(content)


def deflate(content: bytes) -> bytes:
    """Raw DEFLATE without a header of its own."""
    packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, -15)
    return packer.compress(content) + packer.flush()


def inflate(content: bytes | memoryview, size: int) -> bytes:
    """The ``size`` bytes that were deflated. Raises FormatError when they are not."""
    unpacker = zlib.decompressobj(-15)
    try:
        plain = unpacker.decompress(content, size + 1)
    except zlib.error as error:
        raise FormatError(f"deflated bytes are damaged ({error})") from error
    if len(plain) != size or not unpacker.eof:
        raise FormatError("deflated bytes are not as long as they should be")
    return plain
