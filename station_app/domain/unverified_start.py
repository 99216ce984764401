"""A supervisor allows the work on a unit whose previous operation could not be asked for (``OfflinePolicy.ALLOW_SIGNED``)."""

from __future__ import annotations

from station_app.domain.approval import Approval
from station_app.domain.records import Fact, Override, Signature
from station_app.domain.rules import Refusal
from station_app.domain.scan import UnitScan

BEGIN_ALLOWED = "allowed the work to begin without knowing that the operation before had passed"


class PermitAsked(Refusal):
    """The work on ``unit`` begins only with a supervisor's signature: nobody knows whether it passed ``previous``."""

    def __init__(self, unit: UnitScan, previous: str) -> None:
        self.unit, self.previous = unit, previous
        super().__init__(
            f"The server cannot be asked whether {unit.serial} passed {previous}. "
            "A supervisor allows the work with a signature, or it waits until the connection is back."
        )


def allow_begin(job_id: str, serial: str, previous: str, reason: str, approval: Approval) -> list[Fact]:
    """Who allowed the job to begin although ``previous`` could not be asked for, and why. Raises Refusal without a reason."""
    if not reason.strip():
        raise Refusal(f"Say why the work on {serial} may begin.")
    person = approval.person
    signature = Signature(
        person_id=person.id,
        printed_name=person.name,
        meaning=BEGIN_ALLOWED,
        signed_ids=(job_id,),
        signed_hashes=("",),
        method=approval.method,
        serial=serial,
        job_id=job_id,
    )
    rule = f"{previous} must have passed; the server could not be asked"
    override = Override(rule=rule, reason=reason.strip(), approved_by=person.id, serial=serial, job_id=job_id)
    return [signature, override]
