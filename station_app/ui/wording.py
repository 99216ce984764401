"""Times, ages and numbers as people at the station read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from drivers.base import Sample, Value


def clock_text(wall_us: int, utc_offset_min: int, seconds: bool = False) -> str:
    """The station's local time, "08:42" or "08:42:07", of UTC microseconds."""
    local = datetime.fromtimestamp(wall_us / 1e6, UTC) + timedelta(minutes=utc_offset_min)
    return local.strftime("%H:%M:%S" if seconds else "%H:%M")


def duration_text(seconds: float) -> str:
    """A duration as "0:31", "12:05" or "1:02:05"."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def age_text(seconds: float) -> str:
    """An age with its unit: "14 s", "3 min", "2 h", "4 d"."""
    whole = max(0.0, seconds)
    for limit, size, unit in ((90, 1, "s"), (5400, 60, "min"), (172800, 3600, "h")):
        if whole < limit:
            return f"{int(whole / size)} {unit}"
    return f"{int(whole / 86400)} d"


def value_text(value: Value, decimals: int | None = None) -> str:
    """A tag's value for the eye: with ``decimals``, else four significant digits; the record keeps all of them."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return value[:24]
    return f"{value:.{decimals}f}" if decimals is not None else f"{value:.4g}"


def sample_text(sample: Sample | None, decimals: int | None = None) -> str:
    """A sample's value for the eye, "–" when there is none."""
    return "–" if sample is None else value_text(sample.value, decimals)
