"""Where something is in a work master: what a fault, a change or a command points to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from station_app.domain.fault import Fault
from station_app.domain.work_master import WorkMaster

TEXT, MEDIA, CHECKS, PROPERTIES = "text", "media", "checks", "properties"
_STEP_FILE = re.compile(r".*/steps/\d+-(?P<step>[a-z0-9_-]+)\.(?P<language>[a-z]{2})\.md")
_KEY = re.compile(r"step\[(?P<step>\d+)\](?:\.(?P<part>\w+)(?:\[(?P<index>\d+)\])?)?(?:\.(?P<field>.+))?")
_PARTS: Final = {"check": CHECKS, "picture": MEDIA}


@dataclass(frozen=True, slots=True)
class Place:
    """A place: ``step`` counts from 0, None for the instruction as a whole. ``part`` is the tab of the editor.

    ``index`` is which check or picture of the step (from 0), ``field`` the key as it is written in work_master.toml,
    ``language`` that of a text.
    """

    step: int | None = None
    part: str = ""
    index: int | None = None
    field: str = ""
    language: str = ""


def place_of(fault: Fault, work_master: WorkMaster) -> Place:
    """Where a fault of ``station instructions check`` is."""
    file = _STEP_FILE.fullmatch(fault.file)
    if file is not None:
        numbers = [number for number, step in enumerate(work_master.steps) if step.id == file["step"]]
        return Place(numbers[0] if numbers else None, TEXT, None, "", file["language"])
    found = _KEY.match(fault.key)
    if found is None:
        return Place(field=fault.key)
    number = int(found["step"]) - 1
    if number >= len(work_master.steps):
        return Place(field=fault.key)
    part = _PARTS.get(found["part"] or "", PROPERTIES)
    index = int(found["index"]) - 1 if found["index"] else None
    if part == PROPERTIES:
        return Place(number, part, index, ".".join(p for p in (found["part"], found["field"]) if p))
    return Place(number, part, index, found["field"] or "")


def step_of(place: Place, work_master: WorkMaster) -> int | None:
    """The step of a place as far as it is still there."""
    if place.step is None or not work_master.steps:
        return None
    return min(place.step, len(work_master.steps) - 1)
