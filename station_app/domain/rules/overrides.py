"""Rules that are set aside by a signature stand in the audit channel too."""

from __future__ import annotations

from station_app.domain.records import CheckOverridden, Override, StepSkipped


def audited(fact: CheckOverridden | StepSkipped) -> Override:
    """The record for the audit channel: which rule was set aside, by whom and why."""
    if isinstance(fact, CheckOverridden):
        rule = f"check {fact.check_id} of step {fact.step_id}"
    else:
        rule = f"mandatory step {fact.step_no} {fact.title}"
    return Override(rule=rule, reason=fact.reason, approved_by=fact.approved_by, serial=fact.serial, job_id=fact.job_id)
