"""Who is at the station: badge and PIN, or name and password.

The secrets are checked on the pool (argon2id takes its time on purpose). Signing in, out and every refusal is recorded in
the audit channel; a secret never is.
"""

from __future__ import annotations

from concurrent.futures import Executor, Future

from station_app.domain.master import Person
from station_app.domain.records import PersonSession
from station_app.domain.rules import Refusal
from station_app.services.ledger import STATION_ACTOR, Ledger
from station_app.services.library import MasterLibrary
from station_app.services.notices import Notice
from station_app.services.posting import Post, when_done
from station_app.services.secrets import verify_password, verify_pin

MAX_FAILURES = 5
LOCKED_S = 15 * 60.0


class People:
    """Signing in and out. After five failures in a row signing in is locked for 15 minutes."""

    def __init__(self, ledger: Ledger, library: MasterLibrary, pool: Executor, post: Post) -> None:
        self._ledger = ledger
        self._library = library
        self._pool = pool
        self._post = post
        self._failures = 0
        self._locked_until_ns = 0
        self.changed = Notice()

    @property
    def person(self) -> Person | None:
        """The person signed in."""
        return self._ledger.person

    def sign_in_badge(self, secret: str, pin: str) -> Future[Person]:
        """Sign in by a scanned badge and its PIN. The future fails with Refusal."""
        person = self._library.book.person_with_badge(secret)
        if person is None:
            return self._refuse("", "badge", "This badge is not known here.")
        checked = self._pool.submit(verify_pin, person.pin_hash, secret, pin)
        return self._check(person, "badge", checked, "The PIN is wrong.")

    def sign_in_password(self, name: str, password: str) -> Future[Person]:
        """Sign in by name and password. The future fails with Refusal."""
        person = self._library.book.person_named(name)
        if person is None or not person.password_hash:
            return self._refuse(name[:40], "password", "Name or password is wrong.")
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
        left_s = (self._locked_until_ns - self._ledger.clock.mono_ns()) / 1e9
        if left_s > 0:
            return self._refuse(person.id, method, f"Signing in is locked for {left_s / 60:.0f} minutes more.")
        outcome: Future[Person] = Future()

        def done(right: bool) -> None:
            if not right:
                self._count_failure(person.id, method)
                outcome.set_exception(Refusal(wrong))
                return
            self._failures = 0
            self._ledger.person = person
            self._ledger.commit_aside([PersonSession(state="signed_in", person_id=person.id, method=method)], person.id)
            self.changed.tell()
            outcome.set_result(person)

        when_done(checked, self._post, done, outcome.set_exception)
        return outcome

    def _count_failure(self, person_id: str, method: str) -> None:
        self._failures += 1
        state = "refused"
        if self._failures >= MAX_FAILURES:
            self._failures = 0
            self._locked_until_ns = self._ledger.clock.mono_ns() + int(LOCKED_S * 1e9)
            state = "locked"
        self._ledger.commit_aside([PersonSession(state=state, person_id=person_id, method=method)], STATION_ACTOR)

    def _refuse(self, person_id: str, method: str, message: str) -> Future[Person]:
        self._ledger.commit_aside(
            [PersonSession(state="refused", person_id=person_id, method=method, reason=message)], STATION_ACTOR
        )
        refused: Future[Person] = Future()
        refused.set_exception(Refusal(message))
        return refused
