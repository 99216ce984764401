"""What document control must know of a kind of document: its names, its content, and what differs between two versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from station_app.domain.comparison import Change, compare
from station_app.domain.document_names import INSPECTION_PLAN, INSTRUCTION, is_plan_document, plan_document
from station_app.domain.inspection.plan import InspectionPlan, PlanError, decode_plan, encode_plan
from station_app.domain.inspection.plan_comparison import compare_plans
from station_app.domain.master_book import MasterBook
from station_app.domain.media import Picture
from station_app.domain.rules import Refusal
from station_app.domain.work_master import WorkMaster, WorkMasterError, decode_work_master, encode_work_master


class Controlled(Protocol):
    """A content that is under document control."""

    @property
    def id(self) -> str: ...

    @property
    def version(self) -> str: ...

    def media(self) -> Mapping[str, Picture]:
        """Every file it names, by its SHA-256."""
        ...


D = TypeVar("D", bound=Controlled)


@dataclass(frozen=True)
class DocumentKind(Generic[D]):
    """One kind. ``name`` makes the document's name of an id; ``decode`` and ``published`` raise Refusal."""

    noun: str
    name: Callable[[str], str]
    is_own: Callable[[str], bool]
    encode: Callable[[D], bytes]
    decode: Callable[[bytes, str], D]
    compare: Callable[[D, D], list[Change]]
    published: Callable[[MasterBook, str, str], D]


def _decode_instruction(body: bytes, sha256: str) -> WorkMaster:
    try:
        return decode_work_master(body, sha256)
    except WorkMasterError as error:
        raise Refusal(f"The content {sha256[:12]}… cannot be opened: {error}.") from error


def _published_instruction(book: MasterBook, document_id: str, version: str) -> WorkMaster:
    try:
        return book.open_work_master(document_id, version)[0]
    except WorkMasterError as error:
        raise Refusal(f"There is no {document_id} {version} in the shared database.") from error


def _decode_plan(body: bytes, sha256: str) -> InspectionPlan:
    try:
        return decode_plan(body, sha256)
    except PlanError as error:
        raise Refusal(f"The content {sha256[:12]}… cannot be opened: {error}.") from error


def _published_plan(book: MasterBook, plan_id: str, version: str) -> InspectionPlan:
    try:
        return book.open_plan(plan_id, version)[0]
    except PlanError as error:
        raise Refusal(f"There is no {plan_id} {version} in the shared database.") from error


INSTRUCTIONS = DocumentKind[WorkMaster](
    noun=INSTRUCTION,
    name=str,
    is_own=lambda document_id: not is_plan_document(document_id),
    encode=encode_work_master,
    decode=_decode_instruction,
    compare=compare,
    published=_published_instruction,
)
PLANS = DocumentKind[InspectionPlan](
    noun=INSPECTION_PLAN,
    name=plan_document,
    is_own=is_plan_document,
    encode=encode_plan,
    decode=_decode_plan,
    compare=compare_plans,
    published=_published_plan,
)
