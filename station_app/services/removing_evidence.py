"""Removes pictures that the server keeps safely: by age, by room, and never before their delivery.

For each file the server is asked once more, the removal is recorded, and only then the file is deleted. It comes back from the
server whenever somebody looks at it (:meth:`station_app.services.tracing.Tracing.picture`).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from station_app.domain.chain import CHANNELS, Row
from station_app.domain.evidence_retention import (
    KeptFile,
    Removal,
    RetentionPlan,
    RetentionRule,
    lacking_room,
    may_matter,
    plan_removals,
)
from station_app.domain.master import WORK_MASTER
from station_app.domain.records import (
    ChangeSuggested,
    EvidenceCaptured,
    EvidenceDerived,
    EvidenceRemoved,
    GaugeCalibrated,
    decode_body,
)
from station_app.services.ports import (
    Blob,
    BlobState,
    Clock,
    EvidenceStore,
    Journal,
    MasterChange,
    Peer,
    SharedDatabase,
    SharedDatabaseError,
)
from station_app.services.recording import Recorder

ACTOR = "station"
AT_ONCE = 100
_OF_SHA256 = {EvidenceCaptured.kind, EvidenceDerived.kind}
_OF_EVIDENCE_SHA256 = {ChangeSuggested.kind, GaugeCalibrated.kind}
_NAMING = frozenset(_OF_SHA256 | _OF_EVIDENCE_SHA256)
_ALL_TIME_US, _ALL_ROWS = 1 << 62, 1 << 31
# overlapping ones too: a longer run of hexadecimal digits names no file less
_SHA256 = re.compile(rb"(?=([0-9a-f]{64}))")


class FiledRecords(Protocol):
    """What is read of a journal to decide; it may be open for reading only."""

    def rows_of_kinds(self, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int) -> list[Row]: ...

    def peer(self, chan: str) -> Peer: ...

    def blobs(self, state: BlobState) -> Sequence[Blob]: ...

    def master(self, kind: str) -> Sequence[MasterChange]: ...


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was done. ``kept`` names files that the server turned out not to have; ``fault``: why it ended early.

    ``more``: there is more to be removed, in the next round. ``lacking``: a sentence when the room is too little after that.
    """

    plan: RetentionPlan
    removed: tuple[Removal, ...] = ()
    kept: tuple[str, ...] = ()
    fault: str = ""
    more: bool = False
    lacking: str = ""


def plan_retention(
    records: FiledRecords, evidence: EvidenceStore, rule: RetentionRule, now_us: int, free_bytes: int
) -> RetentionPlan:
    """What would be removed now. Blocks on the disk; records are read only when something could have to go.

    Raises JournalError, RecordError, and OSError of the folder.
    """
    here: list[tuple[Blob, int]] = []
    for state in (BlobState.SEALED, BlobState.WAITING):
        for blob in records.blobs(state):
            stored_us = evidence.stored_us(blob.sha256)
            if stored_us is not None:
                here.append((blob, stored_us))
    used = sum(blob.size_bytes for blob, _ in here)
    oldest = min((stored_us for blob, stored_us in here if blob.state is BlobState.SEALED), default=None)
    if not may_matter(oldest, used, rule, now_us, free_bytes):
        return RetentionPlan((), used)
    named = _Named(records, {blob.sha256 for blob, _ in here})
    files = (
        KeptFile(
            blob.sha256,
            blob.size_bytes,
            named.newest_us.get(blob.sha256),
            blob.state is BlobState.SEALED,
            blob.sha256 not in named.waiting,
            blob.sha256 in named.in_use,
        )
        for blob, _ in here
    )
    return plan_removals(files, rule, now_us, free_bytes)


class EvidenceRetention:
    """Applies the retention rule. Blocking: for the pool, one call at a time. ``free_bytes`` asks the disk."""

    def __init__(
        self,
        journal: Journal,
        evidence: EvidenceStore,
        database: SharedDatabase,
        recorder: Recorder,
        rule: RetentionRule,
        clock: Clock,
        free_bytes: Callable[[], int],
    ) -> None:
        self._journal = journal
        self._evidence = evidence
        self._database = database
        self._recorder = recorder
        self._rule = rule
        self._clock = clock
        self._free_bytes = free_bytes

    def prune(self, at_once: int = AT_ONCE) -> Pruned:
        """Remove what may go, at most so many files; 0: only look whether there is room, without the server.

        Raises JournalError, RecordError, EvidenceError and OSError.
        """
        now_us, free_bytes = self._clock.wall_us(), self._free_bytes()
        plan = plan_retention(self._journal, self._evidence, self._rule, now_us, free_bytes)
        chosen, sealed, kept, fault = plan.removals[:at_once], [], [], ""
        for removal in chosen:
            try:
                if self._database.blob_missing(removal.sha256, removal.size_bytes) is None:
                    sealed.append(removal)
                else:
                    kept.append(removal.sha256)
                    self._send_again(removal.sha256)
            except SharedDatabaseError as error:
                fault = str(error)
                break
        if sealed:
            facts = [EvidenceRemoved(sha256=r.sha256, size_bytes=r.size_bytes, reason=r.reason) for r in sealed]
            self._recorder.record(facts, ACTOR).result()
            for removal in sealed:
                self._evidence.remove(removal.sha256)
        more = 0 < at_once < len(plan.removals) and not fault
        freed = sum(removal.size_bytes for removal in sealed)
        unasked = len(plan.removals) > len(sealed) + len(kept)
        lacking = lacking_room(self._rule, plan.used_bytes - freed, free_bytes + freed, unasked=unasked)
        return Pruned(plan, tuple(sealed), tuple(kept), fault, more, "" if more else lacking)

    def _send_again(self, sha256: str) -> None:
        """The server was restored from a backup that is older than the file."""
        blob = self._journal.blob(sha256)
        if blob is not None:
            self._journal.put_blob(dataclasses.replace(blob, state=BlobState.WAITING)).result()


class _Named:
    """The records that name files: the newest of each, those with one that is not delivered, those instructions show."""

    def __init__(self, records: FiledRecords, wanted: Collection[str]) -> None:
        self.newest_us: dict[str, int] = {}
        self.waiting: set[str] = set()
        for chan in CHANNELS:
            peer = records.peer(chan)
            # of all kinds a journal holds these are few: reading the rest took two thirds of the time
            for row in records.rows_of_kinds(chan, _NAMING, -_ALL_TIME_US, _ALL_TIME_US, _ALL_ROWS):
                sha256 = _named_by(row)
                if sha256 not in wanted:
                    continue
                self.newest_us[sha256] = max(row.wall_us, self.newest_us.get(sha256, row.wall_us))
                if (row.epoch, row.seq) > (peer.acked_epoch, peer.acked_seq):
                    self.waiting.add(sha256)
        named = {
            name.decode("ascii") for change in records.master(WORK_MASTER) for name in _SHA256.findall(change.body)
        }
        self.in_use = named.intersection(wanted)


def _named_by(row: Row) -> str:
    """The file that a record names, empty for other kinds."""
    if row.kind not in _NAMING:
        return ""
    fact = decode_body(row.kind, row.body)
    return str(getattr(fact, "sha256" if row.kind in _OF_SHA256 else "evidence_sha256"))
