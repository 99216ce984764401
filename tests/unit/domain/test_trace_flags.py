"""What a trace says of a unit beside its work: corrections, holds, and everything that is doubtful."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from station_app.domain.log import ComponentUse
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    Comment,
    Hold,
    HoldReleased,
    StepState,
)
from station_app.domain.trace import trace_unit
from station_app.domain.unit_trace import EvidencePresence, FlagCode, UnitState
from tests.records import (
    ASM10,
    ASM20,
    INS30,
    ORDER,
    StationLog,
    job,
    rows_of,
)


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
