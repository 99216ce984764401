"""The quantiles and tail probabilities that intervals and F tests need.

Only here is scipy loaded, and only when one is asked for; `scipy.special` is enough and much lighter than
`scipy.stats`.
"""

from __future__ import annotations


def normal_quantile(share: float) -> float:
    """The value that a standard normal variable stays below with this probability."""
    from scipy.special import ndtri

    return float(ndtri(share))


def chi_square_quantile(share: float, degrees_of_freedom: float) -> float:
    """The value that a chi-square variable stays below with this probability."""
    from scipy.special import gammaincinv

    return 2 * float(gammaincinv(degrees_of_freedom / 2, share))


def f_tail(value: float, numerator: float, denominator: float) -> float:
    """The probability that an F variable with these degrees of freedom is greater than ``value``."""
    from scipy.special import fdtrc

    return float(fdtrc(numerator, denominator, value))
