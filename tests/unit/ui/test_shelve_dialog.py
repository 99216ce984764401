"""Shelving an alarm: the times that are offered end with the longest that the station allows."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from station_app.ui.look import sized_look
from station_app.ui.shelve_dialog import ShelveDialog
from widgets.buttons import BigButton


@pytest.mark.parametrize(
    ("allowed_h", "offered"),
    [
        (8, ["5 min", "30 min", "2 h", "8 h"]),
        (24, ["5 min", "30 min", "2 h", "8 h", "24 h"]),
        (1, ["5 min", "30 min", "1 h"]),
        (0.1, ["5 min", "6 min"]),
    ],
)
def test_the_longest_time_is_what_the_station_allows(qtbot: QtBot, allowed_h: float, offered: list[str]) -> None:
    dialog = ShelveDialog(sized_look("light", "en", 1920, 1080), "Press lost", ["Being repaired"], allowed_h * 3600)
    qtbot.addWidget(dialog)
    times = [
        button for button in dialog.findChildren(BigButton) if button.isCheckable() and button.caption() in offered
    ]
    assert [button.caption() for button in times] == offered
    assert times[0].isChecked()
