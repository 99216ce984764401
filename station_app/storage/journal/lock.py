"""The lock that keeps a second copy of the application away from a journal.

A file beside the journal is locked through the operating system, which releases it when the process ends, however
it ends; the file itself stays and means nothing.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sys
from pathlib import Path

from station_app.services.ports import JournalError, JournalLocked

_NOTE_BYTES = 32
_LOCKED_BYTE = 1 << 30
_TAKEN = (errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK, errno.EDEADLK)


class JournalLock:
    """Holds the lock of a journal from construction until :meth:`release`. Raises JournalLocked or JournalError."""

    def __init__(self, journal: Path) -> None:
        path = journal.with_name(journal.name + ".lock")
        try:
            self._file = path.open("a+b", buffering=0)
        except OSError as error:
            raise JournalError(
                f"cannot write in the journal's folder {journal.parent} ({error}); check the path and its permissions"
            ) from error
        try:
            _lock(self._file.fileno())
        except OSError as error:
            owner = self._owner()
            self._file.close()
            if error.errno not in _TAKEN:
                raise JournalError(
                    f"the folder of the journal {journal} cannot lock files ({error}); use a local disk"
                ) from error
            raise JournalLocked(
                f"another copy of the application{owner} uses the journal {journal}; "
                f"close it first, only one may run for a station"
            ) from error
        # Only for the message that a second copy shows; a full disk must not keep a station from starting.
        with contextlib.suppress(OSError):
            self._file.truncate(0)
            self._file.write(str(os.getpid()).encode("ascii"))

    def _owner(self) -> str:
        self._file.seek(0)
        note = self._file.read(_NOTE_BYTES) or b""
        return f" (process {note.decode('ascii')})" if note.isdigit() else ""

    def release(self) -> None:
        """Let another copy have the journal. May be called twice."""
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
