"""32-bit floats as people wrote them: 1399.5377, not the 1399.5377197265625 that its 64-bit form shows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

_LARGEST = float(np.finfo(np.float32).max)


def shortest(value: float) -> float:
    """The number with the fewest digits that is the same 32-bit float.

    ``value`` must be finite and a 32-bit float already; anything else is answered as it is.
    """
    if not -_LARGEST <= value <= _LARGEST or float(np.float32(value)) != value:
        return value
    return shortest_of_single(value)


def shortest_of_single(value: float) -> float:
    """The same, for what is known to be a finite 32-bit float."""
    return float(str(np.float32(value)))


def shortest_of_singles(values: npt.NDArray[np.float32]) -> list[float]:
    """The same for many at once, in any byte order; NaN and infinities stay what they are."""
    return [*map(float, map(str, values))]
