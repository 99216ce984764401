"""Tracing a unit: everything the line knows about a serial number, or as much of it as this station has.

The shared database answers with the records of every station; the station's own journal adds what was not
delivered yet. Without the server the trace is made from the journal alone, and says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import Executor, Future
from typing import Protocol

import msgspec

from station_app.domain.chain import CHANNELS, Row
from station_app.domain.log import ComponentUse, LoggedRow
from station_app.domain.master_book import MasterBook
from station_app.domain.records import (
    AlarmTransition,
    CallRaised,
    EvidenceCaptured,
    EvidenceDerived,
    Fact,
    Hold,
    HoldReleased,
    MaterialConsumed,
    MaterialDetached,
    OnUnit,
    RecordError,
    Signature,
    decode_body,
)
from station_app.domain.rules import Refusal
from station_app.domain.trace import UnknownUnit, trace_unit
from station_app.domain.unit_trace import EvidencePresence, Names, UnitTrace
from station_app.services.ports import (
    Blob,
    BlobState,
    EvidenceError,
    EvidenceStore,
    Peer,
    SharedDatabase,
    SharedDatabaseError,
)

logger = logging.getLogger(__name__)
ALONE = "this station's records only."
LINKING = frozenset({Hold.kind, HoldReleased.kind, Signature.kind})
MATERIAL = frozenset({MaterialConsumed.kind, MaterialDetached.kind})
ON_SERVER = frozenset({BlobState.SEALED, BlobState.FETCHED})
MAX_SERIAL_LENGTH = 200


class StationRecords(Protocol):
    """What tracing reads of a journal; a journal that is open elsewhere can be read this way too."""

    @property
    def station(self) -> str: ...

    def all_rows(self, chan: str) -> Iterator[Row]: ...

    def peer(self, chan: str) -> Peer: ...

    def blob(self, sha256: str) -> Blob | None: ...


class Tracing:
    """Traces units by serial number. ``in_contact`` keeps a page from waiting for a server that is away."""

    def __init__(
        self,
        records: StationRecords,
        evidence: EvidenceStore,
        database: SharedDatabase,
        pool: Executor,
        book: Callable[[], MasterBook],
        in_contact: Callable[[], bool],
    ) -> None:
        self._records = records
        self._evidence = evidence
        self._database = database
        self._pool = pool
        self._book = book
        self._in_contact = in_contact

    def trace(self, serial: str) -> Future[UnitTrace]:
        """The trace, made on the pool; call on the main thread. Fails as :meth:`trace_now` raises."""
        return self._pool.submit(self.trace_now, serial, names_of(self._book()))

    def trace_now(self, serial: str, names: Names | None = None) -> UnitTrace:
        """The trace; blocks on disk and network.

        Raises Refusal for a serial number that no record names, JournalError when the journal cannot be read.
        """
        serial = checked_serial(serial)
        server = _ServerAnswers(self._database)
        if self._in_contact():
            server.ask_unit(serial)
        else:
            server.fault = f"The server is out of contact: {ALONE}"
        local = local_rows(self._records, serial, (logged.row for logged in server.rows))
        rows = [*server.rows, *local]
        parts, pictures = _named_by(serial, rows)
        for component in [serial, *parts]:
            server.ask_component(component)
        try:
            return trace_unit(
                serial,
                rows,
                uses=server.uses,
                evidence={sha256: self._presence(server, sha256, size) for sha256, size in pictures.items()},
                waiting=self._waiting(local),
                server_fault=server.fault,
                names=names or names_of(self._book()),
            )
        except UnknownUnit as unknown:
            raise Refusal(_unknown(serial, server.fault)) from unknown

    def picture(self, sha256: str) -> bytes | None:
        """A picture's bytes, from this station or from the shared database; None where neither can give them. Blocks."""
        try:
            if self._evidence.has(sha256):
                return self._evidence.read(sha256)
        except EvidenceError as error:
            logger.warning("%s", error)
        if not self._in_contact():
            return None
        try:
            return self._database.blob_get(sha256)
        except SharedDatabaseError as error:
            logger.info("picture %s: %s", sha256, error)
            return None

    def _waiting(self, local: Iterable[LoggedRow]) -> set[str]:
        acked = {chan: self._records.peer(chan) for chan in CHANNELS}
        return {
            logged.row.rec_id
            for logged in local
            if (logged.row.epoch, logged.row.seq)
            > (acked[logged.row.chan].acked_epoch, acked[logged.row.chan].acked_seq)
        }

    def _presence(self, server: _ServerAnswers, sha256: str, size_bytes: int) -> EvidencePresence:
        try:
            local = self._evidence.has(sha256)
        except EvidenceError:  # a record may name a file by something that is no SHA-256
            return EvidencePresence(local=False, server=False)
        blob = self._records.blob(sha256)
        if blob is not None and blob.state in ON_SERVER:
            return EvidencePresence(local=local, server=True)
        return EvidencePresence(local=local, server=server.has_file(sha256, size_bytes))


class _ServerAnswers:
    """What the shared database answered; after the first failure nothing more is asked."""

    def __init__(self, database: SharedDatabase) -> None:
        self._database = database
        self._answered = False
        self.rows: list[LoggedRow] = []
        self.uses: dict[str, list[ComponentUse]] = {}
        self.fault = ""

    def ask_unit(self, serial: str) -> None:
        try:
            self.rows = self._database.trace(serial)
            self._answered = True
        except SharedDatabaseError as error:
            self._failed(error)

    def ask_component(self, serial: str) -> None:
        if self.fault or serial in self.uses:
            return
        try:
            self.uses[serial] = self._database.component_use(serial)
        except SharedDatabaseError as error:
            self._failed(error)

    def has_file(self, sha256: str, size_bytes: int) -> bool | None:
        if self.fault:
            return None
        try:
            return self._database.blob_missing(sha256, size_bytes) is None
        except SharedDatabaseError as error:
            self._failed(error)
            return None

    def _failed(self, error: SharedDatabaseError) -> None:
        reason = str(error).rstrip(".")
        if self._answered:
            missing = "where components were used elsewhere and which pictures it has is not complete."
            self.fault = f"The server stopped answering ({reason}): {missing}"
        else:
            self.fault = f"The server was not reached ({reason}): {ALONE}"


def checked_serial(serial: str) -> str:
    """The serial number without surrounding blanks. Raises Refusal when it cannot be one."""
    serial = serial.strip()
    if not serial:
        raise Refusal("Scan or type a serial number.")
    if len(serial) > MAX_SERIAL_LENGTH or not serial.isprintable():
        raise Refusal(
            f"That is no serial number: it has {len(serial)} characters or control characters. Scan it again."
        )
    return serial


def local_rows(records: StationRecords, serial: str, known: Iterable[Row] = ()) -> list[LoggedRow]:
    """The journal's rows that may concern a unit; the fold decides which do.

    Bodies are searched as bytes and decoded only when they hold the serial or the identity of something that belongs to it:
    its jobs, calls, alarms, and those named by the rows ``known`` already. A second pass finds
    where its components were used as well.
    """
    search = _Search(serial)
    for row in known:
        search.learn(row)
    found = [row for chan in CHANNELS for row in records.all_rows(chan) if search.concerns(row)]
    if search.components:
        needles = [_quoted(component) for component in sorted(search.components)]
        chosen = {(row.chan, row.epoch, row.seq) for row in found}
        found += [
            row
            for row in records.all_rows(MaterialConsumed.chan)
            if row.kind in MATERIAL
            and any(needle in row.body for needle in needles)
            and (row.chan, row.epoch, row.seq) not in chosen
        ]
    return [LoggedRow(records.station, row, None) for row in found]


def _quoted(text: str) -> bytes:
    return msgspec.json.encode(text)


class _Search:
    """Byte strings to look for in bodies; they grow while rows are read in order."""

    def __init__(self, serial: str) -> None:
        self._serial = serial
        self._needles = {_quoted(serial)}
        self.components: set[str] = set()

    def concerns(self, row: Row) -> bool:
        """Whether the row may concern the unit; what it names is looked for from now on."""
        if row.kind in LINKING:
            return True
        if not any(needle in row.body for needle in self._needles):
            return False
        self.learn(row)
        return True

    def learn(self, row: Row) -> None:
        """Take over the identities that a row about the unit names."""
        try:
            fact = decode_body(row.kind, row.body)
        except RecordError:
            return  # the fold keeps the row and names it as unreadable
        if getattr(fact, "serial", "") != self._serial:
            return
        self._needles |= {_quoted(identity) for identity in _identities(fact) if identity}
        if isinstance(fact, MaterialConsumed) and fact.component_serial:
            self.components.add(fact.component_serial)


def _identities(fact: Fact) -> Collection[str]:
    if isinstance(fact, OnUnit):
        return (fact.job_id,)
    if isinstance(fact, CallRaised):
        return (fact.call_id,)
    return (fact.alarm_id,) if isinstance(fact, AlarmTransition) else ()


def _named_by(serial: str, rows: Iterable[LoggedRow]) -> tuple[list[str], dict[str, int]]:
    """The components and the pictures (with their sizes in bytes) that records of the unit name."""
    components: set[str] = set()
    pictures: dict[str, int] = {}
    for logged in rows:
        if logged.row.kind not in (MaterialConsumed.kind, EvidenceCaptured.kind, EvidenceDerived.kind):
            continue
        try:
            fact = decode_body(logged.row.kind, logged.row.body)
        except RecordError:
            continue  # the fold keeps the row and names it as unreadable
        if isinstance(fact, EvidenceCaptured | EvidenceDerived) and fact.serial == serial:
            pictures[fact.sha256] = fact.size_bytes
        elif isinstance(fact, MaterialConsumed) and fact.serial == serial and fact.component_serial:
            components.add(fact.component_serial)
    return sorted(components), pictures


def names_of(book: MasterBook) -> Names:
    """How people read the identities in master data."""
    materials = {material.id: material.title for material in book.materials.values()}
    operations: dict[str, str] = {}
    for order in book.orders.values():
        materials.setdefault(order.product, order.product_title)
        operations |= {operation.id: operation.title for operation in order.operations}
    people = {person.id: person.name for person in book.people.values()}
    return Names(people=people, materials=materials, operations=operations)


def _unknown(serial: str, fault: str) -> str:
    if fault:
        return f"No record of {serial} at this station. {fault} Try again when the connection is back."
    return f"No record of {serial} at any station. Check the number and scan it again."
