"""A trace as text and as JSON."""

from __future__ import annotations

import json

import pytest

from station_app.domain.outcome import Outcome
from station_app.domain.records import Comment
from station_app.domain.trace import trace_unit
from station_app.domain.unit_trace import UnitTrace
from station_app.services.trace_text import iso_utc, trace_json, trace_text
from tests.records import ASM10, BEARING, NAMES, SERIAL, JobLog, StationLog, complete_unit


@pytest.fixture(scope="module")
def trace() -> UnitTrace:
    unit = complete_unit()
    return trace_unit(SERIAL, unit.rows, uses=unit.uses, evidence=unit.evidence, names=NAMES)


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (0, "1970-01-01T00:00:00.000000Z"),
        (1_795_158_000_000_001, "2026-11-20T07:00:00.000001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
        (2**62, "4611686018427387904 us since 1970"),
    ],
)
def test_times(us: int, text: str) -> None:
    assert iso_utc(us) == text


def test_json_has_stable_names_iso_times_and_full_precision(trace: UnitTrace) -> None:
    document = json.loads(trace_json(trace))
    assert set(document) == {
        "serial", "order_id", "product", "state", "state_text", "station", "first_at", "last_at", "record_count",
        "server_reached", "flags", "jobs", "components", "used_in", "pictures", "nonconformances", "holds", "signatures",
        "calls", "alarms", "comments", "overrides", "station_states", "unreadable", "contradictions", "heads", "names",
    }  # fmt: skip
    measured = document["jobs"][2]["steps"][0]["attempts"][0]["measurements"][0]
    assert (measured["value_text"], measured["upper_limit"], measured["excess"]) == ("20.142", "20.021", "+0.121")
    assert measured["origin"]["wall_at"] == "2026-11-20T07:10:20.000000Z"
    assert measured["origin"]["at"] == "2026-11-20T07:10:20.120000Z"
    assert measured["superseded_by"]
    value = document["jobs"][1]["steps"][0]["attempts"][0]["machine_values"][0]
    assert (value["quality"], value["status"]) == ("Bad", "BadCommunicationError")
    assert value["source_at"] == "2026-11-20T07:05:29.920000Z"
    assert document["jobs"][0]["steps"][0]["attempts"][0]["completed_at"] is None
    assert document["pictures"][0]["presence"] == {"local": False, "server": True}
    assert document["components"][1]["uses"][0]["used_in"] == SERIAL
    assert "_us" not in json.dumps(document).replace("p_us", "")


def test_text_holds_what_a_person_asks_for(trace: UnitTrace) -> None:
    text = trace_text(trace)
    for part in (
        "Unit GR-1001, product GR-40 Small gear reducer 40, order WO-4711",
        "PASSED: passed all operations so far",
        "! Operation 20",
        "Operation 10 Assembly at Acme/Works/Hall 1/Line 1/ASM-10: Ended PASS",
        "instruction WI-10 version 3.1, sha256 4a44dc15",
        "Step 1 Press the bearing: PASS",
        "machine Press force 9.8 kN [11.0 to 14.0] FAIL, 1.2 kN below the limit; Good; Press.Force",
        "; Bad BadCommunicationError",
        "measured Output bore diameter 20.142 mm [19.980 to 20.021] FAIL, 0.121 mm above the limit (superseded by",
        f"serial {BEARING}",
        "taken out: damaged",
        "The picture is blurred",
        "Mo Okafor: Inspected and released (badge and PIN)",
        "released 2026-",
        "Slight hum at 1500 rpm",
    ):
        assert part in text, part
    assert "None" not in text


def test_text_never_carries_control_characters_to_the_terminal() -> None:
    log = StationLog(ASM10)
    JobLog(log, "j", "U", "10").measure(1, "s", "d", "d\x1b[2J", "1", "µm\n", ("", ""), Outcome.PASS)
    log.add(Comment(text="first\r\nsecond", serial="U"), 2)
    text = trace_text(trace_unit("U", log.rows))
    assert "\\x1b[2J" in text and "first\\r\\nsecond" in text and "µm" in text
    assert all(c.isprintable() for line in text.split("\n") for c in line)


def test_a_unit_without_jobs_has_a_text_and_json() -> None:
    trace = trace_unit(BEARING, complete_unit().rows)
    assert "COMPONENT: known only as a component" in trace_text(trace)
    assert json.loads(trace_json(trace))["used_in"][0]["used_in"] == SERIAL
