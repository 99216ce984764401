"""From the tag table to a trend: each sample once, each gap with its reason."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from drivers.base import Quality, Sample
from station_app.services.tags import BadSpan, TagHistory
from station_app.ui.look import sized_look
from station_app.ui.trend_feed import TrendFeed, pieces
from tests.bench_station import BenchStation
from widgets.trend_canvas import TrendPen
from widgets.trend_view import TrendView

BAD = "BadCommunicationError"


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], [(0, 6, "")]),
        ([BadSpan(2, 4, BAD)], [(0, 2, ""), (2, 4, BAD), (4, 6, "")]),
        ([BadSpan(4, None, BAD)], [(0, 4, ""), (4, 6, BAD)]),
        ([BadSpan(0, 1, "A"), BadSpan(3, 5, "B")], [(0, 1, "A"), (1, 3, ""), (3, 5, "B"), (5, 6, "")]),
        ([BadSpan(-5, -1, BAD)], [(0, 6, "")]),
        ([BadSpan(-5, None, BAD)], [(0, 6, BAD)]),
    ],
)
def test_samples_in_stretches_of_one_quality(spans: list[BadSpan], expected: list[tuple[int, int, str]]) -> None:
    times = np.arange(6.0)
    found = [(int(t[0]), int(t[-1]) + 1, reason) for t, _, reason in pieces(times, times, spans)]
    assert found == expected


def test_each_sample_is_taken_once_and_gaps_keep_their_reasons(bench: BenchStation, qtbot: QtBot) -> None:
    view = TrendView(sized_look("light", "en", 1280, 800), [TrendPen("press.force", "Force", "kN")])
    qtbot.addWidget(view)
    feed = TrendFeed(bench.services, view, ["press.force"])
    for second in range(5):
        bench.sample("press.force", 1.0, at_s=100.0 + second)
    bench.sample("press.force", None, Quality.BAD, BAD, at_s=105.0)
    bench.sample("press.force", 2.0, at_s=110.0)
    feed.take()
    feed.take()
    assert len(view.series("press.force")) == 7
    assert feed.newest_s() == 110.0
    reading = view.values_at(105.0)["press.force"]
    assert math.isnan(reading.value) and reading.reason == BAD
    bench.sample("press.force", None, Quality.BAD, "BadTimeout", at_s=111.0)
    feed.take()
    assert view.values_at(111.0)["press.force"].reason == "BadTimeout"


def test_the_ring_gives_what_is_new_and_no_more_than_it_has() -> None:
    history = TagHistory(4)
    for second in range(6):
        history.add(Sample("t", float(second), Quality.GOOD, "Good", float(second), float(second)))
    assert history.added_since(5)[1].tolist() == [5.0]
    assert history.added_since(0)[1].tolist() == [2.0, 3.0, 4.0, 5.0], "oldest first, what was overwritten is gone"
    assert history.added_since(6)[1].size == 0


def test_the_last_good_value_survives_bad_ones(bench: BenchStation) -> None:
    bench.sample("press.force", 7.5, at_s=100.0)
    bench.sample("press.force", None, Quality.BAD, BAD, at_s=101.0)
    history = bench.services.tags.history("press.force")
    assert history is not None and history.last_good() == 7.5
