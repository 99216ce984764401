"""Rows of one tag become blocks: where they are cut, and what a block says about quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from station_app.domain.trend import BAD
from station_app.storage.historian.columns import Columns, Row, of_one_kind, runs_of_one_kind

BLOCK_SAMPLES = 1024
FAST_ROWS = 128
FAST_BLOCK_SAMPLES = 768
"""What comes fast is sealed a little sooner: most of it then never has to be written to the tail first."""
SEAL_AFTER_S = 3600.0
"""A tag that seldom changes is sealed after this time."""
BACKWARD_US = 1_000_000
FEWEST_IN_PART = 64
MOST_RUNS = 16
MOST_BAD_SPANS = 16


@dataclass(frozen=True, slots=True)
class BadSpan:
    """Bad samples in a row: from the first one to the next that is not Bad, or to the last there is (``open``)."""

    start_us: int
    end_us: int
    status: str
    open: bool
    at_start: bool


def pieces(rows: list[Row], new: int, seal_all: bool) -> tuple[list[Sequence[Row]], list[Row]]:
    """What can be sealed of rows of which the last ``new`` have just come, cut into those of each block, and what is left.

    A step backwards in time of more than a second begins a new block, and so does a change between text and number. What is
    left is ``rows`` itself when nothing can be sealed.
    """
    sealed: list[Sequence[Row]] = []
    start = 0
    enough = 1 if seal_all else FAST_BLOCK_SAMPLES if new >= FAST_ROWS else BLOCK_SAMPLES
    while len(rows) - start >= enough:
        for run in _runs(rows[start : start + BLOCK_SAMPLES]):
            sealed += _forward(run)
        start += BLOCK_SAMPLES
    return sealed, rows[start:] if sealed else rows


def _runs(rows: Sequence[Row]) -> list[Sequence[Row]]:
    runs = runs_of_one_kind(rows)
    if len(runs) <= MOST_RUNS:
        return runs
    # a device that cannot decide: all of it as text, or every sample would be a block
    return [of_one_kind(rows)]


def _forward(rows: Sequence[Row]) -> list[Sequence[Row]]:
    times = np.array([row[2] for row in rows], np.int64)
    steps = np.flatnonzero(times[1:] < times[:-1] - BACKWARD_US) + 1
    parts: list[Sequence[Row]] = []
    start = 0
    for step in steps.tolist():
        if step - start >= FEWEST_IN_PART:
            parts.append(rows[start:step])
            start = step
    parts.append(rows[start:])
    return parts


def bad_spans(columns: Columns) -> list[BadSpan]:
    """The stretches of Bad samples in order; of many the longest, and the one at the end."""
    bad = columns.quality == BAD
    if not bad.any():
        return []
    codes = np.where(bad, columns.status + 1, 0)
    starts = np.flatnonzero(np.concatenate(([True], codes[1:] != codes[:-1])))
    ends = np.append(starts[1:], codes.size)
    spans = [
        BadSpan(
            int(columns.time_us[start]),
            int(columns.time_us[min(end, codes.size - 1)]),
            columns.names[columns.status[start]],
            bool(end == codes.size),
            bool(start == 0),
        )
        for start, end in zip(starts, ends, strict=True)
        if codes[start]
    ]
    if len(spans) <= MOST_BAD_SPANS:
        return spans
    kept = sorted(spans, key=lambda s: (s.open or s.at_start, s.end_us - s.start_us))[-MOST_BAD_SPANS:]
    return [span for span in spans if span in kept]
