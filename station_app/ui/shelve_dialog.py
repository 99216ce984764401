"""Shelving an alarm: for how long, and why. Two touches and a confirmation."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy

from station_app.ui.look import Look
from widgets.buttons import BigButton
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.text import Line
from widgets.theme import CAPITAL_NOTE_MM, FREQUENT_TARGET_MM

translate = QCoreApplication.translate

DURATIONS_S = (300, 1800, 7200, 28800)


def duration_text(seconds: int) -> str:
    """ "5 min", "2 h"."""
    return f"{seconds / 3600:g} h" if seconds >= 3600 else f"{seconds // 60} min"


class ShelveDialog(ChoiceDialog):
    """``shelved(seconds, reason)``; the shortest time is chosen beforehand, the longest is what the station allows."""

    shelved = Signal(int, str)

    def __init__(self, look: Look, what: str, reasons: Sequence[str], most_s: float = DURATIONS_S[-1]) -> None:
        super().__init__(
            look,
            translate("alarms", "Shelve: why?"),
            [Choice(reason, reason) for reason in reasons],
            translate("alarms", "Shelve"),
            translate("alarms", "Cancel"),
            translate("alarms", "{alarm}. It is hidden for the time chosen, then it comes back.").format(alarm=what),
            translate("alarms", "A few words, if they help"),
        )
        self._times = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(look.mm(4))
        durations = [*(seconds for seconds in DURATIONS_S if seconds < most_s), int(most_s)]
        for seconds in durations:
            button = BigButton(look, duration_text(seconds), size_mm=FREQUENT_TARGET_MM)
            button.setCheckable(True)
            button.setChecked(seconds == durations[0])
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            self._times.addButton(button, seconds)
            row.addWidget(button)
        foot = self.content.count() - 1
        self.content.insertWidget(
            foot, Line(look, translate("alarms", "For how long?"), bold=True, capital_mm=CAPITAL_NOTE_MM + 0.4)
        )
        self.content.insertLayout(foot + 1, row)
        self.chosen.connect(self._confirmed)

    def duration_button(self, seconds: int) -> BigButton:
        """The button of a duration."""
        button = self._times.button(seconds)
        assert isinstance(button, BigButton)
        return button

    def _confirmed(self, reason: str, words: str) -> None:
        self.shelved.emit(self._times.checkedId(), f"{reason}: {words}" if words else reason)
