"""The checks of a step through the services: every kind, on a real journal, and what machines record by themselves."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from drivers.base import Quality
from station_app.domain.approval import Approval
from station_app.domain.job import Mark
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    JobParameters,
    MachineWindow,
    Measurement,
    StepSigned,
    StepSkipped,
    TighteningResult,
    TimerElapsed,
    ToolUsed,
    WorkTime,
)
from station_app.domain.rules import Refusal
from tests.unit.services import every_check
from tests.unit.services.conftest import MakeStation
from tests.unit.services.every_check import INES_BADGE, INES_PIN, MARA_PASSWORD
from tests.unit.services.station import ANGLE, BORE, SCREWS, SPEED, TORQUE, ServiceStation, picture


@pytest.fixture
def every(make_station: MakeStation) -> ServiceStation:
    station = every_check.prepare(make_station())
    station.scan("E-1")
    return station


def ines(station: ServiceStation) -> Approval:
    return station.done(station.people.approve_badge(INES_BADGE, INES_PIN))


def mara(station: ServiceStation) -> Approval:
    return station.done(station.people.approve_password("Mara Lindt", MARA_PASSWORD))


def settled(station: ServiceStation) -> None:
    station.settle(lambda: not station.ledger.busy, "a commit")


def hold_speed(station: ServiceStation) -> None:
    station.sample(1400.0, tag=SPEED)
    station.clock.advance(5)
    station.execution.follow([])
    settled(station)


def tighten(station: ServiceStation, number: int, torque: float = 9.0) -> None:
    """One cycle of the connected tool, as it comes: the counter first, its values after it."""
    station.sample(number, tag=SCREWS)
    station.sample(torque, tag=TORQUE)
    station.sample(45.0, tag=ANGLE)
    station.clock.advance(0.3)
    station.execution.follow([])
    settled(station)


def pass_capture(station: ServiceStation) -> None:
    station.sample(12.0)
    station.done(station.execution.capture_value("capture"))


def pass_window(station: ServiceStation) -> None:
    station.sample(12.0)
    station.clock.advance(2)
    station.done(station.execution.capture_value("window"))


def pass_timer(station: ServiceStation) -> None:
    station.done(station.execution.start_timer("timer"))
    station.clock.advance(30)
    station.done(station.execution.finish_timer("timer"))


def pass_tighten(station: ServiceStation) -> None:
    station.sample(100, tag=SCREWS)
    for number in (101, 102):
        tighten(station, number)


PASS: dict[str, Callable[[ServiceStation], object]] = {
    "confirm": lambda s: s.done(s.execution.confirm()),
    "scan": lambda s: s.scan("G-1"),
    "tool": lambda s: s.scan("TD-1"),
    "measure": lambda s: s.done(s.execution.measure("measure", "1.50", "gauge", "CA-1")),
    "capture": pass_capture,
    "wait": hold_speed,
    "window": pass_window,
    "tighten": pass_tighten,
    "photo": lambda s: s.done(s.execution.keep_photo("photo", picture(s.execution.job.serial))),  # type: ignore[union-attr]  # open
    "choice": lambda s: s.done(s.execution.choose("choice", "good")),
    "polish": lambda s: s.done(s.execution.confirm()),
    "text": lambda s: s.done(s.execution.enter_text("text", "LB-0123")),
    "number": lambda s: s.done(s.execution.enter_number("number", "11.0")),
    "timer": pass_timer,
    "checklist": lambda s: s.done(s.execution.complete_checklist("checklist", {"a", "b"})),
    "signature": lambda s: s.done(s.execution.sign("signature", ines(s))),
}


def go_to(station: ServiceStation, step_id: str) -> None:
    """Pass every step before one; empty: to the end."""
    while station.step_id != step_id:
        before = station.step_id
        PASS[before](station)
        assert station.step_id != before, f"{before} did not pass"


def test_a_unit_passes_every_kind_of_check(every: ServiceStation, make_station: MakeStation) -> None:
    go_to(every, "")
    job = every.execution.job
    assert job is not None and job.outcome is Outcome.PASS
    assert [s.step.id for s in job.steps if s.mark is not Mark.DONE] == ["polish"]
    (parameters,) = [f for f in every.facts() if isinstance(f, JobParameters)]
    assert (parameters.variant, parameters.parameters) == ("small", ("name=small", "top=14.0"))
    assert len([f for f in every.facts() if isinstance(f, WorkTime)]) == 15, "one for each step that was done"
    (signed,) = [f for f in every.facts() if isinstance(f, StepSigned)]
    assert (signed.printed_name, signed.method, len(signed.signed_ids) > 30) == ("Ines Roth", "badge and PIN", True)
    every.close()
    again = make_station()
    assert again.execution.job is not None and vars(again.execution.job) == vars(job)


@pytest.mark.parametrize("step_id", list(PASS))
def test_a_restart_in_any_step_goes_on_there(every: ServiceStation, make_station: MakeStation, step_id: str) -> None:
    if step_id == "polish":
        go_to(every, "choice")
        every.done(every.execution.choose("choice", "touched", "scratch"))
    go_to(every, step_id)
    every.close()
    again = every_check.prepare(make_station(clock=every.clock))
    again.restarted()
    assert again.step_id == step_id
    again.sign_in(again.library.book.people["anna"])
    PASS[step_id](again)
    assert again.step_id != step_id


def test_the_other_variant_has_its_own_limits_and_texts(make_station: MakeStation) -> None:
    station = every_check.prepare(make_station())
    station.scan("E-101")
    job = station.execution.job
    assert job is not None
    assert job.work_master.title == "Every check on large"
    assert job.step("confirm").checks[0].check.title == "Clean the large seat"
    go_to(station, "capture")
    station.sample(23.0)
    station.done(station.execution.capture_value("capture"))
    assert station.step_id == "wait", "23 kN is too much for the small one"


# --- scanned -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lot", "why"), [("G-OLD", "expired on 2023-11-13"), ("G-NONE", "No expiry date is known")])
def test_an_expired_or_undated_lot_is_refused(every: ServiceStation, lot: str, why: str) -> None:
    go_to(every, "scan")
    assert why in every.refused(lot)


def test_a_tool_past_its_calibration_is_recorded_as_failed(every: ServiceStation) -> None:
    go_to(every, "tool")
    every.scan("TD-2")
    every.scan("TD-1")
    found = [(f.tool, f.outcome) for f in every.facts() if isinstance(f, ToolUsed)]
    assert found == [("TD-2", Outcome.FAIL), ("TD-1", Outcome.PASS)]


@pytest.mark.parametrize(
    ("gauge", "why"), [("CA-9", "not known here"), ("CA-2", "is held"), ("TD-1", "needs a caliper")]
)
def test_a_reading_from_an_unfit_gauge_is_refused(every: ServiceStation, gauge: str, why: str) -> None:
    go_to(every, "measure")
    with pytest.raises(Refusal, match=why):
        every.execution.measure("measure", "1.5", "gauge", gauge)
    assert not [f for f in every.facts() if isinstance(f, Measurement)]


def test_a_gauge_known_by_its_class_only_is_the_one_that_was_scanned(every: ServiceStation) -> None:
    go_to(every, "measure")
    every.done(every.execution.measure("measure", "9.9", "gauge", "caliper"))
    every.scan("CA-1")
    every.done(every.execution.measure("measure", "1.5", "gauge", "caliper"))
    assert [f.gauge for f in every.facts() if isinstance(f, Measurement)] == ["caliper", "CA-1"]


def test_a_connected_gauge_is_read_from_its_tag(every: ServiceStation) -> None:
    go_to(every, "measure")
    every.sample(1.25, tag=BORE)
    every.done(every.execution.measure_from_tag("measure"))
    (fact,) = [f for f in every.facts() if isinstance(f, Measurement)]
    assert (fact.value_text, fact.source) == ("1.25", BORE)


# --- machines ----------------------------------------------------------------------------------------------------------


def test_a_wait_is_recorded_by_itself_once_it_held(every: ServiceStation) -> None:
    go_to(every, "wait")
    every.sample(1400.0, tag=SPEED)
    every.clock.advance(4)
    every.sample(1500.0, tag=SPEED)
    every.sample(1400.0, tag=SPEED)
    every.clock.advance(4.9)
    every.execution.follow([])
    settled(every)
    assert every.step_id == "wait", "1500 broke it"
    assert every.execution.held_s("wait") == pytest.approx(4.9)
    every.clock.advance(0.1)
    every.execution.follow([])
    settled(every)
    assert every.step_id == "window"
    (fact,) = [f for f in every.facts() if isinstance(f, MachineWindow)]
    assert (fact.mode, fact.until_us - fact.from_us) == ("held", 5_000_000)


@pytest.mark.parametrize("quality", [Quality.BAD, Quality.UNCERTAIN])
def test_bad_quality_begins_the_hold_anew(every: ServiceStation, quality: Quality) -> None:
    go_to(every, "wait")
    every.sample(1400.0, tag=SPEED)
    every.clock.advance(4)
    every.sample(1400.0, quality, "BadNoCommunication", tag=SPEED)
    every.sample(1400.0, tag=SPEED)
    every.clock.advance(3)
    with pytest.raises(Refusal, match="it has for 3 s"):
        every.execution.capture_value("wait")


def test_nothing_is_recorded_by_itself_while_nobody_is_signed_in(every: ServiceStation) -> None:
    go_to(every, "wait")
    every.sample(1400.0, tag=SPEED)
    every.ledger.person = None
    every.clock.advance(60)
    every.execution.follow([])
    settled(every)
    assert every.step_id == "wait"


def test_a_hold_begins_anew_after_a_restart(every: ServiceStation, make_station: MakeStation) -> None:
    go_to(every, "wait")
    every.sample(1400.0, tag=SPEED)
    every.clock.advance(4)
    every.close()
    again = every_check.prepare(make_station(clock=every.clock))
    again.restarted()
    again.sample(1400.0, tag=SPEED)
    again.clock.advance(4)
    again.execution.follow([])
    settled(again)
    assert again.step_id == "wait"


def test_a_window_says_what_it_has_seen_and_judges_the_peak(every: ServiceStation) -> None:
    go_to(every, "window")
    every.sample(3.0)
    every.clock.advance(3)
    every.sample(14.5)
    every.clock.advance(1)
    window = every.execution.window("window")
    assert window is not None and (window.maximum, window.bad_s) == (14.5, 0.0)
    every.done(every.execution.capture_value("window"))
    fact = [f for f in every.facts() if isinstance(f, MachineWindow)][-1]
    assert (fact.mode, fact.value_text, fact.outcome) == ("window", "14.5", Outcome.FAIL)
    every.done(every.execution.repeat_step())
    every.sample(3.0)
    every.clock.advance(1)
    every.done(every.execution.capture_value("window"))
    assert every.step_id == "tighten", "another attempt is another window"


def test_a_connected_tool_s_cycles_are_recorded_by_themselves(every: ServiceStation) -> None:
    go_to(every, "tighten")
    every.sample(100, tag=SCREWS)
    tighten(every, 101, 12.0)
    tighten(every, 102, 9.0)
    tighten(every, 103, 9.1)
    results = [f for f in every.facts() if isinstance(f, TighteningResult)]
    assert [(f.index, f.torque_text, f.outcome, f.result_id) for f in results] == [
        (1, "12.0", Outcome.FAIL, "101"),
        (1, "9.0", Outcome.PASS, "102"),
        (2, "9.1", Outcome.PASS, "103"),
    ]
    assert every.step_id == "photo"


def test_what_the_tool_showed_before_the_step_is_no_result_of_it(every: ServiceStation) -> None:
    every.sample(100, tag=SCREWS)
    every.sample(9.0, tag=TORQUE)
    every.sample(45.0, tag=ANGLE)
    go_to(every, "tighten")
    every.clock.advance(5)
    every.execution.follow([])
    settled(every)
    assert not [f for f in every.facts() if isinstance(f, TighteningResult)]


def test_a_counter_that_is_seen_for_the_first_time_is_no_cycle(every: ServiceStation) -> None:
    go_to(every, "tighten")
    every.sample(9.0, tag=TORQUE)
    every.sample(45.0, tag=ANGLE)
    every.sample(100, tag=SCREWS)
    every.clock.advance(5)
    every.execution.follow([])
    settled(every)
    assert not [f for f in every.facts() if isinstance(f, TighteningResult)]


# --- answers, timers, signatures -------------------------------------------------------------------------------------


def test_an_answer_with_a_reason_brings_the_step_that_depends_on_it(every: ServiceStation) -> None:
    go_to(every, "choice")
    with pytest.raises(Refusal, match="Choose one: scratch, dent"):
        every.execution.choose("choice", "touched", "dirt")
    every.done(every.execution.choose("choice", "touched", "dent"))
    assert every.step_id == "polish"


def test_an_alarm_that_stops_the_step_is_not_gone_around_by_a_signature_or_by_leaving_it_out(
    every: ServiceStation,
) -> None:
    stopping = ["The press is overloaded."]
    every.execution.stop_while(lambda: stopping[0])
    stopping[0] = ""
    for step_id in ("text", "number", "signature"):
        go_to(every, step_id)
        recorded = len(every.facts())
        stopping[0] = "The press is overloaded."
        verbs: tuple[Callable[[], object], ...] = (
            every.execution.skip_step,
            lambda: every.execution.skip_step("no time", mara(every)),
            partial(every.execution.override_check, step_id, "no time", mara(every)),
            lambda: every.execution.sign("signature", ines(every)),
        )
        for verb in verbs:
            with pytest.raises(Refusal, match="overloaded"):
                verb()
        assert (len(every.facts()), every.step_id) == (recorded, step_id)
        stopping[0] = ""


def test_an_optional_step_may_be_left_out(every: ServiceStation) -> None:
    go_to(every, "text")
    every.done(every.execution.skip_step())
    assert [f.cause for f in every.facts() if isinstance(f, StepSkipped)] == ["condition", "optional"]
    assert every.step_id == "number"


def test_a_timer_survives_a_restart(every: ServiceStation, make_station: MakeStation) -> None:
    go_to(every, "timer")
    every.done(every.execution.start_timer("timer"))
    every.clock.advance(10)
    every.close()
    every.clock.advance(15)
    again = every_check.prepare(make_station(clock=every.clock))
    again.restarted()
    again.clock.advance(4)
    with pytest.raises(Refusal, match="1 s more"):
        again.execution.finish_timer("timer")
    again.clock.advance(1)
    again.done(again.execution.finish_timer("timer"))
    assert [f.waited_s for f in again.facts() if isinstance(f, TimerElapsed)] == [pytest.approx(30.0)]


def test_a_check_is_set_aside_only_by_a_permitted_person_with_a_reason(every: ServiceStation) -> None:
    go_to(every, "capture")
    every.sample(20.0)
    every.done(every.execution.capture_value("capture"))
    with pytest.raises(
        Refusal, match=r"Ines Roth may not set a check aside\. It needs a quality engineer or supervisor"
    ):
        every.execution.override_check("capture", "concession", ines(every))
    with pytest.raises(Refusal, match="Say why"):
        every.execution.override_check("capture", " ", mara(every))
    every.done(every.execution.override_check("capture", "concession 12", mara(every)))
    assert every.step_id == "wait"


def test_nobody_approves_their_own_work(every: ServiceStation) -> None:
    approval = mara(every)
    every.sign_in(every.library.book.people["mara"])
    with pytest.raises(Refusal, match="Another permitted person must sign"):
        every.execution.skip_step("no time", approval)
    with pytest.raises(Refusal, match="Another permitted person must sign"):
        every.execution.override_check("confirm", "no time", approval)


def test_a_mandatory_step_is_left_out_by_a_signature(every: ServiceStation) -> None:
    with pytest.raises(Refusal, match="mandatory"):
        every.execution.skip_step("no time")
    every.done(every.execution.skip_step("no cleaner here", mara(every)))
    (fact,) = [f for f in every.facts() if isinstance(f, StepSkipped)]
    assert (fact.cause, fact.approved_by, fact.method) == ("override", "mara", "name and password")


def test_rework_and_redo_through_the_services(every: ServiceStation) -> None:
    go_to(every, "number")
    every.done(every.execution.enter_number("number", "99"))
    for _ in range(3):
        every.done(every.execution.start_rework("too heavy"))
        assert every.step_id == "text"
        PASS["text"](every)
        every.done(every.execution.enter_number("number", "99"))
    with pytest.raises(Refusal, match="went back from step 13 3 times"):
        every.execution.start_rework()
    assert "confirm" in [step.step.id for step in every.execution.earlier_steps()]
    every.done(every.execution.reopen_step("confirm", "dust"))
    assert every.step_id == "confirm"
    PASS["confirm"](every)
    assert every.step_id == "number", "what was done in between stays done"


def test_an_aborted_unit_may_be_started_anew(every: ServiceStation) -> None:
    go_to(every, "tool")
    every.done(every.execution.abort("wrong housing"))
    assert every.step_id == ""
    every.scan("E-001")
    assert every.step_id == "confirm"
