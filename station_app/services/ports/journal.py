"""The clock and the journal: what is recorded here, durably."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from station_app.domain.chain import Draft, Row


class Clock(Protocol):
    """The computer's clocks; a test may set them back a year."""

    def wall_us(self) -> int: ...

    def utc_offset_min(self) -> int: ...

    def mono_ns(self) -> int: ...

    @property
    def boot_id(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of an epoch: seq 0 and the genesis hash when it is empty."""

    epoch: int
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Peer:
    """What the server last said it has of a channel: a cache, never the truth."""

    acked_epoch: int
    acked_seq: int
    clock_offset_ms: int | None


@dataclass(frozen=True, slots=True)
class MasterChange:
    """One published change of master data. ``op``: put or remove. ``body`` is the document, ``sha256`` hexadecimal."""

    rev: int
    kind: str
    id: str
    body: bytes
    sha256: str
    op: str = "put"


class BlobState(enum.StrEnum):
    """A local file's life: captured here and to be uploaded, sealed by the server, or fetched from it."""

    WAITING = "waiting"
    SEALED = "sealed"
    WANTED = "wanted"
    FETCHED = "fetched"


@dataclass(frozen=True, slots=True)
class Blob:
    """A file named by the SHA-256 (hexadecimal) of its bytes."""

    sha256: str
    size_bytes: int
    media_type: str
    state: BlobState


class JournalError(RuntimeError):
    """The journal could not take or give records; the message says what happened, what was kept and what to do."""


class JournalFull(JournalError):
    """The disk is full: nothing was recorded; recording resumes by itself when there is room."""


class JournalCorrupt(JournalError):
    """The journal file is damaged; it was not opened and not changed."""


class JournalLocked(JournalError):
    """Another copy of the application runs for this station."""


class Journal(Protocol):
    """The station's durable records: one file, one writer. A future that has a result means: on disk.

    Writing verbs may be called from any thread and run in order on the journal's own thread; reading verbs use
    read-only connections and may be called from any thread. Futures fail with JournalError.
    """

    @property
    def station(self) -> str:
        """The station's path, which seeds the chains."""
        ...

    def append(self, drafts: Sequence[Draft]) -> Future[list[Row]]:
        """Record all drafts in one commit, or none."""
        ...

    def prove_room(self) -> Future[None]:
        """Find out whether the largest record would be taken now; nothing is recorded. Fails as an append would."""
        ...

    def head(self, chan: str, epoch: int | None = None) -> Head:
        """The head of an epoch, of the newest when none is given (epoch 1, seq 0 in an empty journal)."""
        ...

    def epochs(self, chan: str) -> list[Head]:
        """The head of every epoch, oldest first; at least one."""
        ...

    def rows(self, chan: str, epoch: int, after_seq: int, limit: int) -> list[Row]: ...

    def all_rows(self, chan: str) -> Iterator[Row]:
        """Every row of a channel in order of (epoch, seq), read in portions."""
        ...

    def rows_of_kinds(self, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int) -> list[Row]:
        """The ``newest`` rows of these kinds that were recorded last in [from_us, to_us), in order of (epoch, seq)."""
        ...

    def row_hash(self, chan: str, epoch: int, seq: int) -> bytes | None:
        """The hash of one row; the genesis hash for seq 0; None when it is not here."""
        ...

    def peer(self, chan: str) -> Peer: ...

    def set_peer(self, chan: str, epoch: int, seq: int, clock_offset_ms: int | None) -> Future[None]: ...

    def waiting(self) -> int:
        """How many records of all channels the server is not known to have."""
        ...

    def rehome(self, chan: str, after: Head, new_epoch: int, first: Draft, pulled: Sequence[Row]) -> Future[list[Row]]:
        """Move every local row that follows ``after`` into ``new_epoch``, in one commit.

        The new epoch starts with ``first`` (an epoch_start), the moved rows keep their rec_id and content;
        ``pulled`` are the server's own rows that this journal lacks, inserted at their places; a record that is
        among them keeps the place it has there and is not moved, so that no record stands twice.
        Answers the rows of the new epoch.
        """
        ...

    def apply_master(self, changes: Sequence[MasterChange], cursor: int, snapshot: bool) -> Future[None]:
        """Apply changes and the cursor in one commit; a snapshot replaces everything."""
        ...

    def master_cursor(self) -> int: ...

    def master(self, kind: str) -> list[MasterChange]: ...

    def put_blob(self, blob: Blob) -> Future[None]:
        """Note a file or its new state."""
        ...

    def blobs(self, state: BlobState) -> list[Blob]: ...

    def blob(self, sha256: str) -> Blob | None: ...
