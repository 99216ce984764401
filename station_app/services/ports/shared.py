"""The shared database through a station's login, and its failures, to each of which the sync worker reacts differently."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from station_app.domain.chain import Row
from station_app.domain.log import ComponentUse, LoggedRow
from station_app.domain.status import StationStatus

if TYPE_CHECKING:  # numpy is not loaded for a command's help
    from station_app.domain.trend import ArrivedBlock, LineTag, TrendBlock, TrendReach
from station_app.services.ports.journal import MasterChange


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


@dataclass(frozen=True, slots=True)
class HeardStation:
    """Another station as the server knows it: ``heads`` is how far its records came, as epoch and seq.

    ``heard_age_s`` is how long ago its last status came, None when none ever did; ``waiting`` is how many records it said
    then that it has not delivered, None when it did not say.
    """

    station: str
    heads: tuple[tuple[int, int], ...]
    heard_age_s: float | None
    waiting: int | None


Reached = Mapping[tuple[str, int], int]
"""The last seq that is known, by station and epoch."""


class LinePast(Protocol):
    """The past of a line's stations as far as it has arrived. Blocking; may be used from several threads.

    A station sees those of its own line, itself included; of another one every verb raises Refused. A station that nobody
    knows has no past. Times are UTC in microseconds since the epoch. Raises SharedDatabaseError.
    """

    def line_tags(self, station: str) -> list[LineTag]:
        """The tags of which something has arrived, by name."""
        ...

    def line_reach(self, station: str) -> TrendReach:
        """Until when everything has arrived, by the station's own word, and the newest gaps that it told."""
        ...

    def line_blocks(self, station: str, tag: str, from_us: int, to_us: int) -> list[ArrivedBlock]:
        """The blocks of a tag that touch a span, the last begun before and the first begun after it, oldest first.

        What the station has not sealed yet is one of them, with its content; no sample is in two of them.
        """
        ...

    def line_contents(self, station: str, tag: str, blocks: Sequence[ArrivedBlock]) -> dict[str, bytes]:
        """The content of blocks by their SHA-256, as it lies there: not compared with it. Those that are gone are missing."""
        ...

    def line_rows(
        self, station: str, chan: str, kinds: Collection[str], from_us: int, to_us: int, newest: int
    ) -> list[Row]:
        """The newest records of these kinds in [from_us, to_us), in order of (epoch, seq); only of kinds that a trend shows.

        Of those that come many times with each unit (steps, values, pictures) only the last four days of the span.
        """
        ...

    def line_remarks(self, station: str, newest: int) -> list[Row]:
        """The newest remarks that people of the line's other stations made on this one's trends, oldest first."""
        ...


class SharedDatabase(LinePast, Protocol):
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

    def master_since(self, rev: int, limit: int) -> MasterPage:
        """Published changes after a revision as they lie there; one that was damaged is for the caller to notice."""
        ...

    def status(self, status: StationStatus) -> None: ...

    def trace(self, serial: str) -> list[LoggedRow]:
        """Every record of every station that concerns a unit: its own and those that used it as a component."""
        ...

    def unit_status(self, serial: str) -> list[UnitStatus]: ...

    def component_use(self, component_serial: str) -> list[ComponentUse]: ...

    def stations_heard(self) -> list[HeardStation]:
        """Every other station, by path."""
        ...

    def chart_points(
        self, product: str, operation: str, characteristic: str, after: Reached, limit: int
    ) -> list[LoggedRow]:
        """The newest records of other stations that make points of a chart, after what is known, in each log's order."""
        ...

    def trend_put(self, block: TrendBlock) -> None:
        """Deliver a block of machine data; again is harmless. Raises ChainBroken when it does not match its SHA-256."""
        ...

    def trend_tail_put(self, block: TrendBlock) -> None:
        """Deliver what is not sealed yet of a tag, instead of what was not sealed before. The next block that holds some of it
        takes its place. Raises as :meth:`trend_put`.
        """
        ...

    def trend_reach_put(self, reach: TrendReach) -> None:
        """Tell at most 500 gaps, and until when everything is delivered. A gap that is known may have become longer."""
        ...

    def trend_missing(self, sha256s: Sequence[str]) -> list[str]:
        """Which of these blocks of this station the server lacks, at most 1,000 asked at a time."""
        ...

    def wait_hint(self, timeout_s: float) -> bool:
        """Wait for a notification that something was published; True when one came. Only a hint."""
        ...

    def close(self) -> None: ...
