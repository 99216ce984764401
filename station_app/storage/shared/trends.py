"""Machine data of the line's stations out of the shared database, as far as they have arrived there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest

import numpy as np

from station_app.domain.trend import BAD, ArrivedBlock, Envelope, Gap, GapKind, RawSeries, StoredTag, ValueKind
from station_app.services.ports import LinePast
from station_app.storage.historian.aggregate import Span, envelope_of
from station_app.storage.historian.codec import decode_block
from station_app.storage.historian.columns import Columns
from station_app.storage.historian.drawing import bad_gaps, drawn, first_of, joined, visible, within
from station_app.storage.historian.integers import FormatError
from station_app.storage.historian.series import merged
from station_app.storage.historian.summary import PART, Parts
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.block_cache import BlockCache
from station_app.storage.shared.overview import LineReader

ALL_TIME = (-(1 << 62), 1 << 62)
MOST_READ = 400
"""Up to so many blocks are fetched for one answer, some MB; beyond that their statistics are what is drawn."""


class ArrivedTrends:
    """The past of one station of the line. Blocking; may be used from several threads.

    It knows what is delivered, and of gaps Bad values and damaged blocks; those of the whole station: ``line_reach``.
    Every verb raises a SharedDatabaseError for failures of the environment.
    """

    def __init__(self, line: LinePast, station: str, cache: BlockCache) -> None:
        self._line, self._station, self._cache = line, station, cache

    def read_raw(self, tag: str, from_us: int, to_us: int, limit: int) -> RawSeries:
        """The first ``limit`` samples of a span, and its gaps."""
        blocks = self._line.line_blocks(self._station, tag, from_us, to_us)
        series = self._read(tag, blocks, from_us, to_us)
        return first_of(within(series, from_us, to_us), limit)

    def envelope(self, tag: str, from_us: int, to_us: int, points: int) -> Envelope:
        """A span in about ``points`` points; of very many blocks one point each, from their statistics."""
        blocks = self._line.line_blocks(self._station, tag, from_us, to_us)
        inside, span = _touching(blocks, from_us, to_us), Span(from_us, to_us, points)
        if len(inside) > MOST_READ and any(block.minimum is not None for block in inside):
            return envelope_of(_parts(inside), span, ValueKind.FLOAT, ())
        series = self._read(tag, blocks, from_us, to_us)
        return drawn(series, span, visible(series.gaps, span))

    def _read(self, tag: str, blocks: Sequence[ArrivedBlock], from_us: int, to_us: int) -> RawSeries:
        pieces: list[Columns] = []
        gaps: list[Gap] = []
        contents = self._contents(tag, blocks)
        for block in blocks:
            try:
                pieces.append(_decoded(block, contents.get(block.sha256, b"")))
            except FormatError as error:
                reason = f"block {block.sha256[:12]}… is damaged: {error}"
                gaps.append(Gap(block.start_us, block.end_us, GapKind.DAMAGED, reason))
        inside = [gap for gap in (*gaps, *_bad_gaps(pieces)) if gap.end_us >= from_us and gap.start_us < to_us]
        return merged(pieces, joined(inside))

    def _contents(self, tag: str, blocks: Sequence[ArrivedBlock]) -> dict[str, bytes]:
        unsealed = {block.sha256: block.content for block in blocks if block.content is not None}
        contents = self._cache.known(block.sha256 for block in blocks) | unsealed
        missing = [block for block in blocks if block.sha256 not in contents]
        if missing:
            fetched = self._line.line_contents(self._station, tag, missing)
            self._cache.keep({name: content for name, content in fetched.items() if _is(content, name)})
            contents |= fetched
        return contents


class SharedTrendHistory:
    """The TrendHistory port for one station, through a login of the group ``mes_reader``. Errors as above."""

    def __init__(self, address: DatabaseAddress, station: str) -> None:
        self._line, self._station = LineReader(address), station
        self._arrived = ArrivedTrends(self._line, station, BlockCache())

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def tags(self) -> list[StoredTag]:
        """Every tag of the station that has delivered blocks."""
        return self._line.stored_tags(self._station)

    def read_raw(self, tag: str, from_us: int, to_us: int, limit: int) -> RawSeries:
        """The first ``limit`` samples of a span, and its gaps."""
        found = self._arrived.read_raw(tag, from_us, to_us, limit)
        return replace(found, gaps=(*found.gaps, *self._told(from_us, to_us)))

    def envelope(self, tag: str, from_us: int, to_us: int, points: int) -> Envelope:
        """A span in about ``points`` points."""
        found = self._arrived.envelope(tag, from_us, to_us, points)
        return replace(found, gaps=(*found.gaps, *self._told(from_us, to_us)))

    def _told(self, from_us: int, to_us: int) -> list[Gap]:
        """The gaps that the station told of all its tags."""
        gaps = self._line.line_reach(self._station).gaps
        return [gap for gap in gaps if gap.end_us >= from_us and gap.start_us < to_us]


def _touching(blocks: Iterable[ArrivedBlock], from_us: int, to_us: int) -> list[ArrivedBlock]:
    return [block for block in blocks if block.end_us >= from_us and block.start_us < to_us]


def _bad_gaps(pieces: Iterable[Columns]) -> Iterator[Gap]:
    """The Bad stretches of pieces; one at the end of a piece lasts until the next one begins."""
    ordered = sorted(pieces, key=lambda piece: int(piece.time_us[0]))
    for piece, after in zip_longest(ordered, ordered[1:]):
        gaps = bad_gaps([piece], *ALL_TIME)
        if after is not None and piece.quality[-1] == BAD:
            gaps[-1] = replace(gaps[-1], end_us=max(gaps[-1].end_us, int(after.time_us[0])))
        yield from gaps


def _decoded(block: ArrivedBlock, content: bytes) -> Columns:
    """Raises FormatError for a block that is not what it is named after."""
    if not _is(content, block.sha256):
        raise FormatError("its content does not match its SHA-256")
    return decode_block(content)[1]


def _is(content: bytes, sha256: str) -> bool:
    return hashlib.sha256(content).hexdigest() == sha256


def _parts(blocks: Sequence[ArrivedBlock]) -> Parts:
    """Each block as one part; of its samples without a value it is not known how many there are, nor does it matter."""
    parts = np.zeros(len(blocks), PART)
    for column in ("minimum", "maximum", "mean"):
        values = [getattr(block, column) for block in blocks]
        parts[column] = [np.nan if value is None else value for value in values]
    parts["start_us"] = [block.start_us for block in blocks]
    parts["bad"] = [block.bad for block in blocks]
    parts["usable"] = [0 if block.minimum is None else block.count - block.bad for block in blocks]
    return parts
