"""Work masters written as folders: what the editor saves, and what a person reads and compares in git.

One work master gives one text, byte by byte: keys in a fixed order, defaults left out, a line a key. What is written and
read again is the same work master.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from station_app.domain.checks import BaseCheck
from station_app.domain.media import Criterion, Picture
from station_app.domain.outcome import Limits
from station_app.domain.view import MarkerRule
from station_app.domain.work_master import Step, WorkMaster
from station_app.storage.files import sync_folder
from station_app.storage.toml_writing import plain_fields, toml_value, write_table

DOCUMENT = "work_master.toml"
_SCHEMA_LINE = "#:schema ../work_master.schema.json"
_SINGULAR = {"options": "option", "items": "item"}
_FIELDS_TRANSLATED = ("title", "reaction", "text")


def document_text(work_master: WorkMaster) -> str:
    """The text of work_master.toml, with LF at its line ends."""
    lines = [_SCHEMA_LINE, ""]
    for name in ("id", "version", "title", "product", "operation", "owner", "qualifications"):
        value = getattr(work_master, name)
        if value or name not in ("owner", "qualifications"):
            lines.append(f"{name} = {toml_value(value)}")
    for parameter in work_master.parameters:
        write_table(lines, "parameter", plain_fields(parameter))
    for variant in work_master.variants:
        write_table(lines, "variant", {**plain_fields(variant), "values": dict(variant.values)})
    for step in work_master.steps:
        _write_step(lines, step)
    return "\n".join(lines) + "\n"


def step_texts(work_master: WorkMaster) -> dict[str, str]:
    """The Markdown files of all steps by their names in steps/."""
    width = max(2, len(str(len(work_master.steps))))
    files = {}
    for number, step in enumerate(work_master.steps, 1):
        for language in sorted({"en", *step.title, *step.text}):
            title, text = step.title.get(language, ""), step.text.get(language, "")
            body = f"\n{text}\n" if text else ""
            files[f"{number:0{width}d}-{step.id}.{language}.md"] = f"# {title}\n{body}"
    return files


def write_work_master_folder(folder: Path, work_master: WorkMaster, media: Mapping[str, bytes]) -> None:
    """Write the folder, so that a crash at any moment leaves the old or the new state of every file.

    ``media`` gives the bytes of every file by its SHA-256. What the work master no longer uses is removed at the end.
    Raises KeyError for media that is missing, OSError as it comes.
    """
    wanted = {picture.file: media[picture.sha256] for picture in work_master.pictures()}
    texts = {name: text.encode() for name, text in step_texts(work_master).items()}
    for name in ("media", "steps"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for name, content in wanted.items():
        _write(folder / "media" / name, content)
    for name, content in texts.items():
        _write(folder / "steps" / name, content)
    _write(folder / DOCUMENT, document_text(work_master).encode())
    for place, keep in (("media", wanted.keys()), ("steps", texts.keys())):
        for path in (folder / place).iterdir():
            if path.name not in keep and path.is_file() and not path.name.startswith("."):
                path.unlink()
        sync_folder(folder / place)
    sync_folder(folder)


def _write(path: Path, content: bytes) -> None:
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)


def _write_step(lines: list[str], step: Step) -> None:
    own = plain_fields(step)
    for name in ("title", "text", "pictures", "checks", "conditions", "criteria"):
        own.pop(name, None)
    write_table(lines, "step", own)
    for condition in step.conditions:
        write_table(lines, "step.condition", plain_fields(condition))
    for picture in step.pictures:
        write_table(lines, "step.picture", picture_fields(picture))
    for criterion in step.criteria:
        write_table(lines, "step.criterion", _criterion(criterion))
    for check in step.checks:
        write_table(lines, "step.check", _check(check))


def _texts(fields: dict[str, Any], translations: Mapping[str, Mapping[str, str]]) -> None:
    """Put the translations of each field beside its English text."""
    for name in _FIELDS_TRANSLATED:
        others = {language: texts[name] for language, texts in sorted(translations.items()) if texts.get(name)}
        if others:
            fields[name] = {"en": fields.get(name, ""), **others}


def _one_text(struct: Any) -> dict[str, Any]:
    """A struct whose translations are of its text alone."""
    fields = plain_fields(struct)
    fields.pop("translations", None)
    _texts(fields, {language: {"text": text} for language, text in struct.translations.items()})
    return fields


def picture_fields(picture: Picture) -> dict[str, Any]:
    """What an author writes of a picture."""
    fields = plain_fields(picture)
    for name in ("sha256", "size_bytes", "media_type"):
        fields.pop(name, None)
    for name in ("callouts", "regions"):
        if name in fields:
            fields[name] = [_one_text(mark) for mark in fields[name]]
    return fields


def _criterion(criterion: Criterion) -> dict[str, Any]:
    fields = _one_text(criterion)
    for name in ("good", "bad"):
        if fields.get(name) is not None:
            fields[name] = picture_fields(fields[name])
    return fields


def _check(check: BaseCheck) -> dict[str, Any]:
    fields = {"type": check.__struct_config__.tag, **plain_fields(check)}
    fields.pop("translations", None)
    fields.pop("bindings", None)
    _texts(fields, check.translations)
    for name, value in list(fields.items()):
        if isinstance(value, Limits):
            fields[name] = plain_fields(value)
        elif isinstance(value, Picture):
            fields[name] = picture_fields(value)
        elif isinstance(value, MarkerRule):
            fields[name] = plain_fields(value) | {"places": [plain_fields(place) for place in value.places]}
        elif name == "parts":
            fields[name] = [plain_fields(part) for part in value]
        elif isinstance(value, tuple) and value and isinstance(value[0], msgspec.Struct):
            fields[_SINGULAR.get(name, name)] = [_one_text(item) for item in fields.pop(name)]
    for path, parameter in check.bindings.items():
        key, _, inner = path.partition(".")
        if inner:
            limits = {**fields.get(key, {}), inner: f"{{{parameter}}}"}
            fields[key] = {name: limits[name] for name in Limits.__struct_fields__ if name in limits}
        else:
            fields[key] = f"{{{parameter}}}"
    if "limits" in fields and "unit" in fields:  # a number's unit stands in its limits
        fields.pop("unit")
    return fields
