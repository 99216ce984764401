"""Document control for authors: drafts into the shared database, reviews, signatures, releases, and where a version is used.

Every verb blocks and runs on the pool; it either raises :class:`Refusal` with what to do, or a SharedDatabaseError. The rules
are asked here first, for a clear answer at once, and once more by the server. What changes a version is given the
:class:`VersionStatus` that the person looked at: a change by somebody else in between is refused, never overwritten.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from station_app.domain import document_control as rules
from station_app.domain.comparison import Change, compare
from station_app.domain.document_control import DocumentEvent, Editor, VersionStatus
from station_app.domain.master import Person
from station_app.domain.master_book import Document, MasterBook, read_book
from station_app.domain.rules import Refusal
from station_app.domain.work_master import WorkMaster, WorkMasterError, decode_work_master, encode_work_master
from station_app.services.ports import DocumentDatabase, DocumentRefused, OrderUse, Suggestion, UnitUse, VersionUse
from station_app.services.secrets import verify_password, verify_pin

MAX_FAILURES = 5
LOCKED_S = 15 * 60.0
MEANING = "approved for release"


@dataclass(frozen=True, slots=True)
class WhereUsed:
    """The orders that name an instruction, and the stations that made units with it."""

    orders: tuple[OrderUse, ...]
    stations: tuple[VersionUse, ...]


def editor_of(person: Person) -> Editor:
    """A person as document control knows them."""
    return Editor(person.id, person.name, person.roles)


class Authoring:
    """The verbs of document control. ``editor`` is who is signed in; None: nobody, and only reading is possible.

    ``mono_s`` is a clock in seconds that never goes back: five wrong secrets in a row lock a person for 15 minutes, as long as
    this object lives.
    """

    def __init__(self, database: DocumentDatabase, mono_s: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._mono_s = mono_s
        self._failures: dict[str, int] = {}
        self._locked_until_s: dict[str, float] = {}
        self.book: MasterBook = MasterBook()
        self.editor: Editor | None = None

    # --- people ------------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Read people, orders and published instructions again."""
        self.book = read_book(
            Document(change.kind, change.id, change.body, change.sha256, change.rev)
            for change in self._database.master()
        )

    def sign_in(self, name: str, secret: str) -> Editor:
        """Sign in by name and password, or by a badge's secret and its PIN. Raises Refusal."""
        self.editor, _ = self._prove(name, secret)
        return self.editor

    def sign_out(self) -> None:
        """Nobody is signed in any more."""
        self.editor = None

    def _prove(self, name: str, secret: str) -> tuple[Editor, str]:
        """Who that is, and by what it was proved. Raises Refusal."""
        by_badge = self.book.person_with_badge(name)
        person = by_badge or self.book.person_named(name)
        key = person.id if person is not None else name.casefold()
        if self._mono_s() < self._locked_until_s.get(key, 0.0):
            raise Refusal("Too many wrong attempts. Try again in a quarter of an hour, or ask an administrator.")
        if by_badge is not None:
            method, right = "badge and PIN", verify_pin(by_badge.pin_hash, name, secret)
        else:
            method, right = "name and password", person is not None and verify_password(person.password_hash, secret)
        if person is None or not right:
            self._count_failure(key)
            raise Refusal("Name or password is wrong.")
        self._failures.pop(key, None)
        return editor_of(person), method

    def _count_failure(self, key: str) -> None:
        self._failures[key] = self._failures.get(key, 0) + 1
        if self._failures[key] >= MAX_FAILURES:
            self._failures.pop(key)
            self._locked_until_s[key] = self._mono_s() + LOCKED_S

    # --- reading -----------------------------------------------------------------------------------------------------

    def versions(self, document_id: str = "") -> list[VersionStatus]:
        """Every version of every instruction (or of one) under document control, the newest change first."""
        return sorted(rules.fold(self._database.events(document_id)).values(), key=lambda status: -status.changed_us)

    def status(self, document_id: str, version: str) -> VersionStatus:
        """One version as it stands now. Raises Refusal when it was never saved."""
        status = self._status(document_id, version)
        if status is None:
            raise Refusal(f"{document_id} {version} is not under document control: it was not saved yet.")
        return status

    def history(self, document_id: str, version: str) -> list[DocumentEvent]:
        """Everything that happened to a version, oldest first."""
        return [event for event in self._database.events(document_id) if event.version == version]

    def open(self, sha256: str) -> WorkMaster:
        """The content of that hash. Raises Refusal when the server has none, or not that one."""
        body = self._database.content(sha256)
        if body is None:
            raise Refusal(f"The content {sha256[:12]}… is not in the shared database.")
        try:
            return decode_work_master(body, sha256)
        except WorkMasterError as error:
            raise Refusal(f"The content {sha256[:12]}… cannot be opened: {error}.") from error

    def open_version(self, document_id: str, version: str) -> WorkMaster:
        """A version under document control, else one that is published without it. Raises Refusal when there is neither."""
        status = self._status(document_id, version)
        if status is not None:
            return self.open(status.sha256)
        try:
            return self.book.open_work_master(document_id, version)[0]
        except WorkMasterError as error:
            raise Refusal(f"There is no {document_id} {version} in the shared database.") from error

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

    def save(
        self,
        work_master: WorkMaster,
        media: Mapping[str, bytes],
        seen: VersionStatus | None = None,
        reason: str = "",
    ) -> VersionStatus:
        """Keep a draft in the shared database; ``seen`` is the version as it was opened, None for a new one.

        ``media`` gives the bytes of every file by SHA-256. Raises Refusal when somebody else saved since, and for a version
        that is in review or was published.
        """
        editor = self._signed_in()
        document_id, version = work_master.id, work_master.version
        rules.may_save(seen, editor)
        rules.may_edit(self._owner(document_id), editor)
        if seen is not None and (seen.document_id, seen.version) != (document_id, version):
            raise Refusal(f"This is {document_id} {version}, opened was {seen.document_id} {seen.version}.")
        for sha256, picture in work_master.media().items():
            if sha256 not in media:
                raise Refusal(f"The file {picture.file} is missing.")
            self._database.put_media(media[sha256], picture.media_type)
        try:
            sha256 = self._database.put_content(encode_work_master(work_master))
        except DocumentRefused as refused:
            raise Refusal(str(refused)) from refused
        if seen is not None and seen.sha256 == sha256 and seen.number == self.status(document_id, version).number:
            return seen
        return self._add(document_id, version, seen.number if seen else 0, event="saved", sha256=sha256, reason=reason)

    def submit(self, seen: VersionStatus, roles: Sequence[str], reason: str) -> VersionStatus:
        """Ask for the signatures of roles; from now on the content is fixed."""
        rules.may_submit(seen, self._signed_in(), roles, reason)
        return self._change(seen, event="submitted", reason=reason, roles=tuple(sorted(set(roles))))

    def sign(self, seen: VersionStatus, role: str, name: str, secret: str) -> VersionStatus:
        """Approve a version in a role; the signer gives name and password (or badge and PIN), whoever is signed in."""
        signer, method = self._prove(name, secret)
        return self.approve(seen, role, signer, method)

    def approve(self, seen: VersionStatus, role: str, signer: Editor, method: str) -> VersionStatus:
        """Approve a version; the caller has proved by ``method`` who signs. What is signed is the content that was seen."""
        rules.may_sign(seen, signer, role)
        return self._change(seen, signer, event="signed", role=role, meaning=MEANING, method=method)

    def send_back(self, seen: VersionStatus, reason: str) -> VersionStatus:
        """End a review: the version is a draft again."""
        rules.may_send_back(seen, self._signed_in(), reason)
        return self._change(seen, event="sent_back", reason=reason)

    def release(self, seen: VersionStatus, policy: str, effective_from: str = "") -> VersionStatus:
        """Release an approved version to the stations, from a day (ISO 8601) or at once; the one before is superseded."""
        rules.may_release(seen, self._signed_in(), policy, effective_from)
        return self._change(seen, event="released", policy=policy, effective_from=effective_from)

    def withdraw(self, seen: VersionStatus, reason: str) -> VersionStatus:
        """Stop every start with a version at once."""
        rules.may_withdraw(seen, self._signed_in(), reason)
        return self._change(seen, event="withdrawn", reason=reason)

    def hand_over(self, seen: VersionStatus, owner: str) -> VersionStatus:
        """Give an instruction, with all its versions, to another owner."""
        rules.may_edit(seen.owner, self._signed_in())
        return self._change(seen, event="owner_changed", owner=owner)

    def answer(self, suggestion_id: str, text: str) -> None:
        """Answer a suggestion of the floor."""
        editor = self._signed_in()
        if not text.strip():
            raise Refusal("Write an answer; whoever suggested it will read it.")
        try:
            self._database.answer(suggestion_id, editor.person_id, text)
        except DocumentRefused as refused:
            raise Refusal(str(refused)) from refused

    # --- inside ------------------------------------------------------------------------------------------------------

    def _signed_in(self) -> Editor:
        if self.editor is None:
            raise Refusal("Sign in first.")
        return self.editor

    def _status(self, document_id: str, version: str) -> VersionStatus | None:
        return rules.fold(self._database.events(document_id)).get((document_id, version))

    def _owner(self, document_id: str) -> str:
        owners = [status.owner for status in rules.fold(self._database.events(document_id)).values()]
        return owners[-1] if owners else ""

    def _change(self, seen: VersionStatus, editor: Editor | None = None, **fields: object) -> VersionStatus:
        return self._add(seen.document_id, seen.version, seen.number, editor, sha256=seen.sha256, **fields)

    def _add(
        self, document_id: str, version: str, seen_number: int, editor: Editor | None = None, **fields: object
    ) -> VersionStatus:
        who = editor or self._signed_in()
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
