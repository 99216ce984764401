from __future__ import annotations

from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from drivers.base import Connection, Quality
from station_app.domain.job import CheckProgress, Mark
from station_app.domain.outcome import Limits
from station_app.domain.work_master import MachineValueCheck, MeasureCheck, ScanCheck
from station_app.ui.look import sized_look
from station_app.ui.pictures import PictureStore
from station_app.ui.work_cards import (
    CardContext,
    MachineView,
    MeasureView,
    ScanView,
    build_check,
    drawn_limits,
    last_good_s,
    silence_text,
)
from tests.bench_station import BEARING_LOT, BenchStation
from widgets.card import CardState
from widgets.check_cards import ValueCard

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


def test_open_sides_are_written_as_such() -> None:
    at_most = drawn_limits(Limits("mm", None, Decimal("0.020")))
    assert (at_most.lower, at_most.upper, at_most.upper_text) == (None, 0.02, "≤ 0.020")
    both = drawn_limits(Limits("mm", Decimal("1"), Decimal("2")))
    assert (both.lower_text, both.upper_text) == ("1", "2")


def test_a_live_value_then_the_same_struck_through_with_its_age(context: CardContext, bench: BenchStation) -> None:
    view = build_check(CheckProgress(FORCE), context)
    assert isinstance(view, MachineView) and isinstance(view.card, ValueCard)
    bench.sample("press.force", 12.42, at_s=1000.0)
    view.follow(1000.1)
    assert view.card.figure.text() == "12.42" and view.card.note_text() == "live"
    bench.sample("press.force", 12.42, Quality.BAD, "BadCommunicationError", at_s=1000.0)
    bench.device("press", Connection.LOST, 1000.0, retry_at=1017.0)
    view.follow(1014.0)
    assert view.card.figure.is_struck and view.card.note_text() == "BadCommunicationError"
    assert last_good_s(bench.services, "press.force") == 1000.0


def test_silence_says_since_when_and_when_it_is_tried_again() -> None:
    assert silence_text(1014.0, 1000.0, 1017.0) == "last heard 14 s ago · trying again in 3 s"
    assert silence_text(1014.0, None, 1014.1) == "trying again"
    assert silence_text(1014.0, None, None) == ""


def test_a_tag_that_never_delivered_is_no_number(context: CardContext) -> None:
    view = build_check(CheckProgress(FORCE), context)
    view.follow(0.0)
    assert isinstance(view.card, ValueCard)
    assert view.card.figure.text() == "–" and view.card.note_text() == "no value yet"


def test_uncertain_is_not_shown_as_live(context: CardContext, bench: BenchStation) -> None:
    view = build_check(CheckProgress(FORCE), context)
    bench.sample("press.force", 12.0, Quality.UNCERTAIN, "UncertainLastUsableValue")
    view.follow(0.0)
    assert view.card.state is CardState.BAD_QUALITY and view.card.note_text() == "UncertainLastUsableValue"


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
