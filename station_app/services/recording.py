"""Recording facts: every service states what happened as facts, and one commit makes records of them.

A record gets its identity and its times here; its place and hash come from the journal.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from station_app.domain.chain import Draft, Row
from station_app.domain.ids import RecordIds
from station_app.domain.records import Fact, RecordError, decode_body, encode_body
from station_app.services.ports import Clock, Journal

# more than two clocks of one computer drift apart between two measurements
CLOCK_WAS_SET_MS = 1_000


@dataclass(frozen=True, slots=True)
class _Measured:
    """The offset to the server's clock, and both clocks of the station at that moment."""

    offset_ms: int
    wall_us: int
    mono_ns: int

    def at(self, wall_us: int, mono_ns: int) -> int:
        """The offset now: as measured, unless the wall clock was set since."""
        set_by_ms = (wall_us - self.wall_us) // 1_000 - (mono_ns - self.mono_ns) // 1_000_000
        return self.offset_ms - set_by_ms if abs(set_by_ms) > CLOCK_WAS_SET_MS else self.offset_ms


class Recorder:
    """Turns facts into records of the station's journal. May be used from several threads.

    ``clock_offset_ms`` is the last measured difference server minus station, stamped on every record from then on;
    None until it was measured. When somebody sets the computer's clock, the records until the next measurement carry
    the offset that the monotonic clock tells.
    """

    def __init__(self, journal: Journal, clock: Clock, ids: RecordIds) -> None:
        self._journal = journal
        self._clock = clock
        self._ids = ids
        self._order = threading.Lock()
        self._measured: _Measured | None = None

    @property
    def clock_offset_ms(self) -> int | None:
        """Server minus station in milliseconds as last measured."""
        return None if self._measured is None else self._measured.offset_ms

    @clock_offset_ms.setter
    def clock_offset_ms(self, offset_ms: int | None) -> None:
        clock = self._clock
        self._measured = None if offset_ms is None else _Measured(offset_ms, clock.wall_us(), clock.mono_ns())

    def record(self, facts: Sequence[Fact], actor: str) -> Future[list[Row]]:
        """Record all facts in one commit, or none; the rows come in the order of the facts.

        ``actor`` is the person's id, or the name of the part of the station that acted. The future fails
        with RecordError (a fact that cannot be written) or JournalError.
        """
        with self._order:
            try:
                drafts = [self.draft(fact, actor) for fact in facts]
            except RecordError as error:
                failed: Future[list[Row]] = Future()
                failed.set_exception(error)
                return failed
            return self._journal.append(drafts)

    def prove_room(self) -> Future[None]:
        """Find out whether anything could be recorded now. The future fails with JournalError."""
        return self._journal.prove_room()

    def draft(self, fact: Fact, actor: str, chan: str | None = None) -> Draft:
        """A record without its place, stamped with a new identity and the time. Raises RecordError.

        ``chan`` overrides the kind's channel, for the facts about a channel itself (epoch_start, checkpoint).
        """
        body = encode_body(fact)
        wall_us, mono_ns = self._clock.wall_us(), self._clock.mono_ns()
        measured = self._measured
        return Draft(
            chan=chan or fact.chan,
            rec_id=self._ids.next(wall_us),
            kind=fact.kind,
            ver=fact.version,
            actor=actor,
            wall_us=wall_us,
            utc_offset_min=self._clock.utc_offset_min(),
            mono_ns=mono_ns,
            boot_id=self._clock.boot_id,
            clock_offset_ms=None if measured is None else measured.at(wall_us, mono_ns),
            body=body,
        )


@dataclass(frozen=True, slots=True)
class Recorded:
    """A row with the fact it states; ``fact`` is None and ``problem`` says why when this version cannot read it."""

    row: Row
    fact: Fact | None
    problem: str = ""


def read_row(row: Row) -> Fact:
    """The fact that a row states. Raises RecordError, naming the row, for an unknown kind or an unfit body."""
    try:
        return decode_body(row.kind, row.body)
    except RecordError as error:
        raise RecordError(f"{row.chan} epoch {row.epoch} seq {row.seq} ({row.rec_id}): {error}") from error


def read_rows(rows: Iterable[Row]) -> Iterator[Recorded]:
    """Every row with its fact; what this version cannot read (a newer one wrote it) passes with its problem named."""
    for row in rows:
        try:
            yield Recorded(row, read_row(row))
        except RecordError as error:
            yield Recorded(row, None, str(error))
