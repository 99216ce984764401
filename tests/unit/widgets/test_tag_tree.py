"""The tree of tags: levels on demand, live values in place, words, keys, and what a dragged row carries."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.shapes import Shape
from widgets.tag_ghost import TagGhost
from widgets.tag_tree import TagTree, TreeRow
from widgets.theme import TARGET_MM, Look
from widgets.trend_axis import TrendPen
from widgets.trend_view import TrendView

STATION = TreeRow("station", "This station", has_children=True, heading=True)
FORCE = TreeRow("force", "Press force", "press.force", "12.4 kN", tag="press.force")
SPEED = TreeRow("speed", "Speed", "bench.speed", "1400", "BadCommunicationError · 4 s", tag="bench.speed")
PRESS = TreeRow("press", "Press", "connected", mark=Shape.DOT, has_children=True, heading=True)


def tree_of(look: Look, qtbot: QtBot) -> TagTree:
    tree = TagTree(look, "Tags and devices")
    qtbot.addWidget(tree)
    tree.resize(700, 600)
    tree.set_rows("", [STATION, PRESS])
    tree.set_rows("station", [FORCE, SPEED])
    tree.show()
    return tree


def test_what_is_below_is_asked_for_once_when_it_is_opened(look: Look, qtbot: QtBot) -> None:
    tree = tree_of(look, qtbot)
    opened: list[str] = []
    tree.opened.connect(opened.append)
    tree.open("press")
    assert opened == ["press"]
    tree.set_rows("press", [TreeRow("n", "Asking …", note=True)])
    tree.view.collapseAll()
    tree.open("press")
    assert opened == ["press"], "it is not asked again"
    tree.ask_again("press")
    tree.open("press")
    assert opened == ["press", "press"]


def test_rows_that_stay_keep_what_is_open_and_chosen(look: Look, qtbot: QtBot) -> None:
    tree = tree_of(look, qtbot)
    tree.open("station")
    tree.choose("speed")
    tree.set_rows("station", [FORCE, TreeRow("new", "New"), SPEED])
    assert tree.shown_keys() == ["station", "force", "new", "speed", "press"]
    assert tree.current == "speed"
    tree.set_rows("station", [SPEED])
    assert tree.below("station") == ["speed"]
    assert not tree.has("force")


def test_a_value_changes_in_its_place_and_is_said(look: Look, qtbot: QtBot) -> None:
    tree = tree_of(look, qtbot)
    tree.show_row(TreeRow("force", "Press force", "press.force", "13.0 kN", tag="press.force"))
    assert tree.row("force").value_text == "13.0 kN"
    tree.show_row(TreeRow("unknown", "Nobody"))
    assert not tree.has("unknown")
    tree.open("station")
    index = tree.view.indexBelow(tree.view.model().index(0, 0))
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Press force, press.force, 13.0 kN"


def test_words_hide_what_does_not_hold_them_all(look: Look, qtbot: QtBot) -> None:
    tree = tree_of(look, qtbot)
    tree.set_filter("PRESS force")
    assert tree.shown_keys() == ["station", "force"]
    tree.set_filter("press")
    assert tree.shown_keys() == ["station", "force", "press"]
    tree.set_rows("", [TreeRow("found", "Found", has_children=True, kept=True), STATION, PRESS])
    tree.set_filter("nothing at all")
    assert tree.shown_keys() == ["found"]
    tree.set_filter("")
    assert "speed" in tree.shown_keys()


def test_keys_move_open_and_choose(look: Look, qtbot: QtBot) -> None:
    tree = tree_of(look, qtbot)
    activated: list[str] = []
    chosen: list[str] = []
    tree.activated.connect(activated.append)
    tree.choose("station")
    tree.chosen.connect(chosen.append)
    tree.view.setFocus()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Return):
        QTest.keyClick(tree.view, key)
    assert chosen == ["force"]
    assert activated == ["force"]


class Desk:
    """A tree beside a trend in one window, and a mouse that goes through the window as a real one does."""

    def __init__(self, look: Look, qtbot: QtBot, *, compact: bool = False) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.tree = tree_of(look, qtbot)
        self.trend = TrendView(look, [TrendPen("press.force", "Force", "kN")], compact=compact)
        across = QHBoxLayout(self.window)
        across.addWidget(self.tree)
        across.addWidget(self.trend)
        self.window.resize(1400, 700)
        self.window.show()
        self.tree.open("station")
        self.dropped: list[str] = []
        self.told: list[str] = []
        self.trend.tag_dropped.connect(self.dropped.append)
        self.tree.drag_began.connect(lambda: self.told.append("began"))
        self.tree.drag_ended.connect(lambda dropped: self.told.append("dropped" if dropped else "back"))
        qtbot.waitExposed(self.window)

    def at_row(self, key: str) -> QPoint:
        self.tree.choose(key)
        rect = self.tree.view.visualRect(self.tree.view.currentIndex())
        return self.tree.view.viewport().mapTo(self.window, rect.center())

    def over_trend(self) -> QPoint:
        return self.trend.mapTo(self.window, self.trend.rect().center())

    def press(self, at: QPoint) -> None:
        QTest.mousePress(self.window.windowHandle(), Qt.MouseButton.LeftButton, pos=at)

    def move(self, *places: QPoint) -> None:
        for at in places:
            QTest.mouseMove(self.window.windowHandle(), at)

    def release(self, at: QPoint) -> None:
        QTest.mouseRelease(self.window.windowHandle(), Qt.MouseButton.LeftButton, pos=at)

    def take(self, key: str) -> TagGhost:
        """Press on a row and begin to carry its tag."""
        at = self.at_row(key)
        self.press(at)
        self.move(at + QPoint(8, 0), at + QPoint(30, 5))
        (ghost,) = self.window.findChildren(TagGhost)
        return ghost


def test_a_tag_is_carried_to_a_trend_while_everything_goes_on(look: Look, qtbot: QtBot) -> None:
    desk = Desk(look, qtbot)
    ticks: list[float] = []
    timer = QTimer(desk.window)
    timer.timeout.connect(lambda: ticks.append(time.monotonic()))
    timer.start(10)
    ghost = desk.take("speed")
    assert desk.told == ["began"]
    qtbot.waitUntil(lambda: len(ticks) >= 5)
    desk.tree.hide()  # what holds the trend covered goes away: the mouse is still held
    desk.move(desk.over_trend())
    assert ghost.isVisible()
    assert ghost.target_at(desk.window.mapToGlobal(desk.over_trend())) is desk.trend
    assert not ghost.grab().isNull()
    desk.release(desk.over_trend())
    assert (desk.told, desk.dropped) == (["began", "dropped"], ["bench.speed"])
    qtbot.waitUntil(lambda: not desk.window.findChildren(TagGhost))
    desk.tree.show()
    desk.press(desk.at_row("press"))
    desk.release(desk.at_row("press"))
    assert desk.tree.current == "press", "the mouse is the tree's again"


@pytest.mark.parametrize("how", ["elsewhere", "escape", "window", "compact"])
def test_what_is_not_dropped_comes_back(look: Look, qtbot: QtBot, how: str) -> None:
    desk = Desk(look, qtbot, compact=how == "compact")
    desk.take("force")
    desk.move(desk.over_trend())
    if how == "escape":
        QTest.keyClick(desk.window.windowHandle(), Qt.Key.Key_Escape)
    elif how == "window":
        QApplication.sendEvent(desk.window, QEvent(QEvent.Type.WindowDeactivate))
    else:
        desk.release(desk.over_trend() if how == "compact" else QPoint(3, 3))
    assert (desk.told, desk.dropped) == (["began", "back"], [])
    qtbot.waitUntil(lambda: not desk.window.findChildren(TagGhost))


def test_a_touch_is_no_drag_and_a_place_cannot_be_carried(look: Look, qtbot: QtBot) -> None:
    desk = Desk(look, qtbot)
    at = desk.at_row("force")
    desk.press(at)
    desk.move(at + QPoint(2, 1))
    desk.release(at + QPoint(2, 1))
    at = desk.at_row("press")
    desk.press(at)
    desk.move(at + QPoint(60, 3), at + QPoint(90, 5))
    desk.release(at + QPoint(90, 5))
    assert desk.told == []
    assert desk.tree.current == "press"


def test_rows_are_large_enough_for_a_glove_and_are_painted(any_look: Look, qtbot: QtBot) -> None:
    tree = tree_of(any_look, qtbot)
    tree.set_rows("press", [TreeRow("n", "press does not answer within 5 s.", mark=Shape.WARNING, note=True)])
    tree.view.expandAll()
    tree.choose("speed")
    assert tree.view.visualRect(tree.view.currentIndex()).height() >= any_look.mm(TARGET_MM)
    assert not tree.grab().isNull()
