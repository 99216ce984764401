"""The keypad beside the checks of a step: its keys go to the reading that is next."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QSizePolicy

from station_app.ui.look import Look
from widgets.keypad import Keypad, KeypadTexts
from widgets.number_entry import NumberEntry

translate = QCoreApplication.translate

OnEntry = Callable[[Callable[[NumberEntry], object]], None]
"""Does something to the entry of the reading that is next; nothing when there is none."""


def entry_keypad(look: Look, on_entry: OnEntry, *, with_enter: bool = True) -> Keypad:
    """A keypad as wide as it is given. The entry is asked for with every key: the next one may be another check's."""
    texts = KeypadTexts(
        clear_name=translate("entry_keypad", "Clear"),
        backspace_name=translate("entry_keypad", "Backspace"),
        sign_name=translate("entry_keypad", "Plus or minus"),
        enter=translate("entry_keypad", "Enter"),
    )
    keypad = Keypad(look, texts, with_enter=with_enter)
    keypad.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    keypad.key.connect(lambda key: on_entry(lambda entry: entry.press(key)))
    keypad.sign.connect(lambda: on_entry(NumberEntry.toggle_sign))
    keypad.backspace.connect(lambda: on_entry(NumberEntry.backspace))
    keypad.clear.connect(lambda: on_entry(NumberEntry.clear))
    keypad.entered.connect(lambda: on_entry(NumberEntry.enter))
    return keypad
