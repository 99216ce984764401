"""What cursors read, in words."""

from __future__ import annotations

import math

from widgets.text import plain
from widgets.trend_axis import TrendPen
from widgets.trend_curve import NO_READING, Reading
from widgets.trend_readout import cursor_lines, difference_text, gap_text, number_text, reading_text
from widgets.trend_time import clock_text, relative_text, span_text

FORCE, MACHINE = TrendPen("f", "Force", "kN"), TrendPen("m", "Machine", "", states=True)
NAMES = {3: "Pressing"}


def test_a_reading_in_words() -> None:
    assert reading_text(FORCE, Reading(12.381, 12.381), {}) == "12.38 kN"
    assert reading_text(FORCE, Reading(-0.31, 12.4), {}) == "−0.31 … 12.4 kN"
    assert reading_text(FORCE, Reading(math.nan, math.nan, "BadTimeout", 1.0), {}) == "BadTimeout"
    assert reading_text(FORCE, NO_READING, {}) == "–"
    assert reading_text(MACHINE, Reading(3, 3), NAMES) == "Pressing"
    assert reading_text(MACHINE, Reading(1, 3), NAMES) == "…"
    assert number_text(1234567.0) == "1.235e+06"


def test_a_gap_says_from_when_to_when() -> None:
    start = 1_795_000_000.0
    gap = Reading(math.nan, math.nan, "lost", start, start + 210)
    assert gap_text(gap) == f"{clock_text(start)} – {clock_text(start + 210)} · 3:30"
    assert gap_text(Reading(math.nan, math.nan, "lost", start)).endswith(" –")
    assert gap_text(Reading(1, 1)) == ""
    lines = [plain(line) for line in cursor_lines({"f": FORCE}, {"f": gap}, start, lambda _: {})]
    assert lines[1].startswith("Force") and "lost" in lines[1] and "3:30" in lines[2]


def test_pens_of_one_device_that_were_away_together_say_the_times_once() -> None:
    start = 1_795_000_000.0
    gap = Reading(math.nan, math.nan, "lost", start, start + 210)
    other = Reading(math.nan, math.nan, "lost", start + 60, start + 90)
    readings = {"a": gap, "b": gap, "c": Reading(1, 1), "d": gap, "e": other}
    lines = [plain(line) for line in cursor_lines(dict.fromkeys(readings, FORCE), readings, start, lambda _: {})]
    times = [gap_text(gap), gap_text(gap), gap_text(other)]
    assert [line.strip() for line in lines if "–" in line] == times, "below b, d and e"
    assert [place for place, line in enumerate(lines) if "–" in line] == [3, 6, 8]


def test_the_difference_of_two_readings() -> None:
    assert difference_text(FORCE, Reading(1, 1), Reading(3.5, 3.5)) == "+2.5 kN"
    assert difference_text(FORCE, Reading(3, 3), Reading(1, 1)) == "−2 kN"
    assert (
        difference_text(FORCE, NO_READING, Reading(1, 1))
        == difference_text(MACHINE, Reading(1, 1), Reading(2, 2))
        == ""
    )


def test_times_since_an_event_and_lengths() -> None:
    assert [relative_text(s) for s in (0, 70, -5, 3723)] == ["+0:00", "+1:10", "−0:05", "+1:02:03"]
    assert relative_text(0.25, 2) == "+0.25"
    assert [span_text(s) for s in (9, 210, 3723, 187_200)] == ["9.0 s", "3:30", "1:02:03", "2 d 4:00"]
