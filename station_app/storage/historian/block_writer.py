"""Sealed blocks on their way into the file: content, hash, summaries, and the note that they wait for delivery."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from station_app.services.ports import Clock
from station_app.storage.historian.codec import CODEC, encode_block
from station_app.storage.historian.columns import Columns, Row, columns_of
from station_app.storage.historian.pyramid import Pyramid
from station_app.storage.historian.summary import summarise

MOST_BLOCK_BYTES = 512 * 1024


class BlockWriter:
    """Writes blocks through the connection that writes, inside its transaction. ``deliver``: they wait for the shared database.

    ``next_id`` is the next block's number; after a transaction that was rolled back it is set back, and :meth:`forget` called.
    """

    def __init__(self, connection: Any, clock: Clock, deliver: bool) -> None:
        self._connection = connection
        self._clock = clock
        self._deliver = deliver
        self._pyramid = Pyramid(connection)
        (block,) = connection.execute("SELECT coalesce(max(id), 0) FROM content").fetchone()
        (level,) = connection.execute("SELECT coalesce(max(id), 0) FROM block WHERE level = 0").fetchone()
        self.next_id = max(block, level) + 1

    def forget(self) -> None:
        """Blocks were removed, or not committed: what stands above them is read anew."""
        self._pyramid.forget()

    def seal(self, tag: int, name: str, piece: Sequence[Row], status_names: Sequence[str]) -> Columns:
        """One block, or several where long texts would make one that the shared database does not take; answers all columns."""
        columns = columns_of(piece, status_names)
        self._seal(tag, name, piece, columns, status_names)
        return columns

    def _seal(self, tag: int, name: str, piece: Sequence[Row], columns: Columns, status_names: Sequence[str]) -> None:
        content = encode_block(name, columns)
        if len(content) <= MOST_BLOCK_BYTES or len(piece) == 1:
            self.put(tag, columns, content)
            return
        middle = len(piece) // 2
        for half in (piece[:middle], piece[middle:]):
            self._seal(tag, name, half, columns_of(half, status_names), status_names)

    def put(self, tag: int, columns: Columns, content: bytes) -> None:
        """One block of a tag."""
        block_id, self.next_id = self.next_id, self.next_id + 1
        summary = summarise(columns)
        clock = self._clock
        self._connection.execute(
            "INSERT INTO content VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                block_id, tag, summary.start_us, clock.wall_us(), clock.boot_id, clock.mono_ns(), CODEC,
                hashlib.sha256(content).digest(), content,
            ),
        )  # fmt: skip
        self._connection.execute(
            "UPDATE tag SET longest_us = max(longest_us, ?) WHERE id = ?", (summary.end_us - summary.start_us, tag)
        )
        if self._deliver:
            self._connection.execute("INSERT INTO waiting VALUES (?)", (block_id,))
        self._pyramid.add(tag, block_id, summary)
