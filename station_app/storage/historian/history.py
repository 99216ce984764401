"""The TrendHistory port on the historian's file."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from station_app.domain.trend import (
    Envelope,
    Gap,
    RawSeries,
    StoredTag,
    ValueKind,
    no_samples,
)
from station_app.storage.historian.aggregate import Span, envelope_of, raw_envelope
from station_app.storage.historian.columns import Columns
from station_app.storage.historian.drawing import bad_gaps, drawn, first_of, joined, visible, within
from station_app.storage.historian.levels import level_for, parts_between, parts_of_pieces
from station_app.storage.historian.reader import BlockRow, Readers, Snapshot
from station_app.storage.historian.series import merged

RAW_PER_POINT = 4
"""Up to so many samples a point are given as they are: a line through them says more than an envelope."""
MOST_TEXT_BLOCKS = 2000
LONGEST_US = 1 << 62


class SqliteTrendHistory:
    """Reads a station's past. Opens the file when it is first asked; may be used from several threads."""

    def __init__(self, path: Path, station: str) -> None:
        self._readers = Readers(path, station)

    def close(self) -> None:
        """Close the connections."""
        self._readers.close()

    def tags(self) -> list[StoredTag]:
        """Every tag that has a past, by name."""
        with self._readers.snapshot() as snapshot:
            if snapshot is None:
                return []
            sealed = {
                tag: row
                for tag, *row in snapshot.all(
                    "SELECT tag, sum(count), min(start_us), max(end_us) FROM block AS b WHERE level ="
                    " (SELECT max(level) FROM block AS t WHERE t.tag = b.tag) GROUP BY tag"
                )
            }
            tails = {
                tag: row
                for tag, *row in snapshot.all("SELECT tag, count(*), min(time_us), max(time_us) FROM tail GROUP BY tag")
            }
            names = snapshot.all("SELECT id, name FROM tag ORDER BY name")
        stored = []
        for tag, name in names:
            spans = [row for row in (sealed.get(tag), tails.get(tag)) if row is not None]
            if spans:
                stored.append(
                    StoredTag(name, sum(s[0] for s in spans), min(s[1] for s in spans), max(s[2] for s in spans))
                )
        return stored

    def read_raw(self, tag: str, from_us: int, to_us: int, limit: int) -> RawSeries:
        """The first ``limit`` samples of a span, and its gaps. Raises ValueError for a limit below 1."""
        if limit < 1:
            raise ValueError(f"limit is {limit}; allowed: 1 and more")
        with self._readers.snapshot() as snapshot:
            known = snapshot.tag(tag) if snapshot is not None else None
            if snapshot is None or known is None or to_us <= from_us:
                return no_samples()
            rows = _first_blocks(snapshot, known, from_us, to_us, limit)
            pieces, damaged = snapshot.decoded(rows, tag)
            tail = snapshot.tail(known[0])
            gaps = _all_gaps(snapshot, known[0], from_us, to_us, damaged, tail)
        return first_of(within(merged([*pieces, *tail], gaps), from_us, to_us), limit)

    def envelope(self, tag: str, from_us: int, to_us: int, points: int) -> Envelope:
        """A span in about ``points`` points. Raises ValueError for less than 1 point."""
        if points < 1:
            raise ValueError(f"points is {points}; allowed: 1 and more")
        span = Span(from_us, to_us, points)
        with self._readers.snapshot() as snapshot:
            known = snapshot.tag(tag) if snapshot is not None else None
            if snapshot is None or known is None or to_us <= from_us:
                return raw_envelope(no_samples(), ())
            number, longest_us = known
            level = level_for(snapshot, number, span)
            tail = snapshot.tail(number)
            if level is not None:
                parts, damaged = parts_between(snapshot, known, tag, level, span)
                parts = np.concatenate([parts, *parts_of_pieces(tail)])
                gaps = _all_gaps(snapshot, number, from_us, to_us, damaged, tail)
                return envelope_of(parts, span, ValueKind.FLOAT, visible(gaps, span))
            rows = snapshot.blocks(number, longest_us, from_us, to_us, MOST_TEXT_BLOCKS)
            beside = [row for row in snapshot.block_beside(number, from_us, to_us) if row not in rows]
            pieces, damaged = snapshot.decoded([*rows, *beside], tag)
            gaps = _all_gaps(snapshot, number, from_us, to_us, damaged, tail)
        series = merged([*pieces, *tail], gaps)
        return drawn(series, span, visible(gaps, span))


def _first_blocks(snapshot: Snapshot, known: tuple[int, int], from_us: int, to_us: int, limit: int) -> list[BlockRow]:
    """The blocks that can hold the first ``limit`` samples of a span."""
    tag, longest_us = known
    chosen_rows: list[BlockRow] = []
    surely = 0
    for row in snapshot.blocks(tag, longest_us, from_us, to_us, LONGEST_US):
        if surely > limit and row.start_us > max(before.end_us for before in chosen_rows):
            break
        chosen_rows.append(row)
        surely += row.count if row.start_us >= from_us and row.end_us < to_us else 0
    return chosen_rows


def _all_gaps(
    snapshot: Snapshot, tag: int, from_us: int, to_us: int, damaged: Sequence[Gap], tail: Sequence[Columns]
) -> list[Gap]:
    """Noted gaps, damaged blocks, and the Bad stretches of what is not sealed yet, which may go on from a noted one."""
    unsealed = bad_gaps(tail, from_us, to_us)
    if unsealed and unsealed[0].start_us == int(tail[0].time_us[0]):
        ends = snapshot.all(
            "SELECT max(end_us) FROM gap WHERE tag = ? AND open AND reason = ?", tag, unsealed[0].reason
        )
        if ends[0][0] is not None:
            unsealed[0] = dataclasses.replace(unsealed[0], start_us=min(ends[0][0], unsealed[0].start_us))
    return joined([*snapshot.gaps(tag, from_us, to_us), *damaged, *unsealed])
