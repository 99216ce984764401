"""Waiting times: refused too early, late is a failure, and neither a crash nor a set clock shortens them."""

from __future__ import annotations

import pytest

from station_app.domain import rules
from station_app.domain.checks import ConfirmCheck, TimerCheck
from station_app.domain.job import Mark
from station_app.domain.outcome import Outcome
from station_app.domain.records import TimerElapsed, TimerStarted
from station_app.domain.rules import Refusal
from tests.unit.domain.rules.bench import JobBench, only, step, work_master

CURE = TimerCheck(id="cure", title="Cure", duration_s=60.0, at_most_s=90.0)
MASTER = work_master(step("cure", CURE), step("end", ConfirmCheck(id="end", title="Done")))
COOLING = work_master(
    step("heat", ConfirmCheck(id="heat", title="Heated")),
    step("cool", TimerCheck(id="cool", title="Cool down", duration_s=30.0, starts="step")),
)


@pytest.fixture
def bench() -> JobBench:
    made = JobBench(MASTER)
    made.commit(rules.start_timer(made.job, "cure"))
    return made


@pytest.mark.parametrize(
    ("seconds", "left"), [(0, "1 min 0 s more"), (59.4, "1 s more"), (59.99, "1 s more"), (30, "30 s more")]
)
def test_too_early_is_refused_with_what_is_left(bench: JobBench, seconds: float, left: str) -> None:
    bench.wait(seconds)
    with pytest.raises(Refusal, match=left):
        rules.finish_timer(bench.job, "cure", bench.now)


def test_after_the_time_the_work_goes_on(bench: JobBench) -> None:
    bench.wait(60)
    fact = only(bench.commit(rules.finish_timer(bench.job, "cure", bench.now)), TimerElapsed)
    assert (fact.outcome, fact.required_s, fact.waited_s) == (Outcome.PASS, 60.0, 60.0)
    assert bench.step_id == "end"


def test_too_late_fails_and_may_begin_anew(bench: JobBench) -> None:
    bench.wait(91)
    fact = only(bench.commit(rules.finish_timer(bench.job, "cure", bench.now)), TimerElapsed)
    assert fact.outcome is Outcome.FAIL
    assert (bench.check("cure").mark, bench.check("cure").note) == (Mark.FAILED, "too late")
    with pytest.raises(Refusal, match="is over already"):
        rules.finish_timer(bench.job, "cure", bench.now)
    again = only(bench.commit(rules.start_timer(bench.job, "cure")), TimerStarted)
    assert again.supersedes
    with pytest.raises(Refusal, match="1 min 0 s more"):
        rules.finish_timer(bench.job, "cure", bench.now)


def test_ending_it_early_on_purpose_is_a_failure(bench: JobBench) -> None:
    bench.wait(20)
    fact = only(bench.commit(rules.finish_timer(bench.job, "cure", bench.now, early=True)), TimerElapsed)
    assert (fact.outcome, fact.waited_s) == (Outcome.FAIL, 20.0)
    assert bench.check("cure").note == "too early"


def test_a_timer_begins_once(bench: JobBench) -> None:
    with pytest.raises(Refusal, match="is running already"):
        rules.start_timer(bench.job, "cure")
    other = JobBench(MASTER)
    with pytest.raises(Refusal, match="has not begun"):
        rules.finish_timer(other.job, "cure", other.now)


@pytest.mark.parametrize("new_boot", [False, True])
def test_the_time_runs_on_through_a_crash_and_a_restart_of_the_computer(bench: JobBench, new_boot: bool) -> None:
    bench.wait(10)
    bench.crash(40, new_boot)
    bench.wait(9)
    with pytest.raises(Refusal, match="1 s more"):
        rules.finish_timer(bench.job, "cure", bench.now)
    bench.wait(1)
    assert only(rules.finish_timer(bench.job, "cure", bench.now), TimerElapsed).waited_s == pytest.approx(60.0)


@pytest.mark.parametrize("set_by_s", [-31_536_000, 31_536_000])
def test_setting_the_clock_neither_ends_nor_lengthens_it(bench: JobBench, set_by_s: int) -> None:
    bench.wall_step_us += set_by_s * 1_000_000
    bench.wait(59)
    with pytest.raises(Refusal, match="1 s more"):
        rules.finish_timer(bench.job, "cure", bench.now)
    bench.wait(1)
    assert rules.finish_timer(bench.job, "cure", bench.now)


def test_a_timer_from_the_start_of_the_step_begins_by_itself_and_again_with_a_new_attempt() -> None:
    bench = JobBench(COOLING)
    started = only(bench.commit(rules.confirm(bench.job, 0)), TimerStarted)
    assert (started.step_id, started.check_id) == ("cool", "cool")
    bench.wait(29)
    assert only(bench.commit(rules.repeat_step(bench.job)), TimerStarted).attempt == 2
    bench.wait(29)
    with pytest.raises(Refusal, match="1 s more"):
        rules.finish_timer(bench.job, "cool", bench.now)
    bench.commit(rules.finish_timer(bench.job, "cool", bench.now, early=True))
    with pytest.raises(Refusal, match="Repeat the step"):
        rules.start_timer(bench.job, "cool")


def test_a_timer_of_the_first_step_begins_with_the_job() -> None:
    bench = JobBench(work_master(COOLING.steps[1]))
    assert bench.kinds() == ["job_state", "step_state", "timer_started"]
