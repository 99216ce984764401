"""What the services need from outside: the journal, the shared database, the evidence store, and the clock.

Protocols and the values that cross them; the concretes are in `storage` and are wired in `app`. The shared
database's failures have classes of their own because the sync worker reacts to each differently.
"""

from __future__ import annotations

from station_app.domain.log import ComponentUse, LoggedRow
from station_app.services.ports.documents import (
    DocumentDatabase,
    DocumentRefused,
    OrderUse,
    Suggestion,
    UnitUse,
    VersionUse,
)
from station_app.services.ports.evidence import EvidenceError, EvidenceStore
from station_app.services.ports.field import FieldDevices, FieldError, NodeFound, NodeSearch
from station_app.services.ports.history import (
    Historian,
    HistorianError,
    HistorianState,
    Room,
    TrendFiles,
    TrendFilesError,
    TrendHistory,
    TrendOutbox,
)
from station_app.services.ports.journal import (
    Blob,
    BlobState,
    Clock,
    Head,
    Journal,
    JournalCorrupt,
    JournalError,
    JournalFull,
    JournalLocked,
    MasterChange,
    Peer,
)
from station_app.services.ports.shared import (
    ChainBroken,
    Fork,
    Gap,
    HeardStation,
    Hello,
    LinePast,
    MasterPage,
    Reached,
    Refused,
    SchemaMismatch,
    SharedDatabase,
    SharedDatabaseError,
    UnitStatus,
    Unreachable,
)

__all__ = [
    "Blob",
    "BlobState",
    "ChainBroken",
    "Clock",
    "ComponentUse",
    "DocumentDatabase",
    "DocumentRefused",
    "EvidenceError",
    "EvidenceStore",
    "FieldDevices",
    "FieldError",
    "Fork",
    "Gap",
    "Head",
    "HeardStation",
    "Hello",
    "Historian",
    "HistorianError",
    "HistorianState",
    "Journal",
    "JournalCorrupt",
    "JournalError",
    "JournalFull",
    "JournalLocked",
    "LinePast",
    "LoggedRow",
    "MasterChange",
    "MasterPage",
    "NodeFound",
    "NodeSearch",
    "OrderUse",
    "Peer",
    "Reached",
    "Refused",
    "Room",
    "SchemaMismatch",
    "SharedDatabase",
    "SharedDatabaseError",
    "Suggestion",
    "TrendFiles",
    "TrendFilesError",
    "TrendHistory",
    "TrendOutbox",
    "UnitStatus",
    "UnitUse",
    "Unreachable",
    "VersionUse",
]
