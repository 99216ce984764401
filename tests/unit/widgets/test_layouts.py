from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from widgets.layouts import clear, scrolled


def test_what_stood_in_a_layout_is_hidden_at_once_and_deleted_then(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    label = QLabel("A")
    layout.addWidget(label)
    layout.addStretch(1)
    layout.addLayout(QHBoxLayout())
    window.show()
    assert label.isVisible()
    with qtbot.waitSignal(label.destroyed):
        clear(layout)
        assert layout.count() == 0 and not label.isVisible()


def test_what_scrolls_takes_no_keys_and_has_no_ground_of_its_own(qtbot: QtBot) -> None:
    inner = QWidget()
    area = scrolled(inner)
    qtbot.addWidget(area)
    inner.setMinimumSize(900, 900)
    area.resize(300, 300)
    area.show()
    assert area.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert not inner.autoFillBackground() and not area.viewport().autoFillBackground()
    assert area.verticalScrollBar().maximum() > 0 and not area.horizontalScrollBar().isVisible()
