"""Counts as people say them: one of a thing has the word for one."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """``counted(1, "fault")`` is "1 fault", ``counted(3, "fault")`` "3 faults"; ``many`` where an s does not do."""
    return f"{count} {one}" if count == 1 else f"{count} {many or one + 's'}"
