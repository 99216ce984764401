"""Lots: how many pieces, what is accepted, how the severity switches, and that it survives a restart."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from station_app.domain.inspection.plan import Characteristic, CharacteristicType, Sampling, SamplingRule
from station_app.domain.inspection.sampling import Scheme
from station_app.domain.outcome import Outcome
from station_app.domain.quality.sampling import Severity
from station_app.domain.records import Hold, InspectionDecided, Nonconformance
from station_app.domain.rules import Refusal
from station_app.services.lot_inspecting import lot_plan_text
from tests.unit.services.conftest import MakeStation
from tests.unit.services.inspection_station import APPROVED, INS_30, INSPECTOR, OPERATOR, begin, measure, plan
from tests.unit.services.station import ServiceStation

# ISO 2859-1, general level II, AQL 4.0: a lot of 20 has letter C, n = 5 and the arrow leads to B, n = 3, Ac 0
SCHEME = Scheme("II", "4.0")
LOOK = Characteristic(
    id="look",
    title="Look",
    balloon=1,
    type=CharacteristicType.ATTRIBUTE,
    sampling=Sampling(rule=SamplingRule.ISO2859, level="II", aql="4.0"),
)
LENGTH = Characteristic(
    id="length",
    title="Length",
    balloon=2,
    unit="mm",
    lower=Decimal(10),
    upper=Decimal(11),
    sampling=Sampling(rule=SamplingRule.FIRST_LAST),
)
INCOMING = plan(LOOK, plan_id="incoming", operation="incoming")
BOTH = plan(LOOK, LENGTH, plan_id="both", operation="both")


@pytest.fixture
def station(make_station: MakeStation) -> ServiceStation:
    return begin(make_station(INS_30), INCOMING, BOTH)


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as refusal:
        call()
    return str(refusal.value)


def lot(
    station: ServiceStation, number: str, bad: int = 0, *, size: int = 20, supplier: str = "ACME"
) -> InspectionDecided:
    """A lot from its beginning to its decision."""
    inspecting = station.quality.inspecting
    station.done(inspecting.start_lot("incoming", number, size, supplier))
    inspection = inspecting.open_lots[-1]
    for piece in inspection.pieces(LOOK):
        good = piece > bad
        station.done(
            inspecting.enter_attribute(
                "look", good, "" if good else "Scratch", piece=piece, inspection_id=inspection.inspection_id
            )
        )
        if not good:
            station.done(inspecting.confirm("look", "Scratch", piece=piece, inspection_id=inspection.inspection_id))
    station.done(inspecting.decide_lot(inspection.inspection_id, APPROVED))
    return [fact for fact in station.facts() if isinstance(fact, InspectionDecided)][-1]


def test_an_accepted_lot_keeps_the_figures_of_the_standard(station: ServiceStation) -> None:
    decided = lot(station, "L-1")
    assert (decided.outcome, decided.sample_size, decided.acceptance_number, decided.rejection_number) == (
        Outcome.PASS, 3, 0, 1,
    )  # fmt: skip
    assert (decided.level, decided.aql, decided.severity, decided.edition) == ("II", "4.0", "normal", "ISO 2859-1:1999")
    assert not station.ledger.fold.holds


def test_a_rejected_lot_is_held_and_its_defects_are_nonconformances(station: ServiceStation) -> None:
    decided = lot(station, "L-1", bad=1)
    assert (decided.outcome, decided.nonconforming) == (Outcome.FAIL, 1)
    (hold,) = [fact for fact in station.facts() if isinstance(fact, Hold)]
    assert (hold.scope, hold.subject) == ("lot", "L-1")
    (found,) = [fact for fact in station.facts() if isinstance(fact, Nonconformance)]
    assert found.description == "lot L-1, piece 1: Look: Scratch"


def test_a_lot_cannot_be_decided_before_everything_is_inspected_and_confirmed(station: ServiceStation) -> None:
    inspecting = station.quality.inspecting
    station.done(inspecting.start_lot("both", "L-1", 20))
    inspection = inspecting.open_lots[0]
    name = inspection.inspection_id
    assert [list(inspection.pieces(each)) for each in (LOOK, LENGTH)] == [[1, 2, 3], [1, 20]]
    assert "“Look” of piece 1 and 4 more has no result yet" in refused(lambda: inspecting.decide_lot(name, APPROVED))
    assert "is not inspected on piece 4 of this lot" in refused(
        lambda: inspecting.enter_attribute("look", True, piece=4, inspection_id=name)
    )
    for piece in (1, 2, 3):
        station.done(inspecting.enter_attribute("look", True, piece=piece, inspection_id=name))
    measure(station, "length", "10.5", piece=1, lot=name)
    measure(station, "length", "12", piece=20, lot=name)
    assert "“Length” of piece 20 is not in order" in refused(lambda: inspecting.decide_lot(name, APPROVED))
    measure(station, "length", "10.9", piece=20, lot=name)
    station.done(inspecting.decide_lot(name, APPROVED))
    decided = [fact for fact in station.facts() if isinstance(fact, InspectionDecided)]
    assert [(d.aql, d.sample_size, d.outcome) for d in decided] == [("", 2, Outcome.PASS), ("4.0", 3, Outcome.PASS)]
    assert inspecting.open_lots == [] and "still to be decided" in refused(
        lambda: inspecting.decide_lot(name, APPROVED)
    )


def test_two_of_five_rejected_lots_tighten_and_five_accepted_relax_also_over_a_restart(
    make_station: MakeStation, station: ServiceStation
) -> None:
    for number, bad in enumerate((0, 1, 0, 1)):
        lot(station, f"L-{number}", bad)
    assert station.quality.inspecting.switching("incoming", "ACME", SCHEME).severity is Severity.TIGHTENED
    assert station.quality.inspecting.switching("incoming", "Other", SCHEME).severity is Severity.NORMAL
    station.close()
    again = make_station(INS_30)
    again.ledger.person = INSPECTOR
    state = again.quality.inspecting.switching("incoming", "ACME", SCHEME)
    assert (state.severity, state.reason) == (Severity.TIGHTENED, "2 of 4 consecutive lots were not accepted")
    for number in range(5):
        assert lot(again, f"T-{number}").severity == "tightened"
    assert again.quality.inspecting.switching("incoming", "ACME", SCHEME).severity is Severity.NORMAL


def test_a_lot_submitted_again_does_not_count(station: ServiceStation) -> None:
    lot(station, "L-1", 1)
    inspecting = station.quality.inspecting
    station.done(inspecting.start_lot("incoming", "L-1", 20, "ACME", original=False))
    inspection = inspecting.open_lots[0]
    for piece in inspection.pieces(LOOK):
        station.done(
            inspecting.enter_attribute("look", False, "Dent", piece=piece, inspection_id=inspection.inspection_id)
        )
        station.done(inspecting.confirm("look", "Dent", piece=piece, inspection_id=inspection.inspection_id))
    station.done(inspecting.decide_lot(inspection.inspection_id, APPROVED))
    assert inspecting.switching("incoming", "ACME", SCHEME).severity is Severity.NORMAL


def test_a_discontinued_series_goes_on_only_by_a_signature(station: ServiceStation) -> None:
    for number in range(2 + 5):
        lot(station, f"L-{number}", 1)
    inspecting = station.quality.inspecting
    assert inspecting.switching("incoming", "ACME", SCHEME).discontinued
    told = refused(lambda: inspecting.start_lot("incoming", "L-9", 20, "ACME"))
    assert "discontinued (5 lots were not accepted on tightened inspection)" in told
    assert "not discontinued" in refused(
        lambda: inspecting.resume_sampling("incoming", "Other", SCHEME, "new tool", APPROVED)
    )
    station.done(inspecting.resume_sampling("incoming", "ACME", SCHEME, "new tool at the supplier", APPROVED))
    assert lot(station, "L-10").severity == "tightened"


@pytest.mark.parametrize(
    ("number", "size", "told"),
    [
        (" ", 20, "Scan or type the lot's number"),
        ("L", 0, "cannot be inspected"),
        ("L", 200_000, "cannot be inspected"),
    ],
)
def test_what_is_no_lot_is_refused(station: ServiceStation, number: str, size: int, told: str) -> None:
    assert told in refused(lambda: station.quality.inspecting.start_lot("incoming", number, size))


def test_a_lot_is_inspected_once_at_a_time_and_by_those_who_may(station: ServiceStation) -> None:
    inspecting = station.quality.inspecting
    station.done(inspecting.start_lot("incoming", "L-1", 20))
    assert "is being inspected already" in refused(lambda: inspecting.start_lot("incoming", "L-1", 20))
    station.ledger.person = OPERATOR
    assert "may not inspect lots" in refused(lambda: inspecting.start_lot("incoming", "L-2", 20))


def test_a_lot_of_one_is_inspected_whole(station: ServiceStation) -> None:
    assert lot(station, "L-1", size=1).outcome is Outcome.PASS


def test_the_plan_for_a_lot_can_be_read_before(station: ServiceStation) -> None:
    state = station.quality.inspecting.switching("incoming", "", SCHEME)
    assert lot_plan_text(20, SCHEME, state) == "3 of 20 pieces, accept with 0 or fewer, reject with 1 or more (normal)"
