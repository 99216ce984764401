"""Every edit of a work master as a function: the old value in, the new value out. No Qt.

Steps, checks and pictures are named by their place (from 0). Names that others refer to are renamed with those references.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from station_app.domain.checks import Check
from station_app.domain.media import Picture
from station_app.domain.work_master import Parameter, Step, Variant, WorkMaster

T = TypeVar("T")
_MOST_ID = 64
replace = msgspec.structs.replace


# --- names -----------------------------------------------------------------------------------------------------------


def slug(text: str) -> str:
    """A text as an id: small letters, digits and -; empty when nothing of it can be used."""
    for letter, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        text = text.replace(letter, written).replace(letter.upper(), written)
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_MOST_ID].strip("-")


def free_name(wished: str, taken: Iterable[str]) -> str:
    """The wished name, with a number behind it where it is taken."""
    names = set(taken)
    if wished not in names:
        return wished
    base = re.sub(r"-\d+$", "", wished)[: _MOST_ID - 4]
    return next(name for number in range(2, len(names) + 3) if (name := f"{base}-{number}") not in names)


# --- tuples ----------------------------------------------------------------------------------------------------------


def put(items: Sequence[T], index: int, item: T) -> tuple[T, ...]:
    """With another item at a place."""
    return (*items[:index], item, *items[index + 1 :])


def insert(items: Sequence[T], index: int, item: T) -> tuple[T, ...]:
    """With one more item before a place."""
    return (*items[:index], item, *items[index:])


def without(items: Sequence[T], index: int) -> tuple[T, ...]:
    """Without the item at a place."""
    return (*items[:index], *items[index + 1 :])


def moved(items: Sequence[T], index: int, to: int) -> tuple[T, ...]:
    """With one item at another place; ``to`` is its place afterwards."""
    rest = without(items, index)
    return insert(rest, max(0, min(to, len(rest))), items[index])


# --- steps -----------------------------------------------------------------------------------------------------------


def change_step(work_master: WorkMaster, index: int, **changes: Any) -> WorkMaster:
    """With other fields of a step."""
    return replace(work_master, steps=put(work_master.steps, index, replace(work_master.steps[index], **changes)))


def add_step(work_master: WorkMaster, at: int, title: str) -> WorkMaster:
    """With an empty step before a place."""
    name = free_name(slug(title) or "step", [step.id for step in work_master.steps])
    return replace(
        work_master, steps=insert(work_master.steps, at, Step(id=name, title={"en": title}, text={"en": ""}))
    )


def duplicate_step(work_master: WorkMaster, index: int) -> WorkMaster:
    """With a copy of a step behind it."""
    step = work_master.steps[index]
    copy = replace(step, id=free_name(step.id, [other.id for other in work_master.steps]))
    return replace(work_master, steps=insert(work_master.steps, index + 1, copy))


def move_step(work_master: WorkMaster, index: int, to: int) -> WorkMaster:
    """With a step at another place."""
    return replace(work_master, steps=moved(work_master.steps, index, to))


def delete_step(work_master: WorkMaster, index: int) -> WorkMaster:
    """Without a step; what names it becomes a fault that the list of faults shows."""
    return replace(work_master, steps=without(work_master.steps, index))


def rename_step(work_master: WorkMaster, index: int, name: str) -> WorkMaster:
    """With another id of a step, in conditions and rework steps too."""
    old = work_master.steps[index].id

    def renamed(step: Step) -> Step:
        conditions = tuple(replace(c, step=name) if c.step == old else c for c in step.conditions)
        rework = name if step.rework_step == old else step.rework_step
        if conditions == step.conditions and rework == step.rework_step:
            return step
        return replace(step, conditions=conditions, rework_step=rework)

    steps = tuple(renamed(step) for step in work_master.steps)
    return replace(work_master, steps=put(steps, index, replace(steps[index], id=name)))


def set_text(work_master: WorkMaster, index: int, field: str, language: str, text: str) -> WorkMaster:
    """With another title or text of a step in a language; an empty one of another language than English is left out."""
    texts = dict(getattr(work_master.steps[index], field))
    if text or language == "en":
        texts[language] = text
    else:
        texts.pop(language, None)
    return change_step(work_master, index, **{field: texts})


def languages(work_master: WorkMaster) -> list[str]:
    """The languages that any text is written in, English first."""
    found = {language for step in work_master.steps for language in (*step.title, *step.text)}
    return ["en", *sorted(found - {"en"})]


# --- checks ----------------------------------------------------------------------------------------------------------


def add_check(work_master: WorkMaster, step: int, check: Check) -> WorkMaster:
    """With one more check at the end of a step; its id is made unique there."""
    checks = work_master.steps[step].checks
    named = replace(check, id=free_name(check.id, [other.id for other in checks]))
    return change_step(work_master, step, checks=(*checks, named))


def change_check(work_master: WorkMaster, step: int, index: int, check: Check) -> WorkMaster:
    """With another value of a check; where its id changes, conditions that name it follow."""
    current = work_master.steps[step]
    old = current.checks[index].id
    changed = change_step(work_master, step, checks=put(current.checks, index, check))
    if check.id == old:
        return changed

    def renamed(other: Step) -> Step:
        conditions = tuple(
            replace(c, check=check.id) if (c.step, c.check) == (current.id, old) else c for c in other.conditions
        )
        return other if conditions == other.conditions else replace(other, conditions=conditions)

    return replace(changed, steps=tuple(renamed(other) for other in changed.steps))


def duplicate_check(work_master: WorkMaster, step: int, index: int) -> WorkMaster:
    """With a copy of a check behind it."""
    checks = work_master.steps[step].checks
    copy = replace(checks[index], id=free_name(checks[index].id, [check.id for check in checks]))
    return change_step(work_master, step, checks=insert(checks, index + 1, copy))


def move_check(work_master: WorkMaster, step: int, index: int, to: int) -> WorkMaster:
    """With a check at another place of its step."""
    return change_step(work_master, step, checks=moved(work_master.steps[step].checks, index, to))


def delete_check(work_master: WorkMaster, step: int, index: int) -> WorkMaster:
    """Without a check."""
    return change_step(work_master, step, checks=without(work_master.steps[step].checks, index))


# --- media -----------------------------------------------------------------------------------------------------------


def add_picture(work_master: WorkMaster, step: int, picture: Picture) -> WorkMaster:
    """With one more picture, video or PDF page at the end of a step."""
    return change_step(work_master, step, pictures=(*work_master.steps[step].pictures, picture))


def change_picture(work_master: WorkMaster, step: int, index: int, picture: Picture) -> WorkMaster:
    """With another value of a picture."""
    return change_step(work_master, step, pictures=put(work_master.steps[step].pictures, index, picture))


def move_picture(work_master: WorkMaster, step: int, index: int, to: int) -> WorkMaster:
    """With a picture at another place of its step."""
    return change_step(work_master, step, pictures=moved(work_master.steps[step].pictures, index, to))


def delete_picture(work_master: WorkMaster, step: int, index: int) -> WorkMaster:
    """Without a picture."""
    return change_step(work_master, step, pictures=without(work_master.steps[step].pictures, index))


def own_file_name(work_master: WorkMaster, name: str, sha256: str) -> str:
    """The name for a file in media/: its own, or with a number where another content has it already."""
    taken = {picture.file.lower(): picture.sha256 for picture in work_master.media().values()}
    stem, dot, ending = name.rpartition(".")
    clean = slug(stem if dot else name) or "picture"
    for number in range(1, len(taken) + 2):
        wished = f"{clean}{f'-{number}' if number > 1 else ''}.{ending.lower()}"
        if taken.get(wished, sha256) == sha256:
            return wished
    raise AssertionError("one of that many names is free")


# --- the whole -------------------------------------------------------------------------------------------------------


def set_parameters(work_master: WorkMaster, parameters: Sequence[Parameter]) -> WorkMaster:
    """With other parameters; one that only got another name keeps its values and bindings."""
    before = [parameter.name for parameter in work_master.parameters]
    after = [parameter.name for parameter in parameters]
    names = dict(zip(before, after, strict=True)) if len(before) == len(after) else {}
    renamed = {old: new for old, new in names.items() if old != new and new and old not in after and new not in before}
    changed = replace(work_master, parameters=tuple(parameters))
    if not renamed:
        return changed

    def of_variant(variant: Variant) -> Variant:
        return replace(variant, values={renamed.get(key, key): value for key, value in variant.values.items()})

    def of_check(check: Check) -> Check:
        if not set(check.bindings.values()) & set(renamed):
            return check
        return replace(check, bindings={path: renamed.get(name, name) for path, name in check.bindings.items()})

    return replace(
        changed,
        variants=tuple(of_variant(variant) for variant in changed.variants),
        steps=tuple(_each_check(step, of_check) for step in changed.steps),
    )


def _each_check(step: Step, change: Callable[[Check], Check]) -> Step:
    checks = tuple(change(check) for check in step.checks)
    return step if all(a is b for a, b in zip(checks, step.checks, strict=True)) else replace(step, checks=checks)


def as_new_version(work_master: WorkMaster, version: str, owner: str) -> WorkMaster:
    """The same content as a draft of another version."""
    return replace(work_master, version=version, owner=owner, released_by="", released_at="", reason="")


def next_version(versions: Iterable[str]) -> str:
    """The version that follows: C after B, 1.3 after 1.2, A when there is none."""
    known = list(versions)
    if not known:
        return "A"
    newest = max(known, key=lambda version: (len(version), version))
    digits = re.search(r"\d+$", newest)
    if digits is not None:
        return free_name_after(newest[: digits.start()], int(digits[0]), known)
    if len(newest) == 1 and newest.isalpha() and newest.upper() != "Z":
        return chr(ord(newest) + 1)
    return free_name_after(newest, 1, known)


def free_name_after(stem: str, number: int, known: Sequence[str]) -> str:
    """The stem with the first number behind ``number`` that is not known."""
    return next(name for n in range(number + 1, number + len(known) + 2) if (name := f"{stem}{n}") not in known)
