"""What a rule answers when an action is not allowed now."""

from __future__ import annotations


class Refusal(Exception):
    """An action that is not allowed now: ``str()`` says why and what to do, in shop-floor words."""
