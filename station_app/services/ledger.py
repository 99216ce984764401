"""The one way from a decision to a durable record: record, fold, tell.

Services decide on the fold's state, hand the facts to :meth:`Ledger.commit`, and see the fold moved once the commit is on
disk. While a commit is under way the station is busy: pages show "saving" and refuse a second action.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future

from station_app.domain.chain import REC, Row
from station_app.domain.master import Person
from station_app.domain.permissions import Permission
from station_app.domain.records import Fact, RecordError
from station_app.domain.rules import Refusal, refuse_unpermitted
from station_app.domain.station_fold import StationFold
from station_app.services.notices import Notice
from station_app.services.ports import Clock, JournalCorrupt, JournalError
from station_app.services.posting import Post, when_done
from station_app.services.recording import Recorder

logger = logging.getLogger(__name__)
STATION_ACTOR = "station"


class Ledger:
    """Records facts for the person at the station and keeps the fold. Lives on the main thread.

    ``saved`` is told after a commit was folded, and when commits succeed again; ``changed`` then too, and when a person's
    action begins to be saved; ``signed`` when another person, or nobody, is at the station. ``fault`` holds the last failure
    of the journal, until a person's action is saved or :meth:`try_again` finds room, and ``fault_since_us`` when the first
    of them was. What nobody waits for does not end it: a small record may fit where a large one did not.
    """

    def __init__(self, recorder: Recorder, fold: StationFold, clock: Clock, post: Post) -> None:
        self.fold = fold
        self.clock = clock
        self.saved = Notice()
        self.changed = Notice()
        self.signed = Notice()
        self._person: Person | None = None
        self.fault = ""
        self.fault_since_us = 0
        self.pending = 0
        self._recorder = recorder
        self._post = post
        self._trying = False

    @property
    def person(self) -> Person | None:
        """Who is signed in."""
        return self._person

    @person.setter
    def person(self, person: Person | None) -> None:
        self._person = person
        self.signed.tell()

    @property
    def busy(self) -> bool:
        """Whether a person's action is not on disk yet."""
        return self.pending > 0

    def actor(self) -> str:
        """Who acts: the signed-in person. Raises Refusal when nobody is."""
        if self.person is None:
            raise Refusal("Sign in first: scan your badge.")
        return self.person.id

    def permit(self, permission: Permission) -> None:
        """Raises Refusal when nobody is signed in, or the signed-in person may not do that."""
        self.actor()
        assert self.person is not None
        refuse_unpermitted(self.person, permission)

    def refuse_while_busy(self) -> None:
        """Raises Refusal while the last action is not on disk yet."""
        if self.busy:
            raise Refusal("The last action is still being saved.")

    def commit(self, facts: Sequence[Fact], actor: str | None = None) -> Future[list[Row]]:
        """Record the person's action in one commit; the future's result means it is on disk and folded."""
        return self._commit(facts, actor or self.actor(), 1)

    def commit_aside(self, facts: Sequence[Fact], actor: str) -> Future[list[Row]]:
        """Record something that nobody waits for (an alarm, a call, a signing in): the station is not busy meanwhile."""
        return self._commit(facts, actor, 0)

    def _commit(self, facts: Sequence[Fact], actor: str, weight: int) -> Future[list[Row]]:
        outcome: Future[list[Row]] = Future()
        self.pending += weight
        if weight:
            self.changed.tell()

        def saved(rows: list[Row]) -> None:
            self.pending -= weight
            if weight:
                self.fault = ""
            for row, fact in zip(rows, facts, strict=True):
                if row.chan == REC:
                    self.fold.apply(row, fact)
            self.saved.tell()
            self.changed.tell()
            outcome.set_result(rows)

        def failed(error: BaseException) -> None:
            self.pending -= weight
            if isinstance(error, RecordError):
                # a text that JSON cannot carry, or a megabyte of it: somebody typed or scanned it
                logger.error("not recorded: %s", error)
                self.changed.tell()
                outcome.set_exception(Refusal(f"This cannot be recorded: {error}. Nothing was saved."))
                return
            if not isinstance(error, JournalError):
                outcome.set_exception(error)
                raise error
            if not self.fault:
                self.fault_since_us = self.clock.wall_us()
            self.fault = str(error)
            self.changed.tell()
            outcome.set_exception(error)

        when_done(self._recorder.record(facts, actor), self._post, saved, failed)
        return outcome

    def try_again(self) -> None:
        """While the last failure stands: find out whether the journal takes records again; call it every second."""
        if not self.fault or self._trying:
            return
        self._trying = True

        def takes() -> None:
            self._trying = False
            self.fault = ""
            self.saved.tell()
            self.changed.tell()

        def fails(error: BaseException) -> None:
            self._trying = False
            if not isinstance(error, JournalError):
                raise error

        when_done(self._recorder.prove_room(), self._post, lambda _room: takes(), fails)

    def refold(self, fold: StationFold, rows: Iterable[Row]) -> None:
        """Fold everything anew, at the start and after the journal took in rows that this station did not know.

        Raises JournalCorrupt for a record that cannot be read: nothing may be decided on half of what was recorded.
        """
        for row in rows:
            try:
                fold.apply_row(row)
            except RecordError as error:
                raise JournalCorrupt(
                    f"the journal holds a record that cannot be read, {row.chan} epoch {row.epoch} seq {row.seq} ({error}). "
                    "It was changed by other means than the application. Run: station verify"
                ) from error
        self.fold = fold
        self.saved.tell()
        self.changed.tell()

    def after(self, future: Future[list[Row]], then: Callable[[], None]) -> None:
        """Call ``then`` on the main thread once the commit is durable; nothing when it failed."""
        when_done(future, self._post, lambda _rows: then(), lambda _error: None)
