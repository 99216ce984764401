"""Ways in which a bad lot or order could slip through, and what stops each of them."""

from __future__ import annotations

import msgspec
import pytest

from station_app.domain.approval import Approval
from station_app.domain.inspection.plan import Action, ChartSettings, Sampling, SamplingRule
from station_app.domain.inspection.sampling import Scheme, due_on_unit
from station_app.domain.outcome import Outcome
from station_app.domain.quality.kinds import ChartKind
from station_app.domain.records import (
    InspectionDecided,
    InspectionStarted,
    Signature,
)
from tests.unit.services.conftest import MakeStation
from tests.unit.services.inspection_station import (
    APPROVED,
    INS_30,
    INSPECTOR,
    LOOK,
    OPERATOR,
    SCRATCHES,
    SERIALS,
    SHAFT,
    begin,
    earlier,
    measure,
    plan,
    shafts,
)
from tests.unit.services.station import ServiceStation, refused

# ISO 2859-1, general level II, AQL 15 of a lot of 8: letter A, the arrow leads to B, n = 3, Ac 1, Re 2
HUNDRED = Scheme("II", "15")


COUNTED = msgspec.structs.replace(
    SCRATCHES, upper=None, sampling=Sampling(rule=SamplingRule.ISO2859, level=HUNDRED.level, aql=HUNDRED.aql)
)


def lot_of(station: ServiceStation, number: str, *counts: str) -> str:
    inspecting = station.quality.inspecting
    station.done(inspecting.start_lot("incoming", number, 8, "ACME"))
    name = inspecting.open_lots[-1].inspection_id
    pieces = inspecting.open_lots[-1].pieces(COUNTED)
    for piece, count in zip(pieces, counts, strict=False):
        station.done(inspecting.enter_count("scratches", count, piece=piece, inspection_id=name))
        if count != "0":
            station.done(inspecting.confirm("scratches", "Scratch", piece=piece, inspection_id=name))
    return name


@pytest.fixture
def incoming(make_station: MakeStation) -> ServiceStation:
    return begin(make_station(INS_30), plan(COUNTED, plan_id="incoming", operation="incoming"))


def decided(station: ServiceStation) -> InspectionDecided:
    return [fact for fact in station.facts() if isinstance(fact, InspectionDecided)][-1]


@pytest.mark.parametrize(("count", "outcome"), [("1", Outcome.PASS), ("2", Outcome.FAIL), ("9", Outcome.FAIL)])
def test_above_an_aql_of_10_every_nonconformity_counts_also_those_of_one_piece(
    incoming: ServiceStation, count: str, outcome: Outcome
) -> None:
    name = lot_of(incoming, "L-1", count, "0", "0")
    incoming.done(incoming.quality.inspecting.decide_lot(name, APPROVED))
    found = decided(incoming)
    assert (found.acceptance_number, found.nonconforming, found.outcome) == (1, int(count), outcome)


def test_a_lot_is_decided_by_a_signature_over_every_record_it_came_from(incoming: ServiceStation) -> None:
    name = lot_of(incoming, "L-1", "0", "0", "0")
    inspecting = incoming.quality.inspecting
    operator = Approval(OPERATOR, "badge and PIN")
    assert "may not inspect lots" in refused(lambda: inspecting.decide_lot(name, operator))
    incoming.done(inspecting.decide_lot(name, APPROVED))
    (signature,) = [fact for fact in incoming.facts() if isinstance(fact, Signature)]
    rows = {row.rec_id: row.hash.hex() for row in incoming.journal.all_rows("rec")}
    assert len(signature.signed_ids) == 3
    assert signature.signed_hashes == tuple(rows[rec_id] for rec_id in signature.signed_ids)


def test_a_lot_that_was_not_accepted_is_no_original_lot_when_it_comes_again_also_after_a_restart(
    make_station: MakeStation, incoming: ServiceStation
) -> None:
    name = lot_of(incoming, "L-1", "9", "0", "0")
    incoming.done(incoming.quality.inspecting.decide_lot(name, APPROVED))
    incoming.close()
    again = make_station(INS_30)
    again.ledger.person = INSPECTOR
    inspecting = again.quality.inspecting
    for number, supplier in (("L-1", "ACME"), ("L-1", "Other"), ("L-2", "ACME")):
        again.done(inspecting.start_lot("incoming", number, 8, supplier))
        again.done(inspecting.enter_count("scratches", "0", inspection_id=inspecting.open_lots[-1].inspection_id))
        started = [fact for fact in again.facts() if isinstance(fact, InspectionStarted)][-1]
        assert started.original == ((number, supplier) != ("L-1", "ACME"))
        if (number == "L-1" and supplier == "ACME") or supplier == "Other":
            name = inspecting.open_lots[-1].inspection_id
            for piece in (2, 3):
                again.done(inspecting.enter_count("scratches", "0", piece=piece, inspection_id=name))
            again.done(inspecting.decide_lot(name, APPROVED))
    assert [hold.subject for hold in inspecting.held_lots] == ["L-1"], "an accepted second try releases nothing"


def test_an_order_whose_sample_has_more_defects_than_its_plan_accepts_is_held(make_station: MakeStation) -> None:
    # ISO 2859-1, general level II, AQL 4.0 of an order of 60: letter E, n = 13, Ac 1, Re 2
    sampled = msgspec.structs.replace(LOOK, sampling=Sampling(rule=SamplingRule.ISO2859, level="II", aql="4.0"))
    station = begin(make_station(INS_30), plan(sampled))
    inspecting = station.quality.inspecting
    due = [s for s in SERIALS if due_on_unit(plan(sampled), s, "4720", SERIALS)]
    assert len(due) == 13
    for place, serial in enumerate(due[:3]):
        station.scan(serial)
        station.done(inspecting.enter_attribute("look", False, "Dent"))
        station.done(inspecting.confirm("look", "Dent"))
        held = station.ledger.fold.held_as("order", "4720")
        assert (held is not None) == (place >= 1), "one is accepted, two are not"
        if held is not None:
            break
    assert held is not None
    assert held.reason == "2 nonconforming in the order's sample of 13, 1 accepted (level II, AQL 4.0)"
    assert "is on hold: 2 nonconforming" in refused(lambda: station.scan(due[4]))
    station.done(inspecting.release_hold(held.hold_id, "all looked at", APPROVED))
    station.scan(due[4])


def test_a_lot_that_a_control_chart_stops_is_not_decided_before_the_cause_is_named(make_station: MakeStation) -> None:
    settings = ChartSettings(chart=ChartKind.I_MR, action=Action.STOP, baseline=10, early_warning=False)
    charted = msgspec.structs.replace(SHAFT, chart=settings, sampling=Sampling(rule=SamplingRule.FIRST_LAST))
    station = begin(make_station(INS_30), plan(charted))
    earlier(station, *shafts(20))
    inspecting = station.quality.inspecting
    station.done(inspecting.start_lot("p", "L-1", 50))
    name = inspecting.open_lots[0].inspection_id
    measure(station, "shaft", "20.016", piece=1, lot=name)
    measure(station, "shaft", "20.002", piece=50, lot=name)
    told = refused(lambda: inspecting.decide_lot(name, APPROVED))
    assert told.startswith("A control chart stops this lot: one point beyond the limits. Name the cause")
    for signal in station.quality.control.open_signals():
        station.done(station.quality.control.give_cause(signal.fact.signal_id, "Tool worn"))
    station.done(inspecting.decide_lot(name, APPROVED))


def test_no_lot_that_was_begun_before_is_accepted_by_a_discontinued_sampling(incoming: ServiceStation) -> None:
    inspecting = incoming.quality.inspecting
    late = ""
    for number in range(7):
        if number == 6:
            late = lot_of(incoming, "LATE", *["0"] * 8)
        name = lot_of(incoming, f"L-{number}", *["9"] * 3)
        lot = inspecting.inspection(name)
        for piece in list(lot.pieces(COUNTED))[3:]:
            incoming.done(inspecting.enter_count("scratches", "0", piece=piece, inspection_id=name))
        incoming.done(inspecting.decide_lot(name, APPROVED))
    assert inspecting.switching("incoming", "ACME", HUNDRED).discontinued
    assert "no lot is accepted by it" in refused(lambda: inspecting.decide_lot(late, APPROVED))
    incoming.done(inspecting.resume_sampling("incoming", "ACME", HUNDRED, "new tool", APPROVED))
    incoming.done(inspecting.decide_lot(late, APPROVED))
