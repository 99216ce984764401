"""The evidence store: pictures and other files, each under the SHA-256 of its bytes, never changed.

``folder/ab/cd/abcd...`` holds a file's bytes; the two levels keep folders small. A file appears under its name
only when it is complete and on disk, so whatever has a name is whole; leftovers of interrupted writes
lie in ``folder/incoming`` and are removed before the first file is put.
"""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
import threading
from pathlib import Path

from station_app.services.ports import EvidenceError
from station_app.storage.files import sync_folder

INCOMING = "incoming"
_HEX = frozenset("0123456789abcdef")
_SHA256_LENGTH = 64


def is_evidence_name(name: str) -> bool:
    """Whether it is a SHA-256 in lower-case hexadecimal."""
    return len(name) == _SHA256_LENGTH and _HEX.issuperset(name)


class FileEvidenceStore:
    """Files named by their SHA-256 in ``folder``, which is made when first needed. May be used from several threads.

    One process puts files (the one that holds the journal); any may read. Failures are EvidenceErrors.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._incoming = self._folder / INCOMING
        self._starting = threading.Lock()
        self._started = False

    def put(self, content: bytes) -> str:
        """Store durably and answer the SHA-256 in hexadecimal; a file that is there already is left alone.

        Raises EvidenceError, with nothing stored under the name, when the disk is full or cannot be written.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        target = self.path(sha256)
        try:
            self._start()
            self._make_folders(target.parent)
            if not self._holds(target, sha256):
                self._write(content, target)
            sync_folder(target.parent)
        except OSError as error:
            raise _not_stored(error, self._folder, len(content)) from error
        return sha256

    def read(self, sha256: str) -> bytes:
        """The bytes. Raises EvidenceError when absent or when they no longer match their name."""
        path = self.path(sha256)
        try:
            content = path.read_bytes()
        except FileNotFoundError as error:
            raise EvidenceError(f"the evidence file {sha256} is not on this computer ({path})") from error
        except OSError as error:
            raise EvidenceError(f"the evidence file {path} cannot be read ({error}); check the disk") from error
        if hashlib.sha256(content).hexdigest() != sha256:
            raise EvidenceError(
                f"the evidence file {path} was changed or damaged: its content does not match its name. "
                f"Keep it for examination; the sealed original is in the shared database if it was delivered"
            )
        return content

    def path(self, sha256: str) -> Path:
        """Where the file is or would be. Raises EvidenceError for what is not a SHA-256 in lower-case hexadecimal."""
        if not is_evidence_name(sha256):
            raise EvidenceError(f"{sha256!r} is not the name of an evidence file (64 lower-case hexadecimal digits)")
        return self._folder / sha256[:2] / sha256[2:4] / sha256

    def has(self, sha256: str) -> bool:
        """Whether the file is here; its content is checked when it is read."""
        return self.path(sha256).is_file()

    def stored_us(self, sha256: str) -> int | None:
        """When the file was stored (UTC microseconds, as the file system says), None when it is not here."""
        try:
            return self.path(sha256).stat().st_mtime_ns // 1000
        except FileNotFoundError:
            return None
        except OSError as error:
            raise EvidenceError(
                f"the evidence folder {self._folder} cannot be read ({error}); check the disk"
            ) from error

    def remove(self, sha256: str) -> None:
        """Delete a file whose removal is recorded; nothing when it is not here. Raises EvidenceError."""
        path = self.path(sha256)
        try:
            path.unlink(missing_ok=True)
            if path.parent.is_dir():
                sync_folder(path.parent)
        except OSError as error:
            raise EvidenceError(f"the evidence file {path} cannot be removed ({error}); check its rights") from error

    def _start(self) -> None:
        """Before the first file: make the folder and remove what interrupted writes left."""
        with self._starting:
            if self._started:
                return
            self._make_folders(self._incoming)
            for leftover in self._incoming.iterdir():
                leftover.unlink()
            self._started = True

    def _make_folders(self, folder: Path) -> None:
        """Make a folder and those above it so that they survive a power cut."""
        if folder.is_dir():
            return
        if folder.parent != folder:
            self._make_folders(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)

    def _holds(self, target: Path, sha256: str) -> bool:
        """Whether the file is there and whole; a damaged one is replaced by the good bytes at hand."""
        try:
            return hashlib.sha256(target.read_bytes()).hexdigest() == sha256
        except FileNotFoundError:
            return False

    def _write(self, content: bytes, target: Path) -> None:
        descriptor, name = tempfile.mkstemp(dir=self._incoming)
        temporary = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise


def _not_stored(error: OSError, folder: Path, size_bytes: int) -> EvidenceError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return EvidenceError(
            f"no room in the evidence folder {folder} for a file of {size_bytes} bytes: it was not stored. "
            f"Free some space on this disk and repeat the capture"
        )
    return EvidenceError(
        f"a file of {size_bytes} bytes could not be stored in the evidence folder {folder} ({error}); "
        f"check that the folder exists and may be written"
    )
