"""Which released version of a work master a unit is built with.

Stations pull a :class:`Release` beside every work master that went through document control. An order may name a version;
a newer release says by its policy what that means for orders that run on an older one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import msgspec

from station_app.domain.document_control import DocumentState, Policy
from station_app.domain.rules import Refusal


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That a version was released, and whether it still may be used. ``number`` grows with every release of the work master.

    ``effective_from`` is a day (ISO 8601, empty: at once). ``signatures`` are "role: printed name".
    """

    kind: ClassVar[str] = "release"
    id: str
    work_master_id: str
    version: str
    sha256: str
    number: int
    state: str
    policy: str = Policy.NEXT_UNIT.value
    effective_from: str = ""
    reason: str = ""
    released_by: str = ""
    signatures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """The version to use. ``asks`` is the newer one that a supervisor has to decide about first, empty for none."""

    version: str
    asks: str = ""


def choose(releases: Sequence[Release], named: str, begun_with: str, today: str) -> Choice:
    """The version for the next unit of an order.

    ``named`` is the version in the order (empty: the newest), ``begun_with`` the one that units of this order were begun with
    here (empty: none yet), ``today`` the day as ISO 8601. Raises Refusal when that version was withdrawn and none may replace
    it.
    """
    effective = sorted(
        (r for r in releases if r.effective_from <= today and r.state != DocumentState.WITHDRAWN),
        key=lambda release: release.number,
    )
    newest = effective[-1] if effective else None
    old = begun_with or named
    if not old:
        if newest is None:
            withdrawn = next((r for r in releases if r.state == DocumentState.WITHDRAWN), None)
            raise Refusal(
                f"{withdrawn.work_master_id} {withdrawn.version} was withdrawn: {withdrawn.reason}"
                if withdrawn is not None
                else "No version of this instruction is released yet."
            )
        return Choice(newest.version)
    known = next((release for release in releases if release.version == old), None)
    gone = known is not None and known.state == DocumentState.WITHDRAWN
    if newest is None or newest.version == old or (known is not None and newest.number < known.number):
        if gone and known is not None:
            raise Refusal(f"{known.work_master_id} {old} was withdrawn: {known.reason}")
        return Choice(old)
    if gone:
        return Choice(newest.version)
    match newest.policy:
        case Policy.FINISH:
            return Choice(old)
        case Policy.ASK:
            return Choice(old, asks=newest.version)
        case _:
            return Choice(newest.version)
