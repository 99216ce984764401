"""Inspection through the real program: a plan governs, gauges are refused, a chart holds a unit, a kill loses nothing."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from station_app.demo.plant import ASM_10, DATABASE, DemoPlant
from station_app.domain.checks import MeasureCheck
from station_app.domain.inspection.plan import Action, Characteristic, ChartSettings, InspectionPlan
from station_app.domain.master import (
    WORK_MASTER,
    JobOrder,
    MasterItem,
    Operation,
    Tool,
    encode_item,
    item_key,
    work_master_key,
)
from station_app.domain.outcome import Limits
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.work_master import Step, WorkMaster, encode_work_master
from station_app.storage.shared.admin import Publication, add_login, publish
from tests.integration.cli.calling import call_station
from tests.plant import HeadlessStation, run_station
from tests.unit.domain.inspection.test_qif import document

INSPECTOR, INSPECTOR_PIN = "DEMO-BADGE-19be44d7-jonas-weber", "3030"
ENGINEER = {"name": "paul.oster", "password": "demo-paul-oster"}
SERIALS = tuple(f"INSP-{number:04d}" for number in range(1, 10))
CHART = "INSP-40/insp/width"
WIDTH = Characteristic(
    id="width", title="Width", balloon=1, unit="mm", lower=Decimal(9), upper=Decimal(11), decimals=3,
    gauge_class="insp caliper", chart=ChartSettings(chart=ChartKind.I_MR, action=Action.HOLD, baseline=5),
)  # fmt: skip
BORE = Characteristic(id="bore", title="Bore", balloon=7, unit="mm", lower=Decimal(4), upper=Decimal(5), decimals=3)
PLAN = InspectionPlan(id="insp", product="INSP-40", operation="insp", characteristics=(WIDTH, BORE))
STEP = Step(
    id="width",
    title={"en": "Width"},
    text={"en": "Measure it."},
    checks=(MeasureCheck(id="width", title="Width", characteristic="width", limits=Limits("mm", upper=Decimal(99))),),
)
MASTER = WorkMaster(id="insp", version="A", title="Inspection", product="INSP-40", operation="insp", steps=(STEP,))


@pytest.fixture(scope="module")
def published(demo_plant: DemoPlant) -> Path:
    """Order, instruction, plan and gauges on the demo line; the settings of ASM-10."""
    operation = Operation(
        id="insp", title="Inspect", stations=(ASM_10.path,), work_master_id=MASTER.id, work_master_version="A"
    )
    items: list[MasterItem] = [
        JobOrder(
            id="INSP-1", product="INSP-40", product_title="Insp", quantity=9, serials=SERIALS, operations=(operation,),
            priority=-9,
        ),
        Tool(id="INSP-C1", title="Caliper", sort="gauge", tool_class="insp caliper", calibration_due="2099-12-31"),
        Tool(id="INSP-C2", title="Old caliper", sort="gauge", tool_class="insp caliper", calibration_due="2020-12-31"),
        PLAN,
    ]  # fmt: skip
    login = add_login(demo_plant.admin_url, "publisher")
    publications = [Publication(item.kind, item_key(item), encode_item(item)) for item in items]
    publications.append(Publication(WORK_MASTER, work_master_key(MASTER), encode_work_master(MASTER)))
    publish(demo_plant.postgres.url(login.name, login.password, DATABASE), publications, {})
    return demo_plant.station_file(ASM_10)


def width(station: HeadlessStation, text: str) -> list[str]:
    saved: list[str] = station.must("enter", characteristic="width", text=text, gauge="INSP-C1")["saved"]
    return saved


def test_units_by_a_plan_over_a_kill(demo_plant: DemoPlant, published: Path, tmp_path: Path) -> None:
    qif = tmp_path / "bore.qif"
    qif.write_bytes(document(units="", value="4.5"))
    with HeadlessStation(published) as station:
        station.begin(INSPECTOR, INSPECTOR_PIN)
        while "not an order" in station.do("scan", text=SERIALS[0]).get("refused", ""):
            station.must("pause", seconds=0.2)  # the master data are on their way
        station.must("scan", text=SERIALS[0])
        rows = station.must("inspection")["rows"]
        assert [(row["balloon"], row["state"]) for row in rows] == [(1, "open"), (7, "open")]
        assert "its calibration ended on 2020-12-31" in station.refused(
            "enter", characteristic="width", text="10.0", gauge="INSP-C2"
        )
        assert "Scan the gauge first" in station.refused("measure", text="10.0")
        assert "has a comma" in station.refused("enter", characteristic="width", text="10,0", gauge="INSP-C1")
        width(station, "10.02")
        assert "“Bore” (balloon 7) has no result yet" in station.refused("confirm")
        assert "declares no unit" in station.refused("import_qif", file=str(qif))
        station.must("import_qif", file=str(qif), unit="mm")
        station.must("confirm")
        for serial, text in zip(SERIALS[1:6], ("10.00", "9.98", "10.01", "9.99", "10.00"), strict=True):
            station.must("scan", text=serial)
            station.must("enter", characteristic="bore", text="4.500")
            width(station, text)
        station.must("scan", text=SERIALS[6])
        width(station, "10.60")
        chart = station.must("chart", chart=CHART)
        assert (chart["phase"], chart["points"]) == ("provisional", 7)
        before = chart["signals"]
        assert before[0]["rule"] == "nelson-1"
        station.kill()
    with HeadlessStation(published) as station:
        station.must("sign_in", badge=INSPECTOR, pin=INSPECTOR_PIN)
        assert station.must("chart", chart=CHART)["signals"] == before, "nothing is lost, nothing is doubled"
        station.must("enter", characteristic="bore", text="4.500")
        assert "is on hold: Control chart of Width" in station.refused("confirm")
        for signal in before:
            station.must("cause", signal=signal["signal"], cause="Tool worn")
        assert "may not set control limits" in station.refused(
            "freeze_limits", chart=CHART, reason="x", badge=INSPECTOR, pin=INSPECTOR_PIN
        )
        station.must("freeze_limits", chart=CHART, reason="first seven", **ENGINEER)
        assert station.must("chart", chart=CHART)["phase"] == "frozen"
        found = {"certificate": "C-9", "valid_until": "2099-12-31", "as_found": "+0.04", "found_in_order": False}
        station.must("calibrate", gauge="INSP-C1", **found)
        assert station.must("affected", gauge="INSP-C1")["units"] == list(SERIALS[:7])
        station.must("abort", reason="end of the test")
        station.must("wait", **{"for": "drained"})
    _seen_from_outside(demo_plant, published)


def _seen_from_outside(demo_plant: DemoPlant, published: Path) -> None:
    """The command line, the shared database's reader, and the trace tell the same."""
    listed = run_station("gauges", "list", "-c", published, "--json")
    assert listed.returncode == 1, "one gauge cannot be used"
    faults = {gauge["gauge"]: gauge["fault"] for gauge in json.loads(listed.stdout)}
    assert faults["INSP-C1"] == "" and "2020-12-31" in faults["INSP-C2"]
    reader = demo_plant.reader_file.read_text(encoding="utf-8").strip()
    here = run_station("gauges", "affected", "INSP-C1", "-c", published, "--json")
    line = run_station("gauges", "affected", "INSP-C1", "--url", reader, "--json")
    assert here.returncode == line.returncode == 1, (here.stderr, line.stderr)
    for answer in (here, line):
        told = json.loads(answer.stdout)
        assert told["units"] == list(SERIALS[:7]) and told["reason"] == "found out of order (+0.04), certificate C-9"
        assert {use["station"] for use in told["uses"]} == {ASM_10.path} and len(told["uses"]) == 7
    assert (
        "no_such_login"
        in run_station("gauges", "affected", "G", "--url", "postgresql://no_such_login:x@127.0.0.1:1/x").stderr
    )
    exported = run_station("inspect", "export", "-c", published, "--serial", SERIALS[6]).stdout.splitlines()
    assert len(exported) == 3 and "10.60" in exported[1] and "INSP-C1" in exported[1]
    trace = run_station("trace", SERIALS[6], "-c", published).stdout
    for part in ("inspection by plan insp 1 began", "control chart", "one point beyond the limits", "10.60"):
        assert part in trace, f"{part} is missing in:\n{trace}"


def test_a_gauge_nobody_used_affects_nothing(published: Path) -> None:
    with HeadlessStation(published):
        pass  # it has been there once: without a journal there is nothing to ask
    answer = call_station("gauges", "affected", "INSP-C9", "-c", published)
    assert answer.returncode == 0 and "0 units or lots: none" in answer.stdout
