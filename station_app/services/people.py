"""Who is at the station: badge and PIN, or name and password.

The secrets are checked on the pool (argon2id takes its time on purpose). Signing in, out and every refusal is recorded in
the audit channel; a secret never is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from concurrent.futures import Executor, Future

from station_app.domain.chain import Row
from station_app.domain.master import Person
from station_app.domain.records import PersonSession, decode_body
from station_app.domain.rules import Refusal
from station_app.services.ledger import STATION_ACTOR, Ledger
from station_app.services.library import MasterLibrary
from station_app.services.notices import Notice
from station_app.services.posting import Post, when_done
from station_app.services.secrets import verify_password, verify_pin

MAX_FAILURES = 5
LOCKED_S = 15 * 60.0


class People:
    """Signing in and out. After five failures in a row a person's signing in is locked for 15 minutes.

    The lock is counted by the monotonic clock, so that setting the clock does not end it. It survives a restart of
    the application (:meth:`remember`), and begins anew with a restart of the computer.
    """

    def __init__(self, ledger: Ledger, library: MasterLibrary, pool: Executor, post: Post) -> None:
        self._ledger = ledger
        self._library = library
        self._pool = pool
        self._post = post
        self._failures: dict[str, int] = {}
        self._locked_until_ns: dict[str, int] = {}
        self.changed = Notice()

    @property
    def person(self) -> Person | None:
        """The person signed in."""
        return self._ledger.person

    def remember(self, audit: Iterable[Row]) -> None:
        """Take failures and locks from the audit channel, oldest first: at the start of the application."""
        clock = self._ledger.clock
        for row in audit:
            if row.kind != PersonSession.kind:
                continue
            fact = decode_body(row.kind, row.body)
            if isinstance(fact, PersonSession):
                same_boot = row.boot_id == clock.boot_id
                self._count(fact, row.mono_ns if same_boot else clock.mono_ns())

    def sign_in_badge(self, secret: str, pin: str) -> Future[Person]:
        """Sign in by a scanned badge and its PIN. The future fails with Refusal."""
        person = self._library.book.person_with_badge(secret)
        if person is None:
            return self._refuse("", "badge", "This badge is not known here.")
        locked = self._locked(person.id)
        if locked:
            return self._refuse(person.id, "badge", locked)
        checked = self._pool.submit(verify_pin, person.pin_hash, secret, pin)
        return self._check(person, "badge", checked, "The PIN is wrong.")

    def sign_in_password(self, name: str, password: str) -> Future[Person]:
        """Sign in by name and password. The future fails with Refusal."""
        person = self._library.book.person_named(name)
        if person is None or not person.password_hash:
            return self._refuse(name[:40], "password", "Name or password is wrong.")
        locked = self._locked(person.id)
        if locked:
            return self._refuse(person.id, "password", locked)
        checked = self._pool.submit(verify_password, person.password_hash, password)
        return self._check(person, "password", checked, "Name or password is wrong.")

    def sign_out(self) -> None:
        """Sign the person out; the view stays, actions need a person."""
        person = self._ledger.person
        if person is None:
            return
        self._ledger.person = None
        self._ledger.commit_aside([PersonSession(state="signed_out", person_id=person.id, method="")], person.id)
        self.changed.tell()

    def _check(self, person: Person, method: str, checked: Future[bool], wrong: str) -> Future[Person]:
        outcome: Future[Person] = Future()

        def done(right: bool) -> None:
            locked = self._locked(person.id)
            if locked:
                # a right secret must not tell itself apart from a wrong one
                self._record_refusal(person.id, method, locked)
                outcome.set_exception(Refusal(locked))
                return
            if not right:
                self._count_failure(person.id, method)
                outcome.set_exception(Refusal(wrong))
                return
            self._failures.pop(person.id, None)
            self._ledger.person = person
            self._ledger.commit_aside([PersonSession(state="signed_in", person_id=person.id, method=method)], person.id)
            self.changed.tell()
            outcome.set_result(person)

        when_done(checked, self._post, done, outcome.set_exception)
        return outcome

    def _locked(self, person_id: str) -> str:
        """For how long the person's signing in is locked, as a sentence; empty when it is not."""
        left_s = (self._locked_until_ns.get(person_id, 0) - self._ledger.clock.mono_ns()) / 1e9
        return f"Signing in is locked for {math.ceil(left_s / 60)} minutes more." if left_s > 0 else ""

    def _count_failure(self, person_id: str, method: str) -> None:
        state = "locked" if self._failures.get(person_id, 0) + 1 >= MAX_FAILURES else "refused"
        fact = PersonSession(state=state, person_id=person_id, method=method)
        self._count(fact, self._ledger.clock.mono_ns())
        self._ledger.commit_aside([fact], STATION_ACTOR)

    def _count(self, fact: PersonSession, mono_ns: int) -> None:
        """What a record means for failures and locks; refusals that carry a reason tested no secret."""
        if fact.state == "locked":
            self._failures.pop(fact.person_id, None)
            self._locked_until_ns[fact.person_id] = mono_ns + int(LOCKED_S * 1e9)
        elif fact.state == "signed_in":
            self._failures.pop(fact.person_id, None)
        elif fact.state == "refused" and not fact.reason:
            self._failures[fact.person_id] = self._failures.get(fact.person_id, 0) + 1

    def _record_refusal(self, person_id: str, method: str, message: str) -> None:
        fact = PersonSession(state="refused", person_id=person_id, method=method, reason=message)
        self._ledger.commit_aside([fact], STATION_ACTOR)

    def _refuse(self, person_id: str, method: str, message: str) -> Future[Person]:
        self._record_refusal(person_id, method, message)
        refused: Future[Person] = Future()
        refused.set_exception(Refusal(message))
        return refused
