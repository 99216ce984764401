"""The checks of a step: one verb for each way to pass one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from concurrent.futures import Future

from drivers.base import Sample
from station_app.domain import rules
from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.checks import ChoiceCheck, MachineValueCheck, MeasureCheck, TighteningCheck
from station_app.domain.job import StepProgress
from station_app.domain.machine_watch import HoldWatch, Window
from station_app.domain.permissions import Permission
from station_app.domain.records import Fact
from station_app.domain.rules import Refusal
from station_app.domain.scan import ComponentScan, ToolScan
from station_app.services.lookups import ComponentKnowledge
from station_app.services.machine_watching import StepWatches, open_waits
from station_app.services.posting import when_done
from station_app.services.workbench import Workbench

Saving = Future[list[Row]]


class Checking(Workbench):
    """What a person does at the step in work. Every verb may raise Refusal."""

    def confirm(self) -> Saving:
        """The big button: confirm what is asked for, or go to the next step."""
        self._ready_on_step()
        return self._commit(rules.confirm(self.job, self._mono_ns()))

    # --- scanned -----------------------------------------------------------------------------------------------------

    def scan_component(self, scan: ComponentScan) -> Saving:
        """A component was scanned. Serial numbers are looked up at the server when it is reachable."""
        self._ready_on_step()
        self._refuse_held(scan)
        used_in = self._ledger.fold.component_used_in.get(scan.serial) if scan.serial else None
        if not scan.serial or used_in is not None:
            return self._commit(self._component(scan, used_in))
        self._component(scan, None)
        outcome: Saving = Future()

        def known(found: ComponentKnowledge) -> None:
            self._asking = ""
            try:
                if found.held:
                    raise Refusal(_on_hold(scan.serial))
                when_done(
                    self._commit(self._component(scan, found.used_in)),
                    self._post,
                    outcome.set_result,
                    outcome.set_exception,
                )
            except Refusal as refusal:
                outcome.set_exception(refusal)
            self._ledger.changed.tell()

        def failed(error: BaseException) -> None:
            self._asking = ""
            self._ledger.changed.tell()
            outcome.set_exception(error)

        self._asking = scan.serial
        self._ledger.changed.tell()
        when_done(self._lookup.component(scan.serial), self._post, known, failed)
        return outcome

    def _refuse_held(self, scan: ComponentScan) -> None:
        """Raises Refusal for a component, or a lot of material, that is on hold here."""
        fold = self._ledger.fold
        hold = fold.held_as("unit", scan.serial) if scan.serial else fold.held_as("lot", scan.lot)
        if hold is not None:
            raise Refusal(_on_hold(scan.serial or scan.lot, hold.reason))

    def _component(self, scan: ComponentScan, used_in: str | None) -> list[Fact]:
        job = self.job
        step = rules.current_step(job)
        before = self._ledger.fold.installed_before(job, step.step.id) if job is not None else {}
        return rules.scan_component(job, scan, used_in, self._mono_ns(), self.today(), before)

    def scan_tool(self, scan: ToolScan) -> Saving:
        """A tool, gauge or fixture was scanned. One that may not be used is recorded with the reason and passes nothing."""
        self._ready_on_step()
        tool = self._ledger.fold.quality.gauges.state(scan.tool).tool_now
        return self._commit(rules.scan_tool(self.job, tool, self.today(), self._mono_ns()))

    # --- measured ----------------------------------------------------------------------------------------------------

    def measure(self, check_id: str, text: str, source: str = "keypad", gauge: str = "") -> Saving:
        """A reading was typed or came from a gauge; a named gauge must be known, in service, calibrated and of the class.

        The class alone names no gauge: then it is the one of the class that was scanned last, else only the class is recorded.
        """
        step = self._ready_on_step()
        if self._governing is not None:
            governed = self._governing.entry(self.job, check_id, text, source, gauge)
            if governed is not None:
                return self._commit(governed)
        check = next((c.check for c in step.checks if c.check.id == check_id), None)
        gauge_class = check.gauge_class if isinstance(check, MeasureCheck) else ""
        if gauge and gauge != gauge_class:
            self._refuse_gauge(gauge, gauge_class)
        elif gauge and self.job is not None:
            gauge = self.job.tools.get(gauge_class, gauge)
        return self._commit(rules.measure(self.job, check_id, text, self._mono_ns(), source, gauge))

    def measure_from_tag(self, check_id: str) -> Saving:
        """Take what the connected gauge shows."""
        check = self._ready_on_step().check(check_id).check
        sample = self._tags.latest(check.tag) if isinstance(check, MeasureCheck) else None
        text = rules.tag_text(sample)
        if self._governing is not None and text and isinstance(check, MeasureCheck):
            governed = self._governing.entry(self.job, check_id, text, check.tag, "")
            if governed is not None:
                return self._commit(governed)
        return self._commit(rules.measure_from_tag(self.job, check_id, sample, self._mono_ns()))

    def _refuse_gauge(self, gauge: str, gauge_class: str) -> None:
        tool = self._library.book.tools.get(gauge)
        if tool is None:
            raise Refusal(f"Gauge {gauge} is not known here. Use one that is in the gauge list.")
        tool = self._ledger.fold.quality.gauges.state(tool).tool_now
        fault = rules.tool_fault(tool, gauge_class, self.today())
        if fault:
            raise Refusal(fault)

    # --- machines ----------------------------------------------------------------------------------------------------

    def capture_value(self, check_id: str) -> Saving:
        """Take the check's tag: as it is now, held for the wanted time, or summed up over the step."""
        step = self._ready_on_step()
        check = step.check(check_id).check
        if not isinstance(check, MachineValueCheck):
            raise Refusal(f"“{check.title}” is not read from a machine.")
        address = self._tags.address(check.tag)
        if check.mode != "capture":
            return self._commit(self._watched(check, address))
        self._refuse_without_cycle(check.cycle_tag, step)
        if check.cycle_tag and self._tags.is_behind(check.tag, check.cycle_tag, self._ledger.clock.wall_us() / 1e6):
            raise Refusal("The machine's cycle has just ended and its value is on its way. Take it in a moment.")
        sample = self._tags.latest(check.tag)
        return self._commit(rules.capture_value(self.job, check_id, sample, address, self._mono_ns()))

    def _refuse_without_cycle(self, cycle_tag: str, step: StepProgress) -> None:
        """Raises Refusal unless a machine has made a cycle since the step began: what it shows may be the unit before's."""
        if cycle_tag and self._tags.latest(cycle_tag) is None:
            raise Refusal(f"{cycle_tag} has delivered no value yet. Look at the machine's connection.")
        made = self._tags.changed_since(cycle_tag, step.since_us / 1e6) if cycle_tag else True
        if made is None:
            raise Refusal(
                "The station was started in this step and cannot know whether the machine has made its cycle. Run it again, or "
                "have the check set aside by a signature."
            )
        if not made:
            raise Refusal("The machine has made no cycle since this step began. Run it, then take its value.")

    def _watched(self, check: MachineValueCheck, address: str) -> list[Fact]:
        watches = self._watches()
        if check.mode == "wait":
            return rules.record_held(self.job, check.id, watches.holds[check.id], address, self.now())
        return rules.record_window(self.job, check.id, watches.windows[check.id], address, self.now())

    def hold(self, check_id: str) -> HoldWatch | None:
        """How a wait stands: its newest value, and for how long it holds (``held_s(mono_ns)``); None without one."""
        watches = self._watching.follow(self.job, (), self._mono_ns())
        return None if watches is None else watches.holds.get(check_id)

    def awaits_cycle(self, check_id: str) -> bool:
        """Whether a check's value is still that of the unit before: the machine has to make its cycle first."""
        job = self.job
        step = job.current if job is not None else None
        check = (
            next((each.check for each in step.checks if each.check.id == check_id), None) if step is not None else None
        )
        if step is None or not isinstance(check, MachineValueCheck) or not check.cycle_tag:
            return False
        return not self._tags.changed_since(check.cycle_tag, step.since_us / 1e6)

    def held_s(self, check_id: str) -> float:
        """For how many seconds a wait's value has stayed within its limits."""
        watch = self.hold(check_id)
        return 0.0 if watch is None else watch.held_s(self._mono_ns())

    def window(self, check_id: str) -> Window | None:
        """What a window's value has been since the step began; None without such a check."""
        watches = self._watching.follow(self.job, (), self._mono_ns())
        watch = None if watches is None else watches.windows.get(check_id)
        job = self.job
        if watch is None or job is None or job.current is None:
            return None
        return watch.result(self._mono_ns(), job.current.lasted_s(self.now()))

    def follow(self, samples: Sequence[Sample]) -> None:
        """Samples have come, or just time: a wait that is fulfilled and a cycle of a tool are recorded by themselves.

        Called about every 50 ms. Nothing is recorded while nobody is signed in, or while the last action is being saved.
        """
        mono_ns = self._mono_ns()
        watches = self._watching.follow(self.job, samples, mono_ns)
        job = self.job
        if watches is None or job is None or job.current is None or self.occupied or self._ledger.person is None:
            return
        if not self._due(watches, mono_ns):
            return
        try:
            self._record_due(watches, mono_ns)
        except Refusal:
            return  # not allowed now (a gate is closed): whoever acts by hand is told why

    def _due(self, watches: StepWatches, mono_ns: int) -> bool:
        held = any(watch.held_s(mono_ns) > 0 and watch.inside for watch in watches.holds.values())
        return held or any(cycle.due_ns is not None and cycle.due_ns <= mono_ns for cycle in watches.cycles.values())

    def _record_due(self, watches: StepWatches, mono_ns: int) -> None:
        step = self._ready_on_step()
        for progress in open_waits(step):
            check = progress.check
            if isinstance(check, MachineValueCheck) and watches.holds[check.id].held_s(mono_ns) >= check.hold_s:
                self.capture_value(check.id)
                return
        for check_id, cycle in watches.cycles.items():
            if cycle.due_ns is not None and cycle.due_ns <= mono_ns:
                cycle.due_ns = None
                self._take_tightening(step, check_id)
                return

    def _watches(self) -> StepWatches:
        watches = self._watching.follow(self.job, (), self._mono_ns())
        assert watches is not None, "a step is in work"
        return watches

    # --- tightening --------------------------------------------------------------------------------------------------

    def tighten(self, check_id: str, torque_text: str, angle_text: str = "", index: int | None = None) -> Saving:
        """A tightening was typed; without an index it is the next screw: the first that failed, else the first that is open."""
        self._ready_on_step()
        return self._commit(rules.tighten(self.job, check_id, torque_text, angle_text, self._mono_ns(), index))

    def take_tightening(self, check_id: str) -> Saving:
        """Take the connected tool's newest result; each of its cycles is taken once."""
        step = self._ready_on_step()
        check = step.check(check_id).check
        if isinstance(check, TighteningCheck):
            self._refuse_without_cycle(check.cycle_tag, step)
        return self._take_tightening(step, check_id)

    def _take_tightening(self, step: StepProgress, check_id: str) -> Saving:
        check = step.check(check_id).check
        if not isinstance(check, TighteningCheck):
            raise Refusal(f"“{check.title}” is no tightening.")
        torque, angle = self._tags.latest(check.torque_tag), self._tags.latest(check.angle_tag)
        counter = self._tags.latest(check.cycle_tag) if check.cycle_tag else None
        result_id = "" if counter is None or counter.value is None else str(counter.value)
        facts = rules.take_tightening(self.job, check_id, torque, angle, result_id, self._mono_ns())
        return self._commit(facts)

    # --- answered ----------------------------------------------------------------------------------------------------

    def choose(self, check_id: str, option_id: str, reason: str = "") -> Saving:
        """An answer was chosen, with a reason where it asks for one."""
        check = self._ready_on_step().check(check_id).check
        known: tuple[str, ...] = ()
        if isinstance(check, ChoiceCheck):
            known = next((self.reasons(o.reasons) for o in check.options if o.id == option_id), ())
        return self._commit(rules.choose(self.job, check_id, option_id, reason, known, self._mono_ns()))

    def reasons(self, list_id: str) -> tuple[str, ...]:
        """The reasons of a list of the master data; empty for an unknown one."""
        return self._library.book.reasons.get(list_id, ())

    def enter_text(self, check_id: str, text: str) -> Saving:
        """A text was typed or scanned."""
        self._ready_on_step()
        return self._commit(rules.enter_text(self.job, check_id, text, self._mono_ns()))

    def enter_number(self, check_id: str, text: str) -> Saving:
        """A number was typed."""
        self._ready_on_step()
        return self._commit(rules.enter_number(self.job, check_id, text, self._mono_ns()))

    def complete_checklist(
        self, check_id: str, in_order: Collection[str], not_in_order: Collection[str] = ()
    ) -> Saving:
        """Every line of a checklist was answered."""
        self._ready_on_step()
        return self._commit(rules.complete_checklist(self.job, check_id, in_order, not_in_order, self._mono_ns()))

    def keep_photo(self, check_id: str, picture: rules.Picture) -> Saving:
        """A picture was taken and is stored."""
        self._ready_on_step()
        return self._commit(rules.keep_photo(self.job, check_id, picture, self._mono_ns()))

    def keep_remark_photo(self, camera: str, picture: rules.Picture) -> Saving:
        """A picture that no check asked for was taken and is stored; it belongs to the current step."""
        self._ready()
        return self._commit(rules.keep_remark_picture(self.job, camera, picture))

    # --- waited, signed ----------------------------------------------------------------------------------------------

    def start_timer(self, check_id: str) -> Saving:
        """A waiting time begins."""
        self._ready_on_step()
        return self._commit(rules.start_timer(self.job, check_id))

    def finish_timer(self, check_id: str, early: bool = False) -> Saving:
        """Go on after a waiting time; refused before it is over unless it is ended ``early``, which fails the check."""
        self._ready_on_step()
        return self._commit(rules.finish_timer(self.job, check_id, self.now(), early))

    def sign(self, check_id: str, approval: Approval) -> Saving:
        """A person signs the step. ``approval`` comes from :class:`station_app.services.people.People`."""
        self._ready()
        self._refuse_while_stopped()
        return self._commit(rules.sign(self.job, check_id, approval, self._mono_ns()))

    def override_check(self, check_id: str, reason: str, approval: Approval) -> Saving:
        """A check is set aside by the signature of a permitted person who is not the one at work."""
        self._ready()
        self._refuse_while_stopped()
        self._permit_other(approval, Permission.OVERRIDE_CHECK)
        return self._commit(rules.override_check(self.job, check_id, reason, approval, self._mono_ns()))


def _on_hold(text: str, reason: str = "") -> str:
    why = f": {reason}" if reason else ""
    return f"{text} is on hold{why}. It needs a decision before it is built in. Take another one."
