"""Everything that is wrong with a folder of instructions: each work master, those that clash, and what a station lacks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from station_app.domain.checks import MachineValueCheck, MeasureCheck, PhotoCheck, TighteningCheck
from station_app.domain.fault import Fault, did_you_mean, in_order
from station_app.domain.work_master import Step, WorkMaster
from station_app.storage.instructions.folder import DOCUMENT, InstructionError, read_work_master_folder


@dataclass(frozen=True, slots=True)
class StationNames:
    """What a station has: the names of its tags and cameras."""

    station: str
    tags: Sequence[str]
    cameras: Sequence[str]


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
    first_of: dict[tuple[str, str], str] = {}
    for folder in folders:
        shown = folder.name if folder == path else folder.relative_to(path).as_posix()
        try:
            work_master, _ = read_work_master_folder(folder)
        except InstructionError as error:
            findings.faults.extend(error.faults)
            continue
        findings.work_masters[shown] = work_master
        file = f"{shown}/{DOCUMENT}"
        version = (work_master.id, work_master.version)
        if version in first_of:
            message = f"{work_master.id} {work_master.version} is in {first_of[version]} too"
            findings.faults.append(Fault(0, "version", work_master.version, message, "a version of its own", file))
        first_of.setdefault(version, file)
        if stations:
            findings.faults.extend(_strangers(work_master, stations, file))
    findings.faults = in_order(findings.faults)
    return findings


def _folders(path: Path) -> Iterator[Path]:
    if (path / DOCUMENT).is_file():
        yield path
    elif path.is_dir():
        for entry in sorted(path.iterdir()):
            if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
                yield from _folders(entry)


def _strangers(work_master: WorkMaster, stations: Sequence[StationNames], file: str) -> Iterator[Fault]:
    """Tags and cameras that none of the stations has."""
    tags = sorted({name for station in stations for name in station.tags})
    cameras = sorted({name for station in stations for name in station.cameras})
    where = ", ".join(station.station for station in stations)
    for number, step in enumerate(work_master.steps, 1):
        for key, name, known in _named(step, tags, cameras):
            if name not in known:
                message = f"no such {'camera' if known is cameras else 'tag'} at {where}{did_you_mean(name, known)}"
                yield Fault(0, f"step[{number}].{key}", f'"{name}"', message, ", ".join(known) or "none is there", file)


def _named(step: Step, tags: list[str], cameras: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Key, name and the list it must be in, for every tag and camera that a step uses."""
    for tag in step.tags:
        yield "tags", tag, tags
    for number, check in enumerate(step.checks, 1):
        used: dict[str, str] = {}
        match check:
            case PhotoCheck():
                yield f"check[{number}].camera", check.camera, cameras
            case MeasureCheck():
                used = {"tag": check.tag}
            case MachineValueCheck():
                used = {"tag": check.tag, "cycle_tag": check.cycle_tag}
            case TighteningCheck():
                used = {"torque_tag": check.torque_tag, "angle_tag": check.angle_tag, "cycle_tag": check.cycle_tag}
            case _:
                pass
        for key, tag in used.items():
            if tag:
                yield f"check[{number}].{key}", tag, tags
