"""Writing a dossier to disk: complete under its name, or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from station_app.domain.unit_trace import UnitTrace
from station_app.services.ports import EvidenceError
from station_app.storage.files import sync_folder

PictureReader = Callable[[str], bytes | None]


class DossierError(EvidenceError):
    """The dossier could not be written; the message says what happened and what to do."""


def write_dossier(
    trace: UnitTrace,
    path: Path,
    read_picture: PictureReader,
    *,
    made_us: int,
    utc_offset_min: int,
    made_by: str = "",
    code: Sequence[Sequence[bool]] | None = None,
) -> Path:
    """Write the dossier of ``trace`` to ``path`` and answer the path; an older file there is replaced at the end.

    ``read_picture`` answers the bytes of a picture by its SHA-256, None when it cannot be had. ``made_us`` is now (UTC
    microseconds), ``utc_offset_min`` the zone in which times are printed, ``made_by`` who asked for it. ``code`` is
    the serial number's DataMatrix: rows of modules or pixels from the top, True is dark; without it none is printed
    (the PDF library's own loses characters). Blocking, for the pool. Raises DossierError.
    """
    from station_app.storage.dossier.document import Making, build_dossier  # loads reportlab

    content = build_dossier(trace, read_picture, Making(made_us, utc_offset_min, made_by, code))
    try:
        _write(content, path)
    except OSError as error:
        raise DossierError(
            f"The dossier could not be written to {path} ({error.strerror or error}). "
            "Nothing was changed there. Choose another folder or make room, and try again."
        ) from error
    return path


def _write(content: bytes, path: Path) -> None:
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
