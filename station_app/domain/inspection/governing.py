"""How a plan and the steps of an instruction meet.

A `measure` check whose ``characteristic`` is in the plan in force for the same product and operation takes its limits,
decimals and gauge class from the plan. The instruction says how and in which order to measure, the plan what counts. Where
both say something different the plan wins at the station, and publishing both together names the contradiction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import msgspec

from station_app.domain.checks import Check, MeasureCheck
from station_app.domain.inspection.plan import Characteristic, CharacteristicType, InspectionPlan
from station_app.domain.outcome import Limits
from station_app.domain.work_master import Step, WorkMaster


def governed_work_master(work_master: WorkMaster, plan: InspectionPlan, due: Collection[str]) -> WorkMaster:
    """The instruction with the plan's word in every check that measures one of its characteristics.

    A check whose characteristic is not ``due`` on this unit by its sampling is left out; the step stays.
    """
    steps = tuple(_governed_step(step, plan, due) for step in work_master.steps)
    return msgspec.structs.replace(work_master, steps=steps)


def _governed_step(step: Step, plan: InspectionPlan, due: Collection[str]) -> Step:
    checks = []
    for check in step.checks:
        found = governing(check, plan)
        if found is None or found.id in due:
            checks.append(_governed(check, plan))
    return msgspec.structs.replace(step, checks=tuple(checks))


def governing(check: Check, plan: InspectionPlan) -> Characteristic | None:
    """The plan's characteristic that a check measures; None for a check that the plan does not name."""
    if not isinstance(check, MeasureCheck):
        return None
    found = plan.characteristic(check.characteristic)
    return found if found is not None and found.type is CharacteristicType.VARIABLE else None


def _governed(check: Check, plan: InspectionPlan) -> Check:
    found = governing(check, plan)
    if found is None or not isinstance(check, MeasureCheck):
        return check
    return msgspec.structs.replace(
        check,
        limits=found.limits,
        decimals=found.decimals,
        gauge_class=found.gauge_class or check.gauge_class,
        reaction=found.reaction or check.reaction,
    )


def contradictions(work_master: WorkMaster, plan: InspectionPlan) -> Iterator[tuple[str, str]]:
    """What an instruction says otherwise than the plan for the same operation: (characteristic, a sentence)."""
    if plan.operation != work_master.operation or plan.product not in work_master.products():
        return
    for step in work_master.steps:
        for check in step.checks:
            if not isinstance(check, MeasureCheck):
                continue
            found = plan.characteristic(check.characteristic)
            if found is None:
                continue
            if found.type is not CharacteristicType.VARIABLE:
                yield found.id, f"step {step.id} measures it, the plan says it is of type {found.type}"
                continue
            yield from ((found.id, f"step {step.id} says {what}") for what in _differences(check, found))


def _differences(check: MeasureCheck, found: Characteristic) -> Iterator[str]:
    bound = {path.removeprefix("limits.") for path in check.bindings if path.startswith("limits.")}
    if not bound and _essence(check.limits) != _essence(found.limits):
        yield f"{_said(check.limits)}, the plan {_said(found.limits)}"
    if check.decimals != found.decimals:
        yield f"{check.decimals} decimals, the plan {found.decimals}"
    if check.gauge_class and found.gauge_class and check.gauge_class != found.gauge_class:
        yield f"gauge class {check.gauge_class}, the plan {found.gauge_class}"


def _essence(limits: Limits) -> tuple[object, ...]:
    return (limits.unit, limits.lower, limits.upper)


def _said(limits: Limits) -> str:
    return limits.text()
