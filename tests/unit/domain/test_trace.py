"""The trace of a unit: everything its records say, in whatever order they arrive."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.domain.log import ComponentUse, LoggedRow
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    CallRaised,
    Comment,
    Hold,
    HoldReleased,
    Signature,
    StepState,
)
from station_app.domain.trace import UnknownUnit, trace_unit
from station_app.domain.unit_trace import EvidencePresence, FlagCode, UnitState, UnitTrace
from tests.records import (
    ASM10,
    ASM20,
    BEARING,
    INS30,
    MORNING_US,
    NAMES,
    ORDER,
    PICTURE_FINAL,
    PRODUCT,
    SERIAL,
    JobLog,
    StationLog,
    complete_unit,
    moved,
)


def complete() -> UnitTrace:
    unit = complete_unit()
    return trace_unit(SERIAL, unit.rows, uses=unit.uses, evidence=unit.evidence, names=NAMES)


def job(station: str = ASM10, operation: str = "10", serial: str = "U", offset_ms: int | None = 0) -> JobLog:
    return JobLog(StationLog(station, offset_ms=offset_ms), f"job-{station}-{operation}", serial, operation)


def rows_of(*jobs: JobLog) -> list[LoggedRow]:
    return [row for one in jobs for row in one.log.rows]


# --- a complete unit -----------------------------------------------------------------------------------------------


def test_order_product_jobs_and_work_masters() -> None:
    trace = complete()
    assert (trace.serial, trace.order_id, trace.product) == (SERIAL, ORDER, PRODUCT)
    assert [(j.station, j.operation, j.state, j.outcome) for j in trace.jobs] == [
        (ASM10, "10", "Ended", Outcome.PASS),
        (ASM20, "20", "Ended", Outcome.PASS),
        (INS30, "30", "Ended", Outcome.PASS),
    ]
    assert [j.previous_operation for j in trace.jobs] == ["first", "unverified", "passed"]
    first = trace.jobs[0]
    assert (first.work_master_id, first.work_master_version) == ("WI-10", "3.1")
    assert first.work_master_sha256 == hashlib.sha256(b"10").hexdigest()
    assert (first.started_us, first.ended_us) == (MORNING_US, MORNING_US + 141_000_000)
    assert trace.jobs[1].started_us == MORNING_US + 300_000_000 - 350_000
    assert first.attended_s == 81.5 + 43.0
    assert [(c.state, c.reason) for c in trace.jobs[1].changes][1] == ("Interrupted", "test bench does not answer")


def test_steps_with_attempts_times_and_people() -> None:
    press, tighten = complete().jobs[0].steps
    assert [(s.step_no, s.title, s.outcome) for s in (press, tighten)] == [
        (1, "Press the bearing", Outcome.PASS),
        (2, "Tighten the cover", Outcome.PASS),
    ]
    first, second = press.attempts
    assert (first.started_us, first.completed_us, first.outcome) == (MORNING_US + 1_000_000, None, None)
    assert (second.started_us, second.completed_us) == (MORNING_US + 75_000_000, MORNING_US + 97_000_000)
    assert (second.attended_s, second.outcome, second.people) == (81.5, Outcome.PASS, ("p-anna",))
    assert [c.text for c in tighten.attempts[0].confirmations] == ["Cover is seated"]


def test_measurements_keep_their_text_and_say_by_how_much_they_are_out() -> None:
    typed, corrected, runout = complete().jobs[2].steps[0].attempts[0].measurements
    assert (typed.value_text, typed.lower_limit, typed.upper_limit, typed.unit) == ("20.142", "19.980", "20.021", "mm")
    assert (typed.outcome, typed.excess) == (Outcome.FAIL, "+0.121")
    assert typed.excess_text == "0.121 mm above the limit."
    assert typed.superseded_by == corrected.origin.rec_id and not corrected.superseded_by
    assert (corrected.excess, runout.value_text, runout.gauge, runout.source) == ("", "0.0125", "DI-03", "gauge")


def test_machine_values_with_quality_status_and_both_times() -> None:
    force = complete().jobs[0].steps[0].attempts[0].machine_values[0]
    assert (force.tag, force.quality, force.status, force.excess) == ("Press.Force", "Good", "Good", "-1.2")
    assert (force.source_us, force.received_us) == (MORNING_US + 19_920_000, MORNING_US + 19_940_000)
    bad = complete().jobs[1].steps[0].attempts[0].machine_values[0]
    assert (bad.quality, bad.status, bad.outcome, bad.excess) == ("Bad", "BadCommunicationError", Outcome.ERROR, "")
    assert len(complete().machine_values()) == 5 and len(complete().measurements()) == 4


def test_components_with_where_each_was_used() -> None:
    scored, bearing, screws = complete().components
    assert (scored.component_serial, scored.detached) == ("BRG-55009", True)
    assert [d.reason for d in scored.detachments] == ["damaged"]
    assert (bearing.component_serial, bearing.detached, bearing.step_id, bearing.attempt) == (
        BEARING,
        False,
        "press",
        2,
    )
    assert [use.used_in for use in bearing.uses] == [SERIAL]
    assert (screws.lot, screws.quantity, screws.uses) == ("L-2026-117", 4, ())


def test_pictures_with_hash_faults_and_where_they_are() -> None:
    top, blurred, final = complete().pictures
    assert final.sha256 == hashlib.sha256(PICTURE_FINAL).hexdigest()
    assert (blurred.outcome, blurred.faults[0][:25]) == (Outcome.FAIL, "The picture is blurred: 0")
    assert [p.presence for p in (top, blurred, final)] == [
        EvidencePresence(local=False, server=True),
        EvidencePresence(local=True, server=False),
        EvidencePresence(local=True, server=True),
    ]


def test_what_happened_beside_the_steps() -> None:
    trace = complete()
    (call,), (alarm,), (hold,), (signed,) = trace.calls, trace.alarms, trace.holds, trace.signatures
    assert (call.call, call.reason, call.answer, call.answered and call.answered.actor) == (
        "problem",
        "part damaged",
        "Take a new bearing",
        "p-mo",
    )
    assert [t.transition for t in alarm.transitions] == ["raised", "acknowledged", "cleared"]
    assert (hold.scope, hold.reason, hold.release_reason) == (
        "unit",
        "scratch on the cover",
        "cosmetic, accepted by quality",
    )
    assert (signed.printed_name, signed.meaning, signed.job_id) == (
        "Mo Okafor",
        "Inspected and released",
        f"job-{SERIAL}-30",
    )
    assert [c.text for c in trace.comments] == ["Slight hum at 1500 rpm, within tolerance"]
    assert [(o.rule, o.origin.chan) for o in trace.overrides] == [("previous operation passed", "audit")]
    assert [d.defect for d in trace.nonconformances] == ["scratch"]
    assert [s.state for s in trace.station_states] == [1000]


def test_count_heads_times_and_names() -> None:
    unit, trace = complete_unit(), complete()
    assert trace.record_count == len(unit.rows)
    last = unit.logs[ASM10].rows[-1].row
    assert (trace.heads[0].station, trace.heads[0].seq, trace.heads[0].hash) == (ASM10, last.seq, last.hash.hex())
    assert [(head.station, head.chan) for head in trace.heads] == [
        (ASM10, "rec"), (ASM20, "audit"), (ASM20, "rec"), (INS30, "rec"),
    ]  # fmt: skip
    assert (trace.first_us, trace.last_us) == (MORNING_US, MORNING_US + 746_120_000)
    assert trace.names == NAMES and trace.names.person("p-jun") == "Jun Watanabe"
    assert trace.names.person("p-unknown") == "p-unknown"


def test_the_state_and_flags_of_a_complete_unit() -> None:
    trace = complete()
    assert (trace.state, trace.state_text) == (UnitState.PASSED, "passed all operations so far: 10, 20, 30")
    assert [flag.code for flag in trace.flags] == [
        FlagCode.UNVERIFIED_PREVIOUS,
        FlagCode.NONCONFORMANCE,
    ]


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_neither_arrival_order_nor_copies_matter(data: st.DataObject) -> None:
    unit = complete_unit()
    copies = [
        moved(row, 2, row.row.seq + 100) if data.draw(st.booleans()) else replace(row, received_us=None)
        for row in data.draw(st.lists(st.sampled_from(unit.rows), max_size=12))
    ]
    shuffled = data.draw(st.permutations(unit.rows + copies))
    traced = trace_unit(SERIAL, shuffled, uses=unit.uses, evidence=unit.evidence, names=NAMES)
    assert traced == complete()


def test_records_of_other_units_change_nothing() -> None:
    other = complete_unit("GR-1002")
    unit = complete_unit()
    rows = unit.rows + other.rows
    assert trace_unit(SERIAL, rows, uses=unit.uses, evidence=unit.evidence, names=NAMES) == complete()


def test_an_unknown_serial_is_an_error() -> None:
    with pytest.raises(UnknownUnit, match="GR-100"):
        trace_unit("GR-100", complete_unit().rows)


# --- states ---------------------------------------------------------------------------------------------------------


def test_in_work_and_interrupted_name_the_station() -> None:
    one = job()
    one.state(0, "Running")
    trace = trace_unit("U", rows_of(one))
    assert (trace.state, trace.station) == (UnitState.IN_WORK, ASM10)
    assert trace.state_text == "in work at ASM-10, operation 10"
    one.state(1, "Interrupted", reason="lunch")
    assert trace_unit("U", rows_of(one)).state_text == "interrupted at ASM-10, operation 10"


def test_the_last_job_of_an_operation_counts() -> None:
    first, again = job(), JobLog(StationLog(ASM20), "job-2", "U", "10")
    first.state(0, "Running")
    first.state(5, "Ended", Outcome.FAIL)
    assert trace_unit("U", rows_of(first)).state is UnitState.FAILED
    again.state(10, "Running")
    working = trace_unit("U", rows_of(again, first))
    assert (working.state, working.station) == (UnitState.IN_WORK, ASM20)
    again.state(15, "Ended", Outcome.PASS)
    done = trace_unit("U", rows_of(again, first))
    assert done.state is UnitState.PASSED
    flag = done.flag(FlagCode.OPERATION_AT_TWO_STATIONS)
    assert flag is not None and ASM10 in flag.text and ASM20 in flag.text and len(flag.rec_ids) == 2


@pytest.mark.parametrize(
    ("outcome", "text"),
    [
        (Outcome.FAIL, f"operation 10 failed at {ASM10}"),
        (Outcome.ERROR, f"operation 10 ended with an equipment error at {ASM10}"),
        (None, f"operation 10 ended unjudged at {ASM10}"),
    ],
)
def test_an_operation_that_did_not_pass_fails_the_unit_though_a_later_one_passed(
    outcome: Outcome | None, text: str
) -> None:
    one, two = job(), job(ASM20, "20")
    one.state(0, "Running")
    one.state(5, "Ended", outcome)
    two.state(10, "Running")
    working = trace_unit("U", rows_of(one, two))
    assert working.state_text == f"in work at ASM-20, operation 20; {text}"
    two.state(15, "Ended", Outcome.PASS)
    trace = trace_unit("U", rows_of(one, two))
    assert (trace.state, trace.state_text) == (UnitState.FAILED, text)


def test_aborted() -> None:
    one = job()
    one.state(0, "Running")
    one.state(5, "Aborted", Outcome.ABORTED)
    assert trace_unit("U", rows_of(one)).state is UnitState.ABORTED


@pytest.mark.parametrize(("scope", "subject"), [("unit", "U"), ("order", ORDER), ("lot", "L1"), ("unit", "C1")])
def test_an_open_hold_on_the_unit_its_order_or_what_is_in_it(scope: str, subject: str) -> None:
    one, elsewhere = job(), StationLog(INS30)
    one.state(0, "Running")
    one.consume(1, "s", "M", lot="L1")
    one.consume(1, "s", "N", component="C1")
    one.state(5, "Ended", Outcome.PASS)
    elsewhere.add(Hold(hold_id="h", scope=scope, subject=subject, reason="suspect"), 9)
    held = trace_unit("U", [*one.log.rows, *elsewhere.rows])
    assert (held.state, held.state_text) == (UnitState.ON_HOLD, f"on hold ({scope} {subject}): suspect")
    elsewhere.add(HoldReleased(hold_id="h", reason="checked"), 10)
    freed = trace_unit("U", [*one.log.rows, *elsewhere.rows])
    assert freed.state is UnitState.PASSED and freed.holds[0].released is not None
    assert freed.record_count == held.record_count + 1


def test_a_hold_on_what_was_taken_out_again_does_not_hold_the_unit() -> None:
    one = job()
    one.consume(1, "s", "M", lot="L1", qty=2)
    one.detach(2, "s", "M", lot="L1", qty=2)
    one.log.add(Hold(hold_id="h", scope="lot", subject="L1", reason="suspect"), 9)
    one.log.add(Hold(hold_id="h2", scope="unit", subject="V", reason="other unit"), 9)
    trace = trace_unit("U", one.log.rows)
    assert trace.holds == () and trace.state is UnitState.IN_WORK


def test_a_serial_known_only_as_a_component_or_from_a_remark() -> None:
    rows = complete_unit().rows
    part = trace_unit(BEARING, rows)
    assert part.state is UnitState.COMPONENT and part.jobs == () and part.record_count == 1
    assert part.used_in == (ComponentUse("BRG-6204", BEARING, SERIAL, ASM10, False),)
    assert trace_unit("BRG-55009", rows).used_in[0].detached is True
    log = StationLog(ASM10)
    log.add(Comment(text="arrived", serial="NEW"), 1)
    assert trace_unit("NEW", log.rows).state is UnitState.CREATED


# --- components -----------------------------------------------------------------------------------------------------


def test_partly_removed_quantities_and_removal_without_attachment() -> None:
    one = job()
    one.consume(1, "s", "M", lot="L1", qty=4)
    one.detach(2, "s", "M", lot="L1", qty=1)
    stray = one.detach(3, "s", "M", lot="L9")
    trace = trace_unit("U", one.log.rows)
    assert (trace.components[0].detached, len(trace.components[0].detachments)) == (False, 1)
    flag = trace.flag(FlagCode.DETACHED_UNATTACHED)
    assert flag is not None and flag.rec_ids == (stray.row.rec_id,)


def test_two_parts_of_one_lot_are_taken_out_one_after_the_other() -> None:
    one = job()
    for at_s in (1, 2):
        one.consume(at_s, "s", "M", lot="L1")
    one.detach(3, "s", "M", lot="L1")
    assert [part.detached for part in trace_unit("U", one.log.rows).components] == [False, True]
    one.detach(4, "s", "M", lot="L1")
    both = trace_unit("U", one.log.rows)
    assert [part.detached for part in both.components] == [True, True] and both.flags == ()


def test_a_component_put_in_again_after_it_was_taken_out() -> None:
    one = job()
    one.consume(1, "s", "M", component="C")
    one.detach(2, "s", "M", component="C")
    one.consume(3, "s", "M", component="C")
    assert [part.detached for part in trace_unit("U", one.log.rows).components] == [True, False]
    assert [use.detached for use in trace_unit("C", one.log.rows).used_in] == [False]


def test_a_component_that_is_in_two_units_is_flagged() -> None:
    one = job()
    one.consume(1, "s", "M", component="C")
    uses = {"C": [ComponentUse("M", "C", "U", ASM10, False), ComponentUse("M", "C", "V", ASM20, False)]}
    flag = trace_unit("U", one.log.rows, uses=uses).flag(FlagCode.COMPONENT_USED_TWICE)
    assert flag is not None and flag.text == "Component M C is also in V."
    gone = {"C": [ComponentUse("M", "C", "V", ASM20, True)]}
    assert trace_unit("U", one.log.rows, uses=gone).flags == ()
    other = job(ASM20, "10", serial="W")
    other.consume(2, "s", "M", component="C")
    flag = trace_unit("U", rows_of(one, other)).flag(FlagCode.COMPONENT_USED_TWICE)
    assert flag is not None and flag.text == "Component M C is also in W."
    one.detach(2, "s", "M", component="C")
    assert trace_unit("U", one.log.rows, uses=uses).flags == ()


def test_a_corrected_component_stays_and_is_marked() -> None:
    one = job()
    wrong = one.consume(1, "s", "M", lot="L1")
    one.consume(2, "s", "M", lot="L2", supersedes=wrong.row.rec_id)
    old, new = trace_unit("U", one.log.rows).components
    assert old.superseded_by == new.origin.rec_id and new.superseded_by == ""


# --- corrections and flags --------------------------------------------------------------------------------------------


def test_a_correction_reaches_its_value_whatever_the_clocks_said() -> None:
    wrong_clock, here = job(INS30, "30", offset_ms=None), job(ASM20, "30")
    typed = here.measure(500, "s", "d", "d", "1.5", "mm", ("1", "2"), Outcome.PASS)
    wrong_clock.measure(1, "s", "d", "d", "1.6", "mm", ("1", "2"), Outcome.PASS, supersedes=typed.row.rec_id)
    marked = {m.value_text: bool(m.superseded_by) for m in trace_unit("U", rows_of(here, wrong_clock)).measurements()}
    assert marked == {"1.5": True, "1.6": False}


def test_a_corrected_step_completion_does_not_count() -> None:
    one = job()
    one.step(1, "s", 1, "Step", "started")
    one.step(5, "s", 1, "Step", "completed", 1, Outcome.FAIL, 4.0)
    wrong = one.log.rows[-1].row.rec_id
    right = StepState(
        step_id="s", step_no=1, title="Step", state="completed", outcome=Outcome.PASS, attended_s=3.5, supersedes=wrong,
        **one.on_unit,
    )  # fmt: skip
    one.log.add(right, 6)
    (step,) = trace_unit("U", one.log.rows).jobs[0].steps
    assert (step.outcome, step.attempts[0].attended_s) == (Outcome.PASS, 3.5)


def test_a_corrected_step_completion_does_not_count_though_its_clock_is_ahead() -> None:
    ahead, here = job(ASM10, "10"), job(ASM20, "10")
    ahead.job_id = here.job_id
    ahead.step(500, "s", 1, "Step", "completed", 1, Outcome.FAIL, 4.0)
    wrong = ahead.log.rows[-1].row.rec_id
    right = StepState(
        step_id="s", step_no=1, title="Step", state="completed", outcome=Outcome.PASS, supersedes=wrong, **here.on_unit
    )
    here.log.add(right, 6)
    (step,) = trace_unit("U", rows_of(ahead, here)).jobs[0].steps
    assert step.outcome is Outcome.PASS


def test_different_content_under_one_identity_is_flagged() -> None:
    one, other = job(), job(ASM20)
    one.log.add(Comment(text="genuine", serial="U"), 1, rec_id="r")
    other.log.add(Comment(text="other", serial="U"), 2, rec_id="r")
    for rows in (rows_of(one, other), rows_of(other, one)):
        trace = trace_unit("U", rows)
        assert [c.text for c in trace.comments] == ["genuine"] and trace.record_count == 1
        assert trace.flag(FlagCode.CONTRADICTED) is not None
        assert trace.contradictions[0].others == ((ASM20, "rec", 1, 1),)


@pytest.mark.parametrize(("offset_ms", "text"), [(2600, "2.6 s behind"), (-3000, "3.0 s ahead of"), (2000, "")])
def test_a_clock_more_than_two_seconds_off_is_flagged(offset_ms: int, text: str) -> None:
    one = job(offset_ms=offset_ms)
    one.state(0, "Running")
    flag = trace_unit("U", one.log.rows).flag(FlagCode.CLOCK_OFFSET)
    assert (flag is not None) == bool(text)
    assert flag is None or text in flag.text


def test_records_that_wait_are_flagged_unless_the_server_has_them() -> None:
    one = job()
    one.state(0, "Running")
    one.state(1, "Interrupted")
    served, local = one.log.rows[0], replace(one.log.rows[1], received_us=None)
    waiting = {served.row.rec_id, local.row.rec_id}
    trace = trace_unit("U", [served, local], waiting=waiting, server_fault="The server was not reached.")
    flag = trace.flag(FlagCode.WAITING)
    assert flag is not None and flag.rec_ids == (local.row.rec_id,) and flag.text.startswith("1 record waits")
    assert trace.flag(FlagCode.SERVER_NOT_REACHED) is not None and not trace.server_reached


def test_unreadable_records_that_name_the_unit_are_kept() -> None:
    one = job()
    one.log.add_body("moon_phase", b'{"serial":"U","phase":3}', 1)
    one.log.add_body("moon_phase", b'{"serial":"U2"}', 1)
    trace = trace_unit("U", one.log.rows)
    assert [(u.origin.kind, "not known" in u.problem) for u in trace.unreadable] == [("moon_phase", True)]
    assert trace.flag(FlagCode.UNREADABLE) is not None


def test_a_job_that_names_two_work_masters_is_flagged() -> None:
    one = job()
    one.state(0, "Running")
    one.state(1, "Ended", Outcome.PASS, work_master_sha256="ff" * 32)
    assert trace_unit("U", one.log.rows).flag(FlagCode.WORK_MASTER_CHANGED) is not None


def test_a_picture_that_is_nowhere_known_is_flagged() -> None:
    one = job()
    shot = one.photo(1, "s", b"x")
    key = hashlib.sha256(b"x").hexdigest()
    flag = trace_unit("U", one.log.rows).flag(FlagCode.EVIDENCE_MISSING)
    assert flag is not None and flag.rec_ids == (shot.row.rec_id,)
    for presence in (EvidencePresence(local=True, server=None), EvidencePresence(local=False, server=True)):
        assert trace_unit("U", one.log.rows, evidence={key: presence}).flags == ()


def test_records_that_only_follow_from_the_units_own() -> None:
    one, elsewhere = job(), StationLog(INS30)
    measured = one.measure(1, "s", "d", "d", "1.5", "mm", ("1", "2"), Outcome.PASS)
    elsewhere.add(Comment(text="about the job", job_id=one.job_id), 2)
    elsewhere.add(Comment(text="about nothing"), 2)
    base: dict[str, Any] = {
        "person_id": "p",
        "printed_name": "P",
        "meaning": "Reviewed",
        "signed_hashes": (),
        "method": "PIN",
    }
    elsewhere.add(Signature(signed_ids=(measured.row.rec_id,), **base), 3)
    elsewhere.add(Signature(signed_ids=("something else",), **base), 3)
    elsewhere.add(CallRaised(call_id="c", call="andon", reason="help", serial="V"), 4)
    trace = trace_unit("U", [*one.log.rows, *elsewhere.rows])
    assert trace.record_count == 3 and len(trace.signatures) == 1 and trace.calls == ()
    assert [c.text for c in trace.comments] == ["about the job"]


def test_a_subassembly_is_both_a_unit_and_a_component() -> None:
    sub, parent = job(serial="SUB"), job(ASM20, "20", serial="TOP")
    sub.state(0, "Running")
    sub.state(1, "Ended", Outcome.PASS)
    parent.consume(5, "s", "GR-40", component="SUB")
    trace = trace_unit("SUB", rows_of(sub, parent))
    assert (trace.state, [use.used_in for use in trace.used_in]) == (UnitState.PASSED, ["TOP"])
    assert [j.station for j in trace.jobs] == [ASM10] and trace.components == ()


def test_limits_that_are_no_numbers_give_no_excess() -> None:
    one = job()
    one.measure(1, "s", "d", "d", "abc", "mm", ("1", "2"), Outcome.ERROR)
    one.measure(2, "s", "d", "d", "3", "mm", ("one", "2"), Outcome.FAIL)
    assert [m.excess for m in trace_unit("U", one.log.rows).measurements()] == ["", ""]
