"""What a station knows from its own records, and that the records alone rebuild it."""

from __future__ import annotations

from station_app.domain import rules
from station_app.domain.chain import Draft, Row, genesis, place
from station_app.domain.checks import ConfirmCheck, ScanCheck
from station_app.domain.ids import RecordIds
from station_app.domain.job import Job
from station_app.domain.master import Material
from station_app.domain.records import (
    CallAnswered,
    CallRaised,
    EquipmentState,
    Fact,
    HoldReleased,
    MaterialDetached,
    encode_body,
)
from station_app.domain.rules import Refusal
from station_app.domain.scan import ComponentScan
from station_app.domain.station_fold import StationFold
from station_app.domain.work_master import Step, WorkMaster

HOUSING = Material(id="H", title="Housing", tracked="serial", serials=("H-1", "H-2"))
BEARING = Material(id="B", title="Bearing", lots={"L-1": 9.0})
MASTER = WorkMaster(
    id="m", version="A", title="M", product="P", operation="asm",
    steps=(
        Step(
            id="parts", title={"en": "Parts"}, text={"en": "Do."}, advance=False,
            checks=(
                ScanCheck(id="housing", title="Housing", material="H", tracked="serial"),
                ScanCheck(id="bearing", title="Bearing", material="B", quantity=2.0),
            ),
        ),
        Step(id="end", title={"en": "End"}, text={"en": "Do."}, checks=(ConfirmCheck(id="ok", title="OK"),)),
    ),
)  # fmt: skip


class Line:
    """Rows as the journal chains them, folded one by one."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.ids = RecordIds()
        self.fold = self.empty()

    def empty(self) -> StationFold:
        return StationFold({"sha": MASTER}.get)

    def apply(self, facts: list[Fact]) -> None:
        for fact in facts:
            number = len(self.rows) + 1
            wall_us = 1_790_000_000_000_000 + number
            draft = Draft(
                fact.chan, self.ids.next(wall_us), fact.kind, fact.version, "anna", wall_us, 60, number * 10**9, "b", None,
                encode_body(fact),
            )  # fmt: skip
            self.rows.append(place(draft, 1, number, self.rows[-1].hash if self.rows else genesis("s", "rec", 1)))
            self.fold.apply(self.rows[-1], fact)

    def start(self, serial: str) -> None:
        facts = rules.start_job(
            job_id=f"J-{serial}", serial=serial, order_id="O", operation="asm", product="P", work_master=MASTER,
            sha256="sha", previous_operation="first",
        )  # fmt: skip
        self.apply([*facts, EquipmentState(state=1000, job_id=f"J-{serial}", serial=serial)])

    def scan(self, material: Material, text: str) -> None:
        serial = text if material is HOUSING else ""
        scan = ComponentScan(material, serial=serial, lot="" if serial else text)
        self.apply(rules.scan_component(self.job, scan, self.fold.component_used_in.get(serial), 0))

    @property
    def job(self) -> Job:
        assert self.fold.job is not None
        return self.fold.job

    def check_rebuilt(self) -> None:
        """The stored rows alone give the same knowledge."""
        again = self.empty()
        for row in self.rows:
            again.apply_row(row)
        for name in ("units", "component_used_in", "lot_consumed", "calls", "holds", "equipment", "counts", "unopened"):
            assert getattr(again, name) == getattr(self.fold, name), name
        assert again.interrupted.keys() == self.fold.interrupted.keys()
        assert (again.job is None) == (self.fold.job is None)
        if again.job is not None:
            assert again.job.steps == self.job.steps


def refusal(line: Line, material: Material, text: str) -> str:
    try:
        line.scan(material, text)
    except Refusal as refused:
        return str(refused)
    raise AssertionError(f"{text} was not refused")


def test_a_repeated_step_replaces_its_components() -> None:
    line = Line()
    line.start("U-1")
    line.scan(HOUSING, "H-1")
    line.scan(BEARING, "L-1")
    line.apply(rules.repeat_step(line.job))
    line.scan(HOUSING, "H-1")
    line.scan(BEARING, "L-1")
    assert line.fold.component_used_in == {"H-1": "U-1"}
    assert line.fold.lot_consumed == {"L-1": 2.0}, "counted once"
    line.apply(rules.repeat_step(line.job))
    line.apply(rules.repeat_step(line.job))
    line.scan(HOUSING, "H-2")
    assert line.fold.component_used_in == {"H-2": "U-1"}, "H-1 is free again"
    line.check_rebuilt()


def test_a_component_of_another_unit_stays_refused_in_a_repeated_step() -> None:
    line = Line()
    line.start("U-1")
    line.scan(HOUSING, "H-1")
    line.apply(rules.report_nonconformance(line.job, "Crack", "", "n", "h"))
    line.start("U-2")
    line.scan(HOUSING, "H-2")
    line.apply(rules.repeat_step(line.job))
    assert "already built into unit U-1" in refusal(line, HOUSING, "H-1")
    line.check_rebuilt()


def test_a_detached_component_is_free() -> None:
    line = Line()
    line.start("U-1")
    line.scan(HOUSING, "H-1")
    line.apply(
        [
            MaterialDetached(
                job_id="J-U-1", serial="U-1", order_id="O", operation="asm", step_id="parts", material="H",
                component_serial="H-1", reason="wrong",
            )
        ]
    )  # fmt: skip
    assert line.fold.component_used_in == {}
    line.check_rebuilt()


def test_units_set_aside_keep_their_place_and_only_the_newest_goes_on_by_itself() -> None:
    line = Line()
    for serial in ("U-1", "U-2", "U-3"):
        line.start(serial)
        if serial != "U-3":
            line.scan(HOUSING, f"H-{serial[-1]}")
            line.apply(rules.interrupt_job(line.job, "Other unit first"))
    assert set(line.fold.interrupted) == {"U-1", "U-2"}
    line.check_rebuilt()
    line.apply(rules.report_nonconformance(line.job, "Crack", "", "n", "h"))
    line.apply(rules.resume_job(line.fold.interrupted["U-1"]))
    assert (line.job.serial, set(line.fold.interrupted)) == ("U-1", {"U-2"})
    assert line.job.step("parts").check("housing").text == "H-1"
    line.check_rebuilt()


def test_counts_calls_and_holds() -> None:
    line = Line()
    line.start("U-1")
    line.scan(HOUSING, "H-1")
    line.scan(BEARING, "L-1")
    line.apply(rules.confirm(line.job, 0))
    line.apply(rules.confirm(line.job, 0))
    line.start("U-2")
    line.apply(rules.report_nonconformance(line.job, "Crack", "", "n", "h"))
    assert (line.fold.counts.good, line.fold.counts.nonconforming) == (1, 1)
    assert line.fold.held("U-2") is not None
    assert line.fold.held("U-1") is None
    line.apply([HoldReleased(hold_id="h", reason="use as is")])
    assert line.fold.held("U-2") is None
    line.apply(
        [CallRaised(call_id="c", call="andon", reason="Safety"), CallRaised(call_id="d", call="problem", reason="x")]
    )
    line.apply([CallAnswered(call_id="c"), CallAnswered(call_id="unknown")])
    assert list(line.fold.calls) == ["d"]
    line.check_rebuilt()
