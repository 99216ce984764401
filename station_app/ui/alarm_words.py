"""Alarms in words: rows of the list, what to do about each, and how many came. No widgets are made here."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from station_app.domain.alarm import Alarm, AlarmState
from station_app.services.station import StationServices
from station_app.ui.station_bar import DEVICE_LOST, device_title
from station_app.ui.wording import age_text, clock_text
from widgets.alarm_list import AlarmRow
from widgets.bars_card import BarRow
from widgets.station_tile import Severity

translate = QCoreApplication.translate

TEN_MINUTES_US = 600_000_000
TENS_SHOWN = 6
_PRIORITIES = {"high": 0, "medium": 1, "low": 2}


def alarm_row(services: StationServices, alarm: Alarm) -> AlarmRow:
    """An alarm as the list shows it: where, what, since when, its state, who has seen it, and what to do."""
    now_us = services.ledger.clock.wall_us()
    state = alarm.state(now_us)
    return AlarmRow(
        alarm_id=alarm.alarm_id,
        severity=_severity(alarm, state),
        source=source_title(services, alarm.source),
        text=_without_source(alarm),
        sub_text=_about(services, alarm, state, now_us),
        guidance=guidance(alarm) if state is not AlarmState.SHELVED else "",
        can_acknowledge=state in (AlarmState.UNACKNOWLEDGED_ACTIVE, AlarmState.UNACKNOWLEDGED_CLEARED),
        can_shelve=True,
    )


def by_urgency(alarm: Alarm) -> tuple[bool, int, int]:
    """Sorts alarms: those nobody has seen first, the urgent ones above, the newest above."""
    return (bool(alarm.acknowledged_by), _PRIORITIES.get(alarm.priority, len(_PRIORITIES)), -alarm.since_us)


def _without_source(alarm: Alarm) -> str:
    """The text without the name that stands before it anyway."""
    rest = alarm.text.removeprefix(alarm.source).lstrip()
    return rest if alarm.source and rest else alarm.text


def _severity(alarm: Alarm, state: AlarmState) -> Severity:
    if state is AlarmState.SHELVED:
        return Severity.NORMAL
    return Severity.ALARM if alarm.priority == "high" and alarm.active else Severity.WARNING


def source_title(services: StationServices, source: str) -> str:
    """A tag's title, else the device's name as a word."""
    view = services.tag_views.get(source)
    return view.title if view is not None else device_title(source)


def _about(services: StationServices, alarm: Alarm, state: AlarmState, now_us: int) -> str:
    offset = services.ledger.clock.utc_offset_min()
    since = clock_text(alarm.since_us, offset, seconds=True)
    parts = [
        translate("alarms", "since {time}, {age}").format(time=since, age=age_text((now_us - alarm.since_us) / 1e6))
    ]
    if state is AlarmState.SHELVED and alarm.until_us is not None:
        parts.append(translate("alarms", "shelved until {time}").format(time=clock_text(alarm.until_us, offset)))
        parts.append(alarm.reason)
    else:
        parts.append(_state_text(state))
    if alarm.acknowledged_by:
        person = services.library.book.people.get(alarm.acknowledged_by)
        parts.append(
            translate("alarms", "seen by {name}").format(
                name=person.name if person is not None else alarm.acknowledged_by
            )
        )
    parts.append(translate("alarms", "trend ▸"))
    return " · ".join(part for part in parts if part)


def _state_text(state: AlarmState) -> str:
    return {
        AlarmState.UNACKNOWLEDGED_ACTIVE: translate("alarms", "not acknowledged"),
        AlarmState.ACKNOWLEDGED_ACTIVE: translate("alarms", "acknowledged"),
        AlarmState.UNACKNOWLEDGED_CLEARED: translate("alarms", "over, not acknowledged"),
        AlarmState.SHELVED: translate("alarms", "shelved"),
    }[state]


def guidance(alarm: Alarm) -> str:
    """What to do about it."""
    if not alarm.active:
        return translate("alarms", "It is over. Acknowledge it when you know why it came.")
    if alarm.condition == DEVICE_LOST:
        return translate(
            "alarms",
            "Look at its power and network cable. Work without its values goes on; it is tried again by itself.",
        )
    if alarm.condition in ("high limit", "low limit"):
        return translate(
            "alarms", "Touch the row to see the trend at that moment. Stop the machine when the value runs away."
        )
    if alarm.source == "shared database":
        return translate("alarms", "What is recorded here is safe. Tell the station's engineer.")
    return translate("alarms", "Touch the row to see the trend at that moment; tell a supervisor when it comes back.")


def counts_per_ten_minutes(services: StationServices) -> list[BarRow]:
    """How many alarms came in each of the last ten-minute stretches, the newest first."""
    now_us, offset = services.ledger.clock.wall_us(), services.ledger.clock.utc_offset_min()
    first = now_us // TEN_MINUTES_US * TEN_MINUTES_US
    rows = []
    raised = services.ledger.fold.recent.alarms_since(first - (TENS_SHOWN - 1) * TEN_MINUTES_US)
    for back in range(TENS_SHOWN):
        begin = first - back * TEN_MINUTES_US
        count = sum(begin <= event.at_us < begin + TEN_MINUTES_US for event in raised)
        rows.append(
            BarRow(translate("alarms", "from {time}").format(time=clock_text(begin, offset)), count, str(count))
        )
    return rows


def summary_text(alarms: list[Alarm], now_us: int) -> str:
    """ "3 alarms, 2 not acknowledged"; empty when there is none."""
    open_ones = [alarm for alarm in alarms if alarm.state(now_us) is not AlarmState.SHELVED]
    if not open_ones:
        return ""
    unseen = sum(not alarm.acknowledged_by for alarm in open_ones)
    count = (
        translate("alarms", "1 alarm")
        if len(open_ones) == 1
        else translate("alarms", "{n} alarms").format(n=len(open_ones))
    )
    return f"{count}, " + (
        translate("alarms", "{n} not acknowledged").format(n=unseen)
        if unseen
        else translate("alarms", "all acknowledged")
    )
