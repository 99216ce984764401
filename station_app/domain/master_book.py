"""All master data a station has, as one immutable value with the look-ups the work needs.

Work masters stay encoded until a job opens one, because opening checks the content against its hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from station_app.domain.document_states import DocumentState, Policy
from station_app.domain.inspection.plan import InspectionPlan, PlanError, decode_plan
from station_app.domain.master import (
    KINDS,
    WORK_MASTER,
    JobOrder,
    MasterError,
    MasterItem,
    Material,
    Person,
    Reasons,
    Release,
    Tool,
    decode_item,
)
from station_app.domain.work_master import WorkMaster, WorkMasterError, decode_work_master


@dataclass(frozen=True, slots=True)
class Document:
    """One published document: ``body`` is canonical JSON, ``sha256`` its hash in hexadecimal, ``rev`` its revision."""

    kind: str
    id: str
    body: bytes
    sha256: str
    rev: int = 0


@dataclass(frozen=True)
class MasterBook:
    """The master data of one revision. ``faults`` names documents that could not be used, with the reason."""

    orders: dict[str, JobOrder] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    materials: dict[str, Material] = field(default_factory=dict)
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tools: dict[str, Tool] = field(default_factory=dict)
    plans: dict[str, InspectionPlan] = field(default_factory=dict)
    plan_documents: dict[str, Document] = field(default_factory=dict)
    work_masters: dict[str, Document] = field(default_factory=dict)
    releases: dict[str, Release] = field(default_factory=dict)
    order_of_serial: dict[str, JobOrder] = field(default_factory=dict)
    material_of_serial: dict[str, Material] = field(default_factory=dict)
    material_of_lot: dict[str, Material] = field(default_factory=dict)
    person_of_badge: dict[str, Person] = field(default_factory=dict)
    faults: tuple[str, ...] = ()

    def open_work_master(self, work_master_id: str, version: str) -> tuple[WorkMaster, str]:
        """The released work master of that version and its content hash.

        Raises WorkMasterError when it is not here or its content does not match its hash.
        """
        document = self.work_masters.get(f"{work_master_id}@{version}")
        if document is None:
            raise WorkMasterError(
                f"instruction {work_master_id} version {version} is not at this station yet; "
                "it comes with the next contact to the server"
            )
        try:
            return decode_work_master(document.body, document.sha256), document.sha256
        except WorkMasterError as error:
            raise WorkMasterError(f"instruction {work_master_id} version {version}: {error}") from error

    def releases_of(self, work_master_id: str) -> list[Release]:
        """Every version of a work master that is published, in the order of publishing: ``number`` is the revision.

        One that was published without document control counts as released by its publisher: orders that run finish on theirs.
        A release whose content has not come stands last, so that no older version is taken in its place.
        """
        found = []
        for key, document in self.work_masters.items():
            name, _, version = key.rpartition("@")
            if name == work_master_id:
                release = self.releases.get(key) or _administrative(key, name, version, document.sha256)
                found.append(msgspec.structs.replace(release, number=document.rev))
        found.sort(key=lambda release: release.number)
        awaited = [r for r in self.releases.values() if r.work_master_id == work_master_id]
        awaited = [r for r in awaited if r.id not in self.work_masters and r.state != DocumentState.WITHDRAWN]
        last = found[-1].number if found else 0
        found += [msgspec.structs.replace(r, number=last + r.number) for r in sorted(awaited, key=lambda r: r.number)]
        return found

    def open_plan(self, plan_id: str) -> tuple[InspectionPlan, Document]:
        """The inspection plan in force with its document. Raises PlanError when it is not here or does not match its hash."""
        document = self.plan_documents.get(plan_id)
        if document is None:
            raise PlanError(
                f"inspection plan {plan_id} is not at this station yet; it comes with the next contact to the server"
            )
        try:
            return decode_plan(document.body, document.sha256), document
        except PlanError as error:
            raise PlanError(f"inspection plan {plan_id}: {error}") from error

    def person_with_badge(self, secret: str) -> Person | None:
        """The active person whose badge holds this secret."""
        person = self.person_of_badge.get(hashlib.sha256(secret.encode()).hexdigest())
        return person if person is not None and person.active else None

    def person_named(self, name: str) -> Person | None:
        """The active person of that id or name, without regard to case."""
        wanted = name.strip().casefold()
        for person in self.people.values():
            if person.active and wanted in (person.id.casefold(), person.name.casefold()):
                return person
        return None


def _administrative(key: str, work_master_id: str, version: str, sha256: str) -> Release:
    """What stands for the release of a version that was published without one."""
    state, policy = DocumentState.RELEASED.value, Policy.FINISH.value
    return Release(
        id=key, work_master_id=work_master_id, version=version, sha256=sha256, number=0, state=state, policy=policy
    )


def read_book(documents: Iterable[Document]) -> MasterBook:
    """The book of all documents; one that cannot be decoded is left out and named in ``faults``."""
    items: list[MasterItem] = []
    work_masters: dict[str, Document] = {}
    plan_documents: dict[str, Document] = {}
    faults: list[str] = []
    for document in documents:
        if document.kind == WORK_MASTER:
            work_masters[document.id] = document
            continue
        kind = KINDS.get(document.kind)
        if kind is None:
            faults.append(f"{document.kind} {document.id}: this version does not know the kind")
            continue
        try:
            items.append(decode_item(kind, document.body))
            if document.kind == InspectionPlan.kind:
                plan_documents[document.id] = document
        except MasterError as error:
            faults.append(f"{document.id}: {error}")
    book = MasterBook(work_masters=work_masters, plan_documents=plan_documents, faults=tuple(faults))
    for item in items:
        _enter(book, item)
    return book


def _enter(book: MasterBook, item: MasterItem) -> None:
    match item:
        case JobOrder():
            book.orders[item.id] = item
            book.order_of_serial.update(dict.fromkeys(item.serials, item))
        case Person():
            book.people[item.id] = item
            if item.badge_sha256:
                book.person_of_badge[item.badge_sha256] = item
        case Material():
            book.materials[item.id] = item
            book.material_of_serial.update(dict.fromkeys(item.serials, item))
            book.material_of_lot.update(dict.fromkeys(item.lots, item))
        case Reasons():
            book.reasons[item.id] = item.reasons
        case Tool():
            book.tools[item.id] = item
        case InspectionPlan():
            book.plans[item.id] = item
        case Release():
            book.releases[item.id] = item
