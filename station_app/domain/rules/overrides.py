"""Rules that are set aside by a signature: never one's own work, and in the audit channel too."""

from __future__ import annotations

from station_app.domain.approval import Approval
from station_app.domain.job import STATION, StepProgress
from station_app.domain.records import CheckOverridden, Override, StepReopened, StepSkipped, StepState, TimerStarted
from station_app.domain.rules.refusal import Refusal

_ON_THE_WAY = tuple(kind.kind for kind in (StepState, StepReopened, StepSkipped, TimerStarted))


def audited(step: StepProgress, fact: CheckOverridden | StepSkipped) -> Override:
    """The record for the audit channel: which rule was set aside, by whom and why."""
    where = f"step {step.no} {step.step.title_in('en')}"
    if isinstance(fact, CheckOverridden):
        rule = f"check “{step.check(fact.check_id).check.title}” of {where}"
    else:
        rule = where if step.step.optional else f"mandatory {where}"
    return Override(rule=rule, reason=fact.reason, approved_by=fact.approved_by, serial=fact.serial, job_id=fact.job_id)


def refuse_own_work(step: StepProgress, approval: Approval) -> None:
    """Raises Refusal for somebody who did some of this attempt of the step, also before it was handed over.

    Whose step before brought the work here has done nothing of this one yet.
    """
    done = (record for record in step.records if record.attempt == step.attempt and record.kind not in _ON_THE_WAY)
    worked = {record.actor for record in done} - {STATION}
    if approval.person.id in worked:
        raise Refusal(f"{approval.person.name} has worked on this step. Another permitted person must sign.")
