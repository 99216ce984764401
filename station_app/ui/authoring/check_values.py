"""A check's fields as texts of a form, and back: fields, tables, translations, and what does not fit together. No Qt.

A text becomes a value by :func:`with_field`, or a FieldFault that says what is allowed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import msgspec

from station_app.domain.checks import (
    Check,
    ChecklistCheck,
    ChoiceCheck,
    Item,
    MachineValueCheck,
    NumberCheck,
    Option,
    PhotoCheck,
    ScanCheck,
    TextCheck,
    TighteningCheck,
    TimerCheck,
)
from station_app.domain.outcome import Limits
from station_app.ui.authoring.form_fields import Field, FieldFault, FieldKind, parse, written
from station_app.ui.authoring.photo_values import photo_contradictions

_BOUND = re.compile(r"\{([a-z][a-z0-9_]{0,39})\}")


def shown(check: Check, field: Field) -> str:
    """A field's value as it stands in the form; flags are "yes" or empty."""
    if field.path in check.bindings:
        return f"{{{check.bindings[field.path]}}}"
    value: Any = check
    for name in field.path.split("."):
        value = None if value is None else getattr(value, name)
    return written(value)


def with_field(check: Check, field: Field, text: str) -> Check:
    """The check with another value of a field. Raises FieldFault."""
    bound = _BOUND.fullmatch(text.strip())
    bindings = {path: name for path, name in check.bindings.items() if path != field.path}
    if bound is not None and field.bindable:
        bindings[field.path] = bound[1]
        value: Any = None if field.kind is FieldKind.DECIMAL else 0.0 if field.path == "duration_s" else ""
    else:
        value = parse(field, text)
    changed = msgspec.structs.replace(check, bindings=bindings)
    head, _, tail = field.path.partition(".")
    if not tail:
        changed = msgspec.structs.replace(changed, **{head: value})
        return _unit_in_limits(changed) if head == "unit" else changed
    if isinstance(changed, PhotoCheck):
        return msgspec.structs.replace(changed, markers=msgspec.structs.replace(changed.markers, **{tail: value}))
    limits: Limits | None = getattr(changed, head)
    limits = msgspec.structs.replace(limits or Limits(), **{tail: value})
    is_empty = limits == Limits(unit=limits.unit) and not any(path.startswith(f"{head}.") for path in bindings)
    if isinstance(changed, NumberCheck):
        limits = None if is_empty else msgspec.structs.replace(limits, unit=changed.unit)
    elif head == "angle" and is_empty and not limits.unit:
        limits = None
    return msgspec.structs.replace(changed, **{head: limits})


def _unit_in_limits(check: Check) -> Check:
    """A number's unit stands in its limits too, where it has any."""
    if isinstance(check, NumberCheck) and check.limits is not None:
        return msgspec.structs.replace(check, limits=msgspec.structs.replace(check.limits, unit=check.unit))
    return check


# --- faults between fields -------------------------------------------------------------------------------------------


def contradictions(check: Check) -> dict[str, str]:
    """What does not fit together within a check, by the path of the field where it is said."""
    found: dict[str, str] = {}
    for name in ("limits", "torque", "angle"):
        limits = getattr(check, name, None)
        if isinstance(limits, Limits):
            found |= _limits_faults(name, limits, check)
    match check:
        case MachineValueCheck(mode="wait", hold_s=0.0):
            found["hold_s"] = "It waits: say for how long the value must hold."
        case ScanCheck(tracked="serial") if check.quantity != 1.0:
            found["quantity"] = "A component with a serial number is 1 piece."
        case TextCheck():
            found |= _pattern_faults(check)
        case TimerCheck() if check.at_most_s is not None and check.at_most_s < check.duration_s:
            found["at_most_s"] = f"Less than what it lasts ({check.duration_s:g} s)."
        case TighteningCheck() if check.torque_tag and not check.cycle_tag:
            found["cycle_tag"] = "With a torque tag the counter of tightenings is needed too."
        case PhotoCheck():
            found |= photo_contradictions(check)
        case _:
            pass
    return found


def _limits_faults(name: str, limits: Limits, check: Check) -> dict[str, str]:
    bound = {path.partition(".")[2] for path in check.bindings if path.startswith(f"{name}.")}
    if limits.lower is None and limits.upper is None and not bound & {"lower", "upper"}:
        return {} if isinstance(check, NumberCheck) else {f"{name}.lower": "At least one of lower and upper is needed."}
    if limits.lower is not None and limits.upper is not None and limits.lower > limits.upper:
        return {f"{name}.lower": f"Above the upper limit ({limits.upper}). Are they swapped?"}
    if limits.nominal is not None and limits.excess(limits.nominal):
        return {f"{name}.nominal": f"Outside the limits ({limits.text()})."}
    decimals = getattr(check, "decimals", None)
    for side in ("lower", "upper", "nominal"):
        value: Decimal | None = getattr(limits, side)
        places = 0 if value is None else max(0, -int(value.as_tuple().exponent))
        if decimals is not None and places > decimals:
            return {f"{name}.{side}": f"Has {places} decimals, the check only {decimals}."}
    return {}


def _pattern_faults(check: TextCheck) -> dict[str, str]:
    try:
        compiled = re.compile(check.pattern)
    except re.error as error:
        return {"pattern": f"No regular expression: {error}."}
    if check.pattern and not check.example:
        return {"example": "Give an example; the operator reads it."}
    if check.pattern and not compiled.fullmatch(check.example):
        return {"example": "It does not match the pattern."}
    return {}


# --- tables ----------------------------------------------------------------------------------------------------------


def row_columns(check: Check) -> tuple[str, ...]:
    """The columns of the check's table; empty for a kind without one."""
    match check:
        case ChoiceCheck():
            return ("id", "text", "passes", "reasons")
        case ChecklistCheck():
            return ("id", "text")
        case _:
            return ()


def rows_of(check: Check, language: str = "en") -> list[list[str]]:
    """The check's table as texts; the text column in a language."""
    match check:
        case ChoiceCheck():
            return [[o.id, _said(o, language), written(o.passes), o.reasons] for o in check.options]
        case ChecklistCheck():
            return [[item.id, _said(item, language)] for item in check.items]
        case _:
            return []


def _said(row: Option | Item, language: str) -> str:
    return row.text if language == "en" else row.translations.get(language, "")


def with_rows(check: Check, rows: Sequence[Sequence[str]], language: str = "en") -> Check:
    """The check with other rows; texts of other languages stay with the row of the same place."""
    match check:
        case ChoiceCheck():
            options = tuple(
                msgspec.structs.replace(
                    _with_text(_old(check.options, n, Option(id=row[0], text="")), row[1], language),
                    id=row[0].strip(), passes=row[2] == "yes", reasons=row[3].strip(),
                )
                for n, row in enumerate(rows)
            )  # fmt: skip
            return msgspec.structs.replace(check, options=options)
        case ChecklistCheck():
            items = tuple(
                msgspec.structs.replace(
                    _with_text(_old(check.items, n, Item(id=row[0], text="")), row[1], language), id=row[0].strip()
                )
                for n, row in enumerate(rows)
            )
            return msgspec.structs.replace(check, items=items)
        case _:
            return check


def _old(rows: Sequence[Any], number: int, new: Any) -> Any:
    return rows[number] if number < len(rows) else new


def _with_text(row: Any, text: str, language: str) -> Any:
    if language == "en":
        return msgspec.structs.replace(row, text=text)
    others = {key: value for key, value in row.translations.items() if key != language}
    return msgspec.structs.replace(row, translations={**others, language: text} if text else others)


# --- languages -------------------------------------------------------------------------------------------------------


def translated(check: Check, field: Field, language: str) -> str:
    """A field's text in another language than English, empty where there is none."""
    return check.translations.get(language, {}).get(field.path, "")


def with_translation(check: Check, field: Field, language: str, text: str) -> Check:
    """The check with another text of a field in another language. Raises FieldFault."""
    if len(text) > field.longest:
        raise FieldFault(f"Too long: {len(text)} of at most {field.longest} characters.")
    texts = {key: value for key, value in check.translations.get(language, {}).items() if key != field.path}
    if text:
        texts[field.path] = text
    others = {key: value for key, value in check.translations.items() if key != language}
    return msgspec.structs.replace(check, translations={**others, language: texts} if texts else others)
