"""The bar across the top never overlaps and cuts what matters least first."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.text import Line, Run, plain, shortened
from widgets.theme import LIGHT, Look, Metrics
from widgets.top_bar import Chip, ChipState, StatusChip, TopBar

DETAIL = [Run("Instruction C · Order 4711-03 · Unit "), Run("GX40-000127", True), Run(" · 3 of 20")]


def filled(look: Look, qtbot: QtBot, width: int, title: str = "GX-40 Gear reducer") -> TopBar:
    bar = TopBar(look)
    qtbot.addWidget(bar)
    bar.set_station("ASM-10")
    bar.set_work(title, DETAIL)
    bar.set_chips([Chip("Press lost 0:14", ChipState.WARNING), Chip("Offline · 37 waiting", ChipState.WARNING)])
    bar.set_person("Anna Keller")
    bar.set_clock("08:42")
    bar.resize(width, bar.height())
    bar.show()
    return bar


@pytest.mark.parametrize("width", [700, 900, 1024, 1280, 1440, 1920])
def test_nothing_overlaps_at_any_width(qapp: object, qtbot: QtBot, width: int) -> None:
    look = Look(LIGHT, Metrics.fitted(3.67, width, 800))
    bar = filled(look, qtbot, width, "GX-40 Gear reducer with a rather long name, left-handed variant")
    shown = [part.geometry() for part in bar.parts() if part.width() > 0]
    for left, right in itertools.pairwise(shown):
        assert left.right() < right.left() + 1
    assert shown[-1].right() < width


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1280, 800)])
def test_usual_texts_are_whole(qapp: object, qtbot: QtBot, width: int, height: int) -> None:
    bar = filled(Look(LIGHT, Metrics.fitted(3.67, width, height)), qtbot, width)
    cut = [part for part in bar.parts() if isinstance(part, Line | StatusChip) and part.is_shortened()]
    assert cut == []


def test_detail_gives_way_first_then_title_and_the_clock_never(look: Look, qtbot: QtBot) -> None:
    bar = filled(look, qtbot, 1300)
    station, title, detail, chip, *_, clock = bar.parts()
    assert isinstance(title, Line) and isinstance(detail, Line) and isinstance(clock, Line)
    assert isinstance(chip, StatusChip)
    assert detail.is_shortened() or detail.width() == 0
    assert not title.is_shortened()
    bar.resize(1010, bar.height())
    assert title.is_shortened()
    assert not clock.is_shortened()
    assert not chip.is_shortened()
    assert station.width() >= station.sizeHint().width()


def test_the_serial_number_is_cut_last(look: Look) -> None:
    font = look.font()
    for width in range(600, 150, -25):
        runs = shortened(DETAIL, font, width)
        if width > 200:
            assert "GX40-000127" in plain(runs)


def test_the_station_name_opens_the_pages_by_key_and_touch(look: Look, qtbot: QtBot) -> None:
    bar = filled(look, qtbot, 1920)
    station = bar.parts()[0]
    with qtbot.waitSignal(bar.station_pressed):
        QTest.keyClick(station, Qt.Key.Key_Return)
    with qtbot.waitSignal(bar.station_pressed):
        QTest.mouseClick(station, Qt.MouseButton.LeftButton)


def test_chips_are_reused_and_spoken_with_their_state(look: Look, qtbot: QtBot) -> None:
    bar = filled(look, qtbot, 1920)
    first = bar.chips()[0]
    bar.set_chips([Chip("Press")])
    assert bar.chips() == (first,)
    assert first.accessibleName() == "Press"
    bar.set_chips([Chip("Press lost", ChipState.ALARM)])
    assert first.accessibleName() == "alarm: Press lost"
