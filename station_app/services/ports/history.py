"""Machine data over time: written, read, delivered, exported."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from drivers.base import Sample

if TYPE_CHECKING:  # numpy is not loaded for a command's help
    from station_app.domain.trend import Envelope, Gap, RawSeries, StoredTag, TrendBlock, Unsealed
    from station_app.domain.trend_group import TrendGroup


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
    """Machine data on their way to the shared database: sealed blocks, what is not sealed yet, and gaps.

    Verbs may be called from any thread; for the sync worker."""

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

    def unsealed(self) -> Unsealed:
        """What is not in a block yet."""
        ...

    def tails(self, tags: Collection[str]) -> tuple[list[TrendBlock], bool]:
        """What is not sealed yet of these tags, each as one block with the id 0, and whether that is all of it.

        Of very much it is the oldest part. Such a block is delivered instead of the one before; a sealed block takes its place.
        """
        ...

    def gaps(self, after_id: int, limit: int) -> list[tuple[int, Gap]]:
        """The gaps of all tags together, with their ids, oldest first, from the one after ``after_id``."""
        ...
