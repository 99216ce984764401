"""Releases of inspection plans at the station: by which version the next unit and the next lot are inspected."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from station_app.domain.approval import Approval
from station_app.domain.document_names import plan_document
from station_app.domain.inspection.plan import InspectionPlan, encode_plan
from station_app.domain.master import Person, Release, encode_item
from station_app.domain.records import InspectionDecided, InspectionStarted, Override, SampleMeasured, Signature
from station_app.domain.releases import VersionAsked
from station_app.domain.rules import Refusal
from station_app.domain.work_master import content_sha256
from tests.unit.services.conftest import MakeStation
from tests.unit.services.inspection_station import INS_30, ORDER, SMALL, begin, inspect_unit, measure
from tests.unit.services.station import ServiceStation

SAM = Approval(Person(id="sam", name="Sam Supervisor", roles=("supervisor",)), "badge and PIN")


def version(name: str) -> InspectionPlan:
    """A version of the plan with a limit of its own."""
    bore = msgspec.structs.replace(SMALL.characteristics[0], upper=Decimal("20.013") + Decimal(ord(name)) / 1000)
    return msgspec.structs.replace(SMALL, version=name, characteristics=(bore, SMALL.characteristics[1]))


def come(station: ServiceStation, name: str, policy: str = "next unit", state: str = "released", **fields: Any) -> None:
    """A released version arrives, its content first."""
    body = encode_plan(version(name))
    key = f"{plan_document('p')}@{name}"
    release = Release(
        id=key, work_master_id=plan_document("p"), version=name, sha256=content_sha256(body), number=1, state=state,
        policy=policy, **fields,
    )  # fmt: skip
    if f"p@{name}" not in station.library.book.plan_versions:
        station.publish([("plan", f"p@{name}", body)])
    station.publish([("release", key, encode_item(release))])
    station.library.reload()


@pytest.fixture
def station(make_station: MakeStation) -> ServiceStation:
    return begin(make_station(INS_30), SMALL)


def started(station: ServiceStation) -> list[tuple[str, str, str]]:
    found = [fact for fact in station.facts() if isinstance(fact, InspectionStarted)]
    return [(fact.serial or fact.lot, fact.plan_version, fact.plan_sha256) for fact in found]


def start(station: ServiceStation, serial: str) -> str:
    """Begin a unit and set it aside; the plan's version it was begun with."""
    station.scan(serial)
    station.done(station.execution.interrupt("next"))
    return started(station)[-1][1]


def test_a_unit_is_inspected_by_the_version_that_is_in_force_and_every_record_says_which(
    station: ServiceStation,
) -> None:
    come(station, "B")
    inspect_unit(station, "Q-1")
    sha256 = content_sha256(encode_plan(version("B")))
    assert started(station) == [("Q-1", "B", sha256)]
    facts = [f for f in station.facts() if isinstance(f, SampleMeasured | InspectionDecided)]
    assert {(f.plan_version, f.plan_sha256) for f in facts} == {("B", sha256)}
    assert {type(f) for f in facts} == {SampleMeasured, InspectionDecided}
    assert station.evidence.has(sha256), "what it was inspected by is kept"


def test_plans_that_were_published_by_an_older_program_go_on(make_station: MakeStation) -> None:
    station = make_station(INS_30)
    begin(station)
    station.publish([("plan", "p", encode_plan(SMALL))])
    station.library.reload()
    assert start(station, "Q-1") == "A"
    come(station, "B")
    assert start(station, "Q-2") == "B"


def test_a_unit_that_was_begun_keeps_its_plan_whatever_is_released_or_withdrawn(station: ServiceStation) -> None:
    come(station, "B")
    station.scan("Q-1")
    station.done(station.execution.interrupt("break"))
    come(station, "C")
    come(station, "B", state="withdrawn", reason="wrong limit")
    station.scan("Q-1")
    measure(station, "bore", "20.005", gauge="BG-1")
    assert [f.plan_version for f in station.facts() if isinstance(f, SampleMeasured)] == ["B"]
    station.done(station.execution.interrupt("break"))
    assert start(station, "Q-2") == "C"


def test_with_finish_an_order_goes_on_with_the_plan_it_was_begun_with_also_after_a_restart(
    station: ServiceStation, make_station: MakeStation
) -> None:
    come(station, "B")
    assert start(station, "Q-1") == "B"
    come(station, "C", "finish")
    assert start(station, "Q-2") == "B"
    person = station.ledger.person
    station.close()
    again = make_station(INS_30)
    again.ledger.person = person
    assert start(again, "Q-3") == "B"


def test_a_version_for_later_is_not_used_before_its_day(station: ServiceStation) -> None:
    come(station, "B", effective_from="2999-01-01")
    assert start(station, "Q-1") == "A"


def test_until_the_day_of_its_first_version_the_operation_has_no_plan(make_station: MakeStation) -> None:
    station = begin(make_station(INS_30))
    come(station, "B", effective_from="2999-01-01")
    station.scan("Q-1")
    assert station.execution.job is not None
    assert station.quality.inspecting.current is None
    with pytest.raises(Refusal, match=r"No version of this inspection plan is released yet\. B may be used from 2999"):
        station.quality.inspecting.start_lot("p", "L-1", 10)


def test_a_withdrawn_plan_stops_new_inspections_with_the_reason(station: ServiceStation) -> None:
    come(station, "B")
    come(station, "B", state="withdrawn", reason="the datum is wrong")
    for begun in (lambda: station.scan("Q-1"), lambda: station.quality.inspecting.start_lot("p", "L-1", 10)):
        with pytest.raises(Refusal, match=r"Inspection plan p B was withdrawn: the datum is wrong"):
            begun()
    assert (station.execution.job, started(station)) == (None, []), "never an older one in its place"
    come(station, "C")
    assert start(station, "Q-1") == "C"


def test_a_lot_is_begun_with_the_newest_plan_in_force(station: ServiceStation) -> None:
    come(station, "B", "ask")
    come(station, "C", effective_from="2999-01-01")
    assert station.quality.inspecting.plans()["p"].version == "B"
    station.done(station.quality.inspecting.start_lot("p", "L-1", 10))
    assert started(station)[-1][:2] == ("L-1", "B")
    with pytest.raises(Refusal, match="Inspection plan other is not at this station yet"):
        station.quality.inspecting.start_lot("other", "L-1", 10)


def test_a_release_that_asks_waits_for_a_supervisor_s_signature(
    station: ServiceStation, make_station: MakeStation
) -> None:
    assert start(station, "Q-1") == "A"
    come(station, "B", "ask")
    with pytest.raises(
        VersionAsked, match=r"version B of inspection plan p is released\. It runs on version A"
    ) as asked:
        station.scan("Q-2")
    assert (asked.value.old, asked.value.new) == ("A", "B")
    assert start(station, "Q-1") == "A", "what is begun goes on without asking"
    station.done(station.execution.decide_version(ORDER, "B", "the drawing changed", SAM))
    signature = next(f for f in station.facts() if isinstance(f, Signature))
    assert signature.signed_ids == ("plan:p@B", "plan:p@B", ORDER.id)
    assert signature.signed_hashes[0] == content_sha256(encode_plan(version("B")))
    assert any(isinstance(f, Override) for f in station.facts("audit"))
    assert start(station, "Q-2") == "B"
    with pytest.raises(Refusal, match="Nothing is to be decided"):
        station.execution.decide_version(ORDER, "A", "x", SAM)
    person = station.ledger.person
    station.close()
    again = make_station(INS_30)
    again.ledger.person = person
    assert start(again, "Q-3") == "B"
