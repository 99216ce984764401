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


def span_text(first_us: int, last_us: int, utc_offset_min: int) -> str:
    """From one moment to another; the day is said once when it is the same."""
    first, last = moment_text(first_us, utc_offset_min), moment_text(last_us, utc_offset_min)
    same_day = first[:10] == last[:10] and " " in first and " " in last
    return f"{first} – {last[11:] if same_day else last}"


def short_moment_text(us: int, utc_offset_min: int) -> str:
    """ "11-20 08:42", for below a small picture."""
    text = moment_text(us, utc_offset_min)
    return text[5:16] if len(text) == len("2026-11-20 08:42:07") else text
