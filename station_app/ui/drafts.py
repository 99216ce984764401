"""What was entered and is not recorded, kept while cards come and go: another language, a look back, a sign-in, another unit.

A page has one; a card is known by what it is of: the job, the step with its attempt and the check, or the inspection, the
characteristic and the piece.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Protocol

Key = tuple[object, ...]
MOST_KEPT = 200


class Drafting(Protocol):
    """A card that can tell what was entered, and take it again."""

    def draft(self) -> object: ...

    def restore(self, draft: object) -> None: ...


class Drafts:
    """Drafts by what they are of; the newest 200. An empty key is of nothing: a card that is only looked at."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, object] = OrderedDict()

    def keep(self, key: Key, card: Drafting) -> None:
        """A card goes: remember what was entered in it."""
        if not key:
            return
        self._kept.pop(key, None)
        draft = card.draft()
        if draft:
            self._kept[key] = draft
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def give_back(self, key: Key, card: Drafting) -> bool:
        """A card has come: enter it again. Whether there was something."""
        draft = self._kept.pop(key, None)
        if draft is not None:
            card.restore(draft)
        return draft is not None
