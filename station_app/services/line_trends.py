"""What another station of the line did before: its machine data and its work, as far as they have reached the shared database.

Everything is asked on the pool. A station that makes units of the same line may be looked at, another one not (decision 29).
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np

from station_app.domain.chain import AUDIT, REC, Row
from station_app.domain.records import (
    AlarmTransition,
    ApplicationState,
    Comment,
    JobState,
    LineTrendComment,
    MachineValue,
    RecordError,
    TrendComment,
    decode_body,
)
from station_app.domain.status import line_of
from station_app.domain.trend import Envelope, Gap, GapKind, LineTag, RawSeries
from station_app.services.ports import HistorianError, LinePast, Refused, SharedDatabaseError, Unreachable
from station_app.services.work_past import WorkPast

MOST_STARTS = 2_000
MOST_VALUES = 500
LONGEST_US = 4 * 86_400_000_000
"""Marks and steps are answered of so much time; the unit and limits of a tag are looked for so far back."""
OF_LONG_TIMES = frozenset({JobState.kind, AlarmTransition.kind, Comment.kind, TrendComment.kind})
"""What is shown of a longer time: units, alarms and remarks; steps and values are told apart only from nearer anyway."""
ALL_TIME_US = 1 << 62
STOPPED = "the station was switched off"


class ArrivedEnvelopes(Protocol):
    """Reads what has arrived of one station. Blocking; raises SharedDatabaseError."""

    def envelope(self, tag: str, from_us: int, to_us: int, points: int) -> Envelope: ...

    def read_raw(self, tag: str, from_us: int, to_us: int, limit: int) -> RawSeries: ...


@dataclass(frozen=True, slots=True)
class TagWords:
    """How a tag's values are read: its unit and the limits that its newest captured value was judged by."""

    unit: str = ""
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class Arrived:
    """What is known of a station's past: its tags by name, how they are read, where all of them have gaps, and until when
    everything has arrived by the station's own word (0: it has not said).
    """

    tags: Mapping[str, LineTag] = field(default_factory=dict)
    words: Mapping[str, TagWords] = field(default_factory=dict)
    gaps: tuple[Gap, ...] = ()
    reach_us: int = 0

    @property
    def until_us(self) -> int:
        """Of when the newest machine data are that have arrived; 0 when none have."""
        return max((self.tag_until_us(tag) for tag in self.tags), default=0)

    def tag_until_us(self, tag: str) -> int:
        """Until when everything there is of a tag has arrived. KeyError for one of which nothing has."""
        return max(self.tags[tag].end_us, self.reach_us)


class StationPast:
    """One station's past. :meth:`look` first, and again when something newer may have arrived."""

    def __init__(
        self, station: str, line: LinePast, trends: ArrivedEnvelopes, pool: Executor, reach: Callable[[], str]
    ) -> None:
        """``reach`` says why the database cannot be asked now, else nothing."""
        self.station = station
        self.known = Arrived()
        self.work_past = WorkPast(_Records(self), pool, about=station)
        self._line, self._trends, self._pool, self._reach = line, trends, pool, reach

    @property
    def name(self) -> str:
        """What people call it."""
        return self.station.rsplit("/", 1)[-1]

    def look(self, until_us: int) -> Future[Arrived]:
        """Ask what has arrived, and how tags were read until then. Fails with HistorianError."""
        return self._pool.submit(self._look, until_us)

    def _look(self, until_us: int) -> Arrived:
        with self._translated():
            # before the tags: what it says has arrived is among them then
            reach = self._line.line_reach(self.station)
            tags = {tag.name: tag for tag in self._line.line_tags(self.station)}
            starts = self._line.line_rows(self.station, AUDIT, {ApplicationState.kind}, 0, ALL_TIME_US, MOST_STARTS)
            values = self._line.line_rows(
                self.station, REC, {MachineValue.kind}, until_us - LONGEST_US, until_us, MOST_VALUES
            )
        stops = [stop for stop in _stops(starts) if not any(_overlap(stop, gap) for gap in reach.gaps)]
        gaps = sorted((*reach.gaps, *stops), key=lambda gap: gap.start_us)
        self.known = Arrived(tags, _words(values), tuple(gaps), reach.until_us or 0)
        return self.known

    def envelope(self, tag: str, from_us: int, to_us: int, points: int) -> Envelope:
        """What has arrived of a span, and the gaps of :meth:`_gaps`. Raises HistorianError.

        A value that has not changed since is drawn as far as everything has arrived.
        """
        known = self.known
        with self._translated():
            found = self._trends.envelope(tag, from_us, to_us, points)
        gaps = self._gaps(known, tag, found.gaps, from_us, to_us)
        return replace(_held(found, min(known.reach_us, to_us)), gaps=gaps)

    def read_raw(self, tag: str, from_us: int, to_us: int, limit: int) -> RawSeries:
        """The first samples of a span, and the gaps of :meth:`_gaps`. Raises HistorianError."""
        known = self.known
        with self._translated():
            found = self._trends.read_raw(tag, from_us, to_us, limit)
        return replace(found, gaps=self._gaps(known, tag, found.gaps, from_us, to_us))

    def _gaps(self, known: Arrived, tag: str, of_tag: Sequence[Gap], from_us: int, to_us: int) -> tuple[Gap, ...]:
        """Those of a tag, those of the whole station, and what has not arrived. Bad as the last that was heard goes on."""
        ended_us = known.tags[tag].end_us if tag in known.tags else 0
        last_us = min(known.reach_us, to_us)
        if ended_us < from_us < last_us:
            with self._translated():
                of_tag = self._trends.read_raw(tag, ended_us, ended_us + 1, 1).gaps
        gaps = [
            replace(gap, end_us=last_us) if gap.kind is GapKind.QUALITY and ended_us == gap.end_us < last_us else gap
            for gap in of_tag
        ]
        gaps += [gap for gap in known.gaps if gap.start_us < to_us and gap.end_us >= from_us]
        arrived_us = known.tag_until_us(tag) if tag in known.tags else 0
        if to_us > arrived_us:
            reason = f"nothing newer of {tag} has arrived from {self.name} yet"
            gaps.append(Gap(max(arrived_us, from_us), to_us, GapKind.NOT_ARRIVED, reason))
        return tuple(gaps)

    def rows(self, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int) -> list[Row]:
        """Records that stand beside the trend. Raises HistorianError."""
        with self._translated():
            return self._line.line_rows(self.station, chan, kinds, from_us, to_us, newest)

    def remarks(self, newest: int) -> list[Row]:
        """What people of other stations remarked on it. Raises HistorianError."""
        with self._translated():
            return self._line.line_remarks(self.station, newest)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Failures as sentences for the person who looks."""
        why_not = self._reach()
        if why_not:
            raise HistorianError(why_not)
        try:
            yield
        except Unreachable as error:
            raise HistorianError(_away(self.name)) from error
        except Refused as error:
            raise HistorianError(f"The server refuses to show the past of {self.name}: {error}") from error
        except SharedDatabaseError as error:
            raise HistorianError(f"The past of {self.name} cannot be read: {error}") from error


class _Records:
    """A station's records as PastRecords; one that was sent in two epochs counts once."""

    def __init__(self, past: StationPast) -> None:
        self._past = past

    def rows_of_kinds(self, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int) -> list[Row]:
        # of a longer time the server would answer the marks of its last days only, as if there were none before
        if 0 < from_us < to_us - LONGEST_US:
            kinds = OF_LONG_TIMES.intersection(kinds)
        rows = {row.rec_id: row for row in self._past.rows(chan, kinds, from_us, to_us, newest)}
        if LineTrendComment.kind in kinds:
            # each in the order of its own station's log
            return [*sorted(rows.values(), key=lambda row: (row.epoch, row.seq)), *self._past.remarks(newest)]
        return sorted(rows.values(), key=lambda row: (row.epoch, row.seq))


class LineTrends:
    """Gives the past of any station of the line; one object a station, so that what it knows is known at the next look.

    ``own`` is the path of this station, empty where the line is looked at from outside: then all stations may be seen.
    ``in_contact`` keeps a page from waiting for a server that is away.
    """

    def __init__(
        self,
        line: LinePast,
        trends_of: Callable[[str], ArrivedEnvelopes],
        pool: Executor,
        *,
        own: str = "",
        in_contact: Callable[[], bool] = lambda: True,
    ) -> None:
        self._line, self._trends_of, self._pool = line, trends_of, pool
        self._own, self._in_contact = own, in_contact
        self._stations: dict[str, StationPast] = {}

    def station(self, path: str) -> StationPast:
        """The past of a station; whether it may be seen is said when it is asked for something."""
        if path not in self._stations:
            trends = self._trends_of(path)
            self._stations[path] = StationPast(path, self._line, trends, self._pool, lambda: self._why_not(path))
        return self._stations[path]

    def _why_not(self, path: str) -> str:
        name = path.rsplit("/", 1)[-1]
        if self._own and line_of(path) != line_of(self._own):
            where = line_of(path) or path
            return (
                f"{name} is a station of another line ({where}): its trends are shown there and in the line overview."
            )
        return "" if self._in_contact() else _away(name)


def _away(name: str) -> str:
    return f"The server does not answer: the past of {name} is read from it."


def _stops(rows: Iterable[Row]) -> Iterator[Gap]:
    """When a station was switched off, as its records say: also one of which no gaps have come says that."""
    stopped_us: int | None = None
    for row in rows:
        with contextlib.suppress(RecordError):  # a newer version wrote it
            fact = decode_body(row.kind, row.body)
            if not isinstance(fact, ApplicationState):
                continue
            if fact.state == "stopped":
                stopped_us = row.wall_us
            elif stopped_us is not None and row.wall_us > stopped_us:
                yield Gap(stopped_us, row.wall_us, GapKind.NOT_RUNNING, STOPPED)
                stopped_us = None


def _overlap(one: Gap, other: Gap) -> bool:
    return one.start_us < other.end_us and other.start_us < one.end_us


def _held(found: Envelope, until_us: int) -> Envelope:
    """Single samples with the last one repeated at a time until which there is no newer one."""
    if not found.raw or not found.time_us.size or found.time_us[-1] >= until_us or not found.count[-1]:
        return found
    return replace(
        found,
        time_us=np.append(found.time_us, until_us),
        minimum=np.append(found.minimum, found.minimum[-1]),
        maximum=np.append(found.maximum, found.maximum[-1]),
        mean=np.append(found.mean, found.mean[-1]),
        count=np.append(found.count, found.count[-1]),
        bad=np.append(found.bad, 0),
        texts=(*found.texts, *found.texts[-1:]),
    )


def _words(rows: Iterable[Row]) -> dict[str, TagWords]:
    words: dict[str, TagWords] = {}
    for row in rows:
        with contextlib.suppress(RecordError):  # a newer version wrote it
            fact = decode_body(row.kind, row.body)
            if isinstance(fact, MachineValue):
                words[fact.tag] = TagWords(fact.unit, _number(fact.lower_limit), _number(fact.upper_limit))
    return words


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
