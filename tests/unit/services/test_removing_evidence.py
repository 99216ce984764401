"""Retention on a station with a stand-in server: in whatever order things happen, every file is here or sealed there."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station_app.domain.chain import AUDIT
from station_app.domain.evidence_retention import DAY_US, RetentionRule
from station_app.domain.outcome import Outcome
from station_app.domain.records import EvidenceCaptured, EvidenceRemoved, decode_body
from station_app.services.ports import Blob, BlobState, JournalFull, MasterChange, Unreachable
from station_app.services.recording import Recorder
from station_app.services.removing_evidence import EvidenceRetention, Pruned
from station_app.services.verifying_evidence import verify_evidence
from tests.sync_station import STATION, FailingDatabase, SyncStation
from tests.unit.services.station import ASM_10, FullableJournal

RULE = RetentionRule(keep_days=30, max_bytes=1 << 30, min_free_bytes=0)


def named(station: SyncStation, blob: Blob) -> None:
    """Record that a file shows something."""
    fact = EvidenceCaptured(
        job_id="j", order_id="o", operation="30", serial="U-1", step_id="s", sha256=blob.sha256, media_type="image/png",
        size_bytes=blob.size_bytes, width_px=1, height_px=1, camera="bench", view="", outcome=Outcome.PASS,
    )  # fmt: skip
    station.recorder.record([fact], "p-17").result()


def prune(station: SyncStation, rule: RetentionRule = RULE, free_bytes: int = 1 << 40, at_once: int = 100) -> Pruned:
    retention = EvidenceRetention(
        station.journal, station.evidence, station.database, station.recorder, rule, station.clock, lambda: free_bytes
    )
    return retention.prune(at_once)


def removed(station: SyncStation) -> list[EvidenceRemoved]:
    facts = [decode_body(row.kind, row.body) for row in station.journal.all_rows(AUDIT)]
    return [fact for fact in facts if isinstance(fact, EvidenceRemoved)]


def kept_for(station: SyncStation, days: float, *contents: bytes) -> list[Blob]:
    """Files that were captured, recorded and delivered so many days ago."""
    blobs = [station.capture(content) for content in contents]
    for blob in blobs:
        named(station, blob)
    station.until_idle()
    station.clock.advance(days * 86_400)
    return blobs


def test_an_old_file_goes_is_recorded_and_comes_back_from_the_server() -> None:
    station = SyncStation()
    (blob,) = kept_for(station, 31, b"a" * 300_000)
    pruned = prune(station)
    assert [(r.sha256, r.reason) for r in pruned.removed] == [(blob.sha256, "older than 30 days")]
    assert not station.evidence.has(blob.sha256)
    assert [(fact.sha256, fact.size_bytes, fact.reason) for fact in removed(station)] == [
        (blob.sha256, 300_000, "older than 30 days")
    ]
    assert station.database.blob_get(blob.sha256) == b"a" * 300_000
    report = verify_evidence(station.journal, [])
    assert (report.faults, report.sealed_only, report.removed) == ([], 1, 1)
    assert prune(station).removed == (), "nothing is removed twice"


def test_a_young_file_and_one_of_an_instruction_stay() -> None:
    station = SyncStation()
    shown, young = kept_for(station, 29, b"shown", b"young")
    body = b'{"sha256":"' + shown.sha256.encode() + b'"}'
    station.journal.apply_master([MasterChange(1, "work_master", "w", body, "0" * 64)], 1, False).result()
    assert prune(station).removed == ()
    station.clock.advance(2 * 86_400)
    assert [removal.sha256 for removal in prune(station).removed] == [young.sha256]


def test_neither_without_its_seal_nor_without_its_record_at_the_server() -> None:
    station = SyncStation()
    (early,) = kept_for(station, 0, b"early")
    late = station.capture(b"late")
    named(station, late)
    named(station, early)  # a second record names the same file
    station.clock.advance(99 * 86_400)
    assert prune(station).removed == ()
    station.until_idle()
    station.next_poll()
    station.clock.advance(1)
    assert {removal.sha256 for removal in prune(station).removed} == {early.sha256, late.sha256}


def test_a_server_that_was_restored_without_the_file_gets_it_again() -> None:
    station = SyncStation()
    (blob,) = kept_for(station, 31, b"only here now")
    del station.server.state.sealed[blob.sha256]
    pruned = prune(station)
    assert (pruned.removed, pruned.kept) == ((), (blob.sha256,))
    assert station.evidence.has(blob.sha256)
    station.next_poll()
    assert station.server.state.sealed == {blob.sha256: b"only here now"}


def test_without_the_server_nothing_goes() -> None:
    station = SyncStation()
    kept_for(station, 31, b"a", b"b")

    class Cut(FailingDatabase):
        def blob_missing(self, sha256: str, size_bytes: int) -> list[int] | None:
            raise Unreachable("cut")

    station.database = Cut(station.server, STATION)
    pruned = prune(station)
    assert (pruned.removed, pruned.fault) == ((), "cut")
    assert len(station.evidence.files) == 2


def test_room_that_could_not_be_made_is_lacking_until_it_was() -> None:
    station = SyncStation()
    kept_for(station, 1, b"a" * 1000)
    rule = RetentionRule(keep_days=30, max_bytes=1 << 30, min_free_bytes=1 << 30)
    nearly = (1 << 30) - 500
    looked = prune(station, rule, nearly, at_once=0)
    assert (looked.removed, looked.more) == ((), False)
    assert "stay until the server can be asked" in looked.lacking
    station.server.cuts.extend(["before"] * 3)
    assert "stay until the server can be asked" in prune(station, rule, nearly).lacking
    station.server.cuts.clear()
    pruned = prune(station, rule, nearly)
    assert (len(pruned.removed), pruned.lacking) == (1, "")


def test_a_file_whose_removal_cannot_be_recorded_stays(tmp_path: Path) -> None:
    station = SyncStation()
    (blob,) = kept_for(station, 31, b"a")
    full = FullableJournal(tmp_path / "journal.sqlite", ASM_10)
    full.full = True
    station.recorder = Recorder(full, station.clock, station.ids)
    with pytest.raises(JournalFull):
        prune(station)
    assert station.evidence.has(blob.sha256)
    full.close()


def test_in_rounds() -> None:
    station = SyncStation()
    kept_for(station, 31, b"a", b"b", b"c")
    assert [
        (len(pruned.removed), pruned.more) for pruned in (prune(station, at_once=2), prune(station, at_once=2))
    ] == [
        (2, True),
        (1, False),
    ]


STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["capture", "name", "sync", "prune", "full"]), st.integers(0, 5)),
        st.tuples(st.just("days"), st.integers(1, 40)),
        st.tuples(st.sampled_from(["restart", "restore"]), st.just(0)),
    ),
    min_size=4,
    max_size=40,
)


@settings(max_examples=60, deadline=None)
@given(STEPS)
def test_every_file_is_here_or_sealed_at_the_server(steps: list[tuple[str, int]]) -> None:
    station, blobs = SyncStation(), {}
    for verb, number in steps:
        content = bytes([number]) * 10
        match verb:
            case "capture":
                blobs[number] = station.capture(content)
            case "name" if number in blobs:
                named(station, blobs[number])
            case "sync":
                for _ in range(number):
                    station.synchronizer.step()
            case "prune":
                prune(station)
            case "full":
                prune(station, RetentionRule(1000, 10, 1), free_bytes=0)
            case "days":
                station.clock.advance(number * DAY_US / 1e6)
            case "restart":
                station.restart()
            case "restore":  # the server loses what it had of the files that are still here
                for blob in blobs.values():
                    if station.evidence.has(blob.sha256):
                        station.server.state.sealed.pop(blob.sha256, None)
        for blob in blobs.values():
            assert station.evidence.has(blob.sha256) or blob.sha256 in station.server.state.sealed, verb
    gone = {blob.sha256 for blob in blobs.values() if not station.evidence.has(blob.sha256)}
    assert gone <= {fact.sha256 for fact in removed(station)}
    waiting = {blob.sha256 for blob in station.journal.blobs(BlobState.WAITING)}
    assert not gone & waiting - set(station.server.state.sealed)
