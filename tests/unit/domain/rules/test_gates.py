"""Gates: qualifications with their dates, ESD tests, and whom to ask."""

from __future__ import annotations

import msgspec
import pytest

from station_app.domain import rules
from station_app.domain.outcome import Outcome
from station_app.domain.records import EsdTested
from station_app.domain.rules import Refusal
from tests.unit.domain.rules.bench import ANNA, step, work_master

TODAY = "2025-11-20"
QUALIFIED = msgspec.structs.replace(
    ANNA, qualifications={"pressing": "2025-11-20", "welding": "2025-11-19", "moving": ""}
)


def test_a_qualification_is_good_until_the_end_of_its_last_day_or_for_ever() -> None:
    rules.refuse_unqualified(QUALIFIED, ("pressing", "moving", ""), TODAY, [])


@pytest.mark.parametrize(
    ("needed", "ask", "why"),
    [
        ("welding", ["Mara Lindt"], "Anna Keller's qualification “welding” ended on 2025-11-19. Ask Mara Lindt."),
        ("glueing", ["Mara Lindt", "Jo"], "Anna Keller is not qualified for “glueing”. Ask Mara Lindt or Jo."),
        ("glueing", [], "Anna Keller is not qualified for “glueing”. Ask a supervisor."),
    ],
)
def test_an_expired_or_missing_qualification_says_whom_to_ask(needed: str, ask: list[str], why: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.refuse_unqualified(QUALIFIED, ("pressing", needed), TODAY, ask)
    assert str(refused.value) == why


def result_of(outcome: Outcome, until_us: int | None) -> EsdTested:
    return EsdTested(person_id="anna", tester="typed", until_us=until_us, outcome=outcome)


@pytest.mark.parametrize(
    ("test", "why"),
    [
        (None, "test your wrist strap or shoes first"),
        (result_of(Outcome.FAIL, None), "ESD test failed"),
        (result_of(Outcome.PASS, 999), "has expired"),
    ],
)
def test_without_a_valid_esd_test_nothing_begins(test: EsdTested | None, why: str) -> None:
    with pytest.raises(Refusal, match=why) as refused:
        rules.refuse_without_esd(ANNA, test, 1000, ["Mara Lindt"])
    assert str(refused.value).endswith("Ask Mara Lindt.")


@pytest.mark.parametrize("until_us", [None, 1000, 1001])
def test_a_valid_esd_test_opens_the_gate(until_us: int | None) -> None:
    rules.refuse_without_esd(ANNA, result_of(Outcome.PASS, until_us), 1000, [])


def test_what_a_work_master_asks_of_a_person() -> None:
    first, second = step("a", qualification="pressing", ppe=("gloves",)), step("b", esd=True, ppe=("gloves", "glasses"))
    master = work_master(first, second, qualifications=("assembly",))
    assert rules.qualifications_at_start(master, first) == ("assembly", "pressing")
    assert rules.qualifications_at_start(master, second) == ("assembly",)
    assert rules.ppe_of(master) == ("gloves", "glasses")
    assert rules.needs_esd(master) and not rules.needs_esd(work_master(first))
