"""Records made by hand: chained rows of several stations, up to the full history of one unit.

>>> log = StationLog("Acme/Works/Hall 1/Line 1/ASM-10")
>>> log.add(Comment(text="new oil filter", serial="GR-1001"), at_s=5.0).row.seq
1
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from station_app.domain.chain import REC, Draft, genesis, place
from station_app.domain.log import ComponentUse, LoggedRow
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    AlarmTransition,
    CallAnswered,
    CallRaised,
    CheckConfirmed,
    Comment,
    EquipmentState,
    EvidenceCaptured,
    Fact,
    Hold,
    HoldReleased,
    JobState,
    MachineValue,
    MaterialConsumed,
    MaterialDetached,
    Measurement,
    Nonconformance,
    Override,
    Signature,
    StepState,
    encode_body,
)
from station_app.domain.trace import trace_unit
from station_app.domain.unit_trace import EvidencePresence, Names, UnitTrace

ASM10 = "Acme/Works/Hall 1/Line 1/ASM-10"
ASM20 = "Acme/Works/Hall 1/Line 1/ASM-20"
INS30 = "Acme/Works/Hall 1/Line 1/INS-30"
MORNING_US = 1_795_158_000_000_000  # 2026-11-20 07:00:00 UTC
SERIAL = "GR-1001"
ORDER = "WO-4711"
PRODUCT = "GR-40"
BEARING = "BRG-55012"
SCORED_BEARING = "BRG-55009"


@dataclass
class StationLog:
    """One station's journal as it grows: every fact becomes the next row of its channel's chain.

    ``received_after_us`` is how long after its time a record reached the server; None: it has not.
    ``seed`` makes the identities of two logs of one station differ.
    """

    station: str
    actor: str = "p-anna"
    offset_ms: int | None = 0
    received_after_us: int | None = 1_500_000
    seed: str = ""
    rows: list[LoggedRow] = field(default_factory=list)

    def add(self, fact: Fact, at_s: float, actor: str | None = None, rec_id: str = "", ver: int = 0) -> LoggedRow:
        """Record ``fact`` at ``at_s`` seconds after the morning began, by this station's clock."""
        return self.add_body(fact.kind, encode_body(fact), at_s, actor, rec_id, ver or fact.version, fact.chan)

    def add_body(
        self, kind: str, body: bytes, at_s: float, actor: str | None = None, rec_id: str = "", ver: int = 1,
        chan: str = REC,
    ) -> LoggedRow:  # fmt: skip
        """Record a body as it is, also of a kind that nobody knows."""
        mine = [logged.row for logged in self.rows if logged.row.chan == chan]
        previous = mine[-1].hash if mine else genesis(self.station, chan, 1)
        wall_us = MORNING_US + round(at_s * 1_000_000)
        draft = Draft(
            chan, rec_id or record_id(self.station + self.seed, len(self.rows)), kind, ver,
            self.actor if actor is None else actor, wall_us, 60, round(at_s * 1e9), "boot-1", self.offset_ms, body,
        )  # fmt: skip
        received = None if self.received_after_us is None else wall_us + self.received_after_us
        logged = LoggedRow(self.station, place(draft, 1, len(mine) + 1, previous), received)
        self.rows.append(logged)
        return logged


def record_id(station: str, number: int) -> str:
    """A stable identity in the form of a UUIDv7."""
    digest = hashlib.sha256(f"{station}:{number}".encode()).hexdigest()
    return f"01982f00-{digest[:4]}-7{digest[4:7]}-8{digest[7:10]}-{digest[10:22]}"


def moved(logged: LoggedRow, epoch: int, seq: int) -> LoggedRow:
    """The same record at another place, as after re-homing; its hash is not that of a chain."""
    return replace(logged, row=replace(logged.row, epoch=epoch, seq=seq, hash=bytes(32)), received_us=None)


@dataclass
class JobLog:
    """Records of one job of one unit, with the identities filled in."""

    log: StationLog
    job_id: str
    serial: str
    operation: str
    order_id: str = ORDER

    @property
    def on_unit(self) -> dict[str, Any]:
        return {
            "job_id": self.job_id,
            "serial": self.serial,
            "order_id": self.order_id,
            "operation": self.operation,
        }

    def state(self, at_s: float, state: str, outcome: Outcome | None = None, previous: str = "", **more: Any) -> None:
        """The job changed its state."""
        pinned = {
            "product": PRODUCT,
            "work_master_id": f"WI-{self.operation}",
            "work_master_version": "3.1",
            "work_master_sha256": hashlib.sha256(self.operation.encode()).hexdigest(),
        }
        fact = JobState(state=state, outcome=outcome, previous_operation=previous, **self.on_unit, **{**pinned, **more})
        self.log.add(fact, at_s)

    def step(
        self, at_s: float, step_id: str, no: int, title: str, state: str, attempt: int = 1,
        outcome: Outcome | None = None, attended_s: float | None = None,
    ) -> None:  # fmt: skip
        """A step changed its state."""
        fact = StepState(
            step_id=step_id, step_no=no, title=title, state=state, attempt=attempt, outcome=outcome,
            attended_s=attended_s, **self.on_unit,
        )  # fmt: skip
        self.log.add(fact, at_s)

    def measure(
        self, at_s: float, step_id: str, check_id: str, characteristic: str, value: str, unit: str, limits: tuple[str, str],
        outcome: Outcome, attempt: int = 1, supersedes: str = "", nominal: str = "", gauge: str = "",
    ) -> LoggedRow:  # fmt: skip
        """A characteristic was measured."""
        fact = Measurement(
            step_id=step_id, check_id=check_id, attempt=attempt, supersedes=supersedes, characteristic=characteristic,
            value_text=value, unit=unit, nominal=nominal, lower_limit=limits[0], upper_limit=limits[1],
            source="gauge" if gauge else "keypad", gauge=gauge, outcome=outcome, **self.on_unit,
        )  # fmt: skip
        return self.log.add(fact, at_s)

    def read(
        self, at_s: float, step_id: str, characteristic: str, tag: str, value: str, unit: str, limits: tuple[str, str],
        outcome: Outcome, attempt: int = 1, quality: str = "Good", status: str = "Good",
    ) -> LoggedRow:  # fmt: skip
        """A machine's value was captured."""
        at_us = MORNING_US + round(at_s * 1_000_000)
        fact = MachineValue(
            step_id=step_id, check_id=f"{step_id}-{tag}", attempt=attempt, characteristic=characteristic, tag=tag,
            address=f"opcua://press1/ns=2;s={tag}", value_text=value, unit=unit, lower_limit=limits[0],
            upper_limit=limits[1], quality=quality, status=status, source_us=at_us - 80_000, received_us=at_us - 60_000,
            outcome=outcome, **self.on_unit,
        )  # fmt: skip
        return self.log.add(fact, at_s)

    def consume(self, at_s: float, step_id: str, material: str, component: str = "", lot: str = "", qty: float = 1.0,
                **more: Any) -> LoggedRow:  # fmt: skip
        """A component went in."""
        fact = MaterialConsumed(
            step_id=step_id, check_id=f"scan-{material}", material=material, component_serial=component, lot=lot,
            quantity=qty, **self.on_unit, **more,
        )  # fmt: skip
        return self.log.add(fact, at_s)

    def detach(self, at_s: float, step_id: str, material: str, component: str = "", lot: str = "", qty: float = 1.0,
               reason: str = "damaged") -> LoggedRow:  # fmt: skip
        """A component was taken out."""
        fact = MaterialDetached(
            step_id=step_id, material=material, component_serial=component, lot=lot, quantity=qty, reason=reason,
            **self.on_unit,
        )  # fmt: skip
        return self.log.add(fact, at_s)

    def photo(self, at_s: float, step_id: str, content: bytes, outcome: Outcome = Outcome.PASS,
              faults: tuple[str, ...] = (), attempt: int = 1) -> LoggedRow:  # fmt: skip
        """A picture was taken; ``content`` are its bytes."""
        fact = EvidenceCaptured(
            step_id=step_id, check_id="photo", attempt=attempt, sha256=hashlib.sha256(content).hexdigest(),
            media_type="image/jpeg", size_bytes=len(content), width_px=1280, height_px=720, camera="bench", view="top",
            sharpness=0.42, codes=(self.serial,), faults=faults, outcome=outcome, **self.on_unit,
        )  # fmt: skip
        return self.log.add(fact, at_s)


NAMES = Names(
    people={"p-anna": "Anna Schäfer", "p-jun": "Jun Watanabe", "p-mo": "Mo Okafor"},
    materials={PRODUCT: "Small gear reducer 40", "BRG-6204": "Ball bearing 6204", "SCR-M6": "Screw M6x20"},
    operations={"10": "Assembly", "20": "Test run", "30": "Final inspection"},
)
PICTURE_TOP = b"picture of the assembled unit"
PICTURE_BLURRED = b"picture that is blurred"
PICTURE_FINAL = b"picture of the finished unit"


@dataclass(frozen=True)
class UnitHistory:
    """What three stations recorded about one unit, and what the shared database adds."""

    rows: list[LoggedRow]
    logs: dict[str, StationLog]
    uses: dict[str, list[ComponentUse]]
    evidence: dict[str, EvidencePresence]


def complete_unit(serial: str = SERIAL) -> UnitHistory:
    """A unit that passed three operations: every kind of record about a unit occurs at least once.

    At ASM-10 the press force is first too low (the step is repeated) and a bearing is exchanged; at ASM-20 the test bench is
    unreachable for a moment; at INS-30 a reading is corrected, a blurred picture refused, and the unit held and released.
    """
    logs = {
        ASM10: StationLog(ASM10, "p-anna", seed=serial),
        ASM20: StationLog(ASM20, "p-jun", offset_ms=-350, seed=serial),
        INS30: StationLog(INS30, "p-mo", offset_ms=120, seed=serial),
    }
    _assemble(JobLog(logs[ASM10], f"job-{serial}-10", serial, "10"))
    _test_run(JobLog(logs[ASM20], f"job-{serial}-20", serial, "20"))
    _inspect(JobLog(logs[INS30], f"job-{serial}-30", serial, "30"))
    evidence = {
        hashlib.sha256(PICTURE_TOP).hexdigest(): EvidencePresence(local=False, server=True),
        hashlib.sha256(PICTURE_BLURRED).hexdigest(): EvidencePresence(local=True, server=False),
        hashlib.sha256(PICTURE_FINAL).hexdigest(): EvidencePresence(local=True, server=True),
    }
    scored, good = _bearings(serial)
    uses = {
        good: [ComponentUse("BRG-6204", good, serial, ASM10, False)],
        scored: [ComponentUse("BRG-6204", scored, serial, ASM10, True)],
    }
    return UnitHistory([row for log in logs.values() for row in log.rows], logs, dict(uses), evidence)


def _bearings(serial: str) -> tuple[str, str]:
    """The bearing that is taken out again, and the one that stays."""
    return (SCORED_BEARING, BEARING) if serial == SERIAL else (f"{SCORED_BEARING}-{serial}", f"{BEARING}-{serial}")


def _assemble(job: JobLog) -> None:
    """ASM-10: press a bearing (twice), fit parts, tighten; a call and an alarm on the way."""
    log, serial = job.log, job.serial
    job.state(0, "Running", previous="first")
    log.add(EquipmentState(state=1000, job_id=job.job_id, serial=serial), 0)
    press = ("press", 1, "Press the bearing")
    job.step(1, *press, "started")
    scored, good = _bearings(serial)
    job.consume(12, "press", "BRG-6204", component=scored)
    job.read(20, "press", "Press force", "Press.Force", "9.8", "kN", ("11.0", "14.0"), Outcome.FAIL)
    raised: dict[str, Any] = {
        "alarm_id": f"al-{serial}",
        "source": "Press.Force",
        "condition": "limit",
        "priority": "medium",
    }
    text = "Press force below its limit"
    log.add(AlarmTransition(**raised, transition="raised", text=text, value_text="9.8", serial=serial), 21)
    call = CallRaised(
        call_id=f"call-{serial}", call="problem", reason="part damaged", text="Bearing is scored", serial=serial,
        job_id=job.job_id, step_id="press",
    )  # fmt: skip
    log.add(call, 25)
    log.add(AlarmTransition(**raised, transition="acknowledged", text=text), 40, actor="p-mo")
    log.add(CallAnswered(call_id=f"call-{serial}", text="Take a new bearing"), 60, actor="p-mo")
    job.detach(70, "press", "BRG-6204", component=scored)
    job.step(75, *press, "repeated", attempt=2)
    job.consume(80, "press", "BRG-6204", component=good, attempt=2)
    job.read(95, "press", "Press force", "Press.Force", "12.41", "kN", ("11.0", "14.0"), Outcome.PASS, attempt=2)
    log.add(AlarmTransition(**raised, transition="cleared", text=text), 96, actor="station")
    job.step(97, *press, "completed", 2, Outcome.PASS, 81.5)
    job.step(97, "tighten", 2, "Tighten the cover", "started")
    job.consume(104, "tighten", "SCR-M6", lot="L-2026-117", qty=4)
    job.log.add(CheckConfirmed(step_id="tighten", check_id="seated", text="Cover is seated", **job.on_unit), 110)
    job.measure(
        125, "tighten", "torque", "Tightening torque", "9.6", "Nm", ("9.0", "10.5"), Outcome.PASS, nominal="9.8",
        gauge="TW-07",
    )  # fmt: skip
    job.photo(140, "tighten", PICTURE_TOP)
    job.step(141, "tighten", 2, "Tighten the cover", "completed", 1, Outcome.PASS, 43.0)
    job.state(141, "Ended", Outcome.PASS)


def _test_run(job: JobLog) -> None:
    """ASM-20: the bench is unreachable once, then the values are good; started on a supervisor's word."""
    log, serial = job.log, job.serial
    job.state(300, "Running", previous="unverified")
    override = Override(
        rule="previous operation passed", reason="server away", approved_by="p-mo", serial=serial, job_id=job.job_id
    )
    log.add(override, 300)
    job.step(301, "run", 1, "Run for one minute", "started")
    lost: dict[str, Any] = {"quality": "Bad", "status": "BadCommunicationError"}
    job.read(330, "run", "Temperature", "Bench.Temp", "71.2", "°C", ("", "65"), Outcome.ERROR, **lost)
    job.state(331, "Interrupted", reason="test bench does not answer")
    job.state(350, "Running")
    job.read(372, "run", "Temperature", "Bench.Temp", "44.87", "°C", ("", "65"), Outcome.PASS)
    job.read(373, "run", "Vibration", "Bench.Vibration", "1.12", "mm/s", ("", "2.8"), Outcome.PASS)
    job.step(374, "run", 1, "Run for one minute", "completed", 1, Outcome.PASS, 52.25)
    log.add(Comment(text="Slight hum at 1500 rpm, within tolerance", serial=serial, job_id=job.job_id), 375)
    job.state(376, "Ended", Outcome.PASS)


def _inspect(job: JobLog) -> None:
    """INS-30: a reading is corrected, a blurred picture refused; the unit is held, released and signed."""
    log, serial = job.log, job.serial
    job.state(600, "Running", previous="passed")
    job.step(601, "bore", 1, "Measure the output bore", "started")
    typed = job.measure(620, "bore", "d1", "Output bore diameter", "20.142", "mm", ("19.980", "20.021"), Outcome.FAIL)
    bore: dict[str, Any] = {"supersedes": typed.row.rec_id, "nominal": "20.000"}
    job.measure(
        640, "bore", "d1", "Output bore diameter", "20.014", "mm", ("19.980", "20.021"), Outcome.PASS, **bore
    )  # fmt: skip
    job.measure(655, "bore", "runout", "Shaft runout", "0.0125", "mm", ("", "0.020"), Outcome.PASS, gauge="DI-03")
    job.step(660, "bore", 1, "Measure the output bore", "completed", 1, Outcome.PASS, 59.0)
    job.step(660, "look", 2, "Photograph the finished unit", "started")
    job.photo(670, "look", PICTURE_BLURRED, Outcome.FAIL, ("The picture is blurred: 0.08, at least 0.20 is needed.",))
    scratch = Nonconformance(
        step_id="look",
        nonconformance_id=f"nc-{serial}",
        defect="scratch",
        description="10 mm on the cover",
        **job.on_unit,
    )
    log.add(scratch, 680)
    log.add(Hold(hold_id=f"hold-{serial}", scope="unit", subject=serial, reason="scratch on the cover"), 681)
    log.add(HoldReleased(hold_id=f"hold-{serial}", reason="cosmetic, accepted by quality"), 720)
    final = job.photo(740, "look", PICTURE_FINAL)
    job.step(741, "look", 2, "Photograph the finished unit", "completed", 1, Outcome.PASS, 48.0)
    signature = Signature(
        person_id="p-mo", printed_name="Mo Okafor", meaning="Inspected and released", signed_ids=(final.row.rec_id,),
        signed_hashes=(final.row.hash.hex(),), method="badge and PIN", job_id=job.job_id,
    )  # fmt: skip
    log.add(signature, 745)
    job.state(746, "Ended", Outcome.PASS)


def complete() -> UnitTrace:
    """The trace of the unit with the full history."""
    unit = complete_unit()
    return trace_unit(SERIAL, unit.rows, uses=unit.uses, evidence=unit.evidence, names=NAMES)


def job(station: str = ASM10, operation: str = "10", serial: str = "U", offset_ms: int | None = 0) -> JobLog:
    """A job that nothing was recorded of yet, at a station of its own."""
    return JobLog(StationLog(station, offset_ms=offset_ms), f"job-{station}-{operation}", serial, operation)


def rows_of(*jobs: JobLog) -> list[LoggedRow]:
    """All their rows, as a server has them."""
    return [row for one in jobs for row in one.log.rows]
