"""The past of the line's stations out of the shared database: what a station's and a reader's client have in common."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, text

from station_app.domain.chain import Row
from station_app.domain.trend import ArrivedBlock, Gap, GapKind, LineTag, TrendReach, ValueKind
from station_app.storage.shared.arrays import BigintArray, TextArray

ROW_COLUMNS = (
    "chan, epoch, seq, rec_id, kind, ver, actor, wall_us, utc_offset_min, mono_ns, boot_id, clock_offset_ms, body, hash"
)
MOST_LISTED = 20_000
"""So many blocks are listed in one answer."""
MOST_CONTENTS = 2_000
"""The content of so many blocks can be asked for at a time."""
_KINDS = (ValueKind.FLOAT, ValueKind.INT, ValueKind.BOOL, ValueKind.TEXT)
_TAGS = text("SELECT tag, start_us, end_us, kind FROM mes.line_past_tags(:station)")
_BLOCKS = text(
    "SELECT start_us, end_us, count, bad, minimum, maximum, mean, sha256, content"
    " FROM mes.line_past_blocks(:station, :tag, :from_us, :to_us)"
)
_REACH = text("SELECT until_us, kind, start_us, end_us, reason FROM mes.line_reach(:station)")
_CONTENT = text("SELECT sha256, content FROM mes.line_trend_content(:station, :tag, :starts, :sha256s)")
_ROWS = text(f"SELECT {ROW_COLUMNS} FROM mes.line_rows(:station, :chan, :kinds, :from_us, :to_us, :newest)")

_REMARKS = text(f"SELECT {ROW_COLUMNS} FROM mes.line_remarks(:station, :newest)")


class LineQueries:
    """The LinePast port over a client's transactions."""

    def _transaction(self) -> AbstractContextManager[Connection]:
        raise NotImplementedError

    def line_tags(self, station: str) -> list[LineTag]:
        """The tags of which something has arrived, by name. Raises Refused for a station of another line."""
        with self._transaction() as connection:
            found = connection.execute(_TAGS, {"station": station}).all()
        tags = [LineTag(tag, start, end, _KINDS[kind % len(_KINDS)]) for tag, start, end, kind in found]
        return sorted(tags, key=lambda tag: tag.name)

    def line_reach(self, station: str) -> TrendReach:
        """Until when everything has arrived, and the newest gaps; those of a kind that only a newer version knows are told
        as times in which the station did not run."""
        with self._transaction() as connection:
            rows = connection.execute(_REACH, {"station": station}).all()
        gaps = [Gap(start, end, _gap_kind(kind), reason) for _, kind, start, end, reason in rows if kind is not None]
        return TrendReach(rows[0][0], tuple(gaps))

    def line_blocks(self, station: str, tag: str, from_us: int, to_us: int) -> list[ArrivedBlock]:
        """The blocks that touch a span, one on each side, and what is not sealed yet; in as many answers as it takes."""
        known: dict[tuple[int, str], ArrivedBlock] = {}
        while True:
            parameters = {"station": station, "tag": tag, "from_us": from_us, "to_us": to_us}
            with self._transaction() as connection:
                rows = [_arrived_block(row) for row in connection.execute(_BLOCKS, parameters)]
            before = len(known)
            # what was not sealed with the answer before may be sealed by now
            known = {key: block for key, block in known.items() if block.content is None}
            known |= {(block.start_us, block.sha256): block for block in rows}
            sealed = [block for block in rows if block.content is None]
            if len(sealed) < MOST_LISTED or len(known) <= before:
                return [known[key] for key in sorted(known)]
            from_us = max(from_us, sealed[-1].start_us)

    def line_contents(self, station: str, tag: str, blocks: Sequence[ArrivedBlock]) -> dict[str, bytes]:
        """The content of blocks, in as many answers as it takes."""
        missing = list(blocks)
        contents: dict[str, bytes] = {}
        while missing:
            asked = missing[:MOST_CONTENTS]
            parameters: dict[str, Any] = {
                "station": station,
                "tag": tag,
                "starts": BigintArray([block.start_us for block in asked]),
                "sha256s": TextArray([block.sha256 for block in asked]),
            }
            with self._transaction() as connection:
                found = {sha256: bytes(content) for sha256, content in connection.execute(_CONTENT, parameters)}
            contents |= found
            left = [block for block in asked if block.sha256 not in found] if found else []
            missing = left + missing[MOST_CONTENTS:]
        return contents

    def line_rows(
        self, station: str, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int
    ) -> list[Row]:
        """The newest records of these kinds in a span, in order of (epoch, seq)."""
        parameters: dict[str, Any] = {
            "station": station,
            "chan": chan,
            "kinds": TextArray(sorted(kinds)),
            "from_us": from_us,
            "to_us": to_us,
            "newest": newest,
        }
        with self._transaction() as connection:
            rows = [Row(*values) for values in connection.execute(_ROWS, parameters)]
        return sorted(rows, key=lambda row: (row.epoch, row.seq))

    def line_remarks(self, station: str, newest: int) -> list[Row]:
        """The newest remarks of the line's other stations on this one's trends, oldest first."""
        with self._transaction() as connection:
            rows = [Row(*values) for values in connection.execute(_REMARKS, {"station": station, "newest": newest})]
        return rows[::-1]


def _arrived_block(row: Sequence[Any]) -> ArrivedBlock:
    start_us, end_us, count, bad, minimum, maximum, mean, sha256, content = row
    content = None if content is None else bytes(content)
    return ArrivedBlock(start_us, end_us, count, bad, minimum, maximum, mean, sha256, content)


def _gap_kind(kind: str) -> GapKind:
    try:
        return GapKind(kind)
    except ValueError:
        return GapKind.NOT_RUNNING
