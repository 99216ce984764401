"""Which characteristics are due on a unit of an order, and on which pieces of a lot.

Units of an order are chosen by their place in the order, so that every station chooses the same without asking: every n-th
counted from the first, the first and the last, or for ISO 2859-1 a sample of the order taken by lot. "By lot" is the order
of the hashes of order and serial number: it cannot be foreseen by who makes the units, and is the same after a restart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from station_app.domain.inspection.plan import Characteristic, InspectionPlan, SamplingRule
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.sampling import Plan, Severity, sampling_plan


@dataclass(frozen=True, slots=True)
class Scheme:
    """A sampling scheme of ISO 2859-1 in a plan: all characteristics of one level and AQL are judged together."""

    level: str
    aql: str

    @property
    def key(self) -> str:
        """How records name it."""
        return f"{self.level} {self.aql}"


def scheme_of(characteristic: Characteristic) -> Scheme | None:
    """The sampling scheme that a characteristic belongs to, None for one that is inspected without tables."""
    sampling = characteristic.sampling
    return Scheme(sampling.level, sampling.aql) if sampling.rule is SamplingRule.ISO2859 else None


def schemes_of(plan: InspectionPlan) -> list[Scheme]:
    """The schemes of a plan, each once, in the order of its characteristics."""
    return list(dict.fromkeys(s for each in plan.characteristics if (s := scheme_of(each)) is not None))


def lot_plan(lot_size: int, scheme: Scheme, severity: Severity) -> Plan:
    """The sampling plan for a lot. Raises InputError for what the standard does not have (a lot of 1)."""
    return sampling_plan(lot_size, scheme.level, scheme.aql, severity)


def pieces_due(characteristic: Characteristic, lot_size: int, severity: Severity = Severity.NORMAL) -> range:
    """The numbers (from 1) of the pieces of a lot on which a characteristic is inspected. Raises InputError."""
    sampling = characteristic.sampling
    if lot_size < 1:
        raise InputError(f"a lot of {lot_size} cannot be inspected")
    if sampling.rule is SamplingRule.NTH:
        return range(1, lot_size + 1, sampling.every)
    if sampling.rule is SamplingRule.FIRST_LAST:
        return range(1, lot_size + 1, max(1, lot_size - 1))
    if sampling.rule is SamplingRule.ISO2859 and lot_size > 1:
        return range(1, lot_plan(lot_size, Scheme(sampling.level, sampling.aql), severity).n + 1)
    return range(1, lot_size + 1)


def due_on_unit(
    plan: InspectionPlan,
    serial: str,
    order_id: str,
    serials: Sequence[str],
    severities: dict[str, Severity] | None = None,
) -> tuple[str, ...]:
    """The characteristics that are due on a unit of an order; all of them on one that the order does not name."""
    if serial not in serials:
        return tuple(each.id for each in plan.characteristics)
    place = serials.index(serial)
    drawn: int | None = None
    due = []
    for each in plan.characteristics:
        scheme = scheme_of(each)
        if scheme is None:
            chosen = place + 1 in pieces_due(each, len(serials))
        else:
            severity = (severities or {}).get(scheme.key, Severity.NORMAL)
            drawn = _drawn_place(serial, order_id, serials) if drawn is None else drawn
            chosen = drawn < len(pieces_due(each, len(serials), severity))
        if chosen:
            due.append(each.id)
    return tuple(due)


def _drawn_place(serial: str, order_id: str, serials: Sequence[str]) -> int:
    """The place, from 0, of a unit among all of its order when they are drawn by lot."""

    def ticket(name: str) -> bytes:
        return hashlib.sha256(f"{order_id}\n{name}".encode()).digest()

    own = ticket(serial)
    return sum(ticket(other) < own for other in serials)
