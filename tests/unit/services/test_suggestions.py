"""Suggestions from the floor: what is recorded, and what is refused."""

from __future__ import annotations

import pytest

from station_app.domain.records import ChangeSuggested
from station_app.domain.rules import Refusal
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import ServiceStation, picture


def suggested(station: ServiceStation) -> list[ChangeSuggested]:
    return [fact for fact in station.facts() if isinstance(fact, ChangeSuggested)]


def test_a_spot_a_photo_and_a_sentence_name_the_instruction_in_work(station: ServiceStation) -> None:
    station.scan("U-1")
    photo = picture("U-1")
    (row,) = station.done(
        station.suggestions.suggest_change("housing", " the drawing shows the old seat ", "unit.svg", 0.25, 1.0, photo)
    )
    (fact,) = suggested(station)
    job = station.execution.job
    assert job is not None
    assert (fact.work_master_id, fact.work_master_version, fact.work_master_sha256) == ("asm", "A", job.sha256)
    assert (fact.step_id, fact.text) == ("housing", "the drawing shows the old seat")
    assert (fact.media_file, fact.x, fact.y, fact.evidence_sha256) == ("unit.svg", 0.25, 1.0, photo["sha256"])
    assert (fact.serial, fact.job_id, row.actor) == ("U-1", job.job_id, "anna")
    assert not station.ledger.busy
    assert station.step_id == "housing", "the work goes on where it was"


def test_a_sentence_is_enough_and_a_finished_unit_too(station: ServiceStation) -> None:
    station.scan("U-1")
    station.done(station.execution.report_nonconformance("scratch"))
    station.done(station.suggestions.suggest_change("clean", "say which cloth"))
    assert (suggested(station)[0].x, suggested(station)[0].evidence_sha256) == (None, "")


def test_what_is_refused(station: ServiceStation, make_station: MakeStation) -> None:
    suggest = station.suggestions.suggest_change
    with pytest.raises(Refusal, match="Open a unit first"):
        suggest("housing", "x")
    station.scan("U-1")
    for arguments, words in (
        (("housing", "  "), "in a sentence"),
        (("housing", "x" * 1001), "at most 1000 characters"),
        (("nowhere", "x"), "no step “nowhere”"),
        (("housing", "x", "other.svg"), "shows no picture “other.svg”"),
        (("housing", "x", "unit.svg", 0.5), "both x and y"),
        (("housing", "x", "", 0.5, 0.5), "on a picture"),
        (("housing", "x", "unit.svg", 1.01, 0.5), "from 0 to 1"),
        (("housing", "x", "unit.svg", float("nan"), 0.5), "from 0 to 1"),
    ):
        with pytest.raises(Refusal, match=words):
            suggest(*arguments)
    station.people.sign_out()
    with pytest.raises(Refusal, match="Sign in first"):
        suggest("housing", "x")
    assert suggested(station) == []
