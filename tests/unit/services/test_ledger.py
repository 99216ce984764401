"""From a decision to a durable record: saved only when on disk, busy meanwhile, and a full disk that says so and recovers."""

from __future__ import annotations

import pytest

from station_app.domain.chain import AUDIT, REC
from station_app.domain.records import Comment, Hold, encode_body
from station_app.domain.rules import Refusal
from station_app.domain.station_fold import StationFold
from station_app.services.ports import JournalCorrupt, JournalFull
from tests.drafts import draft
from tests.unit.services.station import ServiceStation


def test_nothing_is_said_to_be_saved_before_it_is_on_disk(station: ServiceStation) -> None:
    told: list[int] = []
    station.ledger.saved.subscribe(lambda: told.append(station.journal.head(REC).seq))
    saving = station.ledger.commit([Comment(text="a")])
    assert station.ledger.busy
    assert not saving.done()
    assert told == []
    with pytest.raises(Refusal, match="still being saved"):
        station.ledger.refuse_while_busy()
    station.done(saving)
    assert told == [1]
    assert not station.ledger.busy


def test_a_second_action_waits_for_the_first(station: ServiceStation) -> None:
    saving = station.scanning.scan("U-1").saving
    assert saving is not None
    with pytest.raises(Refusal, match="being looked up"):
        station.scanning.scan("H-1")
    station.settle(lambda: station.ledger.busy, "the commit to begin")
    with pytest.raises(Refusal, match="still being saved"):
        station.scanning.scan("H-1")
    station.done(saving)
    station.scan("H-1")


def test_what_nobody_waits_for_keeps_nobody_waiting(station: ServiceStation) -> None:
    saving = station.ledger.commit_aside([Comment(text="aside")], "station")
    assert not station.ledger.busy
    station.done(saving)


def test_a_full_disk_saves_nothing_says_so_and_recovers(station: ServiceStation) -> None:
    station.scan("U-1")
    told: list[str] = []
    station.ledger.saved.subscribe(lambda: told.append("saved"))
    station.journal.full = True
    with pytest.raises(JournalFull):
        station.scan("H-1")
    assert told == []
    assert "Free some space" in station.ledger.fault
    assert (station.step_id, station.ledger.busy) == ("housing", False), "the step stands where it stood"
    assert "H-1" not in station.ledger.fold.component_used_in
    station.journal.full = False
    station.scan("H-1")
    assert (station.ledger.fault, station.step_id) == ("", "clean")


def test_opening_a_unit_on_a_full_disk_opens_nothing(station: ServiceStation) -> None:
    station.journal.full = True
    with pytest.raises(JournalFull):
        station.scan("U-1")
    assert station.execution.job is None
    assert station.execution.opening == ""
    station.journal.full = False
    station.scan("U-1")


@pytest.mark.expected_log("not recorded: comment")
@pytest.mark.parametrize("text", ["lone \ud800", "x" * (1 << 20)])
def test_a_text_that_cannot_be_recorded_is_refused_and_work_goes_on(station: ServiceStation, text: str) -> None:
    with pytest.raises(Refusal, match=r"This cannot be recorded: comment.*Nothing was saved"):
        station.done(station.ledger.commit([Comment(text=text)]))
    assert not station.ledger.busy
    station.done(station.ledger.commit([Comment(text="short")]))


def test_only_production_records_are_folded(station: ServiceStation) -> None:
    station.people.sign_out()
    station.settle(lambda: station.journal.head(AUDIT).seq == 1, "the record in the audit channel")
    assert station.journal.head(REC).seq == 0


def test_a_record_that_cannot_be_read_is_named_and_the_fold_stays(station: ServiceStation) -> None:
    before = station.ledger.fold
    rows = station.journal.append([draft(kind="hold", body=b"\x00\xff")]).result()
    with pytest.raises(JournalCorrupt, match=r"rec epoch 1 seq 1 .*station verify"):
        station.ledger.refold(StationFold(station.library.pinned), rows)
    assert station.ledger.fold is before


def test_records_of_a_newer_version_are_passed_over(station: ServiceStation) -> None:
    known = draft(kind="hold", body=encode_body(Hold(hold_id="h-1", scope="unit", subject="U-9", reason="recall")))
    newer = [draft(kind="of_a_newer_version"), draft(kind="hold", ver=99, body=b"\xff")]
    rows = station.journal.append([*newer, known]).result()
    station.ledger.refold(StationFold(station.library.pinned), rows)
    assert list(station.ledger.fold.holds) == ["h-1"], "what can be read behind them counts"


def test_after_runs_on_the_main_thread_and_only_when_it_was_saved(station: ServiceStation) -> None:
    told: list[str] = []
    station.ledger.after(station.ledger.commit([Comment(text="a")]), lambda: told.append("saved"))
    station.settle(lambda: told, "the call")
    station.journal.full = True
    failing = station.ledger.commit([Comment(text="b")])
    station.ledger.after(failing, lambda: told.append("never"))
    with pytest.raises(JournalFull):
        station.done(failing)
    station.posts.run_one(0.05)
    assert told == ["saved"]
