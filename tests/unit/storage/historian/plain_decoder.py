"""A decoder of blocks written from decision record 14 alone: standard library only, and sharing nothing with the station's.

As long as both agree, the record says enough to read a block without this program.
"""

from __future__ import annotations

import struct
import zlib

_HALF, _ALL = 2**63, 2**64


def decode(content: bytes) -> tuple[str, list[int], list[object], list[tuple[str, bool, int]]]:
    """(tag, times, values, [(status name, has a value, quality)])."""
    magic, kind, count, name_length = struct.unpack_from("<4sBIH", content)
    assert magic == b"SHB1"
    at = 11
    tag = content[at : at + name_length].decode()
    times, at = _numbers(content, at + name_length, count)
    status_count, length = struct.unpack_from("<HH", content, at)
    names = content[at + 4 : at + 4 + length].decode().split("\n")
    assert len(names) == status_count
    at += 4 + length
    (runs,) = struct.unpack_from("<I", content, at)
    codes, at = _numbers(content, at + 4, runs)
    lengths, at = _numbers(content, at, runs)
    qualities = [code for code, times_said in zip(codes, lengths, strict=True) for _ in range(times_said)]
    values: list[object]
    if kind == 0:
        floats, at = _floats(content, at, count)
        values = list(floats)
    elif kind == 3:
        texts, at = _texts(content, at, count)
        values = list(texts)
    else:
        numbers, at = _numbers(content, at, count)
        values = [bool(number) for number in numbers] if kind == 2 else list(numbers)
    assert at == len(content)
    return tag, times, values, [(names[code // 8], code // 4 % 2 == 1, code % 4) for code in qualities]


def _signed(number: int) -> int:
    return (number + _HALF) % _ALL - _HALF


def _numbers(content: bytes, at: int, count: int) -> tuple[list[int], int]:
    order, first, base, unit, planes = struct.unpack_from("<BqqQB", content, at)
    at += 26
    multiples = [0] * (count - order)
    for plane in range(planes):
        form, length = struct.unpack_from("<BI", content, at)
        raw = content[at + 5 : at + 5 + length]
        at += 5 + length
        octets = zlib.decompress(raw, -15) if form == 1 else raw
        multiples = [k + (octet << 8 * plane) for k, octet in zip(multiples, octets, strict=True)]
    numbers = [_signed(k * unit + base) for k in multiples]
    if order == 1:
        sums = [first]
        for difference in numbers:
            sums.append(_signed(sums[-1] + difference))
        numbers = sums
    return numbers, at


def _floats(content: bytes, at: int, count: int) -> tuple[list[float], int]:
    form = content[at]
    if form == 0:
        positions, at = _numbers(content, at + 1, count)
        return [_at_position(position, "d") for position in positions], at
    if form in (1, 2):
        power = 10.0 ** content[at + 1]
        numbers, at = _numbers(content, at + 2, count)
        return [number / power if form == 1 else _single(number / power) for number in numbers], at
    origin, step = struct.unpack_from("<dd", content, at + 1)
    steps, at = _numbers(content, at + 17, count)
    beside, at = _numbers(content, at, count)
    size = "d" if form == 3 else "f"
    foreseen = [origin + s * step for s in steps]
    return [_at_position(_position(f, size) + b, size) for f, b in zip(foreseen, beside, strict=True)], at


def _single(value: float) -> float:
    single: float = struct.unpack("<f", struct.pack("<f", value))[0]
    return single


def _at_position(position: int, size: str) -> float:
    """The float at a place in the order of all floats; ``size``: d or f."""
    bits = 64 if size == "d" else 32
    pattern = position if position >= 0 else (position % 2**bits) ^ (2 ** (bits - 1) - 1)
    value: float = struct.unpack(f"<{size}", pattern.to_bytes(bits // 8, "little"))[0]
    return value


def _position(value: float, size: str) -> int:
    bits = 64 if size == "d" else 32
    pattern = int.from_bytes(struct.pack(f"<{size}", value), "little")
    return pattern if pattern < 2 ** (bits - 1) else (pattern ^ (2 ** (bits - 1) - 1)) - 2**bits


def _texts(content: bytes, at: int, count: int) -> tuple[list[str], int]:
    different, length, deflated = struct.unpack_from("<III", content, at)
    raw = zlib.decompress(content[at + 12 : at + 12 + deflated], -15)
    assert len(raw) == length
    texts, place = [], 0
    for _ in range(different):
        (size,) = struct.unpack_from("<I", raw, place)
        texts.append(raw[place + 4 : place + 4 + size].decode())
        place += 4 + size
    positions, at = _numbers(content, at + 12 + deflated, count)
    return [texts[position] for position in positions], at
