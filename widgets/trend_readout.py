"""What a cursor reads, as texts: a value with its unit, a state's name, or why there is none and since when."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from widgets.text import Run, Text
from widgets.trend_axis import TrendPen
from widgets.trend_curve import Reading
from widgets.trend_states import state_name
from widgets.trend_time import clock_text, span_text
from widgets.trend_time import exact_text as exact_text

NOTHING = "–"
_Names = Callable[[str], Mapping[int, str]]


def number_text(value: float) -> str:
    """A number with four digits and a true minus."""
    return f"{value:.4g}".replace("-", "−")


def reading_text(pen: TrendPen, reading: Reading, names: Mapping[int, str]) -> str:
    """A reading in a few words: "12.38 kN", "0.31–12.4 kN" where a point stands for many samples, "Running"."""
    if math.isnan(reading.low):
        return reading.reason or NOTHING
    if pen.states:
        return state_name(names, round(reading.low) if reading.low == reading.high else None)
    unit = f" {pen.unit}" if pen.unit else ""
    low, high = number_text(reading.low), number_text(reading.high)
    return f"{low}{unit}" if low == high else f"{low} … {high}{unit}"


def gap_text(reading: Reading) -> str:
    """From when to when a gap is, and how long: "08:21:00 – 08:24:30 · 3:30"; empty where there is none."""
    if reading.since_s is None:
        return ""
    if reading.until_s is None:
        return f"{clock_text(reading.since_s)} –"
    until = f"{clock_text(reading.since_s)} – {clock_text(reading.until_s)}"
    return f"{until} · {span_text(reading.until_s - reading.since_s)}"


def difference_text(pen: TrendPen, first: Reading, second: Reading) -> str:
    """How much the second reading is more than the first; empty where that says nothing."""
    if pen.states or math.isnan(first.low) or math.isnan(second.low):
        return ""
    difference = second.value - first.value
    sign = "+" if difference > 0 else ""
    return f"{sign}{number_text(difference)}{f' {pen.unit}' if pen.unit else ''}"


def cursor_lines(
    pens: Mapping[str, TrendPen], readings: Mapping[str, Reading], time_s: float, names_of: _Names
) -> list[Text]:
    """The lines beside a single cursor: its time, each pen's reading, and below it from when to when a gap is.

    Pens below each other that are away for the same time have it once, below the last of them.
    """
    lines: list[Text] = [exact_text(time_s)]
    gaps = [gap_text(reading) for reading in readings.values()]
    for (key, reading), gap, following in zip(readings.items(), gaps, [*gaps[1:], ""], strict=True):
        pen = pens[key]
        lines.append([Run(f"{pen.name}  "), Run(reading_text(pen, reading, names_of(key)), True)])
        if gap and gap != following:
            lines.append(f"    {gap}")
    return lines
