"""Facts become records in one commit, and records become facts again."""

from __future__ import annotations

import pytest

from station_app.domain.chain import AUDIT, REC
from station_app.domain.ids import RecordIds
from station_app.domain.records import ApplicationState, Comment, EpochStart, RecordError
from station_app.services.ports import JournalFull
from station_app.services.recording import Recorder, read_row, read_rows
from tests.drafts import draft
from tests.fakes.journal import FakeJournal


class SteppedClock:
    """A clock that is set by the test."""

    def __init__(self) -> None:
        self.now_us = 1_790_000_000_000_000
        self.boot_id = "boot-1"

    def wall_us(self) -> int:
        return self.now_us

    def utc_offset_min(self) -> int:
        return 120

    def mono_ns(self) -> int:
        return 77


@pytest.fixture
def journal() -> FakeJournal:
    return FakeJournal()


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def recorder(journal: FakeJournal, clock: SteppedClock) -> Recorder:
    return Recorder(journal, clock, RecordIds())


def test_facts_are_recorded_together_with_who_and_when(recorder: Recorder, journal: FakeJournal) -> None:
    facts = [Comment(text="a"), ApplicationState(state="started", application_version="1", computer="c")]
    rows = recorder.record(facts, "p-17").result()
    assert [(row.chan, row.seq, row.kind, row.ver) for row in rows] == [
        (REC, 1, "comment", 1),
        (AUDIT, 1, "application_state", 1),
    ]
    for row in rows:
        assert (row.actor, row.wall_us, row.utc_offset_min) == ("p-17", 1_790_000_000_000_000, 120)
        assert (row.mono_ns, row.boot_id, row.clock_offset_ms) == (77, "boot-1", None)
    assert [recorded.fact for recorded in read_rows(rows)] == facts
    assert list(journal.all_rows(REC)) == rows[:1]


def test_the_last_measured_clock_offset_is_stamped(recorder: Recorder) -> None:
    recorder.clock_offset_ms = -31_536_000_000
    (row,) = recorder.record([Comment(text="a")], "p").result()
    assert row.clock_offset_ms == recorder.clock_offset_ms == -31_536_000_000


def test_until_it_is_measured_again_the_offset_follows_a_clock_that_was_set(
    recorder: Recorder, clock: SteppedClock
) -> None:
    recorder.clock_offset_ms = 40
    clock.now_us += 900_000
    (slewed,) = recorder.record([Comment(text="a")], "p").result()
    clock.now_us -= 31_536_000 * 1_000_000
    (stepped,) = recorder.record([Comment(text="b")], "p").result()
    recorder.clock_offset_ms = 31_536_000_123
    (measured,) = recorder.record([Comment(text="c")], "p").result()
    recorder.clock_offset_ms = None
    (unknown,) = recorder.record([Comment(text="d")], "p").result()
    assert [row.clock_offset_ms for row in (slewed, stepped, measured, unknown)] == [
        40, 40 + 31_536_000_000 - 900, 31_536_000_123, None,
    ]  # fmt: skip


def test_a_clock_set_back_a_year_neither_repeats_nor_reverses_identities(
    recorder: Recorder, clock: SteppedClock
) -> None:
    first = recorder.record([Comment(text="a")] * 3, "p").result()
    clock.now_us -= 365 * 86_400 * 1_000_000
    second = recorder.record([Comment(text="b")] * 3, "p").result()
    ids = [row.rec_id for row in first + second]
    assert ids == sorted(set(ids))
    assert second[0].wall_us == clock.now_us, "the time is recorded as the clock told it"


@pytest.mark.parametrize("text", ["x" * (1 << 20), "lone surrogate \ud800"])
def test_a_fact_that_cannot_be_written_stops_its_commit_only(recorder: Recorder, text: str) -> None:
    future = recorder.record([Comment(text="good"), Comment(text=text)], "p")
    with pytest.raises(RecordError, match="comment"):
        future.result()
    assert recorder.record([Comment(text="next")], "p").result()[0].seq == 1


def test_the_journals_refusal_reaches_the_caller(recorder: Recorder, journal: FakeJournal) -> None:
    journal.full = True
    with pytest.raises(JournalFull):
        recorder.record([Comment(text="a")], "p").result()


def test_a_fact_about_a_channel_may_stand_in_either(recorder: Recorder) -> None:
    fact = EpochStart(parent_epoch=1, parent_seq=2, parent_hash="00", reason="restored")
    assert recorder.draft(fact, "sync").chan == REC
    assert recorder.draft(fact, "sync", AUDIT).chan == AUDIT


def test_rows_that_this_version_cannot_read_pass_with_their_problem(journal: FakeJournal) -> None:
    bodies = [
        ("of_a_newer_version", b"{}"),
        ("comment", b"\xff"),
        ("comment", b'{"text":7}'),
        ("comment", b'{"text":"x"}'),
    ]
    rows = journal.append([draft(kind=kind, body=body) for kind, body in bodies]).result()
    recorded = list(read_rows(rows))
    assert [entry.row for entry in recorded] == rows
    assert [entry.fact for entry in recorded] == [None, None, None, Comment(text="x")]
    assert "rec epoch 1 seq 1" in recorded[0].problem
    assert "'of_a_newer_version' is not known" in recorded[0].problem
    with pytest.raises(RecordError, match=rows[1].rec_id):
        read_row(rows[1])
