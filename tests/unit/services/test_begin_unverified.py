"""Work whose previous operation cannot be asked for begins with a supervisor's signature, where the site wants that."""

from __future__ import annotations

import pytest

from station_app.domain.approval import Approval
from station_app.domain.chain import AUDIT
from station_app.domain.master import Person, encode_item
from station_app.domain.offline_policy import OfflinePolicy
from station_app.domain.records import JobState, Override, Signature
from station_app.domain.rules import Refusal
from station_app.domain.scan import UnitScan
from station_app.domain.unverified_start import BEGIN_ALLOWED, PermitAsked
from tests.unit.services.conftest import MakeStation
from tests.unit.services.station import ASM_20, ServiceStation, people

SAM = Person(id="sam", name="Sam Supervisor", roles=("supervisor",))
APPROVED = Approval(SAM, "badge and PIN")
WHY = "the travel card is stamped"


@pytest.fixture
def station(make_station: MakeStation) -> ServiceStation:
    """ASM-20, where work without the server needs a signature, and the server is away."""
    made = make_station(ASM_20, offline=OfflinePolicy.ALLOW_SIGNED)
    made.sign_in()
    made.in_contact = False
    return made


def unit(station: ServiceStation, serial: str) -> UnitScan:
    scan = station.scanning.recognise(serial)
    assert isinstance(scan, UnitScan)
    return scan


def begin(station: ServiceStation, serial: str, reason: str = WHY, approval: Approval = APPROVED) -> JobState:
    station.done(station.execution.begin_unverified(unit(station, serial), reason, approval))
    return next(fact for fact in reversed(station.facts()) if isinstance(fact, JobState))


def test_a_scan_alone_begins_nothing_and_says_what_is_asked_for(station: ServiceStation) -> None:
    assert "A supervisor allows the work with a signature" in station.refused("U-1")
    with pytest.raises(PermitAsked) as asked:
        station.scan("U-1")
    assert (asked.value.unit.serial, asked.value.previous) == ("U-1", "Assembly")


def test_with_a_signature_it_begins_marked_and_says_who_allowed_it_and_why(station: ServiceStation) -> None:
    job = begin(station, "U-1", f" {WHY} ")
    assert (job.serial, job.previous_operation) == ("U-1", "unverified")
    (signature,) = [fact for fact in station.facts() if isinstance(fact, Signature)]
    assert (signature.printed_name, signature.meaning, signature.method) == (SAM.name, BEGIN_ALLOWED, "badge and PIN")
    assert (signature.serial, signature.job_id, signature.signed_ids) == ("U-1", job.job_id, (job.job_id,))
    (override,) = [fact for fact in station.facts(AUDIT) if isinstance(fact, Override)]
    assert (override.reason, override.approved_by, override.serial) == (WHY, "sam", "U-1")
    assert override.rule == "Assembly must have passed; the server could not be asked"


def test_what_was_allowed_goes_on_after_an_interruption_without_another_signature(station: ServiceStation) -> None:
    begin(station, "U-1")
    station.done(station.execution.interrupt("break"))
    station.scan("U-1")
    job = station.execution.job
    assert job is not None and job.running
    assert len([fact for fact in station.facts() if isinstance(fact, Signature)]) == 1


def test_who_may_not_who_is_at_work_and_who_says_no_reason_are_refused(station: ServiceStation) -> None:
    station.publish([("person", SAM.id, encode_item(SAM))])
    with pytest.raises(
        Refusal, match=r"Tom Brandt may not let work begin .* It needs a quality engineer or supervisor"
    ):
        begin(station, "U-1", approval=Approval(people()[1], "PIN"))
    with pytest.raises(Refusal, match="Say why"):
        begin(station, "U-1", reason=" ")
    station.sign_in(SAM)
    with pytest.raises(Refusal, match="Another permitted person must sign"):
        begin(station, "U-1")
    assert not [fact for fact in station.facts() if isinstance(fact, JobState | Signature)]


def test_a_server_that_is_back_has_the_word(station: ServiceStation) -> None:
    scan = unit(station, "U-1")
    station.in_contact = True
    with pytest.raises(Refusal, match="has not been through Assembly yet"):
        station.done(station.execution.begin_unverified(scan, WHY, APPROVED))
    assert not [fact for fact in station.facts() if isinstance(fact, Signature)]


@pytest.mark.parametrize("policy", [OfflinePolicy.BLOCK, OfflinePolicy.ALLOW_UNVERIFIED])
def test_where_the_site_wants_no_signature_none_is_taken(make_station: MakeStation, policy: OfflinePolicy) -> None:
    station = make_station(ASM_20, offline=policy)
    station.sign_in()
    station.in_contact = False
    with pytest.raises(Refusal, match="nobody can allow work by a signature"):
        begin(station, "U-1")
