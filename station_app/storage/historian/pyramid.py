"""Summaries of summaries, kept up to date with every sealed block, so that a month opens as fast as a minute.

Of each tag, every level covers all sealed samples: 16 rows of one level have one row of the level above, and the
newest row of each level may stand for fewer. A level begins when the one below has more than 16 rows. Where time ran
backwards a row ends early, so that no row spans more time than its samples do.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from station_app.storage.historian.summary import PART, PARTS, Summary, joined

SUMMARY_COLUMNS = "start_us, end_us, count, usable, uncertain, bad, first, last, minimum, maximum, mean, parts"
_PUT = (
    "INSERT OR REPLACE INTO block (tag, level, id, start_us, end_us, count, usable, uncertain, bad, first, last, minimum,"
    " maximum, mean, parts) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


@dataclass(slots=True)
class _Row:
    """A row of a level, and the rows below that it stands for."""

    id: int
    children: list[Summary]

    @property
    def summary(self) -> Summary:
        return joined(self.children)


@dataclass(slots=True)
class _Tower:
    """The newest row of each level of one tag from 1 on, and how many rows the topmost level has."""

    rows: list[_Row] = field(default_factory=list)
    top_rows: int = 0
    grows_beyond: int = PARTS
    last_start_us: int = -(2**63)


class Pyramid:
    """Writes the summaries of blocks through the writer's connection, inside its transaction.

    After a transaction that was rolled back, :meth:`forget` what was known.
    """

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._towers: dict[int, _Tower] = {}

    def forget(self) -> None:
        """Read anew from the file with the next block."""
        self._towers.clear()

    def add(self, tag: int, block_id: int, summary: Summary) -> None:
        """A block was sealed."""
        tower = self._towers.get(tag)
        if tower is None:
            tower = self._towers[tag] = self._read(tag)
        self._put(tag, 0, block_id, summary)
        runs_back = summary.start_us < tower.last_start_us
        tower.last_start_us = summary.start_us
        child_id, child, is_new = block_id, summary, True
        for level, row in enumerate(tower.rows, start=1):
            if is_new and (len(row.children) >= PARTS or runs_back):
                row.id, row.children = child_id, [child]
            elif is_new:
                row.children.append(child)
                is_new = False
            else:
                row.children[-1] = child
            child_id, child = row.id, row.summary
            self._put(tag, level, child_id, child)
        if is_new:
            tower.top_rows += 1
            if tower.top_rows > tower.grows_beyond:
                self._grow(tag, tower)

    def _grow(self, tag: int, tower: _Tower) -> None:
        """One more level from all rows of the topmost, unless times run back so often that it would be no shorter."""
        groups: list[_Row] = []
        last_start_us = -(2**63)
        for row_id, summary in self._summaries(tag, len(tower.rows)):
            if not groups or len(groups[-1].children) >= PARTS or summary.start_us < last_start_us:
                groups.append(_Row(row_id, []))
            groups[-1].children.append(summary)
            last_start_us = summary.start_us
        if len(groups) > tower.top_rows // 2:
            tower.grows_beyond = 2 * tower.top_rows
            return
        tower.rows.append(groups[-1])
        for group in groups:
            self._put(tag, len(tower.rows), group.id, group.summary)
        tower.top_rows, tower.grows_beyond = len(groups), PARTS

    def _read(self, tag: int) -> _Tower:
        """The newest rows as the file has them, each with the rows below that it stands for."""
        (top,) = self._connection.execute("SELECT max(level) FROM block WHERE tag = ?", (tag,)).fetchone()
        tower = _Tower()
        if top is None:
            return tower
        for level in range(1, top + 1):
            newest = self._newest_id(tag, level)
            children = [summary for _, summary in self._summaries(tag, level - 1, since_id=newest)]
            if not children:  # removed to make room: the levels from here on begin anew
                top = level - 1
                self._connection.execute("DELETE FROM block WHERE tag = ? AND level > ?", (tag, top))
                break
            tower.rows.append(_Row(newest, children))
        lowest = self._summaries(tag, 0, since_id=self._newest_id(tag, 0))
        tower.last_start_us = lowest[-1][1].start_us if lowest else tower.last_start_us
        (tower.top_rows,) = self._connection.execute(
            "SELECT count(*) FROM block WHERE tag = ? AND level = ?", (tag, top)
        ).fetchone()
        return tower

    def _newest_id(self, tag: int, level: int) -> int:
        query = "SELECT coalesce(max(id), 0) FROM block WHERE tag = ? AND level = ?"
        return int(self._connection.execute(query, (tag, level)).fetchone()[0])

    def _summaries(self, tag: int, level: int, since_id: int = 0) -> list[tuple[int, Summary]]:
        """The rows of a level in order of arrival."""
        rows = self._connection.execute(
            f"SELECT id, {SUMMARY_COLUMNS} FROM block WHERE tag = ? AND level = ? AND id >= ? ORDER BY id",
            (tag, level, since_id),
        ).fetchall()
        return [(row[0], summary_of(row[1:])) for row in rows]

    def _put(self, tag: int, level: int, row_id: int, summary: Summary) -> None:
        numbers = (summary.first, summary.last, summary.minimum, summary.maximum, summary.mean)
        self._connection.execute(
            _PUT,
            (
                tag, level, row_id, summary.start_us, summary.end_us, summary.count, summary.usable, summary.uncertain,
                summary.bad, *(None if math.isnan(number) else number for number in numbers), summary.parts.tobytes(),
            ),
        )  # fmt: skip


def summary_of(row: Sequence[Any]) -> Summary:
    """The summary in the values of SUMMARY_COLUMNS."""
    first, last, minimum, maximum, mean = (math.nan if number is None else number for number in row[6:11])
    start_us, end_us, count, usable, uncertain, bad = row[:6]
    parts = np.frombuffer(row[11], PART)
    return Summary(start_us, end_us, count, usable, uncertain, bad, first, last, minimum, maximum, mean, parts)
