"""A unit's trace as sections: everything is said, nothing twice, and who did it."""

from __future__ import annotations

import pytest

from station_app.domain.outcome import Outcome
from station_app.domain.records import ChoiceMade, HandOver, StepSkipped, TimerStarted
from station_app.domain.trace import trace_unit
from station_app.domain.unit_trace import UnitTrace
from station_app.ui.trace_times import moment_text, short_moment_text, span_text
from station_app.ui.trace_words import TraceSections
from tests.records import MORNING_US, NAMES, SERIAL, JobLog, StationLog, complete_unit
from widgets.record_table import RecordSection
from widgets.step_list import StepMark


@pytest.fixture(scope="module")
def trace() -> UnitTrace:
    unit = complete_unit()
    return trace_unit(SERIAL, unit.rows, uses=unit.uses, evidence=unit.evidence, names=NAMES)


@pytest.fixture(scope="module")
def sections(trace: UnitTrace) -> dict[str, RecordSection]:
    return {section.title: section for section in TraceSections(trace, 0).all()}


def rows(section: RecordSection) -> list[tuple[str, str]]:
    return [(row.label, str(row.value)) for row in section.rows]


def test_the_unit_comes_first_with_its_state(sections: dict[str, RecordSection]) -> None:
    title, head = next(iter(sections.items()))
    assert title == f"Unit {SERIAL}"
    assert head.rows[0].label == "State" and head.rows[0].mark is not None


def test_every_job_has_its_section_with_every_value(sections: dict[str, RecordSection], trace: UnitTrace) -> None:
    text = "\n".join(str(row.value) for section in sections.values() for row in section.rows)
    for measured in trace.measurements():
        assert measured.value_text in text
    assert sum(" at " in title and title != "Said and signed" for title in sections) == len(trace.jobs)


def test_whatever_else_was_recorded_is_said() -> None:
    log = StationLog("ACME/Brno/Hall1/Line1/ASM-10", "p-anna", seed="else")
    job = JobLog(log, "job-else", SERIAL, "10")
    job.state(0, "Running")
    job.step(1, "look", 1, "Look at the seat", "started")
    on_step = {**job.on_unit, "step_id": "look", "check_id": "burrs"}
    log.add(TimerStarted(required_s=60.0, **on_step), 2)
    log.add(ChoiceMade(choice="good", text="Good", outcome=Outcome.PASS, **on_step), 3)
    job.step(4, "look", 1, "Look at the seat", "completed", 1, Outcome.PASS, 3.0)
    left_out = {**on_step, "step_id": "deburr", "check_id": ""}
    log.add(StepSkipped(step_no=2, title="Deburr", cause="condition", reason="It is good.", **left_out), 4)
    log.add(HandOver(from_person="p-anna", to_person="p-mo", note="half done", **job.on_unit), 5)
    trace = trace_unit(SERIAL, log.rows, uses={}, evidence={}, names=NAMES)
    found = [row for section in TraceSections(trace, 0).all() for row in section.rows]
    said = {str(row.value): row for row in found}
    assert said["timer: started, 60 s"].mark is None
    assert said["chosen: Good"].mark is StepMark.DONE
    assert said["left out: not needed, it is good"].mark is StepMark.SKIPPED
    assert "handed over: half done" in said and "not finished" not in said


def test_every_component_picture_defect_and_call_is_named(sections: dict[str, RecordSection], trace: UnitTrace) -> None:
    components = " ".join(str(row.value) for row in sections["Components"].rows)
    for component in trace.components:
        assert (component.component_serial or component.lot) in components
    assert [p.picture_id for p in sections["Pictures"].pictures] == [p.sha256 for p in trace.pictures]
    stops = " ".join(str(row.value) for row in sections["Defects and holds"].rows)
    for defect in trace.nonconformances:
        assert defect.defect in stops


def test_a_component_with_a_serial_number_leads_on(sections: dict[str, RecordSection]) -> None:
    links = [row.link_id for row in sections["Components"].rows if row.link_id]
    assert links


def test_what_was_replaced_says_so(sections: dict[str, RecordSection], trace: UnitTrace) -> None:
    replaced = [m for m in trace.measurements() if m.superseded_by]
    assert replaced
    found = [row for section in sections.values() for row in section.rows if row.note.startswith("replaced")]
    assert len(found) >= len(replaced)


def test_the_station_itself_is_no_person(sections: dict[str, RecordSection]) -> None:
    for section in sections.values():
        assert all(", station" not in row.note for row in section.rows if row.label == "When")


def test_every_chain_head_is_there_for_proof(sections: dict[str, RecordSection], trace: UnitTrace) -> None:
    assert len(sections["Proof"].rows) == len(trace.heads)


def test_marks_say_pass_and_fail(sections: dict[str, RecordSection]) -> None:
    marks = {row.mark for section in sections.values() for row in section.rows}
    assert {StepMark.DONE, StepMark.FAILED} <= marks


def test_times_say_the_day_once_and_survive_nonsense() -> None:
    assert moment_text(MORNING_US, 60) == "2026-11-20 08:00:00"
    assert short_moment_text(MORNING_US, 0) == "11-20 07:00"
    assert span_text(MORNING_US, MORNING_US + 61_000_000, 0) == "2026-11-20 07:00:00 – 07:01:01"
    assert span_text(MORNING_US, MORNING_US + 86_400_000_000, 0) == "2026-11-20 07:00:00 – 2026-11-21 07:00:00"
    far = 10**20
    assert moment_text(far, 0) == short_moment_text(far, 0) == f"{far} µs"
