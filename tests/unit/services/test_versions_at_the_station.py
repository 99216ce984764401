"""Releases at the station: which version the next unit starts with, while orders run and versions come and go."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from station_app.domain.approval import Approval
from station_app.domain.chain import AUDIT
from station_app.domain.master import Person, Release, encode_item
from station_app.domain.records import JobState, Override, Signature
from station_app.domain.releases import VersionAsked
from station_app.domain.rules import Refusal
from station_app.domain.work_master import content_sha256, encode_work_master
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import ASSEMBLY, ORDER, ServiceStation, people

SAM = Person(id="sam", name="Sam Supervisor", roles=("supervisor",))
APPROVED = Approval(SAM, "badge and PIN")


def released(version: str, policy: str = "next unit", state: str = "released", **fields: Any) -> Release:
    body = encode_work_master(msgspec.structs.replace(ASSEMBLY, version=version))
    return Release(
        id=f"asm@{version}", work_master_id="asm", version=version, sha256=content_sha256(body), number=1, state=state,
        policy=policy, **fields,
    )  # fmt: skip


def come(station: ServiceStation, *releases: Release, content: bool = True) -> None:
    """Releases arrive, each after its work master."""
    for release in releases:
        body = encode_work_master(msgspec.structs.replace(ASSEMBLY, version=release.version))
        if content:
            station.publish([("work_master", release.id, body)])
        station.publish([("release", release.id, encode_item(release))])
    station.library.reload()


def order_names(station: ServiceStation, version: str) -> None:
    operation = msgspec.structs.replace(ORDER.operations[0], work_master_version=version)
    order = msgspec.structs.replace(ORDER, operations=(operation, *ORDER.operations[1:]))
    station.publish([("order", order.id, encode_item(order))])
    station.library.reload()


def begun(station: ServiceStation) -> list[tuple[str, str, str]]:
    jobs = {f.job_id: f for f in station.facts() if isinstance(f, JobState)}
    return [(f.serial, f.work_master_version, f.work_master_sha256) for f in jobs.values()]


def start(station: ServiceStation, serial: str) -> str:
    """Begin a unit and set it aside; the version it was begun with."""
    station.scan(serial)
    station.done(station.execution.interrupt("next"))
    return begun(station)[-1][1]


def test_without_releases_the_order_s_version_is_used_and_without_one_the_newest(station: ServiceStation) -> None:
    assert start(station, "U-1") == "A"
    come(station, released("B", "next unit"))
    assert start(station, "U-2") == "B"


def test_an_order_that_names_no_version_takes_the_newest(station: ServiceStation) -> None:
    order_names(station, "")
    come(station, released("B"), released("C"))
    assert start(station, "U-1") == "C"


def test_a_release_for_later_is_not_used_before_its_day(station: ServiceStation) -> None:
    order_names(station, "")
    come(station, released("B"), released("C", effective_from="2999-01-01"))
    assert start(station, "U-1") == "B"


def test_with_finish_an_order_ends_on_the_version_it_was_begun_with(station: ServiceStation) -> None:
    order_names(station, "")
    come(station, released("B"))
    assert start(station, "U-1") == "B"
    come(station, released("C", "finish"))
    assert start(station, "U-2") == "B"


def test_a_running_unit_keeps_its_version_whatever_is_released_or_withdrawn(station: ServiceStation) -> None:
    order_names(station, "")
    come(station, released("B"))
    station.scan("U-1")
    station.done(station.execution.interrupt("break"))
    come(station, released("C", "next unit"))
    come(station, released("B", state="withdrawn", reason="wrong torque"), content=False)
    station.scan("U-1")
    job = station.execution.job
    assert job is not None
    assert job.work_master.version == "B"
    station.done(station.execution.interrupt("break"))
    assert start(station, "U-2") == "C"


def test_a_withdrawn_version_stops_new_starts_at_once_with_the_reason(station: ServiceStation) -> None:
    come(station, released("B"))
    order_names(station, "B")
    assert start(station, "U-1") == "B"
    come(station, released("B", state="withdrawn", reason="wrong torque"), content=False)
    assert station.refused("U-2") == "Instruction asm B was withdrawn: wrong torque"
    come(station, released("C"))
    assert start(station, "U-2") == "C"


def test_a_release_whose_content_has_not_come_is_waited_for(station: ServiceStation) -> None:
    come(station, released("B"), content=False)
    assert "version B is not at this station yet" in station.refused("U-1")


def test_ask_stops_the_start_until_a_supervisor_decides(make_station: MakeStation) -> None:
    station = make_station()
    station.sign_in()
    order_names(station, "")
    come(station, released("B"))
    assert start(station, "U-1") == "B"
    come(station, released("C", "ask"))
    refusal = station.refused("U-2")
    assert "version C of instruction asm is released" in refusal
    with pytest.raises(VersionAsked) as asked:
        station.scan("U-2")
    assert (asked.value.order_id, asked.value.old, asked.value.new) == ("4711", "B", "C")
    with pytest.raises(Refusal, match="Tom Brandt may not decide about an instruction's version"):
        station.execution.decide_version(ORDER, "B", "x", Approval(people()[1], "PIN"))
    with pytest.raises(Refusal, match="Say why"):
        station.execution.decide_version(station.library.book.orders["4711"], "B", "", APPROVED)
    station.done(station.execution.decide_version(station.library.book.orders["4711"], "B", "use up parts", APPROVED))
    assert next(f for f in station.facts() if isinstance(f, Signature)).signed_ids == ("asm@B", "asm@C", "4711")
    (override,) = [f for f in station.facts(AUDIT) if isinstance(f, Override)]
    assert (override.reason, override.approved_by) == ("use up parts", "sam")
    assert start(station, "U-2") == "B"
    station.close()
    again = make_station()  # the decision and what was begun are in the records
    again.sign_in()
    assert start(again, "U-3") == "B"
    with pytest.raises(Refusal, match="Nothing is to be decided"):
        order = msgspec.structs.replace(again.library.book.orders["4711"], id="other")
        come(again, released("D"))
        again.execution.decide_version(order, "D", "x", APPROVED)


def test_a_supervisor_decides_for_the_new_version(station: ServiceStation) -> None:
    come(station, released("B", "ask"))
    station.refused("U-1")
    order = station.library.book.orders["4711"]
    station.done(station.execution.decide_version(order, "B", "better", APPROVED))
    assert start(station, "U-1") == "B"
    assert start(station, "U-2") == "B"


def test_who_is_at_work_does_not_decide_alone(station: ServiceStation) -> None:
    station.publish([("person", SAM.id, encode_item(SAM))])
    come(station, released("B", "ask"))
    station.sign_in(SAM)
    with pytest.raises(Refusal, match="Another permitted person must sign"):
        station.execution.decide_version(station.library.book.orders["4711"], "B", "x", APPROVED)
