"""What a station did lately: spans, events and units, folded from its records."""

from __future__ import annotations

from station_app.domain.outcome import Outcome
from station_app.domain.recent_work import MOST_EVENTS, MOST_UNITS, EventKind, RecentWork
from station_app.domain.records import AlarmTransition, Fact
from station_app.domain.station_fold import StationFold
from tests.records import ASM10, MORNING_US, JobLog, StationLog, complete_unit


def alarm(alarm_id: str, transition: str = "raised") -> AlarmTransition:
    return AlarmTransition(
        alarm_id=alarm_id,
        source="press",
        condition="device lost",
        transition=transition,
        priority="high",
        text="press does not answer",
        serial="U-1",
    )


def folded(log: StationLog) -> RecentWork:
    fold = StationFold(lambda _sha256: None)
    for logged in log.rows:
        fold.apply_row(logged.row)
    return fold.recent


def test_a_whole_unit_has_its_span_and_those_of_its_steps() -> None:
    rows = [logged for logged in complete_unit().rows if logged.station == ASM10]
    fold = StationFold(lambda _sha256: None)
    for logged in rows:
        fold.apply_row(logged.row)
    recent = fold.recent
    (unit,) = recent.unit_spans
    assert (unit.serial, unit.start_us, unit.end_us) == ("GR-1001", MORNING_US, MORNING_US + 141_000_000)
    assert [(span.step_no, span.title) for span in recent.step_spans][:1] == [(1, "Press the bearing")]
    assert all(span.end_us is not None for span in recent.step_spans)
    assert recent.serials == ("GR-1001",)


def test_a_span_lasts_until_the_next_begins() -> None:
    log = StationLog(ASM10)
    job = JobLog(log, "j-1", "U-1", "10")
    job.state(0.0, "Running")
    recent = folded(log)
    assert recent.unit_spans[-1].end_us is None


def test_alarms_and_values_become_events() -> None:
    recent = RecentWork()
    log = StationLog(ASM10)

    def state(fact: Fact, at_s: float) -> None:
        recent.apply(log.add(fact, at_s).row, fact)

    state(alarm("a-1"), 10.0)
    state(alarm("a-1", "cleared"), 20.0)
    state(alarm("a-2"), 30.0)
    assert [(event.kind, event.alarm_id) for event in recent.events] == [
        (EventKind.ALARM, "a-1"),
        (EventKind.ALARM, "a-2"),
    ]


def test_measured_values_are_events_with_their_outcome() -> None:
    recent = folded_complete()
    values = [event for event in recent.events if event.kind is not EventKind.ALARM]
    assert values and all(event.text and event.source and isinstance(event.outcome, Outcome) for event in values)


def folded_complete() -> RecentWork:
    fold = StationFold(lambda _sha256: None)
    for logged in complete_unit().rows:
        if logged.station == ASM10:
            fold.apply_row(logged.row)
    return fold.recent


def test_everything_is_bounded() -> None:
    recent, log = RecentWork(), StationLog(ASM10)
    for number in range(MOST_EVENTS + 5):
        fact = alarm(f"a-{number}")
        recent.apply(log.add(fact, float(number)).row, fact)
    assert len(recent.events) == MOST_EVENTS
    for number in range(MOST_UNITS + 3):
        JobLog(log, f"j-{number}", f"U-{number}", "10").state(1000.0 + number, "Running")
    fold = StationFold(lambda _sha256: None)
    for logged in log.rows:
        fold.apply_row(logged.row)
    assert len(fold.recent.serials) == MOST_UNITS
    assert fold.recent.serials[0] == f"U-{MOST_UNITS + 2}"
