"""Inspecting units by a plan: what governs, what is entered, what is refused, and that a restart changes nothing."""

from __future__ import annotations

import pytest

from station_app.domain.chain import REC
from station_app.domain.job import ENDED, INSPECTION
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    AttributeInspected,
    Hold,
    HoldReleased,
    InspectionDecided,
    InspectionStarted,
    Nonconformance,
    ResultConfirmed,
    SampleMeasured,
)
from station_app.domain.rules import Refusal
from station_app.domain.work_master import content_sha256
from station_app.services.inspecting import RowState
from station_app.services.inspection_entry import Entering
from tests.unit.services.conftest import MakeStation
from tests.unit.services.inspection_station import (
    APPROVED,
    BORE,
    ENGINEER,
    EVERYTHING,
    INS_30,
    INSPECTOR,
    OPERATOR,
    SMALL,
    begin,
    inspect_unit,
    measure,
    plan,
)
from tests.unit.services.station import ServiceStation, refused


@pytest.fixture
def station(make_station: MakeStation) -> ServiceStation:
    made = begin(make_station(INS_30), SMALL)
    made.scan("Q-1")
    return made


@pytest.fixture
def full(make_station: MakeStation) -> ServiceStation:
    """A plan with every type of characteristic, three of them without a step."""
    made = begin(make_station(INS_30), EVERYTHING)
    made.scan("Q-1")
    return made


def states(station: ServiceStation) -> list[RowState]:
    inspecting = station.quality.inspecting
    return [row.state for row in inspecting.rows(inspecting.inspection())]


def test_the_plan_governs_the_checks_from_the_start(station: ServiceStation) -> None:
    job = station.execution.job
    assert job is not None and job.current is not None
    check = job.current.check("bore").check
    assert (check.limits, check.decimals, check.gauge_class) == (BORE.limits, 3, "bore gauge 0.001")  # type: ignore[union-attr]  # a measure check
    (started,) = [fact for fact in station.facts() if isinstance(fact, InspectionStarted)]
    document = station.library.book.plan_documents["p@A"]
    assert (started.plan_sha256, started.plan_version) == (content_sha256(document.body), "A")
    assert station.evidence.has(started.plan_sha256)


def test_a_unit_is_inspected_and_decided_in_the_commit_of_its_last_result(station: ServiceStation) -> None:
    rows = measure(station, "bore", "20.005", gauge="BG-1")
    assert station.step_id == "shaft"
    assert rows[0].kind == "sample_measured"
    measure(station, "shaft", "20.002")
    samples = [fact for fact in station.facts() if isinstance(fact, SampleMeasured)]
    assert [(s.characteristic, s.value_text, s.step_id, s.check_id, s.gauge) for s in samples] == [
        ("bore", "20.005", "bore", "bore", "BG-1"),
        ("shaft", "20.002", "shaft", "shaft", ""),
    ]
    (decided,) = [fact for fact in station.facts() if isinstance(fact, InspectionDecided)]
    assert decided.outcome is Outcome.PASS
    assert station.execution.job is not None and station.execution.job.state == ENDED


def test_the_operators_way_leads_to_the_same_record(station: ServiceStation) -> None:
    station.done(station.execution.measure("bore", "20.005", gauge="BG-1"))
    (sample,) = [fact for fact in station.facts() if isinstance(fact, SampleMeasured)]
    assert (sample.characteristic, sample.upper_limit, sample.outcome) == ("bore", "20.013", Outcome.PASS)
    assert station.step_id == "shaft"


def test_a_job_keeps_its_plan_whatever_is_published(make_station: MakeStation, station: ServiceStation) -> None:
    begin(station, plan())
    measure(station, "bore", "20.013", gauge="BG-1")
    station.close()
    again = make_station(INS_30)
    again.ledger.person = INSPECTOR
    inspection = again.quality.inspecting.inspection()
    assert inspection.plan.characteristics == SMALL.characteristics
    assert [row.state for row in again.quality.inspecting.rows(inspection)] == [RowState.PASSED, RowState.OPEN]


def test_a_plan_that_was_lost_lets_no_unit_pass(make_station: MakeStation, station: ServiceStation) -> None:
    (started,) = [fact for fact in station.facts() if isinstance(fact, InspectionStarted)]
    station.withdraw("plan", "p")
    station.close()
    station.evidence.path(started.plan_sha256).unlink()
    again = make_station(INS_30)
    again.ledger.person = INSPECTOR
    assert "is not at this station any more" in refused(lambda: again.execution.measure("bore", "20.005"))
    again.done(again.execution.abort("plan lost"))


def test_without_a_plan_nothing_changes(make_station: MakeStation) -> None:
    made = begin(make_station(INS_30))
    made.scan("Q-1")
    assert made.quality.inspecting.current is None
    made.done(made.execution.measure("bore", "50"))
    assert not [fact for fact in made.facts() if isinstance(fact, InspectionStarted | SampleMeasured)]


# --- readings ---------------------------------------------------------------------------------------------------------


def test_the_text_as_it_arrived_stays_beside_the_value(station: ServiceStation) -> None:
    inspecting = station.quality.inspecting
    entering = Entering("bore", ("+20.0050",), source="gauge", gauge="BG-1", raw_text="01A+20.0050\r")
    station.done(inspecting.enter(entering))
    (sample,) = [fact for fact in station.facts() if isinstance(fact, SampleMeasured)]
    assert (sample.readings, sample.value_text, sample.raw_text, sample.source) == (
        ("+20.0050",), "+20.0050", "01A+20.0050\r", "gauge",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "Type or measure a value first"),
        ("  ", "Type or measure a value first"),
        ("20,005", "Use a point: 20.005"),
        ("1e400", "is not a number"),
        ("NaN", "is not a number"),
        ("inf", "is not a number"),
        ("twenty", "is not a number"),
        ("ERR6", "is an error and no value"),
        ("N01:E3", "is an error and no value"),
        ("*10", "is an error and no value"),
        ("-----", "is an error and no value"),
        ("20.0000000001", "the gauge shows 3"),
        ("20.005 mm", "is not a number"),
        ("٢٠.٠٠٥", "is not a number"),
    ],
)
def test_what_is_no_reading_is_refused_and_nothing_is_recorded(station: ServiceStation, text: str, told: str) -> None:
    before = station.journal.head(REC).seq
    assert told in refused(lambda: measure(station, "bore", text, gauge="BG-1"))
    assert station.journal.head(REC).seq == before
    assert states(station) == [RowState.OPEN, RowState.OPEN]


def test_several_readings_are_judged_by_their_mean_with_the_range_beside_it(full: ServiceStation) -> None:
    assert "takes 3 readings; 2 came" in refused(lambda: measure(full, "length", "50.1", "50.2"))
    measure(full, "length", "50.41", "50.55", "50.61")
    sample = [fact for fact in full.facts() if isinstance(fact, SampleMeasured)][-1]
    # 50.5233... is rounded to the last place of the limit 50.5 (ASTM E29, rounding method), and conforms
    assert (sample.value_text, sample.range_text, sample.statistic) == ("50.523", "0.20", "mean")
    assert (sample.outcome, sample.rounding, sample.step_id) == (Outcome.PASS, "rounding", INSPECTION)


def test_ten_readings_a_second_are_all_kept_or_refused_and_none_is_lost(full: ServiceStation) -> None:
    """A gauge's key held down: while one is being saved the next is refused; what was accepted is on disk."""
    inspecting = full.quality.inspecting
    accepted = []
    for number in range(10):
        full.clock.advance(0.1)
        try:
            accepted.append(inspecting.enter(Entering("bore", (f"20.00{number % 3}",), gauge="BG-1")))
        except Refusal as refusal:
            assert "still being saved" in str(refusal) or "Confirm the result" in str(refusal)
    for saving in accepted:
        full.done(saving)
    kept = [fact for fact in full.facts() if isinstance(fact, SampleMeasured)]
    assert len(kept) == len(accepted) >= 1
    assert kept[0].supersedes == ""


# --- out of limits ----------------------------------------------------------------------------------------------------


def test_a_remeasurement_supersedes_and_both_are_kept_as_often_as_the_plan_allows(station: ServiceStation) -> None:
    first = measure(station, "bore", "20.020", gauge="BG-1")
    assert states(station)[0] is RowState.FAILED
    measure(station, "bore", "20.019", gauge="BG-1")
    samples = [fact for fact in station.facts() if isinstance(fact, SampleMeasured)]
    assert [sample.supersedes for sample in samples] == ["", first[0].rec_id]
    told = refused(lambda: measure(station, "bore", "20.010", gauge="BG-1"))
    assert "was measured again once already: the plan allows 1. Confirm the result." in told


def test_confirming_is_a_nonconformance_with_a_hold_and_ends_the_job(station: ServiceStation) -> None:
    inspecting = station.quality.inspecting
    assert "no result to confirm" in refused(lambda: inspecting.confirm("bore", "Out of limits"))
    measure(station, "bore", "20.020", gauge="BG-1")
    assert "Choose or type" in refused(lambda: inspecting.confirm("bore", " "))
    station.done(inspecting.confirm("bore", "Out of limits"))
    facts = station.facts()
    (found,) = [fact for fact in facts if isinstance(fact, Nonconformance)]
    assert found.description == "Bore 20.020 mm, limits 20.000 to 20.013 mm"
    (confirmed,) = [fact for fact in facts if isinstance(fact, ResultConfirmed)]
    assert confirmed.nonconformance_id == found.nonconformance_id
    (decided,) = [fact for fact in facts if isinstance(fact, InspectionDecided)]
    assert (decided.outcome, decided.nonconforming) == (Outcome.FAIL, 1)
    assert station.ledger.fold.held("Q-1") is not None
    assert "on hold" in station.refused("Q-1")


def test_what_is_in_order_cannot_be_confirmed_as_a_defect(station: ServiceStation) -> None:
    measure(station, "bore", "20.005", gauge="BG-1")
    assert "is in order" in refused(lambda: station.quality.inspecting.confirm("bore", "x"))


# --- completeness -----------------------------------------------------------------------------------------------------


def test_a_unit_cannot_end_while_a_characteristic_without_a_step_is_missing(full: ServiceStation) -> None:
    inspecting = full.quality.inspecting
    measure(full, "bore", "20.005", gauge="BG-1")
    measure(full, "shaft", "20.002")
    job = full.execution.job
    assert job is not None and job.current is not None, "the reading is recorded, and the unit is still here"
    assert "“Length” (balloon 3) has no result yet" in refused(full.execution.confirm)
    measure(full, "length", "50.1", "50.2", "50.3")
    full.done(inspecting.enter_attribute("look", True))
    assert "Type a number first; 0 when there is none" in refused(lambda: inspecting.enter_count("scratches", ""))
    full.done(inspecting.enter_count("scratches", "0"))
    assert "Hardness" in refused(full.execution.confirm)
    measure(full, "hardness", "60")
    full.done(full.execution.confirm())
    assert job.state == ENDED and job.outcome is Outcome.PASS


def test_a_failed_characteristic_without_a_step_keeps_the_unit_here(full: ServiceStation) -> None:
    inspecting = full.quality.inspecting
    for name, text in (("bore", "20.005"), ("shaft", "20.002"), ("hardness", "60")):
        measure(full, name, text, gauge="BG-1" if name == "bore" else "")
    measure(full, "length", "50.1", "50.2", "50.3")
    full.done(inspecting.enter_count("scratches", "0"))
    assert "choose or type the defect" in refused(lambda: inspecting.enter_attribute("look", False))
    full.done(inspecting.enter_attribute("look", False, "Burr"))
    assert "“Look” (balloon 4) is not in order" in refused(full.execution.confirm)
    found = [fact for fact in full.facts() if isinstance(fact, AttributeInspected)][-1]
    assert (found.nonconforming, found.text, found.outcome) == (1, "Burr", Outcome.FAIL)
    full.done(inspecting.confirm("look", "Burr"))
    assert full.execution.job is not None and full.execution.job.outcome is Outcome.FAIL


def test_counts_are_in_order_up_to_their_limit(full: ServiceStation) -> None:
    inspecting = full.quality.inspecting
    for text in ("1.5", "-1", "two", "1e3"):
        assert "whole number" in refused(lambda t=text: inspecting.enter_count("scratches", t))  # type: ignore[misc]  # bound now
    full.done(inspecting.enter_count("scratches", "2"))
    full.done(inspecting.enter_count("scratches", "3", "Scratch"))
    counts = [fact for fact in full.facts() if isinstance(fact, AttributeInspected)]
    assert [(c.defects, c.outcome) for c in counts] == [(2, Outcome.PASS), (3, Outcome.FAIL)]


def test_a_characteristic_of_another_type_is_refused(full: ServiceStation) -> None:
    inspecting = full.quality.inspecting
    assert "is of type attribute" in refused(lambda: measure(full, "look", "1"))
    assert "is of type variable" in refused(lambda: inspecting.enter_count("bore", "1"))
    assert "has no characteristic width" in refused(lambda: measure(full, "width", "1"))


def test_what_the_sampling_leaves_out_is_not_due(make_station: MakeStation) -> None:
    made = begin(make_station(INS_30), EVERYTHING)
    made.scan("Q-2")
    assert states(made)[5] is RowState.NOT_DUE
    assert "is not due on this unit by its sampling" in refused(lambda: measure(made, "hardness", "60"))


def test_balloons_may_be_tapped_in_any_order(station: ServiceStation) -> None:
    measure(station, "shaft", "20.002")
    assert station.step_id == "bore" and states(station) == [RowState.OPEN, RowState.PASSED]
    measure(station, "bore", "20.005", gauge="BG-1")
    assert station.step_id == "shaft"
    station.done(station.execution.confirm())
    assert station.execution.job is not None and station.execution.job.outcome is Outcome.PASS


def test_several_inspectors_leave_and_resume_and_a_restart_folds_the_same(
    make_station: MakeStation, full: ServiceStation
) -> None:
    measure(full, "bore", "20.005", gauge="BG-1")
    measure(full, "length", "50.1", "50.2", "50.3")
    full.done(full.execution.interrupt("End of shift"))
    assert "interrupted" in refused(lambda: measure(full, "shaft", "20.002"))
    before = states(full)
    full.close()
    again = make_station(INS_30)
    again.ledger.person = ENGINEER
    again.scan("Q-1")
    assert states(again) == before
    measure(again, "shaft", "20.002")
    inspection = again.quality.inspecting.inspection()
    results = [inspection.result(name) for name in ("bore", "shaft")]
    assert [result.actor for result in results if result is not None] == ["jonas", "paul"]


def test_results_can_be_imported_in_one_commit_or_not_at_all(full: ServiceStation) -> None:
    inspecting = full.quality.inspecting
    good = [Entering("bore", ("20.00512345",), "qif", "BG-1"), Entering("shaft", ("20.002",), "qif")]
    bad = [*good, Entering("length", ("50.1", "x", "50.2"), "qif")]
    before = full.journal.head(REC).seq
    assert "is not a number" in refused(lambda: inspecting.enter_many(bad))
    assert "is there twice" in refused(lambda: inspecting.enter_many([*good, good[0]]))
    assert full.journal.head(REC).seq == before
    full.done(inspecting.enter_many(good))
    assert states(full)[:2] == [RowState.PASSED, RowState.PASSED]


# --- gauges at the reading --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gauge", "told"),
    [
        ("", "Scan the gauge first"),
        ("XX-9", "is not known here"),
        ("MM-1", "this characteristic needs a bore gauge 0.001"),
        ("BG-2", "its calibration ended on 2020-01-31"),
        ("TD-1", "is a tool and no gauge"),
    ],
)
def test_a_gauge_that_may_not_measure_is_refused_at_the_reading(station: ServiceStation, gauge: str, told: str) -> None:
    assert told in refused(lambda: measure(station, "bore", "20.005", gauge=gauge))
    assert states(station)[0] is RowState.OPEN


def test_a_held_gauge_is_refused_until_it_is_in_service_again(
    make_station: MakeStation, station: ServiceStation
) -> None:
    gauges = station.quality.gauges
    station.done(gauges.set_status("BG-1", "held", "dropped"))
    assert "BG-1 Bore gauge 18-22 is held (dropped)" in refused(
        lambda: measure(station, "bore", "20.005", gauge="BG-1")
    )
    station.close()
    again = make_station(INS_30)
    again.ledger.person = INSPECTOR
    assert "is held (dropped)" in refused(lambda: measure(again, "bore", "20.005", gauge="BG-1"))
    again.done(again.quality.gauges.set_status("BG-1", "in service", "looked at, in order"))
    measure(again, "bore", "20.005", gauge="BG-1")


# --- holds ------------------------------------------------------------------------------------------------------------


def test_a_held_unit_cannot_complete_before_a_signed_release(station: ServiceStation) -> None:
    hold = Hold(hold_id="h", scope="unit", subject="Q-1", reason="doubtful material")
    station.done(station.ledger.commit_aside([hold], "station"))
    inspecting = station.quality.inspecting
    measure(station, "bore", "20.005", gauge="BG-1")
    measure(station, "shaft", "20.002")
    job = station.execution.job
    assert job is not None and job.state != ENDED
    assert "is on hold: doubtful material" in refused(station.execution.confirm)
    approval = APPROVED.__class__(OPERATOR, "badge and PIN")
    assert "may not release a hold" in refused(lambda: inspecting.release_hold("h", "looked at", approval))
    assert "Say why" in refused(lambda: inspecting.release_hold("h", "", APPROVED))
    station.done(inspecting.release_hold("h", "looked at", APPROVED))
    assert [fact.hold_id for fact in station.facts() if isinstance(fact, HoldReleased)] == ["h"]
    station.done(station.execution.confirm())
    assert job.state == ENDED


def test_the_next_unit_begins_afresh(station: ServiceStation) -> None:
    measure(station, "bore", "20.005", gauge="BG-1")
    measure(station, "shaft", "20.002")
    inspect_unit(station, "Q-2")
    assert [fact.serial for fact in station.facts() if isinstance(fact, InspectionDecided)] == ["Q-1", "Q-2"]
