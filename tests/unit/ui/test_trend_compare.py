"""Two units laid over each other from a step."""

from __future__ import annotations

from station_app.domain.recent_work import WorkSpan
from station_app.services.work_past import PastWork
from station_app.ui.trend_compare import WHOLE, Comparison, common_steps, runs_of
from widgets.trend_axis import TrendPen


def span(serial: str, start_s: int, end_s: int | None, step_no: int = 0) -> WorkSpan:
    end_us = None if end_s is None else end_s * 1_000_000
    return WorkSpan(
        serial, step_no, f"Step {step_no}", start_s * 1_000_000, end_us, "o", f"s{step_no}" if step_no else ""
    )


PAST = PastWork(
    0, 10**12,
    units=(span("GX40-000001", 100, 400), span("GX40-000002", 500, None), span("GX40-000001", 450, 480)),
    steps=(
        span("GX40-000001", 455, 460, 1), span("GX40-000001", 460, 480, 3),
        span("GX40-000002", 500, 530, 1), span("GX40-000002", 530, 560, 2),
        span("GX40-000002", 560, 570, 3), span("GX40-000002", 580, None, 3),
    ),
)  # fmt: skip


def test_a_unit_counts_with_its_last_time_here() -> None:
    first, second = runs_of(PAST, 600.0)
    assert (first.serial, first.start_s, first.end_s) == ("GX40-000001", 450, 480)
    assert (second.serial, second.end_s) == ("GX40-000002", 600.0)
    assert common_steps(second, first) == [("s1", "1 Step 1"), ("s3", "3 Step 3")]


def test_both_begin_at_the_same_place() -> None:
    first, second = runs_of(PAST, 600.0)
    by_step = Comparison(first, second, "s3")
    assert [by_step.zero_s, by_step.shift_s] == [460, 460 - 580], "the last attempt counts"
    whole = Comparison(first, second, WHOLE)
    assert whole.shift_s == 450 - 500
    assert list(whole.span_s) == [450 - 8, 450 + 108]
    pens = by_step.pens([TrendPen("f", "Force", "kN", 1, 2, "#123456", high_alarm=3)])
    assert [(pen.key, pen.name, pen.shift_s, pen.pale) for pen in pens] == [
        ("f", "Force …0001", 0.0, False), ("second:f", "…0002", -120.0, True),
    ]  # fmt: skip
    assert pens[1].high_alarm is None and pens[1].unit == "kN"
    first_bands, second_bands = by_step.bands()
    assert first_bands[-1].start_s == second_bands[-1].start_s == 460
