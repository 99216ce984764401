"""Who is at the station: badge and PIN, or name and password; who signs; and whose ESD protection was tested.

The secrets are checked on the pool (argon2id takes its time on purpose). Signing in, out and every refusal is recorded in
the audit channel; a secret never is. An approval (21 CFR 11.200) is the same proof for one signature: the first one of the
person who is signed in needs both components, later ones the PIN or password alone; another person's always both.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from typing import TypeVar

from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.master import Person
from station_app.domain.outcome import Outcome
from station_app.domain.records import EsdTested, PersonSession, decode_body
from station_app.domain.rules import Refusal
from station_app.services.ledger import STATION_ACTOR, Ledger
from station_app.services.library import MasterLibrary
from station_app.services.notices import Notice
from station_app.services.posting import Post, when_done
from station_app.services.secrets import verify_password, verify_pin

MAX_FAILURES = 5
LOCKED_S = 15 * 60.0
APPROVALS_STOP_S = 72 * 3600.0
ESD_VALID_S = 12 * 3600.0


T = TypeVar("T")


class People:
    """Signing in and out. After five failures in a row a person's signing in is locked for 15 minutes.

    The lock is counted by the monotonic clock, so that setting the clock does not end it. It survives a restart of
    the application (:meth:`remember`), and begins anew with a restart of the computer.

    ``out_of_contact_s`` says for how long the server was not heard of (None: this station has none): after 72 hours approvals
    stop, because a person's rights may have been taken back meanwhile.
    """

    def __init__(
        self,
        ledger: Ledger,
        library: MasterLibrary,
        pool: Executor,
        post: Post,
        out_of_contact_s: Callable[[], float | None] = lambda: None,
        esd_valid_s: float = ESD_VALID_S,
    ) -> None:
        self._out_of_contact_s = out_of_contact_s
        self._esd_valid_s = esd_valid_s
        self._signing: tuple[str, str] | None = None
        self._ledger = ledger
        self._library = library
        self._pool = pool
        self._post = post
        self._failures: dict[str, int] = {}
        self._locked_until_ns: dict[str, int] = {}
        self.changed = Notice()
        library.changed.subscribe(self._follow_master_data)

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
        return self._check(person, "badge", checked, "The PIN is wrong.", lambda: self._enter(person, "badge"))

    def sign_in_password(self, name: str, password: str) -> Future[Person]:
        """Sign in by name and password. The future fails with Refusal."""
        person = self._library.book.person_named(name)
        if person is None or not person.password_hash:
            return self._refuse(_recordable(name), "password", "Name or password is wrong.")
        locked = self._locked(person.id)
        if locked:
            return self._refuse(person.id, "password", locked)
        checked = self._pool.submit(verify_password, person.password_hash, password)
        wrong = "Name or password is wrong."
        return self._check(person, "password", checked, wrong, lambda: self._enter(person, "password"))

    def sign_out(self) -> None:
        """Sign the person out; the view stays, actions need a person."""
        person = self._ledger.person
        if person is None:
            return
        self._leave(person, person.id, "")

    def _leave(self, person: Person, actor: str, reason: str) -> None:
        self._signing = None
        self._ledger.person = None
        left = PersonSession(state="signed_out", person_id=person.id, method="", reason=reason)
        self._ledger.commit_aside([left], actor)
        self.changed.tell()

    def _follow_master_data(self) -> None:
        """Whose rights were taken back is signed out; whose were changed, or badge, goes on with what is published now."""
        person = self._ledger.person
        if person is None:
            return
        published = self._library.book.people.get(person.id)
        if published is None or not published.active:
            self._leave(person, STATION_ACTOR, "The person was withdrawn.")
        elif published != person:
            self._signing = None
            self._ledger.person = published
            self.changed.tell()

    # --- signing ---------------------------------------------------------------------------------------------------

    @property
    def signs_with_one(self) -> bool:
        """Whether the person at the station has signed in this session: the PIN or password alone is enough."""
        person = self._ledger.person
        return person is not None and self._signing is not None and self._signing[0] == person.id

    @property
    def signs_with(self) -> str:
        """What alone is enough for the next signature of the person at the station: "PIN", "password", or empty for neither."""
        if not self.signs_with_one or self._signing is None:
            return ""
        return "PIN" if self._signing[1] else "password"

    def approve_badge(self, secret: str, pin: str) -> Future[Approval]:
        """Sign by a scanned badge and its PIN: whoever's badge it is. Nobody is signed in or out by it.

        Raises Refusal while approvals stop; the future fails with Refusal.
        """
        self._refuse_approvals_without_contact()
        person = self._library.book.person_with_badge(secret)
        if person is None:
            return self._refuse("", "badge and PIN", "This badge is not known here.")
        checked = self._pool.submit(verify_pin, person.pin_hash, secret, pin)
        return self._approve(person, "badge and PIN", checked, "The PIN is wrong.", secret)

    def approve_password(self, name: str, password: str) -> Future[Approval]:
        """Sign by name and password. Raises Refusal while approvals stop; the future fails with Refusal."""
        self._refuse_approvals_without_contact()
        person = self._library.book.person_named(name)
        if person is None or not person.password_hash:
            return self._refuse(_recordable(name), "name and password", "Name or password is wrong.")
        checked = self._pool.submit(verify_password, person.password_hash, password)
        return self._approve(person, "name and password", checked, "Name or password is wrong.", "")

    def approve_again(self, pin_or_password: str) -> Future[Approval]:
        """The person at the station signs once more in this session, with the PIN or password alone."""
        self._refuse_approvals_without_contact()
        person = self._ledger.person
        if person is None or self._signing is None or self._signing[0] != person.id:
            raise Refusal("The first signature of a session needs badge and PIN, or name and password.")
        person = self._library.book.people.get(person.id)
        if person is None or not person.active:
            raise Refusal("You are not known here any more. Ask a supervisor.")
        secret = self._signing[1]
        if secret:
            checked = self._pool.submit(verify_pin, person.pin_hash, secret, pin_or_password)
            return self._approve(person, "PIN", checked, "The PIN is wrong.", secret)
        checked = self._pool.submit(verify_password, person.password_hash, pin_or_password)
        return self._approve(person, "password", checked, "The password is wrong.", "")

    def _approve(self, person: Person, method: str, checked: Future[bool], wrong: str, secret: str) -> Future[Approval]:
        def right() -> Approval:
            signed_in = self._ledger.person
            if signed_in is not None and signed_in.id == person.id:
                self._signing = (person.id, secret)
            return Approval(person, method)

        return self._check(person, method, checked, wrong, right)

    def _refuse_approvals_without_contact(self) -> None:
        flag = self._flag()
        if flag:
            raise Refusal(f"{flag} Signatures and approvals wait until it is back; other work goes on.")

    def _flag(self) -> str:
        """What is noted of a signing in while approvals stop; empty otherwise."""
        away_s = self._out_of_contact_s()
        if away_s is None or away_s <= APPROVALS_STOP_S:
            return ""
        return f"The server was not heard of for {away_s / 3600:.0f} hours."

    # --- ESD protection --------------------------------------------------------------------------------------------

    def record_esd_test(self, passed: bool, tester: str = "typed", value_text: str = "") -> Future[list[Row]]:
        """The ESD protection of the person at the station was tested; a good one is valid for as long as the site says."""
        person = self._ledger.actor()
        until_us = self._ledger.clock.wall_us() + round(self._esd_valid_s * 1e6)
        tested = EsdTested(
            person_id=person,
            tester=tester,
            value_text=value_text,
            until_us=until_us if passed else None,
            outcome=Outcome.PASS if passed else Outcome.FAIL,
        )
        return self._ledger.commit_aside([tested], person)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _enter(self, person: Person, method: str) -> Person:
        self._signing = None
        self._ledger.person = person
        entered = PersonSession(state="signed_in", person_id=person.id, method=method, reason=self._flag())
        self._ledger.commit_aside([entered], person.id)
        self.changed.tell()
        return person

    def _check(
        self, person: Person, method: str, checked: Future[bool], wrong: str, right: Callable[[], T]
    ) -> Future[T]:
        """What ``right`` answers once the secret was proved; failures are recorded and counted."""
        outcome: Future[T] = Future()

        def done(proved: bool) -> None:
            locked = self._locked(person.id)
            if locked:
                # a right secret must not tell itself apart from a wrong one
                self._record_refusal(person.id, method, locked)
                outcome.set_exception(Refusal(locked))
                return
            if not proved:
                self._count_failure(person.id, method)
                outcome.set_exception(Refusal(wrong))
                return
            self._failures.pop(person.id, None)
            outcome.set_result(right())

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

    def _refuse(self, person_id: str, method: str, message: str) -> Future[T]:
        self._record_refusal(person_id, method, message)
        refused: Future[T] = Future()
        refused.set_exception(Refusal(message))
        return refused


def _recordable(name: str) -> str:
    """The beginning of what was typed as a name, as it can be kept: half a character of a keyboard cannot."""
    return name[:40].encode("utf-8", "replace").decode()
