from __future__ import annotations

from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from station_app.domain.checks import MachineValueCheck, MeasureCheck, ScanCheck
from station_app.domain.job import CheckProgress, Mark
from station_app.domain.outcome import Limits
from station_app.ui.check_view import CardContext
from station_app.ui.look import sized_look
from station_app.ui.pictures import PictureStore
from station_app.ui.work_cards import MeasureView, ScanView, build_check
from tests.bench_station import BEARING_LOT, BenchStation
from widgets.card import CardState

FORCE = MachineValueCheck(
    id="f", title="Force", characteristic="f", tag="press.force", limits=Limits("kN", Decimal("11.0"), Decimal("14.0"))
)
PLAY = MeasureCheck(
    id="p", title="Play", characteristic="p", limits=Limits("mm", Decimal("0.05"), Decimal("0.15")), reaction="Shim it."
)


@pytest.fixture
def context(bench: BenchStation, qtbot: QtBot) -> CardContext:
    look = sized_look("light", "en", 1280, 800)
    return CardContext(bench.services, look, PictureStore(bench.services), "U-1", True, lambda: None, lambda: None)


def test_a_failed_reading_says_by_how_much_and_what_to_do(context: CardContext) -> None:
    progress = CheckProgress(PLAY, Mark.FAILED, "0.19", rec_id="r1")
    view = build_check(progress, context)
    assert isinstance(view, MeasureView)
    view.update(progress, False, True)
    assert view.card.message.text() == "0.04 mm above the limit. Shim it. A photo is kept."
    assert view.typed() == ""
    view.measure_card.entry.press("0")
    assert view.typed() == "0"
    view.update(progress, False, True)
    assert view.card.state is CardState.IDLE and view.card.message.text() == ""


def test_limits_stand_there_before_anything_is_typed(context: CardContext) -> None:
    progress = CheckProgress(PLAY)
    view = build_check(progress, context)
    view.update(progress, False, False)
    assert view.card.note_text() == "0.05 to 0.15 mm"


def test_a_scanned_lot_says_what_is_left(context: CardContext) -> None:
    check = ScanCheck(id="b", title="Bearing", material="6204-2RS")
    view = build_check(CheckProgress(check), context)
    assert isinstance(view, ScanView)
    view.update(CheckProgress(check), False, False)
    assert view.card.note_text() == ""
    view.update(CheckProgress(check, Mark.DONE, BEARING_LOT, rec_id="r"), False, False)
    assert view.card.state is CardState.OK and view.card.note_text() == "saved"
    assert view._about(BEARING_LOT, "Bearing") == "Bearing · 212 left"
