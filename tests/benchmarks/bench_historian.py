"""The historian: samples in, bytes on the disk, and a month opened, against SQLite and numpy doing the least.

Goals (issue "Machine data you can trust"): ingest at least 0.3x of bare batched inserts; at most 6 bytes a sample on 12-bit
signals and 12 on float noise, times, quality and summaries included; an envelope of 30 days of 20 tags at 1 Hz (52 million
samples) at 2,000 points within 250 ms. The month is built once, in the computer's folder for temporary files.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from drivers.base import Quality, Sample
from station_app.domain.history_rule import HistoryRule
from station_app.domain.trend import ValueKind
from station_app.storage.clock import SystemClock
from station_app.storage.historian import SqliteTrendHistory
from station_app.storage.historian.codec import encode_block
from station_app.storage.historian.columns import Columns
from station_app.storage.historian.recording import Recording
from station_app.storage.historian.schema import open_file
from station_app.storage.historian.sealing import BLOCK_SAMPLES
from station_app.storage.sqlite import sqlite_module
from tests.benchmarks.measuring import line

STATION = "Bench/Plant/Hall/Line/HIST"
TAGS = 20
BATCH = 10_000
T0_US = 1_700_000_000_000_000
DAY_US = 86_400_000_000
DAYS = 30
POINTS = 2000
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """Ingest, sizes, envelopes."""
    yield _ingest(100_000 if quick else 1_000_000)
    yield from _sizes(100 if quick else 400)
    yield from _envelopes(5 if quick else 20)


# --- ingest --------------------------------------------------------------------------------------------------------


def _ingest(count: int) -> dict[str, Any]:
    noise = np.random.default_rng(1).normal(0, 1, count).tolist()
    now = time.time()
    samples = [
        Sample(f"t{n % TAGS}", noise[n], Quality.GOOD, "Good", now + n / 10_000, now + n / 10_000) for n in range(count)
    ]
    batches = [samples[start : start + BATCH] for start in range(0, count, BATCH)]
    product_s = bare_s = 0.0
    with tempfile.TemporaryDirectory() as folder:
        bare = _Bare(Path(folder) / "bare.db")
        connection, recording = _recording(Path(folder) / "historian.sqlite")
        for batch in batches:
            start_s = time.perf_counter()
            bare.insert(batch)
            bare_s += time.perf_counter() - start_s
            start_s = time.perf_counter()
            recording.take(batch)
            recording.save()
            product_s += time.perf_counter() - start_s
        connection.close()
        bare.close()
    product, plain = count / product_s, count / bare_s
    goal = ">= 0.3x bare batched inserts"
    return line("historian ingest, samples stored (1/s)", product, plain, goal, product >= 0.3 * plain)


class _Bare:
    """SQLite with a table of samples and nothing around it."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite_module().connect(file, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL").fetchall()
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute(
            "CREATE TABLE sample (tag TEXT, time_us INTEGER, value REAL, quality INTEGER, status TEXT)"
        )

    def insert(self, samples: Sequence[Sample]) -> None:
        rows = [(s.tag, int((s.source_time or 0) * 1e6), s.value, 0, s.status) for s in samples]
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO sample VALUES (?, ?, ?, ?, ?)", rows)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        self._connection.close()


def _recording(file: Path) -> tuple[Any, Recording]:
    connection, _ = open_file(file, STATION)
    rules = {f"t{n}": HistoryRule() for n in range(TAGS)}
    return connection, Recording(connection, rules, SystemClock(), deliver=False)


# --- sizes ---------------------------------------------------------------------------------------------------------


def _sizes(blocks: int) -> Iterator[dict[str, Any]]:
    """Bytes of the whole file a sample, against a table of the same samples."""
    count = blocks * BLOCK_SAMPLES
    chance = np.random.default_rng(2)
    counts = np.clip(np.rint(2048 + 1500 * np.sin(np.arange(count) / 50) + chance.normal(0, 20, count)), 0, 4095)
    volts = counts * (20 / 4095) - 10
    noise = chance.normal(0, 1, count)
    for name, values, most in (
        ("12-bit counts", counts, 6.0),
        ("12 bits scaled to volts", volts, 6.0),
        ("12 bits scaled, as 32-bit floats", volts.astype(np.float32).astype(np.float64), 6.0),
        ("float noise", noise, 12.0),
    ):
        for rate, step_us, jitter_us in (("1 Hz", 1_000_000, 1000), ("1 kHz", 1000, 20)):
            times = T0_US + np.arange(count) * step_us + chance.integers(-jitter_us, jitter_us, count)
            product, bare = _size(times, values), _bare_size(times, values)
            yield line(f"{name} at {rate} (bytes/sample)", product, bare, f"<= {most:g}", product <= most)


def _size(times: Ints, values: Floats) -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "historian.sqlite"
        connection, recording = _recording(file)
        _seal(connection, recording, {f"t{n}": (times, values) for n in range(4)})
        connection.close()
        return file.stat().st_size / times.size / 4


def _bare_size(times: Ints, values: Floats) -> float:
    with tempfile.TemporaryDirectory() as folder:
        bare = _Bare(Path(folder) / "bare.db")
        bare.insert(
            [
                Sample("press.force", value, Quality.GOOD, "Good", time_us / 1e6, 0.0)
                for time_us, value in zip(times.tolist(), values.tolist(), strict=True)
            ]
        )
        bare.close()
        return (Path(folder) / "bare.db").stat().st_size / times.size


def _seal(connection: Any, recording: Recording, signals: dict[str, tuple[Ints, Floats]]) -> None:
    """Columns straight into blocks: making millions of samples first would take longer than what is measured."""
    count = next(iter(signals.values()))[0].size
    for start in range(0, count, BLOCK_SAMPLES):
        connection.execute("BEGIN IMMEDIATE")
        for tag, (times, values) in signals.items():
            piece = times[start : start + BLOCK_SAMPLES]
            good = np.zeros(piece.size, np.uint8)
            columns = Columns(
                ValueKind.FLOAT, piece, values[start : start + BLOCK_SAMPLES], good == 0, good, good.astype(np.int32),
                ("Good",),
            )  # fmt: skip
            recording._blocks.put(recording._series[tag].tag, columns, encode_block(tag, columns))
        connection.execute("COMMIT")


# --- envelopes -----------------------------------------------------------------------------------------------------


def _envelopes(repetitions: int) -> Iterator[dict[str, Any]]:
    count = DAYS * 86_400
    bare = _bare_envelope(count) * TAGS
    history = SqliteTrendHistory(_month(count), STATION)
    spans = {"30 days": DAYS, "7 days": 7, "2 days": 2, "1 day": 1, "4 hours": 1 / 6, "30 minutes": 1 / 48}
    for name, days in spans.items():
        from_us = T0_US + (0 if days == DAYS else 10 * DAY_US)
        took_s = []
        for _ in range(repetitions):
            start_s = time.perf_counter()
            found = [history.envelope(f"t{n}", from_us, from_us + int(days * DAY_US), POINTS) for n in range(TAGS)]
            took_s.append(time.perf_counter() - start_s)
        worst = max(took_s) * 1e3
        points = min(envelope.time_us.size for envelope in found)
        yield line(
            f"envelope of {name}, {TAGS} tags at 1 Hz, {POINTS} points (ms)", worst, bare * 1e3, "<= 250 ms",
            worst <= 250, median_ms=round(sorted(took_s)[repetitions // 2] * 1e3, 1), points=points,
            bare_is="numpy over 30 days in memory",
        )  # fmt: skip
    history.close()


def _bare_envelope(count: int) -> float:
    values = np.random.default_rng(3).normal(0, 1, count)
    starts = np.arange(0, count, count // POINTS)
    start_s = time.perf_counter()
    np.minimum.reduceat(values, starts)
    np.maximum.reduceat(values, starts)
    np.add.reduceat(values, starts)
    return time.perf_counter() - start_s


def _month(count: int) -> Path:
    """The file with the month, made where it is missing; about a minute and 200 MB."""
    file = Path(tempfile.gettempdir()) / f"station-benchmark-month-{DAYS}-{TAGS}-1.sqlite"
    if file.exists():
        return file
    making = file.with_suffix(".making")
    making.unlink(missing_ok=True)
    connection, recording = _recording(making)
    connection.execute("PRAGMA synchronous=OFF")
    chance = np.random.default_rng(4)
    signals = {
        f"t{n}": (
            T0_US + np.arange(count) * 1_000_000 + chance.integers(-1000, 1000, count),
            np.round(20 + 5 * np.sin(np.arange(count) / (3000 + 100 * n)) + chance.normal(0, 0.2, count), 2),
        )
        for n in range(TAGS)
    }
    _seal(connection, recording, signals)
    connection.close()
    making.replace(file)
    return file
