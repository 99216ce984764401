"""Series of lots: how severe the next inspection is, folded from the decisions on the lots before (ISO 2859-1, 9.3).

A series is one plan, one supplier (empty: our own production) and one sampling scheme. Reduced inspection needs the agreement
of the responsible authority, which a plan gives by asking for sampling at all; production is taken as steady.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from station_app.domain.inspection.plan import Characteristic
from station_app.domain.inspection.results import Inspection, Result
from station_app.domain.inspection.sampling import Scheme, lot_plan, scheme_of, schemes_of
from station_app.domain.outcome import Outcome
from station_app.domain.quality import switching
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.sampling import Plan, Severity
from station_app.domain.records import AttributeInspected, InspectionDecided, SamplingResumed

SeriesKey = tuple[str, str, str, str]


@dataclass
class LotSeries:
    """The state of every series at this station."""

    states: dict[SeriesKey, switching.SwitchingState] = field(default_factory=dict)

    def state(self, plan_id: str, supplier: str, scheme: Scheme) -> switching.SwitchingState:
        """Where a series stands; normal inspection for a new one."""
        return self.states.get((plan_id, supplier, scheme.level, scheme.aql), switching.SwitchingState())

    def apply(self, fact: InspectionDecided) -> None:
        """A lot was decided. A decision under another severity than the series now has changes nothing: it began earlier."""
        if not fact.aql or not fact.lot:
            return
        key = (fact.plan_id, fact.supplier, fact.level, fact.aql)
        state = self.states.get(key, switching.SwitchingState())
        try:
            plan = lot_plan(fact.lot_size, Scheme(fact.level, fact.aql), Severity(fact.severity))
            self.states[key] = switching.inspected(state, plan, fact.nonconforming, original=fact.original)
        except (InputError, ValueError):
            return

    def resume(self, fact: SamplingResumed) -> None:
        """A discontinued series goes on."""
        key = (fact.plan_id, fact.supplier, fact.level, fact.aql)
        state = self.states.get(key, switching.SwitchingState())
        if state.discontinued:
            self.states[key] = switching.resume(state)


@dataclass(frozen=True, slots=True)
class LotVerdict:
    """What a lot's results say about one scheme; ``plan`` is None for what is inspected without sampling tables.

    ``nonconforming`` counts pieces with at least one result that is not in order; for an AQL above 10 it counts
    nonconformities. ``inspected`` are the pieces that were looked at.
    """

    scheme: Scheme | None
    plan: Plan | None
    inspected: int
    nonconforming: int
    outcome: Outcome


def _found(result: Result) -> int:
    """How many nonconformities a result is that is not in order: every defect that was counted, else one."""
    fact = result.fact
    return max(1, fact.defects) if isinstance(fact, AttributeInspected) else 1


def lot_verdicts(inspection: Inspection) -> list[LotVerdict]:
    """A verdict for every scheme of the plan, and one for the characteristics without any. Raises InputError."""
    verdicts = []
    schemes: list[Scheme | None] = [*schemes_of(inspection.plan)]
    if any(scheme_of(each) is None for each in inspection.plan.characteristics):
        schemes.insert(0, None)
    for scheme in schemes:
        mine = [each for each in inspection.plan.characteristics if scheme_of(each) == scheme]
        pieces = {piece for each in mine for piece in inspection.pieces(each)}
        if not pieces:
            continue
        found = [
            (piece, _found(result)) for each, piece, result in inspection.nonconforming() if scheme_of(each) == scheme
        ]
        plan = None
        if scheme is not None and inspection.started.lot_size > 1:
            plan = lot_plan(inspection.started.lot_size, scheme, inspection.severity(scheme))
        count_all = scheme is not None and float(scheme.aql) > 10
        nonconforming = sum(count for _, count in found) if count_all else len({piece for piece, _ in found})
        accepted = nonconforming <= (plan.ac if plan is not None else 0)
        verdicts.append(
            LotVerdict(scheme, plan, len(pieces), nonconforming, Outcome.PASS if accepted else Outcome.FAIL)
        )
    return verdicts


def why_order_rejected(
    inspections: Iterable[Inspection], confirming: Inspection, wanted: Characteristic, size: int
) -> str:
    """Why an order of ``size`` units is not accepted by its sample, once a result of ``confirming`` counts as a defect too.

    ``inspections`` are those of the station. Empty while the sample has no more than its plan accepts, and for a
    characteristic that is inspected without tables. Raises InputError.
    """
    scheme = scheme_of(wanted)
    if scheme is None or size < 2:
        return ""
    plan = lot_plan(size, scheme, confirming.severity(scheme))
    found: dict[str, int] = {}
    for each in inspections:
        if each.is_lot or each.started.order_id != confirming.started.order_id:
            continue
        for characteristic, _, result in each.nonconforming():
            soon = each is confirming and characteristic.id == wanted.id
            if scheme_of(characteristic) == scheme and (soon or result.fact.sample_id in each.confirmed):
                found[each.started.serial] = found.get(each.started.serial, 0) + _found(result)
    count = sum(found.values()) if float(scheme.aql) > 10 else len(found)
    if count <= plan.ac:
        return ""
    tables = f"level {scheme.level}, AQL {scheme.aql}"
    return f"{count} nonconforming in the order's sample of {plan.n}, {plan.ac} accepted ({tables})"
