"""The plain words of records that have no place of their own in a trace; and that no kind is left out of it."""

from __future__ import annotations

from typing import Any

import pytest

from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    KINDS,
    AttributeInspected,
    ChecklistDone,
    CheckOverridden,
    ChoiceMade,
    ControlSignal,
    EvidenceDerived,
    HandOver,
    InspectionDecided,
    InspectionStarted,
    MachineWindow,
    OnStep,
    OnUnit,
    ResultConfirmed,
    ReworkStarted,
    StepReopened,
    StepSigned,
    StepSkipped,
    TextEntered,
    TighteningResult,
    TimerElapsed,
    TimerStarted,
    ToolUsed,
)
from station_app.domain.trace_events import (
    SHOWN_ON_JOBS,
    SHOWN_ON_STEPS,
    job_event_people,
    job_event_text,
    words_of,
)

UNIT: dict[str, Any] = {"job_id": "j", "serial": "U-1", "order_id": "o", "operation": "asm"}
STEP: dict[str, Any] = {**UNIT, "step_id": "cover", "check_id": "c"}
PASS, FAIL, ERROR, SKIPPED = Outcome.PASS, Outcome.FAIL, Outcome.ERROR, Outcome.SKIPPED
SIGNED: dict[str, Any] = {"approved_by": "mara", "printed_name": "Mara Lindt", "method": "badge and PIN"}


@pytest.mark.parametrize(
    ("fact", "what", "text", "outcome"),
    [
        (
            ToolUsed(**STEP, tool="TD-2", tool_class="torque driver", reason="It is held.", outcome=FAIL),
            "tool",
            "TD-2 as torque driver: It is held.",
            FAIL,
        ),
        (ChoiceMade(**STEP, choice="b", text="Bad", reason="dent", outcome=FAIL), "chosen", "Bad (dent)", FAIL),
        (TextEntered(**STEP, entry="text", value_text="LB-1", outcome=PASS), "entered", "LB-1", PASS),
        (
            TextEntered(**STEP, entry="number", value_text="9", unit="kg", lower_limit="10", outcome=FAIL),
            "entered",
            "9 kg [10 to -]",
            FAIL,
        ),
        (
            ChecklistDone(**STEP, in_order=("a", "b"), not_in_order=("c",), outcome=FAIL),
            "checklist",
            "2 in order; not in order: c",
            FAIL,
        ),
        (TimerStarted(**STEP, required_s=60.0), "timer", "started, 60 s", None),
        (
            TimerElapsed(**STEP, required_s=60.0, waited_s=61.5, outcome=PASS),
            "timer",
            "ended after 61.5 of 60 s",
            PASS,
        ),
        (
            StepSigned(
                **STEP,
                role="inspector",
                person_id="ines",
                printed_name="Ines Roth",
                meaning="released",
                method="PIN",
                signed_ids=("1", "2"),
                signed_hashes=("a", "b"),
            ),
            "signed",
            "Ines Roth: released (PIN; 2 records)",
            PASS,
        ),
        (
            StepSkipped(**STEP, step_no=3, title="Wipe", cause="override", reason="no cloth", **SIGNED),
            "left out",
            "no cloth; allowed by Mara Lindt (badge and PIN)",
            SKIPPED,
        ),
        (
            CheckOverridden(**STEP, reason="concession 12", **SIGNED),
            "set aside",
            "concession 12; Mara Lindt (badge and PIN)",
            SKIPPED,
        ),
        (StepReopened(**STEP, from_step="x", reason="dust"), "done again", "dust", None),
        (
            MachineWindow(
                **STEP,
                characteristic="force",
                tag="press.force",
                address="",
                mode="window",
                statistic="maximum",
                value_text="12.4",
                unit="kN",
                upper_limit="14",
                from_us=0,
                until_us=5_000_000,
                samples=3,
                bad_s=0.3,
                quality="Bad",
                status="BadTimeout",
                outcome=ERROR,
            ),
            "machine",
            "force 12.4 kN [- to 14] maximum over 5.0 s, 0.3 s without a good value; press.force; BadTimeout",
            ERROR,
        ),
        (
            TighteningResult(
                **STEP,
                characteristic="cover",
                index=2,
                count=4,
                torque_text="9.1",
                torque_unit="Nm",
                torque_lower="8",
                torque_upper="10",
                angle_text="45",
                angle_lower="30",
                angle_upper="60",
                tool="TD-1",
                source="keypad",
                outcome=PASS,
            ),
            "tightened",
            "cover 2 of 4: 9.1 Nm [8 to 10], 45° [30 to 60]; TD-1",
            PASS,
        ),
    ],
)
def test_a_record_in_plain_words(fact: OnStep, what: str, text: str, outcome: Outcome | None) -> None:
    words = words_of(fact)
    assert words is not None
    assert (words.what, words.text, words.outcome) == (what, text, outcome)


def test_a_kind_without_words_of_its_own_is_told_with_its_fields() -> None:
    fact = EvidenceDerived(
        **STEP, original_sha256="ab", sha256="cd", media_type="image/png", size_bytes=7, width_px=4, height_px=3
    )
    words = words_of(fact)
    assert words is not None and words.what == "evidence derived" and words.outcome is None
    assert "original sha256 ab" in words.text and "size bytes 7" in words.text


def test_what_an_inspector_found() -> None:
    plan: dict[str, Any] = {
        "inspection_id": "i",
        "plan_id": "p",
        "plan_version": "1",
        "plan_sha256": "ab",
        "product": "P",
    }
    found = AttributeInspected(
        **STEP, **plan, sample_id="s", characteristic="look", nonconforming=1, text="Scratch", outcome=Outcome.FAIL
    )
    assert words_of(found) == ("inspected", "look: Scratch (1 of 1, 0 defects)", Outcome.FAIL)
    signal = ControlSignal(
        **STEP, signal_id="g", chart_id="P/o/bore", limits_version=2, rule="nelson-1", rule_text="one point beyond the limits",
        point_id="s", member_ids=("s",), value_text="1",
    )  # fmt: skip
    words = words_of(signal)
    assert words is not None and words.what == "control chart"
    assert words.text == "bore: one point beyond the limits (nelson-1, limits 2)"
    started = InspectionStarted(**UNIT, **plan, due=("look",))
    assert job_event_text(started) == "inspection by plan p 1 began"
    confirmed = ResultConfirmed(
        **UNIT, inspection_id="i", sample_id="s", characteristic="look", nonconformance_id="n", defect="Scratch"
    )
    assert job_event_text(confirmed) == "look confirmed as a defect: Scratch"


def test_no_kind_of_a_step_or_job_is_left_out() -> None:
    """Each is shown at its place, or has words: those below, or the ones of its fields."""
    for kind in KINDS.values():
        if issubclass(kind, OnStep):
            continue  # words_of tells every one that is not in SHOWN_ON_STEPS
        if issubclass(kind, OnUnit) and not issubclass(kind, SHOWN_ON_JOBS):
            assert kind in (HandOver, ReworkStarted, InspectionStarted, ResultConfirmed, InspectionDecided), (
                "look at the words of the new kind"
            )
    assert all(issubclass(kind, OnStep) for kind in SHOWN_ON_STEPS)


def test_what_happened_to_a_job() -> None:
    over = HandOver(**UNIT, from_person="anna", to_person="tom")
    assert (job_event_text(over), job_event_people(over)) == ("handed over", ("anna", "tom"))
    rework = ReworkStarted(**UNIT, rework_id="r", from_step="play", to_step="wipe", reason="too large")
    assert job_event_text(rework) == "sent back for rework from play to wipe: too large"
    decided = InspectionDecided(
        **UNIT, inspection_id="i", plan_id="p", plan_version="1", plan_sha256="ab", outcome=Outcome.FAIL
    )
    assert job_event_text(decided) == "inspection decided: FAIL, 0 not in order"
