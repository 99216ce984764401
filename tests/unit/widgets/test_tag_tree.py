"""The tree of tags: levels on demand, live values in place, words, keys, and what a dragged row carries."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.shapes import Shape
from widgets.tag_tree import TagTree, TreeRow
from widgets.theme import TARGET_MM, Look
from widgets.trend_view import TAG_MIME

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


def test_a_tag_can_be_dragged_and_a_place_cannot(look: Look, qtbot: QtBot) -> None:
    tree = tree_of(look, qtbot)
    tree.open("station")
    model = tree.view.model()
    station = model.index(0, 0)
    force = tree.view.indexBelow(station)
    assert bytes(model.mimeData([force]).data(TAG_MIME).data()) == b"press.force"
    assert model.flags(force) & Qt.ItemFlag.ItemIsDragEnabled
    assert not model.flags(station) & Qt.ItemFlag.ItemIsDragEnabled


def test_rows_are_large_enough_for_a_glove_and_are_painted(any_look: Look, qtbot: QtBot) -> None:
    tree = tree_of(any_look, qtbot)
    tree.set_rows("press", [TreeRow("n", "press does not answer within 5 s.", mark=Shape.WARNING, note=True)])
    tree.view.expandAll()
    tree.choose("speed")
    assert tree.view.visualRect(tree.view.currentIndex()).height() >= any_look.mm(TARGET_MM)
    assert not tree.grab().isNull()
