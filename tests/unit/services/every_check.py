"""A work master with every kind of check, and the orders, tools and people that go with it."""

from __future__ import annotations

import functools
from decimal import Decimal
from typing import Any

import msgspec

from station_app.domain.checks import (
    ChecklistCheck,
    ChoiceCheck,
    ConfirmCheck,
    Item,
    MachineValueCheck,
    MeasureCheck,
    NumberCheck,
    Option,
    PhotoCheck,
    ScanCheck,
    SignatureCheck,
    TextCheck,
    TighteningCheck,
    TimerCheck,
    ToolCheck,
)
from station_app.domain.master import (
    WORK_MASTER,
    JobOrder,
    MasterItem,
    Material,
    Operation,
    Person,
    Reasons,
    Tool,
    encode_item,
    work_master_key,
)
from station_app.domain.outcome import Limits
from station_app.domain.work_master import Condition, Parameter, Variant, WorkMaster, encode_work_master
from station_app.services.secrets import badge_sha256, hash_password, hash_pin
from tests.unit.services.station import ANGLE, ASM_10, BORE, FORCE, SCREWS, SPEED, TORQUE, ServiceStation, people, step

MARA_PASSWORD, INES_BADGE, INES_PIN = "mara's", "badge-of-ines", "2525"


def limits(lower: str, upper: str, unit: str = "") -> Limits:
    return Limits(unit, Decimal(lower), Decimal(upper))


EVERY = WorkMaster(
    id="every",
    version="A",
    title="Every check on {name}",
    product="E-40",
    operation="every",
    qualifications=("assembly",),
    parameters=(Parameter(name="name"), Parameter(name="top")),
    variants=(
        Variant(id="small", product="E-40", values={"name": "small", "top": "14.0"}),
        Variant(id="large", product="E-63", values={"name": "large", "top": "24.0"}),
    ),
    steps=(
        step("confirm", ConfirmCheck(id="confirm", title="Clean the {name} seat")),
        step("scan", ScanCheck(id="scan", title="Adhesive", material="GLUE", needs_expiry=True)),
        step("tool", ToolCheck(id="tool", title="Torque driver", tool_class="torque driver")),
        step(
            "measure",
            MeasureCheck(
                id="measure",
                title="Bore",
                characteristic="bore",
                limits=limits("1.0", "2.0", "mm"),
                gauge_class="caliper",
                tag=BORE,
            ),
        ),
        step(
            "capture",
            MachineValueCheck(
                id="capture",
                title="Force",
                characteristic="force",
                tag=FORCE,
                limits=limits("11.0", "14.0", "kN"),
                bindings={"limits.upper": "top"},
            ),
        ),
        step(
            "wait",
            MachineValueCheck(
                id="wait",
                title="Speed holds",
                characteristic="speed",
                tag=SPEED,
                limits=limits("1380", "1420", "rpm"),
                mode="wait",
                hold_s=5.0,
            ),
        ),
        step(
            "window",
            MachineValueCheck(
                id="window",
                title="Peak force",
                characteristic="peak",
                tag=FORCE,
                limits=limits("0", "14.0", "kN"),
                mode="window",
                statistic="maximum",
            ),
        ),
        step(
            "tighten",
            TighteningCheck(
                id="tighten",
                title="Cover",
                characteristic="cover",
                torque=limits("8.0", "10.0", "Nm"),
                angle=limits("30", "60", "°"),
                count=2,
                torque_tag=TORQUE,
                angle_tag=ANGLE,
                cycle_tag=SCREWS,
            ),
        ),
        step("photo", PhotoCheck(id="photo", title="Photo", camera="bench", code_is_unit=True)),
        step(
            "choice",
            ChoiceCheck(
                id="choice",
                title="Surface",
                options=(
                    Option(id="good", text="Good"),
                    Option(id="touched", text="Touched up", reasons="surface"),
                    Option(id="bad", text="Bad", passes=False, reasons="surface"),
                ),
            ),
        ),
        step("polish", ConfirmCheck(id="polish", title="Polish")),
        step("text", TextCheck(id="text", title="Label", pattern=r"LB-\d{4}")),
        step("number", NumberCheck(id="number", title="Weight", decimals=1, limits=limits("10", "12", "kg"))),
        step("timer", TimerCheck(id="timer", title="Cure", duration_s=30.0)),
        step("checklist", ChecklistCheck(id="checklist", title="List", items=(Item(id="a", text="A"), Item(id="b", text="B")))),
        step("signature", SignatureCheck(id="signature", title="Release", role="inspector", meaning="released")),
    ),
)  # fmt: skip


def with_properties() -> WorkMaster:
    """The work master with the properties that its steps have: a condition, takt, a qualification, ESD, rework."""
    changes: dict[str, dict[str, Any]] = {
        "confirm": {"takt_s": 20.0},
        "polish": {"conditions": (Condition(step="choice", check="choice", answers=("touched",)),)},
        "text": {"optional": True},
        "number": {"rework_step": "text", "qualification": "weighing", "ppe": ("gloves",)},
        "timer": {"esd": True},
    }
    steps = tuple(
        msgspec.structs.replace(one, **changes.get(one.id, {}))  # fields by name
        for one in EVERY.steps
    )
    return msgspec.structs.replace(EVERY, steps=steps)


def order(id: str, product: str, *serials: str) -> JobOrder:
    return JobOrder(
        id=id,
        product=product,
        product_title=product,
        quantity=len(serials),
        serials=serials,
        operations=(
            Operation(id="every", title="Every", stations=(ASM_10,), work_master_id="every", work_master_version="A"),
        ),
    )


GLUE = Material(
    id="GLUE",
    title="Adhesive",
    lots={"G-1": 9.0, "G-OLD": 9.0, "G-NONE": 9.0},
    expiries={"G-1": "2099-01-31", "G-OLD": "2023-11-13"},
)
DRIVER = Tool(id="TD-1", title="Driver", sort="tool", tool_class="torque driver", calibration_due="2099-01-01")
OLD_DRIVER = Tool(id="TD-2", title="Driver", sort="tool", tool_class="torque driver", calibration_due="2023-11-13")
CALIPER = Tool(id="CA-1", title="Caliper", sort="gauge", tool_class="caliper")
HELD_CALIPER = Tool(id="CA-2", title="Caliper", sort="gauge", tool_class="caliper", status="held")
SURFACE = Reasons(id="surface", reasons=("scratch", "dent"))


@functools.cache
def qualified() -> dict[str, Person]:
    """Anna and Tom with qualifications, a supervisor and an inspector; hashed once."""
    anna, tom, _ = people()
    return {
        "anna": _with(anna, assembly="", weighing="2099-12-31"),
        "tom": _with(tom, assembly=""),
        "mara": Person(id="mara", name="Mara Lindt", roles=("supervisor",), password_hash=hash_password(MARA_PASSWORD)),
        "ines": Person(
            id="ines",
            name="Ines Roth",
            roles=("inspector",),
            badge_sha256=badge_sha256(INES_BADGE),
            pin_hash=hash_pin(INES_BADGE, INES_PIN),
        ),
    }


def _with(person: Person, **qualifications: str) -> Person:
    return msgspec.structs.replace(person, qualifications=qualifications)


def documents() -> list[tuple[str, str, bytes]]:
    """The master data as (kind, id, body)."""
    items: list[MasterItem] = [
        order("E-1", "E-40", "E-001", "E-002"), order("E-2", "E-63", "E-101"), GLUE, DRIVER, OLD_DRIVER, CALIPER,
        HELD_CALIPER, SURFACE, *qualified().values(),
    ]  # fmt: skip
    master = with_properties()
    return [(item.kind, item.id, encode_item(item)) for item in items] + [
        (WORK_MASTER, work_master_key(master), encode_work_master(master))
    ]


def prepare(station: ServiceStation) -> ServiceStation:
    """Publish it to a station, with Anna signed in and her ESD test done."""
    if "every@A" not in station.library.book.work_masters:
        station.publish(documents())
        station.library.reload()
    station.sign_in(station.library.book.people["anna"])
    if "anna" not in station.ledger.fold.esd:
        station.done(station.people.record_esd_test(True))
    return station
