"""From decoded samples to what a trend draws: raw where there are few, an envelope where there are many; gaps joined."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence

import numpy as np

from station_app.domain.trend import BAD, Envelope, Gap, GapKind, RawSeries, ValueKind
from station_app.storage.historian.aggregate import Span, envelope_of, parts_of, raw_envelope, text_envelope
from station_app.storage.historian.columns import Columns
from station_app.storage.historian.sealing import bad_spans
from station_app.storage.historian.series import chosen

RAW_PER_POINT = 4
"""Up to so many samples a point are given as they are: a line through them says more than an envelope."""


def drawn(series: RawSeries, span: Span, gaps: Sequence[Gap]) -> Envelope:
    """A series in order of time, as a trend draws it in a span."""
    inside = within(series, span.from_us, span.to_us)
    if inside.time_us.size <= span.points * RAW_PER_POINT:
        return raw_envelope(within(series, span.from_us, span.to_us, beside=1), gaps)
    if series.kind is ValueKind.TEXT:
        return text_envelope(inside, span, gaps)
    return envelope_of(parts_of(inside), span, series.kind, gaps)


def within(series: RawSeries, from_us: int, to_us: int, beside: int = 0) -> RawSeries:
    """The samples of a span, and so many more on each side."""
    first, after = np.searchsorted(series.time_us, [from_us, to_us])
    return chosen(series, slice(max(0, int(first) - beside), int(after) + beside))


def first_of(series: RawSeries, limit: int) -> RawSeries:
    """The first samples of a series, which says when there are more."""
    if series.time_us.size <= limit:
        return series
    return dataclasses.replace(chosen(series, slice(0, limit)), complete=False)


def bad_gaps(pieces: Iterable[Columns], from_us: int, to_us: int) -> list[Gap]:
    """The Bad stretches of samples that touch a span."""
    return [
        Gap(span.start_us, max(span.start_us, span.end_us), GapKind.QUALITY, span.status)
        for piece in pieces
        if (piece.quality == BAD).any()
        for span in bad_spans(piece)
        if span.end_us >= from_us and span.start_us < to_us
    ]


def joined(gaps: Iterable[Gap]) -> list[Gap]:
    """Gaps in order of time; those of one reason that touch each other as one."""
    found: list[Gap] = []
    for gap in sorted(gaps, key=lambda gap: (gap.start_us, gap.end_us)):
        last = found[-1] if found else None
        if last is not None and (last.kind, last.reason) == (gap.kind, gap.reason) and gap.start_us <= last.end_us:
            found[-1] = dataclasses.replace(last, end_us=max(last.end_us, gap.end_us))
        else:
            found.append(gap)
    return found


def visible(gaps: Sequence[Gap], span: Span) -> list[Gap]:
    """Of very many gaps the longest: no more than points."""
    if len(gaps) <= span.points:
        return list(gaps)
    longest = sorted(gaps, key=lambda gap: gap.end_us - gap.start_us)[-span.points :]
    return sorted(longest, key=lambda gap: gap.start_us)
