"""Round clock times for a time axis, in local time, right across a change of summer time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

_STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400)


def tick_step_s(span_s: float, most_ticks: int) -> int:
    """The smallest round step that gives at most `most_ticks` ticks over `span_s`."""
    wanted = span_s / max(1, most_ticks)
    return next((step for step in _STEPS_S if step >= wanted), _STEPS_S[-1])


def ticks_s(start_s: float, end_s: float, most_ticks: int) -> list[float]:
    """Times between start and end that are round in local time."""
    step = tick_step_s(end_s - start_s, most_ticks)
    first = int(start_s // step) * step
    found = []
    for candidate in range(first - 86400 if step > 3600 else first, int(end_s) + 1, min(step, 3600)):
        local = candidate + offset_s(candidate)
        if local % step == 0 and start_s <= candidate <= end_s:
            found.append(float(candidate))
    return found


def offset_s(time_s: float) -> int:
    """Seconds that local time is ahead of UTC at that instant."""
    offset = datetime.fromtimestamp(time_s, tz=UTC).astimezone().utcoffset()
    return int(offset.total_seconds()) if offset is not None else 0


def clock_text(time_s: float, span_s: float = 60.0) -> str:
    """The time as HH:MM:SS, without seconds when more than 10 minutes are shown."""
    local = datetime.fromtimestamp(time_s, tz=UTC).astimezone()
    return local.strftime("%H:%M" if span_s >= 600 else "%H:%M:%S")


def exact_text(time_s: float) -> str:
    """The time with tenths of a second, for the cursor."""
    local = datetime.fromtimestamp(time_s, tz=UTC).astimezone()
    return f"{local:%H:%M:%S}.{local.microsecond // 100_000}"
