"""What is recorded when somebody allows work whose previous operation could not be asked for."""

from __future__ import annotations

import pytest

from station_app.domain.approval import Approval
from station_app.domain.master import Person
from station_app.domain.rules import Refusal
from station_app.domain.unverified_start import allow_begin

SAM = Approval(Person(id="sam", name="Sam Supervisor", roles=("supervisor",)), "badge and PIN")


def test_the_signature_and_the_audit_name_the_job_the_person_and_the_reason() -> None:
    signature, override = allow_begin("J1", "U-1", "Assembly", " seen ", SAM)
    assert signature.kind == "signature" and override.kind == "override"
    for fact in (signature, override):
        assert (fact.job_id, fact.serial) == ("J1", "U-1")  # type: ignore[attr-defined]  # both kinds have them


def test_without_a_reason_nothing_is_allowed() -> None:
    with pytest.raises(Refusal, match="Say why the work on U-1 may begin"):
        allow_begin("J1", "U-1", "Assembly", "  ", SAM)
