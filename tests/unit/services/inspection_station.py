"""A station that inspects by a plan: its instruction, plan and gauges, on the services of a real station."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from station_app.domain.approval import Approval
from station_app.domain.chain import Row
from station_app.domain.checks import MeasureCheck
from station_app.domain.inspection.plan import (
    Action,
    Characteristic,
    CharacteristicType,
    ChartSettings,
    InspectionPlan,
    Sampling,
    SamplingRule,
    Statistic,
)
from station_app.domain.master import WORK_MASTER, JobOrder, MasterItem, Operation, Person, Reasons, Tool, encode_item
from station_app.domain.outcome import Limits, Outcome
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.quality.rounding import Rounding
from station_app.domain.records import SampleMeasured
from station_app.domain.work_master import WorkMaster, encode_work_master
from station_app.services.inspecting import RowState
from station_app.services.inspection_entry import Entering
from tests.unit.services.station import LINE, ServiceStation, step

INS_30 = f"{LINE}/INS-30"
SERIALS = tuple(f"Q-{number}" for number in range(1, 61))
CHART = "GX-40/inspection/shaft"


def _measure(name: str) -> MeasureCheck:
    """A check that says too little: the plan's word counts."""
    limits = Limits("mm", Decimal(0), Decimal(100))
    return MeasureCheck(id=name, title=name.title(), characteristic=name, limits=limits, decimals=1, gauge_class="")


INSPECTION = WorkMaster(
    id="ins",
    version="A",
    title="Inspection",
    product="GX-40",
    operation="inspection",
    steps=(step("bore", _measure("bore")), step("shaft", _measure("shaft"))),
)
BORE = Characteristic(
    id="bore",
    title="Bore",
    balloon=1,
    unit="mm",
    lower=Decimal("20.000"),
    upper=Decimal("20.013"),
    decimals=3,
    gauge_class="bore gauge 0.001",
    most_remeasurements=1,
)
SHAFT = Characteristic(
    id="shaft",
    title="Shaft",
    balloon=2,
    unit="mm",
    lower=Decimal("19.987"),
    upper=Decimal("20.017"),
    nominal=Decimal("20.002"),
    decimals=3,
    reaction="Look at insert T7.",
    chart=ChartSettings(chart=ChartKind.I_MR, action=Action.HOLD, baseline=10, early_warning=False),
)
LENGTH = Characteristic(
    id="length",
    title="Length",
    balloon=3,
    unit="mm",
    lower=Decimal("50.0"),
    upper=Decimal("50.5"),
    decimals=2,
    rounding=Rounding.ROUNDING,
    readings=3,
    statistic=Statistic.MEAN,
)
LOOK = Characteristic(id="look", title="Look", balloon=4, type=CharacteristicType.ATTRIBUTE)
SCRATCHES = Characteristic(
    id="scratches", title="Scratches", balloon=5, type=CharacteristicType.COUNT, upper=Decimal(2)
)  # fmt: skip
HARDNESS = Characteristic(
    id="hardness",
    title="Hardness",
    balloon=6,
    unit="HRC",
    lower=Decimal(58),
    sampling=Sampling(rule=SamplingRule.NTH, every=30),
)


def plan(*characteristics: Characteristic, plan_id: str = "p", operation: str = "inspection") -> InspectionPlan:
    return InspectionPlan(
        id=plan_id, version="A", product="GX-40", operation=operation, characteristics=characteristics
    )


SMALL = plan(BORE, SHAFT)
EVERYTHING = plan(BORE, SHAFT, LENGTH, LOOK, SCRATCHES, HARDNESS)
ORDER = JobOrder(
    id="4720",
    product="GX-40",
    product_title="Gear reducer",
    quantity=len(SERIALS),
    serials=SERIALS,
    operations=(
        Operation(
            id="inspection", title="Inspection", stations=(INS_30,), work_master_id="ins", work_master_version="A"
        ),
    ),
)
BORE_GAUGE = Tool(
    id="BG-1", title="Bore gauge 18-22", sort="gauge", tool_class="bore gauge 0.001", calibration_due="2027-01-31"
)
OTHER_GAUGE = Tool(id="MM-1", title="Micrometer", sort="gauge", tool_class="micrometer 0.001")
OLD_GAUGE = Tool(
    id="BG-2", title="Old bore gauge", sort="gauge", tool_class="bore gauge 0.001", calibration_due="2020-01-31"
)
DRIVER = Tool(id="TD-1", title="Driver", sort="tool", tool_class="bore gauge 0.001")
CAUSES = Reasons(id="causes", reasons=("Tool worn", "Material"))
INSPECTOR = Person(id="jonas", name="Jonas Weber", roles=("inspector",))
ENGINEER = Person(id="paul", name="Paul Oster", roles=("quality_engineer",))
OPERATOR = Person(id="anna", name="Anna Keller", roles=("operator",))
APPROVED = Approval(ENGINEER, "name and password")


def begin(station: ServiceStation, *plans: InspectionPlan) -> ServiceStation:
    """The station with its master data, and the inspector signed in."""
    items: list[MasterItem] = [*plans, ORDER, BORE_GAUGE, OTHER_GAUGE, OLD_GAUGE, DRIVER, CAUSES, INSPECTOR, ENGINEER]
    station.publish(
        [(WORK_MASTER, "ins@A", encode_work_master(INSPECTION)), *((i.kind, i.id, encode_item(i)) for i in items)]
    )
    station.library.reload()
    station.ledger.person = INSPECTOR
    return station


def measure(
    station: ServiceStation, name: str, *texts: str, gauge: str = "", piece: int = 1, lot: str = ""
) -> list[Row]:
    entering = Entering(name, texts, gauge=gauge, piece=piece)
    return station.done(station.quality.inspecting.enter(entering, lot))


def inspect_unit(station: ServiceStation, serial: str, bore: str = "20.005", shaft: str = "20.002") -> None:
    """A unit through both steps of the small plan."""
    station.scan(serial)
    measure(station, "bore", bore, gauge="BG-1")
    measure(station, "shaft", shaft)


def measured(shaft: str, serial: str) -> SampleMeasured:
    """A measured shaft as earlier work left it."""
    return SampleMeasured(
        job_id=f"job-{serial}",
        serial=serial,
        order_id=ORDER.id,
        operation="inspection",
        step_id="shaft",
        check_id="shaft",
        sample_id=f"sample-{serial}",
        inspection_id=f"inspection-{serial}",
        plan_id="p",
        plan_version="A",
        plan_sha256="",
        product="GX-40",
        characteristic="shaft",
        readings=(shaft,),
        value_text=shaft,
        unit="mm",
        decimals=3,
        source="keypad",
        outcome=Outcome.PASS,
    )


def earlier(station: ServiceStation, *texts: str) -> None:
    """Units that were measured before, in one commit."""
    facts = [measured(text, serial) for text, serial in zip(texts, SERIALS, strict=False)]
    station.done(station.ledger.commit_aside(facts, INSPECTOR.id))


def shafts(count: int) -> Sequence[str]:
    """Readings of a process at rest: no rule is broken by any of them."""
    pattern = ("20.003", "20.001", "20.002", "20.004", "20.000", "20.002", "20.001", "20.003", "20.002", "20.001")
    return [pattern[number % len(pattern)] for number in range(count)]


def state_of(station: ServiceStation, name: str) -> RowState:
    """How a characteristic of the inspection in work stands."""
    inspecting = station.quality.inspecting
    return next(row.state for row in inspecting.rows(inspecting.inspection()) if row.characteristic.id == name)
