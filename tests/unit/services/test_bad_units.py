"""Ways in which a bad unit or a gauge in doubt could slip through, and what stops each of them."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from station_app.domain.inspection.plan import Action, ChartSettings
from station_app.domain.job import ABORTED, ENDED
from station_app.domain.master import WORK_MASTER, Material, encode_item
from station_app.domain.outcome import Outcome
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.quality.rounding import Rounding
from station_app.domain.records import (
    ControlSignal,
    Hold,
    SampleMeasured,
)
from station_app.domain.scan import ComponentScan
from station_app.domain.spc.points import Selection
from station_app.domain.work_master import encode_work_master
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
    SHAFT,
    SMALL,
    begin,
    earlier,
    measure,
    measured,
    plan,
    shafts,
)
from tests.unit.services.station import ASM_11, ServiceStation, refused


@pytest.fixture
def station(make_station: MakeStation) -> ServiceStation:
    made = begin(make_station(INS_30), SMALL)
    made.scan("Q-1")
    return made


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
