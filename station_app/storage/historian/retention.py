"""How long machine data stays, and what is given up when there is no room.

In this order, each with an alarm, and taken back by itself when there is room again:

1. blocks that the shared database has are removed, oldest first, even before their age;
2. samples are thinned to one a second and tag (a change of quality is always kept);
3. nothing more is stored, and the time is a gap that says so. What is not delivered is never removed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from station_app.services.ports import Room

DAY_US = 86_400_000_000
MIB = 1 << 20
REMOVED_AT_ONCE = 200
STEADY_CLOCK_NS = 3600 * 1_000_000_000
THINNED_INTERVAL_S = 1.0
VACUUM_PAGES = 200
_OVERRUN = 1.25
_BETTER = 1.1
"""It is better only with so much more room: a disk that is just at the limit must not raise an alarm with every look."""


@dataclass(frozen=True, slots=True)
class HistoryLimits:
    """``keep_days``: age up to which blocks stay; ``max_bytes``: what the file may take.

    ``min_free_bytes``: what has to stay free on the disk.
    """

    keep_days: float = 90.0
    max_bytes: int = 10_240 * MIB
    min_free_bytes: int = 1_024 * MIB

    def for_better(self) -> HistoryLimits:
        """What is asked before less room than there was counts as enough."""
        return replace(self, min_free_bytes=int(self.min_free_bytes * _BETTER))


def room_for(limits: HistoryLimits, free_bytes: int, used_bytes: int, before: Room = Room.ENOUGH) -> tuple[Room, str]:
    """What the room on the disk demands, and a sentence that says why; ``before`` is what it was.

    ``used_bytes`` is what is left in the file after everything that may be removed was removed as far as needed.
    """
    room, text = _room_for(limits, free_bytes, used_bytes)
    if room < before:
        return _room_for(limits.for_better(), free_bytes, used_bytes)
    return room, text


def _room_for(limits: HistoryLimits, free_bytes: int, used_bytes: int) -> tuple[Room, str]:
    free = f"{free_bytes / MIB:.0f} MiB are free on the disk, {limits.min_free_bytes / MIB:.0f} should be"
    used = f"machine data takes {used_bytes / MIB:.0f} MiB, {limits.max_bytes / MIB:.0f} are allowed"
    if free_bytes < limits.min_free_bytes / 4:
        return Room.STOPPED, f"{free}: machine data is no longer stored. Free some space; it goes on by itself."
    if used_bytes > limits.max_bytes * _OVERRUN:
        return Room.STOPPED, f"{used}, and the rest waits for delivery: machine data is no longer stored."
    if free_bytes < limits.min_free_bytes / 2:
        return Room.THINNED, f"{free}: machine data is thinned to one sample a second. Free some space."
    if used_bytes > limits.max_bytes:
        return Room.THINNED, f"{used}, and the rest waits for delivery: samples are thinned to one a second."
    if free_bytes < limits.min_free_bytes:
        return Room.DELIVERED_REMOVED, f"{free}: machine data that is delivered is removed early. Free some space."
    return Room.ENOUGH, ""


def used_bytes(connection: Any) -> int:
    """What the file really holds: pages that were freed are used again."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    return int((pages - free) * size)


def remove_older(connection: Any, before_us: int) -> int:
    """Remove some delivered blocks that were sealed before a time; answers how many. Inside a transaction.

    By the time of sealing, not by the samples' own: a device's wrong clock removes nothing.
    """
    return _remove(connection, "content.sealed_us < ?", (before_us,))


def remove_oldest(connection: Any) -> int:
    """Remove some delivered blocks, oldest first; answers how many. Inside a transaction."""
    return _remove(connection, "1", ())


def _remove(connection: Any, condition: str, parameters: tuple[int, ...]) -> int:
    found = connection.execute(
        f"SELECT content.id, content.tag, content.start_us FROM content LEFT JOIN waiting ON waiting.id = content.id"
        f" WHERE waiting.id IS NULL AND {condition} ORDER BY content.id LIMIT {REMOVED_AT_ONCE}",
        parameters,
    ).fetchall()
    keys = [(tag, start_us, block_id) for block_id, tag, start_us in found]
    connection.executemany("DELETE FROM block WHERE tag = ? AND level = 0 AND start_us = ? AND id = ?", keys)
    connection.executemany("DELETE FROM content WHERE id = ?", [(block_id,) for block_id, _, _ in found])
    for tag in {tag for _, tag, _ in found}:
        _remove_above(connection, tag)
    return len(found)


def _remove_above(connection: Any, tag: int) -> None:
    """The summaries and gaps that only stood for blocks that are gone."""
    (oldest_us,) = connection.execute("SELECT min(start_us) FROM block WHERE tag = ? AND level = 0", (tag,)).fetchone()
    if oldest_us is None:
        connection.execute("DELETE FROM block WHERE tag = ?", (tag,))
        return
    connection.execute("DELETE FROM block WHERE tag = ? AND level > 0 AND end_us < ?", (tag, oldest_us))
    connection.execute("DELETE FROM gap WHERE tag = ? AND end_us < ?", (tag, oldest_us))


def give_back(connection: Any) -> None:
    """Give some freed pages back to the disk. Outside a transaction."""
    connection.execute(f"PRAGMA incremental_vacuum({VACUUM_PAGES})").fetchall()
