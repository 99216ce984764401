"""What many tables of an authored work master have in common: translated texts, limits, and values bound to parameters.

A translated text is written as ``title = "Press"`` or ``title = { en = "Press", de = "Pressen" }``. A value that differs
between variants is written as the name of a parameter in braces: ``lower = "{force_min}"``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TypedDict

from station_app.domain.authored import AuthoredTable
from station_app.domain.outcome import Limits

ID = r"[a-z0-9][a-z0-9_-]{0,63}"
ID_ALLOWED = "small letters, digits, - and _ (at most 64)"
NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}"
NAME_ALLOWED = "letters, digits, _ - and ."
PART = r"[A-Za-z0-9][A-Za-z0-9 ._/-]{0,63}"
VERSION = r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}"
VERSION_ALLOWED = 'letters, digits, . - and _, for example "C" or "1.2"'
LANGUAGE = re.compile(r"[a-z]{2}")
PARAMETER = r"[a-z][a-z0-9_]{0,39}"
_BOUND = re.compile(rf"\{{({PARAMETER})\}}")
LONGEST_TIMER_S = 7 * 86400.0
LIMITS = ("lower", "upper", "nominal")


class CommonFields(TypedDict):
    """What every check has; ``bindings`` is filled while its own keys are read."""

    id: str
    title: str
    reaction: str
    translations: dict[str, dict[str, str]]
    bindings: dict[str, str]


def translated(
    table: AuthoredTable, key: str, *, longest: int, optional: bool = False, allowed: str = "text"
) -> tuple[str, dict[str, str]]:
    """A text in English and its translations by language; ("", {}) when it is optional and absent."""
    if not isinstance(table.values.get(key), dict):
        return table.text(key, "" if optional else None, longest=longest, allowed=allowed), {}
    languages = table.table(key)
    assert languages is not None
    english = languages.text("en", longest=longest, allowed=allowed)
    others = {}
    for language in list(languages.values):
        if language == "en":
            continue
        if not LANGUAGE.fullmatch(language):
            languages.fault(language, "is no language", 'two small letters, for example "de"')
            languages.know(language)
            continue
        others[language] = languages.text(language, longest=longest, allowed=allowed)
    languages.done()
    return english, others


def merged(**fields: dict[str, str]) -> dict[str, dict[str, str]]:
    """Translations of several fields as they are stored: language, then field, then text."""
    found: dict[str, dict[str, str]] = {}
    for field, texts in fields.items():
        for language, text in texts.items():
            found.setdefault(language, {})[field] = text
    return found


def bound(table: AuthoredTable, key: str, path: str, bindings: dict[str, str]) -> bool:
    """Whether the value is a parameter in braces; then it is noted in ``bindings`` under ``path``."""
    value = table.values.get(key)
    match = _BOUND.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return False
    table.know(key)
    bindings[path] = match[1]
    return True


def read_limits(check: AuthoredTable, key: str, bindings: dict[str, str], *, required: bool = True) -> Limits | None:
    """``limits = { unit = "kN", lower = 11.0, upper = 14.0 }``; one side may be open, not both. None when absent."""
    table = check.table(key)
    if table is None:
        if required and not check.has(key):
            check.fault("", f"has no {key}", f'{key} = {{ unit = "mm", lower = 0.05, upper = 0.15 }}')
        return None
    lower, upper, nominal = (
        None if bound(table, name, f"{key}.{name}", bindings) else table.decimal(name) for name in LIMITS
    )
    limits = Limits(table.text("unit", "", longest=20), lower, upper, nominal)
    table.done()
    if not table.has("lower") and not table.has("upper"):
        check.fault(key, "has neither lower nor upper", "at least one of them")
    if lower is not None and upper is not None and lower > upper:
        table.fault("lower", f"is above upper ({upper})", "lower <= upper; are they swapped?")
    elif nominal is not None and limits.excess(nominal):
        table.fault("nominal", f"is outside the limits ({limits.text()})", "a value within them")
    return limits


def refuse_decimals(check: AuthoredTable, limits: Limits | None, decimals: int) -> None:
    """A fault for each limit with more decimals than the gauge shows."""
    for name in LIMITS:
        value: Decimal | None = getattr(limits, name) if limits is not None else None
        if value is not None and decimals_of(value) > decimals:
            check.fault("decimals", f"is less than {name} = {value} has", f"{decimals_of(value)} or more (at most 6)")


def fits(pattern: str, text: str) -> bool:
    """Whether a text is written as it must be."""
    return re.fullmatch(pattern, text) is not None


def decimals_of(value: Decimal) -> int:
    """How many decimals a number is written with."""
    exponent = value.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def note_twice(tables: list[AuthoredTable], names: list[str], key: str) -> None:
    """A fault for each name that another table before has."""
    for index, name in enumerate(names[: len(tables)]):
        if name and name in names[:index]:
            first = tables[names.index(name)].line_of(key)
            tables[index].fault(key, f"is used twice, first in line {first}", "each once")
