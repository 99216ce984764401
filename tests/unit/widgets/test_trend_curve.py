"""Stored pieces and live samples as one course."""

from __future__ import annotations

import math

import numpy as np

from widgets.trend_curve import MOST_PIECES, Curve, Piece
from widgets.trend_parts import Parts, polyline, samples
from widgets.trend_series import Gap


def raw(start_s: float, end_s: float, step_s: float = 1.0, gaps: tuple[Gap, ...] = ()) -> Piece:
    times = np.arange(start_s, end_s, step_s)
    return Piece(start_s, end_s, 0.0, samples(times, np.sin(times)), gaps)


def coarse(start_s: float, end_s: float, spacing_s: float) -> Piece:
    times = np.arange(start_s, end_s, spacing_s)
    lows = np.full(times.size, -1.0)
    parts = Parts(times, lows, lows + 2, np.zeros(times.size, bool), 1000)
    return Piece(start_s, end_s, spacing_s, parts)


def live(first: int, count: int, shift_s: float = 0.0) -> Curve:
    curve = Curve(1000, shift_s)
    times = np.arange(first, first + count, dtype=float)
    curve.live.append(times, np.sin(times))
    return curve


def test_past_and_present_are_one_line_without_a_seam() -> None:
    curve = live(100, 50)
    curve.add_piece(raw(0, 130))
    parts = curve.parts(50, 150, 500)
    inside = parts.between(50, 150)
    assert inside.times.tolist() == list(range(50, 150)), "each sample once, also where both have it"
    assert not inside.broken.any()
    assert np.array_equal(inside.low, np.sin(np.arange(50.0, 150)))


def test_what_was_told_long_before_the_picture_is_held_into_it() -> None:
    """A piece reaches farther than the picture; of a value that is seldom told the one before it may lie far away."""
    curve = Curve(1000)
    times = np.array([10.0, 700.0, 990.0])
    curve.add_piece(Piece(0.0, 1000.0, 0.0, samples(times, np.array([1.0, 2.0, 3.0]))))
    assert curve.parts(300, 400, 100).times.tolist() == [10.0, 700.0]
    line_times, line = polyline(curve.parts(300, 400, 100), 300, 400, 100, 0.0)
    assert line[np.searchsorted(line_times, 350.0) - 1] == line[np.searchsorted(line_times, 350.0)] == 1.0
    curve.live.append(np.array([1000.0]), np.array([4.0]))
    assert curve.parts(900, 1001, 100).times.tolist() == [700.0, 990.0, 1000.0]


def test_what_is_not_there_yet_is_no_line() -> None:
    curve = live(100, 50)
    assert curve.missing(50, 150, 10)
    curve.add_piece(raw(0, 80))
    assert curve.missing(50, 150, 10)
    times, values = polyline(curve.parts(50, 150, 500), 50, 150, 500)
    assert np.isnan(values[(times >= 80) & (times < 100)]).any(), "the line ends at 80 and begins again at 100"
    curve.add_piece(raw(70, 120))
    assert not curve.missing(50, 150, 10)


def test_the_finest_piece_is_drawn_and_a_coarse_one_around_it() -> None:
    curve = Curve(1000)
    curve.add_piece(coarse(0, 1000, 50))
    curve.add_piece(raw(400, 600))
    parts = curve.parts(0, 1000, 100)
    assert parts.between(400, 600).times.tolist() == list(range(400, 600))
    assert set(np.diff(parts.between(0, 400).times)) == {50.0}
    assert curve.missing(0, 1000, 10) and not curve.missing(0, 1000, 50) and not curve.missing(420, 580, 0.1)


def test_pieces_do_not_pile_up() -> None:
    curve = Curve(1000)
    for start in range(0, 1000, 10):
        curve.add_piece(raw(start, start + 15))
    assert len(curve.pieces) == MOST_PIECES
    curve.add_piece(raw(0, 2000))
    assert len(curve.pieces) == 1, "what a larger and finer one says as well is forgotten"


def test_a_gap_goes_on_over_the_seam_and_is_told_from_its_beginning() -> None:
    curve = Curve(1000)
    curve.live.append(np.array([100.0, 101, 120]), np.array([math.nan, math.nan, 1.0]), "press lost")
    curve.add_piece(raw(0, 110, gaps=(Gap(60.0, 104.0, "press lost"),)))
    reading = curve.reading(110)
    assert math.isnan(reading.low)
    assert (reading.reason, reading.since_s, reading.until_s) == ("press lost", 60.0, 120.0)
    stored = curve.reading(70)
    assert (stored.reason, stored.since_s) == ("press lost", 60.0)
    assert curve.reading(50).low == np.sin(50.0)


def test_a_second_unit_is_shifted_onto_the_first() -> None:
    curve = live(5000, 20, shift_s=-4000)
    curve.add_piece(raw(4000, 5000, gaps=(Gap(4100.0, None, "lost"),)))
    assert curve.live_from_s() == 1000
    assert curve.reading(50).low == np.sin(4050.0)
    assert curve.reading(1010).low == np.sin(5010.0)
    assert curve.gaps(0, 900)[0].start_s == 100.0
    assert curve.parts(0, 1020, 5000).between(0, 1020).times.tolist() == [float(n) for n in range(1020)]
