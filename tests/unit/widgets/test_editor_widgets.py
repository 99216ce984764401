"""The widgets of desk programs: fields that never disturb who types, rows, and a list that is put into order."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent, QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from widgets.editor_fields import BlockField, ChoiceField, FlagField, FormField, LineField
from widgets.editor_list import ListRow, OrderedList
from widgets.editor_rows import Column, RowsEditor
from widgets.editor_style import desk_metrics, desk_style
from widgets.theme import DARK, LIGHT, Look


@pytest.fixture
def look() -> Look:
    return Look(LIGHT, desk_metrics())


def test_a_field_leaves_what_is_typed_alone_and_shows_the_stored_value_when_it_is_left(
    qtbot: QtBot, look: Look
) -> None:
    field = LineField(look, "Takt", "s")
    qtbot.addWidget(field)
    field.edited.connect(lambda _text: field.set_value("1"))
    QTest.keyClicks(field.entry, "1.0")
    assert field.text() == "1.0"
    QApplication.sendEvent(field.entry, QFocusEvent(QEvent.Type.FocusOut))
    assert field.text() == "1"


def test_a_wrong_text_stays_with_its_reason_until_the_value_changes(qtbot: QtBot, look: Look) -> None:
    field = LineField(look, "Lower")
    qtbot.addWidget(field)
    field.set_value("1")
    field.entry.setText("1,5")
    field.set_fault("has a comma")
    QApplication.sendEvent(field.entry, QFocusEvent(QEvent.Type.FocusOut))
    field.set_value("1")
    assert field.text() == "1,5" and field.control.accessibleDescription() == "has a comma"
    field.set_value("2")
    assert (field.text(), field.fault.text()) == ("2", "")


def test_every_field_takes_a_value_without_telling_and_has_a_name(qtbot: QtBot, look: Look) -> None:
    fields: list[tuple[FormField, str]] = [
        (LineField(look, "A"), "x"),
        (BlockField(look, "B"), "two\nlines"),
        (FlagField(look, "C"), "yes"),
        (ChoiceField(look, "D", ["one", "two"]), "two"),
    ]
    told: list[str] = []
    for field, value in fields:
        qtbot.addWidget(field)
        field.edited.connect(told.append)
        field.set_value(value)
        assert field.text() == value and field.control.accessibleName() == field.label
    assert told == []


def test_rows_tell_all_rows_and_can_be_moved_and_removed(qtbot: QtBot, look: Look) -> None:
    rows = RowsEditor(
        look, "Answers", [Column("Name"), Column("Passes", flag=True)], lambda all_rows: [f"n{len(all_rows)}", ""]
    )
    qtbot.addWidget(rows)
    told: list[list[list[str]]] = []
    rows.edited.connect(told.append)
    rows.set_rows([["a", "yes"], ["b", ""]])
    assert told == []
    rows.table.setCurrentCell(0, 0)
    rows.move_row(1)
    rows.add_row()
    rows.table.setCurrentCell(0, 0)
    rows.remove_row()
    assert told == [
        [["b", ""], ["a", "yes"]],
        [["b", ""], ["a", "yes"], ["n2", ""]],
        [["a", "yes"], ["n2", ""]],
    ]


def test_a_list_tells_where_a_row_was_dropped_and_moves_nothing_itself(qtbot: QtBot, look: Look) -> None:
    rows = OrderedList(look, "Steps", fixed=1)
    qtbot.addWidget(rows)
    rows.resize(200, 300)
    rows.set_rows([ListRow("", "Whole"), *(ListRow(str(n), f"Step {n}") for n in (1, 2, 3))])
    rows.choose(1)
    moved: list[tuple[int, int]] = []
    rows.moved.connect(lambda at, to: moved.append((at, to)))
    below = QPointF(rows.visualItemRect(rows.item(3)).bottomLeft()) + QPointF(10, -2)
    top = QPointF(10, 2)
    for place in (below, top):
        rows.dropEvent(
            QDropEvent(
                place, Qt.DropAction.MoveAction, QMimeData(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            )
        )
    assert moved == [(1, 3)], "behind the last one; before the first it stands already"
    QTest.keyClick(rows, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert moved[-1] == (1, 2) and [row.text for row in rows.rows()] == ["Whole", "Step 1", "Step 2", "Step 3"]


def test_the_style_is_made_of_the_theme_alone() -> None:
    for theme in (LIGHT, DARK):
        assert theme.primary in desk_style(theme) and "{" in desk_style(theme)
