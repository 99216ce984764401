"""Compares a journal with the server, epoch by epoch, and names the first record where they differ.

Each side's own chains are recomputed where they are stored (``storage``); a chain that was cut off at its end, or
written anew as a whole, shows only here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from station_app.domain.chain import CHANNELS
from station_app.domain.master import KINDS, WORK_MASTER
from station_app.domain.work_master import content_sha256
from station_app.services.ports import Blob, BlobState, Head, MasterChange, Peer, SharedDatabase

PAGE_ROWS = 1000
_KINDS = (*KINDS, WORK_MASTER)


class ComparableJournal(Protocol):
    """What a comparison needs of a journal; it may be open for reading only."""

    def epochs(self, chan: str) -> Sequence[Head]: ...

    def row_hash(self, chan: str, epoch: int, seq: int) -> bytes | None: ...

    def peer(self, chan: str) -> Peer: ...


class ComparableStore(Protocol):
    """What of a station's journal stands outside the chains; it may be open for reading only."""

    def master_cursor(self) -> int: ...

    def master(self, kind: str) -> Sequence[MasterChange]: ...

    def blobs(self, state: BlobState) -> Sequence[Blob]: ...


@dataclass(frozen=True, slots=True)
class Difference:
    """The first record of an epoch that the two sides do not have alike, and what to do."""

    chan: str
    epoch: int
    seq: int
    problem: str

    def __str__(self) -> str:
        return f"{self.chan} epoch {self.epoch} seq {self.seq}: {self.problem}"


def compare_with_server(journal: ComparableJournal, database: SharedDatabase) -> list[Difference]:
    """At most one difference an epoch; empty when the server has a prefix of this journal that it has not shrunk.

    Records that wait for delivery are no difference. Raises SharedDatabaseError and JournalError.
    """
    return [difference for chan in CHANNELS for difference in _compare_channel(journal, database, chan)]


def damaged_master(journal: ComparableStore) -> list[str]:
    """The documents here that do not match their SHA-256, a sentence each. Raises JournalError."""
    return [
        f"master data {item.kind} {item.id} (revision {item.rev}): does not match its SHA-256"
        for kind in _KINDS
        for item in journal.master(kind)
        if content_sha256(item.body) != item.sha256
    ]


def compare_store(journal: ComparableStore, database: SharedDatabase) -> list[str]:
    """What else the two sides do not have alike, a sentence each: documents of the same revision, and sealed files.

    Of a document that is damaged at the server nothing follows. Raises SharedDatabaseError and JournalError.
    """
    return [*_compare_master(journal, database), *_compare_files(journal, database)]


def _compare_master(journal: ComparableStore, database: SharedDatabase) -> list[str]:
    cursor = journal.master_cursor()
    here = {(kind, item.id): item.sha256 for kind in _KINDS for item in journal.master(kind)}
    published: dict[tuple[str, str], MasterChange] = {}
    reached = 0
    while page := database.master_since(reached, PAGE_ROWS).changes:
        published |= {(change.kind, change.id): change for change in page if change.rev <= cursor}
        reached = page[-1].rev
    if reached < cursor or journal.master_cursor() != cursor:
        return []  # a restored server, whose master data is taken whole with the next contact; or just pulled meanwhile
    there = {key: change.sha256 for key, change in published.items() if change.op == "put"}
    damaged = {
        key for key, change in published.items() if change.op == "put" and content_sha256(change.body) != change.sha256
    }
    return [
        f"master data {kind} {name}: " + _difference((kind, name) in here, (kind, name) in there)
        for kind, name in sorted((here.keys() | there.keys()) - damaged)
        if kind in _KINDS and here.get((kind, name)) != there.get((kind, name))
    ]


def _difference(here: bool, there: bool) -> str:
    if here and there:
        return "this station has another content than the server; publish it again"
    return "this station has it, the server does not" if here else "the server has it, this station does not"


def _compare_files(journal: ComparableStore, database: SharedDatabase) -> list[str]:
    return [
        f"file {blob.sha256}: the server had sealed it and lacks it now; start the application to send it again"
        for blob in journal.blobs(BlobState.SEALED)
        if database.blob_missing(blob.sha256, blob.size_bytes) is not None
    ]


def _compare_channel(journal: ComparableJournal, database: SharedDatabase, chan: str) -> list[Difference]:
    heads = {head.epoch: head.seq for head in journal.epochs(chan)}
    highest_epoch = max(*heads, 1, database.hello(chan, 1).highest_epoch)
    found = []
    for epoch in range(1, highest_epoch + 1):
        difference = _compare_epoch(journal, database, chan, epoch, heads.get(epoch, 0))
        if difference is not None:
            found.append(difference)
    return found


def _compare_epoch(
    journal: ComparableJournal, database: SharedDatabase, chan: str, epoch: int, own_seq: int
) -> Difference | None:
    hello = database.hello(chan, epoch)
    common_seq = min(hello.last_seq, own_seq)
    if hello.last_seq == common_seq and (
        common_seq == 0 or journal.row_hash(chan, epoch, common_seq) == hello.last_hash
    ):
        return _compare_peer(journal.peer(chan), chan, epoch, hello.last_seq)
    seq = _first_other(journal, database, chan, epoch, common_seq)
    if seq is not None:
        return Difference(
            chan, epoch, seq, "the server's record is not the journal's: the journal was restored or copied, or somebody "
            "changed it; start the application to part the histories",
        )  # fmt: skip
    if hello.last_seq > own_seq:
        return Difference(
            chan, epoch, own_seq + 1, f"the server has records up to {hello.last_seq} that this journal lacks: it was "
            "restored or copied; start the application to take them over",
        )  # fmt: skip
    return Difference(chan, epoch, hello.last_seq, "the server's head does not name its last record")


def _compare_peer(peer: Peer, chan: str, epoch: int, server_seq: int) -> Difference | None:
    if epoch != peer.acked_epoch or server_seq >= peer.acked_seq:
        return None
    return Difference(
        chan, epoch, server_seq + 1, f"the server acknowledged up to {peer.acked_seq} once and lacks it now: it was "
        "restored from a backup; start the application to deliver it again",
    )  # fmt: skip


def _first_other(
    journal: ComparableJournal, database: SharedDatabase, chan: str, epoch: int, common_seq: int
) -> int | None:
    """The first sequence number whose records are not the same; None when all that both have are."""
    after_seq = 0
    while after_seq < common_seq:
        page = database.read_log(chan, epoch, after_seq, min(PAGE_ROWS, common_seq - after_seq))
        for expected, row in enumerate(page, start=after_seq + 1):
            if row.seq != expected or journal.row_hash(chan, epoch, expected) != row.hash:
                return expected
        if not page:
            return after_seq + 1
        after_seq = page[-1].seq
    return None
