"""What a journal refuses to record: drafts that could never be delivered, and re-homings that contradict the chain.

A record that the shared database cannot even store would stop everything behind it, so it is refused before it is
recorded. The content of a body is not judged here: strange bodies are delivered and quarantined by the server.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from station_app.domain.chain import CHANNELS, MAX_BODY_BYTES, ChainError, Draft, Row, check_chain, genesis
from station_app.services.ports import Head, JournalError

_INT64 = 1 << 63
_INT32 = 1 << 31
_LENGTH_LIMIT = 1_000
EPOCH_START = "epoch_start"


def check_channel(chan: str) -> None:
    """Raises JournalError for a channel that does not exist."""
    if chan not in CHANNELS:
        raise JournalError(f"there is no journal channel {chan!r}; the channels are {', '.join(CHANNELS)}")


def check_draft(draft: Draft) -> None:
    """Raises JournalError naming the field of a draft that cannot be recorded, and why."""
    check_channel(draft.chan)
    _check_texts(draft)
    _check_numbers(draft)
    if len(draft.body) > MAX_BODY_BYTES:
        raise _refused(draft, "body", f"has {len(draft.body)} bytes; at most {MAX_BODY_BYTES} are recorded")


def _check_texts(draft: Draft) -> None:
    for name in ("kind", "actor", "boot_id"):
        text: str = getattr(draft, name)
        if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
            raise _refused(draft, name, "contains a character that no database can store (NUL or a lone surrogate)")
        if len(text) > _LENGTH_LIMIT:
            raise _refused(draft, name, f"has {len(text)} characters; at most {_LENGTH_LIMIT} are recorded")
    if not draft.kind:
        raise _refused(draft, "kind", "is empty")
    try:
        canonical = str(uuid.UUID(draft.rec_id))
    except ValueError:
        canonical = ""
    if draft.rec_id != canonical:
        raise _refused(draft, "rec_id", f"is {draft.rec_id!r}, not a UUID in canonical form")


def _check_numbers(draft: Draft) -> None:
    for name in ("ver", "utc_offset_min"):
        if not -_INT32 <= getattr(draft, name) < _INT32:
            raise _refused(draft, name, f"is {getattr(draft, name)}; at most 32 bits are recorded")
    for name in ("wall_us", "mono_ns", "clock_offset_ms"):
        number = getattr(draft, name)
        if number is not None and not -_INT64 <= number < _INT64:
            raise _refused(draft, name, f"is {number}; at most 64 bits are recorded")


def _refused(draft: Draft, field: str, why: str) -> JournalError:
    return JournalError(f"record of kind {draft.kind!r} refused: its {field} {why}; nothing was recorded")


def as_draft(row: Row) -> Draft:
    """The record without its place: what is kept when it moves to another epoch."""
    return Draft(
        row.chan, row.rec_id, row.kind, row.ver, row.actor, row.wall_us, row.utc_offset_min, row.mono_ns, row.boot_id,
        row.clock_offset_ms, row.body,
    )  # fmt: skip


def to_move(displaced: Sequence[Row], pulled: Iterable[Row]) -> list[Row]:
    """The displaced rows that belong into the new epoch: those whose record does not come back among the pulled.

    A record that another copy of this journal delivered already keeps the place that it got there; a second place would
    double it. Raises JournalError when the two differ in content.
    """
    theirs = {row.rec_id: as_draft(row) for row in pulled}
    for row in displaced:
        if theirs.get(row.rec_id, as_draft(row)) != as_draft(row):
            raise JournalError(
                f"record {row.rec_id} ({row.chan} epoch {row.epoch} seq {row.seq}) has another content at the server; "
                f"nothing was moved"
            )
    return [row for row in displaced if row.rec_id not in theirs]


def check_new_epoch(chan: str, new_epoch: int, first: Draft, epochs: Iterable[int]) -> None:
    """Raises JournalError unless ``first`` can start ``new_epoch`` above every epoch in ``epochs``."""
    check_channel(chan)
    check_draft(first)
    if first.chan != chan or first.kind != EPOCH_START:
        raise JournalError(f"a new epoch of {chan} must start with an {EPOCH_START} record of that channel")
    highest = max(epochs, default=0)
    if new_epoch <= highest:
        raise JournalError(f"{chan}: the new epoch {new_epoch} must be higher than {highest}, the highest known")


def check_pulled(station: str, chan: str, heads: dict[int, Head], new_epoch: int, pulled: Sequence[Row]) -> list[Head]:
    """The heads after the server's own rows were put at their places, for the epochs they touch.

    ``heads`` are those of the rows that stay. Raises JournalError when a row does not follow the chain.
    """
    touched: dict[int, list[Row]] = {}
    for row in pulled:
        if row.chan != chan or not 1 <= row.epoch < new_epoch:
            raise JournalError(
                f"pulled row {row.chan} epoch {row.epoch} seq {row.seq} does not belong below {new_epoch}"
            )
        check_draft(as_draft(row))
        touched.setdefault(row.epoch, []).append(row)
    answer = []
    for epoch, rows in touched.items():
        head = heads.get(epoch) or Head(epoch, 0, genesis(station, chan, epoch))
        try:
            last_hash = check_chain(rows, head.hash, head.seq + 1)
        except ChainError as error:
            raise JournalError(f"a row pulled from the server was refused, nothing was changed: {error}") from error
        answer.append(Head(epoch, rows[-1].seq, last_hash))
    return answer
