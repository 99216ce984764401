"""What differs between two versions of a work master: steps, texts, checks, limits and media, in the order of steps."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from station_app.domain.checks import BaseCheck
from station_app.domain.media import Picture
from station_app.domain.outcome import Limits
from station_app.domain.work_master import Step, WorkMaster

PDF: Final = "application/pdf"


class Difference(enum.StrEnum):
    """How something differs."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. ``step_id`` and ``check_id`` are empty where it concerns the whole; ``field`` names what differs.

    ``old`` and ``new`` are texts for a person; one is empty where something was added or removed.
    """

    difference: Difference
    step_id: str
    check_id: str
    field: str
    old: str
    new: str


def compare(old: WorkMaster, new: WorkMaster) -> list[Change]:
    """Every difference, those of the whole first, then step by step in the new order, removed steps last."""
    changes = list(field_changes(old, new, "", "", skip=("steps", "version", "released_by", "released_at", "reason")))
    olds = {step.id: step for step in old.steps}
    moved = moved_ids([step.id for step in old.steps], [step.id for step in new.steps])
    for number, step in enumerate(new.steps, 1):
        before = olds.pop(step.id, None)
        if before is None:
            changes.append(Change(Difference.ADDED, step.id, "", "step", "", step.title_in("en")))
            continue
        if step.id in moved:
            place = next(n for n, s in enumerate(old.steps, 1) if s.id == step.id)
            changes.append(Change(Difference.MOVED, step.id, "", "step", f"step {place}", f"step {number}"))
        changes.extend(_step(before, step))
    for step in olds.values():
        changes.append(Change(Difference.REMOVED, step.id, "", "step", step.title_in("en"), ""))
    return changes


def moved_ids(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """The fewest ids that were moved: those outside the longest run that kept its order."""
    shared = [name for name in new if name in old]
    places = [old.index(name) for name in shared]
    runs: list[list[int]] = []
    for index, place in enumerate(places):
        before: list[list[int]] = [run for run in runs if places[run[-1]] < place]
        runs.append([*_longest(before), index])
    kept = set(_longest(runs))
    return {name for index, name in enumerate(shared) if index not in kept}


def _longest(runs: list[list[int]]) -> list[int]:
    found: list[int] = []
    for run in runs:
        found = run if len(run) > len(found) else found
    return found


def _step(old: Step, new: Step) -> Iterator[Change]:
    yield from field_changes(old, new, new.id, "", skip=("checks", "pictures"))
    yield from picture_changes(old.pictures, new.pictures, new.id)
    olds = {check.id: check for check in old.checks}
    places = {check.id: place for place, check in enumerate(old.checks, 1)}
    moved = moved_ids([check.id for check in old.checks], [check.id for check in new.checks])
    for place, check in enumerate(new.checks, 1):
        before = olds.pop(check.id, None)
        if before is None:
            yield Change(Difference.ADDED, new.id, check.id, "check", "", check.title)
            continue
        if check.id in moved:
            yield Change(Difference.MOVED, new.id, check.id, "check", f"check {places[check.id]}", f"check {place}")
        if type(before) is not type(check):
            yield Change(Difference.CHANGED, new.id, check.id, "type", _kind(before), _kind(check))
        else:
            yield from field_changes(before, check, new.id, check.id)
    for check in olds.values():
        yield Change(Difference.REMOVED, new.id, check.id, "check", check.title, "")


def picture_name(picture: Picture) -> str:
    """How a picture is named in a change: by its file, of a PDF by its page too."""
    return f"{picture.file}, page {picture.page}" if picture.media_type == PDF else picture.file


def picture_changes(old: Sequence[Picture], new: Sequence[Picture], step_id: str) -> Iterator[Change]:
    """Pictures that came, went, moved or differ; a file may be shown more than once, such as pages of a PDF."""
    before_of = _counterparts(old, new)
    kept = [before for before in before_of if before is not None]
    moved = moved_ids([str(n) for n in range(len(old)) if n in kept], [str(n) for n in kept])
    for place, (picture, number) in enumerate(zip(new, before_of, strict=True), 1):
        name = picture_name(picture)
        if number is None:
            yield Change(Difference.ADDED, step_id, "", "picture", "", name)
            continue
        before = picture_name(old[number])
        if str(number) in moved:
            was, now = f"{before}: picture {number + 1}", f"{name}: picture {place}"
            yield Change(Difference.MOVED, step_id, "", "picture", was, now)
        for what in _differs(old[number], picture):
            yield Change(Difference.CHANGED, step_id, "", f"picture {what}", before, name)
    for number, picture in enumerate(old):
        if number not in kept:
            yield Change(Difference.REMOVED, step_id, "", "picture", picture_name(picture), "")


def _counterparts(old: Sequence[Picture], new: Sequence[Picture]) -> list[int | None]:
    """For each new picture the old one that it was: the same, else that of the same name, else of the same file."""
    found: list[int | None] = [None] * len(new)
    likenesses: tuple[Callable[[Picture], object], ...] = (lambda p: p, picture_name, lambda p: p.file)
    for likeness in likenesses:
        for place, picture in enumerate(new):
            if found[place] is None:
                free = (n for n, each in enumerate(old) if n not in found and likeness(each) == likeness(picture))
                found[place] = next(free, None)
    return found


def _differs(old: Picture, new: Picture) -> Iterator[str]:
    """What differs between two pictures, in a word each."""
    if old.sha256 != new.sha256:
        yield "content"
    if old.page != new.page:
        yield "page"
    if old.marks != new.marks:
        yield "marks"
    if (old.loop, old.only_for) != (new.loop, new.only_for):
        yield "use"


def field_changes(old: Any, new: Any, step_id: str, check_id: str, skip: Sequence[str] = ()) -> Iterator[Change]:
    """The fields of two structs of one type that differ; texts in languages one by one."""
    for name in new.__struct_fields__:
        before, after = getattr(old, name), getattr(new, name)
        if name in skip or before == after:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            for key in sorted({*before, *after}):
                if before.get(key) != after.get(key):
                    field = f"{name} ({key})"
                    yield _change(step_id, check_id, field, before.get(key), after.get(key))
        else:
            yield _change(step_id, check_id, name, before, after)


def _change(step_id: str, check_id: str, field: str, old: Any, new: Any) -> Change:
    difference = Difference.ADDED if not _said(old) else Difference.REMOVED if not _said(new) else Difference.CHANGED
    return Change(difference, step_id, check_id, field, _said(old), _said(new))


def _said(value: Any) -> str:
    match value:
        case None:
            return ""
        case Limits():
            return value.text()
        case bool():
            return "yes" if value else "no"
        case Picture():
            return f"{value.file} {value.sha256[:12]}"
        case tuple():
            return ", ".join(_said(item) for item in value)
        case msgspec.Struct():
            fields = {name: getattr(value, name) for name in value.__struct_fields__}
            return " ".join(_said(item) for item in fields.values() if item not in (None, "", (), {}))
        case dict():
            return ", ".join(f"{key}: {_said(item)}" for key, item in sorted(value.items()))
        case _:
            return str(value)


def _kind(check: BaseCheck) -> str:
    return str(check.__struct_config__.tag)
