"""Orders, people, materials, tools and reasons as they are authored: one function for each kind of table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable

from station_app.domain.authored import AuthoredTable
from station_app.domain.master import JobOrder, Material, Operation, Person, Reasons, Tool
from station_app.services.secrets import badge_sha256, pin_secret

ROLES = ("operator", "inspector", "supervisor", "process_engineer", "quality_engineer", "administrator")
REASON_LISTS = ("problem", "andon", "defects", "interruption", "shelve")
MIN_BADGE_CHARACTERS = 16
MIN_PASSWORD_CHARACTERS = 8
MAX_RANGE = 10_000
_ID = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
_ID_ALLOWED = "letters, digits, . - and _ (at most 64)"
_PART = r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}"
_PART_ALLOWED = "a part or product number"
_SERIAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_RANGE = re.compile(r"(?P<prefix>.*?)(?P<first>\d+)\.\.(?P<last_prefix>.*?)(?P<last>\d+)")
_VERSION = r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}"


def read_order(table: AuthoredTable) -> JobOrder:
    """``[[order]]`` with its ``[[order.operation]]`` in the order of the route."""
    serials = _serials(table, "serials")
    operation_tables = table.tables("operation", required=True)
    operations = [_read_operation(operation) for operation in operation_tables]
    for index, operation in enumerate(operations):
        if operation.id and operation.id in [earlier.id for earlier in operations[:index]]:
            operation_tables[index].fault("id", "is on the route twice", "each operation once")
    quantity = table.integer("quantity", len(serials), low=1, high=1_000_000) if table.has("quantity") else len(serials)
    table.know("quantity")
    if quantity < len(serials):
        table.fault("quantity", f"is less than the {len(serials)} serial numbers", f"{len(serials)} or more")
    product = table.text("product", pattern=_PART, allowed=_PART_ALLOWED)
    order = JobOrder(
        id=table.text("id", pattern=_ID, allowed=_ID_ALLOWED),
        product=product,
        product_title=table.text("product_title", product, longest=80),
        quantity=quantity,
        serials=serials,
        operations=tuple(operations),
        due=table.date_time("due"),
        priority=table.integer("priority", 0, low=0, high=9),
    )
    table.done()
    return order


def _read_operation(table: AuthoredTable) -> Operation:
    stations = table.texts("stations", required=True)
    for index, path in enumerate(stations):
        if len(path.split("/")) != 5 or not all(level.strip() for level in path.split("/")):
            table.item_fault(
                "stations", index, path, "is no station's path", "Enterprise/Site/Area/WorkCenter/WorkUnit"
            )
    operation_id = table.text("id", pattern=_ID, allowed=_ID_ALLOWED)
    operation = Operation(
        id=operation_id,
        title=table.text("title", operation_id, longest=80),
        stations=stations,
        work_master_id=table.text("work_master", pattern=_ID, allowed="a work master's id"),
        work_master_version=table.text("version", "", pattern=_VERSION, allowed="a work master's version"),
    )
    table.done()
    return operation


def read_person(table: AuthoredTable, hash_secret: Callable[[str], str]) -> Person:
    """``[[person]]``; ``badge``, ``pin`` and ``password`` are hashed here and never shown in a fault."""
    roles = table.texts("roles", required=True)
    for index, role in enumerate(roles):
        if role not in ROLES:
            table.item_fault("roles", index, role, "is not a role", ", ".join(ROLES))
    badge, pin, password = (_secret(table, key) for key in ("badge", "pin", "password"))
    if bool(badge) != bool(pin):
        table.fault("badge" if badge else "pin", "needs the other as well", "badge and pin, or neither")
    if not table.has("badge") and not table.has("pin") and not table.has("password"):
        table.fault("", "has no way to sign in", "badge and pin, or password")
    person = Person(
        id=table.text("id", pattern=_ID, allowed=_ID_ALLOWED),
        name=table.text("name", longest=80),
        roles=roles,
        badge_sha256=badge_sha256(badge) if badge else "",
        pin_hash=hash_secret(pin_secret(badge, pin)) if badge and pin else "",
        password_hash=hash_secret(password) if password else "",
        language=table.text("language", "en", pattern=r"[a-z]{2}", allowed='a language, for example "en"'),
        active=table.boolean("active", True),
        qualifications=_last_days(table, "qualifications", "a qualification"),
    )
    table.done()
    return person


def _last_days(table: AuthoredTable, key: str, what: str) -> dict[str, str]:
    """``qualifications = { press = 2027-03-31, packing = "" }``: the last day each is good for, empty: no end."""
    days: dict[str, str] = {}
    inner = table.table(key)
    for name in list(inner.values) if inner is not None else []:
        assert inner is not None
        if not name.strip() or len(name) > 60:
            inner.fault(name, f"is no name of {what}", "1 to 60 characters")
        if inner.values[name] == "":
            inner.know(name)
            days[name] = ""
        else:
            days[name] = inner.date_time(name)[:10]
    return days


_SECRET_RULES = {
    "badge": (rf"[!-~]{{{MIN_BADGE_CHARACTERS},200}}", f"{MIN_BADGE_CHARACTERS} random characters or more, no spaces"),
    "pin": (r"\d{4,8}", "4 to 8 digits, in quotes"),
    "password": (rf".{{{MIN_PASSWORD_CHARACTERS},200}}", f"{MIN_PASSWORD_CHARACTERS} characters or more"),
}


def _secret(table: AuthoredTable, key: str) -> str:
    """A badge's secret, a PIN or a password; from here on the document shows only dots."""
    table.know(key)
    if not table.has(key):
        return ""
    value = table.values[key]
    table.values[key] = "…"
    pattern, allowed = _SECRET_RULES[key]
    if isinstance(value, str) and re.fullmatch(pattern, value):
        return value
    table.fault(key, "cannot be used", allowed)
    return ""


def read_material(table: AuthoredTable) -> Material:
    """``[[material]]`` with the serial numbers or the ``lots`` (lot = quantity) that were received."""
    tracked = table.text("tracked", "lot", choices=("serial", "lot"))
    for key, needed in (("serials", "serial"), ("lots", "lot")):
        if table.has(key) and tracked != needed:
            table.fault(key, f'does not fit a material that is tracked by "{tracked}"', f'tracked = "{needed}"')
    lots: dict[str, float] = {}
    lot_table = table.table("lots")
    if lot_table is not None:
        for lot in list(lot_table.values):
            if not _SERIAL.fullmatch(lot):
                lot_table.fault(lot, "is no lot number", "letters, digits, . - _ and /")
            lots[lot] = lot_table.number(lot, low=0, high=1_000_000_000)
    material = Material(
        id=table.text("id", pattern=_PART, allowed=_PART_ALLOWED),
        title=table.text("title", longest=80),
        tracked=tracked,
        serials=_serials(table, "serials") if table.has("serials") else (),
        lots=lots,
        expiries=_expiries(table, lots),
    )
    table.know("serials")
    table.done()
    return material


def _expiries(table: AuthoredTable, lots: dict[str, float]) -> dict[str, str]:
    expiries = _last_days(table, "expiries", "a lot")
    inner = table.table("expiries")
    for lot in expiries:
        if lot not in lots and inner is not None:
            inner.fault(lot, "is no lot of this material", ", ".join(lots) or "lots are not given")
    return expiries


def read_tool(table: AuthoredTable) -> Tool:
    """``[[tool]]``: a gauge, tool or fixture with a number that is scanned."""
    sort = table.text("sort", choices=("gauge", "tool", "fixture"))
    resolution = table.decimal("resolution")
    if resolution is not None and resolution <= 0:
        table.fault("resolution", "is too small", "the smallest step it shows, for example 0.01")
    tool = Tool(
        id=table.text("id", pattern=_ID, allowed=_ID_ALLOWED),
        title=table.text("title", longest=80),
        sort=sort,
        tool_class=table.text("tool_class", longest=60),
        unit=table.text("unit", "", longest=20),
        resolution="" if resolution is None else str(resolution),
        calibration_due=table.date_time("calibration_due")[:10],
        certificate=table.text("certificate", "", longest=80),
        status=table.text("status", "in service", choices=("in service", "held", "lost", "retired")),
    )
    table.done()
    return tool


def read_reasons(table: AuthoredTable) -> Reasons:
    """``[[reasons]]``: one list to choose from."""
    reasons = Reasons(
        id=table.text("id", pattern=_ID, allowed=f"{', '.join(REASON_LISTS)}, or a list that an instruction names"),
        reasons=table.texts("reasons", required=True),
    )
    table.done()
    return reasons


def _serials(table: AuthoredTable, key: str) -> tuple[str, ...]:
    """Serial numbers; "GX40-000124..GX40-000143" stands for all from the first to the last."""
    serials: list[str] = []
    for index, text in enumerate(table.texts(key, required=True)):
        if ".." in text:
            serials += _range(table, key, index, text)
        elif _SERIAL.fullmatch(text):
            serials.append(text)
        else:
            table.item_fault(key, index, text, "is no serial number", "letters, digits, . - _ and / (at most 64)")
    for serial, times in Counter(serials).items():
        if times > 1:
            table.fault(key, f"{serial} is there twice", "each once")
    return tuple(serials)


def _range(table: AuthoredTable, key: str, index: int, text: str) -> list[str]:
    match = _RANGE.fullmatch(text)
    first, last = (int(match[name][-18:]) for name in ("first", "last")) if match else (0, -1)
    if (
        match is None
        or match["prefix"] != match["last_prefix"]
        or len(match["first"]) != len(match["last"])
        or not _SERIAL.fullmatch(match["prefix"] + match["first"])
        or not 0 <= last - first < MAX_RANGE
    ):
        allowed = f"FIRST..LAST with the same letters and number of digits, at most {MAX_RANGE} numbers"
        table.item_fault(key, index, text, "is no range of serial numbers", allowed)
        return []
    width = len(match["first"])
    return [f"{match['prefix']}{number:0{width}d}" for number in range(first, last + 1)]
