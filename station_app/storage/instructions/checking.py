"""Everything that is wrong with a folder of instructions: each work master, those that clash, and what a station lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from station_app.domain.fault import Fault, in_order
from station_app.domain.toml_document import decode_document, read_toml
from station_app.domain.work_master import WorkMaster
from station_app.storage.instructions.folder import DOCUMENT, InstructionError, read_work_master_folder
from station_app.storage.instructions.station_names import StationNames


@dataclass(slots=True)
class Findings:
    """What was read, by its folder's name, and every fault."""

    work_masters: dict[str, WorkMaster] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def check_instructions(path: Path, stations: Sequence[StationNames] = ()) -> Findings:
    """Look at a work master's folder, or at all of them in a folder. Tags and cameras must be at one of the stations.

    Never raises for what is written in them.
    """
    findings = Findings()
    folders = list(_folders(path))
    if not folders:
        reason = "holds no work master" if path.is_dir() else "there is no such folder"
        findings.faults.append(Fault(0, "", "", reason, f"a folder with {DOCUMENT}, or a folder of such", str(path)))
    names = [folder.name if folder == path else folder.relative_to(path).as_posix() for folder in folders]
    for folder, shown in zip(folders, names, strict=True):
        try:
            findings.work_masters[shown], _ = read_work_master_folder(folder, stations, shown)
        except InstructionError as error:
            findings.faults.extend(error.faults)
    if len(folders) > 1:
        findings.faults.extend(_clashes(folders, names))
    findings.faults = in_order(findings.faults)
    return findings


def _clashes(folders: Sequence[Path], names: Sequence[str]) -> Iterator[Fault]:
    """Two versions with one number, also where something else is wrong with them."""
    first_of: dict[tuple[str, str], str] = {}
    for folder, shown in zip(folders, names, strict=True):
        file = f"{shown}/{DOCUMENT}"
        try:
            text, undecodable = decode_document((folder / DOCUMENT).read_bytes(), file)
        except OSError:
            continue  # said when it was read
        table = read_toml("" if undecodable else text, file).table
        own_id, version = table.values.get("id"), table.values.get("version")
        if not isinstance(own_id, str) or not isinstance(version, str):
            continue
        first = first_of.setdefault((own_id, version), file)
        if first != file:
            message = f"{own_id} {version} is in {first} too"
            yield Fault(table.line_of("version"), "version", f'"{version}"', message, "a version of its own", file)


def _folders(path: Path) -> Iterator[Path]:
    if (path / DOCUMENT).is_file():
        yield path
    elif path.is_dir():
        for entry in sorted(path.iterdir()):
            if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
                yield from _folders(entry)
