"""The fields of forms as values: what each holds, its unit and limits, and what is wrong with a text. No Qt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from station_app.domain.outcome import ReadingError, parse_reading


class FieldKind(Enum):
    """What a field holds, and so how it is shown."""

    TEXT = "text"
    LONG_TEXT = "long text"
    DECIMAL = "decimal"
    NUMBER = "number"
    WHOLE = "whole number"
    FLAG = "flag"
    CHOICE = "choice"


class FieldFault(ValueError):
    """A text that cannot be the field's value; the message is for the person who typed it."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a form. ``low`` and ``high`` are inclusive; ``allowed`` puts ``pattern`` into words."""

    path: str
    label: str
    kind: FieldKind = FieldKind.TEXT
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    pattern: str = ""
    allowed: str = ""
    longest: int = 1000
    required: bool = False
    bindable: bool = False
    suggests: str = ""
    translated: bool = False


def parse(field: Field, text: str) -> Any:
    """The value of a text in a field. Raises FieldFault."""
    match field.kind:
        case FieldKind.FLAG:
            return text == "yes"
        case FieldKind.CHOICE:
            if text not in field.choices:
                raise FieldFault(f"Choose one of: {', '.join(field.choices)}.")
            return text
        case FieldKind.DECIMAL:
            return None if not text.strip() else _number(text, "a number, for example 11.0")
        case FieldKind.NUMBER | FieldKind.WHOLE:
            return _bounded(field, text)
        case _:
            return _text(field, text)


def _text(field: Field, text: str) -> str:
    stripped = text if field.kind is FieldKind.LONG_TEXT else text.strip()
    if field.required and not stripped:
        raise FieldFault("This must be filled in.")
    if len(stripped) > field.longest:
        raise FieldFault(f"Too long: {len(stripped)} of at most {field.longest} characters.")
    if stripped and field.pattern and not re.fullmatch(field.pattern, stripped):
        raise FieldFault(f"Allowed: {field.allowed}.")
    return stripped


def _bounded(field: Field, text: str) -> float | int | None:
    allowed = range_text(field)
    if not text.strip():
        if field.path == "at_most_s":
            return None
        if field.required or field.low is None or field.low > 0:
            raise FieldFault(f"Allowed: {allowed}.")
        return 0 if field.kind is FieldKind.WHOLE else 0.0
    number = _number(text, allowed)
    if field.kind is FieldKind.WHOLE and number != int(number):
        raise FieldFault(f"Allowed: {allowed}.")
    low, high = field.low, field.high
    if (low is not None and number < Decimal(repr(low))) or (high is not None and number > Decimal(repr(high))):
        raise FieldFault(f"Allowed: {allowed}.")
    return int(number) if field.kind is FieldKind.WHOLE else float(number)


def _number(text: str, allowed: str) -> Decimal:
    try:
        return parse_reading(text)
    except ReadingError as error:
        raise FieldFault(str(error) if "comma" in str(error) else f"Not a number. Allowed: {allowed}.") from error


def range_text(field: Field) -> str:
    """What a number may be: "a number from 0 to 255 s"."""
    what = "a whole number" if field.kind is FieldKind.WHOLE else "a number"
    unit = f" {field.unit}" if field.unit else ""
    if field.low is not None and field.high is not None:
        return f"{what} from {field.low:g} to {field.high:g}{unit}"
    return f"{what}{unit}"


def written(value: object) -> str:
    """A value as people write it."""
    match value:
        case None | False:
            return ""
        case True:
            return "yes"
        case float():
            return f"{value:g}" if value == int(value) or abs(value) < 1e-3 else repr(value)
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)
