"""A station for tests of windows: real journal, evidence and master data in a folder; devices, camera and server by hand.

Master data are those of tests/short_line. No server, no field loop: values are given by :meth:`BenchStation.sample`,
pictures by :class:`HandCamera`, contact by :meth:`BenchStation.device` and :meth:`BenchStation.server`.
"""

from __future__ import annotations

import functools
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from drivers.base import Connection, ConnectionState, Quality, Sample, Tag, Value
from station_app.app.alarm_journal import alarm_journal
from station_app.app.cameras import judge_picture
from station_app.app.dossier import dossier_writer
from station_app.app.history import line_trends_of
from station_app.app.picture_tools import VisionTools
from station_app.domain.alarm_rule import AlarmRule, Trigger
from station_app.domain.chain import REC
from station_app.domain.history_rule import HistoryRule
from station_app.domain.ids import RecordIds
from station_app.domain.offline_policy import OfflinePolicy
from station_app.domain.station_fold import StationFold
from station_app.domain.status import StationStatus
from station_app.services.alarms import AlarmLimit, Alarms
from station_app.services.calls import Calls
from station_app.services.charts_of_line import ChartsOfLine
from station_app.services.contact import Contact, ServerContact
from station_app.services.examining import Examining
from station_app.services.execution import Execution, StationSite
from station_app.services.keeping_failure_pictures import FailurePictures
from station_app.services.ledger import Ledger
from station_app.services.library import MasterLibrary
from station_app.services.lookups import UnitKnowledge, UnitLookup
from station_app.services.people import People
from station_app.services.pictures import JudgePicture, Pictures
from station_app.services.ports import Clock, MasterChange
from station_app.services.posting import Post
from station_app.services.quality import make_plans, make_quality
from station_app.services.recording import Recorder
from station_app.services.reporting_status import build_status
from station_app.services.scanning import Scanning
from station_app.services.secrets import hash_secret
from station_app.services.signal_alarms import SignalAlarms
from station_app.services.station import StationIdentity, StationServices, StationSetup, TagView
from station_app.services.suggestions import Suggestions
from station_app.services.tag_places import TagPlaces
from station_app.services.tag_setup import TagSetup
from station_app.services.tags import TagTable
from station_app.services.tracing import Tracing
from station_app.services.work_past import WorkPast
from station_app.storage.added_tags import AddedTagsFile
from station_app.storage.clock import SystemClock
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal
from station_app.storage.line_points import LinePointFolder
from station_app.storage.master_files import MasterFiles, read_master_path
from station_app.storage.no_database import NoSharedDatabase
from station_app.storage.trend_folder import TrendFolder
from tests.fakes.field_devices import HandDevices
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase
from tests.short_line import short_line

ASM_10 = "Demo/Plant/Hall1/Line1/ASM-10"
ASM_20 = "Demo/Plant/Hall1/Line1/ASM-20"
INS_30 = "Demo/Plant/Hall1/Line1/INS-30"
ANNA, ANNA_PIN = "DEMO-BADGE-7f3a91c2-anna-keller", "1414"
MARA, MARA_PASSWORD = "Mara Lindt", "demo-mara-lindt"
UNIT, OTHER_UNIT, ORDER = "GX40-000124", "GX40-000125", "4711-03"
HOUSING, BEARING_LOT, SEAL_LOT = "H-000501", "L25-0881", "S25-0117"

TAGS = {
    "press.force": TagView("Force", "kN", "press", None, 15.0),
    "press.position": TagView("Position", "mm", "press", None, None),
    "press.peak_force": TagView("Peak force", "kN", "press", None, None),
}

CYCLES = "press.cycles"
"""The press' counter: a tag of no page."""

ALARM_RULES = (
    AlarmRule(
        "press.force",
        Trigger.HIGH_HIGH,
        "Force",
        "kN",
        100.0,
        deadband=0.5,
        priority="critical",
        text="The press is overloaded",
        guidance="Stop the press. Call maintenance before the next stroke.",
        equipment="Press 1",
        stops_step=True,
    ),
)


@functools.cache
def sample_master() -> MasterFiles:
    """Short instructions and orders, with the shipped people, materials and reasons; secrets are hashed once."""
    return read_master_path(short_line(), hash_secret)


@dataclass
class HandFrame:
    """A picture held before the camera."""

    jpeg: bytes
    received_time: float
    media_type: str = "image/jpeg"

    @property
    def original(self) -> bytes:
        """The same bytes are shown and kept."""
        return self.jpeg


class HandCamera:
    """A camera whose picture is given by the test; without one it delivers none."""

    reason = ""

    def __init__(self) -> None:
        self.jpeg = b""

    def latest(self) -> HandFrame | None:
        """The picture, as new as can be."""
        return HandFrame(self.jpeg, time.time()) if self.jpeg else None


class AnsweringLookup(UnitLookup):
    """The server's answers by hand: nothing known of any unit; ``reached`` False is a server that is away."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        super().__init__(NoSharedDatabase(), pool, lambda: True)
        self.reached = True
        self.knowledge = UnitKnowledge(True)
        self.asking = pool

    def ask(self, serial: str) -> Future[UnitKnowledge]:
        """What the test says the server knows."""
        return self.asking.submit(lambda: self.knowledge if self.reached else UnitKnowledge(False))


class BenchStation:
    """A station in ``folder``; :meth:`close` ends it. ``services`` is what a window gets."""

    def __init__(
        self,
        folder: Path,
        post: Post,
        path: str = ASM_10,
        kind: str = "assembly",
        judge: JudgePicture = judge_picture,
        master: bool = True,
        cameras: tuple[str, ...] = ("bench",),
        clock: Clock | None = None,
        offline: OfflinePolicy = OfflinePolicy.ALLOW_UNVERIFIED,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path, self.offline = path, offline
        self.journal = SqliteJournal(folder / "journal.sqlite", path)
        self.evidence = FileEvidenceStore(folder / "evidence")
        self.pool = ThreadPoolExecutor(2, thread_name_prefix="pool")
        self.clock: Clock = clock or SystemClock()
        self.contact = Contact()
        self.cameras = {name: HandCamera() for name in cameras}
        self.lookup = AnsweringLookup(self.pool)
        if master:
            self.publish(sample_master())
        self.kept: list[str] = []
        self.history_rules: dict[str, HistoryRule] = {}
        self.line_server = FakeServer()
        self.cycles = 0
        self.services = self._build(folder, post, path, kind, judge)
        self.server(True)
        self.device("press", Connection.CONNECTED)

    def _build(self, folder: Path, post: Post, path: str, kind: str, judge: JudgePicture) -> StationServices:
        ids = RecordIds()
        recorder = Recorder(self.journal, self.clock, ids)
        library = MasterLibrary(self.journal, self.evidence)
        ledger = Ledger(recorder, StationFold(library.pinned, library.pinned_plan), self.clock, post)
        ledger.refold(ledger.fold, self.journal.all_rows(REC))
        tags = TagTable([Tag(name, f"opcua://press/ns=2;s={name}", view.unit) for name, view in TAGS.items()])
        tags.add(Tag(CYCLES, "opcua://press/ns=2;s=Press.CycleCounter"))
        tags.take([Sample(CYCLES, self.cycles, Quality.GOOD, "Good", None, time.time())])

        def new_id() -> str:
            return ids.next(self.clock.wall_us())

        plans = make_plans(ledger, library, new_id)
        execution = Execution(StationSite(path, self.offline), ledger, library, self.lookup, tags, post, new_id, plans)
        limits = [AlarmLimit("press.force", "Force", "kN", high=15.0)]
        alarms = Alarms(ledger, limits, new_id, ALARM_RULES, groups={name: view.device for name, view in TAGS.items()})
        execution.stop_while(alarms.stopping)
        pictures = Pictures(self.cameras, judge, self.evidence, self.journal, self.pool, time.time)
        FailurePictures(ledger, pictures, post)
        self.devices = HandDevices()
        views = dict(TAGS)
        setup = TagSetup(
            ledger,
            execution,
            self.devices,
            TagPlaces(tags, views, self._keep, alarms),
            AddedTagsFile(folder / "added_tags.toml"),
            self.pool,
            post,
        )
        name = path.rsplit("/", 1)[-1]
        database = NoSharedDatabase()
        tracing = Tracing(self.journal, self.evidence, database, self.pool, lambda: library.book, lambda: False)
        line = self._line(folder, post)
        quality = make_quality(ledger, library, execution, plans, self.journal, self.pool, new_id, line)
        SignalAlarms(ledger, quality.control, alarms).follow()
        return StationServices(
            identity=StationIdentity(path, name, "Assembly, line 1", kind, "en", folder),
            ledger=ledger,
            library=library,
            execution=execution,
            scanning=Scanning(library, execution),
            people=People(ledger, library, self.pool, post),
            calls=Calls(ledger, new_id),
            alarms=alarms,
            alarm_journal=alarm_journal(self.journal, self.pool, ledger, library, folder / "exports"),
            pictures=pictures,
            tags=tags,
            tag_views=views,
            tag_setup=setup,
            contact=self.contact,
            tracing=tracing,
            line_trends=line_trends_of(NoSharedDatabase(), self.pool, path, lambda: False),
            suggestions=Suggestions(ledger, library, path, new_id),
            quality=quality,
            examining=Examining(
                self.evidence, self.journal, ledger, tracing.picture, VisionTools(), self.pool, post, self.clock
            ),
            pool=self.pool,
            post=post,
            status=self._status,
            work_past=WorkPast(self.journal, self.pool),
            trend_files=TrendFolder(folder),
            write_dossier=dossier_writer(folder / "dossiers", self.pool, tracing.picture, self.clock),
            setup=StationSetup(
                application_version="0",
                settings_file=str(folder / "station.toml"),
                log_file=str(folder / "station.log"),
                device_addresses={"press": "opcua://127.0.0.1:4840"},
                camera_addresses=dict.fromkeys(self.cameras, "http://127.0.0.1:8090/stream.mjpg"),
                database_address="127.0.0.1:5432/mes",
            ),
        )

    def _line(self, folder: Path, post: Post) -> ChartsOfLine:
        """Other stations' points, from a server in memory (``line_server``)."""
        database = FakeSharedDatabase(self.line_server, self.path)
        files = LinePointFolder(folder)
        return ChartsOfLine(database, files, self.pool, post, self.clock, lambda: self.contact.server.connected)

    def _status(self) -> StationStatus:
        s = self.services
        identity = s.identity
        waiting = self.journal.waiting()
        return build_status(identity.path, identity.name, s.ledger, s.execution, s.library, s.alarms, waiting, "0")

    def publish(self, files: MasterFiles) -> None:
        """Bring master data into the journal and its pictures into the evidence store, as a pull does."""
        for media in files.media:
            self.evidence.put(media.content)
        rev = self.journal.master_cursor()
        changes = [
            MasterChange(rev + no, item.kind, item.id, item.body, item.sha256)
            for no, item in enumerate(files.publications, 1)
        ]
        self.journal.apply_master(changes, rev + len(changes), False).result()

    def _keep(self, tag: str, rule: HistoryRule) -> None:
        self.kept.append(tag)
        self.history_rules[tag] = rule

    def sample(
        self, tag: str, value: Value, quality: Quality = Quality.GOOD, status: str = "", at_s: float | None = None
    ) -> None:
        """A value arrives (main thread); the press' peak comes with a cycle."""
        now = time.time() if at_s is None else at_s
        if tag == "press.peak_force":
            self.cycles += 1
            self.services.tags.take([Sample(CYCLES, self.cycles, Quality.GOOD, "Good", None, time.time())])
        taken = self.services.tags.take([Sample(tag, value, quality, status or quality.value, now, now)])
        self.services.alarms.samples(taken)
        self.services.execution.follow(taken)

    def device(
        self, name: str, connection: Connection, since_s: float | None = None, retry_at: float | None = None
    ) -> None:
        """A device answers or is lost."""
        reason = "" if connection is Connection.CONNECTED else "no answer"
        since = time.time() if since_s is None else since_s
        self.contact.device(ConnectionState(name, connection, reason, since, retry_at))

    def server(self, connected: bool, waiting: int = 0, clock_offset_ms: int | None = 0) -> None:
        """The server answers or is away."""
        self.contact.sync(
            ServerContact(
                state="IDLE" if connected else "OFFLINE",
                connected=connected,
                reason="" if connected else "no answer",
                since_us=self.clock.wall_us(),
                waiting=waiting,
                clock_offset_ms=clock_offset_ms,
            )
        )

    def close(self) -> None:
        """End the pool and the journal."""
        self.pool.shutdown(wait=True)
        self.journal.close()
