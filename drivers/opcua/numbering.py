"""The numbers of a subscription's messages: which one never came (OPC UA part 4, 5.13.1.1).

Messages with values are numbered from 1 without gaps, after 4294967295 comes 1 again. A keep-alive carries the
number that the next message will have: it shows a loss even where nothing changes any more.
"""

from __future__ import annotations

_LAST = 0xFFFFFFFF
_MOST_MISSING = 1000


class Numbering:
    """What number comes next. A new one for each subscription."""

    def __init__(self) -> None:
        self._next = 1

    def missing(self, number: int, *, keep_alive: bool) -> list[int] | None:
        """The numbers that were skipped before this message; None for a message that came before already.

        A jump too wide to be a loss is told as one missing number, the one that was expected; in a keep-alive it is
        a server that numbers those otherwise, and nothing is missing.
        """
        ahead = (number - self._next) % _LAST
        if keep_alive and ahead > _MOST_MISSING:
            return []
        if ahead > _LAST - _MOST_MISSING:
            return None
        wanted = self._next
        self._next = number if keep_alive else _following(number, 1)
        return [_following(wanted, n) for n in range(ahead if ahead <= _MOST_MISSING else 1)]


def _following(number: int, steps: int) -> int:
    return (number - 1 + steps) % _LAST + 1
