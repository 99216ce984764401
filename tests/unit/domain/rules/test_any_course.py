"""Whatever course a job takes — answers that change, steps done again, rework, signatures, pauses, crashes —, what its records
say in the end agrees with itself. Courses are drawn at random, from fixed seeds."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from station_app.domain import rules
from station_app.domain.checks import Check, ChoiceCheck, ConfirmCheck, MeasureCheck, Option, SignatureCheck, TextCheck
from station_app.domain.job import ENDED, INTERRUPTED
from station_app.domain.log import LoggedRow
from station_app.domain.outcome import Outcome
from station_app.domain.records import ReworkStarted, WorkTime, decode_body
from station_app.domain.rules import Refusal
from station_app.domain.rules.conditions import recorded_answers, why_left_out
from station_app.domain.trace import trace_unit
from station_app.domain.work_master import Condition, Step, WorkMaster
from tests.unit.domain.rules.bench import MARA, TOM, JobBench, limits, only, signed, step, work_master

COURSES = 60
MOST_ACTS = 400
OPTIONS = (Option(id="a", text="A"), Option(id="b", text="B"), Option(id="bad", text="Bad", passes=False))


def drawn_master(draw: random.Random) -> WorkMaster:
    """Twelve steps: choices, readings and texts, half of them depending on earlier answers."""
    steps: list[Step] = []
    for number in range(12):
        name = f"s{number}"
        checks: list[Check] = [
            draw.choice(
                (
                    ChoiceCheck(id="asked", title=f"Choice {number}", options=OPTIONS),
                    MeasureCheck(id="asked", title="Play", characteristic=name, limits=limits("1", "2", "mm")),
                    TextCheck(id="asked", title="Text"),
                    ConfirmCheck(id="asked", title="Confirm"),
                )
            )
        ]
        if draw.random() < 0.2:
            checks.append(SignatureCheck(id="sign", title="Sign", role="inspector", meaning="seen"))
        earlier = [each for each in steps if isinstance(each.checks[0], ChoiceCheck)]
        asked = draw.sample(earlier, min(len(earlier), draw.choice((0, 1, 1, 2)))) if number else []
        steps.append(
            step(
                name,
                *checks,
                conditions=tuple(Condition(step=e.id, check="asked", answers=(draw.choice("ab"),)) for e in asked),
                optional=draw.random() < 0.2,
                rework_step=draw.choice(steps).id if steps and draw.random() < 0.7 else "",
            )
        )
    steps.append(step("end", SignatureCheck(id="sign", title="Release", role="inspector", meaning="released")))
    return work_master(*steps)


class Course:
    """A job that is taken through at random: every act may be refused, none may leave it contradicting itself."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.bench = JobBench(drawn_master(self.draw))
        self.acts: list[Callable[[], object]] = [
            *[self.answer] * 20, self.skip, self.set_aside, self.again, self.repeat, self.rework, self.crash, self.pause,
            self.hand_over,
        ]  # fmt: skip

    def run(self) -> None:
        for number in range(MOST_ACTS):
            if self.bench.job.state == ENDED:
                return
            self.bench.wait(self.draw.choice((0.5, 2.0, 30.0)))
            try:
                (self.answer if number > MOST_ACTS / 2 else self.draw.choice(self.acts))()
            except Refusal as refusal:
                assert str(refusal).strip().endswith((".", "?")), refusal
        raise AssertionError(f"it never ends: {self.bench.marks()}")

    def answer(self) -> None:
        bench, draw = self.bench, self.draw
        found = bench.step.next_check()
        assert found is not None
        match found.check:
            case ChoiceCheck():
                bench.commit(
                    rules.choose(bench.job, "asked", draw.choice(("a", "a", "b", "b", "bad")), "", (), bench.now_ns)
                )
            case MeasureCheck():
                bench.commit(rules.measure(bench.job, "asked", draw.choice(("1.5", "1.5", "3.0")), bench.now_ns))
            case TextCheck():
                bench.commit(rules.enter_text(bench.job, "asked", draw.choice(("a", "b")), bench.now_ns))
            case SignatureCheck():
                bench.commit(rules.sign(bench.job, "sign", signed(TOM), bench.now_ns))
            case _:
                bench.commit(rules.confirm(bench.job, bench.now_ns))

    def skip(self) -> None:
        approval = None if self.bench.step.step.optional else signed(MARA)
        self.bench.commit(rules.skip_step(self.bench.job, "no parts", approval))

    def set_aside(self) -> None:
        reason = self.draw.choice(("a", "concession 12"))
        found = self.bench.step.next_check()
        assert found is not None
        self.bench.commit(rules.override_check(self.bench.job, found.check.id, reason, signed(MARA), self.bench.now_ns))

    def again(self) -> None:
        earlier = rules.earlier_steps(self.bench.job)
        if earlier:
            self.bench.commit(rules.reopen_step(self.bench.job, self.draw.choice(earlier).step.id, "dust"))

    def repeat(self) -> None:
        self.bench.commit(rules.repeat_step(self.bench.job))

    def rework(self) -> None:
        found = self.bench.commit(rules.start_rework(self.bench.job, f"r{self.bench.now_ns}", ""))
        assert only(found, ReworkStarted).from_step

    def crash(self) -> None:
        self.bench.crash(600.0, new_boot=self.draw.random() < 0.5)

    def pause(self) -> None:
        self.bench.commit(rules.interrupt_job(self.bench.job, "lunch"))
        assert self.bench.job.state == INTERRUPTED
        self.bench.wait(1800.0)
        self.bench.commit(rules.resume_job(self.bench.job))

    def hand_over(self) -> None:
        person = "tom" if self.bench.job.person == "anna" else "anna"
        self.bench.person = person
        self.bench.commit(rules.hand_over(self.bench.job, person))


@pytest.mark.parametrize("seed", range(COURSES))
def test_what_is_done_and_left_out_follows_from_the_answers_that_count(seed: int) -> None:
    course = Course(seed)
    course.run()
    job = course.bench.job
    answers = recorded_answers(job)
    assert job.outcome is Outcome.PASS
    for progress in job.steps:
        needed = not why_left_out(progress.step, job.work_master, job.variant, answers)
        assert progress.settled
        assert needed == (progress.left_out != "condition"), (seed, progress.step.id, answers)
        assert progress.left_out or all(check.settled for check in progress.checks)


@pytest.mark.parametrize("seed", range(0, COURSES, 4))
def test_work_time_is_that_of_the_attempts_and_of_nobody_else(seed: int) -> None:
    course = Course(seed)
    course.run()
    rows = course.bench.rows
    times = [fact for row in rows if isinstance(fact := decode_body(row.kind, row.body), WorkTime)]
    assert all(0 <= fact.attended_s + fact.waiting_s <= fact.wall_s + 0.002 for fact in times)
    assert {fact.person_id for fact in times} <= {"anna", "tom"}
    assert sum(fact.wall_s for fact in times) == pytest.approx((rows[-1].wall_us - rows[0].wall_us) / 1e6, abs=1.0)
    attended_s = sum(fact.attended_s for fact in times)
    (job,) = trace_unit("U-1", [LoggedRow("E/S/A/L/U", row, None) for row in rows]).jobs
    assert job.attended_s == pytest.approx(attended_s, abs=0.01)
    assert course.bench.job.spent(course.bench.now_ns).attended_s == pytest.approx(attended_s, abs=0.01)
