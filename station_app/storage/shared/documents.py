"""Instructions under document control in the shared database: through a login of the group ``mes_author``."""

from __future__ import annotations

import hashlib
from typing import Any

from sqlalchemy import text

from station_app.domain.document_control import DocumentEvent
from station_app.services.ports import MasterChange, OrderUse, Suggestion, UnitUse, VersionUse
from station_app.storage.shared.address import DatabaseAddress
from station_app.storage.shared.arrays import TextArray
from station_app.storage.shared.blobs import read_blob, send_blob
from station_app.storage.shared.connection import make_engine, scalar, transaction

_ADD = text(
    "SELECT mes.document_add(:document_id, :version, :number, :event, :person_id, :sha256, :reason, :roles, :role,"
    " :meaning, :method, :policy, :effective_from, :owner)"
)
_PAGE = 2000


class PostgresDocuments:
    """The DocumentDatabase port on a real PostgreSQL. Every verb is one transaction of its own."""

    def __init__(self, address: DatabaseAddress) -> None:
        self._address = address
        self._engine = make_engine(address)

    def events(self, document_id: str = "") -> list[DocumentEvent]:
        """The events of one document, of all when none is named."""
        found = self._rows("SELECT * FROM mes.document_events(:document_id)", document_id=document_id)
        names = ("document_id", "version", "number", "event", "person_id", "printed_name", "at_us", "sha256", "reason")
        others = ("roles", "role", "meaning", "method", "policy", "effective_from", "owner")
        fields = [dict(zip((*names, *others), row, strict=True)) for row in found]
        return [DocumentEvent(**{**values, "roles": tuple(values["roles"])}) for values in fields]

    def add(self, event: DocumentEvent) -> int:
        """Add an event; its number is answered. Raises DocumentRefused."""
        values = {
            name: getattr(event, name) for name in event.__struct_fields__ if name not in ("printed_name", "at_us")
        }
        values["number"] = event.number - 1
        values["roles"] = TextArray(sorted(event.roles))
        return int(self._scalar(_ADD.text, **values))

    def put_content(self, body: bytes) -> str:
        """Keep a document."""
        return str(self._scalar("SELECT mes.document_put(:body)", body=body))

    def content(self, sha256: str) -> bytes | None:
        """A document's bytes, None when there is none."""
        found = self._scalar("SELECT mes.document_body(:sha256)", sha256=sha256)
        return None if found is None else bytes(found)

    def put_media(self, content: bytes, media_type: str) -> str:
        """Keep a file in chunks; one that is there already is not sent."""
        sha256 = hashlib.sha256(content).hexdigest()
        send_blob(self._engine, self._address, sha256, content, media_type)
        return sha256

    def media(self, sha256: str) -> bytes | None:
        """A file's bytes, None when the server has none."""
        return read_blob(self._engine, self._address, sha256)

    def master(self) -> list[MasterChange]:
        """All master data as it is published now."""
        newest: dict[tuple[str, str], MasterChange] = {}
        rev = 0
        while True:
            rows = self._rows("SELECT * FROM mes.master_since(:rev, :limit)", rev=rev, limit=_PAGE)
            changes = [row for row in rows if row[0] is not None]
            for found, kind, name, body, sha256, op, _ in changes:
                rev = found
                newest[kind, name] = MasterChange(found, kind, name, bytes(body), sha256, op)
            if not changes or rev >= rows[0][6]:
                return [change for change in newest.values() if change.op == "put"]

    def use(self, document_id: str) -> list[VersionUse]:
        """Where its versions are used, the newest use first."""
        return [VersionUse(*row) for row in self._rows("SELECT * FROM mes.document_units(:id)", id=document_id)]

    def orders(self, document_id: str) -> list[OrderUse]:
        """The orders that name it."""
        return [OrderUse(*row) for row in self._rows("SELECT * FROM mes.document_orders(:id)", id=document_id)]

    def units(self, document_id: str, version: str, limit: int = 1000) -> list[UnitUse]:
        """The units that were made with a version, the newest first."""
        statement = "SELECT * FROM mes.document_serials(:id, :version, :limit)"
        return [UnitUse(*row) for row in self._rows(statement, id=document_id, version=version, limit=limit)]

    def suggestions(self, document_id: str = "") -> list[Suggestion]:
        """What the floor suggests, the newest first."""
        return [Suggestion(*row) for row in self._rows("SELECT * FROM mes.suggestions(:id)", id=document_id)]

    def answer(self, suggestion_id: str, person_id: str, answer: str) -> None:
        """Answer a suggestion; a later answer replaces it."""
        statement = "SELECT mes.answer_suggestion(:suggestion, :person, :answer)"
        self._scalar(statement, suggestion=suggestion_id, person=person_id, answer=answer)

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()

    def _rows(self, statement: str, **values: Any) -> list[Any]:
        with transaction(self._engine, self._address) as connection:
            return list(connection.execute(text(statement), values).all())

    def _scalar(self, statement: str, **values: Any) -> Any:
        with transaction(self._engine, self._address) as connection:
            return scalar(connection, statement, **values)
