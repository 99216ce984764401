"""Pieces of one tag's past, decoded, put together in order of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from station_app.domain.trend import Gap, RawSeries, ValueKind, no_samples
from station_app.storage.historian.columns import Columns


def merged(pieces: Sequence[Columns], gaps: Sequence[Gap]) -> RawSeries:
    """One series of pieces in order of arrival; a stable sort keeps that order among equal times."""
    if not pieces:
        return no_samples(gaps=gaps)
    kind = _common_kind({piece.kind for piece in pieces})
    names: dict[str, int] = {}
    statuses = []
    for piece in pieces:
        numbers = np.array([names.setdefault(name, len(names)) for name in piece.names], np.int32)
        statuses.append(numbers[piece.status])
    times = np.concatenate([piece.time_us for piece in pieces])
    series = RawSeries(
        kind,
        times,
        np.concatenate([_as_kind(piece, kind) for piece in pieces]),
        np.concatenate([piece.present for piece in pieces]),
        np.concatenate([piece.quality for piece in pieces]),
        np.concatenate(statuses),
        tuple(names),
        gaps=tuple(gaps),
    )
    return in_time_order(series)


def in_time_order(series: RawSeries) -> RawSeries:
    """The same samples in order of their times."""
    if (np.diff(series.time_us) >= 0).all():
        return series
    return chosen(series, np.argsort(series.time_us, kind="stable"))


def chosen(series: RawSeries, which: NDArray[np.intp] | slice) -> RawSeries:
    """Some samples of a series."""
    return RawSeries(
        series.kind,
        series.time_us[which],
        series.value[which],
        series.present[which],
        series.quality[which],
        series.status[which],
        series.status_names,
        series.complete,
        series.gaps,
    )


def _common_kind(kinds: set[ValueKind]) -> ValueKind:
    if len(kinds) == 1:
        return next(iter(kinds))
    return ValueKind.TEXT if ValueKind.TEXT in kinds else ValueKind.FLOAT


def _as_kind(piece: Columns, kind: ValueKind) -> NDArray[Any]:
    if piece.kind is kind:
        return piece.value
    if kind is ValueKind.FLOAT:
        return piece.value.astype(np.float64)
    texts = np.empty(len(piece), object)
    texts[:] = [str(value) for value in piece.value.tolist()]
    return texts
