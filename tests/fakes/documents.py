"""Document control in memory: the same answers and refusals as PostgreSQL, for tests of what stands on it."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from station_app.domain import document_control as rules
from station_app.domain.document_control import DocumentEvent, Editor, VersionStatus
from station_app.domain.document_names import is_plan_document, noun_of, own_id, plan_document
from station_app.domain.master import Release, SuggestionAnswer, encode_item
from station_app.domain.rules import Refusal
from station_app.services.ports import DocumentRefused, MasterChange, OrderUse, Suggestion, UnitUse, VersionUse

_LATER = ("released", "superseded", "withdrawn")


@dataclass
class FakeDocumentServer:
    """The server that several fake clients share. What stations delivered is put in by hand: ``uses``, ``made``, ``said``."""

    events: list[DocumentEvent] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    changes: list[MasterChange] = field(default_factory=list)
    uses: list[VersionUse] = field(default_factory=list)
    made: list[tuple[str, UnitUse]] = field(default_factory=list)
    said: list[Suggestion] = field(default_factory=list)

    def master(self) -> dict[tuple[str, str], MasterChange]:
        """What is published now."""
        newest = {(change.kind, change.id): change for change in self.changes}
        return {key: change for key, change in newest.items() if change.op == "put"}

    def publish(self, kind: str, key: str, body: bytes, op: str = "put") -> None:
        """Publish as an administrator does; document control has its word."""
        sha256 = hashlib.sha256(body).hexdigest()
        current = next((c for c in reversed(self.changes) if (c.kind, c.id) == (kind, key)), None)
        if current is not None and current.op == op and (op != "put" or current.sha256 == sha256):
            return
        if kind in ("work_master", "release", "plan"):
            self._keep(kind, key, body, op)
        self.changes.append(MasterChange(len(self.changes) + 1, kind, key, body, sha256, op))

    def _keep(self, kind: str, key: str, body: bytes, op: str) -> None:
        name = plan_document(key) if kind == "plan" else key
        status = next((s for s in self.statuses().values() if f"{s.document_id}@{s.version}" == name), None)
        sha256 = hashlib.sha256(body).hexdigest()
        if kind == "release":
            if op != "put" or status is None or body != self.release_body(status):
                raise DocumentRefused(f"The release of {own_id(key)} is for document control to publish.")
            return
        if op != "put":
            return
        if kind == "plan":
            content = _json(body, f"{key} is no inspection plan: it is not JSON.")
            if key != f"{content.get('id')}@{content.get('version')}":
                raise DocumentRefused(f"The plan {key} is published as ID@VERSION of its content. Use a newer program.")
        if any((c.kind, c.id, c.op) == (kind, key, "put") and c.sha256 != sha256 for c in self.changes):
            raise DocumentRefused(f"{key} is published already with other content. Give it a new version.")
        if status is not None and (status.sha256 != sha256 or status.state not in _LATER):
            raise DocumentRefused(f"{key} is under document control and not released there.")

    def statuses(self) -> dict[tuple[str, str], VersionStatus]:
        """Every version."""
        return rules.fold(self.events)

    def release_body(self, status: VersionStatus) -> bytes | None:
        """What stations are told of a version; None before it is released."""
        own = [e for e in self.events if (e.document_id, e.version) == (status.document_id, status.version)]
        released = next((e for e in own if e.event == "released"), None)
        if released is None:
            return None
        of_document = [e for e in self.events if e.document_id == status.document_id and e.event == "released"]
        key = f"{status.document_id}@{status.version}"
        return encode_item(
            Release(
                id=key,
                work_master_id=status.document_id,
                version=status.version,
                sha256=status.sha256,
                number=of_document.index(released) + 1,
                state=status.state.value,
                policy=status.policy,
                effective_from=status.effective_from,
                reason=status.reason,
                released_by=released.printed_name,
                signatures=tuple(f"{event.role}: {event.printed_name}" for event in status.signatures),
            )
        )


class FakeDocuments:
    """The DocumentDatabase port on a FakeDocumentServer."""

    def __init__(self, server: FakeDocumentServer) -> None:
        self._server = server

    def events(self, document_id: str = "") -> list[DocumentEvent]:
        """The events of one document, of all when none is named."""
        return [event for event in self._server.events if document_id in ("", event.document_id)]

    def add(self, event: DocumentEvent) -> int:
        """Add an event; everything it brings with it happens, or nothing."""
        server = self._server
        before = copy.copy(server.events), copy.copy(server.changes)
        try:
            return self._add(event)
        except Refusal as refusal:
            server.events, server.changes = before
            raise DocumentRefused(str(refusal)) from refusal
        except DocumentRefused:
            server.events, server.changes = before
            raise

    def _add(self, event: DocumentEvent) -> int:
        server = self._server
        status = server.statuses().get((event.document_id, event.version))
        if event.number != (status.number if status else 0) + 1:
            raise DocumentRefused(
                f"{own_id(event.document_id)} {event.version} was changed by somebody else meanwhile. Look at it again first."
            )
        editor = self._person(event.person_id)
        self._check(event, status, editor)
        at_us = len(server.events) + 1_700_000_000_000_000
        sha256 = event.sha256 if status is None or event.event == "saved" else status.sha256
        change = {"printed_name": editor.printed_name, "at_us": at_us, "sha256": sha256}
        server.events.append(msgspec.structs.replace(event, **change))
        if event.event == "released":
            key = f"{own_id(event.document_id)}@{event.version}"
            server.publish(_kind(event.document_id), key, server.contents[sha256])
            self._supersede(event, editor)
        if event.event in ("released", "withdrawn"):
            self._publish_release(event.document_id, event.version)
        return event.number

    def _supersede(self, released: DocumentEvent, editor: Editor) -> None:
        for (document_id, version), status in sorted(self._server.statuses().items()):
            if document_id != released.document_id or version == released.version or status.state != "released":
                continue
            event = DocumentEvent(
                document_id=document_id,
                version=version,
                number=status.number + 1,
                event="superseded",
                person_id=editor.person_id,
                printed_name=editor.printed_name,
                at_us=status.changed_us,
                sha256=status.sha256,
                reason=f"superseded by {released.version}",
                effective_from=released.effective_from,
            )
            self._server.events.append(event)
            self._publish_release(document_id, version)

    def _publish_release(self, document_id: str, version: str) -> None:
        body = self._server.release_body(self._server.statuses()[document_id, version])
        assert body is not None
        self._server.publish("release", f"{document_id}@{version}", body)

    def _check(self, event: DocumentEvent, status: VersionStatus | None, editor: Editor) -> None:
        known = status or VersionStatus(event.document_id, event.version, owner=self._owner(event.document_id))
        known.owner = self._owner(event.document_id)
        if status is None and event.event != "saved":
            raise DocumentRefused(f"{own_id(event.document_id)} {event.version} was not saved yet.")
        if event.event in ("submitted", "signed", "released") and event.sha256 != known.sha256:
            raise DocumentRefused(
                f"{own_id(event.document_id)} {event.version} has another content by now. Look at it again first."
            )
        match event.event:
            case "saved":
                rules.may_save(known, editor)
                key = f"{own_id(event.document_id)}@{event.version}"
                if any((change.kind, change.id) == (_kind(event.document_id), key) for change in self._server.changes):
                    raise DocumentRefused(f"{own_id(event.document_id)} {event.version} is published already.")
                self._check_content(event)
            case "submitted":
                rules.may_submit(known, editor, event.roles, event.reason)
            case "signed":
                rules.may_sign(known, editor, event.role)
                if not event.meaning.strip():
                    raise DocumentRefused("A signature has a meaning.")
            case "sent_back":
                rules.may_send_back(known, editor, event.reason)
            case "released":
                rules.may_release(known, editor, event.policy, event.effective_from)
            case "withdrawn":
                rules.may_withdraw(known, editor, event.reason)
            case "owner_changed":
                rules.may_edit(known.owner, editor, event.document_id)
                rules.may_edit("", self._person(event.owner), event.document_id)
            case _:
                raise DocumentRefused(f"{event.event} is not something that happens to an instruction.")

    def _check_content(self, event: DocumentEvent) -> None:
        body = self._server.contents.get(event.sha256)
        if body is None:
            raise DocumentRefused("The content was not sent before it was saved.")
        noun = noun_of(event.document_id)
        content = _json(body, f"The content is no {noun}: it is not JSON.")
        if (content.get("id"), content.get("version")) != (own_id(event.document_id), event.version):
            raise DocumentRefused(f"The content is not {own_id(event.document_id)} {event.version}.")
        if is_plan_document(event.document_id) == ("steps" in content):
            raise DocumentRefused(f"The content is no {noun}.")
        for name in _named_files(content):
            if name not in self._server.files:
                raise DocumentRefused(f"The file {name[:12]}… is not stored. Save it again.")

    def _person(self, person_id: str) -> Editor:
        change = self._server.master().get(("person", person_id))
        person = None if change is None else json.loads(change.body)
        if person is None or not person.get("active", True):
            raise DocumentRefused(f"{person_id} is not known as an active person.")
        return Editor(person_id, person["name"], tuple(person["roles"]))

    def _owner(self, document_id: str) -> str:
        owners = [s.owner for s in self._server.statuses().values() if s.document_id == document_id]
        return owners[-1] if owners else ""

    def put_content(self, body: bytes) -> str:
        """Keep a document's canonical JSON."""
        if len(body) > 16 << 20:
            raise DocumentRefused("An instruction has at most 16 MiB of text.")
        sha256 = hashlib.sha256(body).hexdigest()
        self._server.contents[sha256] = body
        return sha256

    def content(self, sha256: str) -> bytes | None:
        """A document's bytes."""
        return self._server.contents.get(sha256)

    def put_media(self, content: bytes, media_type: str) -> str:
        """Keep a file."""
        sha256 = hashlib.sha256(content).hexdigest()
        self._server.files[sha256] = content
        return sha256

    def media(self, sha256: str) -> bytes | None:
        """A file's bytes."""
        return self._server.files.get(sha256)

    def master(self) -> list[MasterChange]:
        """All master data as it is published now."""
        return list(self._server.master().values())

    def use(self, document_id: str) -> list[VersionUse]:
        """Where its versions are used; whatever the test put in."""
        return self._server.uses

    def orders(self, document_id: str) -> list[OrderUse]:
        """The orders that name it."""
        found = []
        serves = self._serves(document_id)
        for change in self._server.master().values():
            body = json.loads(change.body) if change.kind == "order" else {"operations": []}
            for operation in body["operations"]:
                served = (body["product"], operation["id"]) == serves
                if served or operation["work_master_id"] == document_id:
                    version = "" if served else operation.get("work_master_version", "")
                    found.append(OrderUse(change.id, body["product"], operation["id"], version))
        return sorted(found, key=lambda use: use.order_id)

    def _serves(self, document_id: str) -> tuple[str, str] | None:
        """The product and operation of a plan, as it was saved or else published last."""
        if not is_plan_document(document_id):
            return None
        saved = [self._server.contents[e.sha256] for e in self.events(document_id) if e.event == "saved"]
        own = f"{own_id(document_id)}@"
        put = [c.body for c in self._server.master().values() if c.kind == "plan" and c.id.startswith(own)]
        bodies = saved or put
        content = json.loads(bodies[-1]) if bodies else {"product": "", "operation": ""}
        return content["product"], content["operation"]

    def units(self, document_id: str, version: str, limit: int) -> list[UnitUse]:
        """The units that were made with a version; whatever the test put in."""
        return [unit for made, unit in self._server.made if made == version][:limit]

    def suggestions(self, document_id: str = "") -> list[Suggestion]:
        """What the floor suggests."""
        return [s for s in self._server.said if document_id in ("", s.document_id)]

    def answer(self, suggestion_id: str, person_id: str, answer: str) -> None:
        """Answer a suggestion."""
        editor = self._person(person_id)
        if not set(editor.roles) & {"process_engineer", "quality_engineer", "administrator"}:
            raise DocumentRefused("Suggestions are answered by engineers.")
        if not answer.strip():
            raise DocumentRefused("Write an answer; whoever suggested it will read it.")
        if len(answer) > 2000:
            raise DocumentRefused("An answer has at most 2000 characters.")
        for number, said in enumerate(self._server.said):
            if said.suggestion_id == suggestion_id:
                self._server.said[number] = replace(said, answer=answer, answered_by=person_id)
                self._publish_answer(self._server.said[number], editor.printed_name)
                return
        raise DocumentRefused("This suggestion is not known.")

    def _publish_answer(self, said: Suggestion, printed_name: str) -> None:
        answer = SuggestionAnswer(
            id=said.suggestion_id,
            work_master_id=said.document_id,
            version=said.version,
            step_id=said.step_id,
            station=said.station,
            actor=said.actor,
            suggestion=said.text,
            answer=said.answer,
            answered_by=printed_name,
            answered_us=len(self._server.changes) + 1_700_000_000_000_000,
        )
        self._server.publish(SuggestionAnswer.kind, answer.id, encode_item(answer))

    def close(self) -> None:
        """Nothing is open."""


def _kind(document_id: str) -> str:
    return "plan" if is_plan_document(document_id) else "work_master"


def _json(body: bytes, words: str) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        raise DocumentRefused(words) from error


def _named_files(value: object) -> list[str]:
    """Every ``sha256`` anywhere in a JSON value."""
    if isinstance(value, dict):
        own = [value["sha256"]] if isinstance(value.get("sha256"), str) else []
        return own + [name for inner in value.values() for name in _named_files(inner)]
    return [name for inner in value for name in _named_files(inner)] if isinstance(value, list) else []
