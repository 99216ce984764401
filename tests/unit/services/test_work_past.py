"""The units, steps and events of any time in the past, out of the journal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from station_app.domain.recent_work import EventKind
from station_app.services.work_past import PastWork, WorkPast
from station_app.storage.journal import SqliteJournal
from tests.bench_station import ASM_10
from tests.drafts import draft
from tests.trend_station import alarm_fact, picture_fact, record, remark_fact, unit_facts

T = 1_795_000_000.0


def us(seconds: float) -> int:
    return round((T + seconds) * 1e6)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    facts = unit_facts("U-1", T) + unit_facts("U-2", T + 300) + unit_facts("U-3", T + 90_000)
    facts += [(T + 100, alarm_fact("Press lost")), (T + 110, picture_fact("U-1", "ab" * 32))]
    # written a day after the moment it is about
    facts += [(T + 90_500, remark_fact(T + 120, "new oil"))]
    record(tmp_path, facts)
    return tmp_path


def past(folder: Path, from_s: float, to_s: float) -> PastWork:
    with SqliteJournal(folder / "journal.sqlite", ASM_10) as journal, ThreadPoolExecutor(1) as pool:
        return WorkPast(journal, pool).between(us(from_s), us(to_s)).result()


def test_what_touches_the_span_also_when_it_began_before(folder: Path) -> None:
    found = past(folder, 50, 320)
    assert [(unit.serial, unit.order_id) for unit in found.units] == [("U-1", "4711-03"), ("U-2", "4711-03")]
    assert [(step.serial, step.step_no) for step in found.steps] == [("U-1", 2), ("U-1", 3), ("U-2", 1)]
    assert found.steps[-1].end_us is None, "what goes on at the end of the span has none"
    assert [event.kind for event in found.events] == [
        EventKind.ALARM, EventKind.PICTURE, EventKind.COMMENT, EventKind.MEASUREMENT,
    ]  # fmt: skip
    assert found.events[1].sha256 == "ab" * 32
    assert (found.events[2].text, found.events[2].author, found.events[2].at_us) == ("new oil", "anna", us(120))


def test_nothing_between_two_shifts(folder: Path) -> None:
    found = past(folder, 1000, 80_000)
    assert (found.units, found.steps, found.events) == ((), (), ())


def test_records_that_cannot_be_read_are_passed_over(folder: Path) -> None:
    with SqliteJournal(folder / "journal.sqlite", ASM_10) as journal:
        journal.append([draft(kind="job_state", body=b"[]", wall_us=us(60))]).result()
    assert len(past(folder, 50, 320).units) == 2


def test_the_units_to_choose_from(folder: Path) -> None:
    with SqliteJournal(folder / "journal.sqlite", ASM_10) as journal, ThreadPoolExecutor(1) as pool:
        latest = WorkPast(journal, pool).latest_units(us(100_000)).result()
    assert [unit.serial for unit in latest.units] == ["U-1", "U-2", "U-3"]
    assert WorkPast().latest_units(us(0)).result().units == ()
