"""The lightest real station: journal, recorder, evidence and sync worker, driven line by line. Made to be killed.

It speaks the language of ``station run --headless``: one JSON command a line in, one JSON answer a line out. It knows
``{"do": "comment", "text": ...}``, ``evidence`` (``size_bytes``), ``wait`` (``for``: drained, ``timeout_s``) and ``stop``.

    python -m tests.system.writer_process FOLDER STATION DATABASE_URL [MUTANT]
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from station_app.domain.ids import RecordIds
from station_app.domain.outcome import Outcome
from station_app.domain.records import Comment, EvidenceCaptured, Fact, SettingChanged
from station_app.services.ports import Blob, BlobState
from station_app.services.recording import Recorder
from station_app.services.sync_state import SyncPhase
from station_app.services.synchronize import SyncWorker
from station_app.storage.clock import SystemClock
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal
from station_app.storage.shared import DatabaseAddress, PostgresSharedDatabase
from tests.system.mutants import MUTANTS

ANSWER_TIMEOUT_S = 2.0


class Writer:
    """A station without devices, people or windows."""

    def __init__(self, folder: Path, station: str, database_url: str, mutant: str) -> None:
        address = dataclasses.replace(
            DatabaseAddress.from_url(database_url), answer_timeout_s=ANSWER_TIMEOUT_S, connect_timeout_s=2
        )
        clock = SystemClock()
        self.journal = SqliteJournal(folder / "journal.sqlite", station)
        self.evidence = FileEvidenceStore(folder / "evidence")
        self.recorder = Recorder(self.journal, clock, RecordIds())
        if mutant:
            worker_class, database_class = MUTANTS[mutant]
        else:
            worker_class, database_class = SyncWorker, PostgresSharedDatabase
        self.database = database_class(address)
        self.sync = worker_class(self.journal, self.database, self.evidence, self.recorder, clock)
        self.sync.start()

    def close(self) -> None:
        """Stop in good order."""
        self.sync.stop()
        self.database.close()
        self.journal.close()

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """Do what one line asks for."""
        match command["do"]:
            case "comment":
                return self._record(Comment(text=command["text"]), SettingChanged(setting="s", old="", new="x"))
            case "evidence":
                return self._keep_evidence(os.urandom(command["size_bytes"]))
            case "wait":
                return self._wait(command["timeout_s"])
            case other:
                return {"error": f"unknown command {other}"}

    def _record(self, *facts: Fact) -> dict[str, Any]:
        rows = self.recorder.record(facts, "P-1").result()
        self.sync.wake()
        return {"saved": [row.rec_id for row in rows]}

    def _keep_evidence(self, content: bytes) -> dict[str, Any]:
        sha256 = self.evidence.put(content)
        self.journal.put_blob(Blob(sha256, len(content), "image/png", BlobState.WAITING)).result()
        answer = self._record(EvidenceCaptured(
            job_id="J", serial="S", order_id="O", operation="10", step_id="1", sha256=sha256, media_type="image/png",
            size_bytes=len(content), width_px=1, height_px=1, camera="c", view="v", outcome=Outcome.PASS,
        ))  # fmt: skip
        return answer | {"evidence": sha256}

    def _wait(self, timeout_s: float) -> dict[str, Any]:
        until = time.monotonic() + timeout_s
        while self.journal.waiting() or self.journal.blobs(BlobState.WAITING) or not self._is_idle():
            if time.monotonic() > until:
                return {"error": f"waited in vain: {self.sync.state}"}
            self.sync.retry_now()
            time.sleep(0.01)
        return {"reached": "drained"}

    def _is_idle(self) -> bool:
        return self.sync.state.name is SyncPhase.IDLE


def main(folder_text: str, station: str, database_url: str, mutant: str = "") -> None:
    """Serve standard input until it ends or says stop."""
    writer = Writer(Path(folder_text), station, database_url, mutant)
    for number, line in enumerate(sys.stdin, start=1):
        command = json.loads(line)
        if command["do"] == "stop":
            break
        print(json.dumps({"n": number} | writer.answer(command)), flush=True)
    writer.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
