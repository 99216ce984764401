"""Floats as columns of whole numbers, exactly: every bit of every value comes back.

Machines send numbers with few digits, or steps of a converter, in a type that could hold far more. Tried in this
order, the first that gives every value back exactly is taken:

- form 1, decimals: ``value = k / 10^d``. Stored: 1 byte d, then the k.
- form 2, decimals that were a 32-bit float on their way: ``value = float32(k / 10^d)``. Stored alike.
- form 3, steps: ``value`` lies within 4096 representable numbers of ``origin + k * step``. Stored: 8 bytes origin, 8
  bytes step, the k, and by how many representable numbers each value lies beside. Form 4 is the same for 32-bit floats.
- form 0, any: the position of every value in the order of all floats (below).

The order: the 64 bits of a float as a whole number, and for negative ones the lower 63 bits inverted; so -1 < -0 < 0 <
1 stay in order and neighbours differ by 1. NaN and infinities are numbers here like any other; a block holds none (the
station stores them as Bad, without a value).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from station_app.storage.historian.integers import FormatError, Ints, pack, unpack

Floats = NDArray[np.float64]

_ANY, _DECIMAL, _DECIMAL32, _STEPS, _STEPS32 = range(5)
_STEP_HEAD = struct.Struct("<dd")
_MOST_DECIMALS = 9
_EXACT = 2.0**53
_BESIDE = 4096
_WORTH_BYTES = 4
_MOST_STEPS = 1 << 18
"""Converters have up to 16 bits; among 1,000 values of noise some lie a millionth of the span apart."""
_FEWEST_FOR_STEPS = 32


def pack_floats(values: Floats) -> bytes:
    """The bytes of a column of shape (n,)."""
    with np.errstate(all="ignore"):
        single = values.astype(np.float32)
        is_single = bool(np.array_equal(single.astype(np.float64).view(np.int64), values.view(np.int64)))
        packed = _decimals(values, False) or (_decimals(values, True) if is_single else None)
        packed = packed or _steps(values, is_single)
    return packed or bytes([_ANY]) + pack(_order(values))


def unpack_floats(content: memoryview, count: int) -> tuple[Floats, memoryview]:
    """The column of ``count`` floats at the start of ``content``, and what follows. Raises FormatError."""
    if not content:
        raise FormatError("the content ends too soon")
    form, content = content[0], content[1:]
    if form == _ANY:
        order, content = unpack(content, count)
        return _from_order(order), content
    if form in (_DECIMAL, _DECIMAL32):
        if not content:
            raise FormatError("the content ends too soon")
        decimals = content[0]
        numbers, content = unpack(content[1:], count)
        values = numbers / 10.0**decimals
        return (values.astype(np.float32).astype(np.float64) if form == _DECIMAL32 else values), content
    if form not in (_STEPS, _STEPS32) or len(content) < _STEP_HEAD.size:
        raise FormatError("a column of floats that this version does not know")
    origin, step = _STEP_HEAD.unpack_from(content)
    steps, content = unpack(content[_STEP_HEAD.size :], count)
    beside, content = unpack(content, count)
    if form == _STEPS:
        return _from_order(_order(origin + steps * step) + beside), content
    return _from_order32(_order32((origin + steps * step).astype(np.float32)) + beside), content


def _decimals(values: Floats, is_single: bool) -> bytes | None:
    if not np.isfinite(values).all():
        return None
    sample = values[:: max(1, values.size // 16)]
    for decimals in range(_MOST_DECIMALS + 1):
        if _as_decimals(sample, decimals, is_single) is None:
            continue
        numbers = _as_decimals(values, decimals, is_single)
        if numbers is not None:
            return bytes([_DECIMAL32 if is_single else _DECIMAL, decimals]) + pack(numbers)
    return None


def _as_decimals(values: Floats, decimals: int, is_single: bool) -> Ints | None:
    rounded = np.rint(values * 10.0**decimals)
    if not np.abs(rounded).max() < _EXACT:
        return None
    numbers = rounded.astype(np.int64)
    back = numbers / 10.0**decimals
    if is_single:
        back = back.astype(np.float32).astype(np.float64)
    # bit for bit: minus zero is not zero
    return numbers if np.array_equal(back.view(np.int64), values.view(np.int64)) else None


def _steps(values: Floats, is_single: bool) -> bytes | None:
    if values.size < _FEWEST_FOR_STEPS or not np.isfinite(values).all():
        return None
    levels = np.unique(values)
    if not 2 <= levels.size <= values.size // 2 + 512:
        return None
    origin = float(levels[0])
    for step in _step_candidates(levels):
        numbers = np.rint((values - origin) / step)
        if numbers.max() > _MOST_STEPS:
            continue
        steps = numbers.astype(np.int64)
        origin, step = _fitted(steps, values)
        foreseen = np.asarray(origin + steps * step, np.float64)
        if is_single:
            beside = _order32(values.astype(np.float32)) - _order32(foreseen.astype(np.float32))
        else:
            beside = _order(values) - _order(foreseen)
        if np.abs(beside).max() <= _BESIDE:
            head = bytes([_STEPS32 if is_single else _STEPS]) + _STEP_HEAD.pack(origin, step)
            packed = head + pack(steps) + pack(beside)
            return packed if len(packed) < values.size * _WORTH_BYTES else None
    return None


def _fitted(steps: Ints, values: Floats) -> tuple[float, float]:
    """The origin and step that lie nearest to all values: a converter's zero is rarely a number without rounding."""
    middle, mean = float(steps.mean()), float(values.mean())
    away = steps - middle
    step = float((away * (values - mean)).sum() / (away * away).sum())
    return mean - step * middle, step


def _step_candidates(levels: Floats) -> Iterator[float]:
    """Steps that could lie between these levels, each measured over the whole span."""
    span = float(levels[-1] - levels[0])
    smallest = float(np.diff(levels).min())
    if not (np.isfinite(span) and smallest > 0):
        return
    for part in (1, 2, 3):
        count = np.rint(span / (smallest / part))
        if not 1 <= count <= _MOST_STEPS:
            return
        # the smallest difference is inexact: refined over growing stretches, the steps in the span are counted right
        step = smallest / part
        for reach in np.geomspace(smallest, span, 12):
            at = float(levels[min(int(np.searchsorted(levels, levels[0] + reach)), levels.size - 1)] - levels[0])
            wide = np.rint(at / step)
            if wide >= 1:
                step = at / float(wide)
        yield step


def _order(values: Floats) -> Ints:
    bits = np.ascontiguousarray(values).view(np.int64)
    return np.where(bits >= 0, bits, bits ^ np.int64(0x7FFFFFFFFFFFFFFF))


def _from_order(order: Ints) -> Floats:
    bits = np.where(order >= 0, order, order ^ np.int64(0x7FFFFFFFFFFFFFFF))
    return bits.view(np.float64)


def _order32(values: NDArray[np.float32]) -> Ints:
    bits = values.view(np.int32)
    return np.where(bits >= 0, bits, bits ^ np.int32(0x7FFFFFFF)).astype(np.int64)


def _from_order32(order: Ints) -> Floats:
    bits = order.astype(np.int32)
    return np.where(bits >= 0, bits, bits ^ np.int32(0x7FFFFFFF)).astype(np.int32).view(np.float32).astype(np.float64)
