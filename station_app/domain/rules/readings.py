"""Readings and limits as records hold them: text with its full resolution."""

from __future__ import annotations

import math
from decimal import Decimal

from drivers.base import Quality, Sample
from station_app.domain.outcome import Limits, Outcome
from station_app.domain.rules.refusal import Refusal


def limit_text(value: Decimal | None) -> str:
    """A limit as it is recorded; empty where it is open."""
    return "" if value is None else str(value)


def value_text(sample: Sample) -> str:
    """A machine's value as it is recorded; empty without one."""
    value = sample.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def number_of(sample: Sample | None) -> float | None:
    """The value of a sample that can be judged; None without one, of bad or uncertain quality, and for no number."""
    if sample is None or sample.quality is not Quality.GOOD:
        return None
    if sample.value is None or isinstance(sample.value, str) or not math.isfinite(sample.value):
        return None
    return float(sample.value)


def tag_text(sample: Sample | None) -> str:
    """A tag's value as the text of a reading, with at most 12 decimals; empty for one that cannot be judged."""
    if sample is None or number_of(sample) is None:
        return ""
    text = f"{Decimal(value_text(sample)):f}"
    return text if len(text.partition(".")[2]) <= 12 else f"{Decimal(text):.12f}"


def judge_sample(sample: Sample, limits: Limits) -> Outcome:
    """PASS or FAIL by the limits; ERROR for a value that cannot be trusted."""
    if number_of(sample) is None:
        return Outcome.ERROR
    return limits.judge(Decimal(value_text(sample)))


def refuse_decimals(text: str, decimals: int) -> None:
    """Refuse a reading with far more decimals than the gauge shows."""
    _, _, fraction = text.strip().partition(".")
    if len(fraction) > decimals + 2:
        raise Refusal(f"{text.strip()} has {len(fraction)} decimals; the gauge shows {decimals}. Type what it shows.")
