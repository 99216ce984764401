"""What is typed to be written to a machine, as a value of the kind that its tag has."""

from __future__ import annotations

import math

from drivers.base import Sample, Value
from station_app.domain.rules import Refusal

_TRUE, _FALSE = frozenset({"true", "1", "on", "yes"}), frozenset({"false", "0", "off", "no"})
_LONGEST_TEXT = 500


def written_value(text: str, latest: Sample | None) -> Value:
    """What was typed, as a value of the kind that the tag has now. Raises Refusal."""
    text = text.strip()
    present = None if latest is None else latest.value
    if present is None:
        raise Refusal("The tag has no value yet, so it is not known what can be written. Wait for its device.")
    if isinstance(present, str):
        if len(text) > _LONGEST_TEXT:
            raise Refusal(f"The text is too long ({len(text)} characters). At most {_LONGEST_TEXT} are written.")
        return text
    if isinstance(present, bool):
        if text.lower() not in _TRUE | _FALSE:
            raise Refusal("The tag is on or off. Type 1 or 0.")
        return text.lower() in _TRUE
    if "," in text:
        raise Refusal(f"“{text[:40]}” has a comma. Type a point.")
    try:
        return int(text) if isinstance(present, int) else _finite(text)
    except ValueError:
        what = "a whole number" if isinstance(present, int) else "a number"
        raise Refusal(f"“{text[:40]}” is no value for this tag. Type {what}.") from None


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
