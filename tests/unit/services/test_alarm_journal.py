"""The alarm journal: searched, paged and written out from a real journal, also a long one."""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import msgspec
import pytest

from station_app.domain.alarm_search import AlarmEntry, AlarmSearch
from station_app.domain.ids import RecordIds
from station_app.domain.records import AlarmTransition, Comment, Fact, MaintenanceRequested
from station_app.services.alarm_journal import COLUMNS, AlarmJournal
from station_app.services.recording import Recorder
from station_app.storage.journal import SqliteJournal
from station_app.storage.text_export import write_export
from tests.fakes.clock import FakeClock

ORDERS = {"U-1": "4711-03", "U-2": "4711-03", "X-1": "4712-01"}
NAMES = {"anna": "Anna Keller"}
START = FakeClock().wall_us()
MANY = 100_000


def change(alarm_id: str, transition: str = "raised", **more: str) -> AlarmTransition:
    fact = AlarmTransition(
        alarm_id=alarm_id, source="press.force", condition="high limit", transition=transition, priority="high",
        text="Force 16 kN, above 15 kN",
    )  # fmt: skip
    return msgspec.structs.replace(fact, **more)


STORY: list[tuple[Fact, str]] = [
    (change("a1", serial="U-1", value_text="16"), "station"),
    (Comment(text="Force above: no alarm"), "anna"),
    (
        change("a2", source="mill", condition="device lost", text="mill does not answer: Überlast", serial="X-1"),
        "station",
    ),
    (change("a1", "shelved", reason='"repair", 5 %', serial="U-1"), "anna"),
    (
        change("a3", source="oil", condition="low limit", priority="low", text="=HYPERLINK(1)", value_text="-5"),
        "station",
    ),
    (MaintenanceRequested(request_id="m", equipment="Press 1", text="leaks", priority="high", alarm_id="a1"), "anna"),
]


class Desk:
    """A journal with the story, a record a minute."""

    def __init__(self, folder: Path) -> None:
        self.records = SqliteJournal(folder / "journal.sqlite", "Demo/Plant/Hall1/Line1/ASM-10")
        self.clock = FakeClock()
        self.recorder = Recorder(self.records, self.clock, RecordIds())
        self.pool = ThreadPoolExecutor(1)
        write = partial(write_export, folder / "exports")
        self.journal = AlarmJournal(self.records, self.pool, lambda: ORDERS, lambda: NAMES, write)

    def find(self, **search: object) -> list[str]:
        page = self.journal.search(AlarmSearch(**search)).result()  # type: ignore[arg-type]  # a table of searches
        return [f"{entry.alarm_id} {entry.transition}" for entry in page.entries]

    def close(self) -> None:
        self.pool.shutdown()
        self.records.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path)
    for fact, actor in STORY:
        made.recorder.record([fact], actor).result()
        made.clock.advance(60)
    yield made
    made.close()


ASKED = "a1 asked for maintenance"


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ({}, [ASKED, "a3 raised", "a1 shelved", "a2 raised", "a1 raised"]),
        ({"text": "ABOVE"}, ["a1 shelved", "a1 raised"]),
        ({"text": "  press.force "}, ["a1 shelved", "a1 raised"]),
        ({"text": "über"}, ["a2 raised"]),
        ({"text": '"repair"'}, ["a1 shelved"]),
        ({"text": "keller"}, [ASKED, "a1 shelved"]),
        ({"text": "4711-03"}, ["a1 shelved", "a1 raised"]),
        ({"text": "x-1"}, ["a2 raised"]),
        ({"text": "priority"}, []),
        ({"text": "station"}, []),
        ({"text": "%"}, ["a1 shelved"]),
        ({"text": "'; DROP TABLE log; --"}, []),
        ({"priorities": ("low", "medium")}, ["a3 raised"]),
        ({"transitions": ("raised",)}, ["a3 raised", "a2 raised", "a1 raised"]),
        ({"serial": "X-1"}, ["a2 raised"]),
        ({"order_id": "4711-03"}, ["a1 shelved", "a1 raised"]),
        ({"order_id": "4711"}, []),
        ({"since_us": START + 60_000_000, "until_us": START + 240_000_000}, ["a1 shelved", "a2 raised"]),
        ({"text": "force", "priorities": ("low",)}, []),
    ],
)
def test_what_is_found_newest_first(desk: Desk, search: dict[str, object], expected: list[str]) -> None:
    assert desk.find(**search) == expected


def test_an_entry_has_the_person_the_unit_and_the_order(desk: Desk) -> None:
    entry = desk.journal.search(AlarmSearch(transitions=("shelved",))).result().entries[0]
    assert (entry.person, entry.serial, entry.order_id, entry.at_us) == (
        "Anna Keller",
        "U-1",
        "4711-03",
        START + 180_000_000,
    )


def test_page_by_page_each_line_once(desk: Desk) -> None:
    seen: list[AlarmEntry] = []
    page = desk.journal.search(AlarmSearch(), limit=2).result()
    while True:
        seen += page.entries
        if not page.more:
            break
        page = desk.journal.search(AlarmSearch(), page.entries[-1].place, 2).result()
    assert [entry.at_us for entry in seen] == sorted((entry.at_us for entry in seen), reverse=True)
    assert len({entry.place for entry in seen}) == len(seen) == 5


def test_the_export_is_whole_and_no_cell_is_a_formula(desk: Desk) -> None:
    path = desk.journal.export(AlarmSearch(), "alarms.csv").result()
    with path.open(encoding="utf-8-sig", newline="") as stream:
        heading, *lines = csv.reader(stream)
    assert tuple(heading) == COLUMNS and len(lines) == 5
    oil, shelved = lines[1], lines[2]
    assert oil[6:8] == ["'=HYPERLINK(1)", "-5"]
    assert shelved[0] == "2023-11-14T22:16:20.000+00:00" and shelved[1] == "2023-11-14T23:16:20.000+01:00"
    assert shelved[8] == '"repair", 5 %' and shelved[10:13] == ["Anna Keller", "U-1", "4711-03"]
    assert desk.journal.export(AlarmSearch(), "alarms.csv").result().name == "alarms-2.csv"


def test_an_export_that_cannot_be_written_fails_and_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("in the way", encoding="utf-8")
    with pytest.raises(OSError, match="exports"):
        desk.journal.export(AlarmSearch(), "alarms.csv").result()


def test_a_hundred_thousand_changes_are_paged_and_searched_in_time(desk: Desk) -> None:
    """Every page of any search stays within a second, also one that finds nothing."""
    for portion in range(0, MANY, 5000):
        facts = [
            change(f"n{n}", text=f"Force number {n}", serial=f"S-{n % 50}") for n in range(portion, portion + 5000)
        ]
        desk.recorder.record(facts, "station").result()
    for search, expected in (
        (AlarmSearch(), 50),
        (AlarmSearch(text="force number 7"), 50),
        (AlarmSearch(text="nothing like it"), 0),
        (AlarmSearch(serial="S-49", priorities=("high",)), 50),
    ):
        began = time.monotonic()
        page = desk.journal.search(search).result()
        assert len(page.entries) == expected
        assert time.monotonic() - began < 5.0, "bounded, whatever else the computer does"
    assert desk.find(text="keller") == [ASKED, "a1 shelved"], "the oldest is found too"
    written = desk.journal.export(AlarmSearch(text="number 99"), "one.csv").result().read_text(encoding="utf-8-sig")
    lines = written.splitlines()
    assert len(lines) == len(set(lines)) == 1111 + 1, "99, 990 to 999, ...: portion after portion, each once"
