"""Who may work, and whose time it is: gates at the start and at each step, hand-over, attention, takt."""

from __future__ import annotations

import msgspec
import pytest

from station_app.domain.approval import Approval
from station_app.domain.chain import REC
from station_app.domain.master import encode_item
from station_app.domain.records import EsdTested, HandOver, StepState, WorkTime
from station_app.domain.rules import Refusal
from tests.unit.services import every_check
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import ServiceStation


@pytest.fixture
def every(make_station: MakeStation) -> ServiceStation:
    return every_check.prepare(make_station())


def person(station: ServiceStation, person_id: str) -> None:
    station.sign_in(station.library.book.people[person_id])


def work_times(station: ServiceStation) -> list[tuple[str, str, float, float, float]]:
    return [
        (f.step_id, f.person_id, f.wall_s, f.attended_s, f.waiting_s)
        for f in station.facts()
        if isinstance(f, WorkTime)
    ]


# --- gates -------------------------------------------------------------------------------------------------------------


def test_without_the_qualification_nothing_starts_and_it_says_whom_to_ask(every: ServiceStation) -> None:
    person(every, "mara")
    assert every.refused("E-1") == "Mara Lindt is not qualified for “assembly”. Ask Mara Lindt."
    assert every.execution.job is None


def test_a_step_with_its_own_qualification_waits_for_a_qualified_person(every: ServiceStation) -> None:
    every.scan("E-1")
    person(every, "tom")
    while every.step_id != "number":
        every.done(every.execution.skip_step("x", _approval(every)))
    with pytest.raises(Refusal, match="Tom Brandt is not qualified for “weighing”"):
        every.execution.enter_number("number", "11.0")
    every.done(every.execution.interrupt("waiting for Anna"))
    assert "not qualified for “weighing”" in every.refused("E-001"), "nor does he resume it"
    person(every, "anna")
    every.scan("E-001")
    every.done(every.execution.enter_number("number", "11.0"))
    assert every.step_id == "timer"


def _approval(station: ServiceStation) -> Approval:
    return Approval(station.library.book.people["mara"], "badge and PIN")


def test_a_qualification_ends_at_the_end_of_the_station_s_day(every: ServiceStation) -> None:
    every.scan("E-1")
    while every.step_id != "number":
        every.done(every.execution.skip_step("x", _approval(every)))
    every.clock.step_wall(77 * 365.25 * 86_400)
    with pytest.raises(Refusal, match="qualification “weighing” ended on 2099-12-31"):
        every.execution.enter_number("number", "11.0")


def test_an_esd_test_is_needed_at_the_start_and_when_the_step_is_reached(every: ServiceStation) -> None:
    person(every, "tom")
    assert "Tom Brandt: test your wrist strap" in every.refused("E-1")
    every.done(every.people.record_esd_test(False))
    assert "ESD test failed" in every.refused("E-1")
    every.done(every.people.record_esd_test(True, "ESD-7", "2.1 MOhm"))
    every.scan("E-1")
    every.clock.advance(12 * 3600 + 1)
    while every.step_id != "timer":
        every.done(every.execution.skip_step("x", _approval(every)))
    with pytest.raises(Refusal, match="ESD test has expired"):
        every.execution.start_timer("timer")
    tests = [f for f in every.facts() if isinstance(f, EsdTested) and f.person_id == "tom"]
    assert [(f.outcome, f.tester, f.value_text) for f in tests] == [
        ("FAIL", "typed", ""),
        ("PASS", "ESD-7", "2.1 MOhm"),
    ]


def test_an_esd_test_survives_a_restart(every: ServiceStation, make_station: MakeStation) -> None:
    every.close()
    again = make_station()
    again.sign_in(again.library.book.people["anna"])
    again.scan("E-1")
    assert again.step_id == "confirm"


def test_rights_that_were_taken_back_count_at_once(every: ServiceStation) -> None:
    every.scan("E-1")
    clerk = msgspec.structs.replace(every.library.book.people["anna"], roles=("administrator",))
    every.publish([(clerk.kind, clerk.id, encode_item(clerk))])
    every.library.reload()
    with pytest.raises(Refusal, match="Anna Keller may not work here"):
        every.execution.confirm()
    every.withdraw("person", "anna")
    every.library.reload()
    with pytest.raises(Refusal, match="Sign in first"):  # was signed out, so that nothing else can be done either
        every.execution.confirm()


# --- hand-over ---------------------------------------------------------------------------------------------------------


def test_another_person_takes_the_running_job_over_and_the_times_are_split(every: ServiceStation) -> None:
    every.scan("E-1")
    every.clock.advance(10)
    every.people.sign_out()
    every.clock.advance(50)
    person(every, "tom")
    every.clock.advance(5)
    every.done(every.execution.confirm())
    (over,) = [f for f in every.facts() if isinstance(f, HandOver)]
    assert (over.from_person, over.to_person) == ("anna", "tom")
    assert work_times(every) == [("confirm", "anna", 60.0, 10.0, 0.0), ("confirm", "tom", 5.0, 5.0, 0.0)]
    assert [f.attended_s for f in every.facts() if isinstance(f, StepState) and f.state == "completed"] == [15.0]


def test_the_same_person_again_is_no_hand_over(every: ServiceStation) -> None:
    every.scan("E-1")
    every.people.sign_out()
    person(every, "anna")
    assert not [f for f in every.facts() if isinstance(f, HandOver)]


def test_a_hand_over_that_could_not_be_saved_comes_with_the_next_record(every: ServiceStation) -> None:
    every.scan("E-1")
    every.journal.full = True
    every.clock.advance(10)
    person(every, "tom")
    every.journal.full = False
    assert not [f for f in every.facts() if isinstance(f, HandOver)]
    every.done(every.execution.confirm())
    assert [f.to_person for f in every.facts() if isinstance(f, HandOver)] == ["tom"]


def test_after_a_restart_another_person_takes_over(every: ServiceStation, make_station: MakeStation) -> None:
    every.scan("E-1")
    every.clock.advance(10)
    every.close()
    again = make_station(clock=every.clock)
    again.restarted()
    again.clock.advance(100)
    again.sign_in(again.library.book.people["tom"])
    again.clock.advance(3)
    again.done(again.execution.confirm())
    found = work_times(again)
    assert [(t[1], t[3]) for t in found] == [("anna", 0.0), ("tom", 3.0)]
    assert found[0][2] == pytest.approx(110.0), "on the wall it was Anna's until Tom came"


# --- attention and takt ------------------------------------------------------------------------------------------------


def test_choosing_people_and_reading_dialogs_is_no_work_time(every: ServiceStation) -> None:
    every.scan("E-1")
    every.clock.advance(3)
    every.execution.pause_attention("signing in")
    every.clock.advance(20)
    every.execution.pause_attention("help")
    every.execution.resume_attention("signing in")
    every.clock.advance(5)
    every.execution.resume_attention("help")
    every.execution.resume_attention("help")
    every.clock.advance(2)
    assert every.execution.step_times().attended_s == pytest.approx(5.0)
    every.done(every.execution.confirm())
    assert work_times(every) == [("confirm", "anna", 30.0, 5.0, 0.0)]


def test_a_dialog_that_is_still_open_does_not_count_either(every: ServiceStation) -> None:
    every.scan("E-1")
    every.clock.advance(3)
    every.execution.pause_attention("override")
    every.clock.advance(20)
    every.done(every.execution.confirm())
    every.clock.advance(4)
    every.execution.resume_attention("override")
    every.clock.advance(1)
    assert every.execution.step_times().attended_s == pytest.approx(1.0), "it goes on into the next step"
    assert work_times(every) == [("confirm", "anna", 23.0, 3.0, 0.0)]


def test_a_dialog_between_two_records_is_kept_with_the_second(every: ServiceStation, make_station: MakeStation) -> None:
    every.scan("E-1")
    every.done(every.execution.skip_step("x", _approval(every)))
    every.done(every.execution.skip_step("x", _approval(every)))
    every.execution.pause_attention("help")
    every.clock.advance(60)
    every.execution.resume_attention("help")
    every.clock.advance(1)
    every.scan("TD-2")  # a tool that fails: the step goes on
    every.close()
    again = make_station(clock=every.clock)
    again.restarted()
    assert again.execution.step_times().attended_s == pytest.approx(1.0)


def test_waiting_for_the_server_is_waiting_time(every: ServiceStation) -> None:
    every.scan("E-1")
    every.done(every.execution.abort("the other work asks for serial numbers"))
    every.sign_in()
    every.scan("U-1")
    every.server.open.clear()
    scanned = every.scanning.scan("H-1").saving
    assert scanned is not None
    every.clock.advance(3)
    every.server.open.set()
    every.done(scanned)
    assert work_times(every)[-1] == ("housing", "anna", 3.0, 0.0, 3.0)


def test_the_takt_warns_before_it_is_exceeded(every: ServiceStation) -> None:
    assert every.execution.takt() is None
    every.scan("E-1")
    marks = []
    for seconds in (15.9, 0.1, 4.0, 0.1):
        every.clock.advance(seconds)
        takt = every.execution.takt()
        assert takt is not None and takt.takt_s == 20.0
        marks.append((takt.warning, takt.exceeded))
    assert marks == [(False, False), (True, False), (True, False), (True, True)]
    every.done(every.execution.confirm())
    assert every.execution.takt() is None, "this step has none"


def test_the_unit_s_takt_counts_what_was_done_again_and_no_dialog(every: ServiceStation) -> None:
    every.scan("E-1")
    every.clock.advance(10)
    every.done(every.execution.confirm())
    every.done(every.execution.reopen_step("confirm", "dust"))
    every.clock.advance(5)
    every.execution.pause_attention("help")
    every.clock.advance(60)
    assert every.execution.unit_takt().elapsed_s == pytest.approx(15.0)
    every.execution.resume_attention("help")
    assert every.execution.unit_takt().elapsed_s == pytest.approx(15.0)
    every.done(every.execution.abort("wrong part"))
    assert every.execution.unit_takt().elapsed_s == pytest.approx(15.0)


def test_an_abort_and_an_interruption_end_the_person_s_time(every: ServiceStation) -> None:
    every.scan("E-1")
    every.clock.advance(4)
    every.done(every.execution.interrupt("break"))
    every.clock.advance(600)
    every.scan("E-001")
    every.clock.advance(2)
    every.done(every.execution.abort("wrong part"))
    assert [t[2:] for t in work_times(every)] == [(4.0, 4.0, 0.0), (602.0, 2.0, 0.0)]
    assert every.journal.head(REC).seq == len(every.facts())
