"""An evidence store in memory."""

from __future__ import annotations

import hashlib
from pathlib import Path

from station_app.services.ports import EvidenceError


class FakeEvidenceStore:
    """Implements the `EvidenceStore` port; ``files`` may be damaged by a test.

    ``now_us`` is when files are stored: 0, so that every file is old.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.stored: dict[str, int] = {}
        self.now_us = 0

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        self.files[sha256] = content
        self.stored[sha256] = self.now_us
        return sha256

    def read(self, sha256: str) -> bytes:
        content = self.files.get(sha256)
        if content is None:
            raise EvidenceError(f"file {sha256[:12]} is not here")
        if hashlib.sha256(content).hexdigest() != sha256:
            raise EvidenceError(f"file {sha256[:12]} was changed")
        return content

    def path(self, sha256: str) -> Path:
        raise EvidenceError(f"file {sha256[:12]} is in memory only")

    def has(self, sha256: str) -> bool:
        return sha256 in self.files

    def stored_us(self, sha256: str) -> int | None:
        return self.stored.get(sha256, 0) if sha256 in self.files else None

    def remove(self, sha256: str) -> None:
        self.files.pop(sha256, None)
