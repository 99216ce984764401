"""The trace of a unit: everything its records say, in whatever order they arrive."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.domain.log import ComponentUse
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    CallRaised,
    Comment,
    Signature,
)
from station_app.domain.trace import UnknownUnit, trace_unit
from station_app.domain.unit_trace import EvidencePresence, FlagCode, UnitState
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
    complete,
    complete_unit,
    job,
    moved,
    rows_of,
)

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
    text = "passed all operations so far: Assembly, Test run, Final inspection"
    assert (trace.state, trace.state_text) == (UnitState.PASSED, text)
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


# --- around the unit --------------------------------------------------------------------------------------------------


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
