"""A named set of pens: what people open again, and what opens by itself with a work instruction."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

MOST_GROUPS = 100
MOST_PENS = 50
LONGEST_NAME = 60


class TrendGroup(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``tags`` in the order of the list, ``hidden`` those of them that are not drawn.

    ``work_master``: the id of the work instruction it opens with, empty for none. ``shared``: all axes over the whole height.
    ``window_s`` is how much time is shown, 0 as it happens to be.
    """

    name: str
    tags: tuple[str, ...]
    hidden: tuple[str, ...] = ()
    shared: bool = False
    window_s: float = 0.0
    work_master: str = ""


def group_fault(group: TrendGroup) -> str:
    """What is wrong with a group, as a sentence; empty when nothing is."""
    if not group.name.strip() or len(group.name) > LONGEST_NAME or not group.name.isprintable():
        return f"the name {group.name[:LONGEST_NAME]!r} cannot be used; allowed: 1 to {LONGEST_NAME} characters"
    if not 1 <= len(group.tags) <= MOST_PENS:
        return f"the group {group.name!r} has {len(group.tags)} pens; allowed: 1 to {MOST_PENS}"
    if not 0 <= group.window_s < 1e9:
        return f"the group {group.name!r} has window_s = {group.window_s:g}; allowed: 0 and more seconds"
    return ""


def with_group(groups: Iterable[TrendGroup], group: TrendGroup) -> list[TrendGroup]:
    """The groups with one more, or with the one of its name replaced; a work instruction opens only one of them."""
    others = [other for other in groups if other.name != group.name]
    if group.work_master:
        others = [
            msgspec.structs.replace(other, work_master="") if other.work_master == group.work_master else other
            for other in others
        ]
    return sorted([*others, group], key=lambda kept: kept.name.casefold())


def group_for(groups: Iterable[TrendGroup], work_master: str) -> TrendGroup | None:
    """The group that opens with a work instruction."""
    return next((group for group in groups if work_master and group.work_master == work_master), None)
