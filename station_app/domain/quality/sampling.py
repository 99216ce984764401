"""Acceptance sampling by attributes, single sampling plans of ISO 2859-1.

From lot and level to how many to inspect and how many may fail.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType

from station_app.domain.quality import sampling_tables as tables
from station_app.domain.quality.errors import InputError

DOWN, UP = "v", "^"


class Severity(enum.StrEnum):
    """Severity of inspection; which one is due is told by the switching rules (`switching`)."""

    NORMAL = "normal"
    TIGHTENED = "tightened"
    REDUCED = "reduced"


@dataclass(frozen=True, slots=True)
class Plan:
    """A single sampling plan. Accept the lot with ``ac`` or fewer nonconforming, reject it with ``re`` or more.

    ``code_letter`` is that of lot and level, ``plan_letter`` that of the plan the arrows lead to, ``table_n`` its
    sample size; ``n`` is what to inspect: the whole lot where the sample would not be smaller (``full_inspection``).
    """

    lot: int
    level: str
    aql: str
    severity: Severity
    code_letter: str
    plan_letter: str
    table_n: int
    n: int
    ac: int
    re: int
    full_inspection: bool
    edition: str = tables.EDITION


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a master table: the sample size, and a number or an arrow for each AQL."""

    n: int
    cells: Mapping[str, str]


def code_letter(lot: int, level: str) -> str:
    """The code letter of table 1. Raises InputError for a lot below 2 or a level that does not exist."""
    if lot < 1:
        raise InputError(f"a lot of {lot} is none: a lot has one unit or more")
    if lot < tables.SMALLEST_LOT:
        raise InputError(
            f"a lot of {lot} cannot be sampled: {tables.EDITION} begins with {tables.SMALLEST_LOT}; inspect every unit"
        )
    row = sum(lot > largest for largest in tables.LARGEST_LOTS)
    return tables.CODE_LETTERS[inspection_level(level)][row]


def inspection_level(text: str) -> str:
    """The level as the standard writes it, from "ii", "S3" or "s-3". Raises InputError."""
    wanted = text.strip().upper().replace("-", "")
    for level in tables.CODE_LETTERS:
        if level.replace("-", "") == wanted:
            return level
    raise InputError(f"there is no inspection level {text!r}; there are {', '.join(tables.CODE_LETTERS)}")


def acceptable_quality_limit(text: str) -> str:
    """The AQL as the standard writes it, from "1", "1.00" or ".65". Raises InputError for one that has no column."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal(-1)
    for aql in tables.AQLS:
        if number == Decimal(aql):
            return aql
    raise InputError(f"there is no AQL {text!r}; there are {', '.join(tables.AQLS)}")


def sampling_plan(lot: int, level: str, aql: str, severity: Severity = Severity.NORMAL) -> Plan:
    """The plan for a lot. Raises InputError for a lot, level or AQL that the standard does not have."""
    column = acceptable_quality_limit(aql)
    letter = code_letter(lot, level)
    plan_letter, n, ac = _follow(severity, letter, column)
    return Plan(
        lot=lot,
        level=inspection_level(level),
        aql=column,
        severity=severity,
        code_letter=letter,
        plan_letter=plan_letter,
        table_n=n,
        n=min(n, lot),
        ac=ac,
        re=ac + 1,
        full_inspection=n >= lot,
    )


def accepted_one_step_tighter(plan: Plan, nonconforming: int) -> bool:
    """Whether the lot would have been accepted if the AQL had been one step tighter: what the switching score asks
    (9.3.3.2).

    False for the tightest AQL, which has no tighter one.
    """
    at = tables.AQLS.index(plan.aql)
    if at == 0:
        return False
    _, _, ac = _follow(plan.severity, plan.plan_letter, tables.AQLS[at - 1])
    return nonconforming <= ac


def _follow(severity: Severity, letter: str, aql: str) -> tuple[str, int, int]:
    """Letter, sample size and acceptance number where the arrows of a column end."""
    rows = _master_table(severity)
    letters = list(rows)
    at = letters.index(letter)
    step = {DOWN: 1, UP: -1}.get(rows[letter].cells[aql], 0)
    while rows[letters[at]].cells[aql] in (DOWN, UP):
        at += step
    row = rows[letters[at]]
    return letters[at], row.n, int(row.cells[aql])


@lru_cache(maxsize=len(Severity))
def _master_table(severity: Severity) -> Mapping[str, _Row]:
    text = {
        Severity.NORMAL: tables.NORMAL,
        Severity.TIGHTENED: tables.TIGHTENED,
        Severity.REDUCED: tables.REDUCED,
    }[severity]
    rows = {}
    for line in text.strip().splitlines():
        letter, n, *cells = line.split()
        rows[letter] = _Row(int(n), MappingProxyType(dict(zip(tables.AQLS, cells, strict=True))))
    return MappingProxyType(rows)
