"""An inspection station whose plan has every kind of characteristic, and a list of gauges."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

import msgspec

from station_app.domain.checks import SignatureCheck
from station_app.domain.inspection.plan import (
    Characteristic,
    CharacteristicType,
    ChartSettings,
    InspectionPlan,
    Place,
    Sampling,
    SamplingRule,
    Statistic,
    encode_plan,
)
from station_app.domain.master import WORK_MASTER, Tool, encode_item
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.work_master import Step, WorkMaster, encode_work_master
from station_app.services.ports import MasterChange
from station_app.services.posting import Post
from tests.bench_station import BenchStation
from tests.inspector_bench import inspection_station

MICROMETER = Tool(
    id="M-114",
    title="Micrometer 0-25",
    sort="gauge",
    tool_class="micrometer 0.001",
    calibration_due="2031-02-01",
    certificate="C-1",
)
CALIPER = Tool(id="CAL-7", title="Caliper 150", sort="gauge", tool_class="caliper 0.01", calibration_due="2031-05-01")
OLD_MICROMETER = Tool(
    id="M-090", title="Old micrometer", sort="gauge", tool_class="micrometer 0.001", calibration_due="2020-01-31"
)
GAUGES = (MICROMETER, CALIPER, OLD_MICROMETER)
WIDTH = Characteristic(
    id="width",
    title="Flange width",
    balloon=9,
    unit="mm",
    nominal=Decimal("12.000"),
    lower=Decimal("11.990"),
    upper=Decimal("12.010"),
    decimals=3,
    readings=3,
    statistic=Statistic.MEAN,
    gauge_class="micrometer 0.001",
    reaction="Clean the anvils and measure again.",
    chart=ChartSettings(chart=ChartKind.XBAR_R, baseline=10),
    place=Place(file="gx40.svg", x=0.71, y=0.25),
)
SURFACE = Characteristic(
    id="surface", title="Surface", balloon=10, type=CharacteristicType.ATTRIBUTE, place=Place(file="gx40.svg", x=0.83, y=0.6)
)  # fmt: skip
SCRATCHES = Characteristic(
    id="scratches",
    title="Scratches",
    balloon=11,
    type=CharacteristicType.COUNT,
    upper=Decimal(2),
    chart=ChartSettings(chart=ChartKind.C, baseline=10),
)
LOT_PLAN = InspectionPlan(
    id="bolts",
    version="1",
    title="Bolts, incoming",
    product="M6x20",
    operation="incoming",
    characteristics=(
        Characteristic(
            id="length",
            title="Length",
            balloon=1,
            unit="mm",
            nominal=Decimal("20.00"),
            lower=Decimal("19.80"),
            upper=Decimal("20.20"),
            decimals=2,
            sampling=Sampling(rule=SamplingRule.ISO2859, level="II", aql="1.0"),
        ),
        Characteristic(
            id="thread",
            title="Thread",
            balloon=2,
            type=CharacteristicType.ATTRIBUTE,
            sampling=Sampling(rule=SamplingRule.FIRST_LAST),
        ),
    ),
)


def publish(
    station: BenchStation,
    *plans: InspectionPlan,
    tools: tuple[Tool, ...] = (),
    work_master: WorkMaster | None = None,
) -> None:
    """Bring plans, gauges and an instruction to the station, as a pull does."""
    rev = station.journal.master_cursor()
    documents = [("plan", plan.id, encode_plan(plan)) for plan in plans]
    documents += [(Tool.kind, tool.id, encode_item(tool)) for tool in tools]
    if work_master is not None:
        name = f"{work_master.id}@{work_master.version}"
        documents.append((WORK_MASTER, name, encode_work_master(work_master)))
    changes = [
        MasterChange(rev + number, kind, name, body, hashlib.sha256(body).hexdigest())
        for number, (kind, name, body) in enumerate(documents, 1)
    ]
    station.journal.apply_master(changes, rev + len(changes), False).result()
    station.services.library.reload()


def quality_station(folder: Path, post: Post, gauges: tuple[Tool, ...] = GAUGES) -> BenchStation:
    """INS-30 with three more characteristics on the gear reducer, a signed release, a plan for lots, and gauges."""
    station = inspection_station(folder, post)
    demo = station.services.library.book.plans["gx40-inspection"]
    more = msgspec.structs.replace(
        demo, version="D", characteristics=(*demo.characteristics, WIDTH, SURFACE, SCRATCHES)
    )
    signed = _with_release(station)
    # the classes of the demo's gauges are typed values there; only the micrometer's is in the list here
    publish(station, more, LOT_PLAN, tools=gauges, work_master=signed)
    return station


def _with_release(station: BenchStation) -> WorkMaster:
    """The inspection with a last step in which an inspector signs its result."""
    work_master, _ = station.services.library.book.open_work_master("gx40-inspection", "B")
    check = SignatureCheck(
        id="release", title="Release", role="inspector", meaning="inspection result", other_person=False
    )
    release = Step(id="release", title={"en": "Release"}, text={"en": "Sign the result."}, checks=(check,))
    return msgspec.structs.replace(work_master, steps=(*work_master.steps, release))
