"""Ways in which a bad unit or a gauge in doubt could slip through, and what stops each of them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import msgspec
import pytest

from station_app.domain.approval import Approval
from station_app.domain.inspection.plan import Action, Characteristic, ChartSettings, Sampling, SamplingRule
from station_app.domain.inspection.sampling import Scheme, due_on_unit
from station_app.domain.job import ABORTED, ENDED
from station_app.domain.master import WORK_MASTER, Material, Tool, encode_item
from station_app.domain.outcome import Outcome
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.quality.rounding import Rounding
from station_app.domain.records import (
    ControlSignal,
    Hold,
    InspectionDecided,
    InspectionStarted,
    SampleMeasured,
    Signature,
)
from station_app.domain.rules import Refusal
from station_app.domain.scan import ComponentScan
from station_app.domain.spc.points import Selection
from station_app.domain.work_master import encode_work_master
from station_app.services.inspecting import RowState
from station_app.services.inspection_entry import Entering
from tests.fakes.shared_database import FakeServer
from tests.unit.services.conftest import MakeStation
from tests.unit.services.inspection_station import (
    APPROVED,
    BORE,
    CHART,
    ENGINEER,
    INS_30,
    INSPECTION,
    INSPECTOR,
    LENGTH,
    LOOK,
    OPERATOR,
    SCRATCHES,
    SERIALS,
    SHAFT,
    SMALL,
    begin,
    earlier,
    measure,
    measured,
    plan,
    shafts,
)
from tests.unit.services.station import ASM_11, ServiceStation

PLUG = "bore gauge 0.001"


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        call()
    return str(refusal.value)


@pytest.fixture
def station(make_station: MakeStation) -> ServiceStation:
    made = begin(make_station(INS_30), SMALL)
    made.scan("Q-1")
    return made


def state_of(station: ServiceStation, name: str) -> RowState:
    inspecting = station.quality.inspecting
    return next(row.state for row in inspecting.rows(inspecting.inspection()) if row.characteristic.id == name)


# --- gauges -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wanted", [LOOK, SCRATCHES], ids=["attribute", "count"])
def test_go_and_no_go_needs_its_gauge_as_a_measured_value_does(
    make_station: MakeStation, wanted: Characteristic
) -> None:
    gauged = msgspec.structs.replace(wanted, gauge_class=PLUG)
    station = begin(make_station(INS_30), plan(BORE, SHAFT, gauged))
    station.scan("Q-1")
    inspecting = station.quality.inspecting

    def enter(gauge: str) -> object:
        if wanted is LOOK:
            return station.done(inspecting.enter_attribute(wanted.id, True, gauge=gauge))
        return station.done(inspecting.enter_count(wanted.id, "0", gauge=gauge))

    assert "Scan the gauge first" in refused(lambda: enter(""))
    assert "its calibration ended on 2020-01-31" in refused(lambda: enter("BG-2"))
    assert "needs a bore gauge 0.001" in refused(lambda: enter("MM-1"))
    assert state_of(station, wanted.id) is RowState.OPEN
    enter("BG-1")
    assert state_of(station, wanted.id) is RowState.PASSED
    assert station.done(station.quality.gauges.affected("BG-1")).units == ("Q-1",), "it counts as measured with it"


def with_gauge(make_station: MakeStation, tool: Tool, *characteristics: Characteristic) -> ServiceStation:
    station = begin(make_station(INS_30), plan(*characteristics))
    station.publish([(Tool.kind, tool.id, encode_item(tool))])
    station.library.reload()
    station.scan("Q-1")
    return station


@pytest.mark.parametrize(
    ("resolution", "unit", "told"),
    [
        ("0.01", "mm", "BG-9 Bore gauge shows steps of 0.01 mm; “Bore” is measured to 0.001 mm. Take a finer one."),
        ("0.005", "mm", ""),
        ("1", "µm", ""),
        ("10", "µm", "shows steps of 10 µm"),
        ("", "mm", ""),
    ],
)
def test_a_gauge_that_is_too_coarse_is_refused_at_the_reading(
    make_station: MakeStation, resolution: str, unit: str, told: str
) -> None:
    coarse = Tool(id="BG-9", title="Bore gauge", sort="gauge", tool_class=PLUG, resolution=resolution, unit=unit)
    station = with_gauge(make_station, coarse, BORE, SHAFT)
    if told:
        assert told in refused(lambda: measure(station, "bore", "20.005", gauge="BG-9"))
        assert state_of(station, "bore") is RowState.OPEN
    else:
        measure(station, "bore", "20.005", gauge="BG-9")


@pytest.mark.parametrize("offset_h", [-8, 0, 5])
def test_a_calibration_ends_with_the_day_of_the_clock_on_the_wall(make_station: MakeStation, offset_h: int) -> None:
    station = begin(make_station(INS_30), SMALL)
    station.scan("Q-1")
    station.clock.offset_min = offset_h * 60
    state = station.quality.gauges.state("BG-1")
    assert state.valid_until_us is not None and state.due == "2027-01-31"
    to_midnight_s = (state.valid_until_us - station.clock.wall_us()) / 1e6 - offset_h * 3600
    station.clock.advance(to_midnight_s - 60)
    assert station.execution.today() == "2027-01-31" and station.quality.gauges.fault("BG-1") == ""
    station.clock.advance(120)
    assert station.execution.today() == "2027-02-01"
    assert "its calibration ended on 2027-01-31" in refused(lambda: measure(station, "bore", "20.005", gauge="BG-1"))


@pytest.mark.parametrize("offset_h", [-8, 0, 5])
def test_a_gauge_left_unusable_is_refused_from_that_moment(make_station: MakeStation, offset_h: int) -> None:
    station = begin(make_station(INS_30), SMALL)
    station.clock.offset_min = offset_h * 60
    gauges = station.quality.gauges
    station.done(
        gauges.record_calibration(
            "BG-1", certificate="C-9", valid_until="2030-01-31", as_found="+0.1", found_in_order=False, usable=False
        )
    )
    assert "its calibration ended" in gauges.fault("BG-1")
    assert gauges.state("BG-1").tool_now.calibration_due < station.execution.today(), "what counts days says so too"


def test_a_certificate_that_takes_back_the_listed_day_is_not_passed_over(station: ServiceStation) -> None:
    told = refused(
        lambda: station.quality.gauges.record_calibration(
            "BG-1", certificate="C-9", valid_until="2026-12-31", as_found="0", found_in_order=True
        )
    )
    assert told.startswith(
        "The gauge list says that BG-1 may be used until 2027-01-31, longer than this certificate says."
    )


def test_a_gauge_held_again_puts_in_doubt_what_was_measured_since_it_was_last_found_good(
    station: ServiceStation,
) -> None:
    gauges = station.quality.gauges

    def calibrate(good: bool) -> None:
        station.clock.advance(60)
        station.done(
            gauges.record_calibration(
                "BG-1", certificate="C", valid_until="2030-01-31", as_found="x", found_in_order=good
            )
        )
        station.clock.advance(60)

    def units() -> tuple[str, ...]:
        return station.done(gauges.affected("BG-1")).units

    def inspect(serial: str) -> None:
        station.scan(serial)
        measure(station, "bore", "20.005", gauge="BG-1")
        measure(station, "shaft", "20.002")

    inspect("Q-1")
    calibrate(True)
    inspect("Q-2")
    calibrate(False)
    inspect("Q-3")
    assert units() == ("Q-2",), "found out of order and put right"
    station.clock.advance(1)
    station.done(gauges.set_status("BG-1", "held", "dropped"))
    assert units() == ("Q-2", "Q-3"), "in doubt up to now: nothing between says that it was good"
    station.done(gauges.set_status("BG-1", "in service", "looked at"))
    calibrate(True)
    inspect("Q-4")
    assert units() == ("Q-2",), "the finding is what is known"
    station.done(gauges.set_status("BG-1", "held", "dropped again"))
    affected = station.done(gauges.affected("BG-1"))
    assert (affected.units, affected.until_us, affected.reason) == (("Q-4",), None, "held: dropped again")


def test_a_held_gauge_comes_back_with_a_reason_by_who_may(make_station: MakeStation) -> None:
    station = begin(make_station(INS_30), SMALL)
    gauges = station.quality.gauges
    station.done(gauges.set_status("BG-1", "held", "dropped"))
    assert "Say why" in refused(lambda: gauges.set_status("BG-1", "in service", " "))
    station.ledger.person = OPERATOR
    assert "may not calibrate gauges or set their status" in refused(
        lambda: gauges.set_status("BG-1", "in service", "it is fine")
    )
    assert "is held (dropped)" in gauges.fault("BG-1")


# --- a failed result is not forgotten ---------------------------------------------------------------------------------


def test_a_unit_out_of_limits_that_is_aborted_is_held_and_not_begun_anew_until_somebody_decides(
    make_station: MakeStation, station: ServiceStation
) -> None:
    measure(station, "bore", "20.5", gauge="BG-1")
    station.done(station.execution.abort("wrong unit"))
    (hold,) = [fact for fact in station.facts() if isinstance(fact, Hold)]
    assert (hold.scope, hold.subject, hold.reason) == (
        "unit", "Q-1", "Aborted while “Bore” (balloon 1) was out of limits",
    )  # fmt: skip
    station.close()
    again = make_station(INS_30)
    again.ledger.person = INSPECTOR
    assert "Unit Q-1 is on hold: Aborted while" in refused(lambda: again.scan("Q-1"))
    again.done(again.quality.inspecting.release_hold(hold.hold_id, "put right", APPROVED))
    again.scan("Q-1")
    measure(again, "bore", "20.005", gauge="BG-1")


def test_a_unit_in_order_may_be_aborted_and_begun_anew(station: ServiceStation) -> None:
    measure(station, "bore", "20.5", gauge="BG-1")
    measure(station, "bore", "20.005", gauge="BG-1")
    station.done(station.execution.abort("the instruction is wrong"))
    assert not station.ledger.fold.holds
    station.scan("Q-1")
    job = station.execution.job
    assert job is not None and job.state != ABORTED


def test_a_stop_of_a_control_chart_is_not_gone_around_by_aborting(make_station: MakeStation) -> None:
    settings = ChartSettings(chart=ChartKind.I_MR, action=Action.STOP, baseline=10, early_warning=False)
    station = begin(make_station(INS_30), plan(BORE, msgspec.structs.replace(SHAFT, chart=settings)))
    earlier(station, *shafts(20))
    station.scan("Q-40")
    measure(station, "bore", "20.005", gauge="BG-1")
    measure(station, "shaft", "20.016")
    assert [f.action for f in station.facts() if isinstance(f, ControlSignal)][:1] == ["stop"]
    station.done(station.execution.abort("no time"))
    assert "Aborted while a control chart stopped it" in refused(lambda: station.scan("Q-40"))


def test_a_result_set_aside_by_a_signature_does_not_hide_another_one_that_failed(make_station: MakeStation) -> None:
    station = begin(make_station(INS_30), plan(BORE, SHAFT, LOOK))
    station.scan("Q-1")
    measure(station, "bore", "20.5", gauge="BG-1")
    station.done(station.execution.override_check("bore", "concession 7", APPROVED))
    station.done(station.quality.inspecting.enter_attribute("look", False, "Dent"))
    measure(station, "shaft", "20.002")
    job = station.execution.job
    assert job is not None and job.state != ENDED
    assert "“Look” (balloon 4) is not in order" in refused(station.execution.confirm)


def test_a_step_left_out_by_a_signature_keeps_no_unit_for_ever(station: ServiceStation) -> None:
    station.done(station.execution.skip_step("the gauge is away, concession 8", APPROVED))
    measure(station, "shaft", "20.002")
    job = station.execution.job
    assert job is not None and (job.state, job.outcome) == (ENDED, Outcome.PASS)


def test_the_last_step_may_be_left_out_by_a_signature_too(station: ServiceStation) -> None:
    measure(station, "bore", "20.005", gauge="BG-1")
    station.done(station.execution.skip_step("concession 9", APPROVED))
    job = station.execution.job
    assert job is not None and job.state == ENDED


def test_an_optional_step_leaves_no_characteristic_of_the_plan_out(make_station: MakeStation) -> None:
    station = begin(make_station(INS_30), SMALL)
    bore, shaft = INSPECTION.steps
    optional = msgspec.structs.replace(INSPECTION, steps=(msgspec.structs.replace(bore, optional=True), shaft))
    station.publish([(WORK_MASTER, "ins@A", encode_work_master(optional))])
    station.library.reload()
    station.scan("Q-1")
    station.done(station.execution.skip_step())
    measure(station, "shaft", "20.002")
    job = station.execution.job
    assert job is not None and job.state != ENDED
    assert "“Bore” (balloon 1) has no result yet" in refused(station.execution.confirm)
    measure(station, "bore", "20.005", gauge="BG-1")
    station.done(station.execution.confirm())
    assert job.state == ENDED


# --- results of another unit ------------------------------------------------------------------------------------------


def test_results_that_a_file_says_are_of_another_unit_are_refused(station: ServiceStation) -> None:
    inspecting = station.quality.inspecting

    def enter(part: str) -> object:
        return station.done(
            inspecting.enter_many([Entering("bore", ("20.005",), "qif", "BG-1", "20.005 mm", part=part)])
        )

    assert refused(lambda: enter("Q-2")) == (
        "These results are of unit Q-2; unit Q-1 is inspected here. Open Q-2 first."
    )
    assert not [fact for fact in station.facts() if isinstance(fact, SampleMeasured)]
    enter("1")


# --- what is on hold is not built in ----------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["lot", "unit"])
def test_a_lot_or_component_on_hold_is_not_built_in(make_station: MakeStation, scope: str) -> None:
    station = make_station()
    station.sign_in()
    station.scan("U-1")
    hold = Hold(hold_id="h", scope=scope, subject="X-1", reason="rejected by its inspection")
    station.done(station.ledger.commit_aside([hold], "station"))
    material = Material(id="GX40-H", title="Housing", tracked="serial" if scope == "unit" else "lot")
    part = ComponentScan(material, serial="X-1" if scope == "unit" else "", lot="X-1" if scope == "lot" else "")
    assert refused(lambda: station.execution.scan_component(part)) == (
        "X-1 is on hold: rejected by its inspection. It needs a decision before it is built in. Take another one."
    )


def test_a_component_that_another_station_holds_is_not_built_in(make_station: MakeStation, server: FakeServer) -> None:
    station = make_station()
    station.sign_in()
    station.scan("U-1")
    other = make_station(ASM_11)
    other.sign_in()
    other.scan("U-2")
    other.done(other.execution.report_nonconformance("crack"))
    other.deliver()
    part = ComponentScan(Material(id="GX40-H", title="Housing", tracked="serial"), serial="U-2")
    assert refused(lambda: station.done(station.execution.scan_component(part))).startswith("U-2 is on hold.")


def test_an_order_on_hold_lets_none_of_its_units_begin_or_end(station: ServiceStation) -> None:
    measure(station, "bore", "20.005", gauge="BG-1")
    station.done(station.ledger.commit_aside([Hold(hold_id="h", scope="order", subject="4720", reason="recall")], "x"))
    measure(station, "shaft", "20.002")
    job = station.execution.job
    assert job is not None and job.state != ENDED
    assert "is on hold: recall" in refused(station.execution.confirm)
    station.done(station.execution.interrupt("break"))
    assert "Unit Q-2 is on hold: recall" in refused(lambda: station.scan("Q-2"))


# --- lots -------------------------------------------------------------------------------------------------------------

# ISO 2859-1, general level II, AQL 15 of a lot of 8: letter A, the arrow leads to B, n = 3, Ac 1, Re 2
HUNDRED = Scheme("II", "15")
COUNTED = msgspec.structs.replace(
    SCRATCHES, upper=None, sampling=Sampling(rule=SamplingRule.ISO2859, level=HUNDRED.level, aql=HUNDRED.aql)
)


def lot_of(station: ServiceStation, number: str, *counts: str) -> str:
    inspecting = station.quality.inspecting
    station.done(inspecting.start_lot("incoming", number, 8, "ACME"))
    name = inspecting.open_lots[-1].inspection_id
    pieces = inspecting.open_lots[-1].pieces(COUNTED)
    for piece, count in zip(pieces, counts, strict=False):
        station.done(inspecting.enter_count("scratches", count, piece=piece, inspection_id=name))
        if count != "0":
            station.done(inspecting.confirm("scratches", "Scratch", piece=piece, inspection_id=name))
    return name


@pytest.fixture
def incoming(make_station: MakeStation) -> ServiceStation:
    return begin(make_station(INS_30), plan(COUNTED, plan_id="incoming", operation="incoming"))


def decided(station: ServiceStation) -> InspectionDecided:
    return [fact for fact in station.facts() if isinstance(fact, InspectionDecided)][-1]


@pytest.mark.parametrize(("count", "outcome"), [("1", Outcome.PASS), ("2", Outcome.FAIL), ("9", Outcome.FAIL)])
def test_above_an_aql_of_10_every_nonconformity_counts_also_those_of_one_piece(
    incoming: ServiceStation, count: str, outcome: Outcome
) -> None:
    name = lot_of(incoming, "L-1", count, "0", "0")
    incoming.done(incoming.quality.inspecting.decide_lot(name, APPROVED))
    found = decided(incoming)
    assert (found.acceptance_number, found.nonconforming, found.outcome) == (1, int(count), outcome)


def test_a_lot_is_decided_by_a_signature_over_every_record_it_came_from(incoming: ServiceStation) -> None:
    name = lot_of(incoming, "L-1", "0", "0", "0")
    inspecting = incoming.quality.inspecting
    operator = Approval(OPERATOR, "badge and PIN")
    assert "may not inspect lots" in refused(lambda: inspecting.decide_lot(name, operator))
    incoming.done(inspecting.decide_lot(name, APPROVED))
    (signature,) = [fact for fact in incoming.facts() if isinstance(fact, Signature)]
    rows = {row.rec_id: row.hash.hex() for row in incoming.journal.all_rows("rec")}
    assert len(signature.signed_ids) == 3
    assert signature.signed_hashes == tuple(rows[rec_id] for rec_id in signature.signed_ids)


def test_a_lot_that_was_not_accepted_is_no_original_lot_when_it_comes_again_also_after_a_restart(
    make_station: MakeStation, incoming: ServiceStation
) -> None:
    name = lot_of(incoming, "L-1", "9", "0", "0")
    incoming.done(incoming.quality.inspecting.decide_lot(name, APPROVED))
    incoming.close()
    again = make_station(INS_30)
    again.ledger.person = INSPECTOR
    inspecting = again.quality.inspecting
    for number, supplier in (("L-1", "ACME"), ("L-1", "Other"), ("L-2", "ACME")):
        again.done(inspecting.start_lot("incoming", number, 8, supplier))
        again.done(inspecting.enter_count("scratches", "0", inspection_id=inspecting.open_lots[-1].inspection_id))
        started = [fact for fact in again.facts() if isinstance(fact, InspectionStarted)][-1]
        assert started.original == ((number, supplier) != ("L-1", "ACME"))
        if (number == "L-1" and supplier == "ACME") or supplier == "Other":
            name = inspecting.open_lots[-1].inspection_id
            for piece in (2, 3):
                again.done(inspecting.enter_count("scratches", "0", piece=piece, inspection_id=name))
            again.done(inspecting.decide_lot(name, APPROVED))
    assert [hold.subject for hold in inspecting.held_lots] == ["L-1"], "an accepted second try releases nothing"


# --- judging ----------------------------------------------------------------------------------------------------------


def test_a_mean_a_little_beyond_a_limit_is_not_rounded_back_onto_it(make_station: MakeStation) -> None:
    wanted = msgspec.structs.replace(LENGTH, upper=Decimal("50.50"), readings=25, rounding=Rounding.ABSOLUTE)
    station = begin(make_station(INS_30), plan(BORE, SHAFT, wanted))
    station.scan("Q-1")
    measure(station, "length", *["50.50"] * 24, "50.51")
    (fact,) = [fact for fact in station.facts() if isinstance(fact, SampleMeasured)]
    assert (fact.value_text, fact.outcome) == ("50.5004", Outcome.FAIL)


def test_the_words_beside_a_value_follow_the_plan_s_rounding() -> None:
    rounding = msgspec.structs.replace(LENGTH, rounding=Rounding.ROUNDING)
    assert rounding.say_excess(Decimal("50.54")) == ""
    assert rounding.say_margin(Decimal("50.54")) == "Counts as 50.5 mm by the plan's rounding."
    assert rounding.say_excess(Decimal("50.56")) == "0.06 mm above the limit."
    assert rounding.say_margin(Decimal("50.56")) == ""
    absolute = msgspec.structs.replace(LENGTH, rounding=Rounding.ABSOLUTE)
    assert absolute.say_excess(Decimal("50.54")) == "0.04 mm above the limit."


def test_a_chart_that_a_newer_plan_dropped_still_takes_the_cause_of_a_unit_that_began_with_it(
    make_station: MakeStation,
) -> None:
    settings = ChartSettings(chart=ChartKind.I_MR, action=Action.STOP, baseline=10, early_warning=False)
    station = begin(make_station(INS_30), plan(BORE, msgspec.structs.replace(SHAFT, chart=settings)))
    earlier(station, *shafts(20))
    station.scan("Q-40")
    newer = msgspec.structs.replace(plan(BORE, msgspec.structs.replace(SHAFT, chart=None)), version="B")
    station.publish([(newer.kind, newer.id, encode_item(newer))])
    station.library.reload()
    measure(station, "bore", "20.005", gauge="BG-1")
    measure(station, "shaft", "20.016")
    control = station.quality.control
    assert [each.chart_id for each in control.charts()] == []
    signal, *_ = control.open_signals()
    assert control.entry(signal.fact.chart_id).characteristic.id == "shaft"
    assert control.causes(signal.fact.chart_id) == ("Tool worn", "Material")
    assert control.live(signal.fact.chart_id).chart is not None


def test_an_order_whose_sample_has_more_defects_than_its_plan_accepts_is_held(make_station: MakeStation) -> None:
    # ISO 2859-1, general level II, AQL 4.0 of an order of 60: letter E, n = 13, Ac 1, Re 2
    sampled = msgspec.structs.replace(LOOK, sampling=Sampling(rule=SamplingRule.ISO2859, level="II", aql="4.0"))
    station = begin(make_station(INS_30), plan(sampled))
    inspecting = station.quality.inspecting
    due = [s for s in SERIALS if due_on_unit(plan(sampled), s, "4720", SERIALS)]
    assert len(due) == 13
    for place, serial in enumerate(due[:3]):
        station.scan(serial)
        station.done(inspecting.enter_attribute("look", False, "Dent"))
        station.done(inspecting.confirm("look", "Dent"))
        held = station.ledger.fold.held_as("order", "4720")
        assert (held is not None) == (place >= 1), "one is accepted, two are not"
        if held is not None:
            break
    assert held is not None
    assert held.reason == "2 nonconforming in the order's sample of 13, 1 accepted (level II, AQL 4.0)"
    assert "is on hold: 2 nonconforming" in refused(lambda: station.scan(due[4]))
    station.done(inspecting.release_hold(held.hold_id, "all looked at", APPROVED))
    station.scan(due[4])


def test_a_lot_that_a_control_chart_stops_is_not_decided_before_the_cause_is_named(make_station: MakeStation) -> None:
    settings = ChartSettings(chart=ChartKind.I_MR, action=Action.STOP, baseline=10, early_warning=False)
    charted = msgspec.structs.replace(SHAFT, chart=settings, sampling=Sampling(rule=SamplingRule.FIRST_LAST))
    station = begin(make_station(INS_30), plan(charted))
    earlier(station, *shafts(20))
    inspecting = station.quality.inspecting
    station.done(inspecting.start_lot("p", "L-1", 50))
    name = inspecting.open_lots[0].inspection_id
    measure(station, "shaft", "20.016", piece=1, lot=name)
    measure(station, "shaft", "20.002", piece=50, lot=name)
    told = refused(lambda: inspecting.decide_lot(name, APPROVED))
    assert told.startswith("A control chart stops this lot: one point beyond the limits. Name the cause")
    for signal in station.quality.control.open_signals():
        station.done(station.quality.control.give_cause(signal.fact.signal_id, "Tool worn"))
    station.done(inspecting.decide_lot(name, APPROVED))


def test_capability_is_marked_not_stable_when_the_chart_with_its_frozen_limits_signals(
    make_station: MakeStation,
) -> None:
    station = begin(make_station(INS_30), SMALL)
    earlier(station, *shafts(20))
    control = station.quality.control
    station.done(control.freeze(control.propose(CHART), "phase two", APPROVED))
    # the same process a little higher, measured by somebody else: by itself it is at rest, against the limits it is not
    facts = [measured(f"{float(text) + 0.003:.3f}", f"Z-{number}") for number, text in enumerate(shafts(30))]
    station.done(station.ledger.commit_aside(facts, ENGINEER.id))
    later = Selection(operator=ENGINEER.id)
    chart = control.live(CHART, later).chart
    found = control.capability(CHART, later)
    assert chart is not None and not chart.stable and found.capability.stable
    assert not found.stable


def open_units(station: ServiceStation) -> list[str]:
    return next(serials for order, serials in station.execution.dispatch_list() if order.id == "4720")


def test_a_failed_unit_is_inspected_again_after_a_signed_release_and_not_before(
    make_station: MakeStation, station: ServiceStation
) -> None:
    measure(station, "bore", "20.5", gauge="BG-1")
    station.done(station.quality.inspecting.confirm("bore", "Too large"))
    assert "Q-1" not in open_units(station)
    assert "Unit Q-1 is on hold: Too large" in refused(lambda: station.scan("Q-1"))
    station.deliver()
    (hold,) = station.ledger.fold.holds.values()
    station.done(station.quality.inspecting.release_hold(hold.hold_id, "put right", APPROVED))
    station.deliver()
    assert "Q-1" in open_units(station)
    station.scan("Q-1")
    measure(station, "bore", "20.005", gauge="BG-1")
    measure(station, "shaft", "20.002")
    job = station.execution.job
    assert job is not None and (job.serial, job.state, job.outcome) == ("Q-1", ENDED, Outcome.PASS)
    assert "is already finished at this station" in refused(lambda: station.scan("Q-1"))


def test_no_lot_that_was_begun_before_is_accepted_by_a_discontinued_sampling(incoming: ServiceStation) -> None:
    inspecting = incoming.quality.inspecting
    late = ""
    for number in range(7):
        if number == 6:
            late = lot_of(incoming, "LATE", *["0"] * 8)
        name = lot_of(incoming, f"L-{number}", *["9"] * 3)
        lot = inspecting.inspection(name)
        for piece in list(lot.pieces(COUNTED))[3:]:
            incoming.done(inspecting.enter_count("scratches", "0", piece=piece, inspection_id=name))
        incoming.done(inspecting.decide_lot(name, APPROVED))
    assert inspecting.switching("incoming", "ACME", HUNDRED).discontinued
    assert "no lot is accepted by it" in refused(lambda: inspecting.decide_lot(late, APPROVED))
    incoming.done(inspecting.resume_sampling("incoming", "ACME", HUNDRED, "new tool", APPROVED))
    incoming.done(inspecting.decide_lot(late, APPROVED))
