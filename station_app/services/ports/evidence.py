"""Files named by their SHA-256."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class EvidenceError(RuntimeError):
    """A file could not be stored or read; the message says what happened and what to do."""


class EvidenceStore(Protocol):
    """Files named by their SHA-256, untouched. Blocking: used from the pool and the sync worker."""

    def put(self, content: bytes) -> str:
        """Store durably (temporary file, fsync, rename, fsync of the folder) and answer the SHA-256 in hexadecimal."""
        ...

    def read(self, sha256: str) -> bytes:
        """The bytes. Raises EvidenceError when absent or when they no longer match their name."""
        ...

    def path(self, sha256: str) -> Path: ...

    def has(self, sha256: str) -> bool: ...

    def stored_us(self, sha256: str) -> int | None:
        """When the file was stored (UTC microseconds), None when it is not here."""
        ...

    def remove(self, sha256: str) -> None:
        """Delete a file whose removal is recorded; nothing when it is not here. Raises EvidenceError."""
        ...
