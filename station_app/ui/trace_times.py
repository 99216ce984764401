"""Moments of a trace as people read them: with the day, because a trace is read months later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_text(us: int, utc_offset_min: int) -> str:
    """ "2026-11-20 08:42:07" in the zone given, of UTC microseconds; a time beyond the calendar as a plain number."""
    try:
        local = _EPOCH + timedelta(microseconds=us, minutes=utc_offset_min)
    except OverflowError:
        return f"{us} µs"
    return local.strftime("%Y-%m-%d %H:%M:%S")
