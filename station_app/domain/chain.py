"""The record as it is stored, and the hash chain that makes every change to it visible.

``hash = SHA-256(previous hash || length-prefixed header fields and body)``: every field is covered, in the
order of :data:`HEADER_FIELDS` and then the body. A field is written as four bytes of length (big endian) and
its UTF-8 bytes; numbers as decimal ASCII; a missing number as the length 0xFFFFFFFF and nothing else. The shared
database computes the same in SQL (``mes.record_hash``), and a test holds both together.

The first record of an epoch follows :func:`genesis`, which is seeded with the station's path, so that rows cannot
be moved from one station, channel or epoch to another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

REC = "rec"
AUDIT = "audit"
CHANNELS = (REC, AUDIT)
MAX_BODY_BYTES = 1 << 20
HEADER_FIELDS = (
    "chan", "epoch", "seq", "rec_id", "kind", "ver", "actor", "wall_us", "utc_offset_min", "mono_ns", "boot_id",
    "clock_offset_ms",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """A record before the journal gave it a place: everything but epoch, seq and hash.

    ``wall_us`` is UTC in microseconds since the epoch, ``utc_offset_min`` the local offset in minutes, ``mono_ns``
    the monotonic clock of the boot ``boot_id``, ``clock_offset_ms`` the last measured difference server minus
    station (None: never measured). ``body`` is UTF-8 JSON, encoded once and never re-encoded.
    """

    chan: str
    rec_id: str
    kind: str
    ver: int
    actor: str
    wall_us: int
    utc_offset_min: int
    mono_ns: int
    boot_id: str
    clock_offset_ms: int | None
    body: bytes


@dataclass(frozen=True, slots=True)
class Row:
    """A record in its place in a channel: immutable, chained by ``hash`` (32 bytes)."""

    chan: str
    epoch: int
    seq: int
    rec_id: str
    kind: str
    ver: int
    actor: str
    wall_us: int
    utc_offset_min: int
    mono_ns: int
    boot_id: str
    clock_offset_ms: int | None
    body: bytes
    hash: bytes


class ChainError(ValueError):
    """A record that does not follow its predecessor: names the channel, epoch and sequence number."""


def _field(value: str | int | bytes | None) -> bytes:
    if value is None:
        return b"\xff\xff\xff\xff"
    raw = value if isinstance(value, bytes) else str(value).encode()
    return len(raw).to_bytes(4, "big") + raw


def genesis(station: str, chan: str, epoch: int) -> bytes:
    """The hash that stands before the first record of an epoch."""
    return hashlib.sha256(b"station-journal-1" + _field(station) + _field(chan) + _field(epoch)).digest()


def record_hash(previous: bytes, row: Draft | Row, epoch: int, seq: int) -> bytes:
    """The hash of a record standing at (epoch, seq) after a record of hash ``previous``."""
    parts = (
        row.chan, epoch, seq, row.rec_id, row.kind, row.ver, row.actor, row.wall_us, row.utc_offset_min, row.mono_ns,
        row.boot_id, row.clock_offset_ms, row.body,
    )  # fmt: skip
    return hashlib.sha256(previous + b"".join(map(_field, parts))).digest()


def content_hash(row: Draft | Row) -> bytes:
    """The hash of what does not depend on the record's place: whether two records under one rec_id say the same."""
    parts = (
        row.rec_id, row.kind, row.ver, row.actor, row.wall_us, row.utc_offset_min, row.mono_ns, row.boot_id,
        row.clock_offset_ms, row.body,
    )  # fmt: skip
    return hashlib.sha256(b"".join(map(_field, parts))).digest()


def place(draft: Draft, epoch: int, seq: int, previous: bytes) -> Row:
    """The draft at its place in the chain."""
    return Row(
        draft.chan, epoch, seq, draft.rec_id, draft.kind, draft.ver, draft.actor, draft.wall_us, draft.utc_offset_min,
        draft.mono_ns, draft.boot_id, draft.clock_offset_ms, draft.body, record_hash(previous, draft, epoch, seq),
    )  # fmt: skip


def check_chain(rows: Iterable[Row], previous: bytes, first_seq: int) -> bytes:
    """The hash of the last row after recomputing all; rows of one channel and epoch, in order of seq.

    Raises ChainError naming the first row that is missing, out of order or changed.
    """
    seq = first_seq
    for row in rows:
        where = f"{row.chan} epoch {row.epoch} seq {seq}"
        if row.seq != seq:
            raise ChainError(f"{where}: missing (the next one present is {row.seq})")
        if record_hash(previous, row, row.epoch, row.seq) != row.hash:
            raise ChainError(f"{where}: content does not match its hash (record {row.rec_id}, {row.kind})")
        previous = row.hash
        seq += 1
    return previous
