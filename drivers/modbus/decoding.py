"""A whole block's bytes to values at once: what can be settled when the block is planned is settled then.

Numbers of one type and one order are unpacked by one struct, wherever they lie in the block; only strings, bits of
registers and scaled numbers are looked at one by one. What is a value is judged as in :mod:`drivers.modbus.coding`.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from drivers.address import BIT_TABLES, ModbusAddress
from drivers.base import Value
from drivers.float32 import shortest_of_singles
from drivers.modbus.coding import FORMATS, OUT_OF_RANGE, Decoder, NoValue, decoder, is_scaled, scaler

_BITS_OF_BYTE = tuple(tuple(bool(byte >> bit & 1) for bit in range(8)) for byte in range(256))  # lowest first
Decoded = tuple[Sequence[Value], dict[int, str]]


@dataclass(frozen=True, slots=True)
class _Group:
    """Numbers that are unpacked at once: ``positions`` are their places among the block's points.

    ``unpack`` knows where they are in the bytes, and makes 32-bit floats as short as they were written.
    """

    positions: tuple[int, ...]
    unpack: Callable[[bytes], Sequence[Any]]
    bytes_swapped: bool
    is_float: bool

    def numbers(self, raw: bytes, swapped: bytes, faults: dict[int, str]) -> Sequence[Value]:
        """Their values; None for what is none, with its status in ``faults``."""
        numbers = self.unpack(swapped if self.bytes_swapped else raw)
        if self.is_float and not math.isfinite(sum(numbers)):  # also where large ones add up to infinity
            faults.update(
                (position, OUT_OF_RANGE)
                for position, number in zip(self.positions, numbers, strict=True)
                if not math.isfinite(number)
            )
        return numbers


class BlockDecoder:
    """Decodes the data bytes of one request for ``addresses``, which lie in it from ``offset`` on."""

    def __init__(self, addresses: Sequence[ModbusAddress], offset: int) -> None:
        self._count = len(addresses)
        self._bits: tuple[int, ...] = ()
        self._groups: list[_Group] = []
        self._alone: list[tuple[int, Decoder, int, int]] = []
        self._scaled: list[tuple[int, Callable[[Any], float]]] = []
        self._is_plain = self._swaps = False
        if addresses and addresses[0].table in BIT_TABLES:
            self._bits = tuple(address.offset - offset for address in addresses)
            return
        numbers: dict[tuple[str, bool, bool], list[tuple[int, int]]] = {}
        for position, address in enumerate(addresses):
            start = 2 * (address.offset - offset)
            if address.bit is not None or address.type not in FORMATS:
                self._alone.append((position, decoder(address), start, start + 2 * address.count))
                continue
            numbers.setdefault(_form(address), []).append((start, position))
            if is_scaled(address):
                self._scaled.append((position, scaler(address)))
        for (kind, is_little, swapped), places in numbers.items():
            self._groups += _groups(kind, "<" if is_little else ">", swapped, places)
        self._swaps = any(group.bytes_swapped for group in self._groups)
        # one group that has all of them in their order: what it says is the answer
        self._is_plain = not self._scaled and [group.positions for group in self._groups] == [(*range(self._count),)]

    def decode(self, raw: bytes) -> Decoded:
        """A value for each address, in their order, and the status of each that has none, by its position."""
        if self._bits:
            bits = [*chain.from_iterable(map(_BITS_OF_BYTE.__getitem__, raw))]
            return [bits[position] for position in self._bits], {}
        faults: dict[int, str] = {}
        swapped = np.frombuffer(raw, np.uint16).byteswap().tobytes() if self._swaps else b""
        if self._is_plain:
            values = self._groups[0].numbers(raw, swapped, faults)
            return (values, faults) if not faults else (_without(values, faults), faults)
        found: list[Value] = [None] * self._count
        for group in self._groups:
            for position, value in zip(group.positions, group.numbers(raw, swapped, faults), strict=True):
                found[position] = value
        for position, scale in self._scaled:
            if position not in faults:
                _note(found, faults, position, scale, found[position])
        for position, decode, start, stop in self._alone:
            _note(found, faults, position, decode, raw[start:stop])
        return (found, faults) if not faults else (_without(found, faults), faults)


def _note(found: list[Value], faults: dict[int, str], position: int, value_of: Callable[[Any], Value], of: Any) -> None:
    try:
        found[position] = value_of(of)
    except NoValue as fault:
        faults[position] = fault.status


def _without(values: Sequence[Value], faults: dict[int, str]) -> list[Value]:
    return [None if position in faults else value for position, value in enumerate(values)]


def _form(address: ModbusAddress) -> tuple[str, bool, bool]:
    """How a number is unpacked: its type, whether as little-endian, and whether after a swap of all registers' bytes."""
    words_little, bytes_little = address.words == "little", address.bytes == "little"
    return address.type, words_little, words_little is not bytes_little


def _groups(kind: str, order: str, swapped: bool, places: list[tuple[int, int]]) -> list[_Group]:
    """As few groups as can be of numbers by their first bytes: those that lie on each other are in different ones."""
    size = struct.calcsize(f"{order}{FORMATS[kind]}")
    left = sorted(places)
    groups: list[_Group] = []
    while left:
        taken: list[tuple[int, int]] = []
        over: list[tuple[int, int]] = []
        for start, position in left:
            (over if taken and start < taken[-1][0] + size else taken).append((start, position))
        unpack = _unpacker(kind, order, size, [start for start, _ in taken])
        groups.append(_Group(tuple(position for _, position in taken), unpack, swapped, kind.startswith("float")))
        left = over
    return groups


def _unpacker(kind: str, order: str, size: int, starts: list[int]) -> Callable[[bytes], Sequence[Any]]:
    """Unpacks numbers that begin at these bytes and do not lie on each other."""
    ends = [0, *(start + size for start in starts)]
    layout = "".join(f"{start - end}x{FORMATS[kind]}" for start, end in zip(starts, ends, strict=False))
    unpack = struct.Struct(order + layout).unpack_from
    if kind != "float32":
        return unpack
    if starts[-1] == starts[0] + size * (len(starts) - 1):  # side by side
        return lambda raw: shortest_of_singles(np.frombuffer(raw, f"{order}f4", len(starts), starts[0]))
    return lambda raw: shortest_of_singles(np.array(unpack(raw), np.float32))
