"""Which pictures may be removed from a station, and which are: a pure rule over what is known of each file.

A file may go only when the server has sealed it, every record that names it is delivered, and no instruction here shows it.
Of those go, in this order:

1. what is older than ``keep_days``;
2. the oldest, while the pictures take more than ``max_bytes``;
3. the oldest, while less than ``min_free_bytes`` is free on the disk: also when they are younger than ``keep_days``.

What waits for delivery is never removed. When that is not enough, a sentence says so; once the disk is full, a new picture is
refused where it is taken, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

DAY_US = 86_400_000_000
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """``keep_days``: age up to which pictures stay; ``max_bytes`` they may take; ``min_free_bytes`` stay free on the disk."""

    keep_days: float = 180.0
    max_bytes: int = 20_480 * MIB
    min_free_bytes: int = 1_024 * MIB


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of this station. ``newest_us``: the newest record that names it (UTC), None without one.

    ``sealed`` by the server; ``delivered``: every record that names it; ``in_use``: an instruction at this station shows it.
    """

    sha256: str
    size_bytes: int
    newest_us: int | None
    sealed: bool
    delivered: bool
    in_use: bool = False

    @property
    def may_go(self) -> bool:
        """Whether it may be removed at all."""
        return self.sealed and self.delivered and self.newest_us is not None and not self.in_use


@dataclass(frozen=True, slots=True)
class Removal:
    """A file to be removed, and why."""

    sha256: str
    size_bytes: int
    reason: str


@dataclass(frozen=True, slots=True)
class RetentionPlan:
    """What is removed. ``used_bytes``: what the files take now; ``lacking``: a sentence when it is not enough."""

    removals: tuple[Removal, ...]
    used_bytes: int
    lacking: str = ""

    @property
    def removed_bytes(self) -> int:
        """What the removals free."""
        return sum(removal.size_bytes for removal in self.removals)


def plan_removals(files: Iterable[KeptFile], rule: RetentionRule, now_us: int, free_bytes: int) -> RetentionPlan:
    """Decide for all files of a station at once."""
    files = list(files)
    used = sum(file.size_bytes for file in files)
    removable = sorted((file for file in files if file.may_go), key=lambda file: (file.newest_us or 0, file.sha256))
    removals: list[Removal] = []
    freed = 0
    for file in removable:
        reason = _reason(file, rule, now_us, used - freed, free_bytes + freed)
        if reason:
            removals.append(Removal(file.sha256, file.size_bytes, reason))
            freed += file.size_bytes
    return RetentionPlan(tuple(removals), used, lacking_room(rule, used - freed, free_bytes + freed))


def may_matter(oldest_us: int | None, used_bytes: int, rule: RetentionRule, now_us: int, free_bytes: int) -> bool:
    """Whether anything could have to go: asked before records are read, which takes longer."""
    old = oldest_us is not None and oldest_us < now_us - rule.keep_days * DAY_US
    return old or used_bytes > rule.max_bytes or free_bytes < rule.min_free_bytes


def removed_text(removals: Sequence[Removal]) -> str:
    """ "3 pictures, 1.2 MiB"."""
    size = sum(removal.size_bytes for removal in removals) / MIB
    return f"{len(removals)} picture{'' if len(removals) == 1 else 's'}, {size:.1f} MiB"


def _reason(file: KeptFile, rule: RetentionRule, now_us: int, used_bytes: int, free_bytes: int) -> str:
    assert file.newest_us is not None
    if file.newest_us < now_us - rule.keep_days * DAY_US:
        return "older than a day" if rule.keep_days == 1 else f"older than {rule.keep_days:g} days"
    if used_bytes > rule.max_bytes:
        return f"pictures take more than {rule.max_bytes / MIB:.0f} MiB"
    if free_bytes < rule.min_free_bytes:
        return f"less than {rule.min_free_bytes / MIB:.0f} MiB are free on the disk"
    return ""


def lacking_room(rule: RetentionRule, used_bytes: int, free_bytes: int, *, unasked: bool = False) -> str:
    """What is wrong when so much is used and free after everything that could go is gone, as a sentence; empty: nothing.

    ``unasked``: the server could not be asked about pictures that might go.
    """
    rest = "the rest waits for delivery and stays"
    if unasked:
        rest = "those that might go stay until the server can be asked"
    if free_bytes < rule.min_free_bytes:
        free = f"{free_bytes / MIB:.0f} MiB are free on the disk, {rule.min_free_bytes / MIB:.0f} should be"
        went = "Pictures stay where they are:" if unasked else "Pictures that are delivered were removed,"
        return f"{free}. {went} {rest}. Free some space."
    if used_bytes > rule.max_bytes:
        used = f"pictures take {used_bytes / MIB:.0f} MiB, {rule.max_bytes / MIB:.0f} are allowed"
        return f"{used[:1].upper()}{used[1:]}; {rest}. Look at the connection to the server."
    return ""
