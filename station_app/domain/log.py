"""Records of several stations brought into one order, each counted once.

Copies of a record meet when a unit is traced: the station's own row and the server's, or a row that was re-homed into a
new epoch after a fork. :func:`in_order` counts each ``rec_id`` once and puts all records into one order that does
not depend on how they arrived:

* within a station and channel by (epoch, seq);
* across stations by wall time corrected with each record's stored clock offset, which never runs backwards within a
  channel; at equal times detach, create, attach, update (definitions.md); then station and channel.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from station_app.domain.chain import Row, record_hash
from station_app.domain.records import (
    KINDS,
    Fact,
    JobState,
    MaterialConsumed,
    MaterialDetached,
    RecordError,
    decode_body,
)

Place = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class LoggedRow:
    """A row with its station and when it arrived at the server (UTC microseconds).

    ``received_us`` is None for a copy that comes from a station's own journal.
    """

    station: str
    row: Row
    received_us: int | None

    @property
    def place(self) -> Place:
        """Where it stands: station, channel, epoch, seq."""
        return (self.station, self.row.chan, self.row.epoch, self.row.seq)


@dataclass(frozen=True, slots=True)
class ComponentUse:
    """Where a component's serial number was used, and whether it was detached again."""

    material: str
    component_serial: str
    used_in: str
    station: str
    detached: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One distinct record in the common order, with what its body says.

    ``fact`` is None when the body cannot be read by this version; ``unreadable`` says why. ``at_us`` is the corrected
    wall time. ``contradicted`` lists the places of rows with the same rec_id but other content.
    """

    station: str
    row: Row
    received_us: int | None
    at_us: int
    fact: Fact | None
    unreadable: str
    contradicted: tuple[Place, ...]


def corrected_us(row: Row) -> int:
    """The record's wall time by the server's clock, as far as its offset was known; UTC microseconds."""
    return row.wall_us + (row.clock_offset_ms or 0) * 1000


def precedence(fact: Fact | None) -> int:
    """What is applied first at equal times: 1 detach, 2 create, 3 attach, 4 update.

    0 is kept for "detach all", which no record kind states yet.
    """
    if isinstance(fact, MaterialDetached):
        return 1
    if isinstance(fact, JobState) and fact.state == "Running":
        return 2
    return 3 if isinstance(fact, MaterialConsumed) else 4


def in_order(rows: Iterable[LoggedRow]) -> list[Entry]:
    """Every record once, in the common order; the same for every order of ``rows``."""
    by_id: dict[str, list[LoggedRow]] = {}
    for logged in rows:
        by_id.setdefault(logged.row.rec_id, []).append(logged)
    streams: dict[tuple[str, str], list[Entry]] = {}
    for copies in by_id.values():
        entry = _entry(copies)
        streams.setdefault((entry.station, entry.row.chan), []).append(entry)
    merged = heapq.merge(*(_stream(streams[name]) for name in sorted(streams)), key=lambda keyed: keyed[0])
    return [entry for _, entry in merged]


def _content(logged: LoggedRow) -> tuple[object, ...]:
    row = logged.row
    return (
        logged.station, row.chan, row.kind, row.ver, row.actor, row.wall_us, row.utc_offset_min, row.mono_ns,
        row.boot_id, row.clock_offset_ms, row.body,
    )  # fmt: skip


def _entry(copies: list[LoggedRow]) -> Entry:
    """The record that counts among copies of one rec_id: what the server received first, else the lowest place."""
    groups: dict[tuple[object, ...], list[LoggedRow]] = {}
    for copy in copies:
        groups.setdefault(_content(copy), []).append(copy)
    ranked = sorted(groups.values(), key=_rank)
    first = min(ranked[0], key=lambda logged: (logged.place, logged.row.hash))
    others = sorted({logged.place for logged in chain.from_iterable(ranked[1:])})
    fact, unreadable = _read(first.row)
    arrived = min((c.received_us for c in ranked[0] if c.received_us is not None), default=None)
    return Entry(first.station, first.row, arrived, corrected_us(first.row), fact, unreadable, tuple(others))


def _read(row: Row) -> tuple[Fact | None, str]:
    """The fact in a row, or why this version cannot read it."""
    known = KINDS.get(row.kind)
    if known is not None and row.ver > known.version:
        return None, f"record of kind {row.kind}: version {row.ver} is newer than {known.version}, known here"
    try:
        return decode_body(row.kind, row.body), ""
    except RecordError as error:
        return None, str(error)


def _rank(copies: list[LoggedRow]) -> tuple[bool, int, Place, bytes]:
    arrived = min((copy.received_us for copy in copies if copy.received_us is not None), default=None)
    return (arrived is None, arrived or 0, min(copy.place for copy in copies), record_hash(b"", copies[0].row, 0, 0))


def _stream(entries: list[Entry]) -> Iterator[tuple[tuple[int, int, str, str], Entry]]:
    """A channel's entries by (epoch, seq), each with its key for the merge; times never run backwards."""
    latest: int | None = None
    for entry in sorted(entries, key=lambda e: (e.row.epoch, e.row.seq, e.row.rec_id)):
        latest = entry.at_us if latest is None else max(latest, entry.at_us)
        yield (latest, precedence(entry.fact), entry.station, entry.row.chan), entry
