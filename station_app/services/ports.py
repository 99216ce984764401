"""What the services need from outside: the journal, the shared database, the evidence store, and the clock.

Protocols and the values that cross them; the concretes are in `storage` and are wired in `app`. The shared
database's failures have classes of their own because the sync worker reacts to each differently.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from drivers.base import DeviceNode, Sample, Tag, Value
from station_app.domain.chain import Draft, Row
from station_app.domain.document_control import DocumentEvent
from station_app.domain.log import ComponentUse as ComponentUse
from station_app.domain.log import LoggedRow as LoggedRow
from station_app.domain.status import StationStatus

if TYPE_CHECKING:  # numpy is not loaded for a command's help
    from station_app.domain.trend import Envelope, RawSeries, StoredTag, TrendBlock
    from station_app.domain.trend_group import TrendGroup

# --- time ------------------------------------------------------------------------------------------------------


class Clock(Protocol):
    """The computer's clocks; a test may set them back a year."""

    def wall_us(self) -> int: ...

    def utc_offset_min(self) -> int: ...

    def mono_ns(self) -> int: ...

    @property
    def boot_id(self) -> str: ...


# --- journal -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of an epoch: seq 0 and the genesis hash when it is empty."""

    epoch: int
    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Peer:
    """What the server last said it has of a channel: a cache, never the truth."""

    acked_epoch: int
    acked_seq: int
    clock_offset_ms: int | None


@dataclass(frozen=True, slots=True)
class MasterChange:
    """One published change of master data. ``op``: put or remove. ``body`` is the document, ``sha256`` hexadecimal."""

    rev: int
    kind: str
    id: str
    body: bytes
    sha256: str
    op: str = "put"


class BlobState(enum.StrEnum):
    """A local file's life: captured here and to be uploaded, sealed by the server, or fetched from it."""

    WAITING = "waiting"
    SEALED = "sealed"
    WANTED = "wanted"
    FETCHED = "fetched"


@dataclass(frozen=True, slots=True)
class Blob:
    """A file named by the SHA-256 (hexadecimal) of its bytes."""

    sha256: str
    size_bytes: int
    media_type: str
    state: BlobState


class JournalError(RuntimeError):
    """The journal could not take or give records; the message says what happened, what was kept and what to do."""


class JournalFull(JournalError):
    """The disk is full: nothing was recorded; recording resumes by itself when there is room."""


class JournalCorrupt(JournalError):
    """The journal file is damaged; it was not opened and not changed."""


class JournalLocked(JournalError):
    """Another copy of the application runs for this station."""


class Journal(Protocol):
    """The station's durable records: one file, one writer. A future that has a result means: on disk.

    Writing verbs may be called from any thread and run in order on the journal's own thread; reading verbs use
    read-only connections and may be called from any thread. Futures fail with JournalError.
    """

    @property
    def station(self) -> str:
        """The station's path, which seeds the chains."""
        ...

    def append(self, drafts: Sequence[Draft]) -> Future[list[Row]]:
        """Record all drafts in one commit, or none."""
        ...

    def head(self, chan: str, epoch: int | None = None) -> Head:
        """The head of an epoch, of the newest when none is given (epoch 1, seq 0 in an empty journal)."""
        ...

    def epochs(self, chan: str) -> list[Head]:
        """The head of every epoch, oldest first; at least one."""
        ...

    def rows(self, chan: str, epoch: int, after_seq: int, limit: int) -> list[Row]: ...

    def all_rows(self, chan: str) -> Iterator[Row]:
        """Every row of a channel in order of (epoch, seq), read in portions."""
        ...

    def rows_of_kinds(self, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int) -> list[Row]:
        """The last ``newest`` rows of these kinds that were recorded in [from_us, to_us), in order of (epoch, seq)."""
        ...

    def row_hash(self, chan: str, epoch: int, seq: int) -> bytes | None:
        """The hash of one row; the genesis hash for seq 0; None when it is not here."""
        ...

    def peer(self, chan: str) -> Peer: ...

    def set_peer(self, chan: str, epoch: int, seq: int, clock_offset_ms: int | None) -> Future[None]: ...

    def waiting(self) -> int:
        """How many records of all channels the server is not known to have."""
        ...

    def rehome(self, chan: str, after: Head, new_epoch: int, first: Draft, pulled: Sequence[Row]) -> Future[list[Row]]:
        """Move every local row that follows ``after`` into ``new_epoch``, in one commit.

        The new epoch starts with ``first`` (an epoch_start), the moved rows keep their rec_id and content;
        ``pulled`` are the server's own rows that this journal lacks, inserted at their places; a record that is
        among them keeps the place it has there and is not moved, so that no record stands twice.
        Answers the rows of the new epoch.
        """
        ...

    def apply_master(self, changes: Sequence[MasterChange], cursor: int, snapshot: bool) -> Future[None]:
        """Apply changes and the cursor in one commit; a snapshot replaces everything."""
        ...

    def master_cursor(self) -> int: ...

    def master(self, kind: str) -> list[MasterChange]: ...

    def put_blob(self, blob: Blob) -> Future[None]:
        """Note a file or its new state."""
        ...

    def blobs(self, state: BlobState) -> list[Blob]: ...

    def blob(self, sha256: str) -> Blob | None: ...


# --- evidence ----------------------------------------------------------------------------------------------------


class EvidenceError(RuntimeError):
    """A file could not be stored or read; the message says what happened and what to do."""


class EvidenceStore(Protocol):
    """Files named by their SHA-256, untouched. Blocking: used from the pool and the sync worker."""

    def put(self, content: bytes) -> str:
        """Store durably (temporary file, fsync, rename, fsync of the folder) and answer the SHA-256 in hexadecimal."""
        ...

    def read(self, sha256: str) -> bytes:
        """The bytes. Raises EvidenceError when absent or when they no longer match their name."""
        ...

    def path(self, sha256: str) -> Path: ...

    def has(self, sha256: str) -> bool: ...

    def stored_us(self, sha256: str) -> int | None:
        """When the file was stored (UTC microseconds), None when it is not here."""
        ...

    def remove(self, sha256: str) -> None:
        """Delete a file whose removal is recorded; nothing when it is not here. Raises EvidenceError."""
        ...


# --- shared database ---------------------------------------------------------------------------------------------


class SharedDatabaseError(RuntimeError):
    """The shared database did not do what was asked; the message is one sentence for a person."""


class Unreachable(SharedDatabaseError):
    """No connection, cut, shut down, overloaded or read-only for now: try again by itself (08, 40, 53, 57, 25006)."""


class Refused(SharedDatabaseError):
    """Login or permission refused, or unknown station (28, 42501): alarm and slow retry."""


class SchemaMismatch(SharedDatabaseError):
    """The database is of an older or newer schema than this application can use: alarm and slow retry."""


class Gap(SharedDatabaseError):
    """The server lacks rows before the batch: say hello again."""


class ChainBroken(SharedDatabaseError):
    """The batch contradicts what the server has, or its hashes are wrong: fork or tampering."""


@dataclass(frozen=True, slots=True)
class Hello:
    """What the server has of one (chan, epoch): ``last_hash`` is None when ``last_seq`` is 0.

    ``highest_epoch`` is the highest the server knows of this channel (0: none). ``now_us`` is its clock.
    """

    last_seq: int
    last_hash: bytes | None
    highest_epoch: int
    now_us: int


@dataclass(frozen=True, slots=True)
class Fork:
    """The last row both sides have (epoch 0, seq 0 when none) and the highest epoch the server knows."""

    epoch: int
    seq: int
    highest_epoch: int


@dataclass(frozen=True, slots=True)
class MasterPage:
    """Changes after a revision, in order; ``highest_rev`` is the newest published revision."""

    changes: tuple[MasterChange, ...]
    highest_rev: int


@dataclass(frozen=True, slots=True)
class UnitStatus:
    """What the server knows of one unit at one operation, newest job first. ``held``: a hold on it is open."""

    serial: str
    order_id: str
    operation: str
    station: str
    job_id: str
    state: str
    outcome: str | None
    changed_us: int
    held: bool = False


class SharedDatabase(Protocol):
    """The shared database through a station's login: functions only. Blocking; used from the sync worker and the pool.

    Every verb raises a SharedDatabaseError of the fitting class and nothing else for failures of the environment.
    """

    def hello(self, chan: str, epoch: int) -> Hello: ...

    def fork_info(self, chan: str, hashes: Sequence[bytes]) -> Fork: ...

    def append_batch(self, chan: str, epoch: int, first_seq: int, rows: Sequence[Row]) -> int:
        """Deliver rows of one epoch in order; the answer is the server's last seq of that epoch."""
        ...

    def read_log(self, chan: str, epoch: int, after_seq: int, limit: int) -> list[Row]:
        """The station's own rows."""
        ...

    def blob_missing(self, sha256: str, size_bytes: int) -> list[int] | None:
        """Which 256 KiB chunks the server lacks (numbers from 0); None when the file is sealed already."""
        ...

    def blob_put(self, sha256: str, chunk_no: int, content: bytes) -> None: ...

    def blob_seal(self, sha256: str, size_bytes: int, media_type: str) -> None: ...

    def blob_get(self, sha256: str) -> bytes | None:
        """A sealed file's bytes; None when the server has none."""
        ...

    def master_since(self, rev: int, limit: int) -> MasterPage: ...

    def status(self, status: StationStatus) -> None: ...

    def trace(self, serial: str) -> list[LoggedRow]:
        """Every record of every station that concerns a unit: its own and those that used it as a component."""
        ...

    def unit_status(self, serial: str) -> list[UnitStatus]: ...

    def component_use(self, component_serial: str) -> list[ComponentUse]: ...

    def trend_put(self, block: TrendBlock) -> None:
        """Deliver a block of machine data; again is harmless. Raises ChainBroken when it does not match its SHA-256."""
        ...

    def trend_missing(self, sha256s: Sequence[str]) -> list[str]:
        """Which of these blocks of this station the server lacks, at most 1,000 asked at a time."""
        ...

    def wait_hint(self, timeout_s: float) -> bool:
        """Wait for a notification that something was published; True when one came. Only a hint."""
        ...

    def close(self) -> None: ...


# --- historian -----------------------------------------------------------------------------------------------------


class HistorianError(RuntimeError):
    """Stored machine data could not be written or read; the message says what happened and what to do."""


class Room(enum.IntEnum):
    """How much room the disk has for machine data, and what the historian does about it, in this order."""

    ENOUGH = 0
    DELIVERED_REMOVED = 1
    THINNED = 2
    STOPPED = 3


@dataclass(frozen=True, slots=True)
class HistorianState:
    """One moment of the historian, for alarms and pages. ``fault`` is a sentence, empty while all is well.

    ``remark`` tells what was found at the start (a damaged file that was set aside). ``dropped`` counts samples lost since
    the start, ``overflowed`` those of them that came too fast, ``waiting`` the blocks that the shared database is not known
    to have.
    """

    fault: str = ""
    remark: str = ""
    room: Room = Room.ENOUGH
    room_text: str = ""
    dropped: int = 0
    overflowed: int = 0
    waiting: int = 0
    size_bytes: int = 0
    written: int = 0


class Historian(Protocol):
    """Keeps samples for ever, as far as rules, age and room allow. The verbs never wait for the disk."""

    def write(self, samples: Sequence[Sample]) -> None:
        """Hand over samples in order of arrival, from one thread; on disk within 2 s. Dropped ones are counted and told."""
        ...

    @property
    def state(self) -> HistorianState:
        """From any thread."""
        ...


class TrendHistory(Protocol):
    """What machines did before: read from any thread but the main one, beside the historian that writes.

    Samples come within about a second of their arrival; for the moments before, see the tag table. Times are UTC in
    microseconds since the epoch, ``from_us`` included, ``to_us`` not. A tag without a past answers nothing, not an error.
    Raises HistorianError when the file cannot be read.
    """

    def tags(self) -> list[StoredTag]:
        """Every tag that has a past, by name."""
        ...

    def read_raw(self, tag: str, from_us: int, to_us: int, limit: int) -> RawSeries:
        """The first ``limit`` samples of a span, and the span's gaps."""
        ...

    def envelope(self, tag: str, from_us: int, to_us: int, points: int) -> Envelope:
        """A span in about ``points`` points: from summaries where there are many samples, raw where there are few.

        Raw answers begin with the last sample before the span and end with the first after it, where there are such, so that
        lines reach the edges.
        """
        ...

    def close(self) -> None: ...


class TrendFilesError(RuntimeError):
    """A trend group or an export could not be read or written; the message says what happened and what to do."""


class TrendFiles(Protocol):
    """What people keep of trends: groups of pens, exported pictures and tables. Blocking: asked on the pool.

    Every verb raises TrendFilesError.
    """

    def groups(self) -> list[TrendGroup]:
        """The saved groups, by name."""
        ...

    def put_groups(self, groups: Sequence[TrendGroup]) -> None:
        """Replace the saved groups, durably."""
        ...

    def export(self, name: str, content: Iterable[bytes]) -> Path:
        """Write an export as it comes, under a name that is not taken yet; answers where it is."""
        ...


class TrendOutbox(Protocol):
    """Sealed blocks on their way to the shared database. Verbs may be called from any thread; for the sync worker."""

    def waiting(self, limit: int) -> list[TrendBlock]:
        """The oldest blocks that the shared database is not known to have. One that is damaged here is not among them."""
        ...

    def delivered(self, block_ids: Sequence[int]) -> None:
        """Note, within seconds, that the shared database has these."""
        ...

    def sealed(self, after_id: int, limit: int) -> list[tuple[int, str]]:
        """(id, SHA-256) of blocks that are noted as delivered, oldest first, from the one after ``after_id``."""
        ...

    def wanted_again(self, block_ids: Sequence[int]) -> None:
        """The shared database lost these: they wait again."""
        ...


# --- document control --------------------------------------------------------------------------------------------


class DocumentRefused(SharedDatabaseError):
    """Document control does not allow it; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class VersionUse:
    """At which station how many units were made with a version; times are UTC microseconds."""

    version: str
    sha256: str
    station: str
    units: int
    first_us: int
    last_us: int


@dataclass(frozen=True, slots=True)
class OrderUse:
    """An order that names a document; ``version`` is empty where it takes the newest."""

    order_id: str
    product: str
    operation: str
    version: str


@dataclass(frozen=True, slots=True)
class UnitUse:
    """A unit that was made with a version."""

    serial: str
    station: str
    order_id: str
    last_us: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody on the floor suggests about a step; ``x``, ``y`` are fractions of the picture ``media_file``."""

    suggestion_id: str
    document_id: str
    version: str
    step_id: str
    station: str
    actor: str
    at_us: int
    text: str
    media_file: str
    x: float | None
    y: float | None
    evidence_sha256: str
    serial: str
    answer: str
    answered_by: str


class DocumentDatabase(Protocol):
    """Instructions under document control, through a login of the group of authors. Blocking: used from the pool.

    Every verb raises a SharedDatabaseError; DocumentRefused where the rules do not allow it.
    """

    def events(self, document_id: str = "") -> list[DocumentEvent]:
        """The events of one document, of all when none is named, in the order they happened."""
        ...

    def add(self, event: DocumentEvent) -> int:
        """Add an event whose ``number`` is one more than the last one seen; the server gives it name and time."""
        ...

    def put_content(self, body: bytes) -> str:
        """Keep a document's canonical JSON; the answer is its SHA-256 in hexadecimal."""
        ...

    def content(self, sha256: str) -> bytes | None: ...

    def put_media(self, content: bytes, media_type: str) -> str:
        """Keep a file; the answer is its SHA-256 in hexadecimal."""
        ...

    def media(self, sha256: str) -> bytes | None: ...

    def master(self) -> list[MasterChange]:
        """All master data as it is published now."""
        ...

    def use(self, document_id: str) -> list[VersionUse]: ...

    def orders(self, document_id: str) -> list[OrderUse]: ...

    def units(self, document_id: str, version: str, limit: int) -> list[UnitUse]: ...

    def suggestions(self, document_id: str = "") -> list[Suggestion]: ...

    def answer(self, suggestion_id: str, person_id: str, answer: str) -> None: ...

    def close(self) -> None: ...


# --- devices ---------------------------------------------------------------------------------------------------------


class FieldError(RuntimeError):
    """A device could not be asked; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class NodeFound:
    """A node of a device's tree and the names above it, from the top."""

    path: tuple[str, ...]
    node: DeviceNode


@dataclass(frozen=True, slots=True)
class NodeSearch:
    """What a search found; ``complete`` is False when there was more to look at than its bounds allow."""

    found: tuple[NodeFound, ...]
    looked_at: int
    complete: bool


class FieldDevices(Protocol):
    """The configured devices, asked beside their running subscriptions. Futures fail with FieldError.

    Addresses of nodes name the device as station.toml does. Every question has a time limit of some seconds.
    """

    @property
    def names(self) -> Sequence[str]: ...

    def browse(self, device: str, address: str = "") -> Future[list[DeviceNode]]:
        """The nodes directly below one, "" for the top; empty where the device's protocol cannot list them."""
        ...

    def search(self, device: str, words: str) -> Future[NodeSearch]:
        """Nodes whose name or address holds all the words."""
        ...

    def read(self, device: str, tag: Tag) -> Future[Sample]:
        """One value now, Bad when the device does not give it. Fails for an address that the device cannot have."""
        ...

    def write(self, device: str, tag: Tag, value: Value) -> Future[Sample]:
        """Write; the sample's status says whether it was taken."""
        ...

    def follow(self, device: str, tags: Sequence[Tag]) -> Future[None]:
        """Read these tags beside those of station.toml from now on, instead of those given last time."""
        ...
