"""From a reading's text to a verdict: what arrived stays beside what was judged.

A mean is rounded half to even to one place more than the finest reading shows, and to more where that would hide on which
side of a limit it lies: it is judged as it is recorded. Limits are compared by the plan's method (ASTM E29,
`quality.rounding`).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

from station_app.domain.inspection.plan import Characteristic, Statistic
from station_app.domain.outcome import Outcome, ReadingError, parse_reading
from station_app.domain.quality.rounding import within_limits

_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_COUNT = re.compile(r"\d{1,9}", re.ASCII)
# a gauge's word for "no value": ERR6, N01:E3, *10, ----, OL
_ERROR_FRAME = re.compile(r"\s*(ERR\w*|N\d+:E\d+|\*\d+|-{2,}|O\.?L\.?)\s*", re.IGNORECASE)
SPARE_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Judged:
    """What is recorded of the readings of one characteristic. ``range_text`` is empty for a single reading."""

    readings: tuple[str, ...]
    value: Decimal
    value_text: str
    range_text: str
    outcome: Outcome


def judge_readings(characteristic: Characteristic, texts: Sequence[str], most_decimals: int | None = None) -> Judged:
    """The verdict on all readings of a characteristic.

    ``most_decimals`` are those that a machine may send where no gauge shows them. Raises ReadingError for a wrong number of
    readings and for a text that is no reading, saying which.
    """
    wanted = characteristic.readings
    if len(texts) != wanted:
        raise ReadingError(
            f"“{characteristic.title}” takes {_readings(wanted)}; {len(texts)} came. Measure and enter all of them."
        )
    most = characteristic.decimals + SPARE_DECIMALS if most_decimals is None else most_decimals
    values = [parse_gauge_text(characteristic, text, most) for text in texts]
    value = values[0]
    range_text = ""
    if characteristic.statistic is Statistic.MEAN or wanted > 1:
        value = judged_mean(characteristic, values)
        range_text = f"{max(values) - min(values):f}"
    inside = within_limits(value, characteristic.lower, characteristic.upper, characteristic.rounding)
    return Judged(
        readings=tuple(text.strip() for text in texts),
        value=value,
        value_text=texts[0].strip() if wanted == 1 else f"{value:f}",
        range_text=range_text,
        outcome=Outcome.PASS if inside else Outcome.FAIL,
    )


def parse_gauge_text(characteristic: Characteristic, text: str, most_decimals: int) -> Decimal:
    """The number in one reading. Raises ReadingError for an error frame, no number, or more decimals than a gauge shows."""
    if _ERROR_FRAME.fullmatch(text):
        raise ReadingError(f"The gauge says “{text.strip()}”: that is an error and no value. Measure again.")
    value = parse_reading(text)
    _, _, fraction = text.strip().partition(".")
    if len(fraction) > most_decimals:
        raise ReadingError(
            f"{text.strip()} has {len(fraction)} decimals; the gauge shows {characteristic.decimals}. Enter what it shows."
        )
    return value


def mean_of(values: Sequence[Decimal]) -> Decimal:
    """The mean, half to even, with one place more than the finest reading has."""
    finest = min(exponent for value in values if isinstance(exponent := value.as_tuple().exponent, int))
    return _exact_mean(values).quantize(Decimal((0, (1,), finest - 1)), context=_EXACT)


def _exact_mean(values: Sequence[Decimal]) -> Decimal:
    # sums of the usual context keep 28 digits, and a reading may have 30
    return _EXACT.divide(functools.reduce(_EXACT.add, values), Decimal(len(values)))


def judged_mean(characteristic: Characteristic, values: Sequence[Decimal]) -> Decimal:
    """The mean as it is judged and recorded: with as many more places as show on which side of a limit it lies."""
    mean, exact = mean_of(values), _exact_mean(values)
    within = within_limits(exact, characteristic.lower, characteristic.upper, characteristic.rounding)
    while within_limits(mean, characteristic.lower, characteristic.upper, characteristic.rounding) != within:
        exponent = mean.as_tuple().exponent
        assert isinstance(exponent, int)
        mean = exact.quantize(Decimal((0, (1,), exponent - 1)), context=_EXACT)
    return mean


def parse_count(text: str) -> int:
    """A number of defects or items. Raises ReadingError for anything but a whole number from 0."""
    stripped = text.strip()
    if not stripped:
        raise ReadingError("Type a number first; 0 when there is none.")
    if not _COUNT.fullmatch(stripped):
        raise ReadingError(f"“{stripped[:24]}” is not a number of defects. Type a whole number, 0 when there is none.")
    return int(stripped)


def judge_count(characteristic: Characteristic, defects: int) -> Outcome:
    """A count is in order up to the upper limit of its characteristic; without one only 0 is."""
    most = characteristic.upper if characteristic.upper is not None else Decimal(0)
    return Outcome.PASS if defects <= most else Outcome.FAIL


def _readings(count: int) -> str:
    return "one reading" if count == 1 else f"{count} readings"
