"""Lines of the alarm journal in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QCoreApplication

from station_app.domain.alarm import URGENT
from station_app.domain.alarm_search import ASKED, STATION, AlarmEntry
from station_app.services.station import StationServices
from station_app.ui.alarm_words import priority_title, source_title
from station_app.ui.wording import clock_text
from widgets.journal_list import JournalRow
from widgets.shapes import Shape
from widgets.text import Run

translate = QCoreApplication.translate


def transition_title(transition: str) -> str:
    """What happened, in a word; what a newer version wrote stays as it is."""
    return {
        "raised": translate("alarms", "came"),
        "cleared": translate("alarms", "over"),
        "acknowledged": translate("alarms", "acknowledged"),
        "shelved": translate("alarms", "shelved"),
        "unshelved": translate("alarms", "brought back"),
        "disabled": translate("alarms", "out of service"),
        "enabled": translate("alarms", "in service again"),
        "silenced": translate("alarms", "horn silenced"),
        ASKED: translate("alarms", "maintenance asked for"),
    }.get(transition, transition)


def journal_row(services: StationServices, row_id: str, entry: AlarmEntry) -> JournalRow:
    """One line. Only an alarm's coming has a mark, and it is grey: nobody has to act because of what was."""
    local = datetime.fromtimestamp(entry.at_us / 1e6, UTC) + timedelta(minutes=entry.utc_offset_min)
    source = source_title(services, entry.source)
    came = entry.transition == "raised"
    rest = entry.text.removeprefix(entry.source).removeprefix(source).strip() or entry.text
    parts = [priority_title(entry.priority)]
    if entry.person != STATION:
        parts.append(entry.person)
    if entry.until_us is not None:
        until = clock_text(entry.until_us, entry.utc_offset_min)
        parts.append(translate("alarms", "until {time}").format(time=until))
    parts += [entry.reason, translate("alarms", "Order {order}").format(order=entry.order_id) if entry.order_id else ""]
    return JournalRow(
        row_id=row_id,
        time_text=local.strftime("%H:%M:%S"),
        date_text=local.strftime("%Y-%m-%d"),
        text=[Run(f"{transition_title(entry.transition)}  "), Run(source, True), Run(f"  {rest}")],
        sub_text=" · ".join(part for part in parts if part),
        shape=(Shape.DIAMOND if entry.priority in URGENT else Shape.TRIANGLE) if came else None,
        color="muted",
        link_text=entry.serial,
    )
