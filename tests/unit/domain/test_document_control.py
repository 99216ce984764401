"""Document control as rules: the fold of events, and a sentence for everything that is refused.

That the server keeps the same promises is shown by ``tests/contract/test_document_database.py``.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from station_app.domain import document_control as rules
from station_app.domain.document_control import DocumentEvent, DocumentState, Editor, VersionStatus, fold
from station_app.domain.rules import Refusal

EVA = Editor("eva", "Eva", ("process_engineer",))
EMIL = Editor("emil", "Emil", ("process_engineer",))
QUIDO = Editor("quido", "Quido", ("quality_engineer",))
SAM = Editor("sam", "Sam", ("supervisor", "process_engineer"))
ADA = Editor("ada", "Ada", ("administrator",))
OLA = Editor("ola", "Ola", ("operator",))
CONTENT = "a" * 64


class Life:
    """Events of one document, numbered."""

    def __init__(self) -> None:
        self.events: list[DocumentEvent] = []

    def add(self, event: str, person: str = "eva", version: str = "1", **fields: Any) -> Life:
        number = sum(e.version == version for e in self.events) + 1
        values = {"sha256": CONTENT, "at_us": len(self.events), "printed_name": person.title(), **fields}
        self.events.append(
            DocumentEvent(document_id="asm", version=version, number=number, event=event, person_id=person, **values)
        )
        return self

    def status(self, version: str = "1") -> VersionStatus:
        return fold(self.events)["asm", version]


def in_review(*roles: str) -> Life:
    return Life().add("saved").add("submitted", roles=roles or ("quality_engineer",), reason="torque")


def approved() -> Life:
    return in_review().add("signed", "quido", role="quality_engineer")


def released() -> Life:
    return approved().add("released", policy="ask", effective_from="2027-01-01")


def test_every_state() -> None:
    life = Life().add("saved")
    states = [life.status().state]
    for event, person, fields in (
        ("submitted", "eva", {"roles": ("quality_engineer",)}),
        ("signed", "quido", {"role": "quality_engineer"}),
        ("released", "eva", {"policy": "ask"}),
        ("superseded", "eva", {}),
        ("withdrawn", "quido", {"reason": "wrong"}),
    ):
        states.append(life.add(event, person, **fields).status().state)
    assert states == list(DocumentState)
    assert (life.status().policy, life.status().reason, life.status().number) == ("ask", "wrong", 6)


def test_all_signatures_in_any_order() -> None:
    signers = {"quality_engineer": "quido", "supervisor": "sam", "process_engineer": "emil"}
    for order in itertools.permutations(signers):
        life = in_review(*signers)
        for missing, role in zip((3, 2, 1), order, strict=True):
            assert (life.status().state, len(life.status().missing_roles)) == (DocumentState.IN_REVIEW, missing)
            life.add("signed", signers[role], role=role)
        assert life.status().state is DocumentState.APPROVED


def test_the_owner_is_who_saved_first_until_it_is_handed_over() -> None:
    life = Life().add("saved").add("saved", "ada", "2")
    assert (life.status("1").owner, life.status("2").owner) == ("eva", "eva")
    life.add("owner_changed", "eva", "1", owner="emil")
    assert (life.status("1").owner, life.status("2").owner) == ("emil", "emil")
    assert life.add("saved", "ada", "3").status("3").owner == "emil"
    assert life.status("2").authors == ["ada"]


def test_an_event_of_a_newer_version_of_the_program_is_passed_over() -> None:
    assert Life().add("saved").add("translated").status().state is DocumentState.DRAFT


def refused(words: str, rule: Callable[..., None], *arguments: object) -> None:
    with pytest.raises(Refusal, match=words):
        rule(*arguments)


def test_who_may_edit() -> None:
    for editor in (EVA, ADA):
        rules.may_edit("eva", editor)
        rules.may_edit("", editor)
    refused("belongs to eva", rules.may_edit, "eva", EMIL)
    for editor in (OLA, QUIDO):
        refused("Only process engineers", rules.may_edit, "", editor)


@pytest.mark.parametrize("life", [in_review, approved, released])
def test_only_drafts_are_saved_and_submitted(life: Callable[[], Life]) -> None:
    rules.may_save(None, EVA)
    rules.may_save(Life().add("saved").status(), EVA)
    refused("cannot change any more. Begin a new version", rules.may_save, life().status(), EVA)
    refused("cannot change any more", rules.may_submit, life().status(), EVA, ("supervisor",), "x")


def test_what_a_submission_needs() -> None:
    draft = Life().add("saved").status()
    rules.may_submit(draft, EVA, ("supervisor",), "x")
    refused("Nothing was saved", rules.may_submit, VersionStatus("asm", "1"), EVA, ("supervisor",), "x")
    refused("why it changes", rules.may_submit, draft, EVA, ("supervisor",), " ")
    refused("at least one role", rules.may_submit, draft, EVA, (), "x")
    refused("operator does not approve", rules.may_submit, draft, EVA, ("operator",), "x")


def test_who_may_sign() -> None:
    status = in_review("quality_engineer", "supervisor").status()
    rules.may_sign(status, QUIDO, "quality_engineer")
    both = Editor("eva", "Eva", ("quality_engineer",))
    refused("Who wrote a version does not approve", rules.may_sign, status, both, "quality_engineer")
    refused("You do not sign as supervisor", rules.may_sign, status, QUIDO, "supervisor")
    refused("not missing", rules.may_sign, status, SAM, "process_engineer")
    refused("is draft, not in review", rules.may_sign, Life().add("saved").status(), QUIDO, "quality_engineer")
    signed = in_review("quality_engineer", "supervisor").add("signed", "sam", role="supervisor").status()
    twice = Editor("sam", "Sam", ("supervisor", "quality_engineer"))
    refused("signed this version already", rules.may_sign, signed, twice, "quality_engineer")


def test_who_may_send_back() -> None:
    for editor in (QUIDO, EMIL, ADA, EVA):
        rules.may_send_back(in_review().status(), editor, "unclear")
    rules.may_send_back(approved().status(), QUIDO, "unclear")
    refused("reviewers", rules.may_send_back, in_review().status(), OLA, "x")
    refused("what has to change", rules.may_send_back, in_review().status(), QUIDO, "")
    refused("not in review", rules.may_send_back, released().status(), QUIDO, "x")


def test_what_a_release_needs() -> None:
    rules.may_release(approved().status(), EVA, "finish")
    rules.may_release(approved().status(), ADA, "ask", "2027-02-28")
    refused(
        "not approved. The signature of quality_engineer is missing",
        rules.may_release,
        in_review().status(),
        EVA,
        "ask",
    )
    refused("belongs to eva", rules.may_release, approved().status(), EMIL, "ask")
    refused("finish, next unit, ask", rules.may_release, approved().status(), EVA, "")
    for day in ("28.2.2027", "2027-02-30", "20270228", "2027-W05-1", " 2027-02-28"):
        refused("2026-12-31", rules.may_release, approved().status(), EVA, "ask", day)


def test_who_may_withdraw() -> None:
    for editor in (EVA, QUIDO, ADA):
        rules.may_withdraw(released().status(), editor, "wrong")
    refused("belongs to eva", rules.may_withdraw, released().status(), EMIL, "x")
    refused("Only process engineers", rules.may_withdraw, released().status(), OLA, "x")
    refused("Say why", rules.may_withdraw, released().status(), EVA, " ")
    refused("only released versions", rules.may_withdraw, approved().status(), EVA, "x")
