"""Live charts of every kind: what is plotted, phases, subgroups, signals, choosing points, shifts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.domain.inspection.plan import ChartSettings
from station_app.domain.quality.chart import ChartOptions, ControlLimits
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.quality.readings import subgroups_of
from station_app.domain.quality.sigma import Estimator
from station_app.domain.quality.variables_charts import xbar_r
from station_app.domain.spc.live import LiveChart, Phase, grouped, live_chart
from station_app.domain.spc.points import ChartPoint, Selection, Shift, shift_of

POINT = ChartPoint(
    point_id="", rec_id="", serial="", lot="", job_id="", at_us=0, utc_offset_min=0, operator="", gauge="", machine="", tool="",
    values=(), value_text="",
)  # fmt: skip


def points(*values: float | tuple[float, ...]) -> list[ChartPoint]:
    found = []
    for number, value in enumerate(values, 1):
        readings = value if isinstance(value, tuple) else (value,)
        found.append(replace(POINT, point_id=f"p{number}", rec_id=f"r{number}", values=readings, value_text=str(value)))
    return found


def counted(*counts: int, size: int = 50) -> list[ChartPoint]:
    return [replace(POINT, point_id=f"p{n}", count=count, size=size) for n, count in enumerate(counts, 1)]


def of(kind: ChartKind, **changes: object) -> ChartSettings:
    return ChartSettings(chart=kind, early_warning=False, baseline=8, **changes)  # type: ignore[arg-type]  # fields of a test


QUIET = [10.0, 10.2, 9.9, 10.1, 9.8, 10.0, 10.1, 9.9, 10.2, 9.8]


def test_single_readings_are_grouped_as_they_come() -> None:
    chosen = of(ChartKind.XBAR_R, subgroup_size=3)
    groups, waiting = grouped(chosen, points(*range(8)))
    assert [[point.point_id for point in group] for group in groups] == [["p1", "p2", "p3"], ["p4", "p5", "p6"]]
    assert [point.point_id for point in waiting] == ["p7", "p8"]


def test_a_point_appears_when_its_subgroup_is_complete_and_only_then_signals() -> None:
    chosen = of(ChartKind.XBAR_R, subgroup_size=2)
    before = live_chart(chosen, points(*QUIET, *QUIET, 20.0))
    assert len(before.groups) == 10 and len(before.waiting) == 1 and before.newest_signals() == []
    after = live_chart(chosen, points(*QUIET, *QUIET, 20.0, 20.2))
    found = after.newest_signals()[0]
    assert (found.rule, found.point_id) == ("nelson-1", "p22")
    later = live_chart(chosen, points(*QUIET, *QUIET, 20.0, 20.2, 10.0))
    assert later.newest_signals() == [], "they are told once"


def test_samples_of_several_readings_are_subgroups_as_in_the_core() -> None:
    rows = [(10.0, 10.2, 9.9), (10.1, 9.8, 10.0), (10.3, 9.9, 10.0), (9.7, 10.0, 10.1)] * 3
    live = live_chart(of(ChartKind.XBAR_R, subgroup_size=3), points(*rows))
    bare = xbar_r(subgroups_of(rows), ChartOptions(baseline=8))
    assert live.chart is not None and live.chart.second is not None and bare.second is not None
    assert np.array_equal(live.chart.points, bare.points) and np.array_equal(live.chart.second.ucl, bare.second.ucl)


@pytest.mark.parametrize("kind", list(ChartKind))
def test_every_chart_signals_a_point_far_out_and_none_at_rest(kind: ChartKind) -> None:
    if kind in (ChartKind.P, ChartKind.NP, ChartKind.C, ChartKind.U):
        quiet, out = counted(4, 5, 3, 4, 6, 4, 5, 4, 3), counted(4, 5, 3, 4, 6, 4, 5, 4, 30)
    elif kind in (ChartKind.XBAR_R, ChartKind.XBAR_S):
        rows = [(value, value + 0.2) for value in QUIET]
        quiet, out = points(*rows), points(*rows, (15.0, 15.1))
    else:
        quiet, out = points(*QUIET), points(*QUIET, 15.0)
    chosen = of(kind, subgroup_size=2 if kind in (ChartKind.XBAR_R, ChartKind.XBAR_S) else 1)
    assert live_chart(chosen, quiet).newest_signals() == []
    signals = live_chart(chosen, out).newest_signals()
    assert signals[0].rule == "nelson-1" and signals[0].panel == "main" and signals[0].members == (out[-1].point_id,)


def test_the_lower_side_of_a_cusum_signals_too() -> None:
    signals = live_chart(of(ChartKind.CUSUM), points(*QUIET, 5.0)).newest_signals()
    assert {signal.panel for signal in signals} == {"lower"}


def test_phases_and_what_they_say() -> None:
    chosen = of(ChartKind.I_MR)
    assert live_chart(chosen, []).note == "There is no point yet."
    one = live_chart(chosen, points(10.0))
    assert (one.phase, one.chart) == (Phase.COLLECTING, None)
    assert one.note == "One point so far. The chart begins with the second one."
    five = live_chart(chosen, points(*QUIET[:5]))
    assert (five.phase, five.note) == (Phase.COLLECTING, "3 more until there are limits.") and five.chart is not None
    assert live_chart(chosen, points(*QUIET)).phase is Phase.PROVISIONAL
    frozen = ControlLimits(ChartKind.I_MR, 10.0, 0.1, Estimator.MR, version=3)
    found = live_chart(chosen, points(*QUIET[:3]), frozen)
    assert (found.phase, found.limits_version) == (Phase.FROZEN, 3)


def test_provisional_limits_do_not_move_with_new_points() -> None:
    chosen = of(ChartKind.I_MR)
    few, many = live_chart(chosen, points(*QUIET)), live_chart(chosen, points(*QUIET, 12.0, 9.0))
    assert few.chart is not None and many.chart is not None
    assert few.chart.ucl[0] == many.chart.ucl[-1]


def test_stages_have_limits_of_their_own() -> None:
    live = live_chart(of(ChartKind.I_MR), points(*QUIET, *[value + 5 for value in QUIET]), stages=(11,))
    assert live.chart is not None and [round(limits.center, 2) for limits in live.chart.limits] == [10.0, 15.0]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(5, 15), min_size=9, max_size=40), st.integers(1, 4))
def test_a_chart_that_grows_is_the_chart_of_all_its_points(values: list[float], size: int) -> None:
    """Whatever came before, the newest signals are those that the whole chart has at its last point."""
    kind = ChartKind.I_MR if size == 1 else ChartKind.XBAR_R
    chosen = of(kind, subgroup_size=size)
    live: LiveChart = live_chart(chosen, points(*values))
    if live.chart is None or live.phase is Phase.COLLECTING or live.waiting:
        assert live.newest_signals() == []
        return
    last = len(live.groups)
    expected = [(violation.rule, violation.members) for violation in live.chart.violations.at(last)]
    found = [(s.rule, s.members) for s in live.newest_signals() if s.panel == "main"]
    assert [rule for rule, _ in found] == [rule for rule, _ in expected]
    for (_, names), (_, members) in zip(found, expected, strict=True):
        assert names == tuple(live.groups[member - 1][-1].point_id for member in members)


# --- choosing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hour", "shift"),
    [(5, "night"), (6, "early"), (13, "early"), (14, "late"), (21, "late"), (22, "night"), (0, "night")],
)
def test_shifts_by_the_stations_own_clock(hour: int, shift: str) -> None:
    assert shift_of(replace(POINT, at_us=(hour - 1) * 3600 * 10**6, utc_offset_min=60)) == shift


def test_a_time_without_a_shift() -> None:
    assert shift_of(POINT, (Shift("day", 480, 960),)) == ""


def test_points_are_chosen_by_what_stands_behind_them() -> None:
    found = [
        replace(POINT, point_id="a", machine="M1", tool="T7", operator="jonas", lot="L1", gauge="G1"),
        replace(POINT, point_id="b", machine="M2", tool="T7", operator="jonas", lot="L2", gauge="G1"),
    ]
    for selection, ids in (
        (Selection(), "ab"), (Selection(machine="M2"), "b"), (Selection(tool="T7"), "ab"), (Selection(lot="L1"), "a"),
        (Selection(operator="anna"), ""), (Selection(tool="T7", machine="M1"), "a"), (Selection(gauge="G1"), "ab"),
        (Selection(shift="night"), "ab"), (Selection(shift="early"), ""),
    ):  # fmt: skip
        assert "".join(point.point_id for point in selection.of(found)) == ids
