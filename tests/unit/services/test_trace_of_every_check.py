"""A unit with every kind of check, traced: its text and its dossier name everything that was recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.domain.chain import CHANNELS
from station_app.domain.log import LoggedRow
from station_app.domain.outcome import Outcome
from station_app.domain.trace import trace_unit
from station_app.domain.unit_trace import Names, UnitTrace
from station_app.services.trace_text import trace_json, trace_text
from station_app.storage.dossier import write_dossier
from tests.unit.services import every_check
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import ServiceStation
from tests.unit.services.test_checking import PASS, go_to, mara


def traced(station: ServiceStation) -> UnitTrace:
    rows = [LoggedRow(station.path, row, None) for chan in CHANNELS for row in station.journal.all_rows(chan)]
    people = {person.id: person.name for person in station.library.book.people.values()}
    return trace_unit("E-001", rows, names=Names(people=people))


@pytest.fixture
def built(make_station: MakeStation) -> ServiceStation:
    station = every_check.prepare(make_station())
    station.scan("E-1")
    go_to(station, "tool")
    station.scan("TD-2")
    station.sign_in(station.library.book.people["tom"])
    station.done(station.people.record_esd_test(True))
    go_to(station, "text")
    station.done(station.execution.skip_step())
    station.sign_in(station.library.book.people["anna"])
    station.done(station.execution.enter_number("number", "99"))
    station.done(station.execution.start_rework("too heavy"))
    PASS["text"](station)
    station.done(station.execution.override_check("number", "concession 12", mara(station)))
    go_to(station, "")
    return station


def test_everything_is_in_the_trace_in_plain_words(built: ServiceStation) -> None:
    text = trace_text(traced(built))
    for part in (
        "variant small: name=small, top=14.0",
        "handed over Anna Keller to Tom Brandt",
        "sent back for rework from step 13 Number to step 12 Text: too heavy",
        "tool: TD-2 as torque driver: TD-2 Driver: its calibration ended on 2023-11-13. Take another one. FAIL",
        "tool: TD-1 as torque driver PASS",
        "machine: speed 1400.0 rpm [1380 to 1420] held for 5.0 s; bench.speed PASS",
        "machine: peak 12.00 kN [0 to 14.0] maximum over 2.0 s; press.force PASS",
        "tightened: cover 2 of 2: 9.0 Nm [8.0 to 10.0], 45.0° [30 to 60]; tool.torque PASS",
        "chosen: Good PASS",
        "left out: not needed, “Surface” was answered “Good” SKIPPED",
        "attempt 1: left out\n      left out: not needed",
        "left out: optional SKIPPED",
        "entered: LB-0123 PASS",
        "entered: 99 kg [10 to 12] FAIL",
        "done again: too heavy",
        "set aside: concession 12; Mara Lindt (name and password) SKIPPED",
        "timer: ended after 30 of 30 s PASS",
        "checklist: 2 in order PASS",
        "signed: Ines Roth: released",
        "check “Weight” of step 13 Number: concession 12, approved by",
        "Anna Keller at work 0 s, waiting 30 s of 30 s",
    ):
        assert part in text, f"{part} is missing in:\n{text}"
    assert "Not readable" not in text


def test_steps_and_signatures_have_their_places(built: ServiceStation) -> None:
    trace = traced(built)
    (job,) = trace.jobs
    outcomes = {step.step_id: step.outcome for step in job.steps}
    assert (outcomes["polish"], outcomes["number"], outcomes["text"]) == (
        Outcome.SKIPPED,
        Outcome.SKIPPED,
        Outcome.PASS,
    )
    assert [step.step_no for step in job.steps] == list(range(1, 17)), "a step that was left out stands in its place"
    assert [signed.printed_name for signed in trace.signatures] == ["Ines Roth"]
    assert [o.approved_by for o in trace.overrides] == ["mara"]
    assert b'"waiting_s":30.0' in trace_json(trace)
    assert job.outcome is Outcome.PASS


def test_the_dossier_is_written(built: ServiceStation, tmp_path: Path) -> None:
    file = tmp_path / "dossier.pdf"
    write_dossier(traced(built), file, lambda _sha256: None, made_us=1_700_000_000_000_000, utc_offset_min=60)
    assert file.read_bytes().startswith(b"%PDF-")
