"""Which pictures may leave a station: planning over a journal with the records of 20,000 pictures and ten times as many others.

Bare: the same files' times asked of the file system, and the same records read with SQLite alone and their JSON decoded.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from station_app.domain.evidence_retention import RetentionRule
from station_app.domain.ids import RecordIds
from station_app.domain.outcome import Outcome
from station_app.domain.records import Comment, EvidenceCaptured, Fact
from station_app.services.ports import Blob, BlobState
from station_app.services.recording import Recorder
from station_app.services.removing_evidence import plan_retention
from station_app.storage.clock import SystemClock
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal
from station_app.storage.sqlite import sqlite_module
from tests.benchmarks.measuring import line, percentile

GOAL_S = 3.0
BATCH = 500
OTHERS = 9
STATION = "ACME/BRNO/ASSEMBLY/L1/ASM-10"
SIZE_BYTES = 400_000
RULE = RetentionRule(keep_days=180, max_bytes=1 << 30, min_free_bytes=0)


def run(quick: bool) -> Iterator[dict[str, Any]]:
    """Seconds for one round of planning; pictures take more room than they may, so that every record counts."""
    pictures, rounds = (5_000, 3) if quick else (20_000, 7)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        evidence = FileEvidenceStore(root / "evidence")
        journal = SqliteJournal(root / "journal.sqlite", STATION)
        try:
            names = _fill(journal, evidence, pictures)
            product_s, bare_s = [], []
            for _ in range(rounds):
                began_s = time.perf_counter()
                plan = plan_retention(journal, evidence, RULE, SystemClock().wall_us(), 1 << 40)
                product_s.append(time.perf_counter() - began_s)
                began_s = time.perf_counter()
                found = _bare(root / "journal.sqlite", [evidence.path(name) for name in names])
                bare_s.append(time.perf_counter() - began_s)
                if not plan.removals or found != pictures:
                    raise RuntimeError("the records were not read")
        finally:
            journal.close()
    product, bare = percentile(product_s, 0.5), percentile(bare_s, 0.5)
    goal_s = GOAL_S * pictures / 20_000
    name = f"evidence prune planned over {pictures} pictures, median (s)"
    yield line(name, product, bare, f"<= {goal_s:g} s", product <= goal_s, records=pictures * (OTHERS + 1))


def _fill(journal: SqliteJournal, evidence: FileEvidenceStore, pictures: int) -> list[str]:
    recorder = Recorder(journal, SystemClock(), RecordIds())
    names = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(pictures)]
    for name in names:
        path = evidence.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()  # its size is in its record: the bytes are not looked at
    done = [journal.put_blob(Blob(name, SIZE_BYTES, "image/jpeg", BlobState.SEALED)) for name in names]
    for start in range(0, pictures, BATCH // (OTHERS + 1)):
        facts: list[Fact] = []
        for name in names[start : start + BATCH // (OTHERS + 1)]:
            facts.append(_captured(name))
            facts += [Comment(text="something else that happened", serial="GX40-000127")] * OTHERS
        recorder.record(facts, "p-17").result()
    for each in done:
        each.result()
    journal.set_peer("rec", 1, pictures * (OTHERS + 1), 0).result()
    return names


def _captured(sha256: str) -> EvidenceCaptured:
    return EvidenceCaptured(
        job_id="j", order_id="o", operation="30", serial="U-1", step_id="s", sha256=sha256, media_type="image/jpeg",
        size_bytes=SIZE_BYTES, width_px=1920, height_px=1080, camera="bench", view="", outcome=Outcome.PASS,
    )  # fmt: skip


def _bare(journal: Path, files: list[Path]) -> int:
    for file in files:
        file.stat()
    connection = sqlite_module().connect(journal)
    try:
        rows = connection.execute("SELECT wall_us, body FROM log WHERE kind = 'evidence_captured'")
        return len({json.loads(body)["sha256"] for _, body in rows})
    finally:
        connection.close()
