"""What a reading or a finding records: the sample, what it breaks on its control chart, a hold, and what follows in the step.

Everything of one commit is gathered here before anything is recorded; nothing is committed here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from station_app.domain import rules
from station_app.domain.checks import MeasureCheck
from station_app.domain.inspection.entry import Judged, judge_readings
from station_app.domain.inspection.gauges import GAUGE, too_coarse
from station_app.domain.inspection.plan import Action, Characteristic
from station_app.domain.inspection.results import Inspection
from station_app.domain.job import INSPECTION, Job, StepProgress
from station_app.domain.outcome import Outcome, ReadingError
from station_app.domain.records import AttributeInspected, ControlSignal, Fact, Hold, SampleMeasured
from station_app.domain.rules import Refusal
from station_app.domain.spc.live import FoundSignal
from station_app.domain.spc.points import ChartPoint, chart_id_of, made_point
from station_app.services.gauge_register import local_us
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary
from station_app.services.spc import ProcessControl

WITHOUT_SIGNATURE = ("condition", "optional")
"""How a step is left out without anybody's signature: its characteristics stay due."""


@dataclass(frozen=True, slots=True)
class Entering:
    """What arrived for one characteristic: the readings' texts, all that was sent (``raw_text``), and where it comes from.

    ``part`` is whose results a file says they are; empty where it says nothing.
    """

    characteristic: str
    texts: tuple[str, ...]
    source: str = "keypad"
    gauge: str = ""
    raw_text: str = ""
    piece: int = 1
    machine: str = ""
    tool: str = ""
    part: str = ""


@dataclass
class Gathered:
    """The facts of one commit: results, and apart from them what follows in the step; the points they make, by chart."""

    facts: list[Fact] = field(default_factory=list)
    going_on: list[Fact] = field(default_factory=list)
    points: dict[str, list[ChartPoint]] = field(default_factory=dict)

    @property
    def commit(self) -> list[Fact]:
        """Everything in its order: all results first, then going on, unless a broken rule keeps the unit here."""
        return [*self.facts, *([] if self.stopped else self.going_on)]

    def has(self, characteristic: str, piece: int) -> bool:
        """Whether a result of a characteristic and piece is among the facts."""
        samples = (fact for fact in self.facts if isinstance(fact, SampleMeasured | AttributeInspected))
        return any((sample.characteristic, sample.sample_no) == (characteristic, piece) for sample in samples)

    @property
    def stopped(self) -> bool:
        """Whether a broken rule keeps the unit here."""
        return any(isinstance(fact, ControlSignal) and fact.action != Action.NONE for fact in self.facts)


class EntryRules:
    """The rules of entering a result."""

    def __init__(
        self, ledger: Ledger, library: MasterLibrary, control: ProcessControl, new_id: Callable[[], str]
    ) -> None:
        self._ledger = ledger
        self._library = library
        self._control = control
        self._new_id = new_id

    def gather(
        self,
        gathered: Gathered,
        inspection: Inspection,
        wanted: Characteristic,
        entering: Entering,
        job: Job | None = None,
        most_decimals: int | None = None,
    ) -> None:
        """Add what the readings of a variable characteristic record: the sample, its signals, a hold, and what follows in the
        step. Raises Refusal.
        """
        self._refuse_other_unit(inspection, entering.part)
        superseded = self.refuse_result(inspection, wanted, entering.piece, gathered)
        gauge = self.gauge_for(wanted, entering.gauge, job)
        try:
            judged = judge_readings(wanted, entering.texts, most_decimals)
        except ReadingError as error:
            raise Refusal(str(error)) from error
        step, check_id = self._step(job, wanted)
        sample = self._sample(inspection, wanted, entering, judged, gauge, step, check_id, superseded)
        self._add(gathered, inspection, wanted, sample)
        current = step is not None and job is not None and step is job.current
        if current and sample.outcome is Outcome.PASS and step is not None and job is not None:
            mono_ns = self._ledger.clock.mono_ns()
            gathered.going_on += rules.advance(job, step, step.check(check_id), sample, mono_ns)

    def add_inspected(self, gathered: Gathered, inspection: Inspection, fact: AttributeInspected) -> None:
        """Add an attribute or count result with its signals."""
        wanted = inspection.plan.characteristic(fact.characteristic)
        assert wanted is not None
        self._add(gathered, inspection, wanted, fact)

    def refuse_result(
        self, inspection: Inspection, wanted: Characteristic, piece: int, gathered: Gathered | None = None
    ) -> str:
        """The record that a new result supersedes, empty for a first one. Raises Refusal when none may be entered now."""
        if inspection.closed:
            raise Refusal("This inspection is decided. Nothing can be entered any more.")
        if piece not in inspection.pieces(wanted):
            raise Refusal(_not_due(inspection, wanted, piece))
        if gathered is not None and gathered.has(wanted.id, piece):
            raise Refusal(f"“{wanted.title}” is there twice.")
        before = inspection.result(wanted.id, piece)
        if before is None:
            return ""
        if before.fact.sample_id in inspection.confirmed:
            raise Refusal(f"“{wanted.title}” is confirmed as a defect. It is not measured again here.")
        again = inspection.measured_again(wanted.id, piece)
        if again >= wanted.most_remeasurements:
            times = "was not to be measured again" if again == 0 else f"was measured again {_times(again)} already"
            raise Refusal(
                f"“{wanted.title}” {times}: the plan allows {wanted.most_remeasurements}. Confirm the result."
            )
        return before.rec_id

    def _refuse_other_unit(self, inspection: Inspection, part: str) -> None:
        """Raises Refusal for results that a file says are of another unit. "1" or "P-7" may be any machine's own counting."""
        serial = inspection.started.serial
        if not part or part == serial:
            return
        if any(part in order.serials for order in self._library.book.orders.values()):
            where = f"unit {serial}" if serial else f"lot {inspection.started.lot}"
            raise Refusal(f"These results are of unit {part}; {where} is inspected here. Open {part} first.")

    def gauge_for(self, wanted: Characteristic, named: str, job: Job | None) -> str:
        """The gauge that measures, after asking whether it may; only its class where the list has none. Raises Refusal."""
        tools = self._library.book.tools
        # the class alone names no gauge
        gauge = named if named != wanted.gauge_class else ""
        gauge = gauge or (job.tools.get(wanted.gauge_class, "") if job is not None else "")
        if not gauge:
            known = any(t.sort == GAUGE and t.tool_class == wanted.gauge_class for t in tools.values())
            if wanted.gauge_class and known:
                raise Refusal(f"Scan the gauge first: “{wanted.title}” needs a {wanted.gauge_class}.")
            return named
        self.refuse_gauge(gauge, wanted.gauge_class, wanted)
        return gauge

    def refuse_gauge(self, gauge: str, gauge_class: str, wanted: Characteristic | None = None) -> None:
        """Raises Refusal for a gauge that is unknown, of another class, not in service, past its calibration, or too coarse for
        what is measured.
        """
        tool = self._library.book.tools.get(gauge)
        if tool is None:
            raise Refusal(f"Gauge {gauge} is not known here. Use one that is in the gauge list.")
        fault = self._ledger.fold.quality.gauges.state(tool).fault(gauge_class, local_us(self._ledger.clock))
        if not fault and wanted is not None:
            fault = too_coarse(tool, wanted)
        if fault:
            raise Refusal(fault)

    def _step(self, job: Job | None, wanted: Characteristic) -> tuple[StepProgress | None, str]:
        """The step of the instruction that measures a characteristic, with its check. Raises Refusal when it is done."""
        for step in job.steps if job is not None else ():
            for check in step.checks:
                if isinstance(check.check, MeasureCheck) and check.check.characteristic == wanted.id:
                    if step.left_out in WITHOUT_SIGNATURE:
                        return None, ""  # the plan wants it all the same
                    if step.settled:
                        raise Refusal(
                            f"“{wanted.title}” belongs to step {step.no}, which is done. Do the step again first."
                        )
                    return step, check.check.id
        return None, ""

    def _sample(
        self,
        inspection: Inspection,
        wanted: Characteristic,
        entering: Entering,
        judged: Judged,
        gauge: str,
        step: StepProgress | None,
        check_id: str,
        superseded: str,
    ) -> SampleMeasured:
        started = inspection.started
        return SampleMeasured(
            job_id=started.job_id,
            serial=started.serial,
            order_id=started.order_id,
            operation=started.operation,
            step_id=INSPECTION if step is None else step.step.id,
            check_id=check_id,
            attempt=1 if step is None else step.attempt,
            supersedes=superseded,
            sample_id=self._new_id(),
            inspection_id=started.inspection_id,
            plan_id=started.plan_id,
            plan_version=started.plan_version,
            plan_sha256=started.plan_sha256,
            product=started.product,
            characteristic=wanted.id,
            lot=started.lot,
            sample_no=entering.piece,
            readings=judged.readings,
            statistic=str(wanted.statistic),
            value_text=judged.value_text,
            range_text=judged.range_text,
            unit=wanted.unit,
            nominal=_text(wanted.nominal),
            lower_limit=_text(wanted.lower),
            upper_limit=_text(wanted.upper),
            decimals=wanted.decimals,
            rounding=str(wanted.rounding),
            source=entering.source,
            gauge=gauge,
            gauge_class=wanted.gauge_class,
            raw_text=entering.raw_text or " ".join(entering.texts),
            machine=entering.machine,
            tool=entering.tool,
            outcome=judged.outcome,
        )

    def _add(
        self,
        gathered: Gathered,
        inspection: Inspection,
        wanted: Characteristic,
        sample: SampleMeasured | AttributeInspected,
    ) -> None:
        """The sample with its signals and, where the plan says so, a hold."""
        plan = inspection.plan
        chart_id = chart_id_of(plan.product, plan.operation, wanted.id)
        before = gathered.points.setdefault(chart_id, [])
        found = self._control.judge(plan, wanted, sample, before)
        point = made_point(sample, "", "", self._ledger.clock.wall_us(), self._ledger.clock.utc_offset_min())
        if point is not None:
            before.append(point)
        gathered.facts.append(sample)
        settings = wanted.chart
        if settings is None:
            return
        version = self._control.limits_version(chart_id, settings.chart)
        gathered.facts += [self._signal_of(signal, sample, chart_id, version, settings.action) for signal in found]
        broken = [signal for signal in found if not signal.warning]
        held = any(isinstance(fact, Hold) for fact in gathered.facts)
        if broken and settings.action is Action.HOLD and not held:
            reason = f"Control chart of {wanted.title}: {broken[0].rule_text}"
            lot = inspection.started.lot
            scope, subject = ("lot", lot) if lot else ("unit", sample.serial)
            gathered.facts.append(Hold(hold_id=self._new_id(), scope=scope, subject=subject, reason=reason))

    def _signal_of(
        self,
        signal: FoundSignal,
        sample: SampleMeasured | AttributeInspected,
        chart_id: str,
        version: int,
        action: Action,
    ) -> ControlSignal:
        """A broken rule, or a warning of one, as it is recorded beside the sample."""
        return ControlSignal(
            job_id=sample.job_id,
            serial=sample.serial,
            order_id=sample.order_id,
            operation=sample.operation,
            step_id=sample.step_id,
            check_id=sample.check_id,
            attempt=sample.attempt,
            signal_id=self._new_id(),
            chart_id=chart_id,
            limits_version=version,
            panel=signal.panel,
            rule=signal.rule,
            rule_text=signal.rule_text,
            point_id=signal.point_id,
            member_ids=signal.members,
            value_text=signal.value_text,
            warning=signal.warning,
            action=str(Action.NONE if signal.warning else action),
        )


def _not_due(inspection: Inspection, wanted: Characteristic, piece: int) -> str:
    pieces = inspection.pieces(wanted)
    if not pieces:
        return f"“{wanted.title}” is not due on this {'lot' if inspection.is_lot else 'unit'} by its sampling."
    return f"“{wanted.title}” is not inspected on piece {piece} of this lot: pieces {pieces[0]} to {pieces[-1]} are."


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _text(value: object) -> str:
    return "" if value is None else str(value)
