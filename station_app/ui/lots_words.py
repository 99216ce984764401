"""Lots in words: how large a sample, what is accepted, how the inspection stands, and which result is next. No widgets."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.domain.inspection.lots import LotVerdict
from station_app.domain.inspection.plan import InspectionPlan
from station_app.domain.inspection.results import Inspection
from station_app.domain.inspection.sampling import pieces_due, schemes_of
from station_app.domain.quality.errors import InputError
from station_app.domain.records import Hold
from station_app.domain.rules import Refusal
from station_app.services.lot_inspecting import lot_plan_text
from station_app.services.station import StationServices
from widgets.characteristic_list import CharacteristicRow
from widgets.step_list import StepMark

translate = QCoreApplication.translate


def lot_row(lot: Inspection) -> CharacteristicRow:
    """A lot that is not decided, in the list."""
    missing = sum(1 for _ in lot.missing())
    started = lot.started
    value = translate("lots", "{n} missing").format(n=missing) if missing else translate("lots", "to be decided")
    failed = any(True for _ in lot.unconfirmed())
    requirement = translate("lots", "{size} pieces {supplier}").format(size=started.lot_size, supplier=started.supplier)
    return CharacteristicRow("", started.lot, requirement.strip(), value, StepMark.FAILED if failed else StepMark.OPEN)


def held_row(hold: Hold) -> CharacteristicRow:
    """A lot that is on hold, in the list."""
    return CharacteristicRow("", hold.subject, hold.reason, translate("lots", "on hold"), StepMark.FAILED)


def lots_summary(opened: int, held: int) -> str:
    """How many lots there are, and what to do with them."""
    if held:
        return translate("lots", "{n} open, {m} on hold: touch one").format(n=opened, m=held)
    if opened == 1:
        return translate("lots", "1 lot is open: touch it to go on")
    if opened:
        return translate("lots", "{n} lots are open: touch one to go on").format(n=opened)
    return translate("lots", "No lot is open")


def lot_headline(lot: Inspection, piece: int) -> str:
    """Which lot, and how far: "L-77 · 500 pieces · piece 3, the 3rd of 51"."""
    pieces = sorted({number for each in lot.plan.characteristics for number in lot.pieces(each)})
    place = pieces.index(piece) + 1 if piece in pieces else 0
    return translate("lots", "{lot} · {size} pieces · piece {n} ({k} of {m})").format(
        lot=lot.started.lot, size=lot.started.lot_size, n=piece, k=place, m=len(pieces)
    )


def verdict_lines(services: StationServices, lot: Inspection) -> list[str]:
    """What the results say up to now, a line for each scheme; why nothing can be said."""
    try:
        verdicts = services.quality.inspecting.verdicts(lot)
    except Refusal as refusal:
        return [str(refusal)]
    return [_verdict_line(services, lot, verdict) for verdict in verdicts][:3]


def _verdict_line(services: StationServices, lot: Inspection, verdict: LotVerdict) -> str:
    bad = translate("lots", "{n} not in order").format(n=verdict.nonconforming)
    if verdict.scheme is None:
        return translate("lots", "Without tables: {n} pieces, none may be out of order · {bad}").format(
            n=verdict.inspected, bad=bad
        )
    if verdict.plan is None:
        return bad
    state = services.quality.inspecting.switching(lot.plan.id, lot.started.supplier, verdict.scheme)
    line = translate("lots", "Level {level}, AQL {aql}, {severity}: n {n}, Ac {ac}, Re {re} · {bad}").format(
        level=verdict.scheme.level,
        aql=verdict.scheme.aql,
        severity=verdict.plan.severity,
        n=verdict.plan.n,
        ac=verdict.plan.ac,
        re=verdict.plan.re,
        bad=bad,
    )
    return f"{line} · {state.reason}" if state.reason else line


def sample_text(services: StationServices, plan: InspectionPlan, size: int, supplier: str) -> list[str]:
    """How a lot would be inspected, before it begins."""
    lines = []
    inspecting = services.quality.inspecting
    for scheme in schemes_of(plan):
        state = inspecting.switching(plan.id, supplier, scheme)
        if state.discontinued:
            lines.append(translate("lots", "Inspection is discontinued: {reason}.").format(reason=state.reason))
            continue
        try:
            lines.append(lot_plan_text(size, scheme, state))
        except InputError as error:
            lines.append(str(error))
    others = [each for each in plan.characteristics if not each.sampling.level]
    if others:
        most = max(len(pieces_due(each, size)) for each in others)
        lines.append(translate("lots", "{n} without tables, on up to {m} pieces").format(n=len(others), m=most))
    return lines


def next_open(services: StationServices, lot: Inspection, piece: int) -> tuple[int, str] | None:
    """The piece and characteristic that come next: a defect that nobody confirmed, then what is missing, from this piece on."""
    failed = [(number, each.id) for each, number, _ in lot.unconfirmed()]
    here = [found for found in failed if found[0] == piece]
    if here:
        return here[0]
    order = {each.id: each.balloon for each in lot.plan.characteristics}
    missing = [(number, each.id) for each, number in lot.missing()]
    ahead = [found for found in missing if found[0] >= piece] or missing
    return min([*ahead, *failed], key=lambda found: (found[0], order[found[1]]), default=None)
