"""Which version the next unit of an order is built with, and how a supervisor decides."""

from __future__ import annotations

import itertools

import pytest

from station_app.domain.approval import Approval
from station_app.domain.master import Person, Release
from station_app.domain.records import JobState, Override, Signature
from station_app.domain.releases import Choice, OrderVersions, VersionAsked, choose, decide_version
from station_app.domain.rules import Refusal

TODAY = "2026-11-20"
SAM = Approval(Person(id="sam", name="Sam Supervisor", roles=("supervisor",)), "badge and PIN")


def release(number: int, policy: str = "next unit", state: str = "released", effective_from: str = "") -> Release:
    return Release(
        id=f"asm@{number}", work_master_id="asm", version=str(number), sha256=str(number) * 64, number=number,
        state=state, policy=policy, effective_from=effective_from, reason="wrong torque",
    )  # fmt: skip


def chosen(releases: list[Release], named: str = "", begun: str = "") -> Choice:
    for order in itertools.islice(itertools.permutations(releases), 6):
        assert choose(order, named, begun, TODAY) == choose(releases, named, begun, TODAY)
    return choose(releases, named, begun, TODAY)


def test_an_order_without_a_version_takes_the_newest_that_is_effective() -> None:
    old, new = release(1, state="superseded"), release(2)
    assert chosen([old, new]) == Choice("2")
    assert chosen([old, release(2, effective_from="2026-11-21")]) == Choice("1")
    assert chosen([old, release(2, effective_from="2026-11-20")]) == Choice("2")


def test_nothing_released_or_not_yet_effective_starts_nothing() -> None:
    with pytest.raises(Refusal, match="No version of this instruction is released yet"):
        chosen([])
    with pytest.raises(Refusal, match="1 may be used from 2027-01-01 on"):
        chosen([release(1, effective_from="2027-01-01")])
    with pytest.raises(Refusal, match="asm 1 may be used from 2027-01-01 on"):
        chosen([release(1, effective_from="2027-01-01")], named="1")


@pytest.mark.parametrize("kept", ["named", "begun"])
def test_the_policy_of_the_newer_release_decides_for_orders_that_run(kept: str) -> None:
    old = release(1, state="superseded")
    which = {kept: "1"}
    assert chosen([old, release(2, "finish")], **which) == Choice("1")
    assert chosen([old, release(2, "next unit")], **which) == Choice("2")
    assert chosen([old, release(2, "ask")], **which) == Choice("1", asks="2")
    assert chosen([old, release(2, "next unit", effective_from="2026-11-21")], **which) == Choice("1")


def test_several_newer_releases_act_as_if_a_unit_had_been_made_after_each() -> None:
    one = release(1, state="superseded")
    assert chosen([one, release(2, "next unit"), release(3, "finish")], begun="1") == Choice("2")
    assert chosen([one, release(2, "finish"), release(3, "next unit")], begun="1") == Choice("3")
    assert chosen([one, release(2, "next unit"), release(3, "ask")], begun="1") == Choice("2", asks="3")
    assert chosen([one, release(2, "ask"), release(3, "next unit")], begun="1") == Choice("3")
    assert chosen([one, release(2, "next unit", "withdrawn"), release(3, "finish")], begun="1") == Choice("1")


def test_what_an_order_names_decides_unless_a_release_moved_it_on() -> None:
    assert chosen([release(1), release(2, "ask")], named="1", begun="2") == Choice("2")
    assert chosen([release(1), release(2, "ask"), release(3, "ask")], named="1", begun="2") == Choice("2", asks="3")
    moved = [release(1, "finish"), release(2, "finish")]
    assert chosen(moved, named="2", begun="1") == Choice("2"), "somebody gave the order another version"
    assert chosen(moved, named="1", begun="2") == Choice("1"), "and gave it back"


def test_a_withdrawn_version_starts_nothing_and_says_why() -> None:
    gone = release(1, state="withdrawn")
    for which in ({}, {"named": "1"}, {"begun": "1"}):
        with pytest.raises(Refusal, match="Instruction asm 1 was withdrawn: wrong torque"):
            chosen([gone], **which)
    with pytest.raises(Refusal, match="asm 2 was withdrawn"):
        chosen([release(1, state="superseded"), release(2, state="withdrawn")])


def test_a_withdrawn_version_is_replaced_by_a_newer_one() -> None:
    gone = release(1, state="withdrawn")
    assert chosen([gone, release(2, "finish")], begun="1") == Choice("2")
    assert chosen([gone, release(2, "ask")], begun="1") == Choice("", asks="2")


def test_a_newer_release_that_was_withdrawn_moves_no_order() -> None:
    assert chosen([release(1), release(2, state="withdrawn")], begun="1") == Choice("1")


def test_a_version_that_is_not_here_is_left_to_be_found_missing() -> None:
    assert chosen([release(1)], named="7") == Choice("7")
    assert chosen([release(1)], named="7", begun="6") == Choice("7")
    assert chosen([release(1)], begun="6") == Choice("1"), "the administrator took 6 back"


def test_a_supervisor_is_asked_once_and_the_answer_is_kept_in_records() -> None:
    versions = OrderVersions()
    choice = Choice("1", asks="2")
    with pytest.raises(
        VersionAsked, match=r"Order 4711: version 2 of instruction asm is released\. It runs on version 1"
    ):
        versions.version("4711", "asm", choice)
    asked = VersionAsked("4711", "asm", "1", "2")
    signature, override = decide_version(asked, "1", " old parts must go ", SAM, [release(1), release(2)])
    assert isinstance(signature, Signature)
    assert isinstance(override, Override)
    assert signature.signed_hashes == ("1" * 64, "2" * 64, "")
    assert (signature.printed_name, signature.method) == ("Sam Supervisor", "badge and PIN")
    assert (override.reason, override.approved_by) == ("old parts must go", "sam")
    versions.apply(signature)
    assert versions.version("4711", "asm", choice) == "1"
    with pytest.raises(VersionAsked):
        versions.version("4712", "asm", choice)
    with pytest.raises(VersionAsked):
        versions.version("4711", "asm", Choice("1", asks="3"))
    with pytest.raises(VersionAsked):
        versions.version("4711", "asm", Choice("", asks="2"))
    assert versions.version("4711", "asm", Choice("5")) == "5"


def test_a_decision_is_one_of_the_two_with_a_reason() -> None:
    asked = VersionAsked("4711", "asm", "1", "2")
    with pytest.raises(Refusal, match="Choose one of these versions: 1, 2"):
        decide_version(asked, "3", "x", SAM, [])
    with pytest.raises(Refusal, match="Say why"):
        decide_version(asked, "2", " ", SAM, [])
    gone = VersionAsked("4711", "asm", "", "2")
    with pytest.raises(Refusal, match="Choose one of these versions: 2"):
        decide_version(gone, "", "x", SAM, [])
    assert "was withdrawn" in str(gone)


def test_units_are_begun_once_however_often_they_are_resumed() -> None:
    def job(job_id: str, version: str, state: str) -> JobState:
        return JobState(
            job_id=job_id, serial="U", order_id="4711", operation="asm", product="GX", state=state,
            work_master_id="asm", work_master_version=version, work_master_sha256="0" * 64,
        )  # fmt: skip

    versions = OrderVersions()
    for fact in (
        job("J1", "1", "Running"),
        job("J1", "1", "Interrupted"),
        job("J2", "2", "Running"),
        job("J1", "1", "Running"),
    ):
        versions.apply(fact)
    assert versions.begun == {("4711", "asm"): "2"}
