"""From step to step: conditions, leaving out, doing again, rework; and what relies on a step that is done again."""

from __future__ import annotations

import pytest

from station_app.domain import rules
from station_app.domain.chain import AUDIT
from station_app.domain.checks import (
    ChoiceCheck,
    ConfirmCheck,
    MeasureCheck,
    NumberCheck,
    Option,
    SignatureCheck,
    TextCheck,
)
from station_app.domain.job import ABORTED, Mark, dependents
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    CheckOverridden,
    Measurement,
    Override,
    ReworkStarted,
    StepReopened,
    StepSigned,
    StepSkipped,
    StepState,
    WorkTime,
)
from station_app.domain.rules import Refusal
from station_app.domain.work_master import Condition, Variant
from tests.unit.domain.rules.bench import ANNA, MARA, TOM, JobBench, limits, only, signed, step, work_master


def confirm(id: str, **rest: object):  # type: ignore[no-untyped-def]  # a Step, by its id
    return step(id, ConfirmCheck(id=id, title=id.title()), **rest)


ASK = ChoiceCheck(
    id="side", title="Side", options=(Option(id="left", text="Left side"), Option(id="right", text="Right side"))
)
LEFT = Condition(step="ask", check="side", answers=("left",))
RIGHT = Condition(step="ask", check="side", answers=("right",))
MASTER = work_master(
    step("ask", ASK),
    confirm("left", conditions=(LEFT,)),
    confirm("right", conditions=(RIGHT,)),
    confirm("after-left", conditions=(Condition(step="left", check="left"),)),
    confirm("wipe", optional=True),
    step(
        "play",
        MeasureCheck(id="play", title="Play", characteristic="play", limits=limits("0.05", "0.15", "mm")),
        rework_step="wipe",
    ),
    step("sign", SignatureCheck(id="sign", title="Release", role="inspector", meaning="released")),
)


@pytest.fixture
def bench() -> JobBench:
    return JobBench(MASTER)


def answer(bench: JobBench, option: str) -> None:
    bench.commit(rules.choose(bench.job, "side", option, "", (), 0))


def press(bench: JobBench, times: int = 1) -> None:
    for _ in range(times):
        bench.commit(rules.confirm(bench.job, 0))


@pytest.mark.parametrize(
    ("option", "done", "left_out"),
    [("left", ["left", "after-left"], ["right"]), ("right", ["right"], ["left", "after-left"])],
)
def test_an_answer_decides_which_steps_are_done(
    bench: JobBench, option: str, done: list[str], left_out: list[str]
) -> None:
    answer(bench, option)
    passed = []
    while bench.step_id != "wipe":
        passed.append(bench.step_id)
        press(bench)
    assert passed == done
    skipped = [fact_id for fact_id, mark in bench.marks().items() if mark is Mark.SKIPPED]
    assert skipped == left_out
    assert {bench.job.step(name).left_out for name in left_out} == {"condition"}


def test_a_left_out_step_says_why_in_its_record(bench: JobBench) -> None:
    facts = bench.commit(rules.choose(bench.job, "side", "right", "", (), 0))
    skipped = only(facts, StepSkipped)
    assert (skipped.step_id, skipped.cause, skipped.reason) == (
        "left",
        "condition",
        "“Side” was answered “Right side”.",
    )


def test_a_mandatory_step_is_never_left_out_without_a_signature(bench: JobBench) -> None:
    with pytest.raises(Refusal, match="Step 1 is mandatory"):
        rules.skip_step(bench.job, "no time")
    with pytest.raises(Refusal, match="Say why"):
        rules.skip_step(bench.job, " ", signed(MARA))
    skipped = rules.skip_step(bench.job, "no parts", signed(MARA))
    fact = next(fact for fact in bench.commit(skipped) if isinstance(fact, StepSkipped))
    assert [f.rule for f in skipped if isinstance(f, Override)] == ["mandatory step 1 Ask"]
    assert (fact.cause, fact.approved_by, fact.printed_name, fact.reason) == (
        "override",
        "mara",
        "Mara Lindt",
        "no parts",
    )


def test_an_optional_step_is_left_out_by_anybody(bench: JobBench) -> None:
    answer(bench, "right")
    press(bench)
    assert only(bench.commit(rules.skip_step(bench.job, "")), StepSkipped).cause == "optional"
    assert (bench.step_id, bench.marks()["wipe"]) == ("play", Mark.SKIPPED)


def test_an_optional_step_is_no_way_around_a_failure() -> None:
    play = MeasureCheck(id="play", title="Play", characteristic="play", limits=limits("0.05", "0.15", "mm"))
    bench = JobBench(work_master(step("play", play, optional=True), confirm("pack")))
    bench.commit(rules.measure(bench.job, "play", "0.30", 0))
    with pytest.raises(Refusal, match=r"Step 1 has a failure: “Play”\. It can be left out only with the signature"):
        rules.skip_step(bench.job, "not needed")
    bench.commit(rules.repeat_step(bench.job))
    with pytest.raises(Refusal, match="Step 1 has a failure"):
        rules.skip_step(bench.job, "not needed")
    assert only(bench.commit(rules.skip_step(bench.job, "concession", signed(MARA))), StepSkipped).cause == "override"
    assert bench.step_id == "pack"


def test_a_number_is_compared_by_its_value() -> None:
    count = NumberCheck(id="count", title="Count", decimals=1)
    extra = confirm("extra", conditions=(Condition(step="ask", check="count", answers=("5", "7.50")),))
    for typed, needed in (("5.0", True), ("7.5", True), ("05", True), ("5.1", False)):
        bench = JobBench(work_master(step("ask", count), extra, confirm("pack")))
        facts = bench.commit(rules.enter_number(bench.job, "count", typed, 0))
        assert (bench.step_id == "extra") == needed, typed
        if not needed:
            assert only(facts, StepSkipped).reason == "“Count” was answered “5.1”."


def test_steps_for_other_variants_are_left_out_from_the_start() -> None:
    variants = (Variant(id="small", product="GX-40"), Variant(id="large", product="GX-63"))
    master = work_master(
        confirm("only-large", conditions=(Condition(variants=("large",)),)), confirm("all"), variants=variants
    )
    small, large = JobBench(master, "GX-40"), JobBench(master, "GX-63")
    assert (small.step_id, large.step_id) == ("all", "only-large")
    assert small.kinds() == ["job_state", "job_parameters", "step_skipped", "step_state"]
    with pytest.raises(Refusal, match="no step for this product"):
        JobBench(work_master(confirm("x", conditions=(Condition(variants=("large",)),)), variants=variants))


def test_what_was_set_aside_is_no_answer_and_what_was_answered_before_stays_one() -> None:
    failing = ChoiceCheck(
        id="paint", title="Paint", options=(Option(id="good", text="Good"), Option(id="bad", text="Bad", passes=False))
    )
    touch_up = confirm("touch-up", conditions=(Condition(step="look", check="paint", answers=("bad",)),))
    master = work_master(step("look", failing), confirm("between"), touch_up, confirm("pack"))
    unanswered, answered = JobBench(master), JobBench(master)
    unanswered.commit(rules.override_check(unanswered.job, "paint", "bad", signed(MARA), 0))
    press(unanswered)
    assert unanswered.step_id == "pack", "the reason of a signature answers nothing"
    answered.commit(rules.choose(answered.job, "paint", "bad", "", (), 0))
    answered.commit(rules.override_check(answered.job, "paint", "can be touched up", signed(MARA), 0))
    press(answered)
    assert answered.step_id == "touch-up"


# --- again -------------------------------------------------------------------------------------------------------------


def test_what_relies_on_a_step_is_found_also_through_others() -> None:
    assert dependents(MASTER, "ask") == {"left", "right", "after-left", "sign"}
    assert dependents(MASTER, "left") == {"after-left", "sign"}
    assert dependents(MASTER, "play") == {"sign"}


def test_another_answer_brings_other_steps_and_keeps_what_was_recorded(bench: JobBench) -> None:
    answer(bench, "left")
    press(bench, 3)
    assert bench.step_id == "play"
    facts = bench.commit(rules.reopen_step(bench.job, "ask", "wrong side"))
    reopened = only(facts, StepReopened)
    assert (reopened.attempt, reopened.from_step, reopened.reason) == (2, "play", "wrong side")
    assert bench.step_id == "ask"
    answer(bench, "right")
    assert bench.step_id == "right"
    assert bench.marks()["left"] is Mark.SKIPPED, "it was done, and is not needed now"
    press(bench)
    assert bench.step_id == "play", "wipe stays done; after-left is left out"
    assert bench.marks()["after-left"] is Mark.SKIPPED
    assert bench.kinds().count("check_confirmed") == 4, "every record is kept"


def test_only_what_relies_on_it_is_done_again(bench: JobBench) -> None:
    answer(bench, "left")
    press(bench, 3)
    bench.commit(rules.reopen_step(bench.job, "left", "loose"))
    press(bench)
    assert bench.step_id == "after-left", "its condition names the step that was done again"
    assert bench.step.attempt == 2
    press(bench)
    assert bench.step_id == "play"


def test_the_step_where_the_work_stood_begins_anew(bench: JobBench) -> None:
    answer(bench, "right")
    press(bench, 2)
    bench.commit(rules.measure(bench.job, "play", "0.9", 0))
    bench.commit(rules.reopen_step(bench.job, "wipe", "dust"))
    press(bench)
    assert (bench.step_id, bench.step.attempt, bench.check("play").mark) == ("play", 2, Mark.OPEN)


def test_only_a_step_that_was_done_is_done_again(bench: JobBench) -> None:
    for step_id, why in (("ask", "Repeat it instead"), ("play", "has not been done"), ("nowhere", "no such step")):
        with pytest.raises(Refusal, match=why):
            rules.reopen_step(bench.job, step_id, "x")
    answer(bench, "left")
    with pytest.raises(Refusal, match="Say why"):
        rules.reopen_step(bench.job, "ask", " ")
    press(bench)
    with pytest.raises(Refusal, match="has not been done"):
        rules.reopen_step(bench.job, "right", "left out by its condition")
    assert [earlier.step.id for earlier in rules.earlier_steps(bench.job)] == ["ask", "left"]


# --- rework ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def failing(bench: JobBench) -> JobBench:
    answer(bench, "right")
    press(bench, 2)
    bench.commit(rules.measure(bench.job, "play", "0.9", 0))
    return bench


def test_rework_goes_back_and_everything_from_there_is_done_again(failing: JobBench) -> None:
    facts = failing.commit(rules.start_rework(failing.job, "r1", ""))
    rework = only(facts, ReworkStarted)
    assert (rework.from_step, rework.to_step, rework.reason) == ("play", "wipe", "Play has failed")
    assert (failing.step_id, failing.step.attempt) == ("wipe", 2)
    press(failing)
    assert (failing.step_id, failing.step.attempt, failing.check("play").mark) == ("play", 2, Mark.OPEN)
    passed = only(failing.commit(rules.measure(failing.job, "play", "0.10", 0)), Measurement)
    assert (passed.attempt, passed.supersedes) == (2, ""), "the first result stays as it was"
    assert failing.step_id == "sign"


def test_rework_is_bounded(failing: JobBench) -> None:
    for number in range(2):
        failing.commit(rules.start_rework(failing.job, f"r{number}", "", 2))
        press(failing)
        failing.commit(rules.measure(failing.job, "play", "0.9", 0))
    with pytest.raises(Refusal, match="went back from step 6 2 times already"):
        rules.start_rework(failing.job, "r3", "", 2)


def test_where_the_site_allows_no_rework_it_says_so(failing: JobBench) -> None:
    with pytest.raises(Refusal, match="allows no rework at this station"):
        rules.start_rework(failing.job, "r1", "", 0)


def test_rework_needs_a_failure_and_a_step_to_go_to(bench: JobBench) -> None:
    with pytest.raises(Refusal, match="Nothing has failed"):
        rules.start_rework(bench.job, "r", "")
    text = step("t", ChoiceCheck(id="c", title="C", options=(Option(id="no", text="No", passes=False),)))
    other = JobBench(work_master(text))
    other.commit(rules.choose(other.job, "c", "no", "", (), 0))
    with pytest.raises(Refusal, match="names no step for rework"):
        rules.start_rework(other.job, "r", "")


# --- signatures --------------------------------------------------------------------------------------------------------


@pytest.fixture
def signing(bench: JobBench) -> JobBench:
    answer(bench, "right")
    press(bench, 2)
    bench.commit(rules.measure(bench.job, "play", "0.10", 0))
    assert bench.step_id == "sign"
    return bench


def test_a_signature_covers_every_record_by_its_hash(signing: JobBench) -> None:
    rows = {row.rec_id: row for row in signing.rows}
    facts = signing.commit(rules.sign(signing.job, "sign", signed(TOM), 0))
    fact = facts[0]
    assert isinstance(fact, StepSigned)
    assert (fact.person_id, fact.printed_name, fact.meaning, fact.method) == (
        "tom",
        "Tom Brandt",
        "released",
        "badge and PIN",
    )
    assert [rows[rec_id].hash.hex() for rec_id in fact.signed_ids] == list(fact.signed_hashes)
    kinds = {rows[rec_id].kind for rec_id in fact.signed_ids}
    assert {"choice_made", "check_confirmed", "measurement", "step_state", "step_skipped"} <= kinds
    assert signing.job.outcome is Outcome.PASS


def test_who_did_the_work_and_who_lacks_the_role_cannot_sign(signing: JobBench) -> None:
    with pytest.raises(Refusal, match="Mara Lindt cannot sign as inspector"):
        rules.sign(signing.job, "sign", signed(MARA), 0)
    signing.person = "tom"
    signing.commit(rules.hand_over(signing.job, "tom"))
    with pytest.raises(Refusal, match="Tom Brandt has worked on it"):
        rules.sign(signing.job, "sign", signed(TOM), 0)


def test_a_superseded_reading_is_not_signed(bench: JobBench) -> None:
    answer(bench, "right")
    press(bench, 2)
    bench.commit(rules.measure(bench.job, "play", "0.9", 0))
    failed = bench.rows[-1].rec_id
    bench.commit(rules.measure(bench.job, "play", "0.10", 0))
    assert failed not in [record.rec_id for record in rules.signed_by(bench.job, bench.step)]


def test_a_signature_comes_after_the_other_checks_of_its_step() -> None:
    check = SignatureCheck(id="sign", title="Release", role="inspector", meaning="ok", other_person=False)
    bench = JobBench(work_master(step("both", ConfirmCheck(id="c", title="Clean"), check)))
    with pytest.raises(Refusal, match="“Clean” comes before the signature"):
        rules.sign(bench.job, "sign", signed(TOM), 0)
    press(bench)
    bench.commit(rules.sign(bench.job, "sign", signed(TOM), 0))
    assert bench.job.outcome is Outcome.PASS


def test_a_redone_step_is_signed_again(signing: JobBench) -> None:
    signing.commit(rules.reopen_step(signing.job, "wipe", "dust"))
    press(signing)
    assert signing.step_id == "sign"
    ids = [record.rec_id for record in rules.signed_by(signing.job, signing.step)]
    wiped = [row.rec_id for row in signing.rows if row.kind == "check_confirmed"]
    assert wiped[-1] in ids and wiped[-2] not in ids, "the attempt that counts is signed"


def test_what_is_measured_after_the_signature_is_signed_again() -> None:
    play = MeasureCheck(id="play", title="Play", characteristic="play", limits=limits("0.05", "0.15", "mm"))
    sign = SignatureCheck(id="sign", title="Release", role="inspector", meaning="released")
    bench = JobBench(work_master(step("play", play, sign, advance=False)))
    bench.commit(rules.measure(bench.job, "play", "0.10", 0))
    first = only(bench.commit(rules.sign(bench.job, "sign", signed(TOM), 0)), StepSigned)
    bench.commit(rules.measure(bench.job, "play", "0.12", 0))
    with pytest.raises(Refusal, match="“Release” is still open"):
        rules.complete_step(bench.job, 0)
    second = only(bench.commit(rules.sign(bench.job, "sign", signed(TOM), 0)), StepSigned)
    assert set(first.signed_ids) & set(second.signed_ids) < set(first.signed_ids)
    assert second.supersedes, "both are kept"
    bench.commit(rules.complete_step(bench.job, 0))
    assert bench.step_id == ""


def test_an_override_counts_as_skipped_and_lets_the_work_go_on(failing: JobBench) -> None:
    with pytest.raises(Refusal, match="Say why"):
        rules.override_check(failing.job, "play", "", signed(MARA), 0)
    facts = failing.commit(rules.override_check(failing.job, "play", "concession 12", signed(MARA), 0))
    fact = only(facts, CheckOverridden)
    assert fact.supersedes, "the failed reading is kept"
    audited = only(facts, Override)
    assert (audited.rule, audited.approved_by, audited.chan) == ("check “Play” of step 6 Play", "mara", AUDIT)
    completed = [f for f in facts if isinstance(f, StepState) and f.state == "completed"]
    assert [f.outcome for f in completed] == [Outcome.SKIPPED]
    assert (failing.marks()["play"], failing.step_id) == (Mark.SKIPPED, "sign")
    with pytest.raises(Refusal, match="another step"):
        rules.override_check(failing.job, "play", "again", signed(MARA), 0)


def test_nobody_sets_their_own_work_aside_also_after_it_was_handed_over(failing: JobBench) -> None:
    """Anna measured, Tom has taken over: Anna is not at work any more, and still judges her own work."""
    failing.person = "tom"
    failing.commit(rules.hand_over(failing.job, "tom"))
    with pytest.raises(Refusal, match="Anna Keller has worked on this step"):
        rules.override_check(failing.job, "play", "concession 12", signed(ANNA), 0)
    with pytest.raises(Refusal, match="Anna Keller has worked on this step"):
        rules.skip_step(failing.job, "no parts", signed(ANNA))
    failing.person = "anna"
    failing.commit(rules.repeat_step(failing.job))
    assert rules.skip_step(failing.job, "no parts", signed(ANNA)), "of the new attempt nothing is done yet"


# --- the end -----------------------------------------------------------------------------------------------------------


def test_an_aborted_job_keeps_everything_and_ends_without_a_result(bench: JobBench) -> None:
    answer(bench, "right")
    with pytest.raises(Refusal, match="Say why"):
        rules.abort_job(bench.job, " ")
    only(bench.commit(rules.abort_job(bench.job, "wrong order")), WorkTime)
    assert (bench.job.state, bench.job.outcome, bench.step_id) == (ABORTED, Outcome.ABORTED, "")
    with pytest.raises(Refusal, match="No unit is open"):
        rules.abort_job(bench.job, "again")


def test_a_condition_on_a_text_and_on_a_step_that_was_left_out() -> None:
    ask = step("ask", TextCheck(id="lot", title="Lot"), optional=True)
    bench = JobBench(
        work_master(
            ask,
            confirm("a", conditions=(Condition(step="ask", check="lot", answers=("A1",)),)),
            confirm("any", conditions=(Condition(step="ask", check="lot"),)),
            confirm("end"),
        )
    )
    bench.commit(rules.enter_text(bench.job, "lot", "A1", 0))
    assert bench.step_id == "a"
    other = JobBench(bench.master)
    other.commit(rules.skip_step(other.job, "", None))
    assert other.step_id == "end", "nothing was answered"
    assert ANNA.id == other.job.person
