"""Inspecting by a plan: what is due, entering results, confirming defects.

The inspection of a unit begins and ends with its job (:mod:`station_app.services.governing`); it may be left and taken up by
several people. A lot is inspected by itself
(:mod:`station_app.services.lot_inspecting`). Every verb may raise Refusal and
answers a future whose result means that the records are on disk. Main thread.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from station_app.domain import rules
from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.inspection.entry import judge_count, parse_count
from station_app.domain.inspection.lots import why_order_rejected
from station_app.domain.inspection.plan import Characteristic, CharacteristicType
from station_app.domain.inspection.preview import IMPORTED_DECIMALS
from station_app.domain.inspection.results import Inspection, Result
from station_app.domain.job import INSPECTION
from station_app.domain.outcome import Outcome, ReadingError
from station_app.domain.permissions import Permission
from station_app.domain.quality.errors import InputError
from station_app.domain.records import (
    AttributeInspected,
    Fact,
    Hold,
    Nonconformance,
    ResultConfirmed,
    SampleMeasured,
)
from station_app.domain.rules import Refusal, refuse_unpermitted
from station_app.domain.spc.signals import Signal
from station_app.services.execution import Execution
from station_app.services.governing import PlanRules
from station_app.services.inspection_entry import Entering, Gathered
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary

Saving = Future[list[Row]]

MOST_PIECES = 100_000


class RowState(enum.StrEnum):
    """How a characteristic stands on a unit or piece."""

    NOT_DUE = "not_due"
    OPEN = "open"
    PASSED = "passed"
    FAILED = "failed"
    CONFIRMED = "confirmed"


@dataclass(frozen=True, slots=True)
class InspectionRow:
    """One characteristic on one piece, as a page lists it. ``again_left`` is how often it may still be measured again."""

    characteristic: Characteristic
    piece: int
    state: RowState
    result: Result | None
    again_left: int
    signals: tuple[Signal, ...]


class Inspecting:
    """The inspections of a station."""

    def __init__(
        self,
        ledger: Ledger,
        library: MasterLibrary,
        execution: Execution,
        plans: PlanRules,
        new_id: Callable[[], str],
    ) -> None:
        self._ledger = ledger
        self._library = library
        self._execution = execution
        self._plans = plans
        self._new_id = new_id

    # --- looking ---------------------------------------------------------------------------------------------------

    @property
    def current(self) -> Inspection | None:
        """The inspection of the unit in work; None without a plan for it."""
        job = self._execution.job
        return None if job is None else self._ledger.fold.quality.inspections.for_job(job.job_id)

    @property
    def open_lots(self) -> list[Inspection]:
        """The lots that are not decided, oldest first."""
        return self._ledger.fold.quality.inspections.open_lots()

    def inspection(self, inspection_id: str = "") -> Inspection:
        """The inspection of that id, or the one of the unit in work. Raises Refusal."""
        inspections = self._ledger.fold.quality.inspections
        if inspection_id in inspections.lost:
            raise Refusal("The plan of this inspection is not at this station any more. Wait for the server.")
        found = inspections.by_id.get(inspection_id) if inspection_id else self.current
        if found is None:
            raise Refusal("There is no inspection here. Scan a unit that has an inspection plan, or begin a lot.")
        return found

    def rows(self, inspection: Inspection, piece: int = 1) -> list[InspectionRow]:
        """Every characteristic of the plan on one piece, in the order of the balloons."""
        return [
            self._row(inspection, each, piece)
            for each in sorted(inspection.plan.characteristics, key=lambda each: each.balloon)
        ]

    def _row(self, inspection: Inspection, each: Characteristic, piece: int) -> InspectionRow:
        result = inspection.result(each.id, piece)
        if piece not in inspection.pieces(each):
            state = RowState.NOT_DUE
        elif result is None:
            state = RowState.OPEN
        elif result.fact.outcome is Outcome.PASS:
            state = RowState.PASSED
        else:
            confirmed = result.fact.sample_id in inspection.confirmed
            state = RowState.CONFIRMED if confirmed else RowState.FAILED
        left = max(0, each.most_remeasurements - inspection.measured_again(each.id, piece))
        found = () if result is None else self._ledger.fold.quality.signals.of_point(result.fact.sample_id)
        return InspectionRow(each, piece, state, result, left, tuple(found))

    # --- entering --------------------------------------------------------------------------------------------------

    def gauge_for(self, characteristic: str, named: str, inspection_id: str = "") -> str:
        """The gauge that measures a characteristic now: the named one, or that of its class which was scanned for the unit.

        Raises Refusal where none is in hand, or it may not measure.
        """
        inspection = self.inspection(inspection_id)
        wanted = inspection.plan.characteristic(characteristic)
        if wanted is None:
            raise Refusal(
                f"The plan {inspection.plan.id} {inspection.plan.version} has no characteristic {characteristic}."
            )
        job = None if inspection.is_lot else self._execution.job
        return self._plans.entries.gauge_for(wanted, named, job)

    def enter(self, entering: Entering, inspection_id: str = "") -> Saving:
        """The readings of a measured characteristic, as texts. A second entry is a re-measurement and supersedes the first."""
        inspection = self.inspection(inspection_id)
        wanted = self._wanted(inspection, entering.characteristic, CharacteristicType.VARIABLE)
        gathered = Gathered()
        self._ready(inspection)
        job = None if inspection.is_lot else self._execution.job
        self._plans.entries.gather(gathered, inspection, wanted, entering, job)
        return self._commit(inspection, gathered.commit)

    def enter_many(self, entries: Sequence[Entering], inspection_id: str = "") -> Saving:
        """Imported results in one commit: all or none. More decimals than a gauge shows are taken."""
        inspection = self.inspection(inspection_id)
        if not entries:
            raise Refusal("There is no value to enter.")
        gathered = Gathered()
        self._ready(inspection)
        job = None if inspection.is_lot else self._execution.job
        for entering in entries:
            wanted = self._wanted(inspection, entering.characteristic, CharacteristicType.VARIABLE)
            self._plans.entries.gather(gathered, inspection, wanted, entering, job, IMPORTED_DECIMALS)
        return self._commit(inspection, gathered.commit)

    def enter_attribute(
        self,
        characteristic: str,
        in_order: bool,
        defect: str = "",
        *,
        piece: int = 1,
        gauge: str = "",
        source: str = "keypad",
        inspection_id: str = "",
    ) -> Saving:
        """In order, or not with the defect that was seen."""
        inspection = self.inspection(inspection_id)
        wanted = self._wanted(inspection, characteristic, CharacteristicType.ATTRIBUTE)
        if not in_order and not defect.strip():
            raise Refusal(f"“{wanted.title}” is not in order: choose or type the defect.")
        return self._enter_found(inspection, wanted, piece, gauge, source, int(not in_order), 0, defect.strip(), "")

    def enter_count(
        self,
        characteristic: str,
        text: str,
        defect: str = "",
        *,
        piece: int = 1,
        gauge: str = "",
        source: str = "keypad",
        inspection_id: str = "",
    ) -> Saving:
        """How many defects were found, as text; 0 has to be typed too."""
        inspection = self.inspection(inspection_id)
        wanted = self._wanted(inspection, characteristic, CharacteristicType.COUNT)
        try:
            defects = parse_count(text)
        except ReadingError as error:
            raise Refusal(str(error)) from error
        bad = int(judge_count(wanted, defects) is not Outcome.PASS)
        return self._enter_found(inspection, wanted, piece, gauge, source, bad, defects, defect.strip(), text)

    def _enter_found(
        self,
        inspection: Inspection,
        wanted: Characteristic,
        piece: int,
        gauge: str,
        source: str,
        nonconforming: int,
        defects: int,
        text: str,
        raw_text: str,
    ) -> Saving:
        self._ready(inspection)
        job = None if inspection.is_lot else self._execution.job
        gauge = self._plans.entries.gauge_for(wanted, gauge, job)
        started = inspection.started
        fact = AttributeInspected(
            job_id=started.job_id,
            serial=started.serial,
            order_id=started.order_id,
            operation=started.operation,
            step_id=INSPECTION,
            supersedes=self._plans.entries.refuse_result(inspection, wanted, piece),
            sample_id=self._new_id(),
            inspection_id=started.inspection_id,
            plan_id=started.plan_id,
            plan_version=started.plan_version,
            plan_sha256=started.plan_sha256,
            product=started.product,
            characteristic=wanted.id,
            lot=started.lot,
            sample_no=piece,
            nonconforming=nonconforming,
            defects=defects,
            text=text,
            source=source,
            gauge=gauge,
            raw_text=raw_text,
            outcome=Outcome.FAIL if nonconforming else Outcome.PASS,
        )
        gathered = Gathered()
        self._plans.entries.add_inspected(gathered, inspection, fact)
        return self._commit(inspection, gathered.commit)

    def confirm(
        self, characteristic: str, defect: str, description: str = "", *, piece: int = 1, inspection_id: str = ""
    ) -> Saving:
        """A result out of limits stays: it is a nonconformance. A unit is held and its job ends; a lot goes on to its end."""
        inspection = self.inspection(inspection_id)
        result = inspection.result(characteristic, piece)
        wanted = inspection.plan.characteristic(characteristic)
        if wanted is None or result is None:
            raise Refusal("There is no result to confirm yet.")
        if result.fact.outcome is Outcome.PASS:
            raise Refusal(f"“{wanted.title}” is in order: there is nothing to confirm.")
        if result.fact.sample_id in inspection.confirmed:
            raise Refusal(f"“{wanted.title}” is confirmed already.")
        if not defect.strip():
            raise Refusal("Choose or type the defect.")
        self._ready(inspection)
        started, nonconformance_id = inspection.started, self._new_id()
        confirmed = ResultConfirmed(
            job_id=started.job_id,
            serial=started.serial,
            order_id=started.order_id,
            operation=started.operation,
            inspection_id=started.inspection_id,
            sample_id=result.fact.sample_id,
            characteristic=wanted.id,
            lot=started.lot,
            sample_no=piece,
            nonconformance_id=nonconformance_id,
            defect=defect.strip(),
        )
        said = description.strip() or _said(wanted, result)
        if not inspection.is_lot:
            job = self._execution.job
            ending = rules.report_nonconformance(job, defect.strip(), said, nonconformance_id, self._new_id())
            return self._commit(inspection, [confirmed, *self._order_held(inspection, wanted), *ending])
        found = Nonconformance(
            job_id="",
            serial="",
            order_id=started.order_id,
            operation=started.operation,
            step_id=INSPECTION,
            check_id=wanted.id,
            nonconformance_id=nonconformance_id,
            defect=defect.strip(),
            description=f"lot {started.lot}, piece {piece}: {said}",
        )
        return self._commit(inspection, [confirmed, found])

    # --- inside ----------------------------------------------------------------------------------------------------

    def _order_held(self, inspection: Inspection, wanted: Characteristic) -> list[Fact]:
        """A hold on the whole order where its sample has more defects than its sampling plan accepts."""
        fold, order = self._ledger.fold, self._library.book.orders.get(inspection.started.order_id)
        if order is None or fold.held_as("order", order.id) is not None:
            return []
        try:
            why = why_order_rejected(fold.quality.inspections.by_id.values(), inspection, wanted, len(order.serials))
        except InputError:
            return []  # the standard has no plan for it: every unit was due
        return [Hold(hold_id=self._new_id(), scope="order", subject=order.id, reason=why)] if why else []

    def _wanted(self, inspection: Inspection, name: str, kind: CharacteristicType) -> Characteristic:
        wanted = inspection.plan.characteristic(name)
        if wanted is None:
            raise Refusal(f"The plan {inspection.plan.id} {inspection.plan.version} has no characteristic {name}.")
        if wanted.type is not kind:
            raise Refusal(f"“{wanted.title}” is of type {wanted.type}. Enter it as such.")
        return wanted

    def _ready(self, inspection: Inspection) -> None:
        """Raises Refusal while nothing can be entered: nobody signed in, the last action on its way, no unit open."""
        self._ledger.refuse_while_busy()
        self._ledger.permit(Permission.WORK)
        job = self._execution.job
        if not inspection.is_lot and (job is None or job.job_id != inspection.started.job_id):
            raise Refusal(f"Unit {inspection.started.serial} is not open. Scan it first.")

    def _commit(self, inspection: Inspection, facts: Sequence[Fact]) -> Saving:
        return self._ledger.commit(facts) if inspection.is_lot else self._execution.commit_work(facts)

    def _approved(self, approval: Approval, permission: Permission, reason: str) -> None:
        self._ledger.actor()
        refuse_unpermitted(approval.person, permission)
        if not reason.strip():
            raise Refusal("Say why.")


def _said(wanted: Characteristic, result: Result) -> str:
    """What was found, in words."""
    fact = result.fact
    if isinstance(fact, SampleMeasured):
        unit = f" {fact.unit}" if fact.unit else ""
        return f"{wanted.title} {fact.value_text}{unit}, limits {wanted.limits.text()}"
    return f"{wanted.title}: {fact.text or f'{fact.defects} defects'}"
