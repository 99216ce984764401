"""Stored machine data as values: the samples of one tag, what they look like from afar, and where there are none.

Times are UTC in microseconds since the epoch. Qualities are numbers so that they fit into arrays (:data:`GOOD`...).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.base import Quality

QUALITIES = (Quality.GOOD, Quality.UNCERTAIN, Quality.BAD)
GOOD, UNCERTAIN, BAD = range(3)


class ValueKind(enum.StrEnum):
    """What a tag's values are; samples of different numbers together are floats."""

    FLOAT = "float"
    INT = "int"
    BOOL = "bool"
    TEXT = "text"


class GapKind(enum.StrEnum):
    """Why there is nothing to draw, or less than there was."""

    QUALITY = "quality"
    CRASH = "crash"
    NOT_RUNNING = "not_running"
    OVERFLOW = "overflow"
    DISK_FULL = "disk_full"
    NOT_STORED = "not_stored"
    CLOCK = "clock"
    DAMAGED = "damaged"
    NOT_ARRIVED = "not_arrived"


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without trustworthy values and the sentence or status code's name that says why.

    A clock that was set back leaves a gap without a length: a mark.
    """

    start_us: int
    end_us: int
    kind: GapKind
    reason: str


@dataclass(frozen=True, slots=True)
class RawSeries:
    """Samples of one tag in order of their times, those of equal times in order of arrival. All arrays have shape (n,).

    ``value`` is float64, int64, bool or (texts) object, as ``kind`` says; where ``present`` is False the sample had no
    value. ``quality``: 0 Good, 1 Uncertain, 2 Bad. ``status`` are positions in ``status_names``. ``complete`` is False
    when there were more samples than asked for.
    """

    kind: ValueKind
    time_us: NDArray[np.int64]
    value: NDArray[Any]
    present: NDArray[np.bool_]
    quality: NDArray[np.uint8]
    status: NDArray[np.int32]
    status_names: tuple[str, ...]
    complete: bool = True
    gaps: tuple[Gap, ...] = ()

    @property
    def usable(self) -> NDArray[np.bool_]:
        """Where there is a value that is not Bad, shape (n,)."""
        return np.asarray(self.present & (self.quality != BAD))

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The values as float64, NaN where there is no usable number (also every text), shape (n,)."""
        if self.kind is ValueKind.TEXT:
            return np.full(self.time_us.size, np.nan)
        return np.where(self.usable, self.value.astype(np.float64), np.nan)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A tag's course in a limited number of points, in order of time. All arrays have shape (n,).

    A point stands for the samples from ``time_us`` until the next point: ``minimum``, ``maximum``, ``mean`` of those
    that are not Bad (NaN where there is none), how many these are (``count``), and how many Bad ones lie between them
    (``bad``). ``raw``: each point is one sample; the three curves are then the same. For a tag of texts, ``texts`` are
    what it said.
    """

    kind: ValueKind
    time_us: NDArray[np.int64]
    minimum: NDArray[np.float64]
    maximum: NDArray[np.float64]
    mean: NDArray[np.float64]
    count: NDArray[np.int64]
    bad: NDArray[np.int64]
    raw: bool
    gaps: tuple[Gap, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredTag:
    """A tag that has a past: how many samples, and from when until when (0 where there are none)."""

    name: str
    count: int
    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class LineTag:
    """A tag of a station of the line: of when its samples are that have arrived, and what its newest values are."""

    name: str
    start_us: int
    end_us: int
    kind: ValueKind


@dataclass(frozen=True, slots=True)
class ArrivedBlock:
    """What is known of a block in the shared database without reading it. The statistics as in :class:`TrendBlock`.

    ``content`` comes with what its station has not sealed yet: it may be another one at the next question.
    """

    start_us: int
    end_us: int
    count: int
    bad: int
    minimum: float | None
    maximum: float | None
    mean: float | None
    sha256: str
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class TrendReach:
    """What a station says of its machine data as a whole: until when everything it stored is delivered (None: not said), and
    where all its tags have nothing, or less than there was, oldest first.
    """

    until_us: int | None = None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Unsealed:
    """What a station's file holds beside its blocks. ``tags`` says of each tag how many samples, and a mark that changes with
    every new one; everything that arrived before ``until_us`` is in the file.
    """

    until_us: int = 0
    tags: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TrendBlock:
    """A sealed block as it travels: named by its tag, its first time and the SHA-256 (hexadecimal) of its content.

    The statistics are over values that are not Bad, None where there is none (texts). ``first`` and ``last`` are in
    order of arrival. ``codec`` is the version of the content's format (storage/historian/codec.py).
    """

    block_id: int
    tag: str
    start_us: int
    end_us: int
    count: int
    uncertain: int
    bad: int
    first: float | None
    last: float | None
    minimum: float | None
    maximum: float | None
    mean: float | None
    codec: int
    sha256: str
    content: bytes


def no_samples(kind: ValueKind = ValueKind.FLOAT, gaps: Sequence[Gap] = ()) -> RawSeries:
    """A series without a sample."""
    return RawSeries(
        kind,
        np.zeros(0, np.int64),
        np.zeros(0, np.float64),
        np.zeros(0, np.bool_),
        np.zeros(0, np.uint8),
        np.zeros(0, np.int32),
        (),
        gaps=tuple(gaps),
    )
