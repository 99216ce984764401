from __future__ import annotations

from decimal import Decimal

import numpy as np
from pytestqt.qtbot import QtBot

from drivers.base import Quality
from station_app.domain.checks import MachineValueCheck
from station_app.domain.outcome import Limits
from station_app.domain.work_master import Step
from station_app.services.station import TagView
from station_app.ui.look import sized_look
from station_app.ui.work_trends import TagTrend, step_tags, trend_limits
from tests.bench_station import BenchStation

PEAK = MachineValueCheck(
    id="f", title="F", characteristic="f", tag="press.peak_force", limits=Limits("kN", Decimal("11"), Decimal("14"))
)
STEP = Step(id="s", title={"en": "S"}, text={"en": ""}, checks=(PEAK,), tags=("press.force", "press.position", "x"))


def test_at_most_two_tags_and_those_of_the_checks_when_none_are_named() -> None:
    assert step_tags(STEP) == ["press.force", "press.position"]
    assert step_tags(Step(id="s", title={"en": "S"}, text={"en": ""}, checks=(PEAK,))) == ["press.peak_force"]


def test_limits_of_the_check_that_reads_the_tag_or_has_its_unit() -> None:
    kilonewton = TagView("Force", "kN", "press", None, None)
    assert trend_limits(STEP, "press.peak_force", None) == PEAK.limits
    assert trend_limits(STEP, "press.force", kilonewton) == PEAK.limits
    assert trend_limits(STEP, "press.position", TagView("Position", "mm", "press", None, None)) is None


def test_every_sample_is_taken_once_and_a_bad_one_opens_a_gap_even_at_the_same_time(
    bench: BenchStation, qtbot: QtBot
) -> None:
    trend = TagTrend(bench.services, sized_look("light", "en", 1280, 800), STEP, "press.force")
    qtbot.addWidget(trend.card)
    for second in range(10):
        bench.sample("press.force", 12.0, at_s=1000.0 + second)
        trend.follow(1000.0 + second)
    bench.sample("press.force", 12.0, Quality.BAD, "BadCommunicationError", at_s=1009.0)
    trend.follow(1015.0)
    trend.follow(1016.0)
    series = trend.card.trend.series("press.force")
    assert len(series) == 11
    (gap,) = series.gaps(1000.0, 1016.0)
    assert (gap.start_s, gap.end_s) == (1009.0, None)
    assert trend.card.note_text() == "BadCommunicationError"
    bench.sample("press.force", 12.0, at_s=1017.0)
    trend.follow(1017.0)
    assert np.isfinite(series.window(1016.5, 1018.0)[1][-1]) and trend.card.note_text() == "Good"


def test_a_tag_without_values_says_so(bench: BenchStation, qtbot: QtBot) -> None:
    trend = TagTrend(bench.services, sized_look("light", "en", 1280, 800), STEP, "press.force")
    qtbot.addWidget(trend.card)
    trend.follow(1000.0)
    assert trend.card.note_text() == "no value yet"
