"""Round clock times for a time axis, in local time, right across a change of summer time; and times since an event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from PySide6.QtCore import QDate, QLocale

_HOUR_S: Final = 3600
_DAY_S: Final = 86400
_STEPS_S: Final = (
    0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800,
    _HOUR_S, 2 * _HOUR_S, 4 * _HOUR_S, 6 * _HOUR_S, 12 * _HOUR_S, _DAY_S, 2 * _DAY_S, 7 * _DAY_S, 28 * _DAY_S,
)  # fmt: skip
_MONDAY_S: Final = 4 * _DAY_S
"""The epoch began on a Thursday: weeks are counted from the Monday after."""


def tick_step_s(span_s: float, most_ticks: int) -> float:
    """The smallest round step that gives at most `most_ticks` ticks over `span_s`."""
    wanted = span_s / max(1, most_ticks)
    return next((step for step in _STEPS_S if step >= wanted), _STEPS_S[-1])


def ticks_s(start_s: float, end_s: float, most_ticks: int, zero_s: float | None = None) -> list[float]:
    """Times between start and end that are round in local time, or round from `zero_s` on."""
    step = tick_step_s(end_s - start_s, most_ticks)
    if zero_s is not None or step <= 900:  # every time zone is a multiple of a quarter of an hour
        base = 0.0 if zero_s is None else zero_s
        first = int((start_s - base) // step)
        ticks = (base + n * step for n in range(first, int((end_s - base) // step) + 1))
        return [tick for tick in ticks if start_s <= tick <= end_s]
    if step >= _DAY_S:
        return _days(start_s, end_s, int(step))
    # quarters of an hour in UTC: an hour that the clock repeats has its ticks twice
    first = int(start_s // 900) * 900
    return [float(at) for at in range(first, int(end_s) + 1, 900) if (at + offset_s(at)) % step == 0 and start_s <= at]


def _days(start_s: float, end_s: float, step: int) -> list[float]:
    """Midnights: local time is stepped, and taken back to the instant it stands for."""
    local = (int(start_s) - 2 * _DAY_S - _MONDAY_S) // step * step + _MONDAY_S
    found = []
    while local <= end_s + 2 * _DAY_S:
        at = local - offset_s(local - offset_s(local))
        if start_s <= at <= end_s:
            found.append(float(at))
        local += step
    return found


def offset_s(time_s: float) -> int:
    """Seconds that local time is ahead of UTC at that instant."""
    offset = datetime.fromtimestamp(time_s, tz=UTC).astimezone().utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def clock_text(time_s: float, span_s: float = 60.0) -> str:
    """The time as HH:MM:SS; without seconds when 10 minutes and more are shown, as a day when 2 days and more are."""
    if span_s >= 2 * _DAY_S:
        local = datetime.fromtimestamp(time_s, tz=UTC).astimezone()
        return day_text(time_s) if local.hour == 0 and local.minute == 0 else local.strftime("%d. %H:%M")
    local = datetime.fromtimestamp(time_s, tz=UTC).astimezone()
    if span_s < 5:
        return f"{local:%H:%M:%S}.{local.microsecond // 10_000:02d}"
    return local.strftime("%H:%M" if span_s >= 600 else "%H:%M:%S")


def day_text(time_s: float) -> str:
    """The day, short, in the language of the application."""
    local = datetime.fromtimestamp(time_s, tz=UTC).astimezone()
    return QLocale().toString(QDate(local.year, local.month, local.day), "d MMM")


def exact_text(time_s: float) -> str:
    """The time with tenths of a second, for the cursor."""
    local = datetime.fromtimestamp(time_s, tz=UTC).astimezone()
    return f"{local:%H:%M:%S}.{local.microsecond // 100_000}"


def relative_text(seconds: float, span_s: float = 60.0) -> str:
    """A time since an event: "+0:10", "+1:02:03"; with fractions where a few seconds are shown."""
    sign = "−" if seconds < -1e-9 else "+"
    size = abs(seconds)
    if span_s < 5:
        return f"{sign}{size:.2f}"
    whole = round(size)
    hours, minutes = whole // _HOUR_S, whole % _HOUR_S // 60
    return f"{sign}{hours}:{minutes:02d}:{whole % 60:02d}" if hours else f"{sign}{minutes}:{whole % 60:02d}"


def span_text(seconds: float) -> str:
    """How long something is: "9.0 s", "3:30", "1:02:03", "2 d 4:00"."""
    size = abs(seconds)
    if size < 60:
        return f"{size:.1f} s"
    whole = round(size)
    days, rest = divmod(whole, _DAY_S)
    if days:
        return f"{days} d {rest // _HOUR_S}:{rest % _HOUR_S // 60:02d}"
    return relative_text(whole, 60)[1:]
