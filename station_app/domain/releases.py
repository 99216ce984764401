"""Which released version of a work master a unit is built with.

Stations pull a :class:`~station_app.domain.master.Release` beside every work master that went through document control. An order may name a version;
a newer release says by its policy what that means for orders that run on an older one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from station_app.domain.document_states import DocumentState, Policy
from station_app.domain.master import Release
from station_app.domain.rules import Refusal


@dataclass(frozen=True, slots=True)
class Choice:
    """The version to use. ``asks`` is the newer one that a supervisor has to decide about first, empty for none.

    ``version`` is empty where only the newer one is left.
    """

    version: str
    asks: str = ""


def choose(releases: Sequence[Release], named: str, begun_with: str, today: str) -> Choice:
    """The version for the next unit of an order.

    ``named`` is the version in the order (empty: the newest), ``begun_with`` the one that units of this order were begun with
    here last (empty: none yet), ``today`` the day as ISO 8601. The newer releases are gone through in their order, so that the
    answer does not depend on whether a unit was made in between. Raises Refusal when there is none that may be used.
    """
    ordered = sorted(releases, key=lambda release: release.number)
    effective = [release for release in ordered if release.effective_from <= today]
    old = begun_with or named
    if not old:
        return Choice(_newest(ordered, effective).version)
    known = next((release for release in ordered if release.version == old), None)
    if known is None:
        return Choice(old)
    if known.effective_from > today and not begun_with:
        raise Refusal(f"{known.work_master_id} {old} may be used from {known.effective_from} on.")
    gone = known.state == DocumentState.WITHDRAWN
    version, asks = "" if gone else old, ""
    for release in effective:
        if release.number <= known.number or release.state == DocumentState.WITHDRAWN:
            continue
        if release.policy == Policy.ASK:
            asks = release.version
        elif release.policy == Policy.NEXT_UNIT or not version:
            version, asks = release.version, ""
    if not version and not asks:
        raise _withdrawn(known)
    return Choice(version, asks)


def _newest(ordered: Sequence[Release], effective: Sequence[Release]) -> Release:
    """What an order that names no version begins with: never an older one in place of a withdrawn one."""
    if not effective:
        waiting = f" {ordered[0].version} may be used from {ordered[0].effective_from} on." if ordered else ""
        raise Refusal(f"No version of this instruction is released yet.{waiting}")
    if effective[-1].state == DocumentState.WITHDRAWN:
        raise _withdrawn(effective[-1])
    return effective[-1]


def _withdrawn(release: Release) -> Refusal:
    return Refusal(f"Instruction {release.work_master_id} {release.version} was withdrawn: {release.reason}")
