"""All master data a station has, as one immutable value with the look-ups the work needs.

Work masters stay encoded until a job opens one, because opening checks the content against its hash. Versions of instructions
and of inspection plans stand beside each other, by "id@version".
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

import msgspec

from station_app.domain.document_names import is_plan_document, own_id, plan_document
from station_app.domain.document_states import DocumentState, Policy
from station_app.domain.inspection.plan import InspectionPlan, PlanError, decode_plan, plan_key
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
    SuggestionAnswer,
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
    """The master data of one revision. ``faults`` names documents that could not be used, with the reason.

    ``plans`` is the newest version of every plan that was not withdrawn (else the newest), by id, whether it is in force yet or
    not: for what is looked at. Which one an inspection begins with follows from :meth:`releases_of`.
    """

    orders: dict[str, JobOrder] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    materials: dict[str, Material] = field(default_factory=dict)
    reasons: dict[str, tuple[str, ...]] = field(default_factory=dict)
    tools: dict[str, Tool] = field(default_factory=dict)
    plans: dict[str, InspectionPlan] = field(default_factory=dict)
    plan_versions: dict[str, InspectionPlan] = field(default_factory=dict)
    plan_documents: dict[str, Document] = field(default_factory=dict)
    work_masters: dict[str, Document] = field(default_factory=dict)
    releases: dict[str, Release] = field(default_factory=dict)
    answers: dict[str, SuggestionAnswer] = field(default_factory=dict)
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

    def releases_of(self, document_id: str) -> list[Release]:
        """Every published version of an instruction or inspection plan, in the order of publishing: ``number`` is the revision.

        One that was published without document control counts as released by its publisher: orders that run finish on theirs.
        A release whose content has not come stands last, so that no older version is taken in its place.
        """
        found = []
        contents = self.plan_documents if is_plan_document(document_id) else self.work_masters
        for own_key, document in contents.items():
            name, _, version = own_key.rpartition("@")
            if name == own_id(document_id):
                key = f"{document_id}@{version}"
                release = self.releases.get(key) or _administrative(key, document_id, version, document.sha256)
                found.append(msgspec.structs.replace(release, number=document.rev))
        found.sort(key=lambda release: release.number)
        awaited = [r for r in self.releases.values() if r.work_master_id == document_id]
        awaited = [r for r in awaited if own_id(r.id) not in contents and r.state != DocumentState.WITHDRAWN]
        last = found[-1].number if found else 0
        found += [msgspec.structs.replace(r, number=last + r.number) for r in sorted(awaited, key=lambda r: r.number)]
        return found

    def open_plan(self, plan_id: str, version: str) -> tuple[InspectionPlan, Document]:
        """That version of a plan with its document. Raises PlanError when it is not here or does not match its hash."""
        document = self.plan_documents.get(f"{plan_id}@{version}")
        if document is None:
            raise PlanError(
                f"inspection plan {plan_id} version {version} is not at this station yet; "
                "it comes with the next contact to the server"
            )
        try:
            return decode_plan(document.body, document.sha256), document
        except PlanError as error:
            raise PlanError(f"inspection plan {plan_id} version {version}: {error}") from error

    def plans_for(self, product: str, operation: str) -> list[str]:
        """The ids of the plans of which some version serves an operation of a product, sorted."""
        served = (p.id for p in self.plan_versions.values() if (p.product, p.operation) == (product, operation))
        return sorted(set(served))

    def person_with_badge(self, secret: str) -> Person | None:
        """The active person whose badge holds this secret."""
        person = self.person_of_badge.get(hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest())
        return person if person is not None and person.active else None

    def person_named(self, name: str) -> Person | None:
        """The active person of that id or name, without regard to case."""
        wanted = name.strip().casefold()
        for person in self.people.values():
            if person.active and wanted in (person.id.casefold(), person.name.casefold()):
                return person
        return None


def _administrative(key: str, document_id: str, version: str, sha256: str) -> Release:
    """What stands for the release of a version that was published without one."""
    state, policy = DocumentState.RELEASED.value, Policy.FINISH.value
    return Release(
        id=key, work_master_id=document_id, version=version, sha256=sha256, number=0, state=state, policy=policy
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
            item = decode_item(kind, document.body)
            if isinstance(item, InspectionPlan):
                # by what it says it is: until schema version 4 a plan was published under its id alone
                known = plan_documents.get(plan_key(item))
                if known is not None and known.rev > document.rev:
                    continue
                plan_documents[plan_key(item)] = document
            items.append(item)
        except MasterError as error:
            faults.append(f"{document.id}: {error}")
    book = MasterBook(work_masters=work_masters, plan_documents=plan_documents, faults=tuple(faults))
    for item in items:
        _enter(book, item)
    book.plans.update(_newest_plans(book))
    return book


def _newest_plans(book: MasterBook) -> dict[str, InspectionPlan]:
    """The newest version of every plan that was not withdrawn, else the newest."""
    found = {}
    for plan_id in {plan.id for plan in book.plan_versions.values()}:
        releases = book.releases_of(plan_document(plan_id))
        here = [release for release in releases if f"{plan_id}@{release.version}" in book.plan_versions]
        usable = [release for release in here if release.state != DocumentState.WITHDRAWN]
        found[plan_id] = book.plan_versions[f"{plan_id}@{(usable or here)[-1].version}"]
    return found


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
            book.plan_versions[plan_key(item)] = item
        case Release():
            book.releases[item.id] = item
        case SuggestionAnswer():
            book.answers[item.id] = item
