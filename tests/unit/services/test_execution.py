"""The work at a station, on a real journal: what opens, what is refused and why, and that a restart changes nothing."""

from __future__ import annotations

import pytest

from station_app.domain.chain import REC
from station_app.domain.job import INTERRUPTED, RUNNING, Mark
from station_app.domain.master import WORK_MASTER
from station_app.domain.offline_policy import OfflinePolicy
from station_app.domain.outcome import Outcome
from station_app.domain.records import Measurement
from station_app.domain.rules import Refusal
from station_app.domain.work_master import content_sha256, encode_work_master
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import ASM_11, ASM_20, ASSEMBLY, DRAWING, ServiceStation, jobs

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
