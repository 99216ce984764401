"""Moves files: evidence up to the server in chunks that can be resumed, pictures of work masters down to the station."""

from __future__ import annotations

import dataclasses
import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from station_app.services.ports import (
    Blob,
    BlobState,
    EvidenceError,
    EvidenceStore,
    Journal,
    JournalError,
    Refused,
    SchemaMismatch,
    SharedDatabase,
    SharedDatabaseError,
    Unreachable,
)
from station_app.services.sync_state import SyncFaults

CHUNK_BYTES = 256 * 1024
FAULT_PREFIX = "file "


@dataclass(slots=True)
class _Upload:
    blob: Blob
    content: bytes
    missing: deque[int]


class EvidenceTransfer:
    """Files on their way, one chunk at a time so that records never wait long. Used from the sync worker only.

    After every start of the application, and when the server turns out to be restored from a backup, it is asked about
    each sealed file again when there is nothing better to do: the backup may be older than the file. A file that
    cannot be read, sealed or found is named in a fault and tried again after the next hello; the others go on. The fault
    stands until the file has moved, or a whole round found nothing wrong with it: not while it is only being tried again.
    ``fetched`` is called after a picture arrived.
    """

    def __init__(
        self, journal: Journal, database: SharedDatabase, evidence: EvidenceStore, faults: SyncFaults,
        fetched: Callable[[], None],
    ) -> None:  # fmt: skip
        self._journal = journal
        self._database = database
        self._evidence = evidence
        self._faults = faults
        self._fetched = fetched
        self._upload: _Upload | None = None
        self._put_aside: set[str] = set()
        self._doubted: deque[str] | None = None

    def begin_again(self) -> None:
        """A new contact: ask for missing chunks afresh, and give files that were put aside another chance."""
        if self._doubted is None:
            self.doubt_sealed()
        self._upload = None
        self._put_aside.clear()

    def doubt_sealed(self) -> None:
        """The server lacks what it once had: ask about every sealed file again."""
        self._doubted = deque(blob.sha256 for blob in self._journal.blobs(BlobState.SEALED))

    def transfer(self) -> bool:
        """Move one chunk up or one file down; False when nothing waits."""
        blob = self._upload.blob if self._upload else self._next(BlobState.WAITING)
        if blob is not None:
            self._guarded(blob, self._send_chunk)
            return True
        blob = self._next(BlobState.WANTED)
        if blob is not None:
            self._guarded(blob, self._fetch)
            return True
        blob = self._next_doubted()
        if blob is not None:
            self._guarded(blob, self._ask_again)
            return True
        self._faults.clear_beginning(FAULT_PREFIX, but={_code(sha256) for sha256 in self._put_aside})
        return False

    def _next_doubted(self) -> Blob | None:
        while self._doubted:
            blob = self._journal.blob(self._doubted.popleft())
            if blob is not None and blob.state is BlobState.SEALED:
                return blob
        return None

    def _ask_again(self, blob: Blob) -> None:
        if self._database.blob_missing(blob.sha256, blob.size_bytes) is not None:
            self._note(blob, BlobState.WAITING)

    def _next(self, state: BlobState) -> Blob | None:
        return next((blob for blob in self._journal.blobs(state) if blob.sha256 not in self._put_aside), None)

    def _guarded(self, blob: Blob, move: Callable[[Blob], None]) -> None:
        """One file's own trouble does not stop the others; lost contact is for the caller."""
        try:
            move(blob)
        except (Unreachable, Refused, SchemaMismatch, JournalError):
            raise
        except (SharedDatabaseError, EvidenceError) as error:
            self._upload = None
            self._put_aside.add(blob.sha256)
            self._faults.put(_code(blob.sha256), f"file {blob.sha256[:12]}… was not moved: {error}")

    def _send_chunk(self, blob: Blob) -> None:
        if self._upload is None:
            missing = self._database.blob_missing(blob.sha256, blob.size_bytes)
            if missing is None:
                self._note(blob, BlobState.SEALED)
                return
            self._upload = _Upload(blob, self._evidence.read(blob.sha256), deque(missing))
        upload = self._upload
        if upload.missing:
            number = upload.missing[0]
            start = number * CHUNK_BYTES
            self._database.blob_put(blob.sha256, number, upload.content[start : start + CHUNK_BYTES])
            upload.missing.popleft()
        if not upload.missing:
            self._database.blob_seal(blob.sha256, blob.size_bytes, blob.media_type)
            self._note(blob, BlobState.SEALED)
            self._upload = None

    def _fetch(self, blob: Blob) -> None:
        if not self._evidence.has(blob.sha256):
            content = self._database.blob_get(blob.sha256)
            if content is None:
                raise EvidenceError("the server does not have it yet: publish the instruction's pictures")
            if hashlib.sha256(content).hexdigest() != blob.sha256:
                raise EvidenceError("the server's bytes do not match their hash")
            self._evidence.put(content)
        self._note(blob, BlobState.FETCHED)
        self._fetched()

    def _note(self, blob: Blob, state: BlobState) -> None:
        self._journal.put_blob(dataclasses.replace(blob, state=state)).result()
        self._faults.clear([_code(blob.sha256)])


def _code(sha256: str) -> str:
    return f"{FAULT_PREFIX}{sha256}"
