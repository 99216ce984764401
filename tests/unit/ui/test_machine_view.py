from __future__ import annotations

from decimal import Decimal

import pytest
from pytestqt.qtbot import QtBot

from drivers.base import Connection, Quality
from station_app.domain.checks import MachineValueCheck
from station_app.domain.job import CheckProgress
from station_app.domain.outcome import Limits
from station_app.ui.check_view import CardContext, last_good_s
from station_app.ui.look import sized_look
from station_app.ui.machine_view import MachineView
from station_app.ui.pictures import PictureStore
from station_app.ui.work_cards import build_check
from tests.bench_station import BenchStation
from widgets.card import CardState
from widgets.check_cards import ValueCard

FORCE = MachineValueCheck(
    id="f", title="Force", characteristic="f", tag="press.force", limits=Limits("kN", Decimal("11.0"), Decimal("14.0"))
)


@pytest.fixture
def context(bench: BenchStation, qtbot: QtBot) -> CardContext:
    look = sized_look("light", "en", 1280, 800)
    return CardContext(bench.services, look, PictureStore(bench.services), "U-1", True, lambda: None, lambda: None)


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
