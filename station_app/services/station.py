"""Everything a window or a script may ask of the station: one value, built in `app` and handed to `ui`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from station_app.domain.status import StationStatus
from station_app.services.alarms import Alarms
from station_app.services.calls import Calls
from station_app.services.contact import Contact
from station_app.services.execution import Execution
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary
from station_app.services.people import People
from station_app.services.pictures import Pictures
from station_app.services.posting import Post
from station_app.services.scanning import Scanning
from station_app.services.tags import TagTable
from station_app.services.tracing import Tracing


@dataclass(frozen=True, slots=True)
class TagView:
    """How a tag is shown: its title, unit, device and alarm limits."""

    title: str
    unit: str
    device: str
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class StationIdentity:
    """The station as people know it: ``kind`` is assembly, test or inspection; ``path`` its ISA-95 path."""

    path: str
    name: str
    title: str
    kind: str
    language: str
    folder: Path


@dataclass(frozen=True)
class StationServices:
    """The station's activities. All of them live on the main thread; ``pool`` is for reading and computing."""

    identity: StationIdentity
    ledger: Ledger
    library: MasterLibrary
    execution: Execution
    scanning: Scanning
    people: People
    calls: Calls
    alarms: Alarms
    pictures: Pictures
    tags: TagTable
    tag_views: Mapping[str, TagView]
    contact: Contact
    tracing: Tracing
    pool: Executor
    post: Post
    status: Callable[[], StationStatus]
