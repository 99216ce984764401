"""Outcomes, limits and the judgement of a reading.

A reading is kept as the text that arrived and compared as :class:`decimal.Decimal`: 0.125 keeps its resolution.
"""

from __future__ import annotations

import enum
import re
from decimal import Decimal, InvalidOperation

import msgspec

_NUMBER = re.compile(r"[+-]?(\d{1,18}(\.\d{0,12})?|\.\d{1,12})", re.ASCII)


class Outcome(enum.StrEnum):
    """FAIL is the part; ERROR is the equipment (openhtf's distinction)."""

    PASS = "PASS"
    FAIL = "FAIL"
    SKIPPED = "SKIPPED"
    ERROR = "ERROR"
    ABORTED = "ABORTED"


class ReadingError(ValueError):
    """Text that is not a number we accept; the message is for the person who typed it."""


def parse_reading(text: str) -> Decimal:
    """The number in ``text``: digits with one decimal point, at most 18 before and 12 after it.

    Raises ReadingError for empty text, a comma, an exponent, NaN, infinity and anything else.
    """
    stripped = text.strip()
    if not stripped:
        raise ReadingError("Type or measure a value first.")
    if "," in stripped:
        raise ReadingError(f"“{stripped}” has a comma. Use a point: {stripped.replace(',', '.')}")
    if not _NUMBER.fullmatch(stripped) or not any(c.isdigit() for c in stripped):
        raise ReadingError(f"“{stripped[:24]}” is not a number. Use digits and one decimal point.")
    return Decimal(stripped)


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A characteristic's limits in ``unit``; a missing limit is open. Values on a limit pass."""

    unit: str = ""
    lower: Decimal | None = None
    upper: Decimal | None = None
    nominal: Decimal | None = None

    def judge(self, value: Decimal) -> Outcome:
        """PASS within the limits (inclusive), else FAIL."""
        return Outcome.PASS if self.excess(value) == 0 else Outcome.FAIL

    def excess(self, value: Decimal) -> Decimal:
        """How far outside: positive above the upper limit, negative below the lower, 0 inside."""
        if self.upper is not None and value > self.upper:
            return value - self.upper
        if self.lower is not None and value < self.lower:
            return value - self.lower
        return Decimal(0)

    def say_excess(self, value: Decimal) -> str:
        """A sentence for the operator: by how much the value is out, or empty."""
        excess = self.excess(value)
        if excess == 0:
            return ""
        side = "above" if excess > 0 else "below"
        return f"{abs(excess).normalize():f} {self.unit} {side} the limit.".replace("  ", " ")

    def say_margin(self, value: Decimal) -> str:
        """A sentence for a value inside: how far the nearest limit is; empty outside and where there is no limit."""
        if self.excess(value) != 0:
            return ""
        distances = [abs(limit - value) for limit in (self.lower, self.upper) if limit is not None]
        if not distances:
            return ""
        return f"Inside the limits by {min(distances).normalize():f} {self.unit}".rstrip() + "."

    def text(self) -> str:
        """The limits as people write them: “11.0 to 14.0 kN”, “at most 0.020 mm”."""
        unit = f" {self.unit}" if self.unit else ""
        if self.lower is not None and self.upper is not None:
            return f"{self.lower} to {self.upper}{unit}"
        if self.upper is not None:
            return f"at most {self.upper}{unit}"
        return f"at least {self.lower}{unit}" if self.lower is not None else "no limits"


def decimals_of(*limits: Decimal | None) -> int:
    """How many decimals a machine's value beside these limits is shown with: one more than the finest of them, 1 to 4."""
    places = [max(0, -int(limit.as_tuple().exponent)) for limit in limits if limit is not None]
    return min(4, max(1, max(places, default=1) + 1))


def rounded_text(text: str, decimals: int) -> str:
    """A recorded value for the eye: rounded where it is a number with decimals; the record keeps all of it."""
    try:
        return f"{Decimal(text):.{decimals}f}" if "." in text else text
    except InvalidOperation:
        return text


def machine_text(text: str, lower_text: str, upper_text: str) -> str:
    """A machine's recorded value as it is shown everywhere: with the decimals that its recorded limits call for."""
    return rounded_text(text, recorded_decimals(lower_text, upper_text))


def say_machine_excess(text: str, limits: Limits) -> str:
    """By how much a machine's value is out, with one digit more than is shown of it; with all where it is out by less.

    Raises ReadingError for a text that is no number.
    """
    shown = rounded_text(text, decimals_of(limits.lower, limits.upper) + 1)
    return limits.say_excess(parse_reading(shown)) or limits.say_excess(parse_reading(text))


def recorded_decimals(lower_text: str, upper_text: str) -> int:
    """As :func:`decimals_of`, of limits as they are recorded: empty where there is none."""
    return decimals_of(*(Decimal(text) for text in (lower_text, upper_text) if _NUMBER.fullmatch(text)))
