"""A unit's trace as sections of rows, in the order in which somebody asks: how it stands, what to know, what was done."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication

from station_app.domain.outcome import Outcome
from station_app.domain.unit_trace import (
    Component,
    FlagCode,
    JobTrace,
    PictureTaken,
    UnitState,
    UnitTrace,
)
from station_app.ui.trace_steps import people_text, step_rows
from station_app.ui.trace_times import moment_text, short_moment_text, span_text
from station_app.ui.trace_trends import job_link
from station_app.ui.wording import duration_text as duration
from widgets.record_table import RecordPicture, RecordRow, RecordSection
from widgets.step_list import StepMark

translate = QCoreApplication.translate


_STATES = {
    UnitState.PASSED: StepMark.DONE,
    UnitState.FAILED: StepMark.FAILED,
    UnitState.ON_HOLD: StepMark.FAILED,
    UnitState.IN_WORK: StepMark.CURRENT,
    UnitState.ABORTED: StepMark.SKIPPED,
    UnitState.COMPONENT: StepMark.OPEN,
    UnitState.CREATED: StepMark.OPEN,
}


class TraceSections:
    """The sections of one trace; ``utc_offset_min`` is the zone in which times are read."""

    def __init__(self, trace: UnitTrace, utc_offset_min: int) -> None:
        self._trace, self._offset = trace, utc_offset_min

    def all(self) -> list[RecordSection]:
        """Every section that has something to say."""
        sections = [
            self._head(),
            self._remarks(),
            *map(self._job, self._trace.jobs),
            self._components(),
            self._used_in(),
        ]
        sections += [self._pictures(), self._stops(), self._calls(), self._people_said(), self._proof()]
        return [section for section in sections if section.rows or section.pictures]

    def _head(self) -> RecordSection:
        trace = self._trace
        rows = [RecordRow(translate("trace", "State"), trace.state_text, "", _STATES[trace.state])]
        if trace.product:
            title = trace.names.materials.get(trace.product, "")
            rows.append(
                RecordRow(translate("trace", "Product"), " · ".join(part for part in (trace.product, title) if part))
            )
        if trace.order_id:
            rows.append(RecordRow(translate("trace", "Order"), trace.order_id))
        if trace.first_us is not None and trace.last_us is not None:
            span = span_text(trace.first_us, trace.last_us, self._offset)
            count = (
                translate("trace", "1 record")
                if trace.record_count == 1
                else translate("trace", "{n} records").format(n=trace.record_count)
            )
            rows.append(RecordRow(translate("trace", "Recorded"), span, count))
        return RecordSection(translate("trace", "Unit {serial}").format(serial=trace.serial), tuple(rows))

    def _remarks(self) -> RecordSection:
        """What must be known before the rest is relied on. That the server was not reached stands above the page."""
        flags = [flag for flag in self._trace.flags if flag.code is not FlagCode.SERVER_NOT_REACHED]
        rows = [RecordRow(_flag_title(flag.code), flag.text, "", StepMark.OPEN) for flag in flags]
        return RecordSection(translate("trace", "To know"), tuple(rows))

    # --- jobs ----------------------------------------------------------------------------------------------------

    def _job(self, job: JobTrace) -> RecordSection:
        names = self._trace.names
        operation = names.operations.get(job.operation, job.operation)
        when = f"{self._time(job.started_us)} – " + translate("trace", "still open")
        if job.ended_us is not None:
            when = span_text(job.started_us, job.ended_us, self._offset)
        people = people_text(self._trace, job.people)
        rows = [
            RecordRow(translate("trace", "When"), when, people, trend_id=job_link(job)),
            RecordRow(
                translate("trace", "Instruction"),
                translate("trace", "{id} version {version}").format(
                    id=job.work_master_id, version=job.work_master_version
                ),
                f"SHA-256 {job.work_master_sha256[:16]}…",
            ),
        ]
        if job.reason:
            rows.append(RecordRow(translate("trace", "Reason"), job.reason))
        rows += step_rows(self._trace, job)
        for event in job.events:
            rows.append(RecordRow(self._time(event.origin.at_us), event.text, people_text(self._trace, event.people)))
        station = job.station.rsplit("/", 1)[-1]
        title = translate("trace", "{operation} at {station}").format(operation=operation, station=station)
        note = f"{job.outcome or job.state} · {duration(job.attended_s)}"
        return RecordSection(title, tuple(rows), note)

    # --- what belongs to it --------------------------------------------------------------------------------------

    def _components(self) -> RecordSection:
        rows = [row for component in self._trace.components for row in self._component(component)]
        return RecordSection(translate("trace", "Components"), tuple(rows))

    def _component(self, component: Component) -> Iterator[RecordRow]:
        title = self._trace.names.materials.get(component.material, component.material)
        when = self._time(component.origin.at_us)
        out = translate("trace", "taken out again") if component.detached else ""
        note = " · ".join(part for part in (out, when) if part)
        if not component.component_serial:
            text = translate("trace", "Lot {lot}, {n:g} pieces").format(lot=component.lot, n=component.quantity)
            yield RecordRow(
                title,
                text if component.quantity != 1 else translate("trace", "Lot {lot}").format(lot=component.lot),
                note,
            )
            return
        yield RecordRow(title, component.component_serial, note, None, component.component_serial)
        for use in component.uses:
            if use.used_in != self._trace.serial:
                gone = translate("trace", " (taken out)") if use.detached else ""
                yield RecordRow(
                    translate("trace", "also used in"),
                    use.used_in + gone,
                    use.station.rsplit("/", 1)[-1],
                    None,
                    use.used_in,
                )

    def _used_in(self) -> RecordSection:
        rows = [
            RecordRow(
                use.station.rsplit("/", 1)[-1],
                use.used_in,
                translate("trace", "taken out again") if use.detached else "",
                None,
                use.used_in,
            )
            for use in self._trace.used_in
        ]
        return RecordSection(translate("trace", "Used in"), tuple(rows))

    def _pictures(self) -> RecordSection:
        pictures = tuple(RecordPicture(p.sha256, self._caption(p)) for p in self._trace.pictures)
        here = sum(picture.presence.local for picture in self._trace.pictures)
        stored = sum(picture.presence.server is True for picture in self._trace.pictures)
        count = (
            translate("trace", "1 picture")
            if len(pictures) == 1
            else translate("trace", "{n} pictures").format(n=len(pictures))
        )
        note = count + translate("trace", " · {here} here · {stored} on the server").format(here=here, stored=stored)
        return RecordSection(translate("trace", "Pictures"), (), note if pictures else "", pictures)

    def _caption(self, picture: PictureTaken) -> str:
        if picture.original_sha256:
            return translate("trace", "copy with marks · {time}").format(
                time=short_moment_text(picture.origin.at_us, self._offset)
            )
        view = {"failure": translate("trace", "failed check"), "remark": translate("trace", "remark")}.get(
            picture.view, picture.view or picture.camera
        )
        refused = "" if picture.outcome is Outcome.PASS else translate("trace", " · refused")
        return f"{view} · {short_moment_text(picture.origin.at_us, self._offset)}{refused}"

    # --- what happened beside the work ---------------------------------------------------------------------------

    def _stops(self) -> RecordSection:
        rows = []
        for defect in self._trace.nonconformances:
            text = ": ".join(part for part in (defect.defect, defect.description) if part)
            rows.append(
                RecordRow(
                    translate("trace", "Nonconformance"),
                    text,
                    self._who(defect.origin.actor, defect.origin.at_us),
                    StepMark.FAILED,
                )
            )
        for hold in self._trace.holds:
            placed = self._who(hold.placed.actor, hold.placed.at_us)
            if hold.released is None:
                rows.append(RecordRow(translate("trace", "On hold"), hold.reason, placed, StepMark.FAILED))
            else:
                text = translate("trace", "{reason}, released: {why}").format(
                    reason=hold.reason, why=hold.release_reason
                )
                rows.append(RecordRow(translate("trace", "Hold"), text, placed, StepMark.DONE))
        return RecordSection(translate("trace", "Defects and holds"), tuple(rows))

    def _calls(self) -> RecordSection:
        rows = []
        for call in self._trace.calls:
            text = ": ".join(part for part in (call.reason, call.text) if part)
            answered = (
                translate("trace", "answered") if call.answered is not None else translate("trace", "not answered")
            )
            label = translate("trace", "Andon") if call.call == "andon" else translate("trace", "Problem")
            rows.append(RecordRow(label, text, f"{answered} · {self._who(call.raised.actor, call.raised.at_us)}"))
        for alarm in self._trace.alarms:
            last = alarm.transitions[-1] if alarm.transitions else None
            note = f"{last.transition} · {self._time(last.origin.at_us)}" if last is not None else ""
            rows.append(RecordRow(translate("trace", "Alarm"), alarm.text, note))
        return RecordSection(translate("trace", "Calls and alarms"), tuple(rows))

    def _people_said(self) -> RecordSection:
        rows = [
            RecordRow(translate("trace", "Remark"), c.text, self._who(c.origin.actor, c.origin.at_us))
            for c in self._trace.comments
        ]
        rows += [
            RecordRow(translate("trace", "Signature"), s.printed_name, f"{s.meaning} · {self._time(s.origin.at_us)}")
            for s in self._trace.signatures
        ]
        rows += [
            RecordRow(
                translate("trace", "Rule set aside"), f"{o.rule}: {o.reason}", self._who(o.approved_by, o.origin.at_us)
            )
            for o in self._trace.overrides
        ]
        return RecordSection(translate("trace", "Said and signed"), tuple(rows))

    def _proof(self) -> RecordSection:
        rows = [
            RecordRow(
                f"{head.station.rsplit('/', 1)[-1]} · {head.chan}",
                translate("trace", "record {n} of epoch {epoch}").format(n=head.seq, epoch=head.epoch),
                f"{head.hash[:32]}…",
            )
            for head in self._trace.heads
        ]
        return RecordSection(
            translate("trace", "Proof"),
            tuple(rows),
            translate("trace", "hash of the last record, stands for all before it"),
        )

    def _time(self, us: int) -> str:
        return moment_text(us, self._offset)

    def _who(self, actor: str, at_us: int) -> str:
        return f"{self._trace.names.person(actor)} · {self._time(at_us)}"


def _flag_title(code: FlagCode) -> str:
    return code.value.replace("_", " ").capitalize()
