"""Work masters as they are authored: a folder with work_master.toml, steps/*.md and media/.

Reading one gives the released form, in which every picture is named by its SHA-256, together with the media's
bytes; or everything that is wrong, with file and line. The format is described in instructions/README.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from station_app.domain.authored import AuthoredTable
from station_app.domain.fault import Fault, in_order
from station_app.domain.toml_document import decode_document, read_toml
from station_app.domain.work_master import Parameter, Variant, WorkMaster
from station_app.storage.document_archive import DocumentError
from station_app.storage.instructions.consistency import note_contradictions
from station_app.storage.instructions.fields import (
    ID,
    ID_ALLOWED,
    PARAMETER,
    PART,
    VERSION,
    VERSION_ALLOWED,
    note_twice,
)
from station_app.storage.instructions.media import MediaFolder
from station_app.storage.instructions.station_names import StationNames
from station_app.storage.instructions.steps import read_step
from station_app.storage.instructions.texts import read_step_texts

DOCUMENT = "work_master.toml"
_RELEASE_KEYS = ("released_by", "released_at", "reason")


class InstructionError(DocumentError):
    """A folder that is no usable work master."""


def read_work_master_folder(
    path: Path, stations: Sequence[StationNames] = (), shown: str = ""
) -> tuple[WorkMaster, dict[str, bytes]]:
    """The work master in a folder, and its media's bytes by their SHA-256 (hexadecimal).

    Where ``stations`` are given, the tags and cameras it names must be at one of them. ``shown`` is what faults call the
    folder, its own name if empty. Raises InstructionError with every fault at once.
    """
    path = path.absolute()
    faults: list[Fault] = []
    media = MediaFolder(path / "media")
    work_master = _read_document(path, shown or path.name, media, stations, faults)
    if faults or work_master is None:
        raise InstructionError(in_order(faults))
    return work_master, media.contents


def _read_document(
    path: Path, shown: str, media: MediaFolder, stations: Sequence[StationNames], faults: list[Fault]
) -> WorkMaster | None:
    file = f"{shown}/{DOCUMENT}"
    try:
        content = (path / DOCUMENT).read_bytes()
    except OSError as error:
        reason = "there is no such folder" if not path.is_dir() else f"cannot be read: {error.strerror}"
        faults.append(Fault(0, "", "", reason, f"a folder with {DOCUMENT}, steps/ and media/", file))
        return None
    text, undecodable = decode_document(content, file)
    if undecodable:
        faults.extend(undecodable)
        return None
    document = read_toml(text, file)
    root = document.table
    step_tables = root.tables("step", required=True)
    texts = read_step_texts(path / "steps", f"{shown}/steps", faults)
    steps = [read_step(table, texts, media, stations) for table in step_tables]
    for key in _RELEASE_KEYS:
        if root.has(key):
            root.know(key)
            root.fault(key, "is written by the release, not by the author", "leave it out")
    work_master = WorkMaster(
        id=root.text("id", pattern=ID, allowed=ID_ALLOWED),
        version=root.text("version", pattern=VERSION, allowed=VERSION_ALLOWED),
        title=root.text("title", longest=80),
        product=root.text("product", pattern=PART, allowed="a product's number"),
        operation=root.text("operation", pattern=ID, allowed=ID_ALLOWED),
        owner=root.text("owner", "", longest=64),
        qualifications=root.texts("qualifications"),
        parameters=_read_parameters(root),
        variants=_read_variants(root),
        steps=tuple(steps),
    )
    root.done()
    note_twice(step_tables, [step.id for step in steps], "id")
    if not document.broken and step_tables:
        texts.note_strangers([step.id for step in steps])
        if not document.faults:
            note_contradictions(root, work_master)
    faults.extend(document.faults)
    return work_master


def _read_parameters(root: AuthoredTable) -> tuple[Parameter, ...]:
    """``[[parameter]]``: what differs between variants."""
    tables = root.tables("parameter")
    allowed = "small letters, digits and _, a letter first"
    parameters = []
    for table in tables:
        name = table.text("name", pattern=PARAMETER, allowed=allowed)
        parameters.append(
            Parameter(name=name, title=table.text("title", "", longest=60), unit=table.text("unit", "", longest=20))
        )
        table.done()
    note_twice(tables, [parameter.name for parameter in parameters], "name")
    return tuple(parameters)


def _read_variants(root: AuthoredTable) -> tuple[Variant, ...]:
    """``[[variant]]`` with ``values = { force_min = 11.0, program = "4" }``; numbers keep the digits they were written with."""
    tables = root.tables("variant")
    variants = []
    for table in tables:
        values: dict[str, str] = {}
        value_table = table.table("values")
        for name in list(value_table.values) if value_table is not None else []:
            assert value_table is not None
            value = value_table.values[name]
            number = None if isinstance(value, str | bool) else value_table.decimal(name, required=True)
            values[name] = str(number) if number is not None else value_table.text(name, longest=200)
        variants.append(
            Variant(
                id=table.text("id", pattern=ID, allowed=ID_ALLOWED),
                product=table.text("product", pattern=PART, allowed="a product's number"),
                title=table.text("title", "", longest=80),
                values=values,
            )
        )
        if value_table is not None:
            value_table.done()
        table.done()
    note_twice(tables, [variant.id for variant in variants], "id")
    note_twice(tables, [variant.product for variant in variants], "product")
    return tuple(variants)
