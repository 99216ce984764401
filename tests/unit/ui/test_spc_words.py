"""Control charts as the widgets draw them: marks of what is in sight, panels, stages, states."""

from __future__ import annotations

import numpy as np
import pytest

from station_app.domain.inspection.plan import ChartSettings
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.spc.live import LiveChart, live_chart
from station_app.domain.spc.points import ChartPoint
from station_app.ui.spc_words import panels_of, rule_label, stages_of


def point(number: int, *values: float, count: int = 0, size: int = 1) -> ChartPoint:
    return ChartPoint(
        point_id=f"p{number}",
        rec_id=f"r{number}",
        serial=f"U-{number}",
        lot="",
        job_id="",
        at_us=number,
        utc_offset_min=0,
        operator="",
        gauge="",
        machine="",
        tool="",
        values=values,
        value_text="",
        count=count,
        size=size,
    )


def charted(kind: ChartKind, several: int = 1) -> LiveChart:
    """Sixty points, the last ones far out."""
    random = np.random.default_rng(7)
    values = random.normal(10, 1, (60, several)) + 6 * (np.arange(60) >= 55)[:, None]
    counts = [int(each) for each in random.poisson(3, 55)] + [14] * 5
    points = [
        point(n, *(float(v) for v in values[n])) if several else point(n, count=counts[n], size=50) for n in range(60)
    ]
    return live_chart(ChartSettings(chart=kind, baseline=20), points)


@pytest.mark.parametrize("kind", list(ChartKind))
def test_every_kind_of_chart_marks_what_its_points_break(kind: ChartKind) -> None:
    several = {ChartKind.XBAR_R: 4, ChartKind.XBAR_S: 4}.get(kind, 1)
    live = charted(kind, 0 if kind in (ChartKind.P, ChartKind.NP, ChartKind.C, ChartKind.U) else several)
    panels = panels_of(live, 2)
    assert live.chart is not None
    assert len(panels) == (2 if kind in (ChartKind.XBAR_R, ChartKind.XBAR_S, ChartKind.I_MR) else 1)
    marked = {mark.index for mark in panels[0].marks.between(0, 60)}
    assert marked == {violation.index - 1 for violation in live.chart.violations} and 59 in marked
    assert [mark.index for mark in panels[0].marks.between(58, 60)] == sorted(marked & {58, 59})
    assert all("rule" not in mark.text and mark.label for mark in panels[0].marks.between(0, 60))


def test_the_lower_sum_of_a_cusum_is_marked_on_its_own_curve() -> None:
    values = np.random.default_rng(7).normal(10, 1, 60) - 4 * (np.arange(60) >= 50)
    live = live_chart(
        ChartSettings(chart=ChartKind.CUSUM, baseline=20), [point(n, float(v)) for n, v in enumerate(values)]
    )
    (panel,) = panels_of(live, 2)
    marks = panel.marks.between(0, 60)
    assert marks and all(mark.lower for mark in marks) and panel.lower is not None


def test_before_there_are_limits_none_are_drawn_and_nothing_is_marked() -> None:
    live = live_chart(ChartSettings(chart=ChartKind.I_MR, baseline=20), [point(n, float(n)) for n in range(12)])
    panel = panels_of(live, 2)[0]
    assert np.isnan(panel.ucl).all() and panel.deviation is None
    assert panel.marks.between(0, 12) == [] and stages_of(live, ()) == []


def test_the_baseline_is_told_from_what_is_judged_by_it() -> None:
    assert [(mark.start, mark.text) for mark in stages_of(charted(ChartKind.I_MR), ())] == [
        (0, "baseline"),
        (20, "provisional limits"),
    ]


def test_a_rule_has_its_number_and_a_warning_none() -> None:
    assert (rule_label("nelson-3"), rule_label("we-1"), rule_label("projection-10-6")) == ("3", "1", "")
