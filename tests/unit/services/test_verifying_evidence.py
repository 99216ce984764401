"""Evidence against records: missing, damaged, sealed at the server, and named by nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from station_app.domain.ids import RecordIds
from station_app.domain.outcome import Outcome
from station_app.domain.records import EvidenceCaptured, JobState
from station_app.services.ports import Blob, BlobState
from station_app.services.recording import Recorder
from station_app.services.verifying_evidence import EvidenceReport, verify_evidence
from station_app.storage.clock import SystemClock
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.evidence_files import stored_files
from tests.unit.services.station import ASM_10, FullableJournal


class Kept:
    """A station's journal and evidence folder, filled by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "evidence"
        self.store = FileEvidenceStore(self.folder)
        self.journal = FullableJournal(folder / "journal.sqlite", ASM_10)
        self._recorder = Recorder(self.journal, SystemClock(), RecordIds())

    def capture(self, content: bytes, state: BlobState = BlobState.WAITING, recorded: bool = True) -> str:
        sha256 = self.store.put(content)
        self.journal.put_blob(Blob(sha256, len(content), "image/jpeg", state)).result()
        if recorded:
            self._recorder.record([evidence(sha256, len(content))], "p-17").result()
        return sha256

    def record(self, fact: JobState) -> None:
        self._recorder.record([fact], "p-17").result()

    def remove(self, sha256: str) -> None:
        self.store.path(sha256).unlink()

    def verify(self) -> EvidenceReport:
        return verify_evidence(self.journal, stored_files(self.folder))


def evidence(sha256: str, size_bytes: int) -> EvidenceCaptured:
    return EvidenceCaptured(
        job_id="j", order_id="o", operation="30", serial="U-1", step_id="s", attempt=1, check_id="photo",
        sha256=sha256, media_type="image/jpeg", size_bytes=size_bytes, width_px=1, height_px=1, camera="bench", view="",
        outcome=Outcome.PASS,
    )  # fmt: skip


def began_with(sha256: str) -> JobState:
    """A job that keeps the instruction it began with."""
    return JobState(
        job_id="j", order_id="o", operation="30", serial="U-1", state="Running", product="P", work_master_id="w",
        work_master_version="A", work_master_sha256=sha256,
    )  # fmt: skip


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    made = Kept(tmp_path)
    yield made
    made.journal.close()


def test_whole_evidence_has_no_fault(kept: Kept) -> None:
    kept.capture(b"one")
    kept.capture(b"two", BlobState.SEALED)
    kept.capture(b"an instruction's picture", BlobState.FETCHED, recorded=False)
    report = kept.verify()
    assert (report.records, report.whole, report.faults, report.orphans) == (2, 3, [], [])


def test_nothing_recorded_and_no_folder_is_well(kept: Kept) -> None:
    assert kept.verify() == EvidenceReport()


def test_a_missing_file_is_named_with_its_unit_and_record(kept: Kept) -> None:
    sha256 = kept.capture(b"one")
    kept.remove(sha256)
    (fault,) = kept.verify().missing
    assert (fault.sha256, fault.serial) == (sha256, "U-1")
    assert "the file of 3 bytes is not here, and the server has not sealed it" in str(fault)
    assert f"(unit U-1, record {fault.rec_id})" in str(fault)


def test_a_file_that_the_server_sealed_may_be_gone(kept: Kept) -> None:
    kept.remove(kept.capture(b"one", BlobState.SEALED))
    report = kept.verify()
    assert (report.sealed_only, report.faults) == (1, [])


def test_a_file_that_waits_without_a_record_must_be_there(kept: Kept) -> None:
    kept.remove(kept.capture(b"one", recorded=False))
    assert len(kept.verify().missing) == 1


@pytest.mark.parametrize("damage", [b"onf", b"on", b"one more", b""])
def test_a_changed_byte_a_cut_and_an_added_one_are_found(kept: Kept, damage: bytes) -> None:
    sha256 = kept.capture(b"one", BlobState.SEALED)
    kept.store.path(sha256).write_bytes(damage)
    report = kept.verify()
    (fault,) = report.damaged
    assert fault.sha256 == sha256 and fault.serial == "U-1"
    assert f"{sha256[:2]}/{sha256[2:4]}/{sha256} was changed or damaged: its {len(damage)} bytes" in str(fault)
    assert report.missing == [] and report.orphans == []


def test_files_that_nothing_names_are_listed_and_are_no_fault(kept: Kept) -> None:
    kept.capture(b"one")
    orphan = kept.store.put(b"nobody's")
    (kept.folder / "notes.txt").write_text("hello", encoding="utf-8")
    (kept.folder / "aa").mkdir(exist_ok=True)
    (kept.folder / "aa" / ("0" * 64)).write_bytes(b"in the wrong folder")
    (kept.folder / "incoming" / "being written").write_bytes(b"half")
    report = kept.verify()
    assert report.faults == []
    names = {Path(file.path).name for file in report.orphans}
    assert names == {orphan, "notes.txt", "0" * 64}


def test_the_instruction_that_a_job_began_with_is_named_by_its_record(kept: Kept) -> None:
    sha256 = kept.store.put(b"the instruction as it was released")
    kept.record(began_with(sha256))
    report = kept.verify()
    assert (report.whole, report.orphans, report.faults) == (1, [], [])


def test_a_damaged_orphan_is_a_fault(kept: Kept) -> None:
    sha256 = hashlib.sha256(b"x").hexdigest()
    kept.store.put(b"x")
    kept.store.path(sha256).write_bytes(b"y")
    assert [fault.sha256 for fault in kept.verify().damaged] == [sha256]
