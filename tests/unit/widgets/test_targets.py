"""What a gloved finger has to hit is 20 mm, in every widget that brings buttons of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from widgets.alarm_list import AlarmList, AlarmRow, AlarmTexts
from widgets.buttons import BigButton
from widgets.keypad import Keypad
from widgets.message_banner import BannerKind, MessageBanner
from widgets.sign_in import SignIn
from widgets.station_tile import Severity
from widgets.theme import TARGET_MM, Look
from widgets.top_bar import TopBar


def banner(look: Look) -> QWidget:
    made = MessageBanner(look, "Close")
    made.show_message(BannerKind.WARNING, "It failed.", "Nothing was lost.", "Try again.", "Ask again")
    return made


def flood(look: Look) -> QWidget:
    made = AlarmList(look, AlarmTexts(), most_rows=1)
    made.set_alarms([AlarmRow(str(n), Severity.WARNING, "Press", "does not answer", "08:41") for n in range(3)])
    return made


def bar(look: Look) -> QWidget:
    made = TopBar(look)
    made.set_station("ASM-10")
    return made


@pytest.mark.parametrize("build", [banner, flood, bar, SignIn, Keypad], ids=lambda build: build.__name__)
def test_every_button_is_large_enough_for_gloves(
    any_look: Look, qtbot: QtBot, build: Callable[[Look], QWidget]
) -> None:
    widget = build(any_look)
    qtbot.addWidget(widget)
    widget.resize(any_look.mm(300), max(widget.sizeHint().height(), any_look.mm(20)))
    widget.show()
    qtbot.waitExposed(widget)
    buttons = [button for button in widget.findChildren(BigButton) if button.isVisible()]
    least = any_look.mm(TARGET_MM)
    assert buttons and [(b.caption(), b.size()) for b in buttons if min(b.width(), b.height()) < least] == []
