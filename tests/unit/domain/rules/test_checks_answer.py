"""Confirm, choice, text, number and checklist: what passes, what fails, and what is refused without a trace."""

from __future__ import annotations

import pytest

from station_app.domain import rules
from station_app.domain.checks import (
    ChecklistCheck,
    ChoiceCheck,
    ConfirmCheck,
    Item,
    NumberCheck,
    Option,
    TextCheck,
)
from station_app.domain.job import Mark
from station_app.domain.outcome import Outcome
from station_app.domain.records import ChecklistDone, ChoiceMade, TextEntered
from station_app.domain.rules import Refusal
from tests.unit.domain.rules.bench import JobBench, limits, only, step, work_master

CHOICE = ChoiceCheck(
    id="look",
    title="Surface",
    options=(Option(id="ok", text="Good"), Option(id="bad", text="Scratched", passes=False, reasons="scratches")),
)
MASTER = work_master(
    step("look", CHOICE),
    step("text", TextCheck(id="text", title="Label", pattern=r"LB-\d{4}", example="LB-0123", longest=12)),
    step("number", NumberCheck(id="number", title="Weight", unit="kg", decimals=1, limits=limits("10", "12", "kg"))),
    step(
        "list", ChecklistCheck(id="list", title="Before", items=(Item(id="a", text="Oil"), Item(id="b", text="Plug")))
    ),
    step("end", ConfirmCheck(id="end", title="Done")),
)


@pytest.fixture
def bench() -> JobBench:
    return JobBench(MASTER)


def at(bench: JobBench, step_id: str) -> JobBench:
    """Pass everything before a step."""
    passes = {
        "look": lambda: rules.choose(bench.job, "look", "ok", "", (), 0),
        "text": lambda: rules.enter_text(bench.job, "text", "LB-0001", 0),
        "number": lambda: rules.enter_number(bench.job, "number", "11.0", 0),
        "list": lambda: rules.complete_checklist(bench.job, "list", {"a", "b"}, (), 0),
    }
    while bench.step_id != step_id:
        bench.commit(passes[bench.step_id]())
    return bench


def test_every_answer_that_passes_leads_to_the_next_step(bench: JobBench) -> None:
    at(bench, "end")
    bench.commit(rules.confirm(bench.job, 0))
    assert bench.job.outcome is Outcome.PASS
    assert set(bench.marks().values()) == {Mark.DONE}


def test_a_choice_that_does_not_pass_needs_its_reason_and_fails(bench: JobBench) -> None:
    with pytest.raises(Refusal, match=r"needs a reason\. Choose one: deep, long"):
        rules.choose(bench.job, "look", "bad", "", ("deep", "long"), 0)
    with pytest.raises(Refusal, match="needs a reason"):
        rules.choose(bench.job, "look", "bad", "because", ("deep", "long"), 0)
    fact = only(bench.commit(rules.choose(bench.job, "look", "bad", "deep", ("deep", "long"), 0)), ChoiceMade)
    assert (fact.outcome, fact.reason, fact.text) == (Outcome.FAIL, "deep", "Scratched")
    assert (bench.check("look").mark, bench.check("look").answer, bench.check("look").note) == (
        Mark.FAILED,
        "bad",
        "deep",
    )
    better = only(bench.commit(rules.choose(bench.job, "look", "ok", "", (), 0)), ChoiceMade)
    assert better.supersedes, "both are kept"
    assert bench.step_id == "text"


def test_an_answer_that_is_none_of_the_options_is_refused(bench: JobBench) -> None:
    with pytest.raises(Refusal, match="Choose one of: Good, Scratched"):
        rules.choose(bench.job, "look", "maybe", "", (), 0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "Type “Label” first"),
        ("   ", "Type “Label” first"),
        ("LB-12", "does not look like “Label”. Like this: LB-0123"),
        ("xLB-0123", "does not look like"),
        ("LB-0123\u202e", "control characters"),
        ("LB-0123456789", "has at most 12"),
    ],
)
def test_a_text_of_another_form_is_refused(bench: JobBench, text: str, why: str) -> None:
    at(bench, "text")
    with pytest.raises(Refusal, match=why):
        rules.enter_text(bench.job, "text", text, 0)


def test_a_text_is_kept_without_the_blanks_around_it(bench: JobBench) -> None:
    at(bench, "text")
    assert only(bench.commit(rules.enter_text(bench.job, "text", " LB-0123 ", 0)), TextEntered).value_text == "LB-0123"


@pytest.mark.parametrize("text", ["", "11,0", "1e1", "11.0001", "eleven"])
def test_what_is_no_number_is_refused(bench: JobBench, text: str) -> None:
    at(bench, "number")
    with pytest.raises(Refusal):
        rules.enter_number(bench.job, "number", text, 0)


@pytest.mark.parametrize(("text", "outcome"), [("10", "PASS"), ("12.0", "PASS"), ("12.1", "FAIL"), ("9.9", "FAIL")])
def test_a_number_is_judged_by_its_limits_and_keeps_them(bench: JobBench, text: str, outcome: str) -> None:
    at(bench, "number")
    fact = only(bench.commit(rules.enter_number(bench.job, "number", text, 0)), TextEntered)
    assert (fact.outcome, fact.unit, fact.lower_limit, fact.upper_limit) == (outcome, "kg", "10", "12")
    assert (bench.step_id == "list") == (outcome == "PASS")


def test_every_line_of_a_checklist_is_answered_once(bench: JobBench) -> None:
    at(bench, "list")
    with pytest.raises(Refusal, match="Still open: Plug"):
        rules.complete_checklist(bench.job, "list", {"a"}, (), 0)
    with pytest.raises(Refusal, match="cannot be answered so"):
        rules.complete_checklist(bench.job, "list", {"a", "b"}, {"b"}, 0)
    with pytest.raises(Refusal, match="cannot be answered so"):
        rules.complete_checklist(bench.job, "list", {"a", "b", "c"}, (), 0)
    fact = only(bench.commit(rules.complete_checklist(bench.job, "list", {"a"}, {"b"}, 0)), ChecklistDone)
    assert (fact.in_order, fact.not_in_order, fact.outcome) == (("a",), ("b",), Outcome.FAIL)
    assert bench.check("list").mark is Mark.FAILED


def test_an_answer_to_a_check_of_another_kind_is_refused(bench: JobBench) -> None:
    with pytest.raises(Refusal, match="is not answered by a text"):
        rules.enter_text(bench.job, "look", "x", 0)
    with pytest.raises(Refusal, match="belongs to another step"):
        rules.enter_text(bench.job, "text", "LB-0123", 0)
    with pytest.raises(Refusal, match="still open"):
        rules.confirm(bench.job, 0)
