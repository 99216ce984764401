"""Reads every file of an evidence folder, for checking: also those that should not be there. Nothing is changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from station_app.services.verifying_evidence import StoredFile
from station_app.storage.evidence import INCOMING, is_evidence_name

_CHUNK_BYTES = 1 << 20


def stored_files(folder: Path) -> Iterator[StoredFile]:
    """Every file in the folder, read piece by piece; none when there is no folder.

    The running application's unfinished writes are left out. Raises OSError when a folder cannot be listed.
    """
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.relative_to(folder).parts[0] != INCOMING:
            yield _examined(path, folder)


def _examined(path: Path, folder: Path) -> StoredFile:
    shown = path.relative_to(folder).as_posix()
    name = path.name
    if not is_evidence_name(name) or path.parent != folder / name[:2] / name[2:4]:
        return StoredFile(shown, "", path.stat().st_size)
    digest, size_bytes = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while piece := file.read(_CHUNK_BYTES):
                digest.update(piece)
                size_bytes += len(piece)
    except OSError as error:
        return StoredFile(shown, name, size_bytes, f"cannot be read ({error.strerror or error}); check the disk")
    if digest.hexdigest() != name:
        problem = f"was changed or damaged: its {size_bytes} bytes do not match its name; keep it for examination"
        return StoredFile(shown, name, size_bytes, problem)
    return StoredFile(shown, name, size_bytes)
