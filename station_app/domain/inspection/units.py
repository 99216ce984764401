"""Lengths and angles converted by their declared units, exactly; everything else is refused.

The factors are definitions (an inch is 25.4 mm, SI prefixes); a conversion that cannot be exact in decimals (degrees to
radians) is not offered. Words for units are those of QIF, of gauges and of people.
"""

from __future__ import annotations

from decimal import Context, Decimal, Inexact
from typing import Final


class UnitError(ValueError):
    """Two units that cannot be brought together, or a value without one; the message is for a person."""


# more digits than any reading has; what would be rounded is an error
_EXACT: Final = Context(prec=60, traps=[Inexact])
_WORDS: Final = {
    "mm": ("mm", "millimeter", "millimetre", "millimeters"),
    "µm": ("µm", "um", "μm", "micron", "micrometer", "micrometre"),
    "cm": ("cm", "centimeter", "centimetre"),
    "m": ("m", "meter", "metre"),
    "in": ("in", "inch", "inches", '"'),
    "°": ("°", "deg", "degree", "degrees"),
    "'": ("'", "arcmin", "minute of arc"),
    "rad": ("rad", "radian", "radians"),
    "mrad": ("mrad", "milliradian"),
}
# unit: (what it measures, how many of the smallest are in it)
_SIZES: Final = {
    "µm": ("length", Decimal(1)),
    "mm": ("length", Decimal(1000)),
    "cm": ("length", Decimal(10_000)),
    "in": ("length", Decimal(25_400)),
    "m": ("length", Decimal(1_000_000)),
    "'": ("angle in degrees", Decimal(1)),
    "°": ("angle in degrees", Decimal(60)),
    "mrad": ("angle in radians", Decimal(1)),
    "rad": ("angle in radians", Decimal(1000)),
}
_MEANING: Final = {word.casefold(): unit for unit, words in _WORDS.items() for word in words}


def unit_named(word: str) -> str:
    """The unit that a word means ("Millimeter" is "mm"); the word itself where it is none of ours."""
    return _MEANING.get(word.strip().casefold(), word.strip())


def convert(value: Decimal, from_unit: str, to_unit: str) -> Decimal:
    """A value in another unit, with every digit. Raises UnitError when there is no exact way."""
    source, target = unit_named(from_unit), unit_named(to_unit)
    if source == target:
        return value
    if not source:
        raise UnitError(f"the value has no unit and {target} is wanted: declare the unit it is in")
    if source not in _SIZES or target not in _SIZES or _SIZES[source][0] != _SIZES[target][0]:
        raise UnitError(f"{source} cannot be converted to {target or 'a number without a unit'}")
    try:
        converted = _EXACT.divide(_EXACT.multiply(value, _SIZES[source][1]), _SIZES[target][1])
    except Inexact:
        raise UnitError(f"{value} {source} cannot be written in {target} without rounding") from None
    return Decimal(f"{converted.normalize(_EXACT):f}")
