"""The alarms page: what needs somebody, what is shelved or out of service, how many came lately, and the journal."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from station_app.domain.alarm import Alarm, AlarmState
from station_app.domain.alarm_search import AlarmEntry
from station_app.services.signal_alarms import newest_point
from station_app.services.station import StationServices
from station_app.ui.alarm_answering import AlarmAnswering
from station_app.ui.alarm_journal_view import AlarmJournalView
from station_app.ui.alarm_words import (
    alarm_row,
    by_urgency,
    counts_by_priority,
    counts_per_ten_minutes,
    disabled_row,
    link_of,
    rate_text,
    summary_text,
    summed_up,
)
from station_app.ui.look import Look
from station_app.ui.page import (
    ALARMS,
    RECORDS,
    SETTINGS,
    SPC,
    TRENDS,
    Page,
    Saying,
    ShowAlarm,
    ShowChart,
    ShowInstant,
    ShowUnit,
    Target,
    Weight,
)
from widgets.alarm_list import AlarmList, AlarmTexts
from widgets.bars_card import BarsCard
from widgets.buttons import BigButton
from widgets.card import Card
from widgets.text import Line
from widgets.theme import CAPITAL_NOTE_MM, CAPITAL_TITLE_MM, TARGET_MM

REFRESH_MS = 1000
COLUMN_MM = 104.0
MOST_ROWS = 8
STEP_ROWS = 50
"""So many more are listed with each touch of the line that sums up the rest."""
MOST_LISTED = 200
"""More rows than these are drawn by no screen's toolkit and read by nobody; the journal finds every alarm."""
SHELVED_ROWS = 2
SHELVED_ROW_MM = 27.4


class AlarmsPage(Page):
    """Alarms of this station by ISA-18.2: acknowledge, shelve, take out of service, silence; one touch to the trend."""

    page_id: ClassVar[str] = ALARMS

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(services, look, parent)
        self.setAccessibleName(self.title)
        self.answering = AlarmAnswering(self, self._follow)
        self._listed = 0
        self._sought = ""
        self._summary = Line(look, bold=True, capital_mm=CAPITAL_TITLE_MM)
        self._make_lists()
        self.counts = BarsCard(look, self.tr("Per 10 minutes"), "")
        self.priorities = BarsCard(look, self.tr("By priority"), "")
        self.journal = AlarmJournalView(services, look)
        self._make_head()
        self._lay_out()
        self._connect()
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self.watch(services.ledger.saved, self.refresh)
        self.refresh()

    def _make_lists(self) -> None:
        self.list = AlarmList(
            self.look,
            AlarmTexts(
                acknowledge=self.tr("Acknowledge"),
                shelve=self.tr("Shelve"),
                details=self.tr("More"),
                empty=self.tr("There is nothing to do"),
                empty_hint=self.tr("Lost devices and values beyond their alarm limits appear here."),
                more=self.tr("{count} more"),
            ),
            most_rows=MOST_ROWS,
        )
        self.shelved = AlarmList(
            self.look,
            AlarmTexts(
                shelve=self.tr("Bring back"),
                empty=self.tr("Nothing is shelved"),
                empty_hint="",
                more=self.tr("{count} more"),
            ),
            most_rows=MOST_LISTED,
        )

    def _make_head(self) -> None:
        self.silence = BigButton(self.look, self.tr("Silence the horn"), size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
        self.now_tab, self.journal_tab = (
            BigButton(self.look, text, size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
            for text in (self.tr("Now"), self.tr("Journal"))
        )
        self._tabs = QButtonGroup(self)
        for place, tab in enumerate((self.now_tab, self.journal_tab)):
            tab.setCheckable(True)
            tab.setMinimumWidth(self.look.mm(40))
            self._tabs.addButton(tab, place)
        self.now_tab.setChecked(True)

    def _connect(self) -> None:
        for listing in (self.list, self.shelved):
            listing.opened.connect(self._follow)
        self.list.acknowledged.connect(self.answering.acknowledge)
        self.list.shelve_requested.connect(self.answering.open_shelving)
        self.list.details_requested.connect(self.answering.open_details)
        self.list.more_pressed.connect(self._show_more)
        self.shelved.shelve_requested.connect(self.answering.bring_back)
        self.silence.clicked.connect(self.answering.silence)
        self.now_tab.clicked.connect(self.show_now)
        self.journal_tab.clicked.connect(self.show_journal)
        self.journal.moment_wanted.connect(self._show_entry)
        self.journal.unit_wanted.connect(lambda serial: self.wants_page.emit(RECORDS, ShowUnit(serial)))
        self.journal.says.connect(self.says)

    @property
    def title(self) -> str:
        """The page's name."""
        return self.tr("Alarms")

    @property
    def help_text(self) -> str:
        """What the answers to an alarm mean."""
        return self.tr(
            "An alarm needs somebody. **Red with a diamond** is urgent, **yellow with a triangle** can wait; the letter is its "
            "priority: Critical, High, Medium, Low. A filled mark has not been seen yet.\n\n"
            "**Touch the row** to see the trend at that moment, the unit or the device.\n\n"
            "**Acknowledge**: you have seen it. It stays until its cause is gone.\n\n"
            "**Shelve** hides it for the time that you choose, with a reason; it comes back by itself. "
            "**Bring back** ends that at once.\n\n"
            "**More** says what to do, asks for maintenance, or takes the alarm out of service (supervisors).\n\n"
            "**Silence the horn** stops its sound, not the alarm; a new alarm sounds again.\n\n"
            "**Journal** finds every alarm of the past.\n\n"
            "Each answer is recorded with your name."
        )

    def shown(self) -> None:
        """Ages grow."""
        self._timer.start()
        self.refresh()

    def hidden(self) -> None:
        """Nobody looks."""
        self._timer.stop()
        self._listed, self._sought = 0, ""

    def show_target(self, target: Target) -> None:
        """Bring an alarm into sight."""
        if not isinstance(target, ShowAlarm):
            return
        self.show_now()
        # it is listed above the others, however many there are
        self._sought = target.alarm_id
        self._show_more()
        for listing in (self.list, self.shelved):
            listing.bring_into_sight(target.alarm_id)

    def show_now(self) -> None:
        """The alarms there are."""
        self.now_tab.setChecked(True)
        self._parts.setCurrentIndex(0)

    def show_journal(self) -> None:
        """The alarms there were."""
        self.journal_tab.setChecked(True)
        self._parts.setCurrentWidget(self.journal)
        self.journal.search()
        self.journal.text.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_back(self) -> bool:
        """Esc leaves the journal."""
        if self._parts.currentIndex() == 0:
            return False
        self.show_now()
        return True

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
        hidden = {alarm.alarm_id for alarm in shelved}
        open_ones = sorted((alarm for alarm in listed if alarm.alarm_id not in hidden), key=by_urgency)
        self._draw_open(open_ones)
        disabled = services.alarms.out_of_service()
        rows = [alarm_row(services, alarm) for alarm in shelved] + [disabled_row(services, entry) for entry in disabled]
        self.shelved.set_alarms(rows)
        self._shelf.setVisible(bool(rows))
        self._shelf.set_title(self.tr("Shelved, out of service") if disabled else self.tr("Shelved"))
        self._shelf.set_note(str(len(rows)) if len(rows) > SHELVED_ROWS else "")
        self.shelved.setFixedHeight(self.look.mm(SHELVED_ROW_MM) * min(len(rows), SHELVED_ROWS))
        self.counts.set_bars(counts_per_ten_minutes(services))
        self.counts.set_note(rate_text(services))
        self.priorities.set_bars(counts_by_priority(open_ones))
        self.silence.setVisible(bool(services.alarms.sounding()))
        self._summary.set_text(summary_text(listed, now_us) or self.tr("No alarms"))

    def _draw_open(self, open_ones: list[Alarm]) -> None:
        """The first alarms, or in a flood one of each origin with those that followed summed up."""
        services = self.services
        most = self._listed or MOST_ROWS
        entries = [(alarm, 0) for alarm in sorted(open_ones, key=lambda alarm: alarm.alarm_id != self._sought)]
        if services.alarms.is_flood and not self._listed and len(open_ones) > MOST_ROWS:
            entries = summed_up(services, open_ones)
        rows = [alarm_row(services, alarm, followers) for alarm, followers in entries[:most]]
        self.list.set_most_rows(most)
        self.list.set_alarms(rows, len(open_ones) - len(rows))

    # --- following -----------------------------------------------------------------------------------------------

    def _follow(self, alarm_id: str) -> None:
        """The one link of an alarm."""
        alarm = self.answering.alarm(alarm_id)
        if alarm is None:
            return
        link = link_of(self.services, alarm)
        if link == "record":
            self.wants_page.emit(RECORDS, ShowUnit(alarm.serial))
        elif link == "chart":
            point = newest_point(self.services.quality.control, alarm)
            self.wants_page.emit(SPC, ShowChart(alarm.source, point))
        elif link == "device":
            self.wants_page.emit(SETTINGS, None)
        else:
            self._show_moment(alarm.source, alarm.since_us)

    def _show_entry(self, entry: AlarmEntry) -> None:
        self._show_moment(entry.source, entry.at_us)

    def _show_moment(self, source: str, at_us: int) -> None:
        tag = source if source in self.services.tag_views else ""
        self.wants_page.emit(TRENDS, ShowInstant(at_us / 1e6, tag))

    def _show_more(self) -> None:
        if self._listed == MOST_LISTED:
            self.says.emit(
                Saying(
                    Weight.NOTE,
                    self.tr("No more than {n} alarms are listed at once.").format(n=MOST_LISTED),
                    self.tr("All of them are counted."),
                    self.tr("Answer the first ones, or find one in the journal."),
                )
            )
            return
        self._listed = min(MOST_LISTED, self._listed + STEP_ROWS)
        self.refresh()

    # --- laying out ----------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        look = self.look
        head = QHBoxLayout()
        head.setSpacing(look.mm(3))
        head.addWidget(self._summary, 1)
        for button in (self.silence, self.now_tab, self.journal_tab):
            head.addWidget(button)
        self._shelf = Card(look, self.tr("Shelved"))
        self._shelf.body.addWidget(self.shelved)
        left = QVBoxLayout()
        left.setSpacing(look.mm(3.4))
        left.addWidget(self.list, 1)
        left.addWidget(self._shelf)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(look.mm(4))
        right.addWidget(self.counts)
        right.addWidget(self.priorities)
        right.addStretch(1)
        column = QWidget()
        column.setLayout(right)
        column.setFixedWidth(look.mm(COLUMN_MM))
        now = QWidget()
        sides = QHBoxLayout(now)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(look.mm(5))
        sides.addLayout(left, 1)
        sides.addWidget(column)
        self._parts = QStackedWidget()
        self._parts.addWidget(now)
        self._parts.addWidget(self.journal)
        layout = QVBoxLayout(self)
        edge = look.mm(5)
        layout.setContentsMargins(edge, look.mm(3), edge, edge)
        layout.setSpacing(look.mm(3))
        layout.addLayout(head)
        layout.addWidget(self._parts, 1)
