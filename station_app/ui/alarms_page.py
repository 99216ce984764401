"""The alarms page: what needs somebody, what is shelved, and how many came lately."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from station_app.domain.alarm import Alarm, AlarmState
from station_app.services.station import StationServices
from station_app.ui.alarm_words import alarm_row, by_urgency, counts_per_ten_minutes, source_title, summary_text
from station_app.ui.look import Look
from station_app.ui.page import ALARMS, TRENDS, Page, Saying, ShowAlarm, ShowInstant, Target, Weight
from station_app.ui.shelve_dialog import ShelveDialog, duration_text
from widgets.alarm_list import AlarmList, AlarmTexts
from widgets.bars_card import BarsCard
from widgets.card import Card
from widgets.text import Line
from widgets.theme import CAPITAL_TITLE_MM

REFRESH_MS = 1000
COLUMN_MM = 104.0
MOST_ROWS = 8
EVERY_ROW = 500
SHELVE = "shelve"
SHELVED_ROWS = 3
SHELVED_ROW_MM = 25.0


class AlarmsPage(Page):
    """Alarms of this station by ISA-18.2: acknowledge, shelve with a time and a reason, one touch to the trend."""

    page_id: ClassVar[str] = ALARMS

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.setAccessibleName(self.title)
        self.dialog: ShelveDialog | None = None
        self._summary = Line(look, bold=True, capital_mm=CAPITAL_TITLE_MM)
        self.list = AlarmList(
            look,
            AlarmTexts(
                acknowledge=self.tr("Acknowledge"),
                shelve=self.tr("Shelve"),
                empty=self.tr("No alarms"),
                empty_hint=self.tr(
                    "Lost devices and values beyond their alarm limits appear here. There is nothing to do."
                ),
                more=self.tr("{count} more"),
            ),
            most_rows=MOST_ROWS,
        )
        self.shelved = AlarmList(
            look,
            AlarmTexts(
                shelve=self.tr("Bring back"),
                empty=self.tr("Nothing is shelved"),
                empty_hint="",
                more=self.tr("{count} more"),
            ),
            most_rows=EVERY_ROW,
        )
        self.counts = BarsCard(look, self.tr("Alarms per 10 minutes"), "")
        self._lay_out()
        for listing in (self.list, self.shelved):
            listing.opened.connect(self._show_moment)
        self.list.acknowledged.connect(self._acknowledge)
        self.list.shelve_requested.connect(self.open_shelving)
        self.list.more_pressed.connect(self._show_all)
        self.shelved.shelve_requested.connect(self._bring_back)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self.watch(services.ledger.saved, self.refresh)
        self.refresh()

    @property
    def title(self) -> str:
        """The page's name."""
        return self.tr("Alarms")

    @property
    def help_text(self) -> str:
        """What the answers to an alarm mean."""
        return self.tr(
            "An alarm needs somebody. **Red with a diamond** is urgent, **yellow with a triangle** can wait.\n\n"
            "**Touch the row** to see the trend at that moment.\n\n"
            "**Acknowledge**: you have seen it. It stays until its cause is gone.\n\n"
            "**Shelve** hides it for 5 minutes to 8 hours, with a reason; it comes back by itself. "
            "**Bring back** ends that at once.\n\n"
            "Each answer is recorded with your name."
        )

    def shown(self) -> None:
        """Ages grow."""
        self._timer.start()
        self.refresh()

    def hidden(self) -> None:
        """Nobody looks."""
        self._timer.stop()
        self.list.set_most_rows(MOST_ROWS)

    def show_target(self, target: Target) -> None:
        """Bring an alarm into sight."""
        if not isinstance(target, ShowAlarm):
            return
        self._show_all()
        for listing in (self.list, self.shelved):
            listing.bring_into_sight(target.alarm_id)

    def take_focus(self) -> None:
        """The first alarm's first answer."""
        first = self.list.first_button()
        (first or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def refresh(self) -> None:
        """Bring lists and counts up to date."""
        services = self.services
        now_us = services.ledger.clock.wall_us()
        listed = services.alarms.listed()
        shelved = [alarm for alarm in listed if alarm.state(now_us) is AlarmState.SHELVED]
        open_ones = sorted((alarm for alarm in listed if alarm not in shelved), key=by_urgency)
        self.list.set_alarms([alarm_row(services, alarm) for alarm in open_ones])
        self.shelved.set_alarms([alarm_row(services, alarm) for alarm in shelved])
        self._shelf.setVisible(bool(shelved))
        self.shelved.setFixedHeight(self.look.mm(SHELVED_ROW_MM) * min(len(shelved), SHELVED_ROWS))
        self.counts.set_bars(counts_per_ten_minutes(services))
        self._summary.set_text(summary_text(listed, now_us) or self.tr("No alarms"))

    # --- acting --------------------------------------------------------------------------------------------------

    def _acknowledge(self, alarm_id: str) -> None:
        if self._signed_in():
            self.attempt(lambda: self.services.alarms.acknowledge(alarm_id))

    def open_shelving(self, alarm_id: str) -> None:
        """Ask for how long and why."""
        alarm = self._alarm(alarm_id)
        if alarm is None or not self._signed_in():
            return
        reasons = self.services.library.book.reasons.get(SHELVE) or (self.tr("Being repaired"), self.tr("Other"))
        what = f"{source_title(self.services, alarm.source)}: {alarm.text}"
        dialog = self.dialog = ShelveDialog(self.look, what, reasons)
        dialog.setParent(self.window())
        dialog.shelved.connect(lambda seconds, reason: self._shelve(alarm_id, seconds, reason))
        dialog.dismissed.connect(dialog.deleteLater)
        dialog.dismissed.connect(self.take_focus)
        dialog.open_on(self.window())

    def _shelve(self, alarm_id: str, seconds: int, reason: str) -> None:
        text = self.tr("Shelved for {time}.").format(time=duration_text(seconds))
        self.attempt(
            lambda: self.services.alarms.shelve(alarm_id, seconds, reason),
            lambda _rows: self.says.emit(Saying(Weight.NOTE, text)),
        )

    def _bring_back(self, alarm_id: str) -> None:
        if self._signed_in():
            self.attempt(lambda: self.services.alarms.unshelve(alarm_id))

    def _signed_in(self) -> bool:
        """Whether a person answers; else the sign-in is asked for, and the answer is pressed again."""
        if self.services.people.person is not None:
            return True
        self.wants_action.emit("sign_in")
        return False

    def _show_moment(self, alarm_id: str) -> None:
        alarm = self._alarm(alarm_id)
        if alarm is not None:
            tag = alarm.source if alarm.source in self.services.tag_views else ""
            self.wants_page.emit(TRENDS, ShowInstant(alarm.since_us / 1e6, tag))

    def _show_all(self) -> None:
        self.list.set_most_rows(EVERY_ROW)
        self.refresh()

    def _alarm(self, alarm_id: str) -> Alarm | None:
        return self.services.ledger.fold.alarms.alarms.get(alarm_id)

    def _lay_out(self) -> None:
        look = self.look
        left = QVBoxLayout()
        left.setSpacing(look.mm(3.4))
        left.addWidget(self._summary)
        left.addWidget(self.list, 1)
        self._shelf = Card(look, self.tr("Shelved"))
        self._shelf.body.addWidget(self.shelved)
        left.addWidget(self._shelf)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(look.mm(4))
        right.addWidget(self.counts)
        right.addStretch(1)
        column = QWidget()
        column.setLayout(right)
        column.setFixedWidth(look.mm(COLUMN_MM))
        layout = QHBoxLayout(self)
        edge = look.mm(5)
        layout.setContentsMargins(edge, edge, edge, edge)
        layout.setSpacing(look.mm(5))
        layout.addLayout(left, 1)
        layout.addWidget(column)
