"""A station's services without window, field loop and sync worker: a real journal and evidence store in a folder, a server in
memory, a clock that is set by hand. Futures are waited for with :meth:`ServiceStation.done`.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

import pytest

from drivers.base import Quality, Sample, Tag, Value
from station_app.domain.chain import CHANNELS, REC, Draft, Row
from station_app.domain.checks import Check, ConfirmCheck, MachineValueCheck, MeasureCheck, PhotoCheck, ScanCheck
from station_app.domain.ids import RecordIds
from station_app.domain.job import RESTARTED
from station_app.domain.master import (
    WORK_MASTER,
    JobOrder,
    MasterItem,
    Material,
    Operation,
    Person,
    encode_item,
    work_master_key,
)
from station_app.domain.media import Picture as InstructionPicture
from station_app.domain.offline_policy import OfflinePolicy
from station_app.domain.outcome import Limits
from station_app.domain.records import EquipmentState, Fact, JobState, decode_body
from station_app.domain.rules import Picture, Refusal
from station_app.domain.station_fold import StationFold
from station_app.domain.work_master import Step, WorkMaster, content_sha256, encode_work_master
from station_app.services.alarms import AlarmLimit, Alarms
from station_app.services.calls import Calls
from station_app.services.execution import Execution, StationSite
from station_app.services.ledger import STATION_ACTOR, Ledger
from station_app.services.library import MasterLibrary
from station_app.services.lookups import UnitLookup
from station_app.services.people import People
from station_app.services.ports import ComponentUse, JournalFull, MasterChange, UnitStatus
from station_app.services.posting import PostQueue
from station_app.services.quality import make_plans, make_quality
from station_app.services.recording import Recorder
from station_app.services.scanning import Scanning
from station_app.services.secrets import badge_sha256, hash_password, hash_pin
from station_app.services.suggestions import Suggestions
from station_app.services.tags import TagTable
from station_app.storage.evidence import FileEvidenceStore
from station_app.storage.journal import SqliteJournal
from tests.fakes.clock import FakeClock
from tests.fakes.shared_database import FakeServer, FakeSharedDatabase

LINE = "Demo/Plant/Hall1/Line1"
ASM_10, ASM_11, ASM_20 = f"{LINE}/ASM-10", f"{LINE}/ASM-11", f"{LINE}/ASM-20"
BADGE, PIN = "badge-of-anna", "1414"
TIMEOUT_S = 10.0
FORCE, SPEED = "press.force", "bench.speed"
CYCLES = "press.cycles"
TORQUE, ANGLE, SCREWS, BORE = "tool.torque", "tool.angle", "tool.cycles", "gauge.bore"
DRAWING = b"a drawing of the unit"

T = TypeVar("T")


def step(name: str, *checks: Check, pictures: tuple[InstructionPicture, ...] = (), advance: bool = True) -> Step:
    return Step(
        id=name, title={"en": name.title()}, text={"en": "Do it."}, checks=checks, pictures=pictures, advance=advance
    )


DRAWN = InstructionPicture("unit.svg", content_sha256(DRAWING), len(DRAWING), "image/svg+xml")
ASSEMBLY = WorkMaster(
    id="asm",
    version="A",
    title="Assembly",
    product="GX-40",
    operation="assembly",
    steps=(
        step(
            "housing",
            ScanCheck(id="housing", title="Scan the housing", material="GX40-H", tracked="serial"),
            pictures=(DRAWN,),
        ),
        step("clean", ConfirmCheck(id="clean", title="Seat clean")),
        step(
            "press",
            ScanCheck(id="bearing", title="Scan the bearing", material="6204", tracked="lot"),
            MachineValueCheck(
                id="force",
                title="Press force",
                characteristic="force",
                tag=FORCE,
                limits=Limits("kN", Decimal("11.0"), Decimal("14.0")),
                cycle_tag=CYCLES,
            ),
        ),
        step(
            "play",
            MeasureCheck(
                id="play", title="Play", characteristic="play", limits=Limits("mm", Decimal("0.05"), Decimal("0.15"))
            ),
        ),
        step("photo", PhotoCheck(id="photo", title="Photo", camera="bench", code_is_unit=True)),
    ),
)
TEST_RUN = WorkMaster(
    id="test",
    version="A",
    title="Test run",
    product="GX-40",
    operation="test_run",
    steps=(step("run", ConfirmCheck(id="run", title="Runs")),),
)
ORDER = JobOrder(
    id="4711",
    product="GX-40",
    product_title="Gear reducer",
    quantity=3,
    serials=("U-1", "U-2", "U-3"),
    due="2026-12-18",
    operations=(
        Operation(
            id="assembly", title="Assembly", stations=(ASM_10, ASM_11), work_master_id="asm", work_master_version="A"
        ),
        Operation(id="test_run", title="Test run", stations=(ASM_20,), work_master_id="test", work_master_version="A"),
    ),
)
OTHER_ORDER = JobOrder(
    id="4712",
    product="GX-63",
    product_title="Other reducer",
    quantity=1,
    serials=("X-1",),
    operations=(
        Operation(
            id="assembly", title="Assembly", stations=(f"{LINE}/ASM-40",), work_master_id="x", work_master_version="A"
        ),
    ),
)
HOUSING = Material(id="GX40-H", title="Housing", tracked="serial", serials=("H-1", "H-2"))
BEARING = Material(id="6204", title="Bearing", lots={"L-1": 100.0, "L-2": 50.0})
WRONG_HOUSING = Material(id="GX63-H", title="Housing GX-63", tracked="serial", serials=("W-1",))


@functools.cache
def people() -> tuple[Person, ...]:
    """Anna with badge and PIN, Tom with a password; hashed once, because that takes its time on purpose."""
    return (
        Person(
            id="anna",
            name="Anna Keller",
            roles=("operator",),
            badge_sha256=badge_sha256(BADGE),
            pin_hash=hash_pin(BADGE, PIN),
        ),
        Person(id="tom", name="Tom Brandt", roles=("operator",), password_hash=hash_password("right")),
        Person(id="gone", name="Gone Away", roles=("operator",), badge_sha256=badge_sha256("old-badge"), active=False),
    )


def documents() -> list[tuple[str, str, bytes]]:
    """The master data as (kind, id, body)."""
    items: list[MasterItem] = [ORDER, OTHER_ORDER, HOUSING, BEARING, WRONG_HOUSING, *people()]
    masters = [(WORK_MASTER, work_master_key(master), encode_work_master(master)) for master in (ASSEMBLY, TEST_RUN)]
    return [(item.kind, item.id, encode_item(item)) for item in items] + masters


def picture(*codes: str, faults: Sequence[str] = ()) -> Picture:
    """A stored picture that shows these codes."""
    return Picture(
        sha256="ab" * 32,
        media_type="image/jpeg",
        size_bytes=10,
        width_px=4,
        height_px=3,
        sharpness=0.1,
        codes=list(codes),
        faults=list(faults),
    )


class FullableJournal(SqliteJournal):
    """The real journal; ``full`` makes every append fail as on a full disk."""

    full = False

    def append(self, drafts: Sequence[Draft]) -> Future[list[Row]]:
        if not self.full:
            return super().append(drafts)
        failed: Future[list[Row]] = Future()
        failed.set_exception(JournalFull("no room for the journal: nothing was recorded. Free some space."))
        return failed

    def prove_room(self) -> Future[None]:
        if not self.full:
            return super().prove_room()
        failed: Future[None] = Future()
        failed.set_exception(JournalFull("no room for the journal: nothing was recorded. Free some space."))
        return failed


class AnsweringServer(FakeSharedDatabase):
    """The server in memory; it answers questions only while ``open`` is set."""

    def __init__(self, server: FakeServer, station: str) -> None:
        super().__init__(server, station)
        self.open = threading.Event()
        self.open.set()

    def unit_status(self, serial: str) -> list[UnitStatus]:
        assert self.open.wait(TIMEOUT_S)
        return super().unit_status(serial)

    def component_use(self, component_serial: str) -> list[ComponentUse]:
        assert self.open.wait(TIMEOUT_S)
        return super().component_use(component_serial)


def refused(call: Callable[[], object]) -> str:
    """What a call that has to be refused says."""
    with pytest.raises(Refusal) as refusal:
        call()
    return str(refusal.value)


class ServiceStation:
    """One station in ``folder``; a second one in the same folder is the restart of the first."""

    def __init__(
        self,
        folder: Path,
        server: FakeServer,
        path: str = ASM_10,
        *,
        offline: OfflinePolicy = OfflinePolicy.BLOCK,
        clock: FakeClock | None = None,
    ) -> None:
        self.path = path
        self.clock = clock or FakeClock()
        self.posts = PostQueue()
        self.pool = ThreadPoolExecutor(2, thread_name_prefix="pool")
        self.journal = FullableJournal(folder / "journal.sqlite", path)
        self.evidence = FileEvidenceStore(folder / "evidence")
        self.evidence.put(DRAWING)
        self.server = AnsweringServer(server, path)
        self.in_contact = True
        if self.journal.master_cursor() == 0:
            self.publish(documents())
        ids = RecordIds()
        self.recorder = Recorder(self.journal, self.clock, ids)
        self.library = MasterLibrary(self.journal, self.evidence)
        self.ledger = Ledger(
            self.recorder, StationFold(self.library.pinned, self.library.pinned_plan), self.clock, self.posts.post
        )
        self.ledger.refold(self.ledger.fold, self.journal.all_rows(REC))
        self.tags = TagTable(
            [
                Tag(FORCE, "opcua://press/ns=2;s=Force", "kN"),
                Tag(SPEED, "modbus://bench/holding/0"),
                Tag(CYCLES, "opcua://press/ns=2;s=Cycles"),
                *(Tag(name, f"opcua://tool/ns=2;s={name}") for name in (TORQUE, ANGLE, SCREWS, BORE)),
            ]
        )
        self.press_counts, self.cycles = True, 0
        self.tags.take([Sample(CYCLES, 0, Quality.GOOD, "Good", None, self.clock.wall_us() / 1e6)])
        self.lookup = UnitLookup(self.server, self.pool, lambda: self.in_contact)

        def new_id() -> str:
            return ids.next(self.clock.wall_us())

        plans = make_plans(self.ledger, self.library, new_id)
        self.execution = Execution(
            StationSite(path, offline),
            self.ledger,
            self.library,
            self.lookup,
            self.tags,
            self.posts.post,
            new_id,
            plans,
        )
        self.quality = make_quality(self.ledger, self.library, self.execution, plans, self.journal, self.pool, new_id)
        self.scanning = Scanning(self.library, self.execution)
        self.out_of_contact_s: float | None = None
        self.people = People(self.ledger, self.library, self.pool, self.posts.post, lambda: self.out_of_contact_s)
        self.calls = Calls(self.ledger, new_id)
        self.suggestions = Suggestions(self.ledger, self.library, path, new_id)
        limits = [AlarmLimit(FORCE, "Force", "kN", low=1.0, high=15.0, deadband=0.5)]
        self.alarms = Alarms(self.ledger, limits, new_id)

    # --- master data ------------------------------------------------------------------------------------------------

    def publish(self, published: Sequence[tuple[str, str, bytes]], sha256: str = "") -> None:
        """Master data arrive, with their own hash or with a given one."""
        rev = self.journal.master_cursor()
        changes = [
            MasterChange(rev + no, kind, key, body, sha256 or content_sha256(body))
            for no, (kind, key, body) in enumerate(published, 1)
        ]
        self.journal.apply_master(changes, rev + len(changes), False).result()

    def withdraw(self, kind: str, key: str) -> None:
        """A document is taken back."""
        rev = self.journal.master_cursor() + 1
        self.journal.apply_master([MasterChange(rev, kind, key, b"", "", "remove")], rev, False).result()

    # --- working ----------------------------------------------------------------------------------------------------

    def done(self, future: Future[T]) -> T:
        """The result, after everything that was posted to the main thread ran."""
        until = time.monotonic() + TIMEOUT_S
        while not future.done():
            assert time.monotonic() < until, "waited in vain for a commit"
            self.posts.run_one(0.05)
        return future.result()

    def settle(self, condition: Callable[[], object], what: str) -> None:
        """Run what is posted until the condition holds."""
        until = time.monotonic() + TIMEOUT_S
        while not condition():
            assert time.monotonic() < until, f"waited in vain for {what}"
            self.posts.run_one(0.05)

    def sign_in(self, person: Person | None = None) -> None:
        """Anna, or another person, is at the station; a running job is handed over."""
        self.ledger.person = person or people()[0]
        self.settle(lambda: not self.ledger.busy, "the hand-over")

    def scan(self, text: str) -> list[Row]:
        """Scan and wait until it is saved. Raises Refusal."""
        saving = self.scanning.scan(text).saving
        assert saving is not None
        return self.done(saving)

    def refused(self, text: str) -> str:
        """A scan that must be refused; nothing may be recorded."""
        before = self.journal.head(REC).seq
        try:
            self.scan(text)
        except Refusal as refusal:
            assert self.journal.head(REC).seq == before, "a refused scan was recorded"
            return str(refusal)
        raise AssertionError(f"{text} was not refused")

    def sample(self, value: Value, quality: Quality = Quality.GOOD, status: str = "Good", tag: str = FORCE) -> None:
        """A value arrives; a force comes with a cycle of the press, unless ``press_counts`` is False."""
        now_s = self.clock.wall_us() / 1e6
        if tag == FORCE and self.press_counts:
            self.cycles += 1
            self.tags.take([Sample(CYCLES, self.cycles, Quality.GOOD, "Good", None, now_s + 0.001)])
        taken = self.tags.take([Sample(tag, value, quality, status, now_s, now_s)])
        self.alarms.samples(taken)
        self.execution.follow(taken)

    def finish(self, serial: str, housing: str) -> None:
        """A unit through every step of the assembly."""
        self.scan(serial)
        self.scan(housing)
        self.done(self.execution.confirm())
        self.scan("L-1")
        self.sample(12.0)
        self.done(self.execution.capture_value("force"))
        self.done(self.execution.measure("play", "0.10"))
        self.done(self.execution.keep_photo("photo", picture(serial)))

    def facts(self, chan: str = REC) -> list[Fact]:
        """Everything recorded."""
        return [decode_body(row.kind, row.body) for row in self.journal.all_rows(chan)]

    @property
    def step_id(self) -> str:
        """The step in work, empty when there is none."""
        job = self.execution.job
        return job.current.step.id if job is not None and job.current is not None else ""

    def deliver(self) -> None:
        """Bring every record to the server, as the sync worker does."""
        for chan in CHANNELS:
            rows = list(self.journal.all_rows(chan))
            self.server.append_batch(chan, 1, 1, rows)

    def restarted(self) -> None:
        """What the application records at its start."""
        job, fold = self.execution.job, self.ledger.fold
        if job is not None and fold.equipment is not None:
            fact = EquipmentState(state=fold.equipment.state, reason=RESTARTED, job_id=job.job_id, serial=job.serial)
            self.done(self.ledger.commit_aside([fact], STATION_ACTOR))

    def close(self) -> None:
        self.server.open.set()
        self.pool.shutdown(wait=True)
        self.journal.close()


def closing(station: ServiceStation) -> Iterator[ServiceStation]:
    """For fixtures."""
    try:
        yield station
    finally:
        station.close()


def jobs(station: ServiceStation) -> list[JobState]:
    """What was recorded of the states of jobs."""
    return [fact for fact in station.facts() if isinstance(fact, JobState)]
