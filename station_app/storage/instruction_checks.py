"""The checks of a step as they are authored: ``[[step.check]]`` tables of one of the known types."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from station_app.domain.authored import AuthoredTable
from station_app.domain.checks import Check, ConfirmCheck, MachineValueCheck, MeasureCheck, PhotoCheck, ScanCheck
from station_app.domain.outcome import Limits

_ID = r"[a-z0-9][a-z0-9_-]{0,63}"
_ID_ALLOWED = "small letters, digits, - and _ (at most 64)"
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}"
_NAME_ALLOWED = "letters, digits, _ - and ."
_MATERIAL = r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}"


def read_check(table: AuthoredTable) -> Check | None:
    """The check in a table; None after a fault that leaves its type unknown."""
    kind = table.text("type", choices=tuple(_READ))
    if not kind:  # which keys are allowed depends on the type
        table.know(*table.values)
        table.done()
        return None
    common = _Common(
        table.text("id", pattern=_ID, allowed=_ID_ALLOWED),
        table.text("title", longest=60),
        table.text("reaction", "", longest=300),
    )
    check = _READ[kind](table, common)
    table.done()
    return check


class _Common:
    """What every check has."""

    def __init__(self, check_id: str, title: str, reaction: str) -> None:
        self.id = check_id
        self.title = title
        self.reaction = reaction


def _confirm(table: AuthoredTable, common: _Common) -> ConfirmCheck:
    return ConfirmCheck(id=common.id, title=common.title, reaction=common.reaction)


def _scan(table: AuthoredTable, common: _Common) -> ScanCheck:
    tracked = table.text("tracked", "lot", choices=("serial", "lot"))
    quantity = table.number("quantity", 1.0, low=0.000001, high=1_000_000)
    if tracked == "serial" and quantity != 1.0:
        table.fault("quantity", "must be 1 for a component with a serial number", "1, or leave it out")
    return ScanCheck(
        id=common.id,
        title=common.title,
        reaction=common.reaction,
        material=table.text("material", pattern=_MATERIAL, allowed="a part number"),
        tracked=tracked,
        quantity=quantity,
    )


def _measure(table: AuthoredTable, common: _Common) -> MeasureCheck:
    decimals = table.integer("decimals", 2, low=0, high=6)
    limits = _limits(table)
    for name in ("lower", "upper", "nominal"):
        value: Decimal | None = getattr(limits, name)
        if value is not None and _decimals(value) > decimals:
            table.fault("decimals", f"is less than {name} = {value} has", f"{_decimals(value)} or more (at most 6)")
    return MeasureCheck(
        id=common.id,
        title=common.title,
        reaction=common.reaction,
        characteristic=table.text("characteristic", pattern=_ID, allowed=_ID_ALLOWED),
        limits=limits,
        decimals=decimals,
        gauge_class=table.text("gauge_class", "", longest=60),
    )


def _machine_value(table: AuthoredTable, common: _Common) -> MachineValueCheck:
    return MachineValueCheck(
        id=common.id,
        title=common.title,
        reaction=common.reaction,
        characteristic=table.text("characteristic", pattern=_ID, allowed=_ID_ALLOWED),
        tag=table.text("tag", pattern=_NAME, allowed=f"a tag's name ({_NAME_ALLOWED})"),
        limits=_limits(table),
        cycle_tag=table.text("cycle_tag", "", pattern=_NAME, allowed=f"a counter's tag name ({_NAME_ALLOWED})"),
    )


def _photo(table: AuthoredTable, common: _Common) -> PhotoCheck:
    return PhotoCheck(
        id=common.id,
        title=common.title,
        reaction=common.reaction,
        camera=table.text("camera", pattern=_NAME, allowed=f"a camera's name ({_NAME_ALLOWED})"),
        view=table.text("view", "", longest=60),
        min_sharpness=table.number("min_sharpness", 0.0, low=0, high=1000),
        min_brightness=table.number("min_brightness", 0.0, low=0, high=255),
        code_is_unit=table.boolean("code_is_unit", False),
    )


_READ: dict[str, Callable[[AuthoredTable, _Common], Check]] = {
    "confirm": _confirm,
    "scan": _scan,
    "measure": _measure,
    "machine_value": _machine_value,
    "photo": _photo,
}


def _limits(check: AuthoredTable) -> Limits:
    """``limits = { unit = "kN", lower = 11.0, upper = 14.0 }``; one side may be open, not both."""
    table = check.table("limits")
    if table is None:
        if not check.has("limits"):
            check.fault("", "has no limits", 'limits = { unit = "mm", lower = 0.05, upper = 0.15 }')
        return Limits()
    lower, upper, nominal = (table.decimal(name) for name in ("lower", "upper", "nominal"))
    limits = Limits(table.text("unit", "", longest=20), lower, upper, nominal)
    table.done()
    if not table.has("lower") and not table.has("upper"):
        check.fault("limits", "has neither lower nor upper", "at least one of them")
    if lower is not None and upper is not None and lower > upper:
        table.fault("lower", f"is above upper ({upper})", "lower <= upper; are they swapped?")
    elif nominal is not None and limits.excess(nominal):
        table.fault("nominal", f"is outside the limits ({limits.text()})", "a value within them")
    return limits


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
