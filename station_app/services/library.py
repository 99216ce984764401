"""The station's master data: the newest pulled revision, and the pinned work masters of its jobs.

A work master that a job was started with is kept in the evidence store under its content hash, so that a running job keeps
its revision whatever is published or withdrawn meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable

from station_app.domain.document_names import plan_document
from station_app.domain.inspection.plan import InspectionPlan, PlanError, decode_plan
from station_app.domain.master import KINDS as MASTER_KINDS
from station_app.domain.master import WORK_MASTER, Operation
from station_app.domain.master_book import Document, MasterBook, read_book
from station_app.domain.releases import Choice, OrderVersions, choose
from station_app.domain.rules import Refusal
from station_app.domain.work_master import WorkMaster, WorkMasterError, decode_work_master
from station_app.services.notices import Notice
from station_app.services.ports import EvidenceError, EvidenceStore, Journal, MasterChange


def book_of(master: Callable[[str], list[MasterChange]]) -> MasterBook:
    """The book of everything a journal holds; ``master`` gives the documents of a kind."""
    return read_book(
        Document(change.kind, change.id, change.body, change.sha256, change.rev)
        for kind in (*MASTER_KINDS, WORK_MASTER)
        for change in master(kind)
    )


class MasterLibrary:
    """The book of the newest revision; ``changed`` is told after it was read again."""

    def __init__(self, journal: Journal, evidence: EvidenceStore) -> None:
        self._journal = journal
        self._evidence = evidence
        self._opened: dict[str, WorkMaster] = {}
        self._plans: dict[str, InspectionPlan] = {}
        self.changed = Notice()
        self.revision = -1
        self.book = MasterBook()
        self.reload()

    def reload(self) -> None:
        """Read the pulled master data again if its revision moved."""
        if self._journal.master_cursor() != self.revision:
            self.read_again()

    def read_again(self) -> None:
        """Read the pulled master data again: after a snapshot the same revision may mean something else."""
        self.revision = self._journal.master_cursor()
        self.book = book_of(self._journal.master)
        self.changed.tell()

    def complete(self) -> bool:
        """Whether master data has come, and every instruction can be opened and has its pictures here."""
        documents = self.book.work_masters.values()
        return bool(documents) and all(self._usable(document) for document in documents)

    def _usable(self, document: Document) -> bool:
        try:
            media = decode_work_master(document.body, document.sha256).media()
        except WorkMasterError:
            return False
        return all(self._evidence.has(sha256) for sha256 in media)

    def open_for_job(self, work_master_id: str, version: str) -> tuple[WorkMaster, str]:
        """The released work master and its content hash, kept for as long as a job may need it.

        Raises WorkMasterError when it is missing, does not match its hash, or lacks one of its pictures.
        """
        work_master, sha256 = self.book.open_work_master(work_master_id, version)
        for picture in work_master.media().values():
            if not self._evidence.has(picture.sha256):
                raise WorkMasterError(
                    f"instruction {work_master_id} version {version}: picture {picture.file} is not here yet"
                )
        try:
            self._evidence.put(self.book.work_masters[f"{work_master_id}@{version}"].body)
        except EvidenceError as error:
            raise WorkMasterError(f"instruction {work_master_id} could not be kept: {error}") from error
        self._opened[sha256] = work_master
        return work_master, sha256

    def version_for(self, operation: Operation, begun_with: str, today: str) -> Choice:
        """The version for the next unit of an order's operation; see :func:`station_app.domain.releases.choose`.

        ``begun_with`` is what units of the order were begun with here last, ``today`` the station's day. Raises Refusal.
        """
        releases = self.book.releases_of(operation.work_master_id)
        return choose(releases, operation.work_master_version, begun_with, today)

    def pinned(self, sha256: str) -> WorkMaster | None:
        """The work master of that content hash, None when this station has lost it."""
        if sha256 not in self._opened:
            try:
                self._opened[sha256] = decode_work_master(self._evidence.read(sha256), sha256)
            except (EvidenceError, WorkMasterError):
                return None
        return self._opened[sha256]

    def plan_for(
        self, product: str, operation: str, order_id: str, versions: OrderVersions, today: str
    ) -> tuple[str, str] | None:
        """Id and version of the plan that the next unit of an order is inspected by; None where none is in force.

        Of several plans for one operation (which publishing refuses) it is the first by id. Raises Refusal when the version to
        use was withdrawn, VersionAsked when a supervisor decides first.
        """
        for plan_id in self.book.plans_for(product, operation):
            name = plan_document(plan_id)
            releases = self.book.releases_of(name)
            begun_with = versions.begun.get((order_id, name), "")
            if not begun_with and all(release.effective_from > today for release in releases):
                continue  # until its day comes the operation has no plan
            version = versions.version(order_id, name, choose(releases, "", begun_with, today))
            plan = self.book.plan_versions.get(f"{plan_id}@{version}")
            if plan is None or (plan.product, plan.operation) == (product, operation):
                return plan_id, version
        return None

    def plan_version_for_lot(self, plan_id: str, today: str) -> str:
        """The version of a plan that a lot is begun with: the newest in force. Raises Refusal."""
        releases = self.book.releases_of(plan_document(plan_id))
        if not releases:
            raise Refusal(
                f"Inspection plan {plan_id} is not at this station yet; it comes with the next contact to the server."
            )
        return choose(releases, "", "", today).version

    def open_plan(self, plan_id: str, version: str) -> tuple[InspectionPlan, str]:
        """That version of a plan and its content hash, kept for as long as an inspection may need it. Raises PlanError."""
        plan, document = self.book.open_plan(plan_id, version)
        try:
            self._evidence.put(document.body)
        except EvidenceError as error:
            raise PlanError(f"inspection plan {plan_id} {version} could not be kept: {error}") from error
        self._plans[document.sha256] = plan
        return plan, document.sha256

    def pinned_plan(self, sha256: str) -> InspectionPlan | None:
        """The plan of that content hash, kept or still published; None when this station has lost it."""
        if sha256 not in self._plans:
            published = next((each for each in self.book.plan_documents.values() if each.sha256 == sha256), None)
            try:
                body = (
                    self._evidence.read(sha256) if self._evidence.has(sha256) or published is None else published.body
                )
                self._plans[sha256] = decode_plan(body, sha256)
            except (EvidenceError, PlanError):
                return None
        return self._plans[sha256]

    def picture(self, sha256: str) -> bytes:
        """The bytes of an instruction's picture. Raises EvidenceError."""
        return self._evidence.read(sha256)
