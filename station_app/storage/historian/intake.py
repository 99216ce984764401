"""Samples as they arrive become rows: whose time counts, and what is no value.

- The device's time counts while it is within a day of the time of arrival; else (a device that thinks it is 1601 or
  2099) the time of arrival. Equal and backward times are kept as they are, in order of arrival.
- NaN and infinities are no values: stored as Bad, without a value. Whole numbers beyond 64 bits become floats.
- Texts are cut at 1,000 characters, then at best Uncertain.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from drivers.base import Quality, Sample, Value
from station_app.domain.trend import BAD, GOOD, UNCERTAIN
from station_app.storage.historian.columns import INT64_MAX, Row, StoredValue

TIME_TOLERANCE_S = 86_400.0
LONGEST_TEXT = 1000
MOST_STATUSES = 1000
OTHER_STATUS = "OtherStatus"
FEWEST_AT_ONCE = 64
_GOOD_STATUS = "Good"
OUT_OF_RANGE = "BadOutOfRange"


@dataclass(slots=True)
class StatusNames:
    """The status codes' names and their numbers; at most so many that a device that makes them up cannot fill the memory."""

    names: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, name: str) -> int:
        """The number of a name, given when it is new."""
        known = self.numbers.get(name)
        if known is not None:
            return known
        clean = _encodable(name)[:80].replace("\n", " ")
        if len(self.names) >= MOST_STATUSES and clean != OTHER_STATUS:
            return self.number(OTHER_STATUS)
        if clean not in self.numbers:
            self.numbers[clean] = len(self.names)
            self.names.append(clean)
        return self.numbers[clean]


def rows_of(samples: Sequence[Sample], tag: int, seq: int, statuses: StatusNames) -> list[Row]:
    """The samples of one tag as rows, the first with the number ``seq``."""
    # few samples are judged one by one sooner than numpy is asked
    plain = _plain_rows(samples, tag, seq, statuses) if len(samples) >= FEWEST_AT_ONCE else []
    return plain or _judged_rows(samples, tag, seq, statuses)


def _plain_rows(samples: Sequence[Sample], tag: int, seq: int, statuses: StatusNames) -> list[Row]:
    """The common case in a third of the time: finite floats, all Good, with times that can be believed. Else nothing."""
    values = [sample.value for sample in samples if type(sample.value) is float]
    if len(values) < len(samples) or not math.isfinite(sum(values)):
        return []
    if any(sample.quality is not Quality.GOOD or sample.status != _GOOD_STATUS for sample in samples):
        return []
    arrived = np.array([sample.received_time for sample in samples])
    times = np.array([sample.source_time for sample in samples], np.float64)  # None becomes NaN
    known = ~np.isnan(times)
    if (np.abs(times[known] - arrived[known]) >= TIME_TOLERANCE_S).any():
        return []
    times_us = (np.where(known, times, arrived) * 1e6 + 0.5).astype(np.int64).tolist()
    good = statuses.number(_GOOD_STATUS)
    return list(zip(itertools.count(seq), itertools.repeat(tag), times_us, values, itertools.repeat(GOOD),
                    itertools.repeat(good), strict=False))  # fmt: skip


def _judged_rows(samples: Sequence[Sample], tag: int, seq: int, statuses: StatusNames) -> list[Row]:
    rows: list[Row] = []
    known, infinity = statuses.numbers, math.inf
    for sample in samples:
        value, source, time = sample.value, sample.source_time, sample.received_time
        if source is not None and -TIME_TOLERANCE_S < source - time < TIME_TOLERANCE_S:
            time = source
        quality = GOOD if sample.quality is Quality.GOOD else BAD if sample.quality is Quality.BAD else UNCERTAIN
        status = known.get(sample.status)
        if status is None:
            status = statuses.number(sample.status)
        kept: StoredValue = value
        if type(value) is not float:
            kept, quality = _stored(value, quality)
        elif not -infinity < value < infinity:
            kept = None
        if kept is None and value is not None:
            quality, status = BAD, statuses.number(OUT_OF_RANGE if quality != BAD else sample.status)
        rows.append((seq, tag, int(time * 1e6 + 0.5), kept, quality, status))
        seq += 1
    return rows


def _stored(value: Value, quality: int) -> tuple[StoredValue, int]:
    """A value that is no plain float, as it is kept, and its quality; None for one that is no value."""
    if value is None or isinstance(value, bool):
        return value, quality
    if isinstance(value, int):
        whole = int(value)
        if -INT64_MAX - 1 <= whole <= INT64_MAX:
            return whole, quality
        try:
            return float(whole), quality
        except OverflowError:
            return None, quality
    if isinstance(value, float):
        return (float(value) if math.isfinite(value) else None), quality
    text = _encodable(value)
    if len(text) > LONGEST_TEXT:
        return text[: LONGEST_TEXT - 1] + "…", max(quality, UNCERTAIN)
    return text, quality


def _encodable(text: str) -> str:
    """The text without what UTF-8 cannot carry."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
