"""Master data as it is authored: from a file or a folder to what is published in the shared database.

Orders, people, materials, tools, reasons and plans stand in TOML files as ``[[order]]``, ``[[person]]``,
``[[material]]``, ``[[tool]]``, ``[[reasons]]`` and ``[[plan]]`` tables; a folder with work_master.toml is a work master.
The format is described in instructions/README.md. Everything is checked before anything is published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from station_app.domain.authored import AuthoredTable
from station_app.domain.fault import Fault, in_order
from station_app.domain.inspection.governing import contradictions
from station_app.domain.inspection.plan import InspectionPlan
from station_app.domain.master import (
    WORK_MASTER,
    JobOrder,
    MasterItem,
    Material,
    Person,
    encode_item,
    item_key,
    work_master_key,
)
from station_app.domain.toml_document import decode_document, read_toml
from station_app.domain.work_master import WorkMaster, content_sha256, encode_work_master
from station_app.storage.inspection_plans import read_plan
from station_app.storage.instructions.folder import DOCUMENT, InstructionError, read_work_master_folder
from station_app.storage.instructions.media import MediaFolder
from station_app.storage.master_tables import read_material, read_order, read_person, read_reasons, read_tool

# what others refer to comes first, so that a station never sees an order before its instruction
_ORDER_OF_KINDS = ("reasons", "material", "tool", "person", WORK_MASTER, "plan", "order")
HashSecret = Callable[[str], str]


class MasterFileError(ValueError):
    """Master data that cannot be published; ``faults`` is everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Publication:
    """One document to publish: ``body`` is its canonical JSON, ``sha256`` that of the body, hexadecimal."""

    kind: str
    id: str
    body: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Media:
    """A picture of an instruction, named by the SHA-256 (hexadecimal) of its bytes."""

    sha256: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MasterFiles:
    """Everything that was read: publish the ``media`` first, then the ``publications`` in their order."""

    publications: tuple[Publication, ...]
    media: tuple[Media, ...]


@dataclass(slots=True)
class _Reading:
    """What has been read so far. ``taken`` says where each identity was given, to find those given twice."""

    hash_secret: HashSecret
    faults: list[Fault] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    media: dict[str, Media] = field(default_factory=dict)
    taken: dict[tuple[str, str], str] = field(default_factory=dict)
    work_masters: list[WorkMaster] = field(default_factory=list)

    def take(self, table: AuthoredTable, key: str, what: str, name: str, place: str) -> None:
        """Claim an identity of a kind ("order", "serial number"...); a fault when it is taken already."""
        first = self.taken.setdefault((what, name), place)
        if name and first is not place:
            table.fault(key, f"the {what} {name} is given twice, first in {first}", "each once")


def read_master_path(path: Path, hash_secret: HashSecret) -> MasterFiles:
    """What a TOML file, a work master's folder, or a folder with any of these says (subfolders too).

    ``hash_secret`` turns a PIN or password into what is stored (argon2id). Raises MasterFileError with every fault.
    """
    reading = _Reading(hash_secret)
    folders, files = find_master_files(path, reading.faults)
    for folder in folders:
        _read_folder(folder, reading)
    for file in files:
        _read_file(file, _shown(file, path), reading)
    if not reading.faults and not reading.publications:
        reading.faults.append(Fault(0, "", "", "nothing to publish is here", "*.toml, or work masters", str(path)))
    if reading.faults:
        raise MasterFileError(in_order(reading.faults))
    reading.publications.sort(key=lambda publication: _ORDER_OF_KINDS.index(publication.kind))
    return MasterFiles(tuple(reading.publications), tuple(reading.media.values()))


def find_master_files(path: Path, faults: list[Fault]) -> tuple[list[Path], list[Path]]:
    """Work masters' folders and TOML files at or below a path, sorted by name. ``faults`` takes what cannot be read."""
    if path.is_file():
        return ([path.parent], []) if path.name == DOCUMENT else ([], [path])
    if not path.is_dir():
        faults.append(Fault(0, "", "", "does not exist", "a TOML file or a folder", str(path)))
        return [], []
    if (path / DOCUMENT).is_file():
        return [path], []
    folders: list[Path] = []
    files: list[Path] = []
    try:
        for entry in sorted(path.iterdir()):
            if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith("."):
                below_folders, below_files = find_master_files(entry, faults)
                folders += below_folders
                files += below_files
            elif entry.suffix == ".toml" and not entry.name.startswith("."):
                files.append(entry)
    except OSError as error:
        faults.append(Fault(0, "", "", f"cannot be read: {error.strerror}", "", str(path)))
    return folders, files


def _shown(file: Path, root: Path) -> str:
    return file.name if file == root else file.relative_to(root).as_posix()


def _read_folder(folder: Path, reading: _Reading) -> None:
    try:
        work_master, media = read_work_master_folder(folder)
    except InstructionError as error:
        reading.faults.extend(error.faults)
        return
    reading.work_masters.append(work_master)
    body = encode_work_master(work_master)
    key, place = work_master_key(work_master), f"{folder.name}/{DOCUMENT}"
    first = reading.taken.setdefault((WORK_MASTER, key), place)
    if first is not place:
        reading.faults.append(
            Fault(0, "version", key, f"this version is given twice, first in {first}", "a new version", place)
        )
    reading.publications.append(Publication(WORK_MASTER, key, body, content_sha256(body)))
    for picture in work_master.media().values():
        reading.media[picture.sha256] = Media(picture.sha256, picture.media_type, media[picture.sha256])


def _read_file(path: Path, file: str, reading: _Reading) -> None:
    try:
        content = path.read_bytes()
    except OSError as error:
        reading.faults.append(Fault(0, "", "", f"cannot be read: {error.strerror}", "", file))
        return
    text, faults = decode_document(content, file)
    if faults:
        reading.faults.extend(faults)
        return
    document = read_toml(text, file)
    root = document.table
    items: list[MasterItem] = []
    for table in root.tables("order"):
        items.append(_claim_order(table, read_order(table), reading, file))
    for table in root.tables("person"):
        items.append(_claim_person(table, reading, file))
    for table in root.tables("material"):
        items.append(_claim_material(table, read_material(table), reading, file))
    for table in root.tables("tool"):
        items.append(_claim(table, read_tool(table), reading, file))
    for table in root.tables("reasons"):
        items.append(_claim(table, read_reasons(table), reading, file))
    for table in root.tables("plan"):
        items.append(_claim_plan(table, MediaFolder(path.parent / "media"), reading, file))
    root.done()
    reading.faults.extend(document.faults)
    for item in items:
        body = encode_item(item)
        reading.publications.append(Publication(item.kind, item_key(item), body, hashlib.sha256(body).hexdigest()))


def _place(table: AuthoredTable, file: str) -> str:
    return f"{file}:{table.line}"


def _claim(table: AuthoredTable, item: MasterItem, reading: _Reading, file: str) -> MasterItem:
    reading.take(table, "id", item.kind, item.id, _place(table, file))
    return item


def _claim_order(table: AuthoredTable, order: JobOrder, reading: _Reading, file: str) -> MasterItem:
    place = _place(table, file)
    for serial in order.serials:
        reading.take(table, "serials", "serial number", serial, place)
    return _claim(table, order, reading, file)


def _claim_material(table: AuthoredTable, material: Material, reading: _Reading, file: str) -> MasterItem:
    place = _place(table, file)
    for serial in material.serials:
        reading.take(table, "serials", "serial number", serial, place)
    for lot in material.lots:
        reading.take(table, "lots", "lot", lot, place)
    return _claim(table, material, reading, file)


def _claim_plan(table: AuthoredTable, media: MediaFolder, reading: _Reading, file: str) -> MasterItem:
    plan = read_plan(table, media)
    if ("plan", plan.id) not in reading.taken:
        served = f"{plan.product} {plan.operation}"
        reading.take(table, "operation", "plan of an operation", served, _place(table, file))
    for picture in plan.pictures:
        reading.media[picture.sha256] = Media(picture.sha256, picture.media_type, media.contents[picture.sha256])
    _note_contradictions(table, plan, reading)
    return _claim(table, plan, reading, file)


def _note_contradictions(table: AuthoredTable, plan: InspectionPlan, reading: _Reading) -> None:
    """What an instruction says otherwise than the plan of the same operation: the plan would win at the station."""
    lines = {each.values.get("id"): each for each in table.tables("characteristic")}
    for work_master in reading.work_masters:
        for characteristic, what in contradictions(work_master, plan):
            source = f"instruction {work_master.id} {work_master.version}"
            lines[characteristic].fault("id", f"{source} contradicts the plan: {what}", "the same in both")


def _claim_person(table: AuthoredTable, reading: _Reading, file: str) -> MasterItem:
    person: Person = read_person(table, reading.hash_secret)
    if person.badge_sha256:
        reading.take(table, "badge", "badge", person.badge_sha256[:12], _place(table, file))
    return _claim(table, person, reading, file)
