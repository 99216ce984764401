"""Times per step and person: wall, attended, waiting; through pauses, dialogs, hand-overs, crashes and restarts."""

from __future__ import annotations

import pytest

from station_app.domain import rules
from station_app.domain.checks import ConfirmCheck, MachineValueCheck, TimerCheck
from station_app.domain.machine_watch import HoldWatch
from station_app.domain.records import StepState, WorkTime
from station_app.domain.work_clock import Absence, Times
from tests.unit.domain.rules.bench import SECOND, JobBench, limits, only, sample, step, work_master

MASTER = work_master(
    step("clean", ConfirmCheck(id="clean", title="Clean")),
    step("cure", ConfirmCheck(id="glue", title="Glued"), TimerCheck(id="cure", title="Cure", duration_s=60.0)),
    step(
        "leak",
        MachineValueCheck(
            id="leak", title="Leak", characteristic="p", tag="p", limits=limits("1", "2"), mode="wait", hold_s=5.0
        ),
    ),
    step("end", ConfirmCheck(id="end", title="Done")),
)


@pytest.fixture
def bench() -> JobBench:
    return JobBench(MASTER)


def times(fact: WorkTime) -> tuple[float, float, float]:
    return (fact.wall_s, fact.attended_s, fact.waiting_s)


def finish(bench: JobBench) -> WorkTime:
    """Confirm, which completes the step; its work time."""
    return only(bench.commit(rules.confirm(bench.job, bench.now_ns)), WorkTime)


def completed(bench: JobBench) -> float:
    """The attended time that a completion now would record."""
    facts = rules.account(bench.job, rules.confirm(bench.job, bench.now_ns), bench.now_ns, bench.absences)
    (found,) = [f.attended_s for f in facts if isinstance(f, StepState) and f.state == "completed"]
    assert found is not None
    return found


def test_a_step_s_time_is_work_from_its_start_to_its_completion(bench: JobBench) -> None:
    bench.wait(12.5)
    fact = finish(bench)
    assert (fact.step_id, fact.person_id, fact.attempt, times(fact)) == ("clean", "anna", 1, (12.5, 12.5, 0.0))
    assert bench.job.step("clean").times == {"anna": Times(12.5, 12.5, 0.0)}
    assert bench.job.step("clean").attended_s == 12.5


def test_a_dialog_is_no_work_time(bench: JobBench) -> None:
    bench.wait(30)
    bench.absences = [Absence(5 * SECOND, 15 * SECOND), Absence(12 * SECOND, 18 * SECOND)]
    assert completed(bench) == 17.0, "what overlaps is counted once"
    assert times(finish(bench)) == (30.0, 17.0, 0.0)


def test_a_dialog_is_kept_with_the_next_record_so_that_a_crash_makes_no_work_of_it(bench: JobBench) -> None:
    finish(bench)
    bench.wait(30)
    bench.absences = [Absence(5 * SECOND, 25 * SECOND)]
    facts = bench.commit(rules.confirm(bench.job, bench.now_ns))
    assert times(only(facts, WorkTime)) == (30.0, 10.0, 0.0)
    bench.wait(5)
    bench.crash(100)
    bench.wait(2)
    found = bench.times()
    assert found.attended_s == pytest.approx(12.0), "10 s before the record, 2 s after the restart"
    assert found.wall_s == pytest.approx(137.0)


def test_a_crash_while_a_dialog_is_open_makes_no_work_of_it(bench: JobBench) -> None:
    bench.wait(10)
    bench.absences = [Absence(2 * SECOND, 10 * SECOND)]
    bench.crash(1)
    bench.wait(3)
    assert bench.times().attended_s == pytest.approx(3.0)


@pytest.mark.parametrize("new_boot", [False, True])
def test_the_time_from_a_crash_to_the_restart_is_on_the_wall_only(bench: JobBench, new_boot: bool) -> None:
    finish(bench)
    bench.wait(20)
    bench.commit(rules.confirm(bench.job, bench.now_ns))
    bench.wait(5)
    bench.crash(600, new_boot)
    bench.wait(7)
    found = bench.times()
    assert [found.wall_s, found.attended_s] == pytest.approx([632.0, 27.0])


def test_a_timer_that_is_waited_for_is_waiting_time_and_what_comes_after_it_work(bench: JobBench) -> None:
    finish(bench)
    bench.wait(10)
    bench.commit(rules.confirm(bench.job, bench.now_ns))
    bench.commit(rules.start_timer(bench.job, "cure"))
    bench.wait(75)
    fact = only(bench.commit(rules.finish_timer(bench.job, "cure", bench.now)), WorkTime)
    assert times(fact) == (85.0, 25.0, 60.0)


def test_working_while_a_timer_runs_is_work(bench: JobBench) -> None:
    finish(bench)
    bench.commit(rules.start_timer(bench.job, "cure"))
    bench.wait(20)
    bench.commit(rules.confirm(bench.job, bench.now_ns))
    bench.wait(40)
    fact = only(bench.commit(rules.finish_timer(bench.job, "cure", bench.now)), WorkTime)
    assert times(fact) == (60.0, 20.0, 40.0)


@pytest.mark.parametrize("new_boot", [False, True])
def test_waiting_goes_on_after_a_restart(bench: JobBench, new_boot: bool) -> None:
    finish(bench)
    bench.commit(rules.confirm(bench.job, bench.now_ns))
    bench.commit(rules.start_timer(bench.job, "cure"))
    bench.wait(10)
    bench.crash(20, new_boot)
    bench.wait(40)
    fact = only(bench.commit(rules.finish_timer(bench.job, "cure", bench.now)), WorkTime)
    assert list(times(fact)) == pytest.approx([70.0, 10.0, 30.0]), "the timer ended 30 s after the restart"


def test_a_dialog_while_the_step_waits_is_neither_work_nor_waiting(bench: JobBench) -> None:
    finish(bench)
    bench.commit(rules.confirm(bench.job, bench.now_ns))
    bench.commit(rules.start_timer(bench.job, "cure"))
    start = bench.now_ns
    bench.wait(60)
    bench.absences = [Absence(start + 10 * SECOND, start + 30 * SECOND)]
    fact = only(bench.commit(rules.finish_timer(bench.job, "cure", bench.now)), WorkTime)
    assert times(fact) == (60.0, 0.0, 40.0)


def test_waiting_for_a_machine_is_waiting_time(bench: JobBench) -> None:
    finish(bench)
    bench.commit(rules.confirm(bench.job, bench.now_ns))
    bench.commit(rules.start_timer(bench.job, "cure"))
    bench.wait(60)
    bench.commit(rules.finish_timer(bench.job, "cure", bench.now))
    watch = HoldWatch(limits("1", "2"))
    bench.wait(8)
    watch.feed(sample(1.5), bench.now_ns)
    bench.wait(5)
    fact = only(bench.commit(rules.record_held(bench.job, "leak", watch, "", bench.now)), WorkTime)
    assert times(fact) == (13.0, 0.0, 13.0)


def test_waiting_for_the_server_is_waiting_time(bench: JobBench) -> None:
    bench.wait(5)
    bench.absences = [Absence(1 * SECOND, 4 * SECOND, waiting=True)]
    assert times(finish(bench)) == (5.0, 2.0, 3.0)


def test_a_hand_over_splits_the_times_by_person(bench: JobBench) -> None:
    bench.wait(10)
    bench.commit(rules.hand_over(bench.job, "tom"), "tom")
    bench.person = "tom"
    bench.wait(4)
    fact = finish(bench)
    assert (fact.person_id, times(fact)) == ("tom", (4.0, 4.0, 0.0))
    assert bench.job.step("clean").times == {"anna": Times(10.0, 10.0, 0.0), "tom": Times(4.0, 4.0, 0.0)}
    assert bench.job.step("clean").attended_s == 14.0, "the step's time is everybody's"
    assert bench.job.times() == bench.job.step("clean").times


def test_taking_over_from_oneself_is_nothing(bench: JobBench) -> None:
    assert rules.hand_over(bench.job, "anna") == []
    assert rules.hand_over(bench.job, "") == []


def test_a_pause_is_on_the_wall_only_and_another_person_may_resume(bench: JobBench) -> None:
    bench.wait(10)
    paused = only(bench.commit(rules.interrupt_job(bench.job, "end of shift")), WorkTime)
    assert times(paused) == (10.0, 10.0, 0.0)
    bench.wait(3600)
    bench.commit(rules.resume_job(bench.job, "tom"), "tom")
    bench.person = "tom"
    assert bench.job.person == "tom"
    bench.wait(6)
    assert times(finish(bench)) == (6.0, 6.0, 0.0)
    by_person = bench.job.step("clean").times
    assert (by_person["anna"].attended_s, by_person["tom"].attended_s) == (10.0, 6.0)
    assert sum(t.wall_s for t in by_person.values()) == pytest.approx(3616.0), (
        "the whole time is somebody's on the wall"
    )


def test_every_attempt_has_its_own_work_time_and_the_step_all_of_it(bench: JobBench) -> None:
    bench.wait(10)
    bench.commit(rules.repeat_step(bench.job))
    bench.wait(5)
    assert completed(bench) == 15.0
    fact = finish(bench)
    assert (fact.attempt, times(fact)) == (2, (5.0, 5.0, 0.0))


def test_what_the_station_records_by_itself_proves_no_presence(bench: JobBench) -> None:
    """A picture of a failure is kept while a dialog is open; then the application is killed."""
    bench.wait(30)
    picture = rules.Picture(
        sha256="ab", media_type="image/jpeg", size_bytes=1, width_px=1, height_px=1, sharpness=None, codes=[], faults=[]
    )
    bench.commit(rules.keep_failure_picture(bench.job, bench.step, 1, "bench", picture), "station")
    bench.crash(5)
    assert bench.times().attended_s == 0.0


def test_setting_the_clock_changes_no_time(bench: JobBench) -> None:
    bench.wait(5)
    bench.wall_step_us -= 400 * 86_400 * 1_000_000
    bench.wait(5)
    assert times(finish(bench)) == (10.0, 10.0, 0.0)


def test_a_record_of_another_boot_adds_no_work_time_even_without_the_record_of_a_restart(bench: JobBench) -> None:
    finish(bench)
    bench.wait(5)
    bench.boot = "another"
    bench.wait(1000)
    bench.commit(rules.confirm(bench.job, bench.now_ns))
    bench.wait(2)
    assert bench.times().attended_s == pytest.approx(2.0)
