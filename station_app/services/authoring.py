"""Document control for authors: drafts into the shared database, reviews, signatures, releases, and where a version is used.

Every verb blocks and runs on the pool; it either raises :class:`Refusal` with what to do, or a SharedDatabaseError. The rules
are asked here first, for a clear answer at once, and once more by the server. What changes a version is given the
:class:`VersionStatus` that the person looked at: a change by somebody else in between is refused, never overwritten.

:class:`Authoring` is document control of instructions, :class:`PlanAuthoring` that of inspection plans.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from station_app.domain import document_control as rules
from station_app.domain.comparison import Change
from station_app.domain.document_control import DocumentEvent, Editor, VersionStatus
from station_app.domain.document_names import own_id, plan_document
from station_app.domain.inspection.plan import InspectionPlan
from station_app.domain.master_book import MasterBook
from station_app.domain.rules import Refusal
from station_app.domain.work_master import WorkMaster
from station_app.services.author_access import LOCKED_S as LOCKED_S
from station_app.services.author_access import AuthorAccess
from station_app.services.author_access import editor_of as editor_of
from station_app.services.document_kinds import INSTRUCTIONS, PLANS, D, DocumentKind
from station_app.services.ports import DocumentDatabase, DocumentRefused, OrderUse, Suggestion, UnitUse, VersionUse

MEANING = "approved for release"


@dataclass(frozen=True, slots=True)
class WhereUsed:
    """The orders that use a document, and the stations that worked with it."""

    orders: tuple[OrderUse, ...]
    stations: tuple[VersionUse, ...]


class DocumentControl(Generic[D]):
    """The verbs of document control for one kind of document. ``document_id`` is an id, or a document's name."""

    def __init__(self, database: DocumentDatabase, kind: DocumentKind[D], access: AuthorAccess) -> None:
        self._database = database
        self.kind = kind
        self.access = access

    # --- people ------------------------------------------------------------------------------------------------------

    @property
    def book(self) -> MasterBook:
        """People, orders and published documents, as they were read last."""
        return self.access.book

    @property
    def editor(self) -> Editor | None:
        """Who is signed in; None: nobody, and only reading is possible."""
        return self.access.editor

    @editor.setter
    def editor(self, editor: Editor | None) -> None:
        self.access.editor = editor

    def refresh(self) -> None:
        """Read people, orders and published documents again."""
        self.access.refresh()

    def sign_in(self, name: str, secret: str) -> Editor:
        """Sign in by name and password, or by a badge's secret and its PIN. Raises Refusal."""
        return self.access.sign_in(name, secret)

    def sign_out(self) -> None:
        """Nobody is signed in any more."""
        self.access.sign_out()

    # --- reading -----------------------------------------------------------------------------------------------------

    def versions(self, document_id: str = "") -> list[VersionStatus]:
        """Every version of every document of this kind (or of one) under document control, the newest change first."""
        found = rules.fold(self._database.events(self.kind.name(document_id) if document_id else ""))
        own = [status for status in found.values() if self.kind.is_own(status.document_id)]
        return sorted(own, key=lambda status: -status.changed_us)

    def status(self, document_id: str, version: str) -> VersionStatus:
        """One version as it stands now. Raises Refusal when it was never saved."""
        status = self._status(document_id, version)
        if status is None:
            raise Refusal(f"{document_id} {version} is not under document control: it was not saved yet.")
        return status

    def history(self, document_id: str, version: str) -> list[DocumentEvent]:
        """Everything that happened to a version, oldest first."""
        return [event for event in self._database.events(self.kind.name(document_id)) if event.version == version]

    def open(self, sha256: str) -> D:
        """The content of that hash. Raises Refusal when the server has none, or not that one."""
        body = self._database.content(sha256)
        if body is None:
            raise Refusal(f"The content {sha256[:12]}… is not in the shared database.")
        return self.kind.decode(body, sha256)

    def open_version(self, document_id: str, version: str) -> D:
        """A version under document control, else one that is published without it. Raises Refusal when there is neither."""
        status = self._status(document_id, version)
        if status is not None:
            return self.open(status.sha256)
        return self.kind.published(self.book, own_id(document_id), version)

    def media(self, content: D) -> dict[str, bytes]:
        """The bytes of all its media. Raises Refusal when one is missing."""
        found = {}
        for sha256, picture in content.media().items():
            file = self._database.media(sha256)
            if file is None:
                raise Refusal(f"{picture.file} is not in the shared database.")
            found[sha256] = file
        return found

    def compare(self, old_sha256: str, new_sha256: str) -> list[Change]:
        """What differs between two contents."""
        return self.kind.compare(self.open(old_sha256), self.open(new_sha256))

    def where_used(self, document_id: str) -> WhereUsed:
        """Orders and stations that use a document."""
        name = self.kind.name(document_id)
        return WhereUsed(tuple(self._database.orders(name)), tuple(self._database.use(name)))

    def units(self, document_id: str, version: str, limit: int = 1000) -> Sequence[UnitUse]:
        """The units that were made or inspected with a version, the newest first."""
        return self._database.units(self.kind.name(document_id), version, limit)

    def suggestions(self, document_id: str = "") -> Sequence[Suggestion]:
        """What the floor suggests."""
        return self._database.suggestions(document_id)

    def suggestion_picture(self, sha256: str) -> bytes | None:
        """The photo of a suggestion, None where it has not arrived."""
        return self._database.media(sha256)

    # --- acting ------------------------------------------------------------------------------------------------------

    def save(
        self,
        content: D,
        media: Mapping[str, bytes],
        seen: VersionStatus | None = None,
        reason: str = "",
    ) -> VersionStatus:
        """Keep a draft in the shared database; ``seen`` is the version as it was opened, None for a new one.

        ``media`` gives the bytes of every file by SHA-256. Raises Refusal when somebody else saved since, and for a version
        that is in review or was published.
        """
        editor = self.access.signed_in()
        name, version = self.kind.name(content.id), content.version
        rules.may_save(seen, editor, name)
        rules.may_edit(self._owner(name), editor, name)
        if seen is not None and (seen.document_id, seen.version) != (name, version):
            raise Refusal(f"This is {content.id} {version}, opened was {seen.own_id} {seen.version}.")
        for sha256, picture in content.media().items():
            if sha256 not in media:
                raise Refusal(f"The file {picture.file} is missing.")
            self._database.put_media(media[sha256], picture.media_type)
        try:
            sha256 = self._database.put_content(self.kind.encode(content))
        except DocumentRefused as refused:
            raise Refusal(str(refused)) from refused
        if seen is not None and seen.sha256 == sha256 and seen.number == self.status(name, version).number:
            return seen
        return self._add(name, version, seen.number if seen else 0, event="saved", sha256=sha256, reason=reason)

    def submit(self, seen: VersionStatus, roles: Sequence[str], reason: str) -> VersionStatus:
        """Ask for the signatures of roles; from now on the content is fixed."""
        rules.may_submit(seen, self.access.signed_in(), roles, reason)
        return self._change(seen, event="submitted", reason=reason, roles=tuple(sorted(set(roles))))

    def sign(self, seen: VersionStatus, role: str, name: str, secret: str) -> VersionStatus:
        """Approve a version in a role; the signer gives name and password (or badge and PIN), whoever is signed in."""
        signer, method = self.access.prove(name, secret)
        return self.approve(seen, role, signer, method)

    def approve(self, seen: VersionStatus, role: str, signer: Editor, method: str) -> VersionStatus:
        """Approve a version; the caller has proved by ``method`` who signs. What is signed is the content that was seen."""
        rules.may_sign(seen, signer, role)
        return self._change(seen, signer, event="signed", role=role, meaning=MEANING, method=method)

    def send_back(self, seen: VersionStatus, reason: str) -> VersionStatus:
        """End a review: the version is a draft again."""
        rules.may_send_back(seen, self.access.signed_in(), reason)
        return self._change(seen, event="sent_back", reason=reason)

    def release(self, seen: VersionStatus, policy: str, effective_from: str = "") -> VersionStatus:
        """Release an approved version to the stations, from a day (ISO 8601) or at once; the one before is superseded."""
        rules.may_release(seen, self.access.signed_in(), policy, effective_from)
        return self._change(seen, event="released", policy=policy, effective_from=effective_from)

    def withdraw(self, seen: VersionStatus, reason: str) -> VersionStatus:
        """Stop every start with a version at once."""
        rules.may_withdraw(seen, self.access.signed_in(), reason)
        return self._change(seen, event="withdrawn", reason=reason)

    def hand_over(self, seen: VersionStatus, owner: str) -> VersionStatus:
        """Give a document, with all its versions, to another owner."""
        rules.may_edit(seen.owner, self.access.signed_in(), seen.document_id)
        return self._change(seen, event="owner_changed", owner=owner)

    def answer(self, suggestion_id: str, text: str) -> None:
        """Answer a suggestion of the floor."""
        editor = self.access.signed_in()
        if not text.strip():
            raise Refusal("Write an answer; whoever suggested it will read it.")
        try:
            self._database.answer(suggestion_id, editor.person_id, text)
        except DocumentRefused as refused:
            raise Refusal(str(refused)) from refused

    # --- inside ------------------------------------------------------------------------------------------------------

    def _status(self, document_id: str, version: str) -> VersionStatus | None:
        name = self.kind.name(document_id)
        return rules.fold(self._database.events(name)).get((name, version))

    def _owner(self, document_id: str) -> str:
        owners = [status.owner for status in rules.fold(self._database.events(document_id)).values()]
        return owners[-1] if owners else ""

    def _change(self, seen: VersionStatus, editor: Editor | None = None, **fields: object) -> VersionStatus:
        return self._add(seen.document_id, seen.version, seen.number, editor, sha256=seen.sha256, **fields)

    def _add(
        self, document_id: str, version: str, seen_number: int, editor: Editor | None = None, **fields: object
    ) -> VersionStatus:
        who = editor or self.access.signed_in()
        values = {
            "document_id": document_id,
            "version": version,
            "number": seen_number + 1,
            "person_id": who.person_id,
            "printed_name": who.printed_name,
            "at_us": 0,
            **fields,
        }
        try:
            self._database.add(DocumentEvent(**values))  # type: ignore[arg-type]  # every caller names fields of the event
        except DocumentRefused as refused:
            raise Refusal(str(refused)) from refused
        return self.status(document_id, version)


class Authoring(DocumentControl[WorkMaster]):
    """Document control of instructions."""

    def __init__(self, database: DocumentDatabase, mono_s: Callable[[], float] = time.monotonic) -> None:
        super().__init__(database, INSTRUCTIONS, AuthorAccess(database, mono_s))


class PlanAuthoring(DocumentControl[InspectionPlan]):
    """Document control of inspection plans; ``access`` is that of another kind, so that people sign in once for both."""

    def __init__(self, database: DocumentDatabase, access: AuthorAccess | None = None) -> None:
        super().__init__(database, PLANS, access or AuthorAccess(database))

    def release(self, seen: VersionStatus, policy: str, effective_from: str = "") -> VersionStatus:
        """Release an approved version; refused while another plan serves the same operation."""
        self.refresh()
        plan = self.open(seen.sha256)
        for other in self.book.plans.values():
            served = (other.product, other.operation) == (plan.product, plan.operation)
            if served and other.id != plan.id and not self._withdrawn(other):
                raise Refusal(
                    f"{plan.product} {plan.operation} is inspected by the plan {other.id} {other.version} already. "
                    "Withdraw it first, or release a version of it."
                )
        return super().release(seen, policy, effective_from)

    def _withdrawn(self, plan: InspectionPlan) -> bool:
        releases = self.book.releases_of(plan_document(plan.id))
        return all(r.state == rules.DocumentState.WITHDRAWN for r in releases if r.version == plan.version)
