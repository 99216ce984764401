"""What benchmarks share: percentiles, the shape of a result, and the bare SQLite commit they are held against."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from station_app.domain.chain import Row
from station_app.storage.sqlite import sqlite_module


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` (0 to 1) of the values do not exceed. Raises ValueError for no values."""
    if not values:
        raise ValueError("nothing was measured")
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def line(name: str, product: float, bare: float, goal: str, met: bool, **more: Any) -> dict[str, Any]:
    """One result; the unit is part of the name. ``more`` are further figures of the same measurement."""
    return {
        "name": name,
        "product": rounded(product),
        "bare": rounded(bare),
        "ratio": rounded(product / bare),
        "goal": goal,
        "met": met,
        **more,
    }


def rounded(value: float) -> float:
    """Three significant digits, enough for a measurement."""
    return float(f"{value:.3g}") if abs(value) < 1000 else round(value)


class BareCommits:
    """SQLite with WAL and synchronous=FULL and nothing around it: one insert and one COMMIT a call."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite_module().connect(file, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL").fetchall()
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("CREATE TABLE row (header TEXT, body BLOB, hash BLOB)")

    def commit(self, rows: Sequence[Row]) -> None:
        """Commit the same bytes as the journal keeps of these rows."""
        values = [
            (f"{r.seq}{r.rec_id}{r.kind}{r.actor}{r.wall_us}{r.mono_ns}{r.boot_id}", r.body, r.hash) for r in rows
        ]
        self._connection.execute("BEGIN IMMEDIATE")
        for value in values:
            self._connection.execute("INSERT INTO row VALUES (?, ?, ?)", value)
        self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
