"""The list of all instructions: drafts here, versions under document control, and what was published by file. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from station_app.domain.document_control import VersionStatus
from station_app.services.drafting import DraftEntry
from station_app.services.ports import Suggestion
from station_app.ui.authoring.names import KnownNames

PUBLISHED = "published by file"


@dataclass(frozen=True, slots=True)
class Listed:
    """One version. ``here``: a draft is on this computer; ``status``: it is under document control.

    ``suggestions`` counts those of the instruction that nobody has answered; ``changed_us`` is UTC microseconds.
    """

    document_id: str
    version: str
    title: str
    state: str
    owner: str
    changed_us: int
    suggestions: int = 0
    here: bool = False
    status: VersionStatus | None = None
    fault: str = ""

    @property
    def where(self) -> str:
        """Where it is: on this computer, at the server, or both."""
        if self.here:
            return "here and server" if self.status is not None else "only here"
        return "server"


@dataclass(frozen=True)
class ServerList:
    """What the server knows, in one answer. ``titles`` by content hash; ``published`` are id, version and title.

    ``names`` are those that its master data and instructions use.
    """

    versions: Sequence[VersionStatus] = ()
    suggestions: Sequence[Suggestion] = ()
    titles: Mapping[str, str] | None = None
    people: Mapping[str, str] | None = None
    published: Sequence[tuple[str, str, str]] = ()
    names: KnownNames = field(default_factory=KnownNames)


def listed(drafts: Sequence[DraftEntry], server: ServerList) -> list[Listed]:
    """Every version once, drafts first, then the newest change first."""
    titles, people = server.titles or {}, server.people or {}
    open_count: dict[str, int] = {}
    for suggestion in server.suggestions:
        if not suggestion.answer:
            open_count[suggestion.document_id] = open_count.get(suggestion.document_id, 0) + 1
    found: dict[tuple[str, str], Listed] = {}
    for status in server.versions:
        found[status.document_id, status.version] = Listed(
            document_id=status.document_id,
            version=status.version,
            title=titles.get(status.sha256, status.document_id),
            state=str(status.state),
            owner=people.get(status.owner, status.owner),
            changed_us=status.changed_us,
            suggestions=open_count.get(status.document_id, 0),
            status=status,
        )
    for document_id, version, title in server.published:
        if (document_id, version) not in found:
            count = open_count.get(document_id, 0)
            found[document_id, version] = Listed(document_id, version, title, PUBLISHED, "", 0, count)
    for draft in drafts:
        key = (draft.document_id, draft.version)
        known = found.get(key)
        if known is not None:
            found[key] = replace(known, here=True, fault=draft.fault, title=draft.title or known.title)
            continue
        count = open_count.get(draft.document_id, 0)
        owner = people.get(draft.owner, draft.owner)
        found[key] = Listed(
            draft.document_id, draft.version, draft.title, "draft", owner, draft.saved_us, count, True, None, draft.fault
        )  # fmt: skip
    return sorted(found.values(), key=lambda row: (not row.here, -row.changed_us, row.document_id, row.version))


def versions_of(rows: Sequence[Listed], document_id: str) -> list[str]:
    """The versions of an instruction that are known."""
    return [row.version for row in rows if row.document_id == document_id]
