"""From many samples or summaries to about as many points as a screen has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from station_app.domain.trend import BAD, Envelope, Gap, RawSeries, ValueKind
from station_app.storage.historian.series import chosen
from station_app.storage.historian.summary import PART, Parts, means


@dataclass(frozen=True, slots=True)
class Span:
    """What is asked for: times in microseconds since the epoch, ``to_us`` excluded, and the number of points."""

    from_us: int
    to_us: int
    points: int

    def buckets(self, times: NDArray[np.int64]) -> NDArray[np.int64]:
        """The number of the point that each time belongs to."""
        width = max(1, -(-(self.to_us - self.from_us) // self.points))
        return (times - self.from_us) // width


def parts_of(series: RawSeries) -> Parts:
    """Each sample as a part of its own."""
    usable = series.usable
    parts = np.zeros(series.time_us.size, PART)
    parts["start_us"] = series.time_us
    parts["minimum"] = parts["maximum"] = parts["mean"] = series.numbers
    parts["usable"] = usable
    parts["bad"] = series.quality == BAD
    return parts


def envelope_of(parts: Parts, span: Span, kind: ValueKind, gaps: Sequence[Gap]) -> Envelope:
    """Parts, in any order, as an envelope; those outside of the span are left out."""
    starts_us = parts["start_us"]
    parts = parts[(starts_us >= span.from_us) & (starts_us < span.to_us)]
    if not parts.size:
        return _envelope(np.zeros(0, PART), parts["usable"], kind, False, gaps)
    starts_us = parts["start_us"]
    if (np.diff(starts_us) < 0).any():
        parts = parts[np.argsort(starts_us, kind="stable")]
        starts_us = parts["start_us"]
    buckets = span.buckets(starts_us)
    first = np.flatnonzero(np.concatenate(([True], buckets[1:] != buckets[:-1])))
    merged = np.zeros(first.size, PART)
    merged["start_us"] = starts_us[first]
    merged["minimum"] = np.fmin.reduceat(parts["minimum"], first)
    merged["maximum"] = np.fmax.reduceat(parts["maximum"], first)
    usable = parts["usable"].astype(np.float64)
    merged["mean"] = means(np.where(usable > 0, parts["mean"], 0.0), usable, first)
    merged["bad"] = np.add.reduceat(parts["bad"].astype(np.int64), first)
    return _envelope(merged, np.add.reduceat(parts["usable"].astype(np.int64), first), kind, False, gaps)


def raw_envelope(series: RawSeries, gaps: Sequence[Gap]) -> Envelope:
    """Every sample as a point."""
    parts = parts_of(series)
    texts = tuple("" if not there else str(text) for text, there in zip(series.value, series.usable, strict=True))
    return _envelope(parts, parts["usable"], series.kind, True, gaps, texts if series.kind is ValueKind.TEXT else ())


def text_envelope(series: RawSeries, span: Span, gaps: Sequence[Gap]) -> Envelope:
    """The first text of each point: from afar, that something was said and what."""
    buckets = span.buckets(series.time_us)
    first = np.flatnonzero(np.concatenate(([True], buckets[1:] != buckets[:-1])))
    return raw_envelope(chosen(series, first), gaps)


def _envelope(
    parts: Parts,
    count: NDArray[np.generic],
    kind: ValueKind,
    raw: bool,
    gaps: Sequence[Gap],
    texts: tuple[str, ...] = (),
) -> Envelope:
    return Envelope(
        kind,
        np.ascontiguousarray(parts["start_us"]),
        np.ascontiguousarray(parts["minimum"]),
        np.ascontiguousarray(parts["maximum"]),
        np.ascontiguousarray(parts["mean"]),
        count.astype(np.int64),
        parts["bad"].astype(np.int64),
        raw,
        tuple(gaps),
        texts,
    )
