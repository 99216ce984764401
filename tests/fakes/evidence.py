"""An evidence store in memory."""

from __future__ import annotations

import hashlib
from pathlib import Path

from station_app.services.ports import EvidenceError


class FakeEvidenceStore:
    """Implements the `EvidenceStore` port; ``files`` may be damaged by a test."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        sha256 = hashlib.sha256(content).hexdigest()
        self.files[sha256] = content
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
