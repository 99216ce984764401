"""Answering an alarm: acknowledge, shelve, take out of service, ask for maintenance, silence; each with its dialog."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from station_app.domain.alarm import Alarm
from station_app.ui.alarm_details import ASK, DISABLE, LINK, SHELVE, AlarmDetails, disable_dialog
from station_app.ui.alarm_words import DISABLED, source_title
from station_app.ui.page import Page, Saying, Weight
from station_app.ui.shelve_dialog import ShelveDialog, duration_text
from widgets.overlay import Overlay

translate = QCoreApplication.translate

SHELVE_REASONS, DISABLE_REASONS = "shelve", "out_of_service"


class AlarmAnswering:
    """What a person does about an alarm of ``page``; a refusal becomes a message there. ``link`` follows an alarm's link."""

    def __init__(self, page: Page, link: Callable[[str], None]) -> None:
        self._page = page
        self._link = link
        self.dialog: Overlay | None = None

    def alarm(self, alarm_id: str) -> Alarm | None:
        """An alarm of the list; None when it is over."""
        return self._page.services.ledger.fold.alarms.alarms.get(alarm_id)

    def acknowledge(self, alarm_id: str) -> None:
        """Somebody has seen it."""
        if self._signed_in():
            self._page.attempt(lambda: self._page.services.alarms.acknowledge(alarm_id))

    def silence(self) -> None:
        """Stop the horn."""
        if self._signed_in():
            self._page.attempt(self._page.services.alarms.silence)

    def open_details(self, alarm_id: str) -> None:
        """Everything about an alarm, and every answer."""
        alarm = self.alarm(alarm_id)
        if alarm is None:
            return
        details = AlarmDetails(self._page.services, self._page.look, alarm)
        verbs = {LINK: self._link, ASK: self._ask, SHELVE: self.open_shelving, DISABLE: self.open_disabling}
        details.chosen.connect(lambda action: verbs[action](alarm_id))
        self._open(details)

    def open_shelving(self, alarm_id: str) -> None:
        """Ask for how long and why."""
        alarm = self.alarm(alarm_id)
        if alarm is None or not self._signed_in():
            return
        reasons = self._page.services.library.book.reasons.get(SHELVE_REASONS) or (
            translate("alarms", "Being repaired"),
            translate("alarms", "Other"),
        )
        dialog = ShelveDialog(
            self._page.look, self._what(alarm), reasons, self._page.services.alarms.settings.max_shelf_s
        )
        dialog.shelved.connect(lambda seconds, reason: self._shelve(alarm_id, seconds, reason))
        self._open(dialog)

    def open_disabling(self, alarm_id: str) -> None:
        """Ask why it is to be taken out of service."""
        alarm = self.alarm(alarm_id)
        if alarm is None or not self._signed_in():
            return
        reasons = self._page.services.library.book.reasons.get(DISABLE_REASONS) or (
            translate("alarms", "Sensor is broken"),
            translate("alarms", "Equipment is not used"),
            translate("alarms", "Other"),
        )
        dialog = disable_dialog(self._page.look, self._what(alarm), tuple(reasons))
        dialog.chosen.connect(lambda reason, words: self._disable(alarm_id, f"{reason}: {words}" if words else reason))
        self._open(dialog)

    def _open(self, dialog: Overlay) -> None:
        self.dialog = dialog
        self._page.lay_over(dialog)

    def _shelve(self, alarm_id: str, seconds: int, reason: str) -> None:
        text = translate("alarms", "Shelved for {time}.").format(time=duration_text(seconds))
        self._page.attempt(
            lambda: self._page.services.alarms.shelve(alarm_id, seconds, reason),
            lambda _rows: self._page.says.emit(Saying(Weight.NOTE, text)),
        )

    def _disable(self, alarm_id: str, reason: str) -> None:
        self._page.attempt(lambda: self._page.services.alarms.disable(alarm_id, reason))

    def _ask(self, alarm_id: str) -> None:
        if self._signed_in():
            done = Saying(Weight.NOTE, translate("alarms", "Maintenance is asked for."))
            self._page.attempt(
                lambda: self._page.services.alarms.request_maintenance(alarm_id),
                lambda _rows: self._page.says.emit(done),
            )

    def bring_back(self, alarm_id: str) -> None:
        """Show a shelved alarm again, or put one into service that is out of it."""
        if not self._signed_in():
            return
        if alarm_id.startswith(DISABLED):
            source, _, condition = alarm_id.removeprefix(DISABLED).rpartition("|")
            self._page.attempt(lambda: self._page.services.alarms.enable(source, condition))
        else:
            self._page.attempt(lambda: self._page.services.alarms.unshelve(alarm_id))

    def _signed_in(self) -> bool:
        """Whether a person answers; else the sign-in is asked for, and the answer is pressed again."""
        if self._page.services.people.person is not None:
            return True
        self._page.wants_action.emit("sign_in")
        return False

    def _what(self, alarm: Alarm) -> str:
        return f"{source_title(self._page.services, alarm.source)}: {alarm.text}"
