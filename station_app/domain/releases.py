"""Which released version of an instruction a unit is built with, and of an inspection plan it is inspected by.

Stations pull a :class:`~station_app.domain.master.Release` beside everything that went through document control. An order may
name a version of an instruction; a newer release says by its policy what that means for orders that run on an older one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from station_app.domain.approval import Approval
from station_app.domain.document_names import INSTRUCTION, noun_of, own_id, plan_document, spoken
from station_app.domain.document_states import DocumentState, Policy
from station_app.domain.master import Release
from station_app.domain.records import Fact, InspectionStarted, JobState, Override, Signature
from station_app.domain.rules.refusal import Refusal

VERSION_DECIDED = "decided with which version the order goes on"
"""The meaning of the signature by which a supervisor answers; it signs the version chosen, the newer one, and the order."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The version to use. ``asks`` is the newer one that a supervisor has to decide about first, empty for none.

    ``version`` is empty where only the newer one is left.
    """

    version: str
    asks: str = ""


class VersionAsked(Refusal):
    """A newer version waits for a supervisor's decision: with ``old`` (empty: it was withdrawn) or with ``new``."""

    def __init__(self, order_id: str, work_master_id: str, old: str, new: str) -> None:
        self.order_id, self.work_master_id, self.old, self.new = order_id, work_master_id, old, new
        before = f"It runs on version {old}." if old else "The version before was withdrawn."
        super().__init__(
            f"Order {order_id}: version {new} of {spoken(work_master_id)} is released. {before} "
            "A supervisor decides with a signature which one is used."
        )


@dataclass(slots=True)
class OrderVersions:
    """What this station's records say of orders and versions: folded, never stored.

    ``begun`` is the version that units of an order's operation were begun with last, by (order, operation), and that of an
    inspection plan by (order, its document's name); ``decided`` the version that a supervisor chose, by (order, key of the
    newer version).
    """

    begun: dict[tuple[str, str], str] = field(default_factory=dict)
    decided: dict[tuple[str, str], str] = field(default_factory=dict)
    _jobs: set[str] = field(default_factory=set)

    def apply(self, fact: Fact) -> None:
        """Fold one record."""
        match fact:
            case JobState() if fact.job_id not in self._jobs:
                self._jobs.add(fact.job_id)
                self.begun[fact.order_id, fact.operation] = fact.work_master_version
            case InspectionStarted() if fact.order_id:
                self.begun[fact.order_id, plan_document(fact.plan_id)] = fact.plan_version
            case Signature() if fact.meaning == VERSION_DECIDED and len(fact.signed_ids) == 3:
                chosen, newer, order_id = fact.signed_ids
                self.decided[order_id, newer] = chosen.rpartition("@")[2]
            case _:
                pass

    def version(self, order_id: str, work_master_id: str, choice: Choice) -> str:
        """The version to use, with what a supervisor decided. Raises VersionAsked."""
        if not choice.asks:
            return choice.version
        decided = self.decided.get((order_id, f"{work_master_id}@{choice.asks}"), "")
        if not decided or decided not in (choice.version, choice.asks):
            raise VersionAsked(order_id, work_master_id, choice.version, choice.asks)
        return decided


def decide_version(
    asked: VersionAsked, version: str, reason: str, approval: Approval, releases: Sequence[Release]
) -> list[Fact]:
    """A permitted person decides with which version the order goes on. Raises Refusal."""
    if not version or version not in (asked.old, asked.new):
        raise Refusal(f"Choose one of these versions: {', '.join(filter(None, (asked.old, asked.new)))}.")
    if not reason.strip():
        raise Refusal("Say why this version is used.")
    hashes = {release.version: release.sha256 for release in releases}
    person = approval.person
    key = f"{asked.work_master_id}@{version}"
    signature = Signature(
        person_id=person.id,
        printed_name=person.name,
        meaning=VERSION_DECIDED,
        signed_ids=(key, f"{asked.work_master_id}@{asked.new}", asked.order_id),
        signed_hashes=(hashes.get(version, ""), hashes.get(asked.new, ""), ""),
        method=approval.method,
    )
    rule = f"order {asked.order_id} goes on with {key}, released is {asked.new}"
    return [signature, Override(rule=rule, reason=reason.strip(), approved_by=person.id)]


def choose(releases: Sequence[Release], named: str, begun_with: str, today: str) -> Choice:
    """The version for the next unit of an order.

    ``named`` is the version in the order (empty: the newest), ``begun_with`` the one that units of this order were begun with
    here last (empty: none yet), ``today`` the day as ISO 8601. The releases that are newer than what the order runs on are gone
    through in their order, so that the answer does not depend on whether a unit was made in between. Raises Refusal when there
    is none that may be used.
    """
    ordered = sorted(releases, key=lambda release: release.number)
    effective = [release for release in ordered if release.effective_from <= today]
    if not named and not begun_with:
        return Choice(_newest(ordered, effective).version)
    known = _runs_on(ordered, named, begun_with)
    if known is None:  # what the order names may come yet; what it was begun with was taken back
        return Choice(named or _newest(ordered, effective).version)
    if known.effective_from > today and known.version != begun_with:
        raise Refusal(f"{own_id(known.work_master_id)} {known.version} may be used from {known.effective_from} on.")
    gone = known.state == DocumentState.WITHDRAWN
    version, asks = "" if gone else known.version, ""
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


def _runs_on(ordered: Sequence[Release], named: str, begun_with: str) -> Release | None:
    """What an order runs on: what it names, unless a release moved it on since; None for a version that is not here."""
    known = {release.version: release for release in ordered}
    at_start, begun = known.get(named), known.get(begun_with)
    if not named:
        return begun
    moved_on = at_start is not None and begun is not None and begun.number > at_start.number
    return begun if moved_on and begun is not None and begun.policy != Policy.FINISH else at_start


def _newest(ordered: Sequence[Release], effective: Sequence[Release]) -> Release:
    """What an order that names no version begins with: never an older one in place of a withdrawn one."""
    if not effective:
        waiting = f" {ordered[0].version} may be used from {ordered[0].effective_from} on." if ordered else ""
        noun = noun_of(ordered[0].work_master_id) if ordered else INSTRUCTION
        raise Refusal(f"No version of this {noun} is released yet.{waiting}")
    if effective[-1].state == DocumentState.WITHDRAWN:
        raise _withdrawn(effective[-1])
    return effective[-1]


def _withdrawn(release: Release) -> Refusal:
    said = spoken(release.work_master_id)
    return Refusal(f"{said[0].upper()}{said[1:]} {release.version} was withdrawn: {release.reason}")
