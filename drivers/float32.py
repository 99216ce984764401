"""32-bit floats as people wrote them: 1399.5377, not the 1399.5377197265625 that its 64-bit form shows."""

from __future__ import annotations

import struct

_SINGLE = struct.Struct(">f")
_FEWEST_DIGITS, _MOST_DIGITS = 6, 9  # six always survive the way there and back, nine always tell two of them apart


def shortest(value: float) -> float:
    """The number with the fewest digits that is the same 32-bit float.

    ``value`` must be finite and a 32-bit float already; anything else is answered as it is.
    """
    try:
        packed = _SINGLE.pack(value)
    except OverflowError:
        return value
    if _SINGLE.unpack(packed)[0] != value:
        return value
    for digits in range(_FEWEST_DIGITS, _MOST_DIGITS + 1):
        short = float(f"{value:.{digits}g}")
        if _SINGLE.pack(short) == packed:
            return short
    return value
