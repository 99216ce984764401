"""From an action to "saved": one append to the journal against a bare SQLite commit of the same bytes."""

from __future__ import annotations

import itertools
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from station_app.domain.chain import REC, Draft, Row
from station_app.domain.ids import RecordIds
from station_app.storage.journal import SqliteJournal
from station_app.storage.sqlite import sqlite_module

GOAL_MS = 20.0
GOAL_RATIO = 4.0
BODY = b'{"job_id":"J-1","serial":"GR-000123","text":"' + b"x" * 400 + b'"}'


def run(quick: bool) -> dict[str, object]:
    """p99 of a commit in milliseconds; both sides in turns on the same disk in the same seconds."""
    commits = 2_000 if quick else 20_000
    with tempfile.TemporaryDirectory() as folder:
        product_s, bare_s = _measure(Path(folder), commits)
    product, bare = _p99(product_s) * 1e3, _p99(bare_s) * 1e3
    return {
        "name": "commit_p99_ms",
        "product": round(product, 3),
        "bare": round(bare, 3),
        "ratio": round(product / bare, 2),
        "goal": f"<= {GOAL_MS:g} ms and <= {GOAL_RATIO:g}x a bare FULL commit of the same bytes",
        "met": product <= GOAL_MS and product <= GOAL_RATIO * bare,
    }


def _measure(folder: Path, commits: int) -> tuple[list[float], list[float]]:
    ids = RecordIds()
    bare = sqlite_module().connect(folder / "bare.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode=WAL").fetchall()
    bare.execute("PRAGMA synchronous=FULL")
    bare.execute("CREATE TABLE row (header TEXT, body BLOB, hash BLOB)")
    sequence = itertools.count()

    def draft() -> Draft:
        now_us = time.time_ns() // 1_000
        return Draft(REC, ids.next(now_us), "comment", 1, "p-17", now_us, 60, time.monotonic_ns(), "b" * 36, 3, BODY)

    def commit_bare(record: Draft) -> None:
        header = f"{next(sequence)}{record.rec_id}{record.kind}{record.actor}{record.wall_us}{record.mono_ns}{record.boot_id}"
        bare.execute("BEGIN IMMEDIATE")
        bare.execute("INSERT INTO row VALUES (?, ?, ?)", (header, record.body, b"h" * 32))
        bare.execute("COMMIT")

    product_s: list[float] = []
    bare_s: list[float] = []
    with SqliteJournal(folder / "journal.db", "plant/line1/BENCH") as journal:

        def commit(record: Draft) -> list[Row]:
            return journal.append([record]).result()

        for _ in range(commits):
            product_s.append(_timed(commit, draft()))
            bare_s.append(_timed(commit_bare, draft()))
    bare.close()
    return product_s, bare_s


def _timed(verb: Callable[[Draft], object], record: Draft) -> float:
    start_s = time.perf_counter()
    verb(record)
    return time.perf_counter() - start_s


def _p99(times_s: list[float]) -> float:
    return sorted(times_s)[int(len(times_s) * 0.99)]
