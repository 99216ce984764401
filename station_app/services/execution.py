"""Execution (ISA-95 part 3, production execution): from a scanned serial number through its steps to the end of the job.

Every verb either raises :class:`Refusal` at once, or answers a future whose result means that the records are on disk. All
verbs are called on the main thread. The checks of a step are in :mod:`station_app.services.checking`.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass

from station_app.domain import rules
from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.job import ENDED, INTERRUPTED, RUNNING, Job, StepProgress
from station_app.domain.master import JobOrder, Operation
from station_app.domain.offline_policy import OfflinePolicy
from station_app.domain.outcome import Outcome
from station_app.domain.permissions import Permission
from station_app.domain.records import Fact
from station_app.domain.releases import VersionAsked, decide_version
from station_app.domain.rules import Refusal
from station_app.domain.scan import OrderScan, UnitScan
from station_app.domain.unverified_start import PermitAsked, allow_begin
from station_app.domain.variants import VariantError, resolve, variant_for
from station_app.domain.work_master import WorkMaster, WorkMasterError
from station_app.services.checking import Checking
from station_app.services.lookups import UnitKnowledge
from station_app.services.posting import when_done
from station_app.services.workbench import PRODUCTIVE as PRODUCTIVE
from station_app.services.workbench import STANDBY as STANDBY
from station_app.services.workbench import STARVED as STARVED
from station_app.services.workbench import StationSite as StationSite
from station_app.services.workbench import Takt as Takt

UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class _Permit:
    """Somebody allows the work without knowing that the previous operation passed."""

    reason: str
    approval: Approval


@dataclass(frozen=True, slots=True)
class _Start:
    """A job that begins when the server says nothing against it."""

    scan: UnitScan
    operation: Operation
    work_master: WorkMaster
    sha256: str
    permit: _Permit | None


class Execution(Checking):
    """The work at one station. One job at a time."""

    def dispatch_list(self) -> list[tuple[JobOrder, list[str]]]:
        """The orders for this station with the serials that are not finished here, by priority and due date."""
        listed = []
        for order in self._library.book.orders.values():
            if order.operation_at(self._site.path) is None:
                continue
            open_serials = [serial for serial in order.serials if not self._finished_here(serial)]
            if open_serials:
                listed.append((order, open_serials))
        return sorted(listed, key=lambda entry: (-entry[0].priority, entry[0].due, entry[0].id))

    # --- opening -------------------------------------------------------------------------------------------------

    def open_order(self, scan: OrderScan) -> Future[list[Row]]:
        """Open the next unit of an order."""
        order = scan.order
        if order.operation_at(self._site.path) is None:
            raise Refusal(f"Order {order.id} has no operation at this station.")
        serial = next((s for s in order.serials if not self._finished_here(s)), None)
        if serial is None:
            raise Refusal(f"Every unit of order {order.id} is finished here.")
        return self.open_unit(UnitScan(serial, order))

    def open_unit(self, scan: UnitScan) -> Future[list[Row]]:
        """Open a unit: its job is started or goes on at the step where it stood.

        The future fails with Refusal when the server knows a reason against it, with PermitAsked when the server cannot be
        asked and somebody has to allow the work (:meth:`begin_unverified`).
        """
        return self._open(scan, None)

    def begin_unverified(self, scan: UnitScan, reason: str, approval: Approval) -> Future[list[Row]]:
        """Open a unit whose previous operation cannot be asked for: another, permitted person signs and says why.

        The server is asked once more. Where it answers, or nothing has to be allowed any more, its word counts and the
        signature is not recorded. Raises Refusal, and its future fails with Refusal, as :meth:`open_unit`.
        """
        if self._site.offline is not OfflinePolicy.ALLOW_SIGNED:
            raise Refusal("At this station nobody can allow work by a signature while the server cannot be asked.")
        self._permit_other(approval, Permission.BEGIN_UNVERIFIED)
        if not reason.strip():
            raise Refusal(f"Say why the work on {scan.serial} may begin.")
        return self._open(scan, _Permit(reason, approval))

    def _open(self, scan: UnitScan, permit: _Permit | None) -> Future[list[Row]]:
        self._ready()
        serial, order = scan.serial, scan.order
        job = self.job
        if job is not None and job.state in (RUNNING, INTERRUPTED) and job.serial == serial:
            return self._go_on(job)
        if job is not None and job.state == RUNNING:
            raise Refusal(f"Unit {job.serial} is open here. Finish or interrupt it first.")
        interrupted = self._ledger.fold.interrupted.get(serial)
        if interrupted is not None:
            return self._go_on(interrupted)
        if self._ledger.fold.unopened is not None:
            lost = self._ledger.fold.unopened
            raise Refusal(
                f"Unit {lost.serial} is open here with instruction {lost.work_master_id} "
                f"{lost.work_master_version}, which is not at this station. Wait for the server."
            )
        operation = order.operation_at(self._site.path)
        if operation is None:
            raise Refusal(f"{serial} belongs to order {order.id}, which has no operation at this station.")
        self._refuse_finished(serial, order.id)
        work_master, sha256 = self._open_instruction(order, operation)
        if self._governing is not None:
            self._governing.plan_for(order, operation.id, self.today())
        return self._look_up(_Start(scan, operation, work_master, sha256, permit))

    def decide_version(self, order: JobOrder, version: str, reason: str, approval: Approval) -> Future[list[Row]]:
        """A permitted person decides which of two versions an order goes on with, when its newer release asks for that.

        Nothing is opened by it: scan the unit again. Raises Refusal when nothing is asked.
        """
        self._ready()
        self._permit_other(approval, Permission.DECIDE_VERSION)
        operation = order.operation_at(self._site.path)
        if operation is None:
            raise Refusal(f"Order {order.id} has no operation at this station.")
        try:
            self._version(order, operation)
            if self._governing is not None:
                self._governing.plan_for(order, operation.id, self.today())
        except VersionAsked as asked:
            releases = self._library.book.releases_of(asked.work_master_id)
            return self._ledger.commit(decide_version(asked, version, reason, approval, releases))
        raise Refusal(f"Nothing is to be decided about the version of order {order.id}.")

    def _go_on(self, job: Job) -> Future[list[Row]]:
        if job.state == INTERRUPTED:
            person = self._ready()
            if job.current is not None:
                step = job.current.step
                self._refuse_at_gate(person, rules.qualifications_at_start(job.work_master, step), step.esd)
            facts = rules.account(job, rules.resume_job(job, person.id), self._mono_ns(), self._absences(job))
            return self._ledger.commit([*facts, self._state(PRODUCTIVE, "", job.job_id, job.serial)])
        shown: Future[list[Row]] = Future()
        shown.set_result([])
        return shown

    def _look_up(self, start: _Start) -> Future[list[Row]]:
        outcome: Future[list[Row]] = Future()
        self._opening = start.scan.serial
        self._ledger.changed.tell()

        def known(knowledge: UnitKnowledge) -> None:
            self._opening = ""
            try:
                facts = self._start(start, self._judge(start, knowledge))
                when_done(self._ledger.commit(facts), self._post, outcome.set_result, outcome.set_exception)
            except Refusal as refusal:
                outcome.set_exception(refusal)
            self._ledger.changed.tell()

        def failed(error: BaseException) -> None:
            self._opening = ""
            self._ledger.changed.tell()
            outcome.set_exception(error)

        when_done(self._lookup.ask(start.scan.serial), self._post, known, failed)
        return outcome

    def _start(self, start: _Start, previous: str) -> list[Fact]:
        job_id = self._new_id()
        serial, order, operation, permit = start.scan.serial, start.scan.order, start.operation, start.permit
        facts = rules.start_job(
            job_id=job_id,
            serial=serial,
            order_id=order.id,
            operation=operation.id,
            product=order.product,
            work_master=start.work_master,
            sha256=start.sha256,
            previous_operation=previous,
        )
        before = order.previous_operation(operation.id)
        if previous == UNVERIFIED and permit is not None and before is not None:
            facts += allow_begin(job_id, serial, before.title, permit.reason, permit.approval)
        if self._governing is not None:
            facts += self._governing.at_start(job_id, serial, order, operation.id, self.today())
        return [*facts, self._state(PRODUCTIVE, "", job_id, serial)]

    def _open_instruction(self, order: JobOrder, operation: Operation) -> tuple[WorkMaster, str]:
        version = self._version(order, operation)
        try:
            work_master, sha256 = self._library.open_for_job(operation.work_master_id, version)
        except WorkMasterError as error:
            raise Refusal(f"{error}. Tell a supervisor; nothing was started.") from error
        if order.product not in work_master.products():
            raise Refusal(
                f"Instruction {work_master.id} is for {', '.join(work_master.products())}, "
                f"order {order.id} makes {order.product}."
            )
        self._refuse_to_start(work_master, order.product)
        return work_master, sha256

    def _version(self, order: JobOrder, operation: Operation) -> str:
        """The version that the next unit of an order is begun with. Raises Refusal, VersionAsked among them."""
        versions = self._ledger.fold.versions
        begun_with = versions.begun.get((order.id, operation.id), "")
        choice = self._library.version_for(operation, begun_with, self.today())
        return versions.version(order.id, operation.work_master_id, choice)

    def _refuse_to_start(self, work_master: WorkMaster, product: str) -> None:
        """The gates at the start: who may do the whole work and its first step. Raises Refusal."""
        try:
            resolved = resolve(work_master, product)
            variant = variant_for(work_master, product)
        except VariantError as error:
            raise Refusal(f"{error} Tell its owner; nothing was started.") from error
        first = rules.first_step(resolved, variant.id if variant is not None else "")
        needed = rules.qualifications_at_start(resolved, first)
        self._refuse_at_gate(self._ready(), needed, rules.needs_esd(resolved))

    def _refuse_finished(self, serial: str, order_id: str) -> None:
        hold = self._ledger.fold.held(serial, order_id)
        if hold is not None:
            raise Refusal(f"Unit {serial} is on hold: {hold.reason}. It needs a decision before work goes on.")
        if self._finished_here(serial):
            raise Refusal(f"Unit {serial} is already finished at this station.")

    def _finished_here(self, serial: str) -> bool:
        """Whether nothing is to be done on a unit any more: it passed, or it failed and nobody has decided about it.

        One whose hold was released by a signature may be begun anew: put right, it has to pass all the same.
        """
        fold = self._ledger.fold
        unit = fold.units.get(serial)
        if unit is None or unit.state != ENDED:
            return False
        return unit.outcome is not Outcome.FAIL or fold.held(serial) is not None

    def _judge(self, start: _Start, knowledge: UnitKnowledge) -> str:
        """How the previous operation stands: "first", "passed" or "unverified". Raises Refusal, PermitAsked among them."""
        serial, order, operation = start.scan.serial, start.scan.order, start.operation
        for status in knowledge.statuses:
            here = status.station == self._site.path
            if status.operation == operation.id and not here:
                if status.state in (RUNNING, INTERRUPTED):
                    raise Refusal(f"Unit {serial} is in work at {_name(status.station)}.")
                if status.outcome == Outcome.PASS:
                    raise Refusal(f"Unit {serial} has already passed {operation.title} at {_name(status.station)}.")
            if status.operation == operation.id and here and status.state == ENDED and status.outcome != Outcome.FAIL:
                raise Refusal(f"Unit {serial} is already finished at this station.")
            if status.held:
                raise Refusal(f"Unit {serial} is on hold. It needs a decision before work goes on.")
        previous = order.previous_operation(operation.id)
        if previous is None:
            return "first"
        if not knowledge.reached:
            if self._site.offline is OfflinePolicy.ALLOW_UNVERIFIED or start.permit is not None:
                return UNVERIFIED
            if self._site.offline is OfflinePolicy.ALLOW_SIGNED:
                raise PermitAsked(start.scan, previous.title)
            raise Refusal(
                f"The server cannot be asked whether {serial} passed {previous.title}. "
                "Work on it when the connection is back."
            )
        newest = next((s for s in knowledge.statuses if s.operation == previous.id), None)
        if newest is None:
            raise Refusal(f"Unit {serial} has not been through {previous.title} yet.")
        if newest.outcome != Outcome.PASS:
            how = "is still in work" if newest.state != ENDED else f"ended with {newest.outcome}"
            raise Refusal(f"Unit {serial} {how} at {previous.title} ({_name(newest.station)}).")
        return "passed"

    # --- from step to step -----------------------------------------------------------------------------------------

    def repeat_step(self) -> Future[list[Row]]:
        """Begin the current step again."""
        rules.refuse_unpermitted(self._ready(), Permission.WORK)
        return self._commit(rules.repeat_step(self.job))

    def skip_step(self, reason: str = "", approval: Approval | None = None) -> Future[list[Row]]:
        """Leave the current step out: an optional one, or a mandatory one with a permitted person's signature and a reason."""
        rules.refuse_unpermitted(self._ready(), Permission.WORK)
        self._refuse_while_stopped()
        if approval is not None:
            self._permit_other(approval, Permission.SKIP_STEP)
        return self._commit(rules.skip_step(self.job, reason, approval))

    def reopen_step(self, step_id: str, reason: str) -> Future[list[Row]]:
        """Do an earlier step again; what relies on it is done again after it."""
        rules.refuse_unpermitted(self._ready(), Permission.REOPEN_STEP)
        return self._commit(rules.reopen_step(self.job, step_id, reason))

    def earlier_steps(self) -> list[StepProgress]:
        """The steps that may be done again now."""
        job = self.job
        return [] if job is None or job.current is None else list(rules.earlier_steps(job))

    def start_rework(self, reason: str = "") -> Future[list[Row]]:
        """Go back to the step that the failed one names for rework."""
        rules.refuse_unpermitted(self._ready(), Permission.START_REWORK)
        return self._commit(rules.start_rework(self.job, self._new_id(), reason, self._site.most_reworks))

    def report_nonconformance(self, defect: str, description: str = "") -> Future[list[Row]]:
        """A defect was found: the unit is held and the job ends."""
        self._ready()
        return self._commit(rules.report_nonconformance(self.job, defect, description, self._new_id(), self._new_id()))

    def interrupt(self, reason: str) -> Future[list[Row]]:
        """Pause the job."""
        self._ready()
        return self._commit([*rules.interrupt_job(self.job, reason), self._state(STANDBY, reason, "", "")])

    def abort(self, reason: str) -> Future[list[Row]]:
        """End the job without a result; the unit may be started anew."""
        rules.refuse_unpermitted(self._ready(), Permission.ABORT_JOB)
        return self._commit(rules.abort_job(self.job, reason))


def _name(station: str) -> str:
    return station.rsplit("/", 1)[-1]
