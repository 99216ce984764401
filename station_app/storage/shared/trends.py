"""Any station's machine data out of the shared database: through a login of the group ``mes_reader``."""

from __future__ import annotations

import hashlib

from sqlalchemy import text

from station_app.domain.trend import Envelope, Gap, GapKind, RawSeries, StoredTag
from station_app.storage.historian.aggregate import Span
from station_app.storage.historian.codec import decode_block
from station_app.storage.historian.columns import Columns
from station_app.storage.historian.drawing import bad_gaps, drawn, first_of, joined, visible, within
from station_app.storage.historian.integers import FormatError
from station_app.storage.historian.series import merged
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.connection import make_engine, transaction

_BLOCKS = text("SELECT start_us, end_us, sha256, content FROM mes.trend_blocks(:station, :tag, :from_us, :to_us)")


class SharedTrendHistory:
    """The TrendHistory port for one station of the line. Blocking; may be used from several threads.

    It knows what is delivered: the newest hour may be missing, and of gaps only Bad values and damaged blocks.
    Every verb raises a SharedDatabaseError for failures of the environment.
    """

    def __init__(self, address: DatabaseAddress, station: str) -> None:
        self._address = address
        self._engine = make_engine(address)
        self._station = station

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def tags(self) -> list[StoredTag]:
        """Every tag of the station that has delivered blocks."""
        sql = text("SELECT tag, count, start_us, end_us FROM mes.trend_tags(:station)")
        with transaction(self._engine, self._address) as connection:
            return [StoredTag(*row) for row in connection.execute(sql, {"station": self._station})]

    def read_raw(self, tag: str, from_us: int, to_us: int, limit: int) -> RawSeries:
        """The first ``limit`` samples of a span, and its gaps."""
        return first_of(within(self._read(tag, from_us, to_us), from_us, to_us), limit)

    def envelope(self, tag: str, from_us: int, to_us: int, points: int) -> Envelope:
        """A span in about ``points`` points; every block of it is read."""
        series = self._read(tag, from_us, to_us)
        span = Span(from_us, to_us, points)
        return drawn(series, span, visible(series.gaps, span))

    def _read(self, tag: str, from_us: int, to_us: int) -> RawSeries:
        pieces: list[Columns] = []
        gaps: list[Gap] = []
        for start_us, end_us, sha256, content in self._blocks(tag, from_us, to_us):
            try:
                if hashlib.sha256(content).hexdigest() != sha256:
                    raise FormatError("its content does not match its SHA-256")
                pieces.append(decode_block(content)[1])
            except FormatError as error:
                gaps.append(Gap(start_us, end_us, GapKind.DAMAGED, f"block {sha256[:12]}… is damaged: {error}"))
        return merged(pieces, joined([*gaps, *bad_gaps(pieces, from_us, to_us)]))

    def _blocks(self, tag: str, from_us: int, to_us: int) -> list[tuple[int, int, str, bytes]]:
        """The blocks that touch a span, in as many answers as it takes."""
        known: dict[tuple[int, str], tuple[int, int, str, bytes]] = {}
        while True:
            parameters = {"station": self._station, "tag": tag, "from_us": from_us, "to_us": to_us}
            with transaction(self._engine, self._address) as connection:
                rows = [(row[0], row[1], row[2], bytes(row[3])) for row in connection.execute(_BLOCKS, parameters)]
            before = len(known)
            known |= {(row[0], row[2]): row for row in rows}
            if len(known) == before:
                return list(known.values())
            from_us = max(from_us, min(row[1] for row in rows[-1:]))
