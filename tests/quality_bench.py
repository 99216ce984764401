"""An inspection station whose plan has every kind of characteristic, and a list of gauges."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from pathlib import Path

import msgspec

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
from station_app.domain.master import Tool, encode_item
from station_app.domain.quality.kinds import ChartKind
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


def publish(station: BenchStation, *plans: InspectionPlan, tools: tuple[Tool, ...] = ()) -> None:
    """Bring plans and gauges to the station, as a pull does."""
    rev = station.journal.master_cursor()
    documents = [("plan", plan.id, encode_plan(plan)) for plan in plans]
    documents += [(Tool.kind, tool.id, encode_item(tool)) for tool in tools]
    changes = [
        MasterChange(rev + number, kind, name, body, hashlib.sha256(body).hexdigest())
        for number, (kind, name, body) in enumerate(documents, 1)
    ]
    station.journal.apply_master(changes, rev + len(changes), False).result()
    station.services.library.reload()


def quality_station(folder: Path, post: Post, gauges: tuple[Tool, ...] = GAUGES) -> BenchStation:
    """INS-30 with three more characteristics on the gear reducer, a plan for lots, and gauges."""
    station = inspection_station(folder, post)
    demo = station.services.library.book.plans["gx40-inspection"]
    more = msgspec.structs.replace(
        demo, version="D", characteristics=(*demo.characteristics, WIDTH, SURFACE, SCRATCHES)
    )
    # the classes of the demo's gauges are typed values there; only the micrometer's is in the list here
    publish(station, more, LOT_PLAN, tools=gauges)
    return station
