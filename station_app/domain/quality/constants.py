"""Constants of control charts, computed instead of looked up.

For n independent standard normal values with range W and standard deviation s (definitions as in ASTM E2587 and
Montgomery, *Introduction to Statistical Quality Control*, appendix VI): d2 = E[W], d3 = SD[W], c4 = E[s].
"""

from __future__ import annotations

import enum
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

# beyond +-9 standard deviations a normal distribution has less than 1e-18 left
_REACH = 9.0
_WIDEST = 13.5
_GAMMA_OVERFLOWS_AT = 171.0


class Constants(enum.StrEnum):
    """Where d2 comes from.

    Exact, or rounded to three decimals as printed tables have it, for parity with other programs.
    """

    EXACT = "exact"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Factors:
    """Factors of the classical charts for subgroups of n; a lower factor is never below 0."""

    a2: float
    a3: float
    b3: float
    b4: float
    d3_lower: float
    d4_upper: float
    e2: float


def factors(n: int, constants: Constants = Constants.EXACT) -> Factors:
    """A2, A3, B3, B4, D3, D4 and E2 for subgroups of ``n`` >= 2."""
    width, mean_s = d2(n, constants), c4(n)
    spread_s = 3 * math.sqrt(1 - mean_s**2) / mean_s
    spread_r = 3 * d3(n) / width
    return Factors(
        a2=3 / (width * math.sqrt(n)),
        a3=3 / (mean_s * math.sqrt(n)),
        b3=max(0.0, 1 - spread_s),
        b4=1 + spread_s,
        d3_lower=max(0.0, 1 - spread_r),
        d4_upper=1 + spread_r,
        e2=3 / width,
    )


def d2(n: int, constants: Constants = Constants.EXACT) -> float:
    """Mean range of ``n`` >= 2 standard normal values: the integral of 1 - Phi^n - (1 - Phi)^n."""
    exact = _range_moments(n)[0]
    return round(exact, 3) if constants is Constants.TABLE else exact


def d3(n: int) -> float:
    """Standard deviation of the range of ``n`` >= 2 standard normal values."""
    return _range_moments(n)[1]


@lru_cache(maxsize=4096)
def c4(n: float) -> float:
    """Mean standard deviation of ``n`` > 1 standard normal values: sqrt(2/(n-1)) Gamma(n/2) / Gamma((n-1)/2)."""
    if not n > 1:
        raise ValueError(f"c4 needs more than one value, not {n}")
    if n / 2 < _GAMMA_OVERFLOWS_AT:
        return math.sqrt(2 / (n - 1)) * math.gamma(n / 2) / math.gamma((n - 1) / 2)
    # Gamma overflows and its logarithm loses digits: the asymptotic series is exact to the last bit here
    inverse = 1 / (n - 1)
    series = -399 / 8192
    for coefficient in (-21 / 2048, 5 / 128, 1 / 32, -1 / 4, 1.0):
        series = coefficient + series * inverse
    return series


def for_sizes(constant: Callable[[int], float], sizes: IntArray) -> FloatArray:
    """A constant for every size of an array; NaN where the size is below 2."""
    found = np.full(sizes.shape, np.nan)
    smallest, largest = (int(sizes.min()), int(sizes.max())) if sizes.size else (0, 0)
    for n in [smallest] if smallest == largest else np.unique(sizes):
        if n >= 2:
            found[sizes == n] = constant(int(n))
    return found


@lru_cache(maxsize=1024)
def _range_moments(n: int) -> tuple[float, float]:
    """Mean and standard deviation of the range of ``n`` standard normal values."""
    if n < 2:
        raise ValueError(f"a range needs at least 2 values, not {n}")
    if n == 2:
        return 2 / math.sqrt(math.pi), math.sqrt(2 - 4 / math.pi)
    # the integrands are analytic and vanish at both ends: the trapezoidal rule converges to machine precision
    x, step = np.linspace(-_REACH, _REACH, 361), 2 * _REACH / 360
    below = _normal_cdf(x)
    mean = float(np.sum(1 - below**n - below[::-1] ** n)) * step
    # E[W^2] is the integral of 2 w P(W > w)
    nodes, weights = np.polynomial.legendre.leggauss(96)
    w = _WIDEST / 2 * (nodes + 1)
    density = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    between = _normal_cdf(x[:, None] + w[None, :]) - below[:, None]
    not_wider = n * step * np.sum(density[:, None] * between ** (n - 1), axis=0)
    square = float(np.sum(weights * 2 * w * (1 - not_wider))) * _WIDEST / 2
    return mean, math.sqrt(square - mean**2)


def _normal_cdf(x: FloatArray) -> FloatArray:
    """Phi; the few thousand values needed here are not worth loading scipy for."""
    flat = [0.5 * math.erfc(-value / math.sqrt(2)) for value in x.ravel().tolist()]
    return np.array(flat).reshape(x.shape)
