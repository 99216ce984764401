"""A unit's dossier as the application makes it: with the serial number's code, in the computer's own zone."""

from __future__ import annotations

from pathlib import Path

from drivers.vision.codes import write_datamatrix
from station_app.domain.unit_trace import UnitTrace
from station_app.services.ports import Clock
from station_app.storage.dossier import PictureReader, write_dossier

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


def unit_code(serial: str) -> list[list[bool]] | None:
    """The serial number's DataMatrix as pixels from the top, True is dark; None for a text that makes no code."""
    try:
        picture = write_datamatrix(serial, CODE_PX)
    except ValueError:
        return None
    dark: list[list[bool]] = (picture < DARK).tolist()
    return dark
