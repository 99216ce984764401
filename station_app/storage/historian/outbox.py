"""The TrendOutbox port: which sealed blocks the shared database still needs, read from the historian's file."""

from __future__ import annotations

import hashlib
import logging
import math
import threading
from collections.abc import Callable, Sequence
from typing import Any

from station_app.domain.trend import TrendBlock
from station_app.storage.historian.reader import Readers
from station_app.storage.historian.recording import Work

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
