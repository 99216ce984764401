"""Comparing a reading with a limit by ASTM E29: the plan names the absolute or the rounding method.

Readings and limits are Decimal, made from the text that arrived: 0.125 keeps its resolution.
"""

from __future__ import annotations

import enum
from decimal import ROUND_HALF_EVEN, Context, Decimal

from station_app.domain.quality.errors import InputError

_MOST_DIGITS = 100
# enough digits for any reading, so that nothing is rounded but what the method rounds
_EXACT = Context(prec=2 * _MOST_DIGITS + 2, rounding=ROUND_HALF_EVEN)


class Rounding(enum.StrEnum):
    """ASTM E29, clause 5 (absolute).

    Every digit of the reading counts; clause 6 (rounding): rounded to the limit's last place first.
    """

    ABSOLUTE = "absolute"
    ROUNDING = "rounding"


def rounded_to_limit(reading: Decimal, limit: Decimal) -> Decimal:
    """The reading rounded to the last place of the limit as written (12.50 has two), half to even.

    Raises InputError for what is no finite number.
    """
    exponent = limit.as_tuple().exponent
    if not (reading.is_finite() and isinstance(exponent, int)):
        raise InputError(f"{reading} cannot be compared with {limit}: both must be numbers")
    if max(reading.adjusted(), limit.adjusted(), -exponent) > _MOST_DIGITS:
        raise InputError(
            f"{reading} cannot be compared with {limit}: it is larger, or the limit finer, than any gauge tells"
        )
    # a limit written 1E+2 has its last place at the hundreds
    return reading.quantize(Decimal((0, (1,), exponent)), context=_EXACT)


def within_limits(reading: Decimal, lower: Decimal | None, upper: Decimal | None, method: Rounding) -> bool:
    """Whether a reading conforms.

    A limit itself does. Each limit rounds to its own last place. Raises InputError as above.
    """
    for limit, side in ((lower, -1), (upper, 1)):
        if limit is None:
            continue
        rounded = rounded_to_limit(reading, limit)
        compared = rounded if method is Rounding.ROUNDING else reading
        if (compared > limit) if side > 0 else (compared < limit):
            return False
    if not reading.is_finite():
        raise InputError(f"{reading} is no reading")
    return True
