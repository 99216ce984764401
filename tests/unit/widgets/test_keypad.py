"""Keypad and number entry: the text stays exactly as typed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from widgets.keypad import Keypad
from widgets.number_entry import LONGEST_ENTRY, NumberEntry
from widgets.theme import Look


def test_keys_are_20_mm_or_more(any_look: Look, qtbot: QtBot) -> None:
    pad = Keypad(any_look)
    qtbot.addWidget(pad)
    pad.resize(pad.sizeHint())
    pad.show()
    for name in (*"0123456789.", "sign", "clear", "backspace", "enter"):
        button = pad.button(name)
        assert button.height() >= any_look.mm(20), name
        assert button.width() >= any_look.mm(20), name
        assert button.accessibleName(), name
        assert not button.is_shortened(), name


def test_the_pad_writes_into_the_entry(look: Look, qtbot: QtBot) -> None:
    pad, entry = Keypad(look), NumberEntry(look, "mm")
    for widget in (pad, entry):
        qtbot.addWidget(widget)
    pad.attach(entry)
    for name in ("1", "2", ".", "4", "0", "backspace", "sign"):
        QTest.mouseClick(pad.button(name), Qt.MouseButton.LeftButton)
    assert entry.text() == "-12.4"
    pad.button("sign").click()
    assert entry.text() == "12.4"
    with qtbot.waitSignal(entry.entered) as entered:
        pad.button("enter").click()
    assert entered.args == ["12.4"]
    pad.button("clear").click()
    assert entry.text() == ""


def test_touching_a_key_leaves_the_focus_in_the_field(look: Look, qtbot: QtBot) -> None:
    pad = Keypad(look)
    qtbot.addWidget(pad)
    policies = {pad.button(name).focusPolicy() for name in "0123456789"}
    assert policies == {Qt.FocusPolicy.TabFocus}


def test_a_pin_pad_has_digits_backspace_and_clear_only(look: Look, qtbot: QtBot) -> None:
    pad = Keypad(look, digits_only=True, with_enter=False)
    qtbot.addWidget(pad)
    pressed: list[str] = []
    pad.key.connect(pressed.append)
    for digit in "0123456789":
        pad.button(digit).click()
    assert pressed == list("0123456789")


def test_only_characters_of_numbers_are_taken_and_kept_as_typed(look: Look, qtbot: QtBot) -> None:
    entry = NumberEntry(look)
    qtbot.addWidget(entry)
    QTest.keyClicks(entry, "a+0 12,50x.e-3")
    assert entry.text() == "+012,50.-3"
    entry.set_flagged(True)
    assert entry.is_flagged
    QTest.keyClick(entry, Qt.Key.Key_Backspace)
    assert not entry.is_flagged


def test_a_gauge_reading_is_replaced_by_the_next_key(look: Look, qtbot: QtBot) -> None:
    entry = NumberEntry(look)
    qtbot.addWidget(entry)
    entry.set_text("0.1250")
    assert entry.text() == "0.1250"
    QTest.keyClicks(entry, "3")
    assert entry.text() == "3"
    QTest.keyClick(entry, Qt.Key.Key_Delete)
    assert entry.text() == ""


def test_an_entry_has_an_end(look: Look, qtbot: QtBot) -> None:
    entry = NumberEntry(look)
    qtbot.addWidget(entry)
    QTest.keyClicks(entry, "1" * 60)
    assert len(entry.text()) == LONGEST_ENTRY
    entry.resize(entry.minimumSizeHint())
    entry.grab()


def test_other_keys_go_on_to_the_page(look: Look, qtbot: QtBot) -> None:
    entry = NumberEntry(look)
    qtbot.addWidget(entry)
    seen: list[int] = []

    class Page(NumberEntry):
        def keyPressEvent(self, event: object) -> None:
            seen.append(event.key())  # type: ignore[attr-defined]  # a QKeyEvent

    page = Page(look)
    qtbot.addWidget(page)
    entry.setParent(page)
    QTest.keyClick(entry, Qt.Key.Key_F2)
    assert seen == [Qt.Key.Key_F2.value]
