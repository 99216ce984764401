"""The Problem and Andon buttons: recorded with a reason, open until somebody answers."""

from __future__ import annotations

import pytest

from station_app.domain.records import CallAnswered, CallRaised
from station_app.domain.rules import Refusal
from station_app.services.ports import JournalFull
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import ServiceStation


def test_a_call_names_unit_and_step_and_stands_until_it_is_answered(
    station: ServiceStation, make_station: MakeStation
) -> None:
    station.scan("U-1")
    station.done(station.calls.raise_call("problem", "Part damaged", "left corner"))
    station.clock.advance(5)
    station.done(station.calls.raise_call("andon", "Material is missing"))
    first, second = station.calls.open
    assert (first.fact.call, first.fact.serial, first.fact.step_id, first.actor) == (
        "problem",
        "U-1",
        "housing",
        "anna",
    )
    assert second.since_us > first.since_us
    station.close()
    again = make_station()
    again.sign_in()
    assert [call.fact.call_id for call in again.calls.open] == [first.fact.call_id, second.fact.call_id]
    again.done(again.calls.answer(first.fact.call_id, "coming"))
    assert [call.fact.call for call in again.calls.open] == ["andon"]
    assert [f.text for f in again.facts() if isinstance(f, CallAnswered)] == ["coming"]


def test_anybody_may_call_and_only_a_person_answers(station: ServiceStation) -> None:
    station.ledger.person = None
    station.done(station.calls.raise_call("andon", "Safety"))
    (call,) = station.calls.open
    assert (call.actor, call.fact.serial) == ("station", "")
    with pytest.raises(Refusal, match="Sign in first"):
        station.calls.answer(call.fact.call_id)
    station.sign_in()
    station.done(station.calls.answer(call.fact.call_id))


@pytest.mark.parametrize(("call", "reason"), [("andon", ""), ("problem", "  "), ("fire", "Other"), ("", "Other")])
def test_a_call_without_reason_or_of_no_kind_is_refused(station: ServiceStation, call: str, reason: str) -> None:
    with pytest.raises(Refusal):
        station.calls.raise_call(call, reason)


def test_a_call_is_answered_once(station: ServiceStation) -> None:
    station.done(station.calls.raise_call("andon", "Safety"))
    (call,) = station.calls.open
    answering = station.calls.answer(call.fact.call_id)
    with pytest.raises(Refusal, match="already answered"):
        station.calls.answer(call.fact.call_id)
    station.done(answering)
    with pytest.raises(Refusal, match="already answered"):
        station.calls.answer(call.fact.call_id)
    assert sum(isinstance(f, (CallAnswered, CallRaised)) for f in station.facts()) == 2


def test_an_answer_that_could_not_be_saved_can_be_given_again(station: ServiceStation) -> None:
    station.done(station.calls.raise_call("andon", "Safety"))
    (call,) = station.calls.open
    station.journal.full = True
    failing = station.calls.answer(call.fact.call_id)
    with pytest.raises(JournalFull, match="no room"):
        station.done(failing)
    station.journal.full = False
    station.done(station.calls.answer(call.fact.call_id))
    assert station.calls.open == []
