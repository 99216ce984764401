"""Everything a window or a script may ask of the station: one value, built in `app` and handed to `ui`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from pathlib import Path

from station_app.domain.status import StationStatus
from station_app.domain.unit_trace import UnitTrace
from station_app.services.alarm_journal import AlarmJournal
from station_app.services.alarms import Alarms
from station_app.services.calls import Calls
from station_app.services.contact import Contact
from station_app.services.examining import Examining
from station_app.services.execution import Execution
from station_app.services.gauges import GaugeReadings
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary
from station_app.services.line_trends import LineTrends
from station_app.services.no_trend_files import NoTrendFiles
from station_app.services.no_trend_history import NoTrendHistory
from station_app.services.people import People
from station_app.services.pictures import Pictures
from station_app.services.ports import TrendFiles, TrendHistory
from station_app.services.posting import Post
from station_app.services.quality import QualityServices
from station_app.services.scanning import Scanning
from station_app.services.serial_scans import SerialScans
from station_app.services.suggestions import Suggestions
from station_app.services.tag_setup import TagSetup
from station_app.services.tag_view import TagView as TagView
from station_app.services.tags import TagTable
from station_app.services.tracing import Tracing
from station_app.services.work_past import WorkPast


@dataclass(frozen=True, slots=True)
class StationIdentity:
    """The station as people know it: ``kind`` is assembly, test or inspection; ``path`` its ISA-95 path."""

    path: str
    name: str
    title: str
    kind: str
    language: str
    folder: Path


@dataclass(frozen=True, slots=True)
class StationSetup:
    """How the station is set up, for the page that shows it. Addresses by name of the device or camera, without passwords.

    ``px_per_mm`` is the calibrated density of the screen, None where nobody measured it.
    """

    application_version: str = ""
    settings_file: str = ""
    log_file: str = ""
    theme: str = "light"
    px_per_mm: float | None = None
    device_addresses: Mapping[str, str] = field(default_factory=dict)
    camera_addresses: Mapping[str, str] = field(default_factory=dict)
    database_address: str = ""


WriteDossier = Callable[[UnitTrace, str], "Future[Path]"]


@dataclass(frozen=True)
class StationServices:
    """The station's activities. All of them live on the main thread; ``pool`` is for reading and computing.

    ``history`` and ``trend_files`` are asked on the pool. ``write_dossier(trace, made_by)`` writes a unit's dossier as PDF on
    the pool and answers where; it fails with EvidenceError.
    """

    identity: StationIdentity
    ledger: Ledger
    library: MasterLibrary
    execution: Execution
    scanning: Scanning
    people: People
    calls: Calls
    alarms: Alarms
    alarm_journal: AlarmJournal
    pictures: Pictures
    tags: TagTable
    tag_views: Mapping[str, TagView]
    tag_setup: TagSetup
    contact: Contact
    tracing: Tracing
    line_trends: LineTrends
    suggestions: Suggestions
    quality: QualityServices
    examining: Examining
    pool: Executor
    post: Post
    status: Callable[[], StationStatus]
    write_dossier: WriteDossier
    setup: StationSetup = StationSetup()
    gauges: GaugeReadings = field(default_factory=GaugeReadings)
    serial_scans: SerialScans = field(default_factory=SerialScans)
    history: TrendHistory = field(default_factory=NoTrendHistory)
    work_past: WorkPast = field(default_factory=WorkPast)
    trend_files: TrendFiles = field(default_factory=NoTrendFiles)
