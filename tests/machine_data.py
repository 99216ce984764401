"""Samples and historians for tests: a recording driven by hand with a clock set by hand, and blocks to deliver."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from drivers.base import Quality, Sample, Value
from station_app.domain.history_rule import HistoryRule, Keep
from station_app.domain.trend import TrendBlock, ValueKind
from station_app.storage.historian import BlockOutbox, Readers, SqliteTrendHistory
from station_app.storage.historian.codec import CODEC, encode_block
from station_app.storage.historian.columns import Columns
from station_app.storage.historian.recording import Recording
from station_app.storage.historian.schema import open_file
from station_app.storage.historian.summary import summarise
from tests.fakes.clock import FakeClock

STATION = "plant/line1/ASM-10"
ALL = HistoryRule(Keep.ALL)
T0_US = 1_700_000_000_000_000


def sample(
    time_us: int, value: Value, quality: Quality = Quality.GOOD, status: str = "Good", tag: str = "force",
    received_us: int | None = None,
) -> Sample:  # fmt: skip
    """A sample whose device gave it the time."""
    return Sample(tag, value, quality, status, time_us / 1e6, (time_us if received_us is None else received_us) / 1e6)


def ramp(count: int, start_us: int = T0_US, step_us: int = 1_000_000, tag: str = "force") -> list[Sample]:
    """Samples 0, 1, 2..."""
    return [sample(start_us + number * step_us, float(number), tag=tag) for number in range(count)]


def block(tag: str, values: Sequence[float], start_us: int = T0_US, block_id: int = 1) -> TrendBlock:
    """A sealed block of Good values, one a second."""
    size = len(values)
    columns = Columns(
        ValueKind.FLOAT, start_us + np.arange(size, dtype=np.int64) * 1_000_000, np.array(values, np.float64),
        np.ones(size, np.bool_), np.zeros(size, np.uint8), np.zeros(size, np.int32), ("Good",),
    )  # fmt: skip
    content, summary = encode_block(tag, columns), summarise(columns)
    return TrendBlock(
        block_id, tag, summary.start_us, summary.end_us, size, 0, 0, summary.first, summary.last, summary.minimum,
        summary.maximum, summary.mean, CODEC, hashlib.sha256(content).hexdigest(), content,
    )  # fmt: skip


class Bench:
    """A historian's file without its thread: :meth:`store` is what a second of the thread does."""

    def __init__(
        self, folder: Path, rules: Mapping[str, HistoryRule] | None = None, *, deliver: bool = True,
        station: str = STATION,
    ) -> None:  # fmt: skip
        self.station = station
        self.path = folder / "historian.sqlite"
        self.rules = rules or {"force": ALL}
        self.deliver = deliver
        self.clock = FakeClock(T0_US)
        self.remark = ""
        self.works: list[Any] = []
        self.start()
        self.history = SqliteTrendHistory(self.path, station)
        self._readers = Readers(self.path, station)
        self.outbox = BlockOutbox(self._readers, self.works.append)

    def start(self) -> None:
        """Open the file, as the application's start does."""
        self.connection, self.remark = open_file(self.path, self.station)
        self.recording = Recording(self.connection, self.rules, self.clock, self.deliver)

    def store(self, samples: Iterable[Sample] = (), *, closing: bool = False) -> None:
        """Take samples and save, with what the outbox asked for."""
        self.recording.take(samples)
        works = list(self.works)
        self.recording.save(works, closing=closing)
        self.works.clear()

    def crash(self) -> None:
        """The process is gone; what was not saved is lost."""
        self.connection.close()

    def close(self) -> None:
        """Close the file and the readers."""
        self.connection.close()
        self.history.close()
        self._readers.close()

    def sql(self, statement: str, *parameters: object) -> list[Any]:
        """Ask the file."""
        rows: list[Any] = self.connection.execute(statement, parameters).fetchall()
        return rows

    def values(self, tag: str = "force", from_us: int = 0, to_us: int = 1 << 62) -> list[Any]:
        """What is stored of a tag."""
        found = self.history.read_raw(tag, from_us, to_us, 10_000_000)
        return [
            value if there else None for value, there in zip(found.value.tolist(), found.present.tolist(), strict=True)
        ]
