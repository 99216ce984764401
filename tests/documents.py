"""People, work masters and inspection plans for tests of document control."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from station_app.domain.checks import ConfirmCheck
from station_app.domain.document_control import DocumentEvent
from station_app.domain.document_names import is_plan_document, own_id
from station_app.domain.inspection.plan import Characteristic, CharacteristicType, InspectionPlan, Place, encode_plan
from station_app.domain.master import JobOrder, Operation, Person, encode_item
from station_app.domain.media import Picture
from station_app.domain.work_master import Step, WorkMaster, encode_work_master
from station_app.services.ports import DocumentDatabase

DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"/>'
PEOPLE = (
    ("eva", "Eva Engineer", ("process_engineer",)),
    ("emil", "Emil Engineer", ("process_engineer",)),
    ("quido", "Quido Quality", ("quality_engineer",)),
    ("sam", "Sam Supervisor", ("supervisor", "process_engineer")),
    ("ada", "Ada Administrator", ("administrator",)),
    ("ola", "Ola Operator", ("operator",)),
)


def people(password_hash: str = "") -> list[Person]:
    """One of every role."""
    return [Person(id=key, name=name, roles=roles, password_hash=password_hash) for key, name, roles in PEOPLE]


def work_master(
    version: str = "1", title: str = "Assembly", document_id: str = "asm", *, drawing: bool = True
) -> WorkMaster:
    """A work master of one step, with a drawing."""
    sha256 = hashlib.sha256(DRAWING).hexdigest()
    picture = Picture("place.svg", sha256, len(DRAWING), "image/svg+xml")
    step = Step(
        id="place",
        title={"en": "Place"},
        text={"en": "Place it."},
        pictures=(picture,) if drawing else (),
        checks=(ConfirmCheck(id="placed", title="Placed"),),
    )
    return WorkMaster(
        id=document_id, version=version, title=title, product="GX-40", operation="assembly", steps=(step,)
    )


def plan(version: str = "1", title: str = "Assembly", plan_id: str = "asm", upper: str = "20.013") -> InspectionPlan:
    """An inspection plan of two characteristics, with a drawing; its id may be that of an instruction."""
    sha256 = hashlib.sha256(DRAWING).hexdigest()
    bore = Characteristic(
        id="bore", title="Bore Ø", balloon=1, unit="mm", lower=Decimal("20.000"), upper=Decimal(upper), decimals=3,
        place=Place(file="place.svg", x=0.5, y=0.25),
    )  # fmt: skip
    label = Characteristic(id="label", title="Label", balloon=2, type=CharacteristicType.ATTRIBUTE)
    return InspectionPlan(
        id=plan_id, product="GX-40", operation="assembly", version=version, title=title, characteristics=(bore, label),
        pictures=(Picture("place.svg", sha256, len(DRAWING), "image/svg+xml"),),
    )  # fmt: skip


def order(version: str = "") -> JobOrder:
    """An order that names the work master "asm"."""
    operation = Operation(
        id="assembly", title="Assembly", stations=("A/B/C/D/E",), work_master_id="asm", work_master_version=version
    )
    return JobOrder(
        id="4711", product="GX-40", product_title="Reducer", quantity=1, serials=("GX40-1",), operations=(operation,)
    )


@dataclass
class Desk:
    """Document control with people, as a test acts on it without services: every verb is one event."""

    database: DocumentDatabase
    publish: Callable[[str, str, bytes, str], object]
    suggest: Callable[[str, str, str], None] | None = None

    def staff(self, password_hash: str = "") -> None:
        """Publish the people."""
        for person in people(password_hash):
            self.publish("person", person.id, encode_item(person), "put")

    def number(self, version: str = "1", document_id: str = "asm") -> int:
        """The number of the newest event of a version."""
        own = [event.number for event in self.database.events(document_id) if event.version == version]
        return max(own, default=0)

    def content(self, version: str = "1", document_id: str = "asm") -> str:
        """The content that was saved last."""
        own = [e for e in self.database.events(document_id) if e.version == version and e.event == "saved"]
        return own[-1].sha256 if own else ""

    def happen(self, event: str, person: str, version: str = "1", **fields: object) -> int:
        """One event; number and content are those of now unless they are given."""
        document_id = str(fields.pop("document_id", "asm"))
        values = {
            "number": self.number(version, document_id) + 1,
            "sha256": self.content(version, document_id),
            "printed_name": "whatever the client says",
            "at_us": 0,
            **fields,
        }
        return self.database.add(
            DocumentEvent(document_id=document_id, version=version, event=event, person_id=person, **values)  # type: ignore[arg-type]  # named by the tests
        )

    def save(self, person: str, version: str = "1", title: str = "Assembly", **fields: object) -> int:
        """Keep a draft, its drawing first; ``content`` is a work master of the test's own."""
        self.database.put_media(DRAWING, "image/svg+xml")
        name = str(fields.get("document_id", "asm"))
        own = fields.pop("content", None)
        if isinstance(own, WorkMaster):
            body = encode_work_master(own)
        elif is_plan_document(name):
            body = encode_plan(plan(version, title, own_id(name)))
        else:
            body = encode_work_master(work_master(version, title, name))
        return self.happen("saved", person, version, sha256=self.database.put_content(body), **fields)

    def submit(
        self, person: str = "eva", version: str = "1", roles: Sequence[str] = ("quality_engineer",), **fields: object
    ) -> int:
        """Ask for signatures."""
        return self.happen("submitted", person, version, roles=tuple(roles), reason="because", **fields)

    def sign(self, person: str = "quido", version: str = "1", role: str = "quality_engineer", **fields: object) -> int:
        """Approve it."""
        signature = {"meaning": "approved for release", "method": "name and password"}
        return self.happen("signed", person, version, role=role, **{**signature, **fields})

    def release(
        self,
        version: str = "1",
        policy: str = "next unit",
        effective_from: str = "",
        person: str = "eva",
        document_id: str = "asm",
    ) -> None:
        """From nothing to released."""
        name = {"document_id": document_id}
        self.save(person, version, f"Assembly {version}", **name)
        self.submit(person, version, **name)
        self.sign(version=version, **name)
        self.happen("released", person, version, policy=policy, effective_from=effective_from, **name)
