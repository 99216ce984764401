"""Document control for authors: drafts into the shared database, reviews, signatures, releases, and where a version is used.

Every verb blocks and runs on the pool; it either raises :class:`Refusal` with what to do, or a SharedDatabaseError. The rules
are asked here first, for a clear answer at once, and once more by the server.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from station_app.domain import document_control as rules
from station_app.domain.comparison import Change, compare
from station_app.domain.document_control import DocumentEvent, DocumentState, Editor, VersionStatus
from station_app.domain.master_book import Document, MasterBook, read_book
from station_app.domain.rules import Refusal
from station_app.domain.work_master import WorkMaster, decode_work_master, encode_work_master
from station_app.services.ports import DocumentDatabase, OrderUse, Suggestion, UnitUse, VersionUse
from station_app.services.secrets import verify_password, verify_pin

MAX_FAILURES = 5


@dataclass(frozen=True, slots=True)
class WhereUsed:
    """The orders that name an instruction, and the stations that made units with it."""

    orders: tuple[OrderUse, ...]
    stations: tuple[VersionUse, ...]


class Authoring:
    """The verbs of document control. ``editor`` is who is signed in; None: nobody, and only reading is possible."""

    def __init__(self, database: DocumentDatabase) -> None:
        self._database = database
        self._failures: dict[str, int] = {}
        self.book: MasterBook = MasterBook()
        self.editor: Editor | None = None

    # --- people ------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read people, orders and published instructions again."""
        self.book = read_book(
            Document(change.kind, change.id, change.body, change.sha256) for change in self._database.master()
        )

    def sign_in(self, name: str, password: str) -> Editor:
        """Sign in by name and password, or by a badge's secret and its PIN. Raises Refusal; five failures in a row lock."""
        by_badge = self.book.person_with_badge(name)
        person = by_badge or self.book.person_named(name)
        key = person.id if person is not None else name.casefold()
        if self._failures.get(key, 0) >= MAX_FAILURES:
            raise Refusal("Too many wrong attempts. Close the program and ask an administrator.")
        right = person is not None and (
            verify_pin(person.pin_hash, name, password)
            if by_badge is not None
            else bool(person.password_hash) and verify_password(person.password_hash, password)
        )
        if not right or person is None:
            self._failures[key] = self._failures.get(key, 0) + 1
            raise Refusal("Name or password is wrong.")
        self._failures.pop(key, None)
        self.editor = Editor(person.id, person.name, person.roles)
        return self.editor

    def sign_out(self) -> None:
        """Nobody is signed in any more."""
        self.editor = None

    # --- reading -----------------------------------------------------------------------------------------------------

    def versions(self) -> list[VersionStatus]:
        """Every version of every instruction under document control, the newest change first."""
        return sorted(rules.fold(self._database.events()).values(), key=lambda status: -status.changed_us)

    def history(self, document_id: str, version: str) -> list[DocumentEvent]:
        """Everything that happened to a version, oldest first."""
        return [event for event in self._database.events(document_id) if event.version == version]

    def open(self, sha256: str) -> WorkMaster:
        """The content of that hash. Raises Refusal when the server has none."""
        body = self._database.content(sha256)
        if body is None:
            raise Refusal(f"The content {sha256[:12]}… is not in the shared database.")
        return decode_work_master(body, sha256)

    def media(self, work_master: WorkMaster) -> dict[str, bytes]:
        """The bytes of all its media. Raises Refusal when one is missing."""
        found = {}
        for sha256, picture in work_master.media().items():
            content = self._database.media(sha256)
            if content is None:
                raise Refusal(f"{picture.file} is not in the shared database.")
            found[sha256] = content
        return found

    def compare(self, old_sha256: str, new_sha256: str) -> list[Change]:
        """What differs between two contents."""
        return compare(self.open(old_sha256), self.open(new_sha256))

    def where_used(self, document_id: str) -> WhereUsed:
        """Orders and stations that use an instruction."""
        return WhereUsed(tuple(self._database.orders(document_id)), tuple(self._database.use(document_id)))

    def units(self, document_id: str, version: str, limit: int = 1000) -> Sequence[UnitUse]:
        """The units that were made with a version, the newest first."""
        return self._database.units(document_id, version, limit)

    def suggestions(self, document_id: str = "") -> Sequence[Suggestion]:
        """What the floor suggests."""
        return self._database.suggestions(document_id)

    def suggestion_picture(self, sha256: str) -> bytes | None:
        """The photo of a suggestion, None where it has not arrived."""
        return self._database.media(sha256)

    # --- acting ------------------------------------------------------------------------------------------------------

    def save(self, work_master: WorkMaster, media: Mapping[str, bytes], reason: str = "") -> VersionStatus:
        """Keep a draft in the shared database. Raises Refusal; a version that was published is not touched."""
        editor = self._signed_in()
        status = self._status(work_master.id, work_master.version)
        rules.may_save(status, editor)
        rules.may_edit(self._owner(work_master.id), editor)
        for sha256, picture in work_master.media().items():
            self._database.put_media(media[sha256], picture.media_type)
        sha256 = self._database.put_content(encode_work_master(work_master))
        if status is None or status.sha256 != sha256:
            self._add(work_master.id, work_master.version, status, event="saved", sha256=sha256, reason=reason)
        return self._now(work_master.id, work_master.version)

    def submit(self, document_id: str, version: str, roles: Sequence[str], reason: str) -> VersionStatus:
        """Ask for the signatures of roles."""
        status = self._known(document_id, version)
        rules.may_submit(status, self._signed_in(), roles, reason)
        asked = tuple(sorted(set(roles)))
        return self._add(
            document_id, version, status, event="submitted", sha256=status.sha256, reason=reason, roles=asked
        )

    def sign(self, document_id: str, version: str, role: str, name: str, secret: str) -> VersionStatus:
        """Approve a version in a role; the signer gives name and password (or badge and PIN) once more."""
        before = self.editor
        signer = self.sign_in(name, secret)
        if before is not None and signer.person_id != before.person_id:
            self.editor = before
            raise Refusal(f"{signer.printed_name} is not who is signed in. Sign in as the one who signs.")
        status = self._known(document_id, version)
        rules.may_sign(status, signer, role)
        return self._add(
            document_id,
            version,
            status,
            event="signed",
            sha256=status.sha256,
            role=role,
            meaning="approved for release",
            method="badge and PIN" if self.book.person_with_badge(name) else "name and password",
        )

    def send_back(self, document_id: str, version: str, reason: str) -> VersionStatus:
        """End a review: the version is a draft again."""
        status = self._known(document_id, version)
        rules.may_send_back(status, self._signed_in(), reason)
        return self._add(document_id, version, status, event="sent_back", reason=reason)

    def release(self, document_id: str, version: str, policy: str, effective_from: str = "") -> VersionStatus:
        """Release an approved version to the stations; the one before is superseded."""
        status = self._known(document_id, version)
        rules.may_release(status, self._signed_in(), policy)
        return self._add(document_id, version, status, event="released", policy=policy, effective_from=effective_from)

    def withdraw(self, document_id: str, version: str, reason: str) -> VersionStatus:
        """Stop every start with a version at once."""
        status = self._known(document_id, version)
        rules.may_withdraw(status, self._signed_in(), reason)
        return self._add(document_id, version, status, event="withdrawn", reason=reason)

    def hand_over(self, document_id: str, version: str, owner: str) -> VersionStatus:
        """Give an instruction to another owner."""
        status = self._known(document_id, version)
        rules.may_edit(status.owner, self._signed_in())
        return self._add(document_id, version, status, event="owner_changed", owner=owner)

    def answer(self, suggestion_id: str, text: str) -> None:
        """Answer a suggestion of the floor."""
        if not text.strip():
            raise Refusal("Write an answer; whoever suggested it will read it.")
        self._database.answer(suggestion_id, self._signed_in().person_id, text)

    # --- inside ------------------------------------------------------------------------------------------------------

    def _signed_in(self) -> Editor:
        if self.editor is None:
            raise Refusal("Sign in first.")
        return self.editor

    def _status(self, document_id: str, version: str) -> VersionStatus | None:
        return rules.fold(self._database.events(document_id)).get((document_id, version))

    def _known(self, document_id: str, version: str) -> VersionStatus:
        status = self._status(document_id, version)
        if status is None:
            raise Refusal(f"{document_id} {version} was not saved yet.")
        return status

    def _now(self, document_id: str, version: str) -> VersionStatus:
        return self._known(document_id, version)

    def _owner(self, document_id: str) -> str:
        owners = [status.owner for status in rules.fold(self._database.events(document_id)).values()]
        return owners[-1] if owners else ""

    def _add(self, document_id: str, version: str, status: VersionStatus | None, **fields: object) -> VersionStatus:
        editor = self._signed_in()
        values = {
            "document_id": document_id,
            "version": version,
            "number": (status.number if status is not None else 0) + 1,
            "person_id": editor.person_id,
            "printed_name": editor.printed_name,
            "at_us": 0,
            **fields,
        }
        self._database.add(DocumentEvent(**values))  # type: ignore[arg-type]  # every caller names fields of the event
        return self._known(document_id, version)


def is_frozen(status: VersionStatus | None) -> bool:
    """Whether the content cannot change any more."""
    return status is not None and status.state is not DocumentState.DRAFT
