"""A stretch of trends as a table: every sample with its quality, or lowest, mean and highest where there are too many."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

import numpy as np

from station_app.domain.trend import QUALITIES, Envelope, Gap, RawSeries

MOST_SAMPLES = 200_000
"""Samples of one tag that are written one by one; of more a summary."""
POINTS = 20_000
ROWS_AT_ONCE = 5_000
COLUMNS = ("time_utc", "tag", "title", "unit", "value", "minimum", "mean", "maximum", "samples", "quality", "status")


@dataclass(frozen=True, slots=True)
class ExportedTag:
    """A tag and how people read it."""

    name: str
    title: str
    unit: str


class PastSamples(Protocol):
    """What a table is made from: samples as of the TrendHistory port, this station's or another's."""

    def read_raw(self, tag: str, from_us: int, to_us: int, limit: int) -> RawSeries: ...

    def envelope(self, tag: str, from_us: int, to_us: int, points: int) -> Envelope: ...


def csv_rows(
    history: PastSamples, tags: Sequence[ExportedTag], from_us: int, to_us: int, most_samples: int = MOST_SAMPLES
) -> Iterator[bytes]:
    """The table as UTF-8 CSV with a byte order mark, piece by piece, tag after tag. Blocks; raises HistorianError.

    A line is a sample (``value``), a summary (``minimum``, ``mean``, ``maximum`` of ``samples``) or a gap (``status`` is its
    reason, its end is said there). Times are UTC in ISO 8601.
    """
    yield _encoded([COLUMNS], start="\ufeff")
    for tag in tags:
        raw = history.read_raw(tag.name, from_us, to_us, most_samples)
        if raw.complete:
            yield from _in_pieces(raw.time_us.size, partial(_sample_row, tag, raw))
            gaps = raw.gaps
        else:
            points = history.envelope(tag.name, from_us, to_us, POINTS)
            yield from _in_pieces(points.time_us.size, partial(_point_row, tag, points))
            gaps = points.gaps
        yield _encoded([_gap_row(tag, gap) for gap in gaps])


def _in_pieces(count: int, row: Callable[[int], Sequence[str]]) -> Iterator[bytes]:
    for start in range(0, count, ROWS_AT_ONCE):
        yield _encoded([row(at) for at in range(start, min(count, start + ROWS_AT_ONCE))])


def _sample_row(tag: ExportedTag, raw: RawSeries, at: int) -> Sequence[str]:
    value = str(raw.value[at]) if raw.present[at] else ""
    quality, status = QUALITIES[int(raw.quality[at])].value, raw.status_names[int(raw.status[at])]
    return (_time(int(raw.time_us[at])), tag.name, tag.title, tag.unit, value, "", "", "", "1", quality, status)


def _point_row(tag: ExportedTag, points: Envelope, at: int) -> Sequence[str]:
    figures = [_number(float(column[at])) for column in (points.minimum, points.mean, points.maximum)]
    count, bad = int(points.count[at]), int(points.bad[at])
    quality = "Bad" if not count else "Good" if not bad else f"Good {100 * count / (count + bad):.1f} %"
    return (_time(int(points.time_us[at])), tag.name, tag.title, tag.unit, "", *figures, str(count + bad), quality, "")


def _gap_row(tag: ExportedTag, gap: Gap) -> Sequence[str]:
    status = f"{gap.kind.value}: {gap.reason} until {_time(gap.end_us)}"
    return (_time(gap.start_us), tag.name, tag.title, tag.unit, "", "", "", "", "0", "Bad", status)


def _number(value: float) -> str:
    return "" if np.isnan(value) else repr(value)


def _time(time_us: int) -> str:
    whole_s, rest_us = divmod(time_us, 1_000_000)
    return f"{datetime.fromtimestamp(whole_s, tz=UTC):%Y-%m-%dT%H:%M:%S}.{rest_us:06d}Z"


def _encoded(rows: Sequence[Sequence[str]], start: str = "") -> bytes:
    text = io.StringIO(newline="")
    text.write(start)
    # a text that begins like a formula must not become one in a spreadsheet
    csv.writer(text).writerows([[_plain(cell) for cell in row] for row in rows])
    return text.getvalue().encode("utf-8", "replace")


def _plain(cell: str) -> str:
    if cell[:1] in ("=", "@") or (cell[:1] in "+-" and cell and not _is_number(cell)):
        return f"'{cell}"
    return cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True
