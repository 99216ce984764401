"""Suggestions from the floor: somebody at the station says what should change in the instruction that is shown.

What an engineer answers comes back as master data.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from station_app.domain.chain import Row
from station_app.domain.job import Job
from station_app.domain.master import SuggestionAnswer
from station_app.domain.records import ChangeSuggested
from station_app.domain.rules import Picture, Refusal
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary

MAX_CHARACTERS = 1000
SHOWN_S = 14 * 86_400.0
"""So long an answer is shown at the station."""


class Suggestions:
    """Suggests changes, and knows the answers. Lives on the main thread; work goes on while one is saved."""

    def __init__(self, ledger: Ledger, library: MasterLibrary, station: str, new_id: Callable[[], str]) -> None:
        self._ledger = ledger
        self._library = library
        self._station = station
        self._new_id = new_id

    def answers(self) -> list[SuggestionAnswer]:
        """The answers of the last two weeks to what was suggested here, or anywhere by the person who is signed in.

        Those to that person come first, the newest before older ones.
        """
        person = self._ledger.person
        own = person.id if person is not None else ""
        since_us = self._ledger.clock.wall_us() - int(SHOWN_S * 1e6)
        found = [
            answer
            for answer in self._library.book.answers.values()
            if answer.answered_us >= since_us and (answer.station == self._station or (own and answer.actor == own))
        ]
        return sorted(found, key=lambda answer: (answer.actor != own, -answer.answered_us))

    def suggest_change(
        self,
        step_id: str,
        text: str,
        media_file: str = "",
        x: float | None = None,
        y: float | None = None,
        picture: Picture | None = None,
    ) -> Future[list[Row]]:
        """Suggest a change of a step of the instruction in work, or of the one worked with last.

        ``media_file`` is the picture of the step that was marked, ``x``, ``y`` where, as fractions from its top left.
        ``picture`` is a photo that is stored as evidence already (see :mod:`station_app.services.pictures`).
        """
        actor = self._ledger.actor()
        job = self._ledger.fold.job
        if job is None:
            raise Refusal("Open a unit first: a suggestion belongs to the instruction that is shown.")
        if not text.strip():
            raise Refusal("Say in a sentence what should change.")
        if len(text) > MAX_CHARACTERS:
            raise Refusal(f"A suggestion has at most {MAX_CHARACTERS} characters, this one has {len(text)}.")
        _refuse_wrong_spot(job, step_id, media_file, x, y)
        suggested = ChangeSuggested(
            suggestion_id=self._new_id(),
            work_master_id=job.work_master.id,
            work_master_version=job.work_master.version,
            work_master_sha256=job.sha256,
            step_id=step_id,
            text=text.strip(),
            media_file=media_file,
            x=x,
            y=y,
            evidence_sha256="" if picture is None else picture["sha256"],
            serial=job.serial,
            job_id=job.job_id,
        )
        return self._ledger.commit_aside([suggested], actor)


def _refuse_wrong_spot(job: Job, step_id: str, media_file: str, x: float | None, y: float | None) -> None:
    """Raise Refusal unless that is a step and, where given, a spot on one of its pictures."""
    step = next((step for step in job.work_master.steps if step.id == step_id), None)
    if step is None:
        raise Refusal(f"Instruction {job.work_master.id} has no step “{step_id}”.")
    shown = [*step.pictures, *(p for c in step.criteria for p in (c.good, c.bad) if p is not None)]
    if media_file and media_file not in {picture.file for picture in shown}:
        raise Refusal(f"Step “{step_id}” shows no picture “{media_file}”.")
    if (x is None) != (y is None) or (x is not None and not media_file):
        raise Refusal("A spot is on a picture and has both x and y.")
    if x is not None and y is not None and not (0 <= x <= 1 and 0 <= y <= 1):
        raise Refusal("A spot lies on the picture: x and y from 0 to 1.")
