"""Holds released at the window, and gauges and scans that may not make a result."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from station_app.domain.approval import Approval
from station_app.domain.checks import ConfirmCheck
from station_app.domain.inspection.plan import Characteristic, InspectionPlan, Sampling, SamplingRule
from station_app.domain.inspection.sampling import Scheme
from station_app.domain.job import RUNNING
from station_app.domain.outcome import Outcome
from station_app.domain.records import (
    AttributeInspected,
    Hold,
    HoldReleased,
    JobState,
    SampleMeasured,
    SamplingResumed,
    Signature,
)
from station_app.domain.work_master import Step
from station_app.ui.page import INSPECT, LOTS, RECORDS, WORK, ShowUnit
from station_app.ui.posting import QtPost
from station_app.ui.records_page import RecordsPage
from station_app.ui.step_actions import Act
from station_app.ui.work_page import WorkPage
from tests.bench_station import ASM_10, UNIT, BenchStation
from tests.inspector_bench import JONAS, JONAS_PIN
from tests.quality_bench import GAUGES, LOT_PLAN, MICROMETER, SURFACE, WIDTH, publish, quality_station
from tests.system.plan_inspector import PAUL_BADGE, PAUL_PIN, PlanInspector, seated
from widgets.buttons import BigButton

SECOND = msgspec.structs.replace(MICROMETER, id="M-115", title="Micrometer 0-25, second")
PULL = Characteristic(id="pull", title="Pull-off", balloon=12, unit="N", lower=Decimal("1.50"), decimals=2)
GO = msgspec.structs.replace(SURFACE, gauge_class="micrometer 0.001")
SAMPLED = msgspec.structs.replace(
    SURFACE, balloon=1, gauge_class="", sampling=Sampling(rule=SamplingRule.ISO2859, level="II", aql="4.0")
)


@pytest.fixture
def person(qtbot: QtBot, tmp_path: Path) -> Iterator[PlanInspector]:
    """A micrometer's mean, go and no-go with the same, and a force with a lower limit only; two micrometers in the list."""
    post = QtPost()
    station = quality_station(tmp_path / "s", post, (*GAUGES, SECOND))
    demo = station.services.library.book.plans["gx40-inspection"]
    kept = tuple(each for each in demo.characteristics if each.id not in ("width", "surface", "scratches"))
    publish(station, msgspec.structs.replace(demo, version="E", characteristics=(*kept, WIDTH, GO, PULL)))
    lots = msgspec.structs.replace(LOT_PLAN, version="2", characteristics=(SAMPLED,))
    publish(station, lots)
    made = seated(qtbot, station)
    yield made
    made.window.close()
    station.close()
    post.close()


def open_unit(person: PlanInspector, characteristic: str) -> None:
    person.scan(UNIT)
    person.show(characteristic)
    person.until(lambda: person.inspect.step_view.loose is not None)


def samples(person: PlanInspector, name: str) -> list[SampleMeasured]:
    facts = person.recorded(SampleMeasured)
    return [fact for fact in facts if isinstance(fact, SampleMeasured) and fact.characteristic == name]


# --- gauges -----------------------------------------------------------------------------------------------------------


def test_the_readings_of_one_result_come_from_one_gauge_that_may_measure(person: PlanInspector) -> None:
    open_unit(person, "width")
    person.gauge("M-114", "12.001")
    person.gauge("M-090", "12.001")
    person.says("M-090 Old micrometer: its calibration ended on 2020-01-31")
    person.gauge("M-115", "12.002")
    person.says("The readings before came from M-114, this one from M-115.")
    assert not samples(person, "width")
    person.gauge("M-114", "12.003")
    person.gauge("M-114", "12.002")
    person.until(lambda: samples(person, "width"))
    (fact,) = samples(person, "width")
    assert (fact.gauge, fact.readings) == ("M-114", ("12.001", "12.003", "12.002"))


def test_in_order_or_not_waits_for_its_gauge_and_names_it(person: PlanInspector) -> None:
    open_unit(person, "surface")
    assert person.loose().card.note_text() == "Scan the micrometer 0.001"
    person.key(Qt.Key.Key_Return)
    person.says("Scan the gauge first: “Surface” needs a micrometer 0.001")
    assert not person.recorded(AttributeInspected)
    person.scan("M-114")
    person.until(lambda: person.loose().card.note_text() == "micrometer 0.001 · M-114")
    person.key(Qt.Key.Key_Return)
    person.until(lambda: person.recorded(AttributeInspected))
    (found,) = person.recorded(AttributeInspected)
    assert isinstance(found, AttributeInspected) and (found.gauge, found.outcome) == ("M-114", Outcome.PASS)


@pytest.mark.parametrize("code", ["4006381333931", "96385074"])
def test_the_digits_of_a_bar_code_are_no_reading_however_large(person: PlanInspector, code: str) -> None:
    open_unit(person, "pull")
    person.scan(code)
    person.settled()
    assert not samples(person, "pull") and person.loose().typed() == ""
    person.scan("1.62")
    person.until(lambda: samples(person, "pull"))


# --- holds ------------------------------------------------------------------------------------------------------------


def hold_at_abort(person: PlanInspector) -> None:
    person.scan(UNIT)
    person.enter("21.5")
    person.services.execution.abort("unit is damaged")
    person.saved()
    assert isinstance(person.recorded(Hold)[-1], Hold)


def test_a_unit_that_was_aborted_out_of_limits_begins_anew_after_a_signed_release(person: PlanInspector) -> None:
    hold_at_abort(person)
    person.scan(UNIT)
    person.until(lambda: f"Unit {UNIT} is on hold: Aborted while" in person.banner())
    person.window.open_page(RECORDS, ShowUnit(UNIT))
    page = person.window.page
    assert isinstance(page, RecordsPage)
    person.until(page.release_button.isVisible)
    page.release_button.click()
    person.choose("Put right")
    person.sign(PAUL_BADGE, PAUL_PIN)
    person.until(lambda: person.recorded(HoldReleased))
    person.until(lambda: not page.release_button.isVisible())
    signature = person.recorded(Signature)[-1]
    assert isinstance(signature, Signature)
    assert (signature.printed_name, signature.meaning) == (
        "Paul Oster",
        f"release of the hold on unit {UNIT}: Put right",
    )
    person.window.open_page(INSPECT)
    person.scan(UNIT)
    person.until(lambda: isinstance(person.recorded(JobState)[-1], JobState))
    started = person.recorded(JobState)[-1]
    assert isinstance(started, JobState) and started.state == RUNNING


def test_who_may_not_release_is_told_so_and_the_hold_stays(person: PlanInspector) -> None:
    hold_at_abort(person)
    person.window.open_page(RECORDS, ShowUnit(UNIT))
    page = person.window.page
    assert isinstance(page, RecordsPage)
    person.until(page.release_button.isVisible)
    page.release_button.click()
    person.choose("Looked at, in order")
    person.until(lambda: person.window.approving.is_open)
    person.wedge("DEMO-BADGE-19be44d7-jonas-weber")
    person.type("3030")
    person.key(Qt.Key.Key_Return)
    person.until(lambda: "may not release a hold" in person.window.approving.panel.message.text())
    assert not person.recorded(HoldReleased)


def test_a_unit_in_work_that_is_held_is_released_where_it_is_inspected(person: PlanInspector) -> None:
    person.scan(UNIT)
    hold = Hold(hold_id="h-1", scope="unit", subject=UNIT, reason="Control chart of Shaft")
    person.services.ledger.commit_aside([hold], "station")
    person.until(lambda: person.services.ledger.fold.held(UNIT) is not None)
    person.inspect.more.do(Act.RELEASE)
    person.choose("Looked at, in order")
    person.sign(PAUL_BADGE, PAUL_PIN)
    person.until(lambda: person.services.ledger.fold.held(UNIT) is None)


def reject(person: PlanInspector, number: str) -> None:
    """A lot with a defect, decided by the service; the page is looked at afterwards."""
    inspecting = person.services.quality.inspecting
    paul = next(each for each in person.services.library.book.people.values() if each.name == "Paul Oster")
    proved = Approval(paul, "badge and PIN")
    inspecting.start_lot("bolts", number, 20, "ACME")
    person.saved()
    lot = inspecting.open_lots[-1]
    name = lot.inspection_id
    for piece in lot.pieces(SAMPLED):
        inspecting.enter_attribute("surface", piece > 1, "Dent", piece=piece, inspection_id=name)
        person.saved()
    inspecting.confirm("surface", "Dent", piece=1, inspection_id=name)
    person.saved()
    inspecting.decide_lot(name, proved)
    person.saved()


def test_a_held_lot_stands_in_the_list_and_is_released_there(person: PlanInspector) -> None:
    reject(person, "L-1")
    person.window.open_page(LOTS)
    person.until(lambda: person.lots.lots.view.model().rowCount() == 1)
    person.lots.lots.row_activated.emit(0)
    person.choose("Looked at, in order")
    person.sign(PAUL_BADGE, PAUL_PIN)
    person.until(lambda: not person.services.quality.inspecting.held_lots)
    person.until(lambda: person.lots.lots.view.model().rowCount() == 0)


def test_a_discontinued_inspection_goes_on_by_the_signature_of_a_quality_engineer(person: PlanInspector) -> None:
    for number in range(7):
        reject(person, f"L-{number}")
    scheme = Scheme("II", "4.0")
    assert person.services.quality.inspecting.switching("bolts", "ACME", scheme).discontinued
    person.window.open_page(LOTS)
    form = person.lots.form
    form.number.setText("L-3")
    form.pieces.set_text("20")
    form.pieces.edited.emit("20")
    assert not form.resume_button.isVisible(), "our own production is another series"
    form.supplier.setText("ACME")
    person.until(form.resume_button.isVisible)
    assert "submitted again" in form.sample_text
    form.resume_button.click()
    person.choose("The process was changed")
    person.sign(PAUL_BADGE, PAUL_PIN)
    person.until(lambda: person.recorded(SamplingResumed))
    person.until(lambda: not form.resume_button.isVisible())


# --- a plan at a station that assembles --------------------------------------------------------------------------------


class Assembler(PlanInspector):
    """Sits before a station that assembles."""

    @property
    def big(self) -> BigButton:
        """The one big button of the page that is shown."""
        page = self.window.page
        return page.buttons.big if isinstance(page, WorkPage) else super().big


@pytest.fixture
def assembler(qtbot: QtBot, tmp_path: Path) -> Iterator[Assembler]:
    """ASM-10 with an instruction of one step, and a plan that asks for two results which no step measures."""
    post = QtPost()
    station = BenchStation(tmp_path / "a", post, ASM_10)
    book = station.services.library.book
    shipped, _ = book.open_work_master("gx40-assembly", book.orders["4711-03"].operations[0].work_master_version)
    step = Step(
        id="look", title={"en": "Look"}, text={"en": "Look."}, checks=(ConfirmCheck(id="looked", title="Looked"),)
    )
    short = msgspec.structs.replace(shipped, steps=(step,))
    plan = InspectionPlan(
        id="asm",
        product="GX-40",
        operation="assembly",
        characteristics=(WIDTH, msgspec.structs.replace(SURFACE, gauge_class="")),
    )
    publish(station, plan, work_master=short)
    made = Assembler(qtbot, station)
    made.sign_in(JONAS, JONAS_PIN)
    yield made
    made.window.close()
    station.close()
    post.close()


def test_at_a_station_that_assembles_the_plan_s_results_are_entered_on_the_page_that_inspects(
    assembler: Assembler,
) -> None:
    assembler.scan(UNIT)
    assembler.until(lambda: assembler.services.execution.job is not None)
    assembler.saved()
    assembler.key(Qt.Key.Key_Space)
    assembler.until(lambda: assembler.big.caption() == "Finish unit" and assembler.big.isEnabled())
    assembler.key(Qt.Key.Key_Space)
    assembler.until(lambda: "“Flange width” (balloon 9) has no result yet" in assembler.banner())
    assembler.window.open_page(INSPECT)
    for reading in ("12.001", "11.999", "12.003"):
        assert assembler.loose().wanted.id == "width"
        assembler.enter(reading)
    assembler.until(lambda: assembler.loose().wanted.id == "surface")
    assembler.key(Qt.Key.Key_Return)
    assembler.saved()
    assembler.window.open_page(WORK)
    assembler.key(Qt.Key.Key_Space)
    assembler.until(
        lambda: [s.outcome for s in assembler.recorded(JobState) if isinstance(s, JobState)][-1] is Outcome.PASS
    )
