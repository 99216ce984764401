"""Document control of inspection plans: the verbs of instructions on another kind, and one plan for an operation."""

from __future__ import annotations

import functools
import hashlib

import pytest

from station_app.domain.document_control import VersionStatus
from station_app.domain.inspection.plan import encode_plan
from station_app.domain.rules import Refusal
from station_app.services.authoring import Authoring, PlanAuthoring, editor_of
from station_app.services.secrets import hash_password
from tests.documents import DRAWING, Desk, people, plan, work_master
from tests.fakes.documents import FakeDocuments, FakeDocumentServer

MEDIA = {hashlib.sha256(DRAWING).hexdigest(): DRAWING}


@functools.cache
def secret_hash() -> str:
    return hash_password("right")


@pytest.fixture
def server() -> FakeDocumentServer:
    server = FakeDocumentServer()
    Desk(FakeDocuments(server), server.publish).staff(secret_hash())
    return server


@pytest.fixture
def authoring(server: FakeDocumentServer) -> PlanAuthoring:
    authoring = PlanAuthoring(FakeDocuments(server))
    authoring.refresh()
    authoring.editor = editor_of(next(person for person in people() if person.id == "quido"))
    return authoring


def approved(authoring: PlanAuthoring, plan_id: str) -> VersionStatus:
    status = authoring.save(plan(plan_id=plan_id), MEDIA)
    status = authoring.submit(status, ["supervisor"], "first")
    return authoring.sign(status, "supervisor", "Sam Supervisor", "right")


def test_plans_and_instructions_are_two_lists_with_one_signing_in(
    server: FakeDocumentServer, authoring: PlanAuthoring
) -> None:
    instructions = Authoring(FakeDocuments(server))
    plans = PlanAuthoring(FakeDocuments(server), instructions.access)
    instructions.editor = editor_of(next(person for person in people() if person.id == "eva"))
    instructions.save(work_master(), MEDIA)
    plans.save(plan(), MEDIA)
    assert [status.document_id for status in instructions.versions()] == ["asm"]
    assert [(s.document_id, s.own_id) for s in plans.versions()] == [("plan:asm", "asm")]
    assert plans.open_version("asm", "1") == plan()
    assert plans.status("plan:asm", "1") == plans.status("asm", "1")
    assert plans.media(plan()) == MEDIA


def test_an_operation_has_one_plan(server: FakeDocumentServer, authoring: PlanAuthoring) -> None:
    first = authoring.release(approved(authoring, "one"), "finish")
    second = approved(authoring, "two")
    with pytest.raises(Refusal, match="is inspected by the plan one 1 already"):
        authoring.release(second, "finish")
    authoring.withdraw(first, "replaced by two")
    assert authoring.release(second, "finish").state == "released"


def test_a_plan_that_was_published_from_files_serves_its_operation_too(
    server: FakeDocumentServer, authoring: PlanAuthoring
) -> None:
    server.publish("plan", "files@1", encode_plan(plan(plan_id="files")))
    with pytest.raises(Refusal, match="is inspected by the plan files 1 already"):
        authoring.release(approved(authoring, "two"), "finish")
