"""Whether the disk of the journal has room again: a record that fits says nothing of a larger one."""

from __future__ import annotations

import os
from pathlib import Path

from station_app.domain.chain import MAX_BODY_BYTES

ROOM_BYTES = 2 * MAX_BODY_BYTES
"""The largest record, and what SQLite writes around it."""


def take_room(path: Path) -> None:
    """Write a file of ROOM_BYTES beside ``path``, down to the disk, and remove it. Raises OSError without room.

    The free bytes that a file system names do not count what a quota or its reserve withholds.
    """
    trial = path.with_name(f"{path.name}-room")
    try:
        with trial.open("wb") as file:
            file.write(bytes(ROOM_BYTES))
            file.flush()
            os.fsync(file.fileno())
    finally:
        trial.unlink(missing_ok=True)
