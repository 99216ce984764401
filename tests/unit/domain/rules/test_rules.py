"""The decisions of execution: what is recorded, what is refused, and that records alone rebuild a job."""

from __future__ import annotations

from decimal import Decimal

import pytest

from drivers.base import Quality, Sample
from station_app.domain import rules
from station_app.domain.chain import Draft, Row, genesis, place
from station_app.domain.checks import ConfirmCheck, MachineValueCheck, MeasureCheck, PhotoCheck, ScanCheck
from station_app.domain.ids import RecordIds
from station_app.domain.job import ENDED, INTERRUPTED, RUNNING, Mark
from station_app.domain.master import Material
from station_app.domain.outcome import Limits, Outcome
from station_app.domain.records import (
    EquipmentState,
    EvidenceCaptured,
    Fact,
    Hold,
    JobState,
    MachineValue,
    MaterialConsumed,
    Measurement,
    StepState,
    encode_body,
)
from station_app.domain.rules import Picture, Refusal
from station_app.domain.scan import ComponentScan
from station_app.domain.station_fold import StationFold
from station_app.domain.work_master import Step, WorkMaster

SECOND = 1_000_000_000
BEARING = Material(id="6204-2RS", title="Bearing", lots={"L25-0881": 200.0})
SEAL = Material(id="SEAL-40", title="Seal", lots={"S-7": 50.0})
HOUSING = Material(id="GX40-H", title="Housing", tracked="serial", serials=("H-1", "H-2"))


def step(id: str, *checks: ConfirmCheck | ScanCheck | MeasureCheck | MachineValueCheck | PhotoCheck) -> Step:
    return Step(id=id, title={"en": id.title()}, text={"en": "Do it."}, checks=checks)


WORK_MASTER = WorkMaster(
    id="gx40",
    version="C",
    title="Assembly",
    product="GX-40",
    operation="assembly",
    steps=(
        step("clean", ConfirmCheck(id="clean", title="Seat is clean")),
        step("housing", ScanCheck(id="scan", title="Scan housing", material="GX40-H", tracked="serial")),
        step("lot", ScanCheck(id="scan", title="Scan bearing", material="6204-2RS")),
        step(
            "play",
            MeasureCheck(
                id="play",
                title="Axial play",
                characteristic="axial play",
                limits=Limits(unit="mm", lower=Decimal("0.05"), upper=Decimal("0.15")),
            ),
        ),
        step(
            "press",
            MachineValueCheck(
                id="force",
                title="Press force",
                characteristic="press force",
                tag="press.peak",
                limits=Limits(unit="kN", lower=Decimal("11.0"), upper=Decimal("14.0")),
            ),
        ),
        step("photo", PhotoCheck(id="photo", title="Photo", camera="bench", code_is_unit=True)),
    ),
)


class Bench:
    """Commits facts to a fold as the journal would, without one."""

    def __init__(self) -> None:
        self.ids = RecordIds()
        self.rows: list[Row] = []
        self.now_ns = 0
        self.fold = self._fold()
        self.commit(
            rules.start_job(
                job_id="j1",
                serial="GX40-000127",
                order_id="4711-03",
                operation="assembly",
                product="GX-40",
                work_master=WORK_MASTER,
                sha256="ab",
                previous_operation="first",
            )
        )

    def _fold(self) -> StationFold:
        return StationFold(lambda sha256: WORK_MASTER if sha256 == "ab" else None)

    def commit(self, facts: list[Fact]) -> list[Fact]:
        for fact in facts:
            seq = len(self.rows) + 1
            wall_us = 1_763_600_000_000_000 + self.now_ns // 1000
            draft = Draft(
                "rec", self.ids.next(wall_us), fact.kind, fact.version, "anna", wall_us, 60, self.now_ns, "boot", None,
                encode_body(fact),
            )  # fmt: skip
            previous = self.rows[-1].hash if self.rows else genesis("E/S/A/L/U", "rec", 1)
            row = place(draft, 1, seq, previous)
            self.rows.append(row)
            self.fold.apply(row, fact)
        return facts

    def go_to(self, step_id: str) -> None:
        """Pass every step before ``step_id``."""
        job = self.fold.job
        while job is not None and job.current is not None and job.current.step.id != step_id:
            self.commit(self.passing(job.current.step.id))

    def passing(self, step_id: str) -> list[Fact]:
        job, now = self.fold.job, self.now_ns
        match step_id:
            case "clean":
                return rules.confirm(job, now)
            case "housing":
                return rules.scan_component(job, ComponentScan(HOUSING, serial="H-1"), None, now)
            case "lot":
                return rules.scan_component(job, ComponentScan(BEARING, lot="L25-0881"), None, now)
            case "play":
                return rules.measure(job, "play", "0.10", now)
            case "press":
                return rules.capture_value(job, "force", sample(12.4), "opcua://press1/ns=2;s=Press.PeakForce", now)
            case _:
                return rules.keep_photo(job, "photo", picture(["GX40-000127"]), now)


@pytest.fixture
def bench() -> Bench:
    return Bench()


def sample(value: float | str | None, quality: Quality = Quality.GOOD, status: str = "Good") -> Sample:
    return Sample("press.peak", value, quality, status, 1_763_600_000.5, 1_763_600_000.6)


def picture(codes: list[str], faults: list[str] | None = None) -> Picture:
    return Picture(
        sha256="cd" * 32,
        media_type="image/jpeg",
        size_bytes=10,
        width_px=640,
        height_px=480,
        sharpness=1.5,
        codes=codes,
        faults=faults or [],
    )


def test_a_unit_goes_through_all_steps_and_ends_with_pass(bench: Bench) -> None:
    bench.go_to("nothing")
    job = bench.fold.job
    assert job is not None
    assert (job.state, job.outcome) == (ENDED, Outcome.PASS)
    assert [s.mark for s in job.steps] == [Mark.DONE] * 6
    assert bench.fold.counts.good == 1
    with pytest.raises(Refusal, match="finished"):
        rules.confirm(job, 0)


def test_a_value_out_of_limits_is_recorded_and_stops_the_step(bench: Bench) -> None:
    bench.go_to("play")
    facts = bench.commit(rules.measure(bench.fold.job, "play", "0.172", 0))
    measurement = facts[0]
    assert isinstance(measurement, Measurement)
    assert measurement.outcome is Outcome.FAIL
    assert measurement.value_text == "0.172"
    assert len(facts) == 1
    with pytest.raises(Refusal, match="has failed"):
        rules.confirm(bench.fold.job, 0)
    job = bench.fold.job
    assert job is not None and job.current is not None
    assert job.current.mark is Mark.FAILED


def test_a_remeasurement_supersedes_and_both_are_kept(bench: Bench) -> None:
    bench.go_to("play")
    bench.commit(rules.measure(bench.fold.job, "play", "0.172", 0))
    failed = bench.rows[-1]
    facts = bench.commit(rules.measure(bench.fold.job, "play", "0.12", 0))
    assert isinstance(facts[0], Measurement)
    assert facts[0].supersedes == failed.rec_id
    assert failed in bench.rows
    job = bench.fold.job
    assert job is not None and job.current is not None
    assert job.current.step.id == "press"


@pytest.mark.parametrize("text", ["", " ", "0,12", "1e3", "NaN", "inf", "0.1 mm", "--1", "0.123456"])
def test_what_is_no_reading_is_refused_and_not_recorded(bench: Bench, text: str) -> None:
    bench.go_to("play")
    with pytest.raises(Refusal):
        rules.measure(bench.fold.job, "play", text, 0)


def test_limits_are_inclusive_and_the_excess_is_exact() -> None:
    limits = Limits(unit="kN", lower=Decimal("11.0"), upper=Decimal("14.0"))
    assert limits.judge(Decimal("14.0")) is Outcome.PASS
    assert limits.judge(Decimal("14.001")) is Outcome.FAIL
    assert limits.say_excess(Decimal("14.86")) == "0.86 kN above the limit."
    assert limits.say_excess(Decimal("10.9")) == "0.1 kN below the limit."
    assert limits.say_excess(Decimal("12")) == ""


@pytest.mark.parametrize(
    ("scan", "used_in", "why"),
    [
        (ComponentScan(SEAL, lot="S-7"), None, "this step needs GX40-H"),
        (ComponentScan(HOUSING, serial="H-1"), "GX40-000126", "already built into unit GX40-000126"),
        (ComponentScan(HOUSING, lot="HL"), None, "scan the serial number"),
    ],
)
def test_a_wrong_component_is_refused(bench: Bench, scan: ComponentScan, used_in: str | None, why: str) -> None:
    bench.go_to("housing")
    with pytest.raises(Refusal, match=why):
        rules.scan_component(bench.fold.job, scan, used_in, 0)


def test_a_component_is_known_where_it_was_used(bench: Bench) -> None:
    bench.go_to("lot")
    consumed = bench.rows[-3]
    assert consumed.kind == MaterialConsumed.kind
    assert bench.fold.component_used_in == {"H-1": "GX40-000127"}


@pytest.mark.parametrize(
    "bad",
    [
        sample(12.4, Quality.BAD, "BadCommunicationError"),
        sample(12.4, Quality.UNCERTAIN, "UncertainLastUsableValue"),
        sample(None, Quality.BAD, "BadNoCommunication"),
        sample("12.4"),
    ],
)
def test_a_machine_value_without_good_quality_never_passes(bench: Bench, bad: Sample) -> None:
    bench.go_to("press")
    facts = bench.commit(rules.capture_value(bench.fold.job, "force", bad, "opcua://press1/x", 0))
    value = facts[0]
    assert isinstance(value, MachineValue)
    assert (value.outcome, value.status) == (Outcome.ERROR, bad.status)
    assert len(facts) == 1
    job = bench.fold.job
    assert job is not None and job.current is not None
    note = bad.status if bad.quality is not Quality.GOOD else "no number"
    assert job.current.check("force").note == note


def test_a_photo_of_another_unit_is_kept_and_does_not_pass(bench: Bench) -> None:
    bench.go_to("photo")
    facts = bench.commit(rules.keep_photo(bench.fold.job, "photo", picture(["GX40-000999"]), 0))
    assert isinstance(facts[0], EvidenceCaptured)
    assert facts[0].outcome is Outcome.FAIL
    assert facts[0].faults == ("The code in the picture is GX40-000999, not GX40-000127.",)


def test_repeating_a_step_is_a_new_attempt_with_open_checks(bench: Bench) -> None:
    bench.go_to("play")
    bench.commit(rules.measure(bench.fold.job, "play", "0.9", 0))
    bench.commit(rules.repeat_step(bench.fold.job))
    job = bench.fold.job
    assert job is not None and job.current is not None
    assert job.current.attempt == 2
    assert job.current.checks[0].mark is Mark.OPEN
    facts = rules.measure(job, "play", "0.1", 0)
    assert isinstance(facts[0], Measurement)
    assert (facts[0].attempt, facts[0].supersedes) == (2, "")


def test_a_nonconformance_holds_the_unit_and_ends_the_job(bench: Bench) -> None:
    bench.go_to("play")
    bench.commit(rules.measure(bench.fold.job, "play", "0.9", 0))
    facts = bench.commit(rules.report_nonconformance(bench.fold.job, "play too large", "", "n1", "h1"))
    assert [type(fact) for fact in facts][1:] == [Hold, JobState]
    assert bench.fold.held("GX40-000127") is not None
    assert bench.fold.counts.nonconforming == 1


def test_an_interrupted_job_takes_no_action_until_it_is_resumed(bench: Bench) -> None:
    bench.commit(rules.interrupt_job(bench.fold.job, "end of shift"))
    job = bench.fold.job
    assert job is not None and job.state == INTERRUPTED
    with pytest.raises(Refusal, match="interrupted"):
        rules.confirm(job, 0)
    bench.commit(rules.resume_job(job))
    assert job.state == RUNNING


def test_attended_time_leaves_out_interruptions_and_the_time_after_a_crash(bench: Bench) -> None:
    bench.now_ns = 10 * SECOND
    bench.commit(rules.interrupt_job(bench.fold.job, "break"))
    bench.now_ns = 100 * SECOND
    job = bench.fold.job
    assert job is not None
    bench.commit(rules.resume_job(job))
    assert job.clock.seconds(bench.now_ns) == pytest.approx(10.0)
    bench.now_ns = 105 * SECOND
    facts = rules.confirm(job, bench.now_ns)
    completed = facts[1]
    assert isinstance(completed, StepState)
    assert completed.attended_s == pytest.approx(15.0)
    bench.commit(facts)
    bench.now_ns = 107 * SECOND
    bench.commit([EquipmentState(state=1000, reason="application restarted", job_id="j1")])
    bench.now_ns = 109 * SECOND
    assert job.clock.seconds(bench.now_ns) == pytest.approx(2.0)


def test_the_records_alone_rebuild_the_job(bench: Bench) -> None:
    bench.go_to("play")
    bench.commit(rules.measure(bench.fold.job, "play", "0.9", 0))
    again = StationFold(lambda _sha256: WORK_MASTER)
    for row in bench.rows:
        again.apply_row(row)
    job, rebuilt = bench.fold.job, again.job
    assert job is not None and rebuilt is not None
    assert rebuilt.steps == job.steps
    assert rebuilt.current is not None and rebuilt.current.step.id == "play"
    assert again.units == bench.fold.units


def test_a_job_whose_instruction_is_lost_is_named_and_not_dropped(bench: Bench) -> None:
    again = StationFold(lambda _sha256: None)
    for row in bench.rows:
        again.apply_row(row)
    assert again.job is None
    assert again.unopened is not None and again.unopened.serial == "GX40-000127"
