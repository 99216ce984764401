"""A unit's dossier as the application makes it: with the serial number's code, in the computer's own zone."""

from __future__ import annotations

import re
from concurrent.futures import Executor, Future
from pathlib import Path

from station_app.domain.unit_trace import UnitTrace
from station_app.services.ports import Clock
from station_app.services.station import WriteDossier
from station_app.storage.dossier import DossierError, PictureReader, write_dossier

CODE_PX = 120
DARK = 128


def make_dossier(trace: UnitTrace, path: Path, read_picture: PictureReader, clock: Clock, made_by: str = "") -> Path:
    """Write the dossier of a trace to ``path``. Blocks for a second or so: for the pool. Raises DossierError."""
    return write_dossier(
        trace,
        path,
        read_picture,
        made_us=clock.wall_us(),
        utc_offset_min=clock.utc_offset_min(),
        made_by=made_by,
        code=unit_code(trace.serial),
    )


def dossier_writer(folder: Path, pool: Executor, read_picture: PictureReader, clock: Clock) -> WriteDossier:
    """Writes dossiers on the pool, each as ``folder``/SERIAL.pdf; an older one of the unit is replaced."""

    def write(trace: UnitTrace, made_by: str) -> Path:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DossierError(f"The folder {folder} cannot be made: {error.strerror or error}.") from error
        return make_dossier(trace, folder / dossier_name(trace.serial), read_picture, clock, made_by)

    def submit(trace: UnitTrace, made_by: str) -> Future[Path]:
        return pool.submit(write, trace, made_by)

    return submit


def dossier_name(serial: str) -> str:
    """A file name for a unit's dossier that every system takes."""
    return (re.sub(r"[^A-Za-z0-9_-]+", "-", serial).strip("-")[:100] or "unit") + ".pdf"


def unit_code(serial: str) -> list[list[bool]] | None:
    """The serial number's DataMatrix as pixels from the top, True is dark; None for a text that makes no code."""
    # loaded when the first dossier is written: it takes a moment and memory that the start does not have to give
    from drivers.vision.codes import write_datamatrix

    try:
        picture = write_datamatrix(serial, CODE_PX)
    except ValueError:
        return None
    dark: list[list[bool]] = (picture < DARK).tolist()
    return dark
