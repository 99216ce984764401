"""Work masters as they are authored: a folder with work_master.toml, steps/*.md and media/.

Reading one gives the released form, in which every picture is named by its SHA-256, together with the pictures'
bytes; or everything that is wrong, with file and line. The format is described in instructions/README.md.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from station_app.domain.authored import AuthoredTable
from station_app.domain.fault import Fault, in_order
from station_app.domain.media import Callout, Picture
from station_app.domain.toml_document import decode_document, read_toml
from station_app.domain.work_master import Step, WorkMaster
from station_app.storage.instruction_checks import read_check
from station_app.storage.instruction_text import StepTexts, read_step_texts
from station_app.storage.picture_files import MAX_PICTURE_BYTES, MEDIA_TYPES, media_type_of, picture_fault

DOCUMENT = "work_master.toml"
ID = r"[a-z0-9][a-z0-9_-]{0,63}"
ID_ALLOWED = "small letters, digits, - and _ (at most 64)"
PRODUCT = r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}"
_VERSION = r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}"
_RELEASE_KEYS = ("released_by", "released_at", "reason")


class InstructionError(ValueError):
    """A folder that is no usable work master; ``faults`` is everything that is wrong with it."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A work master's folder while it is read; ``media`` collects the pictures' bytes by SHA-256."""

    path: Path
    media: dict[str, bytes]
    faults: list[Fault]

    def shown(self, *parts: str) -> str:
        """A file's name as the faults give it: from the folder on, with forward slashes."""
        return "/".join((self.path.name, *parts))


def read_work_master_folder(path: Path) -> tuple[WorkMaster, dict[str, bytes]]:
    """The work master in a folder, and its pictures' bytes by their SHA-256 (hexadecimal).

    Raises InstructionError with every fault at once.
    """
    folder = _Folder(path.absolute(), {}, [])
    work_master = _read_document(folder)
    if folder.faults or work_master is None:
        raise InstructionError(in_order(folder.faults))
    return work_master, folder.media


def _read_document(folder: _Folder) -> WorkMaster | None:
    file = folder.shown(DOCUMENT)
    try:
        content = (folder.path / DOCUMENT).read_bytes()
    except OSError as error:
        reason = "there is no such folder" if not folder.path.is_dir() else f"cannot be read: {error.strerror}"
        folder.faults.append(Fault(0, "", "", reason, f"a folder with {DOCUMENT}, steps/ and media/", file))
        return None
    text, faults = decode_document(content, file)
    if faults:
        folder.faults.extend(faults)
        return None
    document = read_toml(text, file)
    root = document.table
    step_tables = root.tables("step", required=True)
    texts = read_step_texts(folder.path / "steps", folder.shown("steps"), folder.faults)
    steps = [_read_step(table, texts, folder) for table in step_tables]
    for key in _RELEASE_KEYS:
        if root.has(key):
            root.know(key)
            root.fault(key, "is written by the release, not by the author", "leave it out")
    work_master = WorkMaster(
        id=root.text("id", pattern=ID, allowed=ID_ALLOWED),
        version=root.text("version", pattern=_VERSION, allowed='letters, digits, . - and _, for example "C" or "1.2"'),
        title=root.text("title", longest=80),
        product=root.text("product", pattern=PRODUCT, allowed="a product's number"),
        operation=root.text("operation", pattern=ID, allowed=ID_ALLOWED),
        steps=tuple(steps),
    )
    root.done()
    _note_twice(step_tables, [step.id for step in steps], "id")
    if not document.broken and step_tables:
        texts.note_strangers([step.id for step in steps])
    folder.faults.extend(document.faults)
    return work_master


def _read_step(table: AuthoredTable, texts: StepTexts, folder: _Folder) -> Step:
    step_id = table.text("id", pattern=ID, allowed=ID_ALLOWED)
    check_tables = table.tables("check")
    checks = [check for check in (read_check(check_table) for check_table in check_tables) if check is not None]
    _note_twice(check_tables, [str(check_table.values.get("id", "")) for check_table in check_tables], "id")
    pictures = [_read_picture(picture_table, folder) for picture_table in table.tables("picture")]
    if step_id and "en" not in texts.title_of.get(step_id, {}) and not texts.is_faulty(step_id, "en"):
        number = next((part + 1 for part in table.path if isinstance(part, int)), 1)
        table.fault("id", "has no English text", f"a file steps/{number:02d}-{step_id}.en.md")
    step = Step(
        id=step_id,
        title=texts.title_of.get(step_id, {}),
        text=texts.text_of.get(step_id, {}),
        pictures=tuple(picture for picture in pictures if picture is not None),
        checks=tuple(checks),
        tags=table.texts("tags"),
        takt_s=table.number("takt_s", 0.0, low=0, high=86400),
        advance=table.boolean("advance", True),
    )
    table.done()
    return step


def _read_picture(table: AuthoredTable, folder: _Folder) -> Picture | None:
    file = table.text("file", longest=200)
    callout_tables = table.tables("callouts")
    callouts = tuple(_read_callout(callout) for callout in callout_tables)
    _note_twice(callout_tables, [callout.label for callout in callouts], "label")
    table.done()
    content = _picture_content(table, file, folder) if file else None
    media_type = media_type_of(file)
    if content is None or media_type is None:
        return None
    fault = picture_fault(content, media_type)
    if fault is not None:
        table.fault("file", fault)
        return None
    sha256 = hashlib.sha256(content).hexdigest()
    folder.media[sha256] = content
    return Picture(file, sha256, len(content), media_type, callouts)


def _read_callout(table: AuthoredTable) -> Callout:
    callout = Callout(
        label=table.text("label", longest=3, allowed="a number or a letter"),
        x=table.number("x", low=0, high=1),
        y=table.number("y", low=0, high=1),
        text=table.text("text", "", longest=60),
        label_x=table.number("label_x", low=0, high=1) if table.has("label_x") else None,
        label_y=table.number("label_y", low=0, high=1) if table.has("label_y") else None,
    )
    table.know("label_x", "label_y")
    if table.has("label_x") != table.has("label_y"):
        table.fault("", "has one of label_x and label_y", "both or neither")
    table.done()
    return callout


def _picture_content(table: AuthoredTable, file: str, folder: _Folder) -> bytes | None:
    """The bytes of a picture in media/, at most one more than allowed; None after a fault."""
    media = folder.path / "media"
    if re.search(r"[/\\:\x00-\x1f]", file) or file in (".", ".."):
        table.fault("file", "is not a plain file name", 'the name of a file in media/, without "/" or ".."')
        return None
    if media_type_of(file) is None:
        table.fault("file", "is not a picture that can be shown", ", ".join(MEDIA_TYPES))
        return None
    try:
        # the listing, because some file systems open "a.svg" for "A.svg" and others do not
        names = sorted(os.listdir(media)) if media.is_dir() else []  # noqa: PTH208  # names are all that is needed
        if file not in names:
            other = next((name for name in names if name.lower() == file.lower()), None)
            allowed = f'"{other}", in the same case' if other else f"one of: {', '.join(names) or 'none is there yet'}"
            table.fault("file", "is not in media/", allowed)
            return None
        if not (media / file).resolve(strict=True).is_relative_to(media.resolve(strict=True)):
            table.fault("file", "is a link that leads out of media/", "the file itself")
            return None
        with (media / file).open("rb") as stream:
            return stream.read(MAX_PICTURE_BYTES + 1)
    except OSError as error:
        table.fault("file", f"cannot be read: {error.strerror}")
        return None


def _note_twice(tables: list[AuthoredTable], names: list[str], key: str) -> None:
    for index, name in enumerate(names[: len(tables)]):
        if name and name in names[:index]:
            first = tables[names.index(name)].line_of(key)
            tables[index].fault(key, f"is used twice, first in line {first}", "each once")
