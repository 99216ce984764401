"""A journal that another process may have open: read, never written, no lock taken."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from station_app.domain.chain import Row
from station_app.services.ports import Blob, BlobState, Head, MasterChange, Peer
from station_app.storage.journal.opening import examine
from station_app.storage.journal.reader import Reader


class ReadOnlyJournal:
    """What the command line reads beside a running application; heads and peers are those of the moment it was opened.

    Raises JournalError, JournalCorrupt when it cannot be read.
    """

    def __init__(self, path: Path, station: str) -> None:
        self.station = station
        self._state = examine(path, station)
        self._reader = Reader(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._reader.close()

    def all_rows(self, chan: str) -> Iterator[Row]:
        """Every row of a channel in order of (epoch, seq)."""
        return self._reader.all_rows(chan)

    def rows_of_kinds(self, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int) -> list[Row]:
        """The last ``newest`` rows of these kinds that were recorded in [from_us, to_us), in order of (epoch, seq)."""
        return self._reader.rows_of_kinds(chan, kinds, from_us, to_us, newest)

    def row_hash(self, chan: str, epoch: int, seq: int) -> bytes | None:
        """The hash of one row, None when it is not here."""
        return self._reader.row_hash(chan, epoch, seq)

    def epochs(self, chan: str) -> list[Head]:
        """The head of every epoch, oldest first."""
        return self._state.epochs(chan)

    def peer(self, chan: str) -> Peer:
        """What the server last said it has."""
        return self._state.peer(chan)

    def waiting(self) -> int:
        """Records the server is not known to have."""
        return self._state.waiting()

    def master_cursor(self) -> int:
        """The revision of the master data here."""
        return self._reader.master_cursor()

    def master(self, kind: str) -> list[MasterChange]:
        """The documents of a kind."""
        return self._reader.master(kind)

    def blobs(self, state: BlobState) -> list[Blob]:
        """The files in a state."""
        return self._reader.blobs(state)

    def blob(self, sha256: str) -> Blob | None:
        """One file's state."""
        return self._reader.blob(sha256)
