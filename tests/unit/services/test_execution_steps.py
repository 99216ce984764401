"""The steps of a unit, on a real journal: components, values of machines, defects, and that a restart changes nothing."""

from __future__ import annotations

import pytest

from drivers.base import Quality
from station_app.domain.chain import REC
from station_app.domain.job import ENDED
from station_app.domain.master import Person, encode_item
from station_app.domain.outcome import Outcome
from station_app.domain.records import EquipmentState, Hold, MachineValue, MaterialConsumed, Measurement
from station_app.domain.rules import Refusal
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import ASM_11, CYCLES, ServiceStation, jobs, picture


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
