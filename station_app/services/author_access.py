"""Who writes: people signing in at a program of document control, and the master data that say what they may.

Blocking: used from the pool. One access serves documents of every kind.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from station_app.domain.document_control import Editor
from station_app.domain.master import Person
from station_app.domain.master_book import Document, MasterBook, read_book
from station_app.domain.rules import Refusal
from station_app.services.ports import DocumentDatabase
from station_app.services.secrets import verify_password, verify_pin

MAX_FAILURES = 5
LOCKED_S = 15 * 60.0


def editor_of(person: Person) -> Editor:
    """A person as document control knows them."""
    return Editor(person.id, person.name, person.roles)


class AuthorAccess:
    """``editor`` is who is signed in; None: nobody, and only reading is possible. ``book`` is what was read last.

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

    def refresh(self) -> None:
        """Read people, orders and published documents again."""
        self.book = read_book(
            Document(change.kind, change.id, change.body, change.sha256, change.rev)
            for change in self._database.master()
        )

    def sign_in(self, name: str, secret: str) -> Editor:
        """Sign in by name and password, or by a badge's secret and its PIN. Raises Refusal."""
        self.editor, _ = self.prove(name, secret)
        return self.editor

    def sign_out(self) -> None:
        """Nobody is signed in any more."""
        self.editor = None

    def signed_in(self) -> Editor:
        """Who acts. Raises Refusal when nobody is signed in."""
        if self.editor is None:
            raise Refusal("Sign in first.")
        return self.editor

    def prove(self, name: str, secret: str) -> tuple[Editor, str]:
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
