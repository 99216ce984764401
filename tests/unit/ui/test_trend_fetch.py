"""What the historian answers, as it is drawn."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from drivers.base import Value
from station_app.domain.trend import Gap, GapKind
from station_app.storage.historian import SqliteTrendHistory
from station_app.ui.trend_fetch import piece_of
from tests.bench_station import ASM_10
from tests.trend_station import store
from widgets.trend_parts import polyline

T = 1_795_000_000.0


def test_from_afar_and_from_near_the_same_is_drawn(tmp_path: Path) -> None:
    """Switching from summaries to samples moves no column's lowest or highest value by more than its neighbours'."""
    count, columns = 40_000, 200
    values = np.random.default_rng(5).normal(size=count).cumsum()
    history = SqliteTrendHistory(store(tmp_path, {"f": (T + np.arange(float(count)), values.tolist())}), ASM_10)
    from_us, to_us = round(T * 1e6), round((T + count) * 1e6)
    far = piece_of(history.envelope("f", from_us, to_us, 3 * columns), T, T + count, count / columns / 3)
    near = piece_of(history.envelope("f", from_us, to_us, count), T, T + count, 1.0)
    history.close()
    assert far.spacing_s > 0 and near.spacing_s == 0 and near.parts.counts == count
    step = count / columns

    def extremes(times: np.ndarray, drawn: np.ndarray, column: int) -> tuple[float, float]:
        inside = drawn[(times >= T + column * step) & (times < T + (column + 1) * step)]
        return float(inside.min()), float(inside.max())

    one, other = (polyline(piece.parts, T, T + count, columns) for piece in (far, near))
    scale = float(np.ptp(values))
    differences = [
        abs(a - b)
        for column in range(2, columns - 2)
        for a, b in zip(extremes(*one, column), extremes(*other, column), strict=True)
    ]
    assert max(differences) < 0.03 * scale, "a pixel or two at most"


def test_where_nothing_was_recorded_the_line_ends(tmp_path: Path) -> None:
    times = np.concatenate([T + np.arange(50.0), T + 100 + np.arange(50.0)])
    history = SqliteTrendHistory(store(tmp_path, {"f": (times, [1.0] * 100)}), ASM_10)
    found = history.envelope("f", round(T * 1e6), round((T + 200) * 1e6), 500)
    history.close()
    gap = Gap(round((T + 50) * 1e6), round((T + 100) * 1e6), GapKind.NOT_RUNNING, "the application was not running")
    piece = piece_of(dataclasses.replace(found, gaps=(gap,)), T, T + 200, 0.5)
    assert piece.gaps[0].reason == "the application was not running"
    at = np.flatnonzero(np.isnan(piece.parts.low))
    assert piece.parts.times[at].tolist() == [T + 50] and piece.parts.broken[at].all()


def test_texts_are_drawn_by_their_numbers(tmp_path: Path) -> None:
    values: list[Value] = ["idle", "run", None, "idle"]
    history = SqliteTrendHistory(store(tmp_path, {"s": (T + np.arange(4.0), values)}), ASM_10)
    found = history.envelope("s", round(T * 1e6), round((T + 10) * 1e6), 100)
    history.close()
    codes = {"idle": 0, "run": 1, "": 7}
    piece = piece_of(found, T, T + 10, 0.1, [codes[text] for text in found.texts])
    assert [None if np.isnan(v) else v for v in piece.parts.low] == [0, 1, None, 0]
    assert piece.spacing_s == 0.1, "from nearer by there may be more of them"
