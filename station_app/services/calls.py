"""Calls for help: the Problem and Andon buttons, shown on the station's tile until somebody answers."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from station_app.domain.chain import Row
from station_app.domain.records import CallAnswered, CallRaised
from station_app.domain.rules import Refusal
from station_app.domain.station_fold import Call
from station_app.services.ledger import STATION_ACTOR, Ledger

PROBLEM = "problem"
ANDON = "andon"


class Calls:
    """Raising and answering calls. Calling for help needs no sign-in."""

    def __init__(self, ledger: Ledger, new_id: Callable[[], str]) -> None:
        self._ledger = ledger
        self._new_id = new_id
        self._answering: set[str] = set()

    @property
    def open(self) -> list[Call]:
        """Calls nobody answered yet, oldest first."""
        return sorted(self._ledger.fold.calls.values(), key=lambda call: call.since_us)

    def raise_call(self, call: str, reason: str, text: str = "") -> Future[list[Row]]:
        """Call for help with a reason from the list."""
        if call not in (PROBLEM, ANDON):
            raise Refusal(f"“{call}” is no call; there are {PROBLEM} and {ANDON}.")
        if not reason.strip():
            raise Refusal("Choose a reason for the call.")
        job = self._ledger.fold.job
        running = job is not None and job.current is not None
        fact = CallRaised(
            call_id=self._new_id(),
            call=call,
            reason=reason,
            text=text,
            serial=job.serial if job is not None and running else "",
            job_id=job.job_id if job is not None and running else "",
            step_id=job.current.step.id if job is not None and job.current is not None else "",
        )
        return self._ledger.commit_aside([fact], self._actor())

    def answer(self, call_id: str, text: str = "") -> Future[list[Row]]:
        """Answer an open call."""
        if call_id not in self._ledger.fold.calls or call_id in self._answering:
            raise Refusal("This call is already answered.")
        answering = self._ledger.commit_aside([CallAnswered(call_id=call_id, text=text)], self._ledger.actor())
        self._answering.add(call_id)
        answering.add_done_callback(lambda _done: self._answering.discard(call_id))
        return answering

    def _actor(self) -> str:
        person = self._ledger.person
        return STATION_ACTOR if person is None else person.id
