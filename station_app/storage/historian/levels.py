"""Which summaries stand for a span: the coarsest that are fine enough, at its two ends ever finer ones, at last samples.

So a span has the samples that lie in it and no others, from however far it is looked at: a minimum at its edge is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from station_app.domain.trend import Gap, ValueKind
from station_app.storage.historian.aggregate import Span, parts_of
from station_app.storage.historian.columns import Columns
from station_app.storage.historian.reader import BlockRow, Snapshot
from station_app.storage.historian.series import merged
from station_app.storage.historian.summary import PART, PARTS, Parts

MOST_DECODED = 80
"""Up to so many blocks are decoded for an envelope; a block takes about a fifteenth of a millisecond."""
_COLUMNS = "SELECT id, start_us, end_us, count, parts FROM block WHERE tag = ? AND level = ?"


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a level; ``parts`` are the bytes of its parts: its children where there is a level below."""

    id: int
    start_us: int
    end_us: int
    count: int
    parts: bytes


def level_for(snapshot: Snapshot, tag: int, span: Span) -> int | None:
    """The coarsest level with a part for every point; None where so little is there that samples are read themselves."""
    (top,) = snapshot.all("SELECT max(level) FROM block WHERE tag = ?", tag)[0]
    if top is None:
        return None
    for level in range(top, -1, -1):
        rows, usable, numbers = snapshot.all(
            "SELECT count(*), coalesce(sum(usable), 0), count(minimum) FROM block"
            " WHERE tag = ? AND level = ? AND start_us >= ? AND start_us < ?",
            tag, level, span.from_us, span.to_us,
        )[0]  # fmt: skip
        if usable and not numbers:  # texts have no summaries
            return None
        # the last row may reach far beyond the span
        if (rows - 1) * PARTS >= span.points and (level > 0 or rows > MOST_DECODED):
            return level
    return 0 if rows > MOST_DECODED else None


def parts_between(
    snapshot: Snapshot, known: tuple[int, int], name: str, level: int, span: Span
) -> tuple[Parts, list[Gap]]:
    """The parts of a level that lie in a span and, where a row reaches beyond it, those of the levels below; damaged blocks.

    ``known`` is the tag's number and the length of its longest block.
    """
    tag, longest_us = known
    from_us, to_us = span.from_us, span.to_us
    inside = "SELECT parts FROM block WHERE tag = ? AND level = ? AND start_us >= ? AND start_us < ? AND end_us < ?"
    whole = [row[0] for row in snapshot.all(inside, tag, level, from_us, to_us, to_us)]
    waiting = [(level, row) for row in _at_the_ends(snapshot, tag, level, longest_us, span)]
    blocks: list[BlockRow] = []
    while waiting:
        at, row = waiting.pop()
        if span.from_us <= row.start_us and row.end_us < span.to_us:
            whole.append(row.parts)
        elif row.end_us < span.from_us or row.start_us >= span.to_us:
            continue
        elif at:
            waiting += [(at - 1, child) for child in _children(snapshot, tag, at, row)]
        else:
            blocks.append(BlockRow(row.id, row.start_us, row.end_us, row.count))
    pieces, damaged = snapshot.decoded(blocks, name)
    return np.concatenate([np.frombuffer(b"".join(whole), PART), *parts_of_pieces(pieces)]), damaged


def parts_of_pieces(pieces: Sequence[Columns]) -> list[Parts]:
    """Every sample as a part of its own; texts have none."""
    return [parts_of(merged([piece], ())) for piece in pieces if piece.kind is not ValueKind.TEXT]


def _at_the_ends(snapshot: Snapshot, tag: int, level: int, longest_us: int, span: Span) -> list[_Row]:
    """The rows of a level that lie across the beginning or the end of a span."""
    if level:
        # what stands for a row above is longer than a block; the one row before the span is enough for it
        before = snapshot.all(
            f"{_COLUMNS} AND start_us < ? ORDER BY start_us DESC, id DESC LIMIT 1", tag, level, span.from_us
        )
    else:
        before = snapshot.all(
            f"{_COLUMNS} AND start_us >= ? AND start_us < ? AND end_us >= ?",
            tag, level, span.from_us - longest_us, span.from_us, span.from_us,
        )  # fmt: skip
    across = f"{_COLUMNS} AND start_us >= ? AND start_us < ? AND end_us >= ?"
    return [_row(found) for found in (*before, *snapshot.all(across, tag, level, span.from_us, span.to_us, span.to_us))]


def _children(snapshot: Snapshot, tag: int, level: int, row: _Row) -> list[_Row]:
    """The rows below that one stands for: as many as it has parts, from the one with its number on."""
    found = snapshot.all(
        f"{_COLUMNS} AND start_us >= ? AND start_us <= ? AND id >= ? ORDER BY id LIMIT ?",
        tag, level - 1, row.start_us, row.end_us, row.id, len(row.parts) // PART.itemsize,
    )  # fmt: skip
    return [_row(child) for child in found]


def _row(found: Sequence[Any]) -> _Row:
    return _Row(*found)
