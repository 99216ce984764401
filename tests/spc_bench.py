"""An inspection station with a history: points of charted characteristics, signals, as records of its journal."""

from __future__ import annotations

from collections.abc import Sequence

from station_app.domain.inspection.plan import Characteristic
from station_app.domain.outcome import Outcome
from station_app.domain.quality.rounding import within_limits
from station_app.domain.records import ControlSignal, Fact, SampleMeasured
from station_app.domain.spc.points import chart_id_of
from tests.bench_station import BenchStation

PLAN = "gx40-inspection"
SHAFT = "GX-40/inspection/shaft_diameter"
PAUL, PAUL_PASSWORD = "Paul Oster", "demo-paul-oster"


def characteristic_of(station: BenchStation, name: str) -> Characteristic:
    """A characteristic of the demo's plan."""
    found = station.services.library.book.plans[PLAN].characteristic(name)
    assert found is not None
    return found


def sample(
    station: BenchStation, wanted: Characteristic, value: float, number: int, *, machine: str = "", lot: str = ""
) -> SampleMeasured:
    """One measured unit of the past."""
    plan = station.services.library.book.plans[PLAN]
    text = f"{value:.{wanted.decimals}f}"
    inside = within_limits(type(wanted.lower or wanted.upper)(text), wanted.lower, wanted.upper, wanted.rounding)  # type: ignore[misc]  # a Decimal
    return SampleMeasured(
        job_id=f"past-{number}",
        serial=f"GX40-{number:06d}",
        order_id="past",
        operation=plan.operation,
        step_id="inspection",
        sample_id=f"{wanted.id}-{number}",
        inspection_id=f"past-{number}",
        plan_id=plan.id,
        plan_version=plan.version,
        plan_sha256="",
        product=plan.product,
        characteristic=wanted.id,
        lot=lot,
        readings=(text,),
        value_text=text,
        unit=wanted.unit,
        nominal="" if wanted.nominal is None else str(wanted.nominal),
        lower_limit="" if wanted.lower is None else str(wanted.lower),
        upper_limit="" if wanted.upper is None else str(wanted.upper),
        decimals=wanted.decimals,
        source="keypad",
        gauge="M-114",
        gauge_class=wanted.gauge_class,
        machine=machine,
        outcome=Outcome.PASS if inside else Outcome.FAIL,
    )


def signal(station: BenchStation, wanted: Characteristic, number: int, rule: str, text: str, **more: object) -> Fact:
    """A signal of the past."""
    plan = station.services.library.book.plans[PLAN]
    return ControlSignal(
        job_id=f"past-{number}",
        serial=f"GX40-{number:06d}",
        order_id="past",
        operation=plan.operation,
        step_id="inspection",
        signal_id=f"signal-{wanted.id}-{number}",
        chart_id=chart_id_of(plan.product, plan.operation, wanted.id),
        limits_version=0,
        panel="main",
        rule=rule,
        rule_text=text,
        point_id=f"{wanted.id}-{number}",
        member_ids=(f"{wanted.id}-{number}",),
        value_text="",
        **more,  # type: ignore[arg-type]  # fields of the record
    )


def record(station: BenchStation, facts: Sequence[Fact]) -> None:
    """Put facts of the past into the journal and the fold; somebody must be signed in."""
    saving = station.services.ledger.commit(list(facts))
    saving.result(timeout=10)
