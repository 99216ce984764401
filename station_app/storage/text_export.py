"""Text files that people take away: written beside their place and renamed, so that half a file is never found."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def write_export(folder: Path, name: str, lines: Iterable[str]) -> Path:
    """Write ``lines`` as they are (UTF-8 with a mark, for spreadsheets) to a new file; an existing one is not replaced.

    Answers where it is. Raises OSError when there is no room or no permission; then nothing is left behind.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stem, dot, ending = name.rpartition(".")
    target, number = folder / name, 1
    while target.exists():
        number += 1
        target = folder / f"{stem}-{number}{dot}{ending}"
    partial = target.with_name(f".{target.name}.part")
    try:
        with partial.open("w", encoding="utf-8-sig", newline="") as stream:
            stream.writelines(lines)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target
