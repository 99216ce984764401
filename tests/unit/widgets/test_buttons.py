"""Big buttons: size, keys, busy state, names."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.buttons import BigButton, ButtonKind
from widgets.shapes import Shape
from widgets.theme import FREQUENT_TARGET_MM, Look


def test_a_frequent_button_is_25_mm_high_and_wide(any_look: Look, qtbot: QtBot) -> None:
    button = BigButton(any_look, "OK")
    qtbot.addWidget(button)
    wanted = any_look.mm(FREQUENT_TARGET_MM)
    assert button.minimumWidth() >= wanted
    assert button.sizeHint().height() >= wanted


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter])
def test_space_and_enter_press_it(look: Look, qtbot: QtBot, key: Qt.Key) -> None:
    button = BigButton(look, "Next", ButtonKind.PRIMARY)
    qtbot.addWidget(button)
    with qtbot.waitSignal(button.clicked, timeout=500):
        QTest.keyClick(button, key)


def test_a_held_button_looks_as_before_and_takes_neither_key_nor_touch(look: Look, qtbot: QtBot) -> None:
    button, presses = BigButton(look, "Enter", ButtonKind.PRIMARY), list[int]()
    button.clicked.connect(lambda: presses.append(1))
    qtbot.addWidget(button)
    button.show()
    before = button.grab().toImage()
    button.set_held(True)
    QTest.keyClick(button, Qt.Key.Key_Return)
    QTest.keyClick(button, Qt.Key.Key_Space)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    button.click()
    assert (presses, button.is_busy, button.caption()) == ([], True, "Enter")
    assert button.grab().toImage() == before
    button.set_held(False)
    button.click()
    assert presses == [1]


def test_a_busy_button_says_so_and_takes_neither_key_nor_touch(look: Look, qtbot: QtBot) -> None:
    button = BigButton(look, "Next", ButtonKind.PRIMARY)
    qtbot.addWidget(button)
    button.show()
    presses: list[int] = []
    button.clicked.connect(lambda: presses.append(1))
    button.set_busy("Saving…")
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Return):
        QTest.keyClick(button, key)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    button.click()
    assert (presses, button.caption(), button.is_busy) == ([], "Saving…", True)
    button.set_busy("")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (presses, button.caption()) == ([1], "Next")


def test_the_text_is_whole_at_its_natural_and_smallest_size(any_look: Look, qtbot: QtBot) -> None:
    for text in ("Report nonconformance", "Next is blocked", "Measure again"):
        button = BigButton(any_look, text, shape=Shape.DIAMOND)
        qtbot.addWidget(button)
        for size in (button.sizeHint(), button.minimumSizeHint()):
            button.resize(size)
            assert not button.is_shortened()


def test_a_text_far_too_long_is_known_to_be_cut(look: Look, qtbot: QtBot) -> None:
    button = BigButton(look, "A text that does not fit into such a small button")
    qtbot.addWidget(button)
    button.resize(100, 92)
    assert button.is_shortened()


def test_the_focus_is_visible(look: Look, qtbot: QtBot) -> None:
    for kind in ButtonKind:
        button = BigButton(look, "Next", kind)
        qtbot.addWidget(button)
        button.show()
        button.clearFocus()
        without = button.grab().toImage()
        button.setFocus()
        qtbot.waitUntil(button.hasFocus)
        assert button.grab().toImage() != without, kind


def test_ampersands_are_text_and_names_are_spoken(look: Look, qtbot: QtBot) -> None:
    button = BigButton(look, "Nuts & bolts")
    qtbot.addWidget(button)
    assert button.caption() == "Nuts & bolts"
    assert button.accessibleName() == "Nuts & bolts"
    button.set_text("", "Backspace")
    assert button.accessibleName() == "Backspace"


def test_what_was_chosen_is_told_from_what_was_not_when_both_are_fixed(any_look: Look, qtbot: QtBot) -> None:
    lightness = []
    for chosen in (True, False):
        button = BigButton(any_look, "", shape=Shape.CHECK)
        qtbot.addWidget(button)
        button.setCheckable(True)
        button.setChecked(chosen)
        button.setEnabled(False)
        lightness.append(_luminance(button.grab().toImage().pixelColor(button.width() // 2, button.height() // 6)))
    dark, light = sorted(lightness)
    assert (light + 0.05) / (dark + 0.05) >= 3.0, "WCAG 2.2, 1.4.11: 3:1 between the states of a control"


def _luminance(color: QColor) -> float:
    """Relative luminance of a colour, 0 to 1 (WCAG 2.2)."""
    shares = ((color.redF(), 0.2126), (color.greenF(), 0.7152), (color.blueF(), 0.0722))
    return sum(share * (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4) for c, share in shares)
