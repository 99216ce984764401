"""The contract of document control for inspection plans, and for answers to suggestions: PostgreSQL and the stand-in."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from station_app.domain.document_control import DocumentState, fold
from station_app.domain.document_names import plan_document
from station_app.domain.inspection.plan import encode_plan
from station_app.domain.master import Release, SuggestionAnswer, encode_item
from station_app.domain.work_master import encode_work_master
from station_app.services.ports import DocumentRefused, SharedDatabaseError
from tests.documents import DRAWING, Desk, order, plan, work_master

PLAN = plan_document("asm")
NAME = {"document_id": PLAN}


def state(desk: Desk, version: str = "1", document_id: str = PLAN) -> DocumentState:
    return fold(desk.database.events())[document_id, version].state


def published(desk: Desk, kind: str) -> dict[str, bytes]:
    return {change.id: change.body for change in desk.database.master() if change.kind == kind}


def release(desk: Desk, version: str = "1") -> Release:
    return msgspec.json.decode(published(desk, "release")[f"{PLAN}@{version}"], type=Release)


# --- the life of a version -----------------------------------------------------------------------------------------


def test_a_plan_lives_as_an_instruction_does_and_is_published_by_its_version(desk: Desk) -> None:
    desk.release("1", document_id=PLAN)
    desk.release("2", "ask", "2027-01-31", document_id=PLAN)
    assert published(desk, "plan") == {
        "asm@1": encode_plan(plan("1", "Assembly 1")),
        "asm@2": encode_plan(plan("2", "Assembly 2")),
    }
    assert (release(desk, "1").state, release(desk, "2").state) == ("superseded", "released")
    told = release(desk, "2")
    assert (told.work_master_id, told.number, told.policy, told.effective_from) == (PLAN, 2, "ask", "2027-01-31")
    assert told.signatures == ("quality_engineer: Quido Quality",)
    desk.happen("withdrawn", "quido", "2", reason="wrong limit", **NAME)
    assert (release(desk, "2").state, release(desk, "2").reason) == ("withdrawn", "wrong limit")


def test_a_plan_and_an_instruction_of_one_id_are_two_documents(desk: Desk) -> None:
    desk.release("1")
    desk.save("quido", "1", **NAME)
    assert (state(desk), state(desk, document_id="asm")) == (DocumentState.DRAFT, DocumentState.RELEASED)
    desk.happen("withdrawn", "eva", reason="x")
    assert state(desk) is DocumentState.DRAFT
    assert list(published(desk, "release")) == ["asm@1"]
    assert [e.document_id for e in desk.database.events(PLAN)] == [PLAN]


def test_quality_engineers_write_plans_and_still_do_not_approve_their_own(desk: Desk) -> None:
    desk.save("quido", **NAME)
    desk.submit("quido", **NAME)
    with pytest.raises(DocumentRefused, match="wrote"):
        desk.sign("quido", **NAME)
    with pytest.raises(DocumentRefused, match="inspection plan belongs to quido"):
        desk.save("eva", "2", **NAME)
    with pytest.raises(DocumentRefused, match="Only engineers and administrators may change inspection plans"):
        desk.save("ola", document_id=plan_document("other"))
    with pytest.raises(DocumentRefused, match="cannot change any more"):
        desk.save("quido", title="Later", **NAME)
    desk.happen("sent_back", "sam", reason="the limit", **NAME)
    desk.happen("owner_changed", "quido", owner="eva", **NAME)
    desk.save("eva", title="Better", **NAME)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"no json", "no inspection plan"),
        (encode_plan(plan("2")), "is not asm 1"),
        (encode_plan(plan(plan_id="other")), "is not asm 1"),
        (encode_work_master(work_master()), "no inspection plan"),
    ],
)
def test_the_content_of_a_plan_is_that_plan(desk: Desk, body: bytes, words: str) -> None:
    desk.database.put_media(DRAWING, "image/svg+xml")
    with pytest.raises(DocumentRefused, match=words):
        desk.happen("saved", "eva", sha256=desk.database.put_content(body), **NAME)


def test_a_plan_is_no_instruction(desk: Desk) -> None:
    desk.database.put_media(DRAWING, "image/svg+xml")
    with pytest.raises(DocumentRefused, match="no instruction"):
        desk.happen("saved", "eva", sha256=desk.database.put_content(encode_plan(plan())))


def test_the_pictures_of_a_plan_are_stored_before_it(desk: Desk) -> None:
    with pytest.raises(DocumentRefused, match="is not stored"):
        desk.happen("saved", "eva", sha256=desk.database.put_content(encode_plan(plan())), **NAME)


# --- what is published never changes -----------------------------------------------------------------------------------


def test_a_published_plan_version_never_gets_another_content(desk: Desk) -> None:
    plain = encode_plan(plan("7"))
    desk.publish("plan", "asm@7", plain, "put")
    desk.publish("plan", "asm@7", plain, "put")
    for _ in range(2):
        with pytest.raises(SharedDatabaseError, match="asm@7 is published already with other content"):
            desk.publish("plan", "asm@7", encode_plan(plan("7", upper="20.020")), "put")
        desk.publish("plan", "asm@7", b"", "remove")
    desk.publish("plan", "asm@8", encode_plan(plan("8", upper="20.020")), "put")


@pytest.mark.parametrize("key", ["asm", "asm@2", "other@1"])
def test_a_plan_is_published_under_its_own_id_and_version(desk: Desk, key: str) -> None:
    with pytest.raises(SharedDatabaseError, match="ID@VERSION"):
        desk.publish("plan", key, encode_plan(plan()), "put")
    with pytest.raises(SharedDatabaseError, match="not JSON"):
        desk.publish("plan", key, b"{", "put")


def test_nobody_publishes_a_plan_around_its_review(desk: Desk) -> None:
    desk.save("eva", **NAME)
    body = encode_plan(plan())
    with pytest.raises(SharedDatabaseError, match="under document control"):
        desk.publish("plan", "asm@1", body, "put")
    desk.submit(**NAME)
    desk.sign(**NAME)
    desk.happen("released", "eva", policy="finish", **NAME)
    desk.publish("plan", "asm@1", body, "put")
    forged = encode_item(msgspec.structs.replace(release(desk), policy="ask"))
    with pytest.raises(SharedDatabaseError, match="release of asm@1 is for document control"):
        desk.publish("release", f"{PLAN}@1", forged, "put")


def test_what_was_published_without_document_control_is_no_draft(desk: Desk) -> None:
    desk.publish("plan", "asm@1", encode_plan(plan()), "put")
    with pytest.raises(DocumentRefused, match="published already"):
        desk.save("eva", **NAME)
    desk.save("eva", "2", **NAME)


# --- where it is used ------------------------------------------------------------------------------------------------


def test_the_orders_whose_operation_a_plan_serves(desk: Desk) -> None:
    desk.publish("order", "4711", encode_item(order("3")), "put")
    assert desk.database.orders(PLAN) == []
    desk.publish("plan", "asm@1", encode_plan(plan()), "put")
    (use,) = desk.database.orders(PLAN)
    assert (use.order_id, use.product, use.operation, use.version) == ("4711", "GX-40", "assembly", "")
    moved = msgspec.structs.replace(plan("2"), operation="elsewhere")
    desk.database.put_media(DRAWING, "image/svg+xml")
    desk.happen("saved", "eva", "2", sha256=desk.database.put_content(encode_plan(moved)), **NAME)
    assert desk.database.orders(PLAN) == []


# --- answers to the floor --------------------------------------------------------------------------------------------


def answers(desk: Desk) -> list[dict[str, Any]]:
    return [json.loads(body) for body in published(desk, SuggestionAnswer.kind).values()]


def test_an_answer_is_published_for_the_stations_and_a_later_one_takes_its_place(desk: Desk) -> None:
    assert desk.suggest is not None
    desk.suggest("S1", "asm", "the drawing shows the old seat")
    assert answers(desk) == []
    desk.database.answer("S1", "eva", "I will look")
    desk.database.answer("S1", "quido", "it is in version 2")
    (told,) = [msgspec.convert(each, SuggestionAnswer) for each in answers(desk)]
    assert (told.id, told.work_master_id, told.version, told.step_id) == ("S1", "asm", "1", "place")
    assert told.actor == "p.novak"
    assert told.suggestion == "the drawing shows the old seat"
    assert (told.answer, told.answered_by) == ("it is in version 2", "Quido Quality")
    assert told.answered_us > 1_600_000_000_000_000
    with pytest.raises(DocumentRefused, match="2000 characters"):
        desk.database.answer("S1", "quido", "x" * 2001)
