"""The order of records of several stations: within a station by its log, across stations by corrected time."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable

from station_app.services.ports import LoggedRow


def corrected_us(logged: LoggedRow) -> int:
    """The wall time of a record corrected by the clock offset stored with it, UTC microseconds."""
    return logged.row.wall_us + 1000 * (logged.row.clock_offset_ms or 0)


def in_order(rows: Iterable[LoggedRow]) -> list[LoggedRow]:
    """The rows merged: each (station, chan) stays in its order of (epoch, seq), whatever its clock did.

    Between stations the earlier corrected time goes first, then station, channel, epoch and seq.
    """
    streams: dict[tuple[str, str], list[LoggedRow]] = defaultdict(list)
    for logged in rows:
        streams[logged.station, logged.row.chan].append(logged)
    heads: list[tuple[int, str, str, int]] = []
    for (station, chan), stream in streams.items():
        stream.sort(key=lambda logged: (logged.row.epoch, logged.row.seq))
        heapq.heappush(heads, (corrected_us(stream[0]), station, chan, 0))
    ordered: list[LoggedRow] = []
    while heads:
        _, station, chan, index = heapq.heappop(heads)
        stream = streams[station, chan]
        ordered.append(stream[index])
        if index + 1 < len(stream):
            heapq.heappush(heads, (corrected_us(stream[index + 1]), station, chan, index + 1))
    return ordered
