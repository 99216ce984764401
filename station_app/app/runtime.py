"""One station's parts, started in order and stopped in reverse; with or without windows.

A narrated start: the journal first (it refuses a second copy of the application), then what was recorded is folded, then
contact is sought with devices and server. Nothing here waits for a device or the server.
"""

from __future__ import annotations

import logging
import math
import platform
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from drivers.base import ConnectionState
from drivers.field import BoundedQueue, FieldLoop
from drivers.gauges.reading import Reading
from drivers.serial_devices.scanned import ScannedText
from station_app import __version__
from station_app.app import cameras, devices
from station_app.app.alarm_journal import alarm_journal
from station_app.app.clock_alarm import watch_clock
from station_app.app.database import connect_shared_database
from station_app.app.dossier import dossier_writer
from station_app.app.evidence import EVIDENCE_FOLDER, EvidenceKeeping, build_retention
from station_app.app.field_devices import LiveDevices
from station_app.app.history import StationHistory, line_trends_of
from station_app.app.picture_tools import VisionTools
from station_app.app.serial_devices import (
    asking,
    build_gauges,
    build_scanners,
    gauge_tag_of,
    gauge_tag_views,
    gauge_views,
)
from station_app.app.setup import station_setup
from station_app.config import StationConfig
from station_app.config.added_tags import ADDED_TAGS_FILE
from station_app.domain.chain import AUDIT, REC
from station_app.domain.ids import RecordIds
from station_app.domain.job import RESTARTED
from station_app.domain.offline_policy import OfflinePolicy
from station_app.domain.records import ApplicationState, EquipmentState, Fact
from station_app.domain.station_fold import StationFold
from station_app.domain.status import StationStatus
from station_app.services.alarms import NOT_SAVED
from station_app.services.calls import Calls
from station_app.services.charts_of_line import ChartsOfLine
from station_app.services.contact import Contact, ServerContact
from station_app.services.contact_age import ContactAge
from station_app.services.examining import Examining
from station_app.services.execution import Execution, StationSite
from station_app.services.gauges import GaugeReadings
from station_app.services.keeping_failure_pictures import FailurePictures
from station_app.services.ledger import STATION_ACTOR, Ledger
from station_app.services.library import MasterLibrary
from station_app.services.lookups import UnitLookup
from station_app.services.people import People
from station_app.services.pictures import Pictures
from station_app.services.ports import JournalError
from station_app.services.posting import Post
from station_app.services.quality import make_plans, make_quality
from station_app.services.recording import Recorder
from station_app.services.reporting_status import StatusSender, build_status
from station_app.services.scanning import Scanning
from station_app.services.signal_alarms import SignalAlarms
from station_app.services.station import StationIdentity, StationServices
from station_app.services.suggestions import Suggestions
from station_app.services.synchronize import SyncState, SyncWorker
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
from station_app.storage.trend_folder import TrendFolder

logger = logging.getLogger(__name__)
POOL_THREADS = 2
STATUS_INTERVAL_S = 1.0
LAST_DELIVERY_S = 2.0
QUESTION_TIMEOUT_S = 3.0
SYNC_SOURCE = "shared database"
OVERFLOW = ("field loop", "samples dropped")
OVERFLOW_CLEARS_S = 60.0
EXPORTS = "exports"


class StationRuntime:
    """A running station. ``post`` brings calls to the main thread; :meth:`tick` is called there about every 50 ms.

    Raises JournalError (locked, corrupt, full), PasswordFileError and OSError when it cannot start; then nothing runs.
    """

    def __init__(self, config: StationConfig, post: Post) -> None:
        self.config = config
        self._post = post
        settings = config.station
        settings.folder.mkdir(parents=True, exist_ok=True)
        self.journal = SqliteJournal(settings.folder / "journal.sqlite", settings.path)
        try:
            self._build(config)
        except BaseException:
            self.journal.close()
            raise

    def _build(self, config: StationConfig) -> None:
        self._lay_ground(config)
        self.services = self._make_activities(config)
        self.services.people.remember(self.journal.all_rows(AUDIT))
        FailurePictures(self.services.ledger, self.services.pictures, self._post)
        self._signals = SignalAlarms(self.services.ledger, self.services.quality.control, self.services.alarms)
        self.sync = SyncWorker(
            self.journal,
            self.database,
            self.evidence,
            self.recorder,
            self._clock,
            on_state=lambda state: self._post(lambda: self._synchronized(state)),
            on_rehomed=lambda chan: self._post(self._refold),
            on_master_applied=lambda: self._post(self.services.library.read_again),
            trends=self.history.outbox,
        )
        self._sender = StatusSender(self.database, self._in_contact)
        retention = build_retention(config, self.journal, self.evidence, self.database, self.recorder, self._clock)
        self._keeping = EvidenceKeeping(retention, self.pool, self._post, self.services.alarms)
        self._status_due = 0.0
        self._overflowed, self._overflow_over = 0, 0.0
        self.services.ledger.saved.subscribe(self._saved)

    def _lay_ground(self, config: StationConfig) -> None:
        """What the activities stand on: stores, connections, devices; nothing is asked or started yet."""
        self._clock = SystemClock()
        self._ids = RecordIds()
        self.evidence = FileEvidenceStore(config.station.folder / EVIDENCE_FOLDER)
        self.database = connect_shared_database(config)
        # a person waits for these answers: a line that swallows everything must not hold up the work for half a minute
        self._questions = connect_shared_database(config, QUESTION_TIMEOUT_S)
        self.pool = ThreadPoolExecutor(POOL_THREADS, thread_name_prefix="pool")
        self.contact = Contact()
        self.history = StationHistory(config, self._clock)
        self._field = FieldLoop(further_samples=[self.history.intake])
        self._work = devices.build_drivers(config)
        self._devices = LiveDevices(self._field, self._work, list(config.devices), [tag.name for tag in config.added])
        self._readings: BoundedQueue[Reading] = BoundedQueue(10_000)
        self._scans: BoundedQueue[ScannedText] = BoundedQueue(100)
        self._gauges = build_gauges(config, self._readings.put)
        self._work += [(gauge, [gauge_tag_of(config.gauges[name])]) for name, gauge in self._gauges.items()]
        self._work += [(scanner, ()) for scanner in build_scanners(config, self._scans.put)]
        self._camera_states: BoundedQueue[ConnectionState] = BoundedQueue(1000)
        self._cameras = cameras.build_cameras(config, self._camera_states.put)
        self.recorder = Recorder(self.journal, self._clock, self._ids)

    def _make_activities(self, config: StationConfig) -> StationServices:
        settings, journal, post, pool = config.station, self.journal, self._post, self.pool
        library = MasterLibrary(journal, self.evidence)
        ledger = Ledger(self.recorder, StationFold(library.pinned, library.pinned_plan), self._clock, post)
        ledger.refold(ledger.fold, journal.all_rows(REC))
        tags = TagTable([*(t.tag for t in config.tags.values()), *map(gauge_tag_of, config.gauges.values())])
        policy = config.policy
        site = StationSite(settings.path, OfflinePolicy(policy.previous_operation_offline), policy.most_reworks)
        lookup = UnitLookup(self._questions, pool, self._in_contact)
        tracing = Tracing(journal, self.evidence, self.database, pool, lambda: library.book, self._in_contact)
        plans = make_plans(ledger, library, self._new_id)
        execution = Execution(site, ledger, library, lookup, tags, post, self._new_id, plans)
        alarms = devices.alarms_of(config, ledger, self._new_id)
        execution.stop_while(alarms.stopping)
        views, uses = {**devices.tag_views(config), **gauge_tag_views(config)}, devices.tag_uses(config)
        return StationServices(
            identity=StationIdentity(
                settings.path, settings.name, settings.title, settings.kind, settings.language, settings.folder
            ),
            ledger=ledger,
            library=library,
            execution=execution,
            scanning=Scanning(library, execution),
            people=People(ledger, library, pool, post, self._out_of_contact(config), policy.esd_valid_hours * 3600.0),
            calls=Calls(ledger, self._new_id),
            alarms=alarms,
            alarm_journal=alarm_journal(journal, pool, ledger, library, settings.folder / EXPORTS),
            pictures=self._make_pictures(config),
            tags=tags,
            tag_views=views,
            tag_setup=self._make_tag_setup(
                config, ledger, execution, TagPlaces(tags, views, self.history.keep, alarms, uses)
            ),
            contact=self.contact,
            tracing=tracing,
            line_trends=line_trends_of(self._questions, pool, settings.path, self._in_contact),
            suggestions=Suggestions(ledger, library, config.station.path, self._new_id),
            quality=make_quality(
                ledger, library, execution, plans, journal, pool, self._new_id, self._make_line(config)
            ),
            examining=Examining(
                self.evidence, journal, ledger, tracing.picture, VisionTools(), pool, post, self._clock
            ),
            pool=pool,
            post=post,
            status=self.status,
            write_dossier=dossier_writer(settings.folder / "dossiers", pool, tracing.picture, self._clock),
            setup=station_setup(config, __version__),
            gauges=GaugeReadings(gauge_views(config), asking(self._field, self._gauges)),
            history=self.history.trends,
            work_past=WorkPast(journal, pool),
            trend_files=TrendFolder(settings.folder),
        )

    def _make_line(self, config: StationConfig) -> ChartsOfLine:
        """Other stations' points on this one's charts."""
        files = LinePointFolder(config.station.folder)
        return ChartsOfLine(self._questions, files, self.pool, self._post, self._clock, self._in_contact)

    def _make_tag_setup(
        self, config: StationConfig, ledger: Ledger, execution: Execution, places: TagPlaces
    ) -> TagSetup:
        save = AddedTagsFile(config.station.folder / ADDED_TAGS_FILE)
        return TagSetup(ledger, execution, self._devices, places, save, self.pool, self._post, config.added)

    def _make_pictures(self, config: StationConfig) -> Pictures:
        return Pictures(
            self._cameras,
            cameras.judge_picture,
            self.evidence,
            self.journal,
            self.pool,
            time.time,
            cameras.views_of(config),
            cameras.setter_of(self._cameras),
            cameras.limits_of(self._cameras, self.pool),
        )

    def _out_of_contact(self, config: StationConfig) -> Callable[[], float | None]:
        """For how long the server was not heard of; a station without a server waits for none."""
        if config.shared_database is None:
            return lambda: None
        return ContactAge(self.journal, self.contact, self._clock).seconds

    def _new_id(self) -> str:
        return self._ids.next(self._clock.wall_us())

    def start(self) -> None:
        """Record the start, then seek contact with server, devices and cameras."""
        ledger = self.services.ledger
        facts: list[Fact] = [
            ApplicationState(state="started", application_version=__version__, computer=platform.node())
        ]
        job = self.services.execution.job
        if job is not None and job.current is not None and ledger.fold.equipment is not None:
            facts.append(
                EquipmentState(
                    state=ledger.fold.equipment.state, reason=RESTARTED, job_id=job.job_id, serial=job.serial
                )
            )
        ledger.commit_aside(facts, STATION_ACTOR)
        self.history.start()
        self.services.alarms.start(devices.what_can_be_lost(self.config))
        self._signals.follow()
        self.sync.start()
        self._sender.start()
        self._field.start(self._work)
        for camera in self._cameras.values():
            camera.start()
        logger.info("%s started with %d records waiting", self.config.station.path, self.journal.waiting())

    def stop(self) -> None:
        """Stop in reverse order; what is recorded stays, what is not delivered is delivered next time."""
        for camera in self._cameras.values():
            camera.close()
        self._field.stop()
        if not self.history.stop():
            logger.warning("the historian did not end in time: its disk does not answer")
        stopped = ApplicationState(state="stopped", application_version=__version__, computer=platform.node())
        try:
            self.recorder.record([stopped], STATION_ACTOR).result()
        except JournalError as error:
            logger.warning("stopping was not recorded: %s", error)
        self._sender.stop()
        self._deliver_last()
        self.sync.stop()
        self.pool.shutdown(wait=True, cancel_futures=True)
        self.history.close()
        self._questions.close()
        self.database.close()
        self.journal.close()

    def _deliver_last(self) -> None:
        """Give the last records a moment when the server is there; without it they wait in the journal."""
        self.sync.wake()
        until = time.monotonic() + LAST_DELIVERY_S
        while self.sync.state.connected and self.journal.waiting() and time.monotonic() < until:
            time.sleep(0.02)

    def tick(self) -> None:
        """Drain what the field loop brought, and once a second tell the line how the station is."""
        services = self.services
        for state in [*self._field.states.drain(), *self._camera_states.drain()]:
            self.contact.device(state)
            services.alarms.connection(state)
        services.tags.describe(self._field.descriptions.drain())
        taken = services.tags.take(self._field.samples.drain())
        services.alarms.samples(taken)
        services.execution.follow(taken)
        services.gauges.take(self._readings.drain())
        services.serial_scans.take(self._scans.drain())
        self._watch_overflow()
        now = time.monotonic()
        if now >= self._status_due:
            self._status_due = now + STATUS_INTERVAL_S
            services.ledger.try_again()
            fault = services.ledger.fault
            services.alarms.condition(*NOT_SAVED, bool(fault), fault, "high")
            self.history.watch(services.alarms)
            watch_clock(services.alarms, self.contact.server.clock_offset_ms, self.config.shared_database is not None)
            self._keeping.follow(self._in_contact())
            self._sender.offer(self.status())

    def status(self) -> StationStatus:
        """The station's live status."""
        services = self.services
        return build_status(
            services.identity.path,
            services.identity.name,
            services.ledger,
            services.execution,
            services.library,
            services.alarms,
            self.journal.waiting(),
            __version__,
        )

    def _in_contact(self) -> bool:
        return self.contact.server.connected

    def _watch_overflow(self) -> None:
        queues = (self._field.samples, self._readings, self._scans)
        overflowed, now = sum(queue.overflowed for queue in queues), time.monotonic()
        if overflowed > self._overflowed:
            text = f"{overflowed - self._overflowed} samples came faster than they could be shown and were dropped"
            self._overflowed, self._overflow_over = overflowed, now + OVERFLOW_CLEARS_S
            self.services.alarms.condition(*OVERFLOW, True, text, "medium")
        elif now >= self._overflow_over:
            self._overflow_over = math.inf
            self.services.alarms.condition(*OVERFLOW, False, "", "medium")

    def _saved(self) -> None:
        self.sync.wake()
        self._status_due = 0.0
        self._count_waiting()

    def _refold(self) -> None:
        library = self.services.library
        fold = StationFold(library.pinned, library.pinned_plan)
        self.services.ledger.refold(fold, self.journal.all_rows(REC))

    def _raise_sync_alarms(self, state: SyncState) -> None:
        standing = {fault.code: fault.text for fault in state.alarms}
        alarms = self.services.alarms
        # also those recorded before a restart, which would stand for ever
        for code in {*standing, *alarms.active_conditions(SYNC_SOURCE)}:
            alarms.condition(SYNC_SOURCE, code, code in standing, standing.get(code, ""), "high")

    def _synchronized(self, state: SyncState) -> None:
        self.services.library.reload()
        self._raise_sync_alarms(state)
        self.contact.sync(
            ServerContact(
                state=state.name,
                connected=state.connected,
                reason=state.reason,
                since_us=state.since_us,
                waiting=self.journal.waiting(),
                clock_offset_ms=state.clock_offset_ms,
                last_contact_us=state.last_contact_us,
                faults=state.faults,
            )
        )
        self._status_due = 0.0

    def _count_waiting(self) -> None:
        server = self.contact.server
        waiting = self.journal.waiting()
        if waiting != server.waiting:
            self.contact.sync(replace(server, waiting=waiting))
