"""The verbs of document control, on the stand-in of the database that the contract holds to PostgreSQL's promises."""

from __future__ import annotations

import functools
import hashlib
from dataclasses import replace

import msgspec
import pytest

from station_app.domain.document_control import DocumentState, VersionStatus
from station_app.domain.master import encode_item
from station_app.domain.rules import Refusal
from station_app.domain.work_master import encode_work_master
from station_app.services.authoring import LOCKED_S, Authoring, editor_of
from station_app.services.ports import Suggestion
from station_app.services.secrets import badge_sha256, hash_password, hash_pin
from tests.documents import DRAWING, Desk, order, people, work_master
from tests.fakes.documents import FakeDocuments, FakeDocumentServer

MEDIA = {hashlib.sha256(DRAWING).hexdigest(): DRAWING}
SAID = Suggestion("S1", "asm", "1", "place", "A/B", "ola", 1, "old seat", "place.svg", 0.1, 0.2, "", "U-1", "", "")


@functools.cache
def secret_hash() -> str:
    return hash_password("right")


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def server() -> FakeDocumentServer:
    server = FakeDocumentServer()
    Desk(FakeDocuments(server), server.publish).staff(secret_hash())
    return server


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def authoring(server: FakeDocumentServer, clock: Clock) -> Authoring:
    authoring = Authoring(FakeDocuments(server), clock)
    authoring.refresh()
    return authoring


def at_work(authoring: Authoring, person_id: str) -> None:
    authoring.editor = editor_of(next(person for person in people() if person.id == person_id))


def approved(authoring: Authoring, version: str = "1") -> VersionStatus:
    at_work(authoring, "eva")
    status = authoring.save(work_master(version), MEDIA)
    status = authoring.submit(status, ["quality_engineer"], "because")
    return authoring.sign(status, "quality_engineer", "quido", "right")


def test_from_draft_to_withdrawn(authoring: Authoring) -> None:
    status = approved(authoring)
    assert (status.state, status.signatures[0].method) == (DocumentState.APPROVED, "name and password")
    assert authoring.editor is not None
    assert authoring.editor.person_id == "eva", "signing signs nobody in"
    status = authoring.release(status, "finish", "2027-01-01")
    assert status.state is DocumentState.RELEASED
    status = authoring.withdraw(status, "wrong torque")
    assert authoring.versions()[0] == status == authoring.status("asm", "1")
    assert [event.event for event in authoring.history("asm", "1")] == [
        "saved", "submitted", "signed", "released", "withdrawn",
    ]  # fmt: skip


def test_what_was_saved_is_opened_with_its_media_and_compared(authoring: Authoring) -> None:
    at_work(authoring, "eva")
    first = authoring.save(work_master(), MEDIA)
    second = authoring.save(work_master(title="Mounting"), MEDIA, first)
    assert authoring.open(second.sha256) == authoring.open_version("asm", "1") == work_master(title="Mounting")
    assert authoring.media(authoring.open(second.sha256)) == MEDIA
    assert [change.new for change in authoring.compare(first.sha256, second.sha256)] == ["Mounting"]
    assert authoring.save(work_master(title="Mounting"), MEDIA, second) == second, "the same is not saved twice"
    with pytest.raises(Refusal, match="is not in the shared database"):
        authoring.open("0" * 64)


def test_content_that_is_damaged_or_no_work_master_is_not_opened(
    authoring: Authoring, server: FakeDocumentServer
) -> None:
    at_work(authoring, "eva")
    status = authoring.save(work_master(), MEDIA)
    server.contents[status.sha256] = b"{}"
    with pytest.raises(Refusal, match="does not match its hash"):
        authoring.open(status.sha256)
    server.files.clear()
    with pytest.raises(Refusal, match=r"place\.svg is not in the shared database"):
        authoring.media(work_master())


def test_what_somebody_else_saved_is_not_overwritten(authoring: Authoring, server: FakeDocumentServer) -> None:
    at_work(authoring, "eva")
    seen = authoring.save(work_master(), MEDIA)
    other = Authoring(FakeDocuments(server))
    at_work(other, "ada")
    by_ada = other.save(work_master(title="By Ada"), MEDIA, seen)
    with pytest.raises(Refusal, match="changed by somebody else meanwhile"):
        authoring.save(work_master(title="By Eva"), MEDIA, seen)
    with pytest.raises(Refusal, match="changed by somebody else meanwhile"):
        authoring.save(work_master(), MEDIA, seen)
    with pytest.raises(Refusal, match="changed by somebody else meanwhile"):
        authoring.save(work_master(title="Also new"), MEDIA)
    with pytest.raises(Refusal, match="changed by somebody else meanwhile"):
        authoring.submit(seen, ["supervisor"], "x")
    assert authoring.open_version("asm", "1").title == "By Ada"
    authoring.save(work_master(title="By Eva"), MEDIA, by_ada)


def test_who_signs_signs_what_they_saw(authoring: Authoring, server: FakeDocumentServer) -> None:
    at_work(authoring, "eva")
    seen = authoring.submit(authoring.save(work_master(), MEDIA), ["quality_engineer"], "x")
    other = Authoring(FakeDocuments(server))
    at_work(other, "eva")
    draft = other.send_back(seen, "wait")
    other.submit(other.save(work_master(title="Another"), MEDIA, draft), ["quality_engineer"], "x")
    with pytest.raises(Refusal, match="meanwhile"):
        authoring.sign(seen, "quality_engineer", "quido", "right")


def test_a_missing_file_and_another_document_are_refused_before_anything_is_sent(
    authoring: Authoring, server: FakeDocumentServer
) -> None:
    at_work(authoring, "eva")
    with pytest.raises(Refusal, match=r"The file place\.svg is missing"):
        authoring.save(work_master(), {})
    seen = authoring.save(work_master(), MEDIA)
    with pytest.raises(Refusal, match="This is asm 2, opened was asm 1"):
        authoring.save(work_master("2"), MEDIA, seen)
    assert len(server.events) == 1


def test_without_a_person_nothing_is_changed(authoring: Authoring) -> None:
    status = approved(authoring)
    authoring.sign_out()
    for verb in (
        lambda: authoring.save(work_master("2"), MEDIA),
        lambda: authoring.submit(status, ["supervisor"], "x"),
        lambda: authoring.send_back(status, "x"),
        lambda: authoring.release(status, "finish"),
        lambda: authoring.withdraw(status, "x"),
        lambda: authoring.hand_over(status, "emil"),
        lambda: authoring.answer("S1", "x"),
    ):
        with pytest.raises(Refusal, match="Sign in first"):
            verb()


def test_the_author_and_a_wrong_secret_do_not_sign(authoring: Authoring) -> None:
    at_work(authoring, "eva")
    seen = authoring.submit(authoring.save(work_master(), MEDIA), ["process_engineer"], "x")
    with pytest.raises(Refusal, match="Who wrote a version"):
        authoring.sign(seen, "process_engineer", "eva", "right")
    with pytest.raises(Refusal, match="Name or password is wrong"):
        authoring.sign(seen, "process_engineer", "emil", "wrong")
    assert authoring.sign(seen, "process_engineer", "Emil Engineer", "right").state is DocumentState.APPROVED


def test_five_wrong_secrets_lock_for_a_quarter_of_an_hour(authoring: Authoring, clock: Clock) -> None:
    for _ in range(5):
        with pytest.raises(Refusal, match="wrong"):
            authoring.sign_in("eva", "guess")
    with pytest.raises(Refusal, match="Too many wrong attempts"):
        authoring.sign_in("eva", "right")
    assert authoring.sign_in("emil", "right").person_id == "emil", "nobody else is locked"
    clock.now_s += LOCKED_S + 1
    assert authoring.sign_in("eva", "right").printed_name == "Eva Engineer"


def test_a_badge_and_its_pin_sign_in_and_nobody_without_a_password(
    authoring: Authoring, server: FakeDocumentServer
) -> None:
    badge = msgspec.structs.replace(
        people()[0], badge_sha256=badge_sha256("secret of a badge"), pin_hash=hash_pin("secret of a badge", "1414")
    )
    server.publish("person", "eva", encode_item(badge))
    authoring.refresh()
    assert authoring.sign_in("secret of a badge", "1414").person_id == "eva"
    for name, secret in (("eva", ""), ("eva", "1414"), ("nobody", "right"), ("secret of a badge", "1415")):
        with pytest.raises(Refusal, match="wrong"):
            authoring.sign_in(name, secret)


def test_what_is_published_without_document_control_is_opened_too(
    authoring: Authoring, server: FakeDocumentServer
) -> None:
    server.publish("work_master", "asm@A", encode_work_master(work_master("A")))
    authoring.refresh()
    assert authoring.open_version("asm", "A") == work_master("A")
    for document_id, version in (("asm", "B"), ("other", "A")):
        with pytest.raises(Refusal, match="There is no"):
            authoring.open_version(document_id, version)
    with pytest.raises(Refusal, match="not under document control"):
        authoring.status("asm", "A")


def test_where_it_is_used_and_what_is_suggested(authoring: Authoring, server: FakeDocumentServer) -> None:
    server.publish("order", "4711", encode_item(order("1")))
    server.said.append(SAID)
    assert [use.order_id for use in authoring.where_used("asm").orders] == ["4711"]
    assert authoring.suggestions("asm") == [SAID]
    at_work(authoring, "eva")
    with pytest.raises(Refusal, match="Write an answer"):
        authoring.answer("S1", " ")
    authoring.answer("S1", "in version 2")
    assert authoring.suggestions() == [replace(SAID, answer="in version 2", answered_by="eva")]
    with pytest.raises(Refusal, match="not known"):
        authoring.answer("S9", "x")


def test_an_instruction_is_given_to_another_owner(authoring: Authoring) -> None:
    at_work(authoring, "eva")
    status = authoring.save(work_master(), MEDIA)
    with pytest.raises(Refusal, match="Only process engineers"):
        authoring.hand_over(status, "ola")
    assert authoring.hand_over(status, "emil").owner == "emil"
    with pytest.raises(Refusal, match="belongs to emil"):
        authoring.save(work_master("2"), MEDIA)
