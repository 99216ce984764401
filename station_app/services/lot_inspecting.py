"""Inspecting lots: begin, decide, let a discontinued series go on; and releasing holds.

How many pieces, and what is accepted, follows from the plan's sampling and from how the lots before went (ISO 2859-1). Every
verb may raise Refusal and answers a future whose result means that the records are on disk. Main thread.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import Future

from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.inspection.lots import LotVerdict, lot_verdicts
from station_app.domain.inspection.plan import Action, InspectionPlan
from station_app.domain.inspection.results import Inspection
from station_app.domain.inspection.sampling import Scheme, lot_plan, schemes_of
from station_app.domain.outcome import Outcome
from station_app.domain.permissions import Permission
from station_app.domain.quality.errors import InputError
from station_app.domain.quality.switching import SwitchingState
from station_app.domain.records import (
    Fact,
    Hold,
    HoldReleased,
    InspectionDecided,
    InspectionStarted,
    SamplingResumed,
    Signature,
)
from station_app.domain.rules import Refusal
from station_app.services.governing import severity_texts
from station_app.services.inspecting import Inspecting

Saving = Future[list[Row]]
MOST_PIECES = 100_000
MOST_SIGNED = 2000


class LotInspecting(Inspecting):
    """All inspections of a station: of units, and of lots."""

    # --- lots ------------------------------------------------------------------------------------------------------

    def plans(self) -> dict[str, InspectionPlan]:
        """The plan of every id as a lot would be begun by it today; one that may not be used stands there to say why."""
        found = dict(self._library.book.plans)
        for plan_id in found:
            try:
                version = self._library.plan_version_for_lot(plan_id, self._execution.today())
            except Refusal:
                continue
            found[plan_id] = self._library.book.plan_versions.get(f"{plan_id}@{version}", found[plan_id])
        return found

    @property
    def held_lots(self) -> list[Hold]:
        """The holds on lots that were placed here, oldest first."""
        return [hold for hold in self._ledger.fold.holds.values() if hold.scope == "lot"]

    def start_lot(self, plan_id: str, lot: str, lot_size: int, supplier: str = "", original: bool = True) -> Saving:
        """Begin the inspection of a lot by the plan in force. ``original``: not a lot that was submitted again.

        A lot that was not accepted here before is submitted again, whatever is said of it.
        """
        self._ledger.refuse_while_busy()
        self._ledger.permit(Permission.INSPECT_LOT)
        if not lot.strip():
            raise Refusal("Scan or type the lot's number.")
        if not 1 <= lot_size <= MOST_PIECES:
            raise Refusal(f"A lot of {lot_size} pieces cannot be inspected: 1 to {MOST_PIECES}.")
        if any(each.started.lot == lot.strip() and each.started.plan_id == plan_id for each in self.open_lots):
            raise Refusal(f"Lot {lot.strip()} is being inspected already.")
        version = self._library.plan_version_for_lot(plan_id, self._execution.today())
        plan, sha256 = self._plans.open_plan(plan_id, version)
        if not plan.characteristics:
            raise Refusal(f"Inspection plan {plan_id} has no characteristics.")
        severities = {}
        for scheme in schemes_of(plan):
            state = self.switching(plan.id, supplier, scheme)
            if state.discontinued:
                raise Refusal(
                    f"Inspection by sampling is discontinued ({state.reason}). A quality engineer lets it go on when the "
                    "improvement is confirmed; until then every piece is inspected elsewhere."
                )
            severities[scheme.key] = state.severity
        started = InspectionStarted(
            job_id="",
            serial="",
            order_id="",
            operation=plan.operation,
            inspection_id=self._new_id(),
            plan_id=plan.id,
            plan_version=plan.version,
            plan_sha256=sha256,
            product=plan.product,
            lot=lot.strip(),
            lot_size=lot_size,
            supplier=supplier.strip(),
            original=original and not self.rejected_before(plan.id, supplier, lot),
            due=tuple(each.id for each in plan.characteristics),
            severities=severity_texts(severities),
        )
        return self._ledger.commit([started])

    def rejected_before(self, plan_id: str, supplier: str, lot: str) -> bool:
        """Whether a lot was inspected by this plan before and not accepted."""
        return (plan_id, supplier.strip(), lot.strip()) in self._ledger.fold.quality.inspections.rejected

    def switching(self, plan_id: str, supplier: str, scheme: Scheme) -> SwitchingState:
        """How severe the next lot of a series is inspected, and why."""
        return self._ledger.fold.quality.lots.state(plan_id, supplier.strip(), scheme)

    def verdicts(self, inspection: Inspection) -> list[LotVerdict]:
        """What the results of a lot say up to now, for every sampling scheme of its plan."""
        try:
            return lot_verdicts(inspection)
        except InputError as error:
            raise Refusal(f"The lot cannot be judged: {error}.") from error

    def decide_lot(self, inspection_id: str, approval: Approval) -> Saving:
        """Decide a lot whose pieces are all inspected, by a signature: accepted, or rejected and held."""
        inspection = self.inspection(inspection_id)
        if not inspection.is_lot or inspection.closed:
            raise Refusal("This is no lot that is still to be decided.")
        self._ready(inspection)
        self._ledger.permit(Permission.INSPECT_LOT)
        missing = list(inspection.missing())
        if missing:
            first, piece = missing[0]
            more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
            raise Refusal(f"“{first.title}” of piece {piece}{more} has no result yet.")
        unconfirmed = next(inspection.unconfirmed(), None)
        if unconfirmed is not None:
            first, piece, _ = unconfirmed
            raise Refusal(f"“{first.title}” of piece {piece} is not in order. Measure again or confirm the defect.")
        self._refuse_stopped(inspection)
        verdicts = self.verdicts(inspection)
        self._refuse_discontinued(inspection, verdicts)
        facts: list[Fact] = [_decided(inspection, verdict) for verdict in verdicts]
        rejected = any(verdict.outcome is not Outcome.PASS for verdict in verdicts)
        self._approved(approval, Permission.INSPECT_LOT, "result")
        facts.append(_signed(inspection, approval, rejected))
        if rejected:
            reason = "rejected by its inspection"
            facts.append(Hold(hold_id=self._new_id(), scope="lot", subject=inspection.started.lot, reason=reason))
        return self._commit(inspection, facts)

    def _refuse_discontinued(self, inspection: Inspection, verdicts: list[LotVerdict]) -> None:
        """Raises Refusal for a lot that would be accepted by a sampling that was discontinued since it was begun."""
        started = inspection.started
        for verdict in verdicts:
            if verdict.scheme is None or verdict.outcome is not Outcome.PASS:
                continue
            state = self.switching(started.plan_id, started.supplier, verdict.scheme)
            if state.discontinued:
                raise Refusal(
                    f"Inspection by sampling is discontinued ({state.reason}): no lot is accepted by it. "
                    "A quality engineer lets it go on when the improvement is confirmed."
                )

    def _refuse_stopped(self, inspection: Inspection) -> None:
        """Raises Refusal while a chart stops the lot: a rule was broken by one of its pieces, and nobody said why."""
        pieces = {result.fact.sample_id for results in inspection.history.values() for result in results}
        for signal in self._ledger.fold.quality.signals.unexplained.values():
            if signal.fact.action == Action.STOP and signal.fact.point_id in pieces:
                raise Refusal(
                    f"A control chart stops this lot: {signal.fact.rule_text}. Name the cause before you decide."
                )

    def resume_sampling(self, plan_id: str, supplier: str, scheme: Scheme, reason: str, approval: Approval) -> Saving:
        """A discontinued series goes on, tightened, by a quality engineer's signature."""
        self._ledger.refuse_while_busy()
        self._approved(approval, Permission.RESUME_SAMPLING, reason)
        if not self.switching(plan_id, supplier, scheme).discontinued:
            raise Refusal("This inspection is not discontinued.")
        resumed = SamplingResumed(
            plan_id=plan_id,
            supplier=supplier.strip(),
            level=scheme.level,
            aql=scheme.aql,
            reason=reason.strip(),
            approved_by=approval.person.id,
            printed_name=approval.person.name,
            method=approval.method,
        )
        return self._ledger.commit([resumed])

    # --- holds -----------------------------------------------------------------------------------------------------

    def release_hold(self, hold_id: str, reason: str, approval: Approval) -> Saving:
        """Lift a hold that was placed here, by a permitted person's signature."""
        hold = self._ledger.fold.holds.get(hold_id)
        if hold is None:
            raise Refusal("There is no such hold at this station.")
        self._ledger.refuse_while_busy()
        self._approved(approval, Permission.RELEASE_HOLD, reason)
        signature = Signature(
            person_id=approval.person.id,
            printed_name=approval.person.name,
            meaning=f"release of the hold on {hold.scope} {hold.subject}: {reason.strip()}",
            method=approval.method,
            signed_ids=(hold_id,),
            signed_hashes=(),
            serial=hold.subject if hold.scope == "unit" else "",
        )
        return self._ledger.commit([signature, HoldReleased(hold_id=hold_id, reason=reason.strip())])


def _decided(inspection: Inspection, verdict: LotVerdict) -> InspectionDecided:
    started, plan = inspection.started, verdict.plan
    return InspectionDecided(
        job_id="",
        serial="",
        order_id=started.order_id,
        operation=started.operation,
        inspection_id=started.inspection_id,
        plan_id=started.plan_id,
        plan_version=started.plan_version,
        plan_sha256=started.plan_sha256,
        lot=started.lot,
        supplier=started.supplier,
        original=started.original,
        lot_size=started.lot_size,
        sample_size=verdict.inspected,
        level="" if verdict.scheme is None else verdict.scheme.level,
        aql="" if verdict.scheme is None else verdict.scheme.aql,
        edition="" if plan is None else plan.edition,
        code_letter="" if plan is None else plan.plan_letter,
        severity="" if plan is None else str(plan.severity),
        acceptance_number=None if plan is None else plan.ac,
        rejection_number=None if plan is None else plan.re,
        nonconforming=verdict.nonconforming,
        outcome=verdict.outcome,
    )


def _signed(inspection: Inspection, approval: Approval, rejected: bool) -> Signature:
    """The signature under a lot's result: of every record that it was decided from.

    Of more than a record can name, it signs one hash: the SHA-256 of all their hashes in order.
    """
    results = [results[-1] for results in inspection.history.values()]
    ids, hashes = tuple(result.rec_id for result in results), tuple(result.hash for result in results)
    if len(results) > MOST_SIGNED:
        ids = (inspection.inspection_id,)
        hashes = (hashlib.sha256("".join(hashes).encode()).hexdigest(),)
    word = "rejected" if rejected else "accepted"
    return Signature(
        person_id=approval.person.id,
        printed_name=approval.person.name,
        meaning=f"inspection of lot {inspection.started.lot}: {word}",
        method=approval.method,
        signed_ids=ids,
        signed_hashes=hashes,
        serial="",
    )


def lot_plan_text(lot_size: int, scheme: Scheme, state: SwitchingState) -> str:
    """The plan for a lot, as a person reads it before it begins. Raises InputError."""
    plan = lot_plan(lot_size, scheme, state.severity)
    return f"{plan.n} of {lot_size} pieces, accept with {plan.ac} or fewer, reject with {plan.re} or more ({plan.severity})"
