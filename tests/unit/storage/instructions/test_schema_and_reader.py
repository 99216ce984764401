"""An author's editor and `station instructions check` accept the same of a work_master.toml, and refuse the same."""

from __future__ import annotations

import copy
import functools
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from station_app.resources import shipped
from station_app.storage.instructions import media
from station_app.storage.instructions.folder import InstructionError, read_work_master_folder
from station_app.storage.instructions.schema import work_master_schema
from tests.unit.storage.instructions.authored_work_master import SVG
from tests.unit.storage.instructions.json_schema import errors
from tests.unit.storage.instructions.test_media_files import png
from tests.unit.storage.instructions.test_pdf_files import pdf

SCHEMA = work_master_schema()
SAMPLES = ("gx40-assembly", "gx40-test-run", "gx40-inspection")
Place = tuple[str | int, ...]

EVERYTHING = (Path(__file__).parent / "every_key.toml").read_text(encoding="utf-8")
# what no schema can tell: names of other things in it, values together, what a pattern is
ONLY_THE_WHOLE = {
    "variant.values.name", "variant.values.top", "variant.values.cure_s", "variant.values.part", "step.condition.variants",
    "step.condition.step", "step.condition.check", "step.condition.answers", "step.picture.only_for",
    "step.criterion.bad.only_for", "step.criterion.good.file", "step.criterion.bad.file", "step.picture.file",
    "step.check.reference.file", "step.picture.regions.text.en", "step.check.limits.lower", "step.check.limits.upper",
    "step.check.limits.nominal", "step.check.torque_tag", "step.check.cycle_tag", "step.check.pattern", "step.check.example",
}  # fmt: skip


def folder_of(folder: Path) -> Path:
    """A folder with the texts and media that the document names."""
    for name in ("steps", "media"):
        (folder / name).mkdir(parents=True)
    for number, step in enumerate(("look", "rest"), 1):
        (folder / "steps" / f"{number:02d}-{step}.en.md").write_text(f"# {step}\n", encoding="utf-8")
    for name, content in (("a.svg", SVG), ("b.pdf", pdf()), ("c.png", png())):
        (folder / "media" / name).write_bytes(content)
    return folder


def toml(value: object) -> str:
    """A value as TOML, on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(member)}" for key, member in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value).lower() if isinstance(value, bool) else str(value)


def leaves(value: object, place: Place = (), kind: str = "") -> Iterator[tuple[Place, object, tuple[str, ...]]]:
    """Every value in a document that holds no others, with its place, and what kind of place that is."""
    if isinstance(value, dict):
        for key, member in value.items():
            own = "" if key in ("id", "title", "type", "reaction") else str(value.get("type", kind))
            yield from leaves(member, (*place, key), own)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*place, number), kind)
    else:
        yield place, value, (kind, *(part for part in place if isinstance(part, str)))


def changed(values: dict[str, Any], place: Place, value: object) -> dict[str, Any]:
    """The document with another value at a place."""
    found: Any = copy.deepcopy(values)
    inner = found
    for part in place[:-1]:
        inner = inner[part]
    inner[place[-1]] = value
    assert isinstance(found, dict)
    return found


def wrong(value: object) -> tuple[object, ...]:
    """What an author may write by mistake instead."""
    if isinstance(value, bool):
        return ("true", 1)
    return ("", "ä?", "x" * 400, 7) if isinstance(value, str) else (-1, 10**9, "many", True)


@pytest.fixture
def read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, Any]], bool]:
    """Whether the reader takes a document; the media are the same each time and are looked at once."""
    for name in ("media_fault", "page_count"):
        monkeypatch.setattr(media, name, functools.cache(getattr(media, name)))
    folder = folder_of(tmp_path / "all-keys")

    def accepted(values: dict[str, Any]) -> bool:
        text = "\n".join(f"{key} = {toml(value)}" for key, value in values.items())
        (folder / "work_master.toml").write_text(text, encoding="utf-8")
        try:
            read_work_master_folder(folder)
        except InstructionError:
            return False
        return True

    return accepted


Read = Callable[[dict[str, Any]], bool]


def enums(node: object) -> Iterator[frozenset[str]]:
    """Every set of words in a schema, but for the one word that each type of check is."""
    if isinstance(node, dict):
        if "enum" in node and len(node["enum"]) > 1:
            yield frozenset(node["enum"])
        for value in node.values():
            yield from enums(value)
    elif isinstance(node, list):
        for value in node:
            yield from enums(value)


def test_the_words_to_choose_from_are_the_reader_s(tmp_path: Path) -> None:
    folder, values = folder_of(tmp_path / "all-keys"), tomllib.loads(EVERYTHING)
    for place, value, _kind in leaves(values):
        if isinstance(value, str) and place[-1] != "type":
            values = changed(values, place, "ä?")
    text = "\n".join(f"{key} = {toml(value)}" for key, value in values.items())
    (folder / "work_master.toml").write_text(text, encoding="utf-8")
    with pytest.raises(InstructionError) as caught:
        read_work_master_folder(folder)
    told = [fault.allowed for fault in caught.value.faults if "is not one of the words" in fault.message]
    assert {frozenset(re.findall(r'"([^"]*)"', allowed)) for allowed in told} == set(enums(SCHEMA))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_are_valid(name: str) -> None:
    text = (shipped("instructions") / name / "work_master.toml").read_text(encoding="utf-8")
    assert list(errors(SCHEMA, tomllib.loads(text))) == []


def test_a_document_with_every_key_is_valid_and_is_read(read: Read) -> None:
    values = tomllib.loads(EVERYTHING)
    assert list(errors(SCHEMA, values)) == []
    assert read(values)
    written = set(re.findall(r"\b([a-z_]+) = ", EVERYTHING)) | set(
        re.findall(r"\[\[(?:step\.)?([a-z]+)\]\]", EVERYTHING)
    )
    named = {key for part in (SCHEMA, *SCHEMA["$defs"].values()) for key in part["properties"]}
    assert named - written == {"loop"}, "what only a video has"


@pytest.mark.parametrize("number", range(4))
def test_what_the_editor_refuses_the_check_refuses_and_the_other_way(read: Read, number: int) -> None:
    values = tomllib.loads(EVERYTHING)
    only_the_whole = []
    places = {kind: (place, value) for place, value, kind in leaves(values)}
    for place, value in places.values():
        if number >= len(wrong(value)):
            continue
        broken = changed(values, place, wrong(value)[number])
        refused = bool(list(errors(SCHEMA, broken)))
        if refused == read(broken):
            assert not refused, f"{place} = {wrong(value)[number]!r} is refused by the schema alone"
            only_the_whole.append(".".join(part for part in place if isinstance(part, str)))
    assert set(only_the_whole) <= ONLY_THE_WHOLE, set(only_the_whole) - ONLY_THE_WHOLE


def test_a_key_that_is_mistyped_or_missing_is_refused_by_both(read: Read) -> None:
    values = tomllib.loads(EVERYTHING)
    for part in (
        values,
        values["step"][0],
        values["step"][1],
        *values["step"][0]["check"],
        *values["step"][1]["check"],
    ):
        part["titel"] = "x"
        assert list(errors(SCHEMA, values)) and not read(values), part
        del part["titel"]
        kept = part.pop("id")
        assert list(errors(SCHEMA, values)) and not read(values), part
        part["id"] = kept
