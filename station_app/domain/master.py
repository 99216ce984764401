"""Master data as it is published in the shared database and pulled by stations: orders, people, materials, reasons.

A station reads these and never writes them. Each kind is a frozen struct; its document is canonical JSON, addressed by
SHA-256. Work masters are in :mod:`station_app.domain.work_master`, inspection plans in
:mod:`station_app.domain.inspection.plan`.
"""

from __future__ import annotations

from typing import ClassVar

import msgspec

from station_app.domain.document_states import Policy
from station_app.domain.inspection.plan import InspectionPlan, plan_key
from station_app.domain.work_master import WorkMaster


class MasterError(ValueError):
    """A master-data document that cannot be used: says which and why."""


class Operation(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One operation of an order's route: at which stations and by which released work master.

    ``stations`` are the paths of the work units that may do it. The version that the order begins with; empty: the newest that
    is released.
    """

    id: str
    title: str
    stations: tuple[str, ...]
    work_master_id: str
    work_master_version: str = ""


class JobOrder(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Work requested: a quantity of a product with the serial numbers it is to have. ``due`` is ISO 8601."""

    kind: ClassVar[str] = "order"
    id: str
    product: str
    product_title: str
    quantity: int
    serials: tuple[str, ...]
    operations: tuple[Operation, ...]
    due: str = ""
    priority: int = 0

    def operation_at(self, station: str) -> Operation | None:
        """The order's operation at a station, or None."""
        return next((operation for operation in self.operations if station in operation.stations), None)

    def previous_operation(self, operation_id: str) -> Operation | None:
        """The operation before another on the route; None for the first.

        Raises KeyError when the order has no such operation.
        """
        ids = [operation.id for operation in self.operations]
        if operation_id not in ids:
            raise KeyError(operation_id)
        index = ids.index(operation_id)
        return self.operations[index - 1] if index else None


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Who may work: ``badge_sha256`` is the SHA-256 of the badge's secret, ``pin_hash`` argon2id of secret + PIN.

    ``password_hash`` is argon2id of the password for people without a badge. ``qualifications`` gives the last day each is
    valid (ISO date, empty: no end). Roles: operator, inspector, supervisor,
    process_engineer, quality_engineer, administrator.
    """

    kind: ClassVar[str] = "person"
    id: str
    name: str
    roles: tuple[str, ...]
    badge_sha256: str = ""
    pin_hash: str = ""
    password_hash: str = ""
    language: str = "en"
    active: bool = True
    qualifications: dict[str, str] = {}


class Material(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A part number and how a scan of it looks.

    ``serials`` and ``lots`` are what has been received: a scan is recognised by them; lots map to the quantity, ``expiries``
    to the last day they may be used (ISO date).
    """

    kind: ClassVar[str] = "material"
    id: str
    title: str
    tracked: str = "lot"
    serials: tuple[str, ...] = ()
    lots: dict[str, float] = {}
    expiries: dict[str, str] = {}


class Reasons(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A list to choose from: calls ("problem", "andon"), defects, interruptions, shelving, equipment states."""

    kind: ClassVar[str] = "reasons"
    id: str
    reasons: tuple[str, ...]


class Tool(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A gauge, tool or fixture with a number of its own, as it is scanned. ``sort``: gauge, tool, fixture.

    ``calibration_due`` is the last day it may be used (ISO date, empty: it needs no calibration); ``status``: in service, held,
    lost, retired. ``resolution`` is the smallest step it shows, in ``unit``.
    """

    kind: ClassVar[str] = "tool"
    id: str
    title: str
    sort: str
    tool_class: str
    unit: str = ""
    resolution: str = ""
    calibration_due: str = ""
    certificate: str = ""
    status: str = "in service"


class Release(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """That a version was released, and whether it still may be used. ``number`` grows with every release of the document.

    ``work_master_id`` is the document's name (:mod:`station_app.domain.document_names`): a plan's begins with "plan:".
    ``effective_from`` is a day (ISO 8601, empty: at once). ``signatures`` are "role: printed name".
    """

    kind: ClassVar[str] = "release"
    id: str
    work_master_id: str
    version: str
    sha256: str
    number: int
    state: str
    policy: str = Policy.NEXT_UNIT.value
    effective_from: str = ""
    reason: str = ""
    released_by: str = ""
    signatures: tuple[str, ...] = ()


class SuggestionAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an engineer answered to a suggestion of the floor. ``actor`` suggested it at ``station``; ``answered_us`` is UTC.

    ``answered_by`` is a printed name. A later answer of the same suggestion takes its place.
    """

    kind: ClassVar[str] = "suggestion_answer"
    id: str
    work_master_id: str
    version: str
    step_id: str
    station: str
    actor: str
    suggestion: str
    answer: str
    answered_by: str
    answered_us: int


MasterItem = JobOrder | Person | Material | Reasons | Tool | InspectionPlan | Release | SuggestionAnswer
WORK_MASTER = "work_master"
KINDS: dict[str, type[MasterItem]] = {
    item.kind: item for item in (JobOrder, Person, Material, Reasons, Tool, InspectionPlan, Release, SuggestionAnswer)
}


def item_key(item: MasterItem) -> str:
    """The identity under which an item is published: versions of plans stand beside each other."""
    return plan_key(item) if isinstance(item, InspectionPlan) else item.id


def work_master_key(work_master: WorkMaster) -> str:
    """The identity under which a version is published: versions stand beside each other."""
    return f"{work_master.id}@{work_master.version}"


def encode_item(item: MasterItem) -> bytes:
    """The canonical JSON that is published and hashed."""
    return msgspec.json.encode(item, order="deterministic")


def decode_item(kind: type[MasterItem], document: bytes) -> MasterItem:
    """The item in a published document. Raises MasterError when it does not fit."""
    try:
        return msgspec.json.decode(document, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise MasterError(f"{kind.kind}: {error}") from error
