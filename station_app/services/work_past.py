"""What a station worked on at any time in the past: its units, steps and events, read from the journal.

The fold knows the newest of it; a trend of last week asks here. Reading happens on the pool.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import Protocol

from station_app.domain.chain import REC, Row
from station_app.domain.recent_work import RecentEvent, RecentWork, WorkSpan
from station_app.domain.records import (
    AlarmTransition,
    Comment,
    EvidenceCaptured,
    JobState,
    LineTrendComment,
    MachineValue,
    Measurement,
    RecordError,
    StepState,
    TrendComment,
    decode_body,
)

WORK = frozenset({JobState.kind, StepState.kind})
EVENTS = frozenset(
    {AlarmTransition.kind, Measurement.kind, MachineValue.kind, EvidenceCaptured.kind, Comment.kind}
)  # fmt: skip
MOST_ROWS = 20_000
"""Of more records than these in the span the newest are shown: nobody tells more marks apart."""
BEFORE_ROWS = 100
"""So many changes of jobs and steps before the span: among them is the one that was in work when it began."""
MOST_COMMENTS = 2_000
ALL_TIME_US = 1 << 62


class PastRecords(Protocol):
    """What is read of a journal."""

    def rows_of_kinds(self, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int) -> list[Row]: ...


@dataclass(frozen=True, slots=True)
class PastWork:
    """What happened from ``from_us`` to ``to_us`` (UTC microseconds), oldest first.

    A unit or step without an end was still in work at ``to_us``, as far as these records say.
    """

    from_us: int
    to_us: int
    units: tuple[WorkSpan, ...] = ()
    steps: tuple[WorkSpan, ...] = ()
    events: tuple[RecentEvent, ...] = ()


class WorkPast:
    """Asks the journal on the pool; without one there is no past. Futures fail with JournalError."""

    def __init__(self, records: PastRecords | None = None, pool: Executor | None = None, *, about: str = "") -> None:
        """``about``: the station whose past it is, where it is another one's: remarks of others on it belong to it."""
        self._records, self._pool, self._about = records, pool, about

    def between(self, from_us: int, to_us: int) -> Future[PastWork]:
        """The work of a span."""
        if self._records is None or self._pool is None:
            nothing: Future[PastWork] = Future()
            nothing.set_result(PastWork(from_us, to_us))
            return nothing
        return self._pool.submit(past_work, self._records, from_us, to_us, self._about)

    def latest_units(self, before_us: int) -> Future[PastWork]:
        """The units that were in work last, with their steps: to choose from."""
        if self._records is None or self._pool is None:
            return self.between(0, before_us)
        return self._pool.submit(_latest_units, self._records, before_us)


def past_work(records: PastRecords, from_us: int, to_us: int, about: str = "") -> PastWork:
    """The work of a span; blocks on the disk. Raises JournalError."""
    rows = records.rows_of_kinds(REC, WORK, 0, from_us, BEFORE_ROWS)
    rows += records.rows_of_kinds(REC, WORK | EVENTS, from_us, to_us, MOST_ROWS)
    recent = _folded(rows)
    # a comment may be about a moment long before it was written
    kinds = {TrendComment.kind, LineTrendComment.kind} if about else {TrendComment.kind}
    remarks = _folded(records.rows_of_kinds(REC, kinds, 0, ALL_TIME_US, MOST_COMMENTS), about)
    events = [event for event in (*recent.events, *remarks.events) if from_us <= event.at_us < to_us]
    return PastWork(
        from_us,
        to_us,
        _touching(recent.unit_spans, from_us, to_us),
        _touching(recent.step_spans, from_us, to_us),
        tuple(sorted(events, key=lambda event: event.at_us)),
    )


def _latest_units(records: PastRecords, before_us: int) -> PastWork:
    recent = _folded(records.rows_of_kinds(REC, WORK, 0, before_us, MOST_ROWS // 4))
    return PastWork(0, before_us, recent.unit_spans, recent.step_spans)


def _folded(rows: Iterable[Row], about: str = "") -> RecentWork:
    work = RecentWork(most_spans=MOST_ROWS, most_events=MOST_ROWS)
    for row in rows:
        try:
            fact = decode_body(row.kind, row.body)
        except RecordError:
            continue  # a newer version wrote it; the trace of its unit names it
        if isinstance(fact, LineTrendComment):
            if fact.about_station != about:
                continue
            fact = TrendComment(at_us=fact.at_us, until_us=fact.until_us, tags=fact.tags, text=fact.text)
        work.apply(row, fact)
    return work


def _touching(spans: Iterable[WorkSpan], from_us: int, to_us: int) -> tuple[WorkSpan, ...]:
    return tuple(span for span in spans if span.start_us < to_us and (span.end_us is None or span.end_us >= from_us))
