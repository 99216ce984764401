"""Looking at kept pictures: opened with care, their hash computed anew, and copies with marks made of them.

What is opened may be damaged or something else than a picture: then there is a sentence instead of it, and the rest of
what is known of it stays. A copy is a file of its own, stored and recorded; the original's bytes are only read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Protocol

from station_app.domain.chain import Row
from station_app.domain.picture_marks import LONGEST_TEXT, MARK_KINDS, CopyText, PictureMark
from station_app.domain.records import EvidenceDerived
from station_app.domain.rules import Refusal
from station_app.domain.unit_trace import PictureTaken, UnitTrace
from station_app.services.ledger import Ledger
from station_app.services.ports import Blob, BlobState, Clock, EvidenceError, EvidenceStore, Journal, JournalError
from station_app.services.posting import Post, when_done

NOT_TO_BE_HAD = "The picture is not at this station, and the server does not give it now. Try again when it is back."


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture's bytes, or why it is not shown: ``fault`` is a sentence, and then ``content`` is empty."""

    content: bytes = b""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class HashChecked:
    """A SHA-256 computed anew at ``at_us`` (UTC). ``here``: of this station's file, else of the server's.

    ``fault`` is a sentence when the bytes do not match their name or could not be read; empty when all is well.
    """

    sha256: str
    here: bool
    size_bytes: int
    at_us: int
    fault: str = ""


@dataclass(frozen=True, slots=True)
class DrawnCopy:
    """A derived copy as a file, and its size in pixels."""

    content: bytes
    media_type: str
    width_px: int
    height_px: int


class PictureTools(Protocol):
    """What is needed of picture processing. Both are used on the pool."""

    def fault(self, content: bytes) -> str:
        """Why these bytes are not shown as a picture; empty when they are one. Nothing is decoded for it."""
        ...

    def draw(self, original: bytes, text: CopyText) -> DrawnCopy:
        """A copy with marks and texts. Raises ValueError for an original that cannot be decoded."""
        ...


class Examining:
    """Opens, checks and copies kept pictures. Lives on the main thread; the work is done on the pool.

    ``read`` gives a picture's bytes from this station or from the server, None where neither has them.
    """

    def __init__(
        self,
        evidence: EvidenceStore,
        journal: Journal,
        ledger: Ledger,
        read: Callable[[str], bytes | None],
        tools: PictureTools,
        pool: Executor,
        post: Post,
        clock: Clock,
    ) -> None:
        self._evidence = evidence
        self._journal = journal
        self._ledger = ledger
        self._read = read
        self._tools = tools
        self._pool = pool
        self._post = post
        self._clock = clock

    def open(self, sha256: str) -> Future[Opened]:
        """A picture to be shown, or the reason why not."""
        return self._pool.submit(self._open, sha256)

    def check_hash(self, sha256: str) -> Future[HashChecked]:
        """Read every byte and compute the SHA-256 anew."""
        return self._pool.submit(self._check_hash, sha256)

    def is_sealed(self, sha256: str) -> bool | None:
        """Whether the server sealed a file of this station; None for a file that this station did not send."""
        blob = self._journal.blob(sha256)
        if blob is None or blob.state not in (BlobState.SEALED, BlobState.WAITING):
            return None
        return blob.state is BlobState.SEALED

    def keep_copy(self, trace: UnitTrace, picture: PictureTaken, text: CopyText) -> Future[list[Row]]:
        """Draw a copy, store it and record it. Raises Refusal; the future fails with Refusal or JournalError."""
        actor = self._ledger.actor()
        self._ledger.refuse_while_busy()
        _refuse_marks(text.marks)
        job = next((job for job in trace.jobs if job.job_id == picture.job_id), None)
        if job is None:
            raise Refusal("No job of the unit belongs to this picture: a copy cannot be recorded.")
        outcome: Future[list[Row]] = Future()

        def stored(kept: tuple[str, DrawnCopy]) -> None:
            sha256, copy = kept
            fact = EvidenceDerived(
                job_id=picture.job_id,
                serial=trace.serial,
                order_id=job.order_id,
                operation=job.operation,
                step_id=picture.step_id,
                check_id=picture.check_id,
                attempt=picture.attempt,
                original_sha256=picture.sha256,
                sha256=sha256,
                media_type=copy.media_type,
                size_bytes=len(copy.content),
                width_px=copy.width_px,
                height_px=copy.height_px,
                overlay=text.lines(),
            )
            saving = self._ledger.commit_aside([fact], actor)
            when_done(saving, self._post, outcome.set_result, outcome.set_exception)

        when_done(self._pool.submit(self._draw, picture.sha256, text), self._post, stored, outcome.set_exception)
        return outcome

    # --- on the pool ---------------------------------------------------------------------------------------------

    def _open(self, sha256: str) -> Opened:
        content = self._read(sha256)
        if content is None:
            return Opened(fault=NOT_TO_BE_HAD)
        fault = self._tools.fault(content)
        return Opened(fault=fault) if fault else Opened(content)

    def _check_hash(self, sha256: str) -> HashChecked:
        try:
            here = self._evidence.has(sha256)
            content = self._evidence.read(sha256) if here else self._read(sha256)
        except EvidenceError as error:
            return HashChecked(sha256, True, 0, self._clock.wall_us(), str(error))
        now_us = self._clock.wall_us()
        if content is None:
            return HashChecked(sha256, False, 0, now_us, NOT_TO_BE_HAD)
        found = hashlib.sha256(content).hexdigest()
        fault = "" if found == sha256 else f"The bytes have another hash: {found}. They are not what was recorded."
        return HashChecked(sha256, here, len(content), now_us, fault)

    def _draw(self, sha256: str, text: CopyText) -> tuple[str, DrawnCopy]:
        opened = self._open(sha256)
        if opened.fault:
            raise Refusal(opened.fault)
        try:
            copy = self._tools.draw(opened.content, text)
            name = self._evidence.put(copy.content)
            self._journal.put_blob(Blob(name, len(copy.content), copy.media_type, BlobState.WAITING)).result()
        except (EvidenceError, JournalError) as error:
            raise Refusal(f"The copy could not be stored: {error}") from error
        except ValueError as error:
            raise Refusal(f"The copy could not be drawn: {error}.") from error
        return name, copy


def _refuse_marks(marks: tuple[PictureMark, ...]) -> None:
    """Raise Refusal unless there is something drawn that lies on the picture."""
    if not marks:
        raise Refusal("Draw something first: an arrow, a circle or a text.")
    for mark in marks:
        if mark.kind not in MARK_KINDS or not all(0 <= place <= 1 for place in (mark.x, mark.y)):
            raise Refusal("A mark lies on the picture. Draw it again.")
        if mark.kind == "text" and not mark.text.strip():
            raise Refusal("Type the text first.")
        if len(mark.text) > LONGEST_TEXT or not mark.text.isprintable():
            raise Refusal(f"A text on a picture has at most {LONGEST_TEXT} characters and no control characters.")
