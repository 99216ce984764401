"""The alarm journal on the alarms page: a search, its pages, and the way from each line to the trend and the unit."""

from __future__ import annotations

import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from station_app.domain.alarm_rule import PRIORITIES
from station_app.domain.alarm_search import AlarmEntry, AlarmSearch, Place
from station_app.services.alarm_journal import AlarmPage
from station_app.services.ports import JournalError
from station_app.services.posting import when_done
from station_app.services.station import StationServices
from station_app.ui.alarm_journal_words import journal_row
from station_app.ui.alarm_words import priority_title
from station_app.ui.look import Look
from station_app.ui.page import Saying, Weight
from widgets.buttons import BigButton
from widgets.journal_list import JournalList
from widgets.text import Line
from widgets.theme import CAPITAL_BODY_MM, CAPITAL_NOTE_MM, TARGET_MM

HOUR_S = 3600
SPANS_S = (HOUR_S, 8 * HOUR_S, 24 * HOUR_S, 7 * 24 * HOUR_S, 0)
USUAL_SPAN_S = 24 * HOUR_S
MOST_TEXT = 100


class AlarmJournalView(QWidget):
    """``moment_wanted(entry)`` and ``unit_wanted(serial)``: follow a line; ``says(saying)``: something was done or failed."""

    moment_wanted = Signal(object)
    unit_wanted = Signal(str)
    says = Signal(object)

    def __init__(self, services: StationServices, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._services, self._look = services, look
        self._entries: dict[str, AlarmEntry] = {}
        self._pages: list[Place | None] = [None]
        self._asked = 0
        self.text = QLineEdit()
        self.text.setPlaceholderText(self.tr("Text, tag, person, unit or order"))
        self.text.setAccessibleName(self.text.placeholderText())
        self.text.setFont(look.font(CAPITAL_BODY_MM))
        self.text.setMaxLength(MOST_TEXT)
        self.text.setFixedHeight(look.mm(TARGET_MM))
        self.text.returnPressed.connect(self.search)
        self.find_button = self._button(self.tr("Search"), self.search)
        self.export_button = self._button(self.tr("Export CSV"), self._export)
        self.older = self._button(self.tr("Older"), self._older)
        self.newer = self._button(self.tr("Newer"), self._newer)
        self._spans = self._choices([self._span_text(seconds) for seconds in SPANS_S], SPANS_S.index(USUAL_SPAN_S))
        self._priorities = self._choices([priority_title(p) for p in PRIORITIES], None)
        self._count = Line(look, color="second", capital_mm=CAPITAL_NOTE_MM)
        self.list = JournalList(look)
        self.list.opened.connect(lambda row_id: self.moment_wanted.emit(self._entries[row_id]))
        self.list.link_opened.connect(lambda row_id: self.unit_wanted.emit(self._entries[row_id].serial))
        self._lay_out()

    def search(self) -> None:
        """Look for what is typed and chosen, from the newest on."""
        self._pages = [None]
        self._ask()

    def wanted(self) -> AlarmSearch:
        """What is looked for."""
        span_s = SPANS_S[self._spans.checkedId()]
        now_us = self._services.ledger.clock.wall_us()
        chosen = [
            PRIORITIES[self._priorities.id(button)] for button in self._priorities.buttons() if button.isChecked()
        ]
        return AlarmSearch(
            text=self.text.text(),
            priorities=tuple(chosen),
            since_us=now_us - span_s * 1_000_000 if span_s else None,
        )

    def choose_priority(self, priority: str) -> None:
        """As if the button of a priority was pressed: chosen, or not any more."""
        self._priorities.button(PRIORITIES.index(priority)).click()

    def count_text(self) -> str:
        """What is said of the number of lines."""
        return self._count.text()

    # --- asking --------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        self._asked += 1
        asked = self._asked
        self._count.set_text(self.tr("Looking …"))
        future = self._services.alarm_journal.search(self.wanted(), self._pages[-1])
        when_done(
            future, self._services.post, lambda page: self._show(asked, page), lambda error: self._failed(asked, error)
        )

    def _show(self, asked: int, page: AlarmPage) -> None:
        if asked != self._asked:
            return  # something else was asked for meanwhile
        self._entries = {f"{e.place.epoch}.{e.place.seq}": e for e in page.entries}
        self.list.set_rows([journal_row(self._services, row_id, entry) for row_id, entry in self._entries.items()])
        self.older.setEnabled(page.more)
        self.newer.setEnabled(len(self._pages) > 1)
        if not page.entries:
            self._count.set_text(self.tr("Nothing found. Choose a longer time or fewer words."))
        else:
            lines = self.tr("1 line") if len(page.entries) == 1 else self.tr("{n} lines").format(n=len(page.entries))
            text = self.tr("{lines}, page {page}").format(lines=lines, page=len(self._pages))
            self._count.set_text(text)

    def _failed(self, asked: int, error: BaseException) -> None:
        if not isinstance(error, JournalError):
            raise error
        if asked == self._asked:
            self._count.set_text(self.tr("The journal cannot be read: {reason}").format(reason=error))

    def _older(self) -> None:
        if self._entries:
            self._pages.append(list(self._entries.values())[-1].place)
            self._ask()

    def _newer(self) -> None:
        if len(self._pages) > 1:
            self._pages.pop()
            self._ask()

    def _export(self) -> None:
        clock = self._services.ledger.clock
        local_s = clock.wall_us() / 1e6 + clock.utc_offset_min() * 60
        stamp = datetime.datetime.fromtimestamp(local_s, datetime.UTC).strftime("%Y%m%d-%H%M%S")
        self.export_button.set_busy(self.tr("writing"))
        when_done(
            self._services.alarm_journal.export(self.wanted(), f"alarms-{stamp}.csv"),
            self._services.post,
            lambda path: self._exported(Saying(Weight.NOTE, self.tr("Written: {path}").format(path=path))),
            self._not_exported,
        )

    def _exported(self, saying: Saying) -> None:
        self.export_button.set_busy("")
        self.says.emit(saying)

    def _not_exported(self, error: BaseException) -> None:
        if not isinstance(error, OSError | JournalError):
            raise error
        reason = getattr(error, "strerror", None) or str(error)
        self._exported(
            Saying(
                Weight.ERROR,
                self.tr("The file was not written: {reason}.").format(reason=reason),
                self.tr("The journal is as it was."),
                self.tr("Look for room and permission in the station's folder."),
            )
        )

    # --- laying out ----------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        look = self._look
        first, second, foot = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        first.addWidget(self.text, 1)
        first.addWidget(self.find_button)
        first.addWidget(self.export_button)
        for button in self._spans.buttons():
            second.addWidget(button)
        second.addStretch(1)
        for button in self._priorities.buttons():
            second.addWidget(button)
        foot.addWidget(self._count, 1)
        foot.addWidget(self.newer)
        foot.addWidget(self.older)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(look.mm(3))
        for row in (first, second):
            row.setSpacing(look.mm(3))
            layout.addLayout(row)
        layout.addWidget(self.list, 1)
        foot.setSpacing(look.mm(3))
        layout.addLayout(foot)

    def _button(self, text: str, pressed: object) -> BigButton:
        button = BigButton(self._look, text, size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
        button.clicked.connect(pressed)
        return button

    def _choices(self, texts: list[str], chosen: int | None) -> QButtonGroup:
        """Buttons in a group: one of them is chosen, or any number where none is beforehand."""
        group = QButtonGroup(self)
        group.setExclusive(chosen is not None)
        for place, text in enumerate(texts):
            button = BigButton(self._look, text, size_mm=TARGET_MM, capital_mm=CAPITAL_NOTE_MM)
            button.setCheckable(True)
            button.setChecked(place == chosen)
            button.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
            button.clicked.connect(self.search)
            group.addButton(button, place)
        return group

    def _span_text(self, seconds: int) -> str:
        if not seconds:
            return self.tr("All")
        return f"{seconds // (24 * HOUR_S)} d" if seconds > 24 * HOUR_S else f"{seconds // HOUR_S} h"
