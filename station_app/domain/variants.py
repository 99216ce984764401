"""Variants: one work master for several products, resolved to the instruction of one of them.

Texts name a parameter as ``{name}``; a check's field is bound to one by ``bindings``; a picture is shown for the variants in
``only_for``. Resolving is pure: the released document and the product always give the same instruction, before and after a
restart. What is pinned by its hash stays the released document.
"""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from station_app.domain.checks import BaseCheck, Check, ChecklistCheck, ChoiceCheck, Item, Option
from station_app.domain.media import Callout, Criterion, Picture, Region
from station_app.domain.outcome import Limits, ReadingError, parse_reading
from station_app.domain.work_master import Step, Variant, WorkMaster

_NAMED = re.compile(r"\{([A-Za-z0-9_][A-Za-z0-9_.-]*)\}")
UNBOUND = frozenset({"id", "bindings", "translations"})
T = TypeVar("T", Option, Item, Callout, Region)


class VariantError(ValueError):
    """A work master that cannot be resolved for a product: says what is missing or wrong."""


def variant_for(work_master: WorkMaster, product: str) -> Variant | None:
    """The variant of a product; None where the work master is written for that product alone.

    Raises VariantError for a product that it does not serve.
    """
    found = next((variant for variant in work_master.variants if variant.product == product), None)
    if found is not None:
        return found
    if product != work_master.product:
        raise VariantError(
            f"Instruction {work_master.id} is for {', '.join(work_master.products())}, not for {product}."
        )
    if work_master.parameters:
        raise VariantError(f"Instruction {work_master.id} {work_master.version} has no variant for {product}.")
    return None


def parameter_values(work_master: WorkMaster, product: str) -> dict[str, str]:
    """Every parameter's value for a product, in the order in which they are declared. Raises VariantError."""
    variant = variant_for(work_master, product)
    if variant is None:
        return {}
    missing = [parameter.name for parameter in work_master.parameters if not variant.values.get(parameter.name)]
    if missing:
        raise VariantError(
            f"Instruction {work_master.id} {work_master.version}: variant {variant.id} has no value for "
            f"{', '.join(missing)}."
        )
    return {parameter.name: variant.values[parameter.name] for parameter in work_master.parameters}


def resolve(work_master: WorkMaster, product: str) -> WorkMaster:
    """The instruction for one product: values in limits, programs and texts, and only its pictures.

    Raises VariantError for a product it does not serve, a value that is missing, and one of the wrong type.
    """
    variant = variant_for(work_master, product)
    if variant is None and not any(check.bindings for step in work_master.steps for check in step.checks):
        return _without_other_pictures(work_master)
    values = parameter_values(work_master, product)
    where = f"Instruction {work_master.id} {work_master.version}" + (f", variant {variant.id}" if variant else "")
    return _Resolution(values, variant.id if variant else "", where).work_master(work_master)


def _without_other_pictures(work_master: WorkMaster) -> WorkMaster:
    if not any(picture.only_for for step in work_master.steps for picture in step.pictures):
        return work_master
    return _Resolution({}, "", "").work_master(work_master)


class _Resolution:
    """One variant's values put into place; ``where`` begins the sentence of a fault."""

    def __init__(self, values: Mapping[str, str], variant: str, where: str) -> None:
        self._values = values
        self._variant = variant
        self._where = where

    def work_master(self, work_master: WorkMaster) -> WorkMaster:
        return msgspec.structs.replace(
            work_master,
            title=self._text(work_master.title),
            steps=tuple(self._step(step) for step in work_master.steps),
        )

    def _step(self, step: Step) -> Step:
        return msgspec.structs.replace(
            step,
            title=self._texts(step.title),
            text=self._texts(step.text),
            pictures=tuple(self._picture(picture) for picture in step.pictures if self._shown(picture)),
            checks=tuple(self._check(step.id, check) for check in step.checks),
            criteria=tuple(self._criterion(criterion) for criterion in step.criteria),
        )

    def _shown(self, picture: Picture) -> bool:
        return not picture.only_for or self._variant in picture.only_for

    def _picture(self, picture: Picture) -> Picture:
        """With the values in the texts of its marks."""
        if not any(_NAMED.search(text) for mark in picture.marks for text in (mark.text, *mark.translations.values())):
            return picture
        return msgspec.structs.replace(
            picture,
            callouts=tuple(self._line(callout) for callout in picture.callouts),
            regions=tuple(self._line(region) for region in picture.regions),
        )

    def _criterion(self, criterion: Criterion) -> Criterion:
        good, bad = (
            self._picture(picture) if picture is not None and self._shown(picture) else None
            for picture in (criterion.good, criterion.bad)
        )
        return msgspec.structs.replace(
            criterion,
            text=self._text(criterion.text),
            translations=self._texts(criterion.translations),
            good=good,
            bad=bad,
        )

    def _check(self, step_id: str, check: Check) -> Check:
        for path, name in check.bindings.items():
            place = f"{self._where}: step {step_id}, check {check.id}: {path}"
            if name not in self._values:
                raise VariantError(f"{place} is bound to {name}, which is no parameter.")
            check = _bound(check, path.split("."), self._values[name], place)
        if check.bindings:
            _refuse_swapped(check, f"{self._where}: step {step_id}, check {check.id}")
        changed: dict[str, Any] = {
            "title": self._text(check.title),
            "reaction": self._text(check.reaction),
            "translations": {language: self._texts(texts) for language, texts in check.translations.items()},
        }
        if isinstance(check, ChoiceCheck):
            changed["options"] = tuple(self._line(option) for option in check.options)
        elif isinstance(check, ChecklistCheck):
            changed["items"] = tuple(self._line(item) for item in check.items)
        return msgspec.structs.replace(check, **changed)

    def _line(self, line: T) -> T:
        return msgspec.structs.replace(line, text=self._text(line.text), translations=self._texts(line.translations))

    def _texts(self, texts: Mapping[str, str]) -> dict[str, str]:
        return {key: self._text(text) for key, text in texts.items()}

    def _text(self, text: str) -> str:
        """The text with every known {name} replaced; other braces are the author's own."""
        return _NAMED.sub(lambda found: self._values.get(found[1], found[0]), text)


def _bound(target: Any, path: list[str], value: str, place: str) -> Any:
    """The struct with the field at ``path`` set to what ``value`` says, in the field's own type."""
    name, *rest = path
    fields = {field.name: field for field in msgspec.structs.fields(target)}
    if name not in fields or (isinstance(target, BaseCheck) and name in UNBOUND):
        raise VariantError(f"{place} names no field of this check.")
    if rest:
        inner = getattr(target, name)
        if inner is None and _allows(fields[name].type, Limits):
            inner = Limits()
        if not isinstance(inner, msgspec.Struct):
            raise VariantError(f"{place} names no field of this check.")
        changed = _bound(inner, rest, value, place)
    else:
        changed = _converted(value, fields[name].type, place)
    return msgspec.structs.replace(target, **{name: changed})


def _refuse_swapped(check: Check, where: str) -> None:
    """Raises VariantError for limits whose lower one is above the upper one, once every value is in place."""
    for field in msgspec.structs.fields(check):
        limits = getattr(check, field.name)
        if not isinstance(limits, Limits) or limits.lower is None or limits.upper is None:
            continue
        if limits.lower > limits.upper:
            raise VariantError(f"{where}: {field.name}: lower {limits.lower} is above upper {limits.upper}.")


def _allows(kind: Any, wanted: type) -> bool:
    return kind is wanted or (isinstance(kind, types.UnionType) and wanted in typing.get_args(kind))


def _converted(value: str, kind: Any, place: str) -> Any:
    """The value as text, number or yes/no, as the field wants it."""
    try:
        if _allows(kind, str):
            return value
        if _allows(kind, bool):
            return {"true": True, "false": False}[value.strip()]
        if _allows(kind, int):
            return int(value.strip())
        if _allows(kind, float):
            return float(parse_reading(value))
        if _allows(kind, Decimal):
            return parse_reading(value)
    except (ReadingError, ValueError, KeyError) as error:
        raise VariantError(f"{place} cannot be “{value}”: it must be {_word(kind)}.") from error
    raise VariantError(f"{place} cannot be bound to a parameter.")


def _word(kind: Any) -> str:
    if _allows(kind, bool):
        return "true or false"
    return "a whole number" if _allows(kind, int) else "a number with a point"
