"""What only a signature makes: signed steps, and checks that are set aside.

A signature covers the records of its step's present attempt; on a step that only a signature makes, all records of the job.
"""

from __future__ import annotations

from station_app.domain.approval import Approval
from station_app.domain.checks import SignatureCheck
from station_app.domain.job import STATION, Job, StepProgress, signs_only
from station_app.domain.records import CheckOverridden, Fact, StepSigned
from station_app.domain.rules.overrides import audited, refuse_own_work
from station_app.domain.rules.places import on_step, open_check, work
from station_app.domain.rules.refusal import Refusal
from station_app.domain.rules.steps import advance
from station_app.domain.step_progress import Signable


def signed_by(job: Job, step: StepProgress) -> list[Signable]:
    """The records that a signature on this step covers, in the order in which they were made."""
    if signs_only(step.step):
        return [record for progress in job.steps for record in progress.records if record.attempt == progress.attempt]
    return [record for record in step.records if record.attempt == step.attempt]


def sign(job: Job | None, check_id: str, approval: Approval, mono_ns: int) -> list[Fact]:
    """A person of the wanted role signs; where it must be another person, nobody who made what is signed."""
    found, _ = work(job)
    step, check, wanted = open_check(job, check_id, SignatureCheck, "needs no signature")
    person = approval.person
    if check.settled:
        raise Refusal(f"“{wanted.title}” is signed already.")
    if wanted.role not in person.roles:
        raise Refusal(f"{person.name} cannot sign as {wanted.role.replace('_', ' ')}.")
    waiting = [other for other in step.checks if other is not check and not other.settled]
    unsigned = [other for other in waiting if not isinstance(other.check, SignatureCheck)]
    if unsigned:
        raise Refusal(f"“{unsigned[0].check.title}” comes before the signature.")
    covered = signed_by(found, step)
    if wanted.other_person and person.id in {found.person} | {record.actor for record in covered} - {STATION}:
        raise Refusal(f"{person.name} has worked on it. Another person must sign “{wanted.title}”.")
    fact = StepSigned(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        role=wanted.role,
        person_id=person.id,
        printed_name=person.name,
        meaning=wanted.meaning,
        method=approval.method,
        signed_ids=tuple(record.rec_id for record in covered),
        signed_hashes=tuple(record.hash for record in covered),
    )
    return [fact, *advance(found, step, check, fact, mono_ns)]


def override_check(job: Job | None, check_id: str, reason: str, approval: Approval, mono_ns: int) -> list[Fact]:
    """Set a check aside that is open or failed, by a permitted person's signature: it counts as SKIPPED."""
    found, step = work(job)
    try:
        check = step.check(check_id)
    except KeyError:
        raise Refusal("This check belongs to another step. Look at the current step.") from None
    if check.settled:
        raise Refusal(f"“{check.check.title}” is done. There is nothing to set aside.")
    refuse_own_work(step, approval)
    if not reason.strip():
        raise Refusal("Say why the check is set aside.")
    fact = CheckOverridden(
        **on_step(found, step),
        check_id=check_id,
        supersedes=check.rec_id,
        reason=reason.strip(),
        approved_by=approval.person.id,
        printed_name=approval.person.name,
        method=approval.method,
    )
    return [fact, audited(step, fact), *advance(found, step, check, fact, mono_ns)]
