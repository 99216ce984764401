"""The checks of a step as they are authored: ``[[step.check]]`` tables of one of the known types."""

from __future__ import annotations

import re
from collections.abc import Callable

from station_app.domain.authored import AuthoredTable
from station_app.domain.checks import (
    Check,
    ChecklistCheck,
    ChoiceCheck,
    ConfirmCheck,
    Item,
    MachineValueCheck,
    MeasureCheck,
    NumberCheck,
    Option,
    ScanCheck,
    SignatureCheck,
    TextCheck,
    TighteningCheck,
    TimerCheck,
    ToolCheck,
)
from station_app.domain.outcome import Limits
from station_app.storage.instructions.fields import (
    ID,
    ID_ALLOWED,
    LONGEST_TIMER_S,
    NAME,
    NAME_ALLOWED,
    PART,
    CommonFields,
    bound,
    merged,
    note_twice,
    read_limits,
    refuse_decimals,
    translated,
)
from station_app.storage.instructions.media import MediaFolder
from station_app.storage.instructions.photo_checks import read_photo

ROLES = ("operator", "inspector", "supervisor", "process_engineer", "quality_engineer", "administrator")
PHOTO = "photo"
_DAY_S = 86400.0


def read_check(table: AuthoredTable, media: MediaFolder) -> Check | None:
    """The check in a table, its reference picture from ``media``; None after a fault that leaves its type unknown."""
    kind = table.text("type", choices=CHECK_TYPES)
    if not kind:  # which keys are allowed depends on the type
        table.know(*table.values)
        table.done()
        return None
    check_id = table.text("id", pattern=ID, allowed=ID_ALLOWED)
    title, titles = translated(table, "title", longest=60)
    reaction, reactions = translated(table, "reaction", longest=300, optional=True)
    common: CommonFields = {
        "id": check_id,
        "title": title,
        "reaction": reaction,
        "translations": merged(title=titles, reaction=reactions),
        "bindings": {},
    }
    check = read_photo(table, common, media) if kind == PHOTO else _READ[kind](table, common)
    table.done()
    return check


def _confirm(table: AuthoredTable, common: CommonFields) -> ConfirmCheck:
    return ConfirmCheck(**common)


def _scan(table: AuthoredTable, common: CommonFields) -> ScanCheck:
    tracked = table.text("tracked", "lot", choices=("serial", "lot"))
    quantity = table.number("quantity", 1.0, low=0.000001, high=1_000_000)
    if tracked == "serial" and quantity != 1.0:
        table.fault("quantity", "must be 1 for a component with a serial number", "1, or leave it out")
    by_variant = bound(table, "material", "material", common["bindings"])
    return ScanCheck(
        **common,
        material="" if by_variant else table.text("material", pattern=PART, allowed="a part number"),
        tracked=tracked,
        quantity=quantity,
        needs_expiry=table.boolean("needs_expiry", False),
    )


def _tool(table: AuthoredTable, common: CommonFields) -> ToolCheck:
    return ToolCheck(**common, tool_class=table.text("tool_class", longest=60))


def _measure(table: AuthoredTable, common: CommonFields) -> MeasureCheck:
    decimals = table.integer("decimals", 2, low=0, high=6)
    limits = read_limits(table, "limits", common["bindings"])
    refuse_decimals(table, limits, decimals)
    return MeasureCheck(
        **common,
        characteristic=table.text("characteristic", pattern=ID, allowed=ID_ALLOWED),
        limits=limits or Limits(),
        decimals=decimals,
        gauge_class=table.text("gauge_class", "", longest=60),
        tag=_tag(table, "tag", ""),
    )


def _machine_value(table: AuthoredTable, common: CommonFields) -> MachineValueCheck:
    mode = table.text("mode", "capture", choices=("capture", "wait", "window"))
    if mode == "wait" and not table.has("hold_s"):
        table.fault("", "waits, but not for how long", "hold_s = 5")
    for key, needed in (("hold_s", "wait"), ("statistic", "window")):
        if table.has(key) and mode != needed:
            table.fault(key, f'has no meaning with mode = "{mode}"', f'mode = "{needed}"')
    return MachineValueCheck(
        **common,
        characteristic=table.text("characteristic", pattern=ID, allowed=ID_ALLOWED),
        tag=_tag(table, "tag", None),
        limits=read_limits(table, "limits", common["bindings"]) or Limits(),
        cycle_tag=_tag(table, "cycle_tag", ""),
        mode=mode,
        hold_s=table.number("hold_s", 0.0, low=0, high=_DAY_S),
        statistic=table.text("statistic", "last", choices=("minimum", "maximum", "mean", "last")),
    )


def _tightening(table: AuthoredTable, common: CommonFields) -> TighteningCheck:
    decimals = table.integer("decimals", 2, low=0, high=6)
    torque = read_limits(table, "torque", common["bindings"])
    refuse_decimals(table, torque, decimals)
    torque_tag, angle_tag, cycle_tag = (_tag(table, key, "") for key in ("torque_tag", "angle_tag", "cycle_tag"))
    if torque_tag and not cycle_tag:
        table.fault("torque_tag", "needs the counter that moves with each tightening", "cycle_tag, a tag's name")
    if angle_tag and not torque_tag:
        table.fault("angle_tag", "comes without torque_tag", "both, or neither")
    by_variant = bound(table, "program", "program", common["bindings"])
    return TighteningCheck(
        **common,
        characteristic=table.text("characteristic", pattern=ID, allowed=ID_ALLOWED),
        torque=torque or Limits(),
        angle=read_limits(table, "angle", common["bindings"], required=False),
        count=table.integer("count", 1, low=1, high=99),
        decimals=decimals,
        tool_class=table.text("tool_class", "", longest=60),
        torque_tag=torque_tag,
        angle_tag=angle_tag,
        cycle_tag=cycle_tag,
        program="" if by_variant else table.text("program", "", longest=40),
    )


def _choice(table: AuthoredTable, common: CommonFields) -> ChoiceCheck:
    tables = table.tables("option", required=True)
    options = [_option(option) for option in tables]
    note_twice(tables, [option.id for option in options], "id")
    if len(options) == 1:
        table.fault("option", "is the only one", "two or more to choose from")
    if options and not any(option.passes for option in options):
        table.fault("option", "none of them passes", "at least one with passes = true")
    return ChoiceCheck(**common, options=tuple(options))


def _option(table: AuthoredTable) -> Option:
    text, translations = translated(table, "text", longest=60)
    option = Option(
        id=table.text("id", pattern=ID, allowed=ID_ALLOWED),
        text=text,
        passes=table.boolean("passes", True),
        reasons=table.text("reasons", "", pattern=ID, allowed="a list of reasons"),
        translations=translations,
    )
    table.done()
    return option


def _text(table: AuthoredTable, common: CommonFields) -> TextCheck:
    pattern = table.text("pattern", "", longest=200)
    example = table.text("example", "", longest=60)
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        table.fault("pattern", f"is no regular expression: {error}", "for example [A-Z]{2}-[0-9]{4}")
    else:
        if pattern and not example:
            table.fault("pattern", "is not explained to the operator", 'example = "AB-1234"')
        elif pattern and not compiled.fullmatch(example):
            table.fault("example", "does not match the pattern", "a text that does")
    return TextCheck(
        **common, pattern=pattern, example=example, longest=table.integer("longest", 200, low=1, high=2000)
    )


def _number(table: AuthoredTable, common: CommonFields) -> NumberCheck:
    decimals = table.integer("decimals", 0, low=0, high=6)
    limits = read_limits(table, "limits", common["bindings"], required=False)
    refuse_decimals(table, limits, decimals)
    if limits is not None and table.has("unit"):
        table.fault("unit", "stands in the limits already", "leave it out here")
    unit = limits.unit if limits is not None else table.text("unit", "", longest=20)
    table.know("unit")
    return NumberCheck(**common, unit=unit, decimals=decimals, limits=limits)


def _timer(table: AuthoredTable, common: CommonFields) -> TimerCheck:
    by_variant = bound(table, "duration_s", "duration_s", common["bindings"])
    duration_s = 0.0 if by_variant else table.number("duration_s", low=1, high=LONGEST_TIMER_S)
    at_most_s = table.number("at_most_s", low=1, high=LONGEST_TIMER_S) if table.has("at_most_s") else None
    table.know("at_most_s")
    if at_most_s is not None and at_most_s < duration_s:
        table.fault("at_most_s", f"is less than duration_s ({duration_s:g})", "more than it, or leave it out")
    starts = table.text("starts", "button", choices=("step", "button"))
    return TimerCheck(**common, duration_s=duration_s, starts=starts, at_most_s=at_most_s)


def _checklist(table: AuthoredTable, common: CommonFields) -> ChecklistCheck:
    tables = table.tables("item", required=True)
    items = []
    for item in tables:
        text, translations = translated(item, "text", longest=100)
        items.append(Item(id=item.text("id", pattern=ID, allowed=ID_ALLOWED), text=text, translations=translations))
        item.done()
    note_twice(tables, [item.id for item in items], "id")
    return ChecklistCheck(**common, items=tuple(items))


def _signature(table: AuthoredTable, common: CommonFields) -> SignatureCheck:
    return SignatureCheck(
        **common,
        role=table.text("role", choices=ROLES),
        meaning=table.text("meaning", longest=80, allowed='what the signature means, for example "checked"'),
        other_person=table.boolean("other_person", True),
    )


def _tag(table: AuthoredTable, key: str, default: str | None) -> str:
    return table.text(key, default, pattern=NAME, allowed=f"a tag's name ({NAME_ALLOWED})")


_READ: dict[str, Callable[[AuthoredTable, CommonFields], Check]] = {
    "confirm": _confirm,
    "scan": _scan,
    "tool": _tool,
    "measure": _measure,
    "machine_value": _machine_value,
    "tightening": _tightening,
    "choice": _choice,
    "text": _text,
    "number": _number,
    "timer": _timer,
    "checklist": _checklist,
    "signature": _signature,
}
CHECK_TYPES = (*_READ, PHOTO)
