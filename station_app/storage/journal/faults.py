"""SQLite's errors in the words of the journal: full, damaged, locked, or broken otherwise."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from station_app.services.ports import JournalCorrupt, JournalError, JournalFull
from station_app.storage.sqlite import CORRUPT, FULL, IO_ERROR, NOT_A_DATABASE, primary_code

_NO_ROOM_BYTES = 8 << 20


def corrupt(path: Path, what: str) -> JournalCorrupt:
    """The error for a damaged journal: names the file, says that it was left alone and what to do."""
    return JournalCorrupt(
        f"the journal {path} is damaged ({what}). It was not opened and not changed. Keep the file and those beside it "
        f"(-wal, -shm) for examination, check the disk, and put back a backup or start with an empty folder: "
        f"what was delivered is in the shared database."
    )


def journal_error(error: BaseException, path: Path, doing: str) -> JournalError:
    """What an error of SQLite or the operating system means for the journal at ``path`` while ``doing``."""
    code = primary_code(error)
    reason = str(getattr(error, "orig", None) or error)
    if code == FULL or (code == IO_ERROR and _no_room(path)) or _is_no_space(error):
        return JournalFull(
            f"no room for the journal {path} ({reason}): nothing was recorded. "
            f"Free some space on this disk; recording resumes by itself."
        )
    if code in (CORRUPT, NOT_A_DATABASE):
        return JournalCorrupt(
            f"the journal {path} was found damaged while {doing} ({reason}); nothing was changed by this. "
            f"Stop the application, keep the file and those beside it (-wal, -shm), and run: station verify"
        )
    return JournalError(f"journal {path}: {doing} failed ({reason}); nothing was changed")


def _is_no_space(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def _no_room(path: Path) -> bool:
    """Whether a failed write is explained by a full disk: some file systems report it as an I/O error."""
    try:
        return shutil.disk_usage(path.parent).free < _NO_ROOM_BYTES
    except OSError:
        return False
