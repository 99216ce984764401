"""Instructions under document control."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from station_app.domain.document_control import DocumentEvent
from station_app.services.ports.journal import MasterChange
from station_app.services.ports.shared import SharedDatabaseError


class DocumentRefused(SharedDatabaseError):
    """Document control does not allow it; the message is a sentence for a person."""


@dataclass(frozen=True, slots=True)
class VersionUse:
    """At which station how many units were made with a version; times are UTC microseconds."""

    version: str
    sha256: str
    station: str
    units: int
    first_us: int
    last_us: int


@dataclass(frozen=True, slots=True)
class OrderUse:
    """An order that names a document; ``version`` is empty where it takes the newest."""

    order_id: str
    product: str
    operation: str
    version: str


@dataclass(frozen=True, slots=True)
class UnitUse:
    """A unit that was made with a version."""

    serial: str
    station: str
    order_id: str
    last_us: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What somebody on the floor suggests about a step; ``x``, ``y`` are fractions of the picture ``media_file``."""

    suggestion_id: str
    document_id: str
    version: str
    step_id: str
    station: str
    actor: str
    at_us: int
    text: str
    media_file: str
    x: float | None
    y: float | None
    evidence_sha256: str
    serial: str
    answer: str
    answered_by: str


class DocumentDatabase(Protocol):
    """Instructions under document control, through a login of the group of authors. Blocking: used from the pool.

    Every verb raises a SharedDatabaseError; DocumentRefused where the rules do not allow it.
    """

    def events(self, document_id: str = "") -> list[DocumentEvent]:
        """The events of one document, of all when none is named, in the order they happened."""
        ...

    def add(self, event: DocumentEvent) -> int:
        """Add an event whose ``number`` is one more than the last one seen; the server gives it name and time."""
        ...

    def put_content(self, body: bytes) -> str:
        """Keep a document's canonical JSON; the answer is its SHA-256 in hexadecimal."""
        ...

    def content(self, sha256: str) -> bytes | None: ...

    def put_media(self, content: bytes, media_type: str) -> str:
        """Keep a file; the answer is its SHA-256 in hexadecimal."""
        ...

    def media(self, sha256: str) -> bytes | None: ...

    def master(self) -> list[MasterChange]:
        """All master data as it is published now."""
        ...

    def use(self, document_id: str) -> list[VersionUse]: ...

    def orders(self, document_id: str) -> list[OrderUse]: ...

    def units(self, document_id: str, version: str, limit: int) -> list[UnitUse]: ...

    def suggestions(self, document_id: str = "") -> list[Suggestion]: ...

    def answer(self, suggestion_id: str, person_id: str, answer: str) -> None: ...

    def close(self) -> None: ...
