"""Compares what records say was kept with the files that are there: missing, damaged and unnamed files.

A file that the server has sealed may be gone here: retention removes those, and a record says so. One that is not sealed must
be here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from station_app.domain.chain import AUDIT, REC, Row
from station_app.domain.records import EvidenceCaptured, EvidenceDerived, EvidenceRemoved, decode_body
from station_app.services.ports import Blob, BlobState

_SHA256 = re.compile(rb"\b[0-9a-f]{64}\b")


class NamingJournal(Protocol):
    """What is asked of a journal; it may be open for reading only."""

    def all_rows(self, chan: str) -> Iterator[Row]: ...

    def blobs(self, state: BlobState) -> Sequence[Blob]: ...


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the evidence folder, read as a whole.

    ``sha256`` is its name, empty when it is not named like evidence. ``problem`` says what is wrong with its content.
    """

    path: str
    sha256: str
    size_bytes: int
    problem: str = ""


@dataclass(frozen=True, slots=True)
class EvidenceFault:
    """A file that is named by a record (or waits for delivery) and is not what it was."""

    sha256: str
    serial: str
    rec_id: str
    problem: str

    def __str__(self) -> str:
        of = f" (unit {self.serial}, record {self.rec_id})" if self.rec_id else ""
        return f"{self.sha256}{of}: {self.problem}"


@dataclass(slots=True)
class EvidenceReport:
    """What was found. ``whole`` counts files that match their names; ``sealed_only`` those that only the server has;
    ``removed`` how many of them retention removed, as a record says: the others were lost or taken away.

    ``orphans`` are files that nothing names; they are told, and are no fault.
    """

    records: int = 0
    whole: int = 0
    sealed_only: int = 0
    removed: int = 0
    missing: list[EvidenceFault] = field(default_factory=list)
    damaged: list[EvidenceFault] = field(default_factory=list)
    orphans: list[StoredFile] = field(default_factory=list)

    @property
    def faults(self) -> list[EvidenceFault]:
        """Everything that is wrong."""
        return [*self.missing, *self.damaged]


@dataclass(frozen=True, slots=True)
class _Named:
    serial: str
    rec_id: str
    size_bytes: int


def verify_evidence(journal: NamingJournal, files: Iterable[StoredFile]) -> EvidenceReport:
    """Read every record of evidence, and every file. Raises JournalError, RecordError, and OSError of ``files``."""
    report = EvidenceReport()
    named, mentioned = _named(journal, report)
    known = {state: {blob.sha256: blob for blob in journal.blobs(state)} for state in BlobState}
    waiting, sealed = known[BlobState.WAITING], known[BlobState.SEALED]
    expected = named | {sha: _Named("", "", blob.size_bytes) for sha, blob in waiting.items() if sha not in named}
    named_by_any = {*expected, *(sha256 for blobs in known.values() for sha256 in blobs)}
    removed = _removed(journal)
    here: set[str] = set()
    for file in files:
        if file.sha256:
            here.add(file.sha256)
        if file.problem:
            origin = expected.get(file.sha256, _Named("", "", file.size_bytes))
            report.damaged.append(
                EvidenceFault(file.sha256, origin.serial, origin.rec_id, f"{file.path} {file.problem}")
            )
        elif file.sha256 not in named_by_any and file.sha256 not in mentioned:
            report.orphans.append(file)
        else:
            report.whole += 1
    for sha256, origin in expected.items():
        if sha256 in here:
            continue
        if sha256 in sealed and sha256 not in waiting:
            report.sealed_only += 1
            report.removed += sha256 in removed
            continue
        problem = f"the file of {origin.size_bytes} bytes is not here, and the server has not sealed it"
        report.missing.append(EvidenceFault(sha256, origin.serial, origin.rec_id, problem))
    return report


def _named(journal: NamingJournal, report: EvidenceReport) -> tuple[dict[str, _Named], set[str]]:
    """The files that records of evidence name, each with the first that does; and what any record mentions.

    The instruction and the plan that a job began with are kept beside the pictures, and its records mention them.
    """
    named: dict[str, _Named] = {}
    mentioned: set[str] = set()
    for row in journal.all_rows(REC):
        mentioned.update(sha256.decode() for sha256 in _SHA256.findall(row.body))
        if row.kind not in (EvidenceCaptured.kind, EvidenceDerived.kind):
            continue
        fact = decode_body(row.kind, row.body)
        assert isinstance(fact, EvidenceCaptured | EvidenceDerived)
        report.records += 1
        named.setdefault(fact.sha256, _Named(fact.serial, row.rec_id, fact.size_bytes))
    return named, mentioned


def _removed(journal: NamingJournal) -> set[str]:
    """The files that retention removed."""
    facts = (decode_body(row.kind, row.body) for row in journal.all_rows(AUDIT) if row.kind == EvidenceRemoved.kind)
    return {fact.sha256 for fact in facts if isinstance(fact, EvidenceRemoved)}
