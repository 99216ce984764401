from __future__ import annotations

from decimal import Decimal

import pytest

from station_app.domain.checks import Check, ConfirmCheck, MachineValueCheck, MeasureCheck, PhotoCheck, ScanCheck
from station_app.domain.job import INTERRUPTED, RUNNING, Job, Mark
from station_app.domain.outcome import Limits
from station_app.domain.records import JobState
from station_app.domain.work_master import Step, WorkMaster
from station_app.services.execution import Takt
from station_app.ui.check_view import Deed
from station_app.ui.work_state import Do, View, offer, step_rows, step_takt_text, unit_takt_text
from tests.records import StationLog
from widgets.step_list import StepMark

LIMITS = Limits("mm", Decimal("1"), Decimal("2"))
CONFIRM = ConfirmCheck(id="c", title="Clean")
SCAN = ScanCheck(id="s", title="Scan", material="P")
MEASURE = MeasureCheck(id="m", title="Play", characteristic="play", limits=LIMITS)
MACHINE = MachineValueCheck(id="v", title="Force", characteristic="force", tag="t", limits=LIMITS)
PHOTO = PhotoCheck(id="p", title="Photo", camera="bench")


def job_of(*checks: Check, steps: int = 2) -> Job:
    """A running job whose first step is current and has these checks."""
    first = Step(id="one", title={"en": "One", "de": "Eins"}, text={"en": ""}, checks=checks, takt_s=60)
    more = [Step(id=f"s{n}", title={"en": f"S{n}"}, text={"en": ""}, takt_s=30) for n in range(2, steps + 1)]
    master = WorkMaster(id="w", version="A", title="W", product="P", operation="o", steps=(first, *more))
    fact = JobState(
        job_id="j", serial="U-1", order_id="O", operation="o", state=RUNNING, product="P",
        work_master_id="w", work_master_version="A", work_master_sha256="",
    )  # fmt: skip
    row = StationLog("A/B/C/D/E").add(fact, at_s=1.0).row
    job = Job(fact, row, master)
    job.steps[0].mark = Mark.CURRENT
    job._current = job.steps[0]
    return job


def now(job: Job, *, typed: bool = False, signed_in: bool = True, back: bool = False) -> Do:
    return offer(View.STEP, job, signed_in, back, typed, False).do


@pytest.mark.parametrize(
    ("check", "do"),
    [
        (CONFIRM, Do.CONFIRM),
        (SCAN, Do.NOTHING),
        (MEASURE, Do.NOTHING),
        (MACHINE, Do.CAPTURE),
        (PHOTO, Do.PHOTO),
    ],
)
def test_the_button_does_what_the_open_check_asks_for(check: Check, do: Do) -> None:
    assert now(job_of(check)) is do


def test_a_typed_reading_is_entered_also_after_a_failure() -> None:
    job = job_of(MEASURE)
    assert now(job, typed=True) is Do.ENTER
    job.steps[0].checks[0].mark = Mark.FAILED
    assert now(job) is Do.NOTHING and now(job, typed=True) is Do.ENTER
    assert offer(View.STEP, job, True, False, False, False).text == "Next is blocked"


def test_a_failed_value_is_blocked_and_one_of_bad_quality_may_be_captured_again() -> None:
    job = job_of(MACHINE)
    check = job.steps[0].checks[0]
    check.mark = Mark.FAILED
    assert now(job) is Do.NOTHING
    check.note = "BadCommunicationError"
    assert now(job) is Do.CAPTURE


def test_a_step_that_waits_says_next_and_the_last_one_finish() -> None:
    job = job_of()
    assert offer(View.STEP, job, True, False, False, False).text == "Next"
    assert offer(View.STEP, job_of(steps=1), True, False, False, False).text == "Finish unit"


def test_nobody_signed_in_may_look_back_but_not_act() -> None:
    job = job_of(CONFIRM)
    assert now(job, signed_in=False) is Do.SIGN_IN
    assert now(job, signed_in=False, back=True) is Do.RETURN


@pytest.mark.parametrize(
    ("view", "next_unit", "do"),
    [
        (View.IDLE, True, Do.NOTHING),
        (View.OPENING, True, Do.NOTHING),
        (View.INTERRUPTED, False, Do.RESUME),
        (View.FINISHED, True, Do.NEXT_UNIT),
        (View.FINISHED, False, Do.NOTHING),
        (View.LOST, False, Do.NOTHING),
    ],
)
def test_between_units(view: View, next_unit: bool, do: Do) -> None:
    job = job_of(CONFIRM)
    job.state = INTERRUPTED
    assert offer(view, job, True, False, False, next_unit).do is do


def test_the_list_has_marks_times_and_the_language() -> None:
    job = job_of(CONFIRM)
    job.steps[0].mark, job.steps[0].attended_s = Mark.DONE, 31.2
    first, second = step_rows(job, "de")
    assert (first.number, first.title, first.mark, first.time_text) == ("1", "Eins", StepMark.DONE, "0:31")
    assert (second.title, second.mark, second.time_text) == ("S2", StepMark.OPEN, "")


def test_the_units_time_against_its_takt() -> None:
    assert unit_takt_text(Takt(45.0, 90.0)) == ("Unit 0:45 of 1:30", 0.5)
    assert unit_takt_text(Takt(45.0, 0.0)) == ("Unit 0:45", 0.0)


def test_what_the_card_makes_of_the_button_goes_before_what_is_known_of_the_kind() -> None:
    job, pressed = job_of(CONFIRM), list[str]()
    waiting = offer(View.STEP, job, True, False, False, False, Deed("Wait to go on"))
    assert (waiting.do, waiting.text) == (Do.NOTHING, "Wait to go on")
    ready = offer(View.STEP, job, True, False, False, False, Deed("Save list", lambda: pressed.append("x")))
    assert (ready.do, ready.text) == (Do.DEED, "Save list")
    assert offer(View.STEP, job, False, False, False, False, Deed("Save list", lambda: None)).do is Do.SIGN_IN


def test_the_steps_takt_warns_before_it_is_exceeded() -> None:
    assert step_takt_text(None) == ("", 0.0, False)
    text, fraction, warning = step_takt_text(Takt(41.0, 60.0))
    assert (text, warning) == ("Step 0:41 of 1:00", False) and fraction == pytest.approx(41 / 60)
    assert step_takt_text(Takt(48.0, 60.0))[2]
    assert step_takt_text(Takt(61.0, 60.0))[1] > 1


def test_the_last_step_is_the_one_after_which_nothing_is_open() -> None:
    job = job_of(steps=2)
    job.steps[1].mark = Mark.SKIPPED
    assert offer(View.STEP, job, True, False, False, False).text == "Finish unit"
