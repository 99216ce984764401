"""32-bit floats as people wrote them: 1399.5377, not the 1399.5377197265625 that its 64-bit form shows."""

from __future__ import annotations

import numpy as np

_LARGEST = float(np.finfo(np.float32).max)


def shortest(value: float) -> float:
    """The number with the fewest digits that is the same 32-bit float.

    ``value`` must be finite and a 32-bit float already; anything else is answered as it is.
    """
    if not -_LARGEST <= value <= _LARGEST:
        return value
    single = np.float32(value)
    return float(str(single)) if float(single) == value else value
