"""Control charts while work goes on: signals in the reading's own commit, holds, stops, causes, frozen limits, restarts."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from station_app.domain.approval import Approval
from station_app.domain.chain import REC
from station_app.domain.inspection.plan import Action, InspectionPlan
from station_app.domain.job import ENDED
from station_app.domain.quality.chart import ChartOptions
from station_app.domain.quality.readings import individuals
from station_app.domain.quality.variables_charts import i_mr
from station_app.domain.records import ControlLimitsSet, ControlSignal, Hold, SampleMeasured, SignalCause
from station_app.domain.rules import Refusal
from station_app.domain.spc.live import Phase
from station_app.domain.spc.points import Selection
from tests.unit.services.conftest import MakeStation
from tests.unit.services.inspection_station import (
    APPROVED,
    BORE,
    CHART,
    INS_30,
    INSPECTOR,
    SERIALS,
    SHAFT,
    begin,
    earlier,
    inspect_unit,
    measure,
    plan,
    shafts,
)
from tests.unit.services.station import ServiceStation

OUT = "20.012"  # within the limits of the shaft, and far beyond what its process does


def charted(action: Action = Action.HOLD, *, warning: bool = False) -> InspectionPlan:
    assert SHAFT.chart is not None
    chart = msgspec.structs.replace(SHAFT.chart, action=action, early_warning=warning)
    return plan(BORE, msgspec.structs.replace(SHAFT, chart=chart))


@pytest.fixture
def make_running(make_station: MakeStation) -> Callable[..., ServiceStation]:
    """A station on which twelve units were measured: the baseline of ten is complete."""

    def make(action: Action = Action.HOLD, *, warning: bool = False) -> ServiceStation:
        made = begin(make_station(INS_30), charted(action, warning=warning))
        earlier(made, *shafts(12))
        made.scan("Q-13")
        measure(made, "bore", "20.005", gauge="BG-1")
        return made

    return make


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        call()
    return str(refusal.value)


def signals(station: ServiceStation) -> list[ControlSignal]:
    return [fact for fact in station.facts() if isinstance(fact, ControlSignal)]


def test_the_chart_of_the_station_is_that_of_the_core(make_running: Callable[..., ServiceStation]) -> None:
    station = make_running()
    live = station.quality.control.live(CHART)
    bare = i_mr(individuals([float(text) for text in shafts(12)]), ChartOptions(baseline=10))
    assert live.phase is Phase.PROVISIONAL and live.chart is not None
    assert live.chart.limits[0].center == bare.limits[0].center
    assert list(live.chart.ucl) == list(bare.ucl)
    assert live.newest_signals() == [] and not signals(station)


def test_too_few_points_make_no_limits_and_no_signal(make_station: MakeStation) -> None:
    station = begin(make_station(INS_30), charted())
    assert station.quality.control.live(CHART).note == "There is no point yet."
    for serial, shaft in zip(SERIALS, ("20.002", "20.017", "20.001"), strict=False):
        inspect_unit(station, serial, shaft=shaft)
    live = station.quality.control.live(CHART)
    assert (live.phase, live.note) == (Phase.COLLECTING, "7 more until there are limits.")
    assert not signals(station)


def test_a_baseline_that_does_not_vary_holds_nothing(make_station: MakeStation) -> None:
    station = begin(make_station(INS_30), charted())
    earlier(station, *["20.002"] * 11)
    inspect_unit(station, SERIALS[11], shaft="20.003")
    assert not signals(station)
    assert "does not vary" in station.quality.control.live(CHART).note


def test_a_broken_rule_is_in_the_commit_of_its_reading_and_holds_the_unit(
    make_running: Callable[..., ServiceStation],
) -> None:
    station = make_running()
    rows = measure(station, "shaft", OUT)
    assert [row.kind for row in rows[:2]] == ["sample_measured", "control_signal"]
    found = signals(station)
    sample = [fact for fact in station.facts() if isinstance(fact, SampleMeasured)][-1]
    assert found[0].point_id == sample.sample_id == found[0].member_ids[-1]
    assert (found[0].rule, found[0].rule_text, found[0].limits_version) == (
        "nelson-1",
        "one point beyond the limits",
        0,
    )
    assert {signal.panel for signal in found} == {"main", "mr"}
    (hold,) = [fact for fact in station.facts() if isinstance(fact, Hold)]
    assert (hold.subject, hold.reason) == ("Q-13", "Control chart of Shaft: one point beyond the limits")
    job = station.execution.job
    assert job is not None and job.state != ENDED
    assert "is on hold" in refused(station.execution.confirm)
    inspecting = station.quality.inspecting
    row = inspecting.rows(inspecting.inspection())[1]
    assert row.signals[0].fact.rule == "nelson-1"


def test_a_stop_keeps_the_step_until_the_cause_is_named(make_running: Callable[..., ServiceStation]) -> None:
    station = make_running(Action.STOP)
    control = station.quality.control
    measure(station, "shaft", OUT)
    assert not [fact for fact in station.facts() if isinstance(fact, Hold)]
    assert "Name the cause before you go on" in refused(station.execution.confirm)
    assert control.causes(CHART) == ("Tool worn", "Material")
    for signal in control.open_signals():
        assert "Choose or type the cause" in refused(lambda s=signal: control.give_cause(s.fact.signal_id, " "))  # type: ignore[misc]  # bound now
        station.done(control.give_cause(signal.fact.signal_id, "Tool worn", "T7 changed"))
    assert control.open_signals() == []
    station.done(station.execution.confirm())
    assert station.execution.job is not None and station.execution.job.state == ENDED
    causes = [fact for fact in station.facts() if isinstance(fact, SignalCause)]
    assert {(cause.cause, cause.text, cause.serial) for cause in causes} == {("Tool worn", "T7 changed", "Q-13")}


def test_without_an_action_the_work_goes_on_and_the_signal_stays(make_running: Callable[..., ServiceStation]) -> None:
    station = make_running(Action.NONE)
    measure(station, "shaft", OUT)
    assert station.execution.job is not None and station.execution.job.state == ENDED
    assert len(station.quality.control.signals(CHART)) == len(signals(station)) > 0


def test_a_restart_folds_the_same_chart_and_doubles_no_signal(
    make_station: MakeStation, make_running: Callable[..., ServiceStation]
) -> None:
    station = make_running()
    measure(station, "shaft", OUT)
    before = station.quality.control.live(CHART)
    found = signals(station)
    station.close()
    again = make_station(INS_30)
    after = again.quality.control.live(CHART)
    assert after.chart is not None and before.chart is not None
    assert list(after.chart.points) == list(before.chart.points)
    assert [point.point_id for group in after.groups for point in group] == [
        point.point_id for group in before.groups for point in group
    ]
    assert signals(again) == found
    assert [signal.fact for signal in again.quality.control.signals(CHART)] == found
    assert "is on hold" in refused(lambda: _confirm(again))


def _confirm(station: ServiceStation) -> None:
    station.ledger.person = INSPECTOR
    station.execution.confirm()


def test_a_full_disk_records_neither_the_reading_nor_its_signal(make_running: Callable[..., ServiceStation]) -> None:
    station = make_running()
    before = station.journal.head(REC).seq
    station.journal.full = True
    with pytest.raises(RuntimeError, match="no room"):
        measure(station, "shaft", OUT)
    assert station.journal.head(REC).seq == before and not station.quality.control.open_signals()
    station.journal.full = False
    measure(station, "shaft", OUT)
    assert signals(station)


def test_a_measurement_repeated_takes_the_place_of_its_point(make_running: Callable[..., ServiceStation]) -> None:
    station = make_running()
    measure(station, "shaft", "20.018")
    count = station.quality.control.entry(CHART).points
    measure(station, "shaft", "20.002")
    live = station.quality.control.live(CHART)
    assert station.quality.control.entry(CHART).points == count == 13
    assert live.groups[-1][-1].value_text == "20.002" and live.newest_signals() == []
    newest = live.groups[-1][-1].point_id
    assert newest not in [signal.point_id for signal in signals(station)], (
        "the first reading is no neighbour of the second"
    )
    assert live.index_of(signals(station)[0].point_id) is None, "the first reading is kept, and is no point any more"


def test_every_point_knows_what_stands_behind_it(make_running: Callable[..., ServiceStation]) -> None:
    station = make_running()
    point = station.quality.control.live(CHART).groups[-1][-1]
    rows = {row.rec_id: row for row in station.journal.all_rows(REC)}
    assert rows[point.rec_id].kind == "sample_measured"
    assert (point.serial, point.operator, point.gauge, point.at_us) == (
        "Q-12", "jonas", "", rows[point.rec_id].wall_us,
    )  # fmt: skip
    assert point.job_id and point.point_id


def test_points_are_chosen_by_person_and_shift(make_running: Callable[..., ServiceStation]) -> None:
    station = make_running()
    control = station.quality.control
    assert len(control.live(CHART, Selection(operator="jonas")).groups) == 12
    assert len(control.live(CHART, Selection(operator="anna")).groups) == 0
    by_shift = [len(control.live(CHART, Selection(shift=name)).groups) for name in ("early", "late", "night")]
    assert sorted(by_shift) == [0, 0, 12]


# --- frozen limits ----------------------------------------------------------------------------------------------------


def test_limits_are_frozen_by_a_signed_decision_and_count_from_then_on(
    make_station: MakeStation, make_running: Callable[..., ServiceStation]
) -> None:
    station = make_running(Action.NONE)
    control = station.quality.control
    proposal = control.propose(CHART)
    assert proposal.stable and proposal.limits.readings == 12
    assert "may not set control limits" in refused(
        lambda: control.freeze(proposal, "capable", Approval(INSPECTOR, "PIN"))
    )
    assert "Say why" in refused(lambda: control.freeze(proposal, " ", APPROVED))
    station.done(control.freeze(proposal, "twelve good units", APPROVED))
    (fact,) = [fact for fact in station.facts() if isinstance(fact, ControlLimitsSet)]
    assert (fact.limits_version, fact.approved_by, fact.method, fact.baseline_points) == (
        1,
        "paul",
        "name and password",
        12,
    )
    station.close()
    again = make_station(INS_30)
    again.ledger.person = INSPECTOR
    live = again.quality.control.live(CHART)
    assert (live.phase, live.limits_version) == (Phase.FROZEN, 1)
    assert live.chart is not None
    assert (live.chart.limits[0].center, live.chart.limits[0].sigma) == (proposal.limits.center, proposal.limits.sigma)
    measure(again, "shaft", OUT)
    assert {signal.limits_version for signal in signals(again)} == {1}


def test_each_decision_is_a_version_and_the_newest_counts(make_running: Callable[..., ServiceStation]) -> None:
    station = make_running(Action.NONE)
    control = station.quality.control
    station.done(control.freeze(control.propose(CHART), "first", APPROVED))
    points = [point.point_id for group in control.live(CHART).groups for point in group]
    second = control.propose(CHART, left_out=points[:1], last=points[8])
    assert second.limits.readings == 8
    station.done(control.freeze(second, "second", APPROVED))
    assert control.entry(CHART).limits_version == 2
    assert control.live(CHART).chart.limits[0].sigma == second.limits.sigma  # type: ignore[union-attr]  # there is one


def test_what_cannot_be_frozen_is_said(make_station: MakeStation, make_running: Callable[..., ServiceStation]) -> None:
    control = make_running().quality.control
    points = [point.point_id for group in control.live(CHART).groups for point in group]
    assert "at least 5 points; 3 are chosen" in refused(lambda: control.propose(CHART, last=points[2]))
    assert "are not on this chart any more" in refused(lambda: control.propose(CHART, first="gone"))
    assert "There is no chart" in refused(lambda: control.propose("GX-40/inspection/bore"))


def test_capability_stands_beside_the_chart(make_running: Callable[..., ServiceStation]) -> None:
    control = make_running().quality.control
    found = control.capability(CHART)
    assert found.capability.stable and found.capability.cp is not None
    assert found.histogram.counts.sum() == 12


def test_the_early_warning_comes_before_anything_is_out(make_running: Callable[..., ServiceStation]) -> None:
    station = make_running(Action.HOLD, warning=True)
    drift = ["20.0000", "20.0012", "20.0008", "20.0022", "20.0018", "20.0034", "20.0030", "20.0046", "20.0040"]
    earlier(station, *drift[:-1])
    assert not signals(station)
    measure(station, "shaft", drift[-1])
    (found,) = [signal for signal in signals(station) if signal.warning]
    assert (found.rule, found.action, found.panel, len(found.member_ids)) == ("projection-10-6", "none", "main", 10)
    assert found.rule_text == "a line through the last 10 points reaches the upper control limit in about 5 points"
    assert not [signal for signal in signals(station) if signal.panel == "main" and not signal.warning]
    assert found.signal_id not in [signal.fact.signal_id for signal in station.quality.control.open_signals()]
