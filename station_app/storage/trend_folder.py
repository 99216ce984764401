"""Trend groups and exports in the station's folder: one JSON file that people can read, and a folder of exports."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from station_app.domain.trend_group import MOST_GROUPS, TrendGroup, group_fault
from station_app.services.ports import TrendFilesError
from station_app.storage.files import sync_folder

GROUPS_FILE = "trend_groups.json"
EXPORTS = "exports"
MAX_BYTES = 1 << 20


class TrendFolder:
    """The TrendFiles port on disk."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / GROUPS_FILE
        self._exports = folder / EXPORTS

    def groups(self) -> list[TrendGroup]:
        """The saved groups, by name. Raises TrendFilesError naming what is wrong with the file."""
        try:
            if self._file.stat().st_size > MAX_BYTES:
                raise self._unusable(f"it has more than {MAX_BYTES >> 20} MiB")
            content = self._file.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise TrendFilesError(f"{self._file} cannot be read: {error.strerror or error}") from error
        try:
            groups = msgspec.json.decode(content, type=list[TrendGroup])
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._unusable(str(error)) from error
        fault = next((fault for fault in map(group_fault, groups) if fault), "")
        if fault or len(groups) > MOST_GROUPS:
            raise self._unusable(fault or f"it has {len(groups)} groups; allowed: {MOST_GROUPS}")
        return groups

    def put_groups(self, groups: Sequence[TrendGroup]) -> None:
        """Replace the saved groups. A file that cannot be used is set aside first, never overwritten."""
        fault = next((fault for fault in map(group_fault, groups) if fault), "")
        if fault or len(groups) > MOST_GROUPS:
            raise TrendFilesError(f"Nothing was saved: {fault or f'at most {MOST_GROUPS} groups are kept'}.")
        temporary = self._file.with_suffix(".new")
        try:
            self._set_aside_unusable()
            with temporary.open("wb") as out:
                out.write(msgspec.json.format(msgspec.json.encode(list(groups)), indent=2) + b"\n")
                out.flush()
                os.fsync(out.fileno())
            temporary.replace(self._file)
            sync_folder(self._file.parent)
        except OSError as error:
            raise TrendFilesError(f"{self._file} cannot be written: {error.strerror or error}") from error

    def export(self, name: str, content: Iterable[bytes]) -> Path:
        """Write an export as it comes; one that fails halfway is removed."""
        stem, dot, ending = name.rpartition(".")
        file = self._exports / name
        number = 1
        try:
            self._exports.mkdir(parents=True, exist_ok=True)
            while file.exists():
                number += 1
                file = self._exports / f"{stem}-{number}{dot}{ending}"
            part = file.with_name(f"{file.name}.part")
            try:
                with part.open("wb") as out:
                    out.writelines(content)
                part.replace(file)
            finally:
                part.unlink(missing_ok=True)
        except OSError as error:
            raise TrendFilesError(f"{file} cannot be written: {error.strerror or error}") from error
        return file

    def _set_aside_unusable(self) -> None:
        try:
            self.groups()
        except TrendFilesError:
            if self._file.exists():
                self._file.replace(self._file.with_name("trend_groups-unusable.json"))

    def _unusable(self, why: str) -> TrendFilesError:
        return TrendFilesError(
            f"{self._file} cannot be used: {why}. Correct or remove it; saving a group sets it aside and begins a new one."
        )
