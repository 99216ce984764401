"""Execution (ISA-95 part 3, production execution): from a scanned serial number through its steps to the end of the job.

Every verb either raises :class:`Refusal` at once, or answers a future whose result means that the records are on disk. All
verbs are called on the main thread.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

from station_app.domain import rules
from station_app.domain.chain import Row
from station_app.domain.checks import MachineValueCheck
from station_app.domain.job import ENDED, INTERRUPTED, RUNNING, Job
from station_app.domain.master import JobOrder, Operation
from station_app.domain.outcome import Outcome
from station_app.domain.records import EquipmentState, Fact
from station_app.domain.rules import Refusal
from station_app.domain.scan import ComponentScan, OrderScan, UnitScan
from station_app.domain.work_master import WorkMaster, WorkMasterError
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary
from station_app.services.lookups import UnitKnowledge, UnitLookup
from station_app.services.posting import Post, when_done
from station_app.services.tags import TagTable

PRODUCTIVE = 1000
STANDBY = 2000
STARVED = 2202


@dataclass(frozen=True, slots=True)
class StationSite:
    """What execution must know of the station: its path and the site's policy while the server is away."""

    path: str
    allow_unverified: bool


class Execution:
    """The work at one station. One job at a time."""

    def __init__(
        self,
        site: StationSite,
        ledger: Ledger,
        library: MasterLibrary,
        lookup: UnitLookup,
        tags: TagTable,
        post: Post,
        new_id: Callable[[], str],
    ) -> None:
        self._site = site
        self._ledger = ledger
        self._library = library
        self._lookup = lookup
        self._tags = tags
        self._post = post
        self._new_id = new_id
        self._opening = ""
        self._asking = ""

    @property
    def job(self) -> Job | None:
        """The newest job of this station; it may have ended."""
        return self._ledger.fold.job

    @property
    def opening(self) -> str:
        """The serial number that is being looked up, empty otherwise."""
        return self._opening

    @property
    def asking(self) -> str:
        """The component whose use is being looked up, empty otherwise."""
        return self._asking

    @property
    def occupied(self) -> bool:
        """Whether the last action is still being saved or looked up: the next one has to wait a moment."""
        return self._ledger.busy or bool(self._opening or self._asking)

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

        The future fails with Refusal when the server knows a reason against it.
        """
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
        self._refuse_finished(serial)
        work_master, sha256 = self._open_instruction(order, operation)
        return self._look_up(serial, order, operation, work_master, sha256)

    def _go_on(self, job: Job) -> Future[list[Row]]:
        if job.state == INTERRUPTED:
            return self._ledger.commit([*rules.resume_job(job), self._state(PRODUCTIVE, "", job.job_id, job.serial)])
        shown: Future[list[Row]] = Future()
        shown.set_result([])
        return shown

    def _look_up(
        self, serial: str, order: JobOrder, operation: Operation, work_master: WorkMaster, sha256: str
    ) -> Future[list[Row]]:
        outcome: Future[list[Row]] = Future()
        self._opening = serial
        self._ledger.changed.tell()

        def known(knowledge: UnitKnowledge) -> None:
            self._opening = ""
            try:
                previous = self._judge(serial, order, operation, knowledge)
                facts = self._start(serial, order, operation, work_master, sha256, previous)
                when_done(self._ledger.commit(facts), self._post, outcome.set_result, outcome.set_exception)
            except Refusal as refusal:
                outcome.set_exception(refusal)
            self._ledger.changed.tell()

        def failed(error: BaseException) -> None:
            self._opening = ""
            self._ledger.changed.tell()
            outcome.set_exception(error)

        when_done(self._lookup.ask(serial), self._post, known, failed)
        return outcome

    def _start(
        self, serial: str, order: JobOrder, operation: Operation, work_master: WorkMaster, sha256: str, previous: str
    ) -> list[Fact]:
        job_id = self._new_id()
        facts = rules.start_job(
            job_id=job_id,
            serial=serial,
            order_id=order.id,
            operation=operation.id,
            product=order.product,
            work_master=work_master,
            sha256=sha256,
            previous_operation=previous,
        )
        return [*facts, self._state(PRODUCTIVE, "", job_id, serial)]

    def _open_instruction(self, order: JobOrder, operation: Operation) -> tuple[WorkMaster, str]:
        try:
            work_master, sha256 = self._library.open_for_job(operation.work_master_id, operation.work_master_version)
        except WorkMasterError as error:
            raise Refusal(f"{error}. Tell a supervisor; nothing was started.") from error
        if work_master.product != order.product:
            raise Refusal(
                f"Instruction {work_master.id} is for {work_master.product}, order {order.id} makes {order.product}."
            )
        return work_master, sha256

    def _refuse_finished(self, serial: str) -> None:
        hold = self._ledger.fold.held(serial)
        if hold is not None:
            raise Refusal(f"Unit {serial} is on hold: {hold.reason}. It needs a decision before work goes on.")
        if self._finished_here(serial):
            raise Refusal(f"Unit {serial} is already finished at this station.")

    def _finished_here(self, serial: str) -> bool:
        unit = self._ledger.fold.units.get(serial)
        return unit is not None and unit.state == ENDED

    def _judge(self, serial: str, order: JobOrder, operation: Operation, knowledge: UnitKnowledge) -> str:
        """How the previous operation stands: "first", "passed" or "unverified". Raises Refusal."""
        for status in knowledge.statuses:
            here = status.station == self._site.path
            if status.operation == operation.id and not here:
                if status.state in (RUNNING, INTERRUPTED):
                    raise Refusal(f"Unit {serial} is in work at {_name(status.station)}.")
                if status.outcome == Outcome.PASS:
                    raise Refusal(f"Unit {serial} has already passed {operation.title} at {_name(status.station)}.")
            if status.operation == operation.id and here and status.state == ENDED:
                raise Refusal(f"Unit {serial} is already finished at this station.")
            if status.held:
                raise Refusal(f"Unit {serial} is on hold. It needs a decision before work goes on.")
        previous = order.previous_operation(operation.id)
        if previous is None:
            return "first"
        if not knowledge.reached:
            if self._site.allow_unverified:
                return "unverified"
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

    # --- working -------------------------------------------------------------------------------------------------

    def confirm(self) -> Future[list[Row]]:
        """The big button: confirm what is asked for, or go to the next step."""
        self._ready()
        return self._commit(rules.confirm(self.job, self._ledger.clock.mono_ns()))

    def scan_component(self, scan: ComponentScan) -> Future[list[Row]]:
        """A component was scanned. Serial numbers are looked up at the server when it is reachable."""
        self._ready()
        used_in = self._ledger.fold.component_used_in.get(scan.serial) if scan.serial else None
        if not scan.serial or used_in is not None:
            return self._commit(rules.scan_component(self.job, scan, used_in, self._ledger.clock.mono_ns()))
        rules.scan_component(self.job, scan, None, 0)
        outcome: Future[list[Row]] = Future()

        def known(found: str | None) -> None:
            self._asking = ""
            try:
                facts = rules.scan_component(self.job, scan, found, self._ledger.clock.mono_ns())
                when_done(self._commit(facts), self._post, outcome.set_result, outcome.set_exception)
            except Refusal as refusal:
                outcome.set_exception(refusal)
            self._ledger.changed.tell()

        def failed(error: BaseException) -> None:
            self._asking = ""
            self._ledger.changed.tell()
            outcome.set_exception(error)

        self._asking = scan.serial
        self._ledger.changed.tell()
        when_done(self._lookup.component_used_in(scan.serial), self._post, known, failed)
        return outcome

    def measure(self, check_id: str, text: str, source: str = "keypad", gauge: str = "") -> Future[list[Row]]:
        """A reading was typed or came from a gauge."""
        self._ready()
        return self._commit(rules.measure(self.job, check_id, text, self._ledger.clock.mono_ns(), source, gauge))

    def capture_value(self, check_id: str) -> Future[list[Row]]:
        """Capture the check's tag as it is now."""
        self._ready()
        step = rules.current_step(self.job)
        check = step.check(check_id).check
        if not isinstance(check, MachineValueCheck):
            raise Refusal(f"“{check.title}” is not read from a machine.")
        if check.cycle_tag and self._tags.changed_since(check.cycle_tag, step.since_us / 1e6) is False:
            raise Refusal("The machine has made no cycle since this step began. Run it, then capture its value.")
        sample = self._tags.latest(check.tag)
        address = self._tags.address(check.tag)
        return self._commit(rules.capture_value(self.job, check_id, sample, address, self._ledger.clock.mono_ns()))

    def keep_photo(self, check_id: str, picture: rules.Picture) -> Future[list[Row]]:
        """A picture was taken and is stored."""
        self._ready()
        return self._commit(rules.keep_photo(self.job, check_id, picture, self._ledger.clock.mono_ns()))

    def keep_remark_photo(self, camera: str, picture: rules.Picture) -> Future[list[Row]]:
        """A picture that no check asked for was taken and is stored; it belongs to the current step."""
        self._ready()
        return self._commit(rules.keep_remark_picture(self.job, camera, picture))

    def repeat_step(self) -> Future[list[Row]]:
        """Begin the current step again."""
        self._ready()
        return self._commit(rules.repeat_step(self.job))

    def report_nonconformance(self, defect: str, description: str = "") -> Future[list[Row]]:
        """A defect was found: the unit is held and the job ends."""
        self._ready()
        return self._commit(rules.report_nonconformance(self.job, defect, description, self._new_id(), self._new_id()))

    def interrupt(self, reason: str) -> Future[list[Row]]:
        """Pause the job."""
        self._ready()
        facts = rules.interrupt_job(self.job, reason)
        return self._ledger.commit([*facts, self._state(STANDBY, reason, "", "")])

    def _ready(self) -> None:
        self._ledger.refuse_while_busy()
        looked_up = self._asking or self._opening
        if looked_up:
            raise Refusal(f"{looked_up} is being looked up. Wait a moment.")
        self._ledger.actor()

    def _commit(self, facts: list[Fact]) -> Future[list[Row]]:
        ended = any(getattr(fact, "state", "") == ENDED for fact in facts)
        return self._ledger.commit([*facts, self._state(STARVED, "waiting for units", "", "")] if ended else facts)

    def _state(self, state: int, reason: str, job_id: str, serial: str) -> EquipmentState:
        return EquipmentState(state=state, reason=reason, job_id=job_id, serial=serial)


def _name(station: str) -> str:
    return station.rsplit("/", 1)[-1]
