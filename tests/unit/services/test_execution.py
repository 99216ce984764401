"""The work at a station, on a real journal: what opens, what is refused and why, and that a restart changes nothing."""

from __future__ import annotations

import pytest

from drivers.base import Quality
from station_app.domain.chain import REC
from station_app.domain.job import ENDED, INTERRUPTED, RUNNING, Mark
from station_app.domain.master import WORK_MASTER, Person, encode_item
from station_app.domain.offline_policy import OfflinePolicy
from station_app.domain.outcome import Outcome
from station_app.domain.records import EquipmentState, Hold, JobState, MachineValue, MaterialConsumed, Measurement
from station_app.domain.rules import Refusal
from station_app.domain.work_master import content_sha256, encode_work_master
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import ASM_11, ASM_20, ASSEMBLY, CYCLES, DRAWING, ServiceStation, picture


def jobs(station: ServiceStation) -> list[JobState]:
    return [fact for fact in station.facts() if isinstance(fact, JobState)]


# --- opening -----------------------------------------------------------------------------------------------------------


def test_a_serial_opens_its_first_step_and_is_on_disk(station: ServiceStation) -> None:
    rows = station.scan("U-1")
    assert [row.kind for row in rows] == ["job_state", "step_state", "equipment_state"]
    assert all(row.actor == "anna" for row in rows)
    assert list(station.journal.all_rows(REC)) == rows
    assert station.step_id == "housing"
    (job,) = jobs(station)
    assert (job.work_master_id, job.work_master_version, job.previous_operation) == ("asm", "A", "first")
    assert job.work_master_sha256 == content_sha256(encode_work_master(ASSEMBLY))


def test_an_order_opens_its_next_unit(station: ServiceStation) -> None:
    station.finish("U-1", "H-1")
    station.scan("4711")
    assert station.execution.job is not None
    assert station.execution.job.serial == "U-2"


def test_the_dispatch_list_shrinks(station: ServiceStation) -> None:
    ((order, serials),) = station.execution.dispatch_list()
    assert (order.id, serials) == ("4711", ["U-1", "U-2", "U-3"])
    station.finish("U-2", "H-1")
    assert [serials for _, serials in station.execution.dispatch_list()] == [["U-1", "U-3"]]


def test_nobody_works_without_signing_in(station: ServiceStation) -> None:
    station.ledger.person = None
    assert station.refused("U-1") == "Sign in first: scan your badge."
    station.sign_in()
    station.scan("U-1")
    station.ledger.person = None
    assert "Sign in first" in station.refused("H-1")
    for act in (station.execution.confirm, station.execution.repeat_step, lambda: station.execution.interrupt("Break")):
        with pytest.raises(Refusal, match="Sign in first"):
            act()


def test_an_open_unit_keeps_others_out_and_goes_on_when_scanned_again(station: ServiceStation) -> None:
    station.scan("U-1")
    assert "U-1 is open here" in station.refused("U-2")
    assert station.scan("U-1") == [], "nothing new is recorded"
    assert station.step_id == "housing"


def test_an_interrupted_unit_is_set_aside_for_another_and_goes_on_where_it_stood(
    station: ServiceStation, make_station: MakeStation
) -> None:
    station.scan("U-1")
    station.scan("H-1")
    station.done(station.execution.interrupt("Other unit first"))
    with pytest.raises(Refusal, match="interrupted"):
        station.execution.confirm()
    station.finish("U-2", "H-2")
    station.scan("U-1")
    assert station.step_id == "clean"
    assert station.execution.job is not None
    assert station.execution.job.step("housing").mark is Mark.DONE
    assert [job.state for job in jobs(station) if job.serial == "U-1"] == [RUNNING, INTERRUPTED, RUNNING]
    assert len({job.job_id for job in jobs(station) if job.serial == "U-1"}) == 1
    station.close()
    again = make_station()
    assert (again.step_id, again.ledger.fold.interrupted) == ("clean", {})


def test_a_finished_unit_is_refused(station: ServiceStation) -> None:
    station.finish("U-1", "H-1")
    assert station.refused("U-1") == "Unit U-1 is already finished at this station."


def test_every_unit_of_an_order_finished(station: ServiceStation) -> None:
    for serial, housing in (("U-1", "H-1"), ("U-2", "H-2")):
        station.finish(serial, housing)
    station.scan("U-3")
    station.done(station.execution.report_nonconformance("Scratch"))
    assert station.refused("4711") == "Every unit of order 4711 is finished here."


def test_a_unit_of_another_product_is_refused(station: ServiceStation) -> None:
    assert "X-1 belongs to order 4712, which has no operation at this station" in station.refused("X-1")
    assert "Order 4712 has no operation at this station" in station.refused("4712")


def test_a_unit_in_work_at_another_station_is_refused(station: ServiceStation, make_station: MakeStation) -> None:
    other = make_station(ASM_11)
    other.sign_in()
    other.scan("U-1")
    other.deliver()
    assert station.refused("U-1") == "Unit U-1 is in work at ASM-11."


def test_a_unit_that_passed_at_another_station_is_refused(station: ServiceStation, make_station: MakeStation) -> None:
    other = make_station(ASM_11)
    other.sign_in()
    other.finish("U-1", "H-1")
    other.deliver()
    assert station.refused("U-1") == "Unit U-1 has already passed Assembly at ASM-11."


def test_a_unit_that_the_server_knows_as_finished_here_is_refused(
    station: ServiceStation, make_station: MakeStation
) -> None:
    """The station's own journal was lost: the server still knows."""
    station.finish("U-1", "H-1")
    station.deliver()
    station.close()
    station.journal.path.unlink()
    again = make_station()
    again.sign_in()
    assert again.refused("U-1") == "Unit U-1 is already finished at this station."


def test_a_held_unit_is_refused_here_and_elsewhere(station: ServiceStation, make_station: MakeStation) -> None:
    station.scan("U-1")
    station.done(station.execution.report_nonconformance("Crack"))
    assert "on hold: Crack" in station.refused("U-1")
    station.deliver()
    other = make_station(ASM_11)
    other.sign_in()
    assert "on hold" in other.refused("U-1")


@pytest.fixture
def test_run(make_station: MakeStation) -> ServiceStation:
    made = make_station(ASM_20)
    made.sign_in()
    return made


def test_the_previous_operation_is_missing_in_work_failed_or_passed(
    station: ServiceStation, test_run: ServiceStation
) -> None:
    assert test_run.refused("U-1") == "Unit U-1 has not been through Assembly yet."
    station.scan("U-1")
    station.deliver()
    assert test_run.refused("U-1") == "Unit U-1 is still in work at Assembly (ASM-10)."
    station.scan("H-1")
    station.done(station.execution.report_nonconformance("Crack"))
    station.deliver()
    assert "on hold" in test_run.refused("U-1")
    station.finish("U-2", "H-2")
    station.deliver()
    test_run.scan("U-2")
    assert jobs(test_run)[-1].previous_operation == "passed"


def test_without_the_server_the_policy_decides(make_station: MakeStation) -> None:
    strict = make_station(ASM_20)
    strict.sign_in()
    strict.in_contact = False
    assert "The server cannot be asked whether U-1 passed Assembly" in strict.refused("U-1")
    strict.close()
    lenient = make_station(ASM_20, offline=OfflinePolicy.ALLOW_UNVERIFIED)
    lenient.sign_in()
    lenient.in_contact = False
    lenient.scan("U-1")
    assert jobs(lenient)[-1].previous_operation == "unverified"


def test_a_server_that_is_cut_in_the_middle_of_the_question_counts_as_away(test_run: ServiceStation) -> None:
    test_run.server.close()
    assert "cannot be asked" in test_run.refused("U-1")


def test_the_first_operation_needs_no_server(station: ServiceStation) -> None:
    station.in_contact = False
    station.scan("U-1")
    assert jobs(station)[-1].previous_operation == "first"


def test_two_scans_while_the_server_is_asked_start_one_job(station: ServiceStation) -> None:
    station.server.open.clear()
    first = station.scanning.scan("U-1").saving
    assert first is not None
    assert station.execution.opening == "U-1"
    for text in ("U-1", "U-2", "4711"):
        with pytest.raises(Refusal, match="U-1 is being looked up"):
            station.scanning.scan(text)
    station.server.open.set()
    station.done(first)
    assert [job.serial for job in jobs(station)] == ["U-1"]


# --- instructions ------------------------------------------------------------------------------------------------------


def test_an_instruction_that_is_missing_starts_nothing(station: ServiceStation) -> None:
    station.withdraw(WORK_MASTER, "asm@A")
    station.library.reload()
    assert "is not at this station yet" in station.refused("U-1")


def test_an_instruction_that_does_not_match_its_hash_starts_nothing(station: ServiceStation) -> None:
    body = encode_work_master(ASSEMBLY).replace(b'"upper":"14.0"', b'"upper":"99.0"')
    station.publish([(WORK_MASTER, "asm@A", body)], sha256=content_sha256(encode_work_master(ASSEMBLY)))
    station.library.reload()
    assert "does not match its hash" in station.refused("U-1")
    assert station.library.complete() is False


def test_an_instruction_without_its_picture_starts_nothing(station: ServiceStation) -> None:
    station.evidence.path(content_sha256(DRAWING)).unlink()
    assert "picture unit.svg is not here yet" in station.refused("U-1")


def test_a_running_job_keeps_its_instruction_whatever_is_published_or_withdrawn(
    station: ServiceStation, make_station: MakeStation
) -> None:
    station.scan("U-1")
    body = encode_work_master(ASSEMBLY).replace(b'"upper":"0.15"', b'"upper":"9.00"')
    station.publish([(WORK_MASTER, "asm@A", body)])
    station.library.reload()
    station.withdraw(WORK_MASTER, "asm@A")
    station.library.reload()
    station.close()
    again = make_station()
    again.sign_in()
    assert again.step_id == "housing"
    again.scan("H-1")
    again.done(again.execution.confirm())
    again.scan("L-1")
    again.sample(12.0)
    again.done(again.execution.capture_value("force"))
    again.done(again.execution.measure("play", "0.2"))
    assert [f.outcome for f in again.facts() if isinstance(f, Measurement)] == [Outcome.FAIL], "0.15 still limits"


def test_a_job_whose_instruction_is_lost_blocks_the_station_with_its_name(
    station: ServiceStation, make_station: MakeStation
) -> None:
    station.scan("U-1")
    station.close()
    station.evidence.path(content_sha256(encode_work_master(ASSEMBLY))).unlink()
    again = make_station()
    again.sign_in()
    assert "Unit U-1 is open here with instruction asm A, which is not at this station" in again.refused("U-2")


# --- components --------------------------------------------------------------------------------------------------------


def at_step(station: ServiceStation, serial: str, housing: str = "") -> None:
    station.scan(serial)
    if housing:
        station.scan(housing)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("W-1", "W-1 is GX63-H Housing GX-63; this step needs GX40-H"),
        ("L-1", "this step needs GX40-H"),
        ("H-9", "not an order, serial number, component, tool or badge"),
    ],
)
def test_a_wrong_component_is_refused(station: ServiceStation, text: str, why: str) -> None:
    at_step(station, "U-1")
    assert why in station.refused(text)


def test_a_component_used_here_before_is_refused(station: ServiceStation) -> None:
    station.finish("U-1", "H-1")
    at_step(station, "U-2")
    assert station.refused("H-1") == "H-1 is already built into unit U-1. Take another one."


def test_a_component_used_at_another_station_is_refused_through_the_server(
    station: ServiceStation, make_station: MakeStation
) -> None:
    other = make_station(ASM_11)
    other.sign_in()
    at_step(other, "U-2", "H-1")
    other.deliver()
    at_step(station, "U-1")
    assert station.refused("H-1") == "H-1 is already built into unit U-2. Take another one."


def test_a_component_scanned_twice_while_the_server_is_asked_is_recorded_once(station: ServiceStation) -> None:
    at_step(station, "U-1")
    station.server.open.clear()
    first = station.scanning.scan("H-1").saving
    assert first is not None
    with pytest.raises(Refusal, match="H-1 is being looked up"):
        station.scanning.scan("H-1")
    with pytest.raises(Refusal, match="H-1 is being looked up"):
        station.execution.confirm()
    station.server.open.set()
    station.done(first)
    assert [f.component_serial for f in station.facts() if isinstance(f, MaterialConsumed)] == ["H-1"]


def test_a_repeated_step_takes_the_same_component_again_and_counts_it_once(station: ServiceStation) -> None:
    at_step(station, "U-1", "H-1")
    station.done(station.execution.confirm())
    station.scan("L-1")
    station.sample(20.0)
    station.done(station.execution.capture_value("force"))
    station.done(station.execution.repeat_step())
    station.scan("L-1")
    consumed = [f for f in station.facts() if isinstance(f, MaterialConsumed) and f.lot]
    assert [(f.attempt, bool(f.supersedes)) for f in consumed] == [(1, False), (2, True)]
    assert station.ledger.fold.lot_consumed == {"L-1": 1.0}


# --- checks ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def pressing(station: ServiceStation) -> ServiceStation:
    at_step(station, "U-1", "H-1")
    station.done(station.execution.confirm())
    station.scan("L-1")
    return station


@pytest.mark.parametrize(
    ("value", "quality", "status"),
    [
        (None, Quality.BAD, "BadCommunicationError"),
        (12.0, Quality.BAD, "BadNoCommunication"),
        (12.0, Quality.UNCERTAIN, "UncertainLastUsableValue"),
        (float("nan"), Quality.GOOD, "Good"),
        (float("inf"), Quality.GOOD, "Good"),
        ("12.0", Quality.GOOD, "Good"),
        (None, Quality.GOOD, "Good"),
    ],
)
def test_a_value_that_cannot_be_trusted_is_recorded_as_error_and_does_not_pass(
    pressing: ServiceStation, value: float | str | None, quality: Quality, status: str
) -> None:
    pressing.sample(value, quality, status)
    pressing.done(pressing.execution.capture_value("force"))
    (fact,) = [f for f in pressing.facts() if isinstance(f, MachineValue)]
    assert (fact.outcome, fact.quality, fact.status) == (Outcome.ERROR, quality.value, status)
    assert pressing.step_id == "press"
    with pytest.raises(Refusal, match="has failed"):
        pressing.execution.confirm()


def test_a_tag_that_never_delivered_is_refused_with_its_name(pressing: ServiceStation) -> None:
    pressing.clock.advance(1.0)
    pressing.sample(1, tag=CYCLES)
    with pytest.raises(Refusal, match=r"press\.force has delivered no value yet"):
        pressing.execution.capture_value("force")


def test_what_the_machine_still_shows_of_the_unit_before_is_not_captured(station: ServiceStation) -> None:
    station.press_counts = False
    station.sample(3, tag=CYCLES)
    at_step(station, "U-1", "H-1")
    station.done(station.execution.confirm())
    station.scan("L-1")
    station.sample(12.0)
    with pytest.raises(Refusal, match="no cycle since this step began"):
        station.execution.capture_value("force")
    assert not [f for f in station.facts() if isinstance(f, MachineValue)]
    station.clock.advance(1.0)
    station.sample(4, tag=CYCLES)
    station.sample(12.0)
    station.done(station.execution.capture_value("force"))
    assert [f.outcome for f in station.facts() if isinstance(f, MachineValue)] == [Outcome.PASS]


def test_a_captured_value_keeps_quality_status_and_times(pressing: ServiceStation) -> None:
    pressing.sample(11.0)
    pressing.done(pressing.execution.capture_value("force"))
    (fact,) = [f for f in pressing.facts() if isinstance(f, MachineValue)]
    assert (fact.value_text, fact.unit, fact.address) == ("11.0", "kN", "opcua://press/ns=2;s=Force")
    assert fact.source_us == fact.received_us == pressing.clock.wall_us()
    assert pressing.step_id == "play", "a value on the limit passes"


def test_out_of_limits_stays_until_it_is_measured_again(pressing: ServiceStation) -> None:
    pressing.sample(12.0)
    pressing.done(pressing.execution.capture_value("force"))
    pressing.done(pressing.execution.measure("play", "0.1501"))
    with pytest.raises(Refusal, match="“Play” has failed"):
        pressing.execution.confirm()
    pressing.done(pressing.execution.measure("play", "0.15"))
    first, second = (f for f in pressing.facts() if isinstance(f, Measurement))
    assert (first.outcome, second.outcome) == (Outcome.FAIL, Outcome.PASS)
    assert second.supersedes
    assert pressing.step_id == "photo"
    pressing.done(pressing.execution.keep_photo("photo", picture("U-2")))
    assert pressing.step_id == "photo", "the code in the picture is another unit's"
    pressing.done(pressing.execution.keep_photo("photo", picture("U-1", faults=["Blurred."])))
    assert pressing.step_id == "photo"
    pressing.done(pressing.execution.keep_photo("photo", picture("U-1")))
    assert pressing.step_id == ""
    assert jobs(pressing)[-1].outcome is Outcome.PASS
    assert [f.state for f in pressing.facts() if isinstance(f, EquipmentState)][-1] == 2202


def test_checks_of_another_step_or_kind_are_refused(pressing: ServiceStation) -> None:
    with pytest.raises(Refusal, match="belongs to another step"):
        pressing.execution.measure("play", "0.1")
    with pytest.raises(Refusal, match="not measured by hand"):
        pressing.execution.measure("force", "12")
    with pytest.raises(Refusal, match="not read from a machine"):
        pressing.execution.capture_value("bearing")
    with pytest.raises(Refusal, match="needs no photo"):
        pressing.execution.keep_photo("force", picture("U-1"))


def test_a_nonconformance_ends_the_job_and_holds_the_unit(pressing: ServiceStation) -> None:
    pressing.done(pressing.execution.report_nonconformance("Crack", "at the seat"))
    assert jobs(pressing)[-1].state == ENDED
    assert jobs(pressing)[-1].outcome is Outcome.FAIL
    assert any(isinstance(f, Hold) and f.subject == "U-1" for f in pressing.facts())
    with pytest.raises(Refusal, match="finished here"):
        pressing.execution.confirm()


# --- restart -----------------------------------------------------------------------------------------------------------


def test_a_restart_goes_on_at_the_step_and_leaves_the_pause_out_of_the_attended_time(
    station: ServiceStation, make_station: MakeStation
) -> None:
    station.scan("U-1")
    station.scan("H-1")
    station.clock.advance(20)
    station.sample(20.0)
    station.done(station.execution.repeat_step())
    station.close()
    station.clock.advance(3600)
    again = make_station(clock=station.clock)
    again.restarted()
    again.sign_in()
    assert again.step_id == "clean"
    again.clock.advance(10)
    assert again.execution.unit_takt().elapsed_s == pytest.approx(30.0, abs=0.01)
    again.done(again.execution.confirm())
    assert again.step_id == "press"
    assert [again.journal.head(REC).seq] == [len(again.facts())]


def test_the_clock_set_back_a_year_changes_no_attended_time_and_no_order(station: ServiceStation) -> None:
    station.scan("U-1")
    station.clock.advance(5)
    station.clock.step_wall(-365 * 86_400)
    station.scan("H-1")
    station.clock.advance(7)
    station.done(station.execution.confirm())
    assert station.execution.job is not None
    assert [s.attended_s for s in station.execution.job.steps[:2]] == [pytest.approx(5), pytest.approx(7)]
    rows = list(station.journal.all_rows(REC))
    assert [row.rec_id for row in rows] == sorted(row.rec_id for row in rows)
    assert rows[-1].wall_us < rows[0].wall_us, "the time stands as the clock told it"


# --- what nobody gets around -------------------------------------------------------------------------------------------


def test_a_unit_whose_job_was_aborted_is_started_anew_with_the_parts_that_are_in_it(
    station: ServiceStation, make_station: MakeStation
) -> None:
    at_step(station, "U-1", "H-1")
    station.done(station.execution.confirm())
    station.scan("L-1")
    station.done(station.execution.abort("wrong fixture"))
    station.scan("U-1")
    station.scan("H-1")
    station.done(station.execution.confirm())
    station.scan("L-1")
    parts = [fact for fact in station.facts() if isinstance(fact, MaterialConsumed)]
    assert [part.component_serial or part.lot for part in parts] == ["H-1", "L-1", "H-1", "L-1"]
    assert all(part.supersedes for part in parts[2:]) and not any(part.supersedes for part in parts[:2])
    fold = station.ledger.fold
    assert (fold.component_used_in["H-1"], fold.lot_consumed["L-1"]) == ("U-1", 1.0), "each is in it once"
    station.done(station.execution.abort("once more"))
    station.scan("U-1")
    station.scan("H-2")
    assert "H-1" not in station.ledger.fold.component_used_in, "what another one replaced is free again"
    station.close()
    again = make_station(clock=station.clock)
    assert again.ledger.fold.component_used_in == {"H-2": "U-1"}


def test_a_part_of_another_unit_is_refused_after_an_abort_too(station: ServiceStation) -> None:
    at_step(station, "U-1", "H-1")
    station.done(station.execution.abort("wrong fixture"))
    station.scan("U-2")
    with pytest.raises(Refusal, match="H-1 is already built into unit U-1"):
        station.scan("H-1")


def test_a_pause_and_a_defect_say_why(pressing: ServiceStation) -> None:
    recorded = len(pressing.facts())
    for verb, words in (
        (pressing.execution.interrupt, "Say why"),
        (pressing.execution.report_nonconformance, "Choose or type the defect"),
        (pressing.execution.abort, "Say why"),
    ):
        with pytest.raises(Refusal, match=words):
            verb("  ")
    assert len(pressing.facts()) == recorded


def test_who_may_not_work_here_neither_repeats_nor_leaves_out_a_step(pressing: ServiceStation) -> None:
    ada = Person(id="ada", name="Ada", roles=("administrator",))
    pressing.publish([("person", "ada", encode_item(ada))])
    pressing.library.reload()
    pressing.sign_in(ada)
    pressing.settle(lambda: not pressing.ledger.busy, "the hand-over")
    for verb in (pressing.execution.repeat_step, pressing.execution.skip_step):
        with pytest.raises(Refusal, match="Ada may not work here"):
            verb()
