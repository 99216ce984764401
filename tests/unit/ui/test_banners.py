from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from station_app.ui.banners import Banners, lasting_condition
from station_app.ui.look import sized_look
from station_app.ui.page import Saying, Weight
from tests.bench_station import BenchStation


def test_all_is_well(bench: BenchStation) -> None:
    assert lasting_condition(bench.services) is None


@pytest.mark.parametrize(("offset_ms", "said"), [(2001, "2.0 s behind"), (-5400, "5.4 s ahead of"), (2000, "")])
def test_a_clock_more_than_two_seconds_off_is_said(bench: BenchStation, offset_ms: int, said: str) -> None:
    bench.server(True, clock_offset_ms=offset_ms)
    condition = lasting_condition(bench.services)
    assert (said in condition.what) if condition is not None else said == ""


def test_not_saved_comes_before_everything_else(bench: BenchStation) -> None:
    bench.server(True, clock_offset_ms=9000)
    bench.services.ledger.fault = "the disk is full"
    condition = lasting_condition(bench.services)
    assert condition is not None and condition.weight is Weight.ERROR
    assert condition.what == "Not saved." and "the disk is full" in condition.to_do


def test_a_lasting_banner_cannot_be_closed_and_an_answer_can(bench: BenchStation, qtbot: QtBot) -> None:
    banners = Banners(bench.services, sized_look("light", "en", 1280, 800))
    qtbot.addWidget(banners)
    bench.services.ledger.fault = "the disk is full"
    banners.refresh()
    banners.say(Saying(Weight.WARNING, "No."))
    banners.show()
    assert not banners.lasting.dismiss_button.isVisible() and banners.passing.dismiss_button.isVisible()
    banners.passing.dismiss_button.click()
    assert banners.passing.isHidden() and not banners.isHidden()
    bench.services.ledger.fault = ""
    banners.refresh()
    assert banners.isHidden()
