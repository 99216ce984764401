"""Opening an instruction: from this computer or from the server, to be edited or only read; and reading the list. No Qt.

These run on the server's thread.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from station_app.domain import document_control as rules
from station_app.domain.document_control import DocumentState, Editor, VersionStatus
from station_app.domain.rules import Refusal
from station_app.domain.work_master import WorkMaster, WorkMasterError, content_sha256, encode_work_master
from station_app.services.authoring import Authoring
from station_app.services.drafting import Drafts, OpenDraft
from station_app.ui.authoring import edits
from station_app.ui.authoring.listing import Listed, ServerList
from station_app.ui.authoring.names import KnownNames, names_in, names_of_book, together

_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}")


class Sources(Protocol):
    """Where instructions are: the editor's desk, as far as it is needed here."""

    @property
    def authoring(self) -> Authoring: ...

    @property
    def drafts(self) -> Drafts: ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A version from the server. ``read_only`` says why it cannot be changed; ``is_draft``: it is a draft here now."""

    work_master: WorkMaster
    status: VersionStatus
    read_only: str
    is_draft: bool


@dataclass(slots=True)
class Read:
    """What was read of the server's instructions already, by content hash: content never changes."""

    titles: dict[str, str] = field(default_factory=dict)
    names: dict[str, KnownNames] = field(default_factory=dict)

    def note(self, key: str, work_master: WorkMaster) -> None:
        """Keep what is needed of an instruction."""
        self.titles[key], self.names[key] = work_master.title, names_in(work_master)


def read_list(authoring: Authoring, read: Read) -> ServerList:
    """What the server knows; what was ``read`` before is not asked for again."""
    authoring.refresh()
    versions = authoring.versions()
    for status in versions:
        if status.sha256 and status.sha256 not in read.titles:
            read.note(status.sha256, authoring.open(status.sha256))
    known = {f"{status.document_id}@{status.version}" for status in versions}
    return ServerList(
        versions=versions,
        suggestions=authoring.suggestions(),
        titles=dict(read.titles),
        people={person.id: person.name for person in authoring.book.people.values()},
        published=[_published(authoring, key, read) for key in authoring.book.work_masters if key not in known],
        names=together([names_of_book(authoring.book), *read.names.values()]),
    )


def _published(authoring: Authoring, key: str, read: Read) -> tuple[str, str, str]:
    document_id, _, version = key.rpartition("@")
    sha256 = authoring.book.work_masters[key].sha256
    if sha256 not in read.titles:
        try:
            read.note(sha256, authoring.book.open_work_master(document_id, version)[0])
        except WorkMasterError as error:
            return document_id, version, str(error)
    return document_id, version, read.titles[sha256]


def names_here(drafts: Drafts, document_id: str) -> KnownNames:
    """The names that a draft of this computer uses; none of one that cannot be opened."""
    try:
        return names_in(drafts.open(document_id).work_master)
    except Refusal:
        return KnownNames()


def at_server(desk: Sources, status: VersionStatus) -> Opened:
    """Open a version; a draft of one's own becomes a draft of this computer. Raises Refusal."""
    authoring, drafts = desk.authoring, desk.drafts
    work_master = authoring.open(status.sha256)
    drafts.take_media(authoring.media(work_master))
    try:
        if authoring.editor is None:
            raise Refusal("Sign in to change it.")
        rules.may_save(status, authoring.editor)
    except Refusal as refusal:
        return Opened(work_master, status, str(refusal), False)
    mine = next((entry for entry in drafts.entries() if entry.document_id == work_master.id), None)
    if mine is not None and mine.version != work_master.version:
        try:
            make_room(desk, work_master.id, authoring.versions(work_master.id))
        except Refusal as refusal:
            return Opened(work_master, status, str(refusal), False)
    drafts.keep(work_master, status)
    return Opened(work_master, status, "", True)


def published(desk: Sources, document_id: str, version: str) -> WorkMaster:
    """A version that was published from files. Raises Refusal."""
    work_master = desk.authoring.open_version(document_id, version)
    desk.drafts.take_media(desk.authoring.media(work_master))
    return work_master


def _content(desk: Sources, row: Listed) -> WorkMaster:
    """What a row of the list is, with its media on this computer. Raises Refusal."""
    if row.here:
        return desk.drafts.open(row.document_id).work_master
    if row.status is not None:
        work_master = desk.authoring.open(row.status.sha256)
        desk.drafts.take_media(desk.authoring.media(work_master))
        return work_master
    return published(desk, row.document_id, row.version)


def copy_of(desk: Sources, row: Listed, version: str) -> WorkMaster:
    """The content of a row as another version, owned by who is signed in unless it has an owner. Raises Refusal."""
    editor = desk.authoring.editor
    work_master = _content(desk, row)
    owner = row.status.owner if row.status is not None else ""
    if owner and editor is not None:
        rules.may_edit(owner, editor)
    return edits.as_new_version(work_master, version, owner or (editor.person_id if editor is not None else ""))


def make_room(desk: Sources, document_id: str, known: Sequence[VersionStatus]) -> None:
    """Room for another draft of an instruction: what went into review is at the server, and goes from here.

    Raises Refusal where the draft here is not, or not as it is here.
    """
    mine = next((entry for entry in desk.drafts.entries() if entry.document_id == document_id), None)
    if mine is None:
        return
    status = next((s for s in known if (s.document_id, s.version) == (document_id, mine.version)), None)
    if status is not None and status.state is not DocumentState.DRAFT:
        body = encode_work_master(desk.drafts.open(document_id).work_master)
        if content_sha256(body) == status.sha256:
            desk.drafts.discard(document_id)
            return
    raise Refusal(f"There is a draft of {document_id} on this computer already. Open it, or discard it first.")


def export(desk: Sources, row: Listed, path: Path) -> None:
    """Write a row's content as a single file. Raises Refusal and OSError."""
    desk.drafts.export_file(path, _content(desk, row))


def why_read_only(draft: OpenDraft, status: VersionStatus | None, editor: Editor | None) -> str:
    """Why a draft of this computer cannot be changed; ``status`` is the newest known of the version."""
    if status is not None and status.state is not DocumentState.DRAFT:
        return f"Version {status.version} is {status.state}; it cannot change any more. Begin a new version."
    owner = status.owner if status is not None else draft.seen.owner if draft.seen is not None else ""
    if editor is None:
        return ""
    try:
        rules.may_edit(owner, editor)
    except Refusal as refusal:
        return str(refusal)
    return ""


def version_fault(version: str, known: Sequence[str]) -> str:
    """What is wrong with the name of a new version; empty for nothing."""
    if not _VERSION.fullmatch(version):
        return 'Letters, digits, . - and _, for example "C" or "1.2".'
    return f"Version {version} exists already." if version in known else ""
