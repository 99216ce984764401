from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.row_view import CURRENT_ROLE, ROW_ROLE, RowModel


@pytest.fixture
def model(qtbot: QtBot) -> Iterator[RowModel[str]]:
    owner = QWidget()
    qtbot.addWidget(owner)
    model = RowModel[str](owner, str.title, lambda row: f"spoken {row}")
    model.replace(["a", "b", "c"])
    yield model


def painted_again(model: RowModel[str]) -> list[int]:
    """The rows that are told as changed from now on."""
    told: list[int] = []

    def changed(first: QModelIndex, last: QModelIndex) -> None:
        told.extend(range(first.row(), last.row() + 1))

    model.dataChanged.connect(changed)
    return told


def test_a_row_is_shown_spoken_and_itself(model: RowModel[str]) -> None:
    index = model.index(1)
    assert index.data(Qt.ItemDataRole.DisplayRole) == "B"
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "spoken b"
    assert index.data(ROW_ROLE) == "b" and index.data(CURRENT_ROLE) is False


def test_only_rows_that_differ_are_painted_again(model: RowModel[str]) -> None:
    told = painted_again(model)
    model.replace(["a", "x", "c"])
    assert told == [1]
    model.set_current(2)
    model.set_current(0)
    assert told == [1, 2, 2, 0] and model.index(0).data(CURRENT_ROLE) is True


def test_another_number_of_rows_is_another_list(model: RowModel[str], qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.modelReset):
        model.replace(["a"])
    assert model.rowCount() == 1 and model.rows == ("a",)
