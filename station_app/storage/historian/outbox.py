"""The TrendOutbox port: what the shared database still needs, read from the historian's file."""

from __future__ import annotations

import hashlib
import logging
import math
import threading
from collections.abc import Callable, Collection, Sequence
from typing import Any

from station_app.domain.trend import Gap, GapKind, TrendBlock, Unsealed
from station_app.storage.historian.block_writer import MOST_BLOCK_BYTES
from station_app.storage.historian.codec import CODEC, encode_block
from station_app.storage.historian.columns import Row, columns_of, from_tail, of_one_kind
from station_app.storage.historian.gap_book import ALL_TAGS, LOST_BY_CRASH_US
from station_app.storage.historian.reader import Readers, StatusTexts
from station_app.storage.historian.recording import Work
from station_app.storage.historian.summary import summarise

_log = logging.getLogger(__name__)


class BlockOutbox:
    """Reads through ``readers``; what was delivered is noted by the historian's thread, to which ``submit`` hands work.

    What is not noted yet when the application is killed is delivered once more, which the server recognises.
    """

    def __init__(self, readers: Readers, submit: Callable[[Work], None]) -> None:
        self._readers = readers
        self._submit = submit
        self._lock = threading.Lock()
        self._delivered: set[int] = set()
        self._damaged: set[int] = set()

    def waiting(self, limit: int) -> list[TrendBlock]:
        """The oldest blocks to deliver; damaged ones are told in the log and stay here."""
        with self._lock:
            skipped = self._delivered | self._damaged
        with self._readers.snapshot() as snapshot:
            if snapshot is None:
                return []
            rows = snapshot.all(
                "SELECT w.id, t.name, b.start_us, b.end_us, b.count, b.uncertain, b.bad, b.first, b.last, b.minimum,"
                " b.maximum, b.mean, c.codec, c.sha256, c.content FROM waiting AS w JOIN content AS c ON c.id = w.id"
                " JOIN tag AS t ON t.id = c.tag"
                " JOIN block AS b ON b.tag = c.tag AND b.level = 0 AND b.start_us = c.start_us AND b.id = c.id"
                " ORDER BY w.id LIMIT ?",
                limit + len(skipped),
            )
        self._forget_noted([row[0] for row in rows], limit + len(skipped))
        blocks = [_block(row) for row in rows if row[0] not in skipped][:limit]
        return [block for block in blocks if self._is_intact(block)]

    def count(self) -> int:
        """How many blocks wait, by the last save."""
        with self._readers.snapshot() as snapshot:
            return 0 if snapshot is None else int(snapshot.all("SELECT count(*) FROM waiting")[0][0])

    def delivered(self, block_ids: Sequence[int]) -> None:
        """Noted with the historian's next save."""
        ids = list(block_ids)
        with self._lock:
            self._delivered.update(ids)

        def note(connection: Any) -> None:
            connection.executemany("DELETE FROM waiting WHERE id = ?", [(number,) for number in ids])

        self._submit(note)

    def sealed(self, after_id: int, limit: int) -> list[tuple[int, str]]:
        """Blocks that are noted as delivered."""
        with self._readers.snapshot() as snapshot:
            if snapshot is None:
                return []
            rows = snapshot.all(
                "SELECT c.id, c.sha256 FROM content AS c LEFT JOIN waiting AS w ON w.id = c.id"
                " WHERE c.id > ? AND w.id IS NULL ORDER BY c.id LIMIT ?",
                after_id, limit,
            )  # fmt: skip
        return [(number, sha256.hex()) for number, sha256 in rows]

    def wanted_again(self, block_ids: Sequence[int]) -> None:
        """They wait again with the historian's next save."""
        ids = list(block_ids)

        def put_back(connection: Any) -> None:
            connection.executemany(
                "INSERT OR IGNORE INTO waiting SELECT id FROM content WHERE id = ?", [(number,) for number in ids]
            )
            with self._lock:
                self._delivered.difference_update(ids)

        self._submit(put_back)

    def unsealed(self) -> Unsealed:
        """What is in the tail; what arrives in the moments before a save may be in the next one."""
        with self._readers.snapshot() as snapshot:
            if snapshot is None:
                return Unsealed()
            alive = snapshot.all("SELECT wall_us FROM alive")
            rows = snapshot.all(
                "SELECT t.name, n.count, n.seq FROM (SELECT tag, count(*) AS count, max(seq) AS seq FROM tail GROUP BY tag)"
                " AS n JOIN tag AS t ON t.id = n.tag ORDER BY t.name"
            )
        until_us = alive[0][0] - LOST_BY_CRASH_US if alive else 0
        return Unsealed(max(0, until_us), {name: (count, seq) for name, count, seq in rows})

    def tails(self, tags: Collection[str]) -> tuple[list[TrendBlock], bool]:
        """The tail of these tags, one block each, read in one pass."""
        marks = ", ".join("?" * len(tags))
        with self._readers.snapshot() as snapshot:
            if snapshot is None:
                return [], True
            names: dict[int, str] = dict(snapshot.all(f"SELECT id, name FROM tag WHERE name IN ({marks})", *tags))
            rows: dict[int, list[Row]] = {}
            numbers = ", ".join(str(number) for number in names)
            query = "SELECT seq, tag, time_us, value, quality, status FROM tail WHERE tag IN ({}) ORDER BY seq"
            for row in snapshot.all(query.format(numbers)):
                rows.setdefault(row[1], []).append(from_tail(row))
            statuses = StatusTexts(dict(snapshot.all("SELECT id, name FROM status")))
        blocks = [_tail_block(names[tag], found, statuses) for tag, found in rows.items()]
        return blocks, sum(block.count for block in blocks) == sum(len(found) for found in rows.values())

    def gaps(self, after_id: int, limit: int) -> list[tuple[int, Gap]]:
        """The gaps of all tags together; those of one tag travel in its blocks."""
        with self._readers.snapshot() as snapshot:
            if snapshot is None:
                return []
            rows = snapshot.all(
                "SELECT id, start_us, end_us, kind, reason FROM gap WHERE tag = ? AND id > ? ORDER BY id LIMIT ?",
                ALL_TAGS, after_id, limit,
            )  # fmt: skip
        return [(number, Gap(start, end, GapKind(kind), reason)) for number, start, end, kind, reason in rows]

    def _forget_noted(self, found: Sequence[int], asked: int) -> None:
        """What does not wait any more, by the file, need not be remembered."""
        up_to = found[-1] if len(found) == asked else math.inf
        present = set(found)
        with self._lock:
            self._delivered = {number for number in self._delivered if number > up_to or number in present}

    def _is_intact(self, block: TrendBlock) -> bool:
        if hashlib.sha256(block.content).hexdigest() == block.sha256:
            return True
        with self._lock:
            self._damaged.add(block.block_id)
        _log.warning("block %d of %s is damaged on this disk and cannot be delivered", block.block_id, block.tag)
        return False


def _block(row: Sequence[Any]) -> TrendBlock:
    (
        number,
        tag,
        start_us,
        end_us,
        count,
        uncertain,
        bad,
        first,
        last,
        minimum,
        maximum,
        mean,
        codec,
        sha256,
        content,
    ) = row
    return TrendBlock(
        number, tag, start_us, end_us, count, uncertain, bad, first, last, minimum, maximum, mean, codec, sha256.hex(),
        content,
    )  # fmt: skip


def _tail_block(tag: str, rows: Sequence[Row], statuses: Sequence[str]) -> TrendBlock:
    """What is not sealed as a block; where long texts make it too large, the oldest part of it."""
    columns = columns_of(of_one_kind(rows), statuses)
    content = encode_block(tag, columns)
    if len(content) > MOST_BLOCK_BYTES and len(rows) > 1:
        return _tail_block(tag, rows[: len(rows) // 2], statuses)
    known = summarise(columns)
    first, last, minimum, maximum, mean = (
        None if math.isnan(number) else number
        for number in (known.first, known.last, known.minimum, known.maximum, known.mean)
    )
    return TrendBlock(
        0, tag, known.start_us, known.end_us, known.count, known.uncertain, known.bad, first, last, minimum, maximum, mean,
        CODEC, hashlib.sha256(content).hexdigest(), content,
    )  # fmt: skip
