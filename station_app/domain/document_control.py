"""Document control of instructions and inspection plans (ISO 9001, 7.5.3).

A version's life is a list of events that is only added to; its state is their fold. Who may do what is decided here, and once
more by the shared database, which keeps the events. A version in review or later has one content, named by its SHA-256: who
signs, signs that hash.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec

from station_app.domain.document_names import is_plan_document, noun_of, own_id
from station_app.domain.document_states import DocumentState as DocumentState
from station_app.domain.document_states import Policy as Policy
from station_app.domain.rules import Refusal

APPROVING_ROLES = ("quality_engineer", "process_engineer", "supervisor")
EDITING_ROLES = ("process_engineer", "administrator")
PLANNING_ROLES = ("process_engineer", "quality_engineer", "administrator")


def editing_roles(document_id: str) -> tuple[str, ...]:
    """Who writes a document: quality engineers write inspection plans too."""
    return PLANNING_ROLES if is_plan_document(document_id) else EDITING_ROLES


class DocumentEvent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing that happened to a version. ``number`` counts from 1 within (``document_id``, ``version``).

    ``event``: saved, submitted, signed, sent_back, released, superseded, withdrawn, owner_changed. ``sha256`` is the
    content it is about. ``roles`` are the signatures that a submission asks for; ``role``, ``meaning`` and ``method`` are
    those of a signature; ``effective_from`` is a date (ISO 8601, empty: at once).
    """

    document_id: str
    version: str
    number: int
    event: str
    person_id: str
    printed_name: str
    at_us: int
    sha256: str = ""
    reason: str = ""
    roles: tuple[str, ...] = ()
    role: str = ""
    meaning: str = ""
    method: str = ""
    policy: str = ""
    effective_from: str = ""
    owner: str = ""


@dataclass(slots=True)
class VersionStatus:
    """One version as its events leave it."""

    document_id: str
    version: str
    state: DocumentState = DocumentState.DRAFT
    sha256: str = ""
    owner: str = ""
    authors: list[str] = field(default_factory=list)
    required_roles: tuple[str, ...] = ()
    signatures: list[DocumentEvent] = field(default_factory=list)
    reason: str = ""
    policy: str = ""
    effective_from: str = ""
    changed_us: int = 0
    number: int = 0

    @property
    def own_id(self) -> str:
        """The id as people know it, without what kind of document it is."""
        return own_id(self.document_id)

    @property
    def missing_roles(self) -> tuple[str, ...]:
        """The roles whose signature is still missing."""
        signed = [event.role for event in self.signatures]
        return tuple(role for role in self.required_roles if role not in signed)

    def apply(self, event: DocumentEvent) -> None:
        """Fold one more event."""
        self.number, self.changed_us = event.number, event.at_us
        match event.event:
            case "saved":
                self.sha256 = event.sha256
                self.owner = self.owner or event.person_id
                if event.person_id not in self.authors:
                    self.authors.append(event.person_id)
            case "submitted":
                self.state, self.reason = DocumentState.IN_REVIEW, event.reason
                self.required_roles, self.signatures = event.roles, []
            case "signed":
                self.signatures.append(event)
                if not self.missing_roles:
                    self.state = DocumentState.APPROVED
            case "sent_back":
                self.state, self.required_roles, self.signatures = DocumentState.DRAFT, (), []
            case "released":
                self.state = DocumentState.RELEASED
                self.policy, self.effective_from = event.policy, event.effective_from
            case "superseded":
                self.state = DocumentState.SUPERSEDED
            case "withdrawn":
                self.state, self.reason = DocumentState.WITHDRAWN, event.reason
            case "owner_changed":
                self.owner = event.owner
            case _:
                pass


def fold(events: Sequence[DocumentEvent]) -> dict[tuple[str, str], VersionStatus]:
    """The status of every version, by document and version; events in their order."""
    versions: dict[tuple[str, str], VersionStatus] = {}
    for event in events:
        key = (event.document_id, event.version)
        if key not in versions:
            earlier = [status for (document, _), status in versions.items() if document == event.document_id]
            versions[key] = VersionStatus(*key, owner=earlier[-1].owner if earlier else "")
        if event.event == "owner_changed":
            for (document, _), status in versions.items():
                if document == event.document_id:
                    status.owner = event.owner
        versions[key].apply(event)
    return versions


@dataclass(frozen=True, slots=True)
class Editor:
    """Who acts: a person with roles."""

    person_id: str
    printed_name: str
    roles: tuple[str, ...]


def may_edit(owner: str, editor: Editor, document_id: str = "") -> None:
    """Raise Refusal unless the person may change the document; without a name it is a new instruction."""
    noun = noun_of(document_id)
    if not set(editor.roles) & set(editing_roles(document_id)):
        who = "engineers" if is_plan_document(document_id) else "process engineers"
        raise Refusal(f"Only {who} and administrators may change {noun}s.")
    if owner and owner != editor.person_id and "administrator" not in editor.roles:
        raise Refusal(f"This {noun} belongs to {owner}. Ask them to change it, or to hand it over to you.")


def may_save(status: VersionStatus | None, editor: Editor, document_id: str = "") -> None:
    """Raise Refusal unless a draft may be saved; ``document_id`` names one that has no status yet."""
    if status is not None:
        document_id = status.document_id
    may_edit(status.owner if status is not None else "", editor, document_id)
    if status is not None and status.state is not DocumentState.DRAFT:
        raise Refusal(f"Version {status.version} is {status.state}; it cannot change any more. Begin a new version.")


def may_submit(status: VersionStatus, editor: Editor, roles: Sequence[str], reason: str) -> None:
    """Raise Refusal unless the draft may go into review with these signatures asked for."""
    may_save(status, editor)
    if not status.sha256:
        raise Refusal("Nothing was saved yet.")
    if not reason.strip():
        raise Refusal("Say why it changes; the reviewers and the record need the reason.")
    if not roles:
        raise Refusal("Choose at least one role that has to approve it.")
    unknown = [role for role in roles if role not in APPROVING_ROLES]
    if unknown:
        raise Refusal(
            f"{unknown[0]} does not approve {noun_of(status.document_id)}s; these do: {', '.join(APPROVING_ROLES)}."
        )


def may_sign(status: VersionStatus, editor: Editor, role: str) -> None:
    """Raise Refusal unless the person may approve the version in that role."""
    if status.state is not DocumentState.IN_REVIEW:
        raise Refusal(f"Version {status.version} is {status.state}, not in review.")
    if editor.person_id in status.authors:
        raise Refusal("Who wrote a version does not approve it. Somebody else has to sign.")
    if role not in editor.roles:
        raise Refusal(f"You do not sign as {role}.")
    if role not in status.missing_roles:
        raise Refusal(f"The signature of {role} is not missing.")
    if any(signature.person_id == editor.person_id for signature in status.signatures):
        raise Refusal("You have signed this version already; the next signature is another person's.")


def may_send_back(status: VersionStatus, editor: Editor, reason: str) -> None:
    """Raise Refusal unless the review may be ended with a reason."""
    if status.state not in (DocumentState.IN_REVIEW, DocumentState.APPROVED):
        raise Refusal(f"Version {status.version} is {status.state}, not in review.")
    if not set(editor.roles) & {*APPROVING_ROLES, *EDITING_ROLES}:
        raise Refusal("Only reviewers and engineers may send a version back.")
    if not reason.strip():
        raise Refusal("Say what has to change.")


def may_release(status: VersionStatus, editor: Editor, policy: str, effective_from: str = "") -> None:
    """Raise Refusal unless the approved version may be released, from a day (ISO 8601) or at once (empty)."""
    may_edit(status.owner, editor, status.document_id)
    if status.state is not DocumentState.APPROVED:
        missing = f" The signature of {', '.join(status.missing_roles)} is missing." if status.missing_roles else ""
        raise Refusal(f"Version {status.version} is {status.state}, not approved.{missing}")
    if policy not in tuple(Policy):
        raise Refusal(f"Choose what running orders do: {', '.join(Policy)}.")
    if effective_from and not _is_day(effective_from):
        raise Refusal("The day from which it is used is written as 2026-12-31.")


def _is_day(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def may_withdraw(status: VersionStatus, editor: Editor, reason: str) -> None:
    """Raise Refusal unless the released version may be withdrawn; quality engineers may withdraw what is not theirs."""
    if status.state not in (DocumentState.RELEASED, DocumentState.SUPERSEDED):
        raise Refusal(f"Version {status.version} is {status.state}; only released versions are withdrawn.")
    if "quality_engineer" not in editor.roles:
        may_edit(status.owner, editor, status.document_id)
    if not reason.strip():
        raise Refusal("Say why; the stations show the reason.")
