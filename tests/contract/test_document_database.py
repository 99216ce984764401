"""The contract of the DocumentDatabase port, held by PostgreSQL and by the stand-in that other tests use."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import pytest

from station_app.domain.document_control import DocumentState, fold
from station_app.domain.master import Release, encode_item
from station_app.domain.work_master import encode_work_master
from station_app.services.ports import DocumentRefused, SharedDatabaseError
from tests.documents import DRAWING, Desk, order, people, work_master


def state(desk: Desk, version: str = "1") -> DocumentState:
    return fold(desk.database.events())["asm", version].state


def release(desk: Desk, version: str = "1") -> Release:
    body = next(c.body for c in desk.database.master() if (c.kind, c.id) == ("release", f"asm@{version}"))
    return msgspec.json.decode(body, type=Release)


# --- the life of a version -----------------------------------------------------------------------------------------


def test_a_version_from_draft_to_withdrawn(desk: Desk) -> None:
    assert desk.save("eva") == 1
    assert state(desk) is DocumentState.DRAFT
    assert desk.save("eva", title="Assembly, better") == 2
    desk.submit(roles=("quality_engineer", "supervisor"))
    assert state(desk) is DocumentState.IN_REVIEW
    desk.sign("quido")
    assert state(desk) is DocumentState.IN_REVIEW
    desk.sign("sam", role="supervisor")
    assert state(desk) is DocumentState.APPROVED
    desk.happen("released", "eva", policy="ask", effective_from="2027-01-31")
    assert state(desk) is DocumentState.RELEASED
    told = release(desk)
    assert (told.work_master_id, told.version, told.number, told.state) == ("asm", "1", 1, "released")
    assert (told.policy, told.effective_from, told.reason) == ("ask", "2027-01-31", "because")
    assert told.released_by == "Eva Engineer"
    assert told.signatures == ("quality_engineer: Quido Quality", "supervisor: Sam Supervisor")
    body = encode_work_master(work_master("1", "Assembly, better"))
    published = {(c.kind, c.id): c for c in desk.database.master()}
    assert published["work_master", "asm@1"].body == body
    assert told.sha256 == hashlib.sha256(body).hexdigest()
    assert published["release", "asm@1"].rev > published["work_master", "asm@1"].rev, "never before what it releases"
    desk.happen("withdrawn", "quido", reason="wrong torque")
    assert state(desk) is DocumentState.WITHDRAWN
    assert (release(desk).state, release(desk).reason) == ("withdrawn", "wrong torque")


def test_events_say_who_and_when_by_the_server(desk: Desk) -> None:
    desk.save("eva")
    desk.submit()
    desk.sign("quido")
    events = desk.database.events("asm")
    assert [(e.number, e.event, e.printed_name) for e in events] == [
        (1, "saved", "Eva Engineer"),
        (2, "submitted", "Eva Engineer"),
        (3, "signed", "Quido Quality"),
    ]
    assert all(e.at_us > 1_600_000_000_000_000 for e in events)
    assert events[2].sha256 == events[0].sha256, "a signature names the content"
    assert (events[1].roles, events[1].reason) == (("quality_engineer",), "because")
    assert (events[2].role, events[2].meaning) == ("quality_engineer", "approved for release")
    assert desk.database.events("other") == []


def test_a_release_supersedes_the_one_before(desk: Desk) -> None:
    desk.release("1")
    desk.release("2", "finish")
    desk.release("3")
    assert [state(desk, version) for version in "123"] == ["superseded", "superseded", "released"]
    assert [(release(desk, v).state, release(desk, v).number) for v in "123"] == [
        ("superseded", 1),
        ("superseded", 2),
        ("released", 3),
    ]


def test_a_withdrawn_version_is_not_superseded(desk: Desk) -> None:
    desk.release("1")
    desk.happen("withdrawn", "eva", reason="wrong")
    desk.release("2")
    assert state(desk, "1") is DocumentState.WITHDRAWN


def test_a_superseded_version_can_be_withdrawn(desk: Desk) -> None:
    desk.release("1")
    desk.release("2")
    desk.happen("withdrawn", "ada", reason="wrong")
    assert release(desk, "1").state == "withdrawn"


def test_sent_back_it_is_a_draft_again_and_every_signature_is_asked_for_anew(desk: Desk) -> None:
    desk.save("eva")
    desk.submit(roles=("quality_engineer", "supervisor"))
    desk.sign("quido")
    desk.happen("sent_back", "sam", reason="step 3 is unclear")
    assert state(desk) is DocumentState.DRAFT
    desk.save("eva", title="Clearer")
    desk.submit(roles=("quality_engineer", "supervisor"))
    desk.sign("sam", role="supervisor")
    assert state(desk) is DocumentState.IN_REVIEW
    desk.sign("quido")
    assert state(desk) is DocumentState.APPROVED
    desk.happen("sent_back", "quido", reason="wait")
    assert state(desk) is DocumentState.DRAFT


# --- refusals ------------------------------------------------------------------------------------------------------


def refused(desk: Desk, words: str, event: str, person: str, version: str = "1", **fields: Any) -> None:
    before = desk.database.events(), desk.database.master()
    with pytest.raises(DocumentRefused, match=words):
        desk.happen(event, person, version, **fields)
    assert (desk.database.events(), desk.database.master()) == before, "nothing of it happened"


def test_only_its_owner_or_an_administrator_changes_a_document(desk: Desk) -> None:
    with pytest.raises(DocumentRefused, match="process engineers"):
        desk.save("ola")
    with pytest.raises(DocumentRefused, match="process engineers"):
        desk.save("quido")
    desk.save("eva")
    with pytest.raises(DocumentRefused, match="belongs to eva"):
        desk.save("emil")
    with pytest.raises(DocumentRefused, match="belongs to eva"):
        desk.save("emil", "2")
    desk.save("ada")
    refused(desk, "belongs to eva", "submitted", "emil", roles=("quality_engineer",), reason="x")
    refused(desk, "belongs to eva", "owner_changed", "emil", owner="emil")
    desk.happen("owner_changed", "eva", owner="emil")
    desk.save("emil")
    with pytest.raises(DocumentRefused, match="belongs to emil"):
        desk.save("eva", "2")
    refused(desk, "process engineer", "owner_changed", "emil", owner="ola")
    refused(desk, "not known as an active person", "owner_changed", "emil", owner="nobody")


def test_unknown_and_inactive_people_do_nothing(desk: Desk) -> None:
    gone = msgspec.structs.replace(people()[0], active=False)
    desk.publish("person", "eva", encode_item(gone), "put")
    for person in ("eva", "nobody", ""):
        with pytest.raises(DocumentRefused, match="not known as an active person"):
            desk.save(person)


def test_authors_do_not_approve_and_nobody_signs_twice(desk: Desk) -> None:
    both = msgspec.structs.replace(people()[0], roles=("process_engineer", "quality_engineer"))
    desk.publish("person", "eva", encode_item(both), "put")
    desk.save("eva")
    desk.save("ada", title="Her hand was in it")
    refused(desk, "not in review", "signed", "quido", role="quality_engineer", meaning="x")
    desk.submit(roles=("process_engineer", "quality_engineer", "supervisor"))
    refused(desk, "wrote", "signed", "eva", role="quality_engineer", meaning="x")
    refused(desk, "sign as", "signed", "quido", role="supervisor", meaning="x")
    refused(desk, "sign as", "signed", "ola", role="quality_engineer", meaning="x")
    refused(desk, "meaning", "signed", "quido", role="quality_engineer", meaning=" ")
    desk.sign("sam", role="supervisor")
    refused(desk, "signed|there", "signed", "sam", role="process_engineer", meaning="x")
    refused(desk, "signed|there|missing", "signed", "sam", role="supervisor", meaning="x")
    desk.sign("quido")
    desk.sign("emil", role="process_engineer")
    refused(desk, "not in review", "signed", "emil", role="process_engineer", meaning="x")


def test_only_the_signatures_that_are_asked_for_are_taken(desk: Desk) -> None:
    desk.save("eva")
    desk.submit(roles=("supervisor",))
    refused(desk, "not asked for|not missing", "signed", "quido", role="quality_engineer", meaning="x")


def test_what_is_signed_is_what_is_in_review(desk: Desk) -> None:
    desk.save("eva")
    other = desk.content()
    desk.save("eva", title="Another")
    refused(desk, "another content", "submitted", "eva", sha256=other, roles=("quality_engineer",), reason="x")
    desk.submit()
    refused(desk, "another content", "signed", "quido", sha256=other, role="quality_engineer", meaning="x")
    refused(desk, "another content", "signed", "quido", sha256="", role="quality_engineer", meaning="x")
    desk.sign("quido")
    refused(desk, "another content", "released", "eva", sha256=other, policy="finish")


def test_a_submission_names_roles_and_a_reason(desk: Desk) -> None:
    desk.save("eva")
    refused(desk, "reason|why", "submitted", "eva", roles=("quality_engineer",), reason="  ")
    refused(desk, "role", "submitted", "eva", roles=(), reason="x")
    refused(desk, "approve", "submitted", "eva", roles=("operator",), reason="x")
    refused(desk, "approve", "submitted", "eva", roles=("operator", "quality_engineer"), reason="x")


@pytest.mark.parametrize("reached", ["submitted", "signed", "released", "withdrawn"])
def test_nothing_is_saved_after_it_was_submitted(desk: Desk, reached: str) -> None:
    desk.save("eva")
    desk.submit()
    if reached != "submitted":
        desk.sign("quido")
    if reached in ("released", "withdrawn"):
        desk.happen("released", "eva", policy="finish")
    if reached == "withdrawn":
        desk.happen("withdrawn", "eva", reason="x")
    with pytest.raises(DocumentRefused, match="cannot change any more"):
        desk.save("eva", title="Later")
    refused(desk, "draft|cannot change", "submitted", "eva", roles=("quality_engineer",), reason="x")


def test_only_an_approved_version_is_released(desk: Desk) -> None:
    desk.save("eva")
    refused(desk, "not approved", "released", "eva", policy="finish")
    desk.submit()
    refused(desk, "not approved", "released", "eva", policy="finish")
    desk.sign("quido")
    refused(desk, "belongs to eva", "released", "emil", policy="finish")
    refused(desk, "process engineers", "released", "quido", policy="finish")
    refused(desk, "finish, next unit, ask", "released", "eva", policy="whenever")
    for day in ("31.12.2026", "2026-13-01", "2026-1-5", "tomorrow", "infinity", "20261231", "2026-02-30"):
        refused(desk, "2026-12-31", "released", "eva", policy="finish", effective_from=day)
    desk.happen("released", "eva", policy="finish")
    refused(desk, "not approved", "released", "eva", policy="finish")


def test_only_reviewers_send_back_and_only_from_review(desk: Desk) -> None:
    desk.save("eva")
    refused(desk, "in review", "sent_back", "quido", reason="x")
    desk.submit()
    refused(desk, "has to change", "sent_back", "quido", reason=" ")
    refused(desk, "reviewers", "sent_back", "ola", reason="x")


def test_only_released_versions_are_withdrawn_by_their_owner_or_quality(desk: Desk) -> None:
    desk.save("eva")
    refused(desk, "released version", "withdrawn", "eva", reason="x")
    desk.submit()
    desk.sign()
    desk.happen("released", "eva", policy="finish")
    refused(desk, "reason|why", "withdrawn", "eva", reason="")
    refused(desk, "belongs to eva", "withdrawn", "emil", reason="x")
    refused(desk, "process engineers", "withdrawn", "ola", reason="x")
    desk.happen("withdrawn", "quido", reason="x")
    refused(desk, "released version", "withdrawn", "eva", reason="x")


def test_what_happens_to_no_document_or_is_no_event_is_refused(desk: Desk) -> None:
    refused(desk, "not saved yet", "submitted", "eva", roles=("quality_engineer",), reason="x")
    refused(desk, "not saved yet", "owner_changed", "eva", owner="emil")
    desk.save("eva")
    refused(desk, "not something that happens", "superseded", "eva")
    refused(desk, "not something that happens", "burned", "eva")


def test_two_who_change_the_same_version_do_not_overwrite_each_other(desk: Desk) -> None:
    desk.save("eva")
    seen = desk.number()
    desk.save("ada", title="By the administrator")
    with pytest.raises(DocumentRefused, match="changed by somebody else"):
        desk.save("eva", title="By Eva, who did not see it", number=seen + 1)
    desk.save("eva", title="By Eva, who did", number=seen + 2)


def test_two_drafts_with_one_number_cannot_be_begun(desk: Desk) -> None:
    desk.save("eva", "2", number=1)
    with pytest.raises(DocumentRefused, match="changed by somebody else"):
        desk.save("ada", "2", title="The same number", number=1)


@pytest.mark.parametrize("number", [0, -1, 3, 2_000_000_000])
def test_a_number_that_was_never_seen_is_refused(desk: Desk, number: int) -> None:
    desk.save("eva")
    with pytest.raises(DocumentRefused, match="changed by somebody else"):
        desk.save("eva", title="?", number=number)


# --- contents and files ----------------------------------------------------------------------------------------------


def test_contents_and_files_come_back_by_their_hash(desk: Desk) -> None:
    body = encode_work_master(work_master())
    sha256 = desk.database.put_content(body)
    assert sha256 == hashlib.sha256(body).hexdigest() == desk.database.put_content(body)
    assert desk.database.content(sha256) == body
    assert desk.database.content("0" * 64) is None
    large = bytes(range(256)) * 3000
    name = desk.database.put_media(large, "image/png")
    assert desk.database.media(name) == large
    assert desk.database.put_media(large, "image/png") == name
    assert desk.database.media("0" * 64) is None
    assert desk.database.media(desk.database.put_media(b"", "image/png")) == b""


def test_a_content_must_be_that_document_and_its_files_stored(desk: Desk) -> None:
    refused(desk, "not sent", "saved", "eva", sha256="0" * 64)
    database = desk.database
    for body in (b"no json", b"\xff\xfe", b"{", b'{"id": "asm", "version": "1", "t": "\\u0000"'):
        refused(desk, "no instruction", "saved", "eva", sha256=database.put_content(body))
    for other in (work_master("2"), work_master(document_id="other")):
        refused(desk, "is not asm 1", "saved", "eva", sha256=database.put_content(encode_work_master(other)))
    refused(desk, "is not stored", "saved", "eva", sha256=database.put_content(encode_work_master(work_master())))
    database.put_media(DRAWING, "image/svg+xml")
    desk.happen("saved", "eva", sha256=database.put_content(encode_work_master(work_master())))


def test_a_content_of_more_than_16_mib_is_refused(desk: Desk) -> None:
    with pytest.raises(DocumentRefused, match="16 MiB"):
        desk.database.put_content(b" " * ((16 << 20) + 1))


# --- what is published never changes -----------------------------------------------------------------------------------


def test_published_content_never_changes_whoever_publishes(desk: Desk) -> None:
    desk.release("1")
    released = next(c.body for c in desk.database.master() if c.kind == "work_master")
    with pytest.raises(SharedDatabaseError, match="other content"):
        desk.publish("work_master", "asm@1", encode_work_master(work_master("1", "Changed")), "put")
    desk.publish("work_master", "asm@1", released, "put")
    plain = encode_work_master(work_master("9"))
    desk.publish("work_master", "asm@9", plain, "put")
    with pytest.raises(SharedDatabaseError, match="other content"):
        desk.publish("work_master", "asm@9", encode_work_master(work_master("9", "Changed")), "put")
    desk.publish("work_master", "asm@9", b"", "remove")
    with pytest.raises(SharedDatabaseError, match="other content"):
        desk.publish("work_master", "asm@9", encode_work_master(work_master("9", "Changed")), "put")
    desk.publish("work_master", "asm@9", plain, "put")


def test_what_was_published_without_document_control_is_no_draft(desk: Desk) -> None:
    desk.publish("work_master", "asm@1", encode_work_master(work_master()), "put")
    with pytest.raises(DocumentRefused, match="published already"):
        desk.save("eva")
    desk.save("eva", "2")


def test_nobody_publishes_around_a_review(desk: Desk) -> None:
    desk.save("eva")
    body = desk.database.content(desk.content())
    assert body is not None
    with pytest.raises(SharedDatabaseError, match="under document control"):
        desk.publish("work_master", "asm@1", body, "put")
    desk.submit()
    desk.sign()
    with pytest.raises(SharedDatabaseError, match="under document control"):
        desk.publish("work_master", "asm@1", body, "put")
    desk.happen("released", "eva", policy="finish")


def test_a_release_is_published_by_document_control_alone(desk: Desk) -> None:
    desk.release("1")
    body = encode_item(release(desk))
    forged = encode_item(msgspec.structs.replace(release(desk), policy="finish"))
    for key, content, op in (("asm@1", forged, "put"), ("asm@2", body, "put"), ("asm@1", b"", "remove")):
        with pytest.raises(SharedDatabaseError, match="for document control"):
            desk.publish("release", key, content, op)
    desk.save("eva", "2")
    with pytest.raises(SharedDatabaseError, match="for document control"):
        desk.publish("release", "asm@2", body, "put")


# --- where it is used ------------------------------------------------------------------------------------------------


def test_the_orders_that_name_a_document(desk: Desk) -> None:
    desk.publish("order", "4711", encode_item(order()), "put")
    (use,) = desk.database.orders("asm")
    assert (use.order_id, use.product, use.operation, use.version) == ("4711", "GX-40", "assembly", "")
    desk.publish("order", "4711", encode_item(order("3")), "put")
    assert desk.database.orders("asm")[0].version == "3"
    assert desk.database.orders("other") == []


def test_master_data_as_it_is_now(desk: Desk) -> None:
    desk.publish("reasons", "defect", b"{}", "put")
    desk.publish("reasons", "defect", b"[]", "put")
    desk.publish("reasons", "gone", b"{}", "put")
    desk.publish("reasons", "gone", b"", "remove")
    found = {change.id: change.body for change in desk.database.master() if change.kind == "reasons"}
    assert found == {"defect": b"[]"}


def test_a_suggestion_that_is_not_known_is_not_answered(desk: Desk) -> None:
    for person, answer, words in (("eva", "yes", "not known"), ("eva", " ", "Write"), ("ola", "yes", "engineers")):
        with pytest.raises(DocumentRefused, match=words):
            desk.database.answer("nothing", person, answer)
