"""Everything about one alarm in a panel: what it means, what to do, and every answer to it, each one press away."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy

from station_app.domain.alarm import Alarm
from station_app.services.station import StationServices
from station_app.ui.alarm_words import guidance, link_of, link_title, priority_title, source_title
from station_app.ui.look import Look
from station_app.ui.wording import age_text
from widgets.buttons import BigButton
from widgets.choice_dialog import Choice, ChoiceDialog
from widgets.overlay import Overlay
from widgets.text import Line
from widgets.theme import CAPITAL_HEADING_MM, CAPITAL_NOTE_MM, FREQUENT_TARGET_MM

translate = QCoreApplication.translate

LINK, ASK, SHELVE, DISABLE = "link", "ask", "shelve", "disable"
WIDTH_MM = 230.0
NAMES_MM = 66.0


class AlarmDetails(Overlay):
    """``chosen(action)``: LINK, ASK, SHELVE or DISABLE; the panel goes away before."""

    chosen = Signal(str)

    def __init__(self, services: StationServices, look: Look, alarm: Alarm) -> None:
        super().__init__(look, width_mm=WIDTH_MM)
        title = f"{source_title(services, alarm.source)}: {alarm.text}"
        self.setAccessibleName(title)
        self.content.addWidget(self._text(title, bold=True))
        table = QGridLayout()
        table.setHorizontalSpacing(look.mm(4))
        table.setVerticalSpacing(look.mm(2.4))
        table.setColumnMinimumWidth(0, look.mm(NAMES_MM))
        table.setColumnStretch(1, 1)
        for row, (name, words) in enumerate(facts_of(services, alarm)):
            label = Line(look, name, bold=True, color="second", capital_mm=CAPITAL_NOTE_MM)
            table.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            table.addWidget(self._text(words), row, 1)
        self.content.addLayout(table)
        self._buttons: dict[str, BigButton] = {}
        grid = QGridLayout()
        grid.setSpacing(look.mm(4))
        link = translate("alarms", "Show: {where}").format(where=link_title(link_of(services, alarm)))
        asked = (
            translate("alarms", "Maintenance asked for")
            if alarm.asked_by
            else translate("alarms", "Ask for maintenance")
        )
        for place, (action, text) in enumerate(
            (
                (LINK, link),
                (ASK, asked),
                (SHELVE, translate("alarms", "Shelve")),
                (DISABLE, translate("alarms", "Out of service")),
            )
        ):
            button = BigButton(look, text, size_mm=FREQUENT_TARGET_MM)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(lambda _checked=False, name=action: self._choose(name))
            grid.addWidget(button, place // 2, place % 2)
            self._buttons[action] = button
        self._buttons[ASK].setEnabled(not alarm.asked_by)
        self.content.addLayout(grid)
        close = BigButton(look, translate("alarms", "Close"))
        close.clicked.connect(self.dismiss)
        self.content.addWidget(close)

    def button(self, action: str) -> BigButton:
        """The button of an action."""
        return self._buttons[action]

    def _choose(self, action: str) -> None:
        self.dismiss()
        self.chosen.emit(action)

    def _text(self, text: str, bold: bool = False) -> QLabel:
        label = QLabel(text)
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setFont(self.look.bold(CAPITAL_HEADING_MM * 0.75) if bold else self.look.font(CAPITAL_NOTE_MM + 0.4))
        label.setStyleSheet(f"color: {self.look.theme.text};")
        return label


def facts_of(services: StationServices, alarm: Alarm) -> list[tuple[str, str]]:
    """(name, words) of what is known of an alarm: its rationalisation where there is one (ISA-18.2)."""
    rule = services.alarms.rule(alarm)
    priority = priority_title(alarm.priority)
    if rule is not None and rule.alarm_class:
        priority = f"{priority} · {rule.alarm_class}"
    facts = [
        (translate("alarms", "Priority"), priority),
        (translate("alarms", "What to do"), guidance(services, alarm)),
    ]
    if rule is None:
        return facts
    if rule.respond_s:
        facts.append((translate("alarms", "Answer within"), age_text(rule.respond_s)))
    if rule.consequence:
        facts.append((translate("alarms", "If nobody does anything"), rule.consequence))
    if rule.stops_step:
        facts.append(
            (
                translate("alarms", "The work"),
                translate("alarms", "The step in work does not go on while it is active."),
            )
        )
    return facts


def disable_dialog(look: Look, what: str, reasons: tuple[str, ...]) -> ChoiceDialog:
    """``chosen(reason, words)``: the alarm is to be taken out of service."""
    return ChoiceDialog(
        look,
        translate("alarms", "Out of service: why?"),
        [Choice(reason, reason) for reason in reasons],
        translate("alarms", "Out of service"),
        translate("alarms", "Cancel"),
        translate("alarms", "{alarm}. It is not raised again until somebody puts it into service.").format(alarm=what),
        translate("alarms", "A few words, if they help"),
    )
