"""What the page of document control shows of a version, read in one go; and its deeds for the server's thread. No Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from station_app.domain import document_control as rules
from station_app.domain.counts import counted
from station_app.domain.document_control import DocumentEvent, Editor, VersionStatus
from station_app.domain.rules import Refusal
from station_app.domain.work_master import WorkMaster
from station_app.services.authoring import Authoring, WhereUsed
from station_app.services.drafting import Drafts
from station_app.services.ports import Suggestion, UnitUse

SUBMIT, SIGN, SEND_BACK, RELEASE, WITHDRAW, HAND_OVER = (
    "submit",
    "sign",
    "send_back",
    "release",
    "withdraw",
    "hand_over",
)


@dataclass(frozen=True)
class ControlState:
    """A version, all versions of its instruction, and what happened to it. ``people`` are names; ``owners`` may own it."""

    status: VersionStatus
    title: str
    versions: Sequence[VersionStatus]
    history: Sequence[DocumentEvent]
    used: WhereUsed
    units: Sequence[UnitUse]
    suggestions: Sequence[Suggestion]
    people: dict[str, str]
    owners: dict[str, str]

    def name(self, person_id: str) -> str:
        """A person's name, the id where it is not known."""
        return self.people.get(person_id, person_id)


def read_state(authoring: Authoring, document_id: str, version: str) -> ControlState:
    """Everything about a version. Raises Refusal and SharedDatabaseError."""
    authoring.refresh()
    versions = authoring.versions(document_id)
    status = next((s for s in versions if s.version == version), None)
    if status is None:
        raise Refusal(f"{document_id} {version} is not under document control: it was not saved to the server yet.")
    people = authoring.book.people
    editing = set(rules.EDITING_ROLES)
    return ControlState(
        status=status,
        title=authoring.open(status.sha256).title,
        versions=versions,
        history=authoring.history(document_id, version),
        used=authoring.where_used(document_id),
        units=authoring.units(document_id, version, 200),
        suggestions=authoring.suggestions(document_id),
        people={person.id: person.name for person in people.values()},
        owners={p.id: p.name for p in people.values() if p.active and editing & set(p.roles)},
    )


def why_not(deed: str, status: VersionStatus, editor: Editor | None) -> str:
    """Why a deed is not possible now, as a sentence; empty when it is. What is typed for it is looked at later."""
    if deed == SIGN:
        return "" if status.missing_roles and status.state == "in review" else "No signature is asked for now."
    if editor is None:
        return "Sign in first."
    try:
        match deed:
            case "submit":
                rules.may_submit(status, editor, rules.APPROVING_ROLES[:1], "reason")
            case "send_back":
                rules.may_send_back(status, editor, "reason")
            case "release":
                rules.may_release(status, editor, rules.Policy.FINISH)
            case "withdraw":
                rules.may_withdraw(status, editor, "reason")
            case "hand_over":
                rules.may_edit(status.owner, editor)
    except Refusal as refusal:
        return str(refusal)
    return ""


def save_draft(
    authoring: Authoring, drafts: Drafts, work_master: WorkMaster, seen: VersionStatus | None
) -> VersionStatus:
    """Bring the draft of this computer to the server. Raises Refusal."""
    return authoring.save(work_master, drafts.media(), seen and as_it_stands(authoring, seen))


def as_it_stands(authoring: Authoring, seen: VersionStatus) -> VersionStatus:
    """The version that was opened, with what happened to it since: it was sent back, or has another owner.

    Raises Refusal where its content was changed meanwhile.
    """
    now = authoring.status(seen.document_id, seen.version)
    if now.sha256 == seen.sha256:
        return now
    saved = [event for event in authoring.history(seen.document_id, seen.version) if event.event == "saved"]
    raise Refusal(
        f"{seen.document_id} {seen.version} was changed meanwhile by {saved[-1].printed_name}. Your draft is kept here. "
        "Give it another version (Change… beside its id) and compare both, or discard it and open theirs."
    )


def submit_draft(
    authoring: Authoring, drafts: Drafts, seen: VersionStatus, roles: Sequence[str], reason: str
) -> VersionStatus:
    """Ask for signatures. The draft here is saved first, and nothing with a fault goes into review. Raises Refusal."""
    mine = {entry.document_id: entry for entry in drafts.entries()}.get(seen.document_id)
    if mine is not None and mine.version == seen.version:
        opened = drafts.open(seen.document_id)
        work_master, known, refused = opened.work_master, opened.seen or seen, opened.refused
    else:
        work_master, known, refused = authoring.open(seen.sha256), seen, ()
        drafts.take_media(authoring.media(work_master))
    faults = drafts.check(work_master, known, refused)
    if faults:
        raise Refusal(
            f"It has {counted(len(faults), 'fault')} and cannot go into review. The first: {faults[0].message}."
        )
    status = save_draft(authoring, drafts, work_master, known)
    drafts.keep(work_master, status)
    submitted = authoring.submit(status, roles, reason)
    drafts.keep(work_master, submitted)
    return submitted
