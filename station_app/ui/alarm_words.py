"""Alarms in words: rows of the list, what to do about each, and how many came. No widgets are made here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from station_app.domain.alarm import URGENT, Alarm, AlarmState, OutOfService
from station_app.domain.alarm_rule import DEVICE_LOST, PRIORITIES, device_title
from station_app.services.alarm_conditions import RESTLESS
from station_app.services.signal_alarms import chart_title, is_signal, reaction_plan
from station_app.services.station import StationServices
from station_app.ui.wording import age_text, clock_text
from widgets.alarm_list import AlarmRow
from widgets.bars_card import BarRow
from widgets.station_tile import Severity

translate = QCoreApplication.translate

TENS_SHOWN = 6
DISABLED = "disabled|"


def priority_title(priority: str) -> str:
    """A priority as people read it; what is not known stays as it is."""
    return {
        "critical": translate("alarms", "Critical"),
        "high": translate("alarms", "High"),
        "medium": translate("alarms", "Medium"),
        "low": translate("alarms", "Low"),
    }.get(priority, priority)


def alarm_row(services: StationServices, alarm: Alarm, followers: int = 0) -> AlarmRow:
    """An alarm as the list shows it: where, what, since when, its state, who has seen it, and what to do.

    ``followers`` are those of the same origin that are summed up in this row.
    """
    now_us = services.ledger.clock.wall_us()
    state = alarm.state(now_us)
    return AlarmRow(
        alarm_id=alarm.alarm_id,
        severity=_severity(alarm, state),
        source=source_title(services, alarm.source),
        text=_without_source(services, alarm),
        sub_text=_about(services, alarm, state, now_us),
        guidance=guidance(services, alarm) if state is not AlarmState.SHELVED else "",
        can_acknowledge=state in (AlarmState.UNACKNOWLEDGED_ACTIVE, AlarmState.UNACKNOWLEDGED_CLEARED),
        can_shelve=True,
        letter=priority_title(alarm.priority)[:1],
        seen=bool(alarm.acknowledged_by) or state is AlarmState.SHELVED or not alarm.active,
        note=_note(services, alarm, followers),
    )


def disabled_row(services: StationServices, entry: OutOfService) -> AlarmRow:
    """An alarm that is out of service."""
    offset = services.ledger.clock.utc_offset_min()
    since = clock_text(entry.since_us, offset)
    return AlarmRow(
        alarm_id=f"{DISABLED}{entry.source}|{entry.condition}",
        severity=Severity.NORMAL,
        source=source_title(services, entry.source),
        text=translate("alarms", "out of service: {condition}").format(condition=entry.condition),
        sub_text=translate("alarms", "since {time} by {name}: {reason}").format(
            time=since, name=person_name(services, entry.by), reason=entry.reason
        ),
        can_acknowledge=False,
        letter=priority_title(entry.priority)[:1],
        seen=True,
    )


def by_urgency(alarm: Alarm) -> tuple[bool, int, int]:
    """Sorts alarms: those nobody has seen first, the urgent ones above, the newest above."""
    return (bool(alarm.acknowledged_by), _rank(alarm.priority), -alarm.since_us)


def summed_up(services: StationServices, alarms: Sequence[Alarm]) -> list[tuple[Alarm, int]]:
    """A flood by origin: the alarms that stand for their origin, each with how many others it stands for.

    The first of an origin stands for it, where it is still there, with the worst that nobody has seen where that is more
    urgent; what is critical and not seen always stands for itself.
    """
    shown: list[tuple[Alarm, int]] = []
    groups: dict[str, list[Alarm]] = {}
    for alarm in alarms:
        groups.setdefault(services.alarms.group(alarm.source), []).append(alarm)
    for members in groups.values():
        first = next((alarm for alarm in members if services.alarms.is_first_out(alarm)), members[0])
        unseen = [a for a in members if a is not first and not a.acknowledged_by]
        loud = [alarm for alarm in unseen if alarm.priority == PRIORITIES[0]]
        worst = min(unseen, key=by_urgency, default=first)
        if not loud and _rank(worst.priority) < _rank(first.priority):
            loud = [worst]
        shown += [(first, len(members) - 1 - len(loud)), *((alarm, 0) for alarm in loud)]
    return sorted(shown, key=lambda entry: by_urgency(entry[0]))


def _rank(priority: str) -> int:
    return PRIORITIES.index(priority) if priority in PRIORITIES else len(PRIORITIES)


def _without_source(services: StationServices, alarm: Alarm) -> str:
    """The text without the name that stands before it anyway."""
    for name in (alarm.source, source_title(services, alarm.source)):
        rest = alarm.text.removeprefix(name)
        if name and rest != alarm.text and rest.strip():
            return rest.lstrip()
    return alarm.text


def _severity(alarm: Alarm, state: AlarmState) -> Severity:
    if state is AlarmState.SHELVED:
        return Severity.NORMAL
    return Severity.ALARM if alarm.priority in URGENT and alarm.active else Severity.WARNING


def _note(services: StationServices, alarm: Alarm, followers: int) -> str:
    notes = []
    if services.alarms.is_first_out(alarm):
        notes.append(translate("alarms", "first"))
    if followers:
        notes.append(translate("alarms", "{n} more followed").format(n=followers))
    if alarm.active and not services.alarms.has_value(alarm):
        notes.append(translate("alarms", "no value now"))
    return ", ".join(notes)


def source_title(services: StationServices, source: str) -> str:
    """A tag's title, the characteristic's of a chart, else the device's name as a word."""
    view = services.tag_views.get(source)
    if view is not None:
        return view.title
    # the name of a chart is a path: product, operation, characteristic
    return chart_title(services.quality.control, source) if source.count("/") == 2 else device_title(source)


def person_name(services: StationServices, person_id: str) -> str:
    """A person's name, as far as the master data know it."""
    person = services.library.book.people.get(person_id)
    return person.name if person is not None else person_id


def _about(services: StationServices, alarm: Alarm, state: AlarmState, now_us: int) -> str:
    offset = services.ledger.clock.utc_offset_min()
    since = clock_text(alarm.since_us, offset, seconds=True)
    parts = [
        translate("alarms", "since {time}, {age}").format(time=since, age=age_text((now_us - alarm.since_us) / 1e6))
    ]
    if state is AlarmState.SHELVED and alarm.shelf is not None:
        until = clock_text(alarm.shelf.until_us, offset)
        by = person_name(services, alarm.shelf.by)
        parts.append(translate("alarms", "shelved until {time} by {name}").format(time=until, name=by))
        parts.append(alarm.reason)
    else:
        parts.append(_state_text(state))
    if alarm.times > 1:
        parts.append(translate("alarms", "came {n} times").format(n=alarm.times))
    if alarm.acknowledged_by:
        name = person_name(services, alarm.acknowledged_by)
        parts.append(translate("alarms", "seen by {name}").format(name=name))
    if alarm.asked_by:
        name = person_name(services, alarm.asked_by)
        parts.append(translate("alarms", "maintenance asked for by {name}").format(name=name))
    parts.append(link_title(link_of(services, alarm)) + " ▸")
    return " · ".join(part for part in parts if part)


def link_of(services: StationServices, alarm: Alarm) -> str:
    """Where a touch on the alarm leads: trend, chart, record or device; without a unit there is no record to see."""
    if is_signal(alarm):
        return "chart"
    rule = services.alarms.rule(alarm)
    link = "trend" if rule is None else rule.link
    return "trend" if link == "record" and not alarm.serial else link


def link_title(link: str) -> str:
    """Where a touch leads, in a word."""
    return {
        "chart": translate("alarms", "chart"),
        "record": translate("alarms", "unit"),
        "device": translate("alarms", "device"),
    }.get(link, translate("alarms", "trend"))


def _state_text(state: AlarmState) -> str:
    return {
        AlarmState.UNACKNOWLEDGED_ACTIVE: translate("alarms", "not acknowledged"),
        AlarmState.ACKNOWLEDGED_ACTIVE: translate("alarms", "acknowledged"),
        AlarmState.UNACKNOWLEDGED_CLEARED: translate("alarms", "over, not acknowledged"),
        AlarmState.SHELVED: translate("alarms", "shelved"),
        AlarmState.DISABLED: translate("alarms", "out of service"),
    }[state]


def guidance(services: StationServices, alarm: Alarm) -> str:
    """What to do about it: as configured, else what can be said of every such alarm."""
    if not alarm.active:
        return translate("alarms", "It is over. Acknowledge it when you know why it came.")
    rule = services.alarms.rule(alarm)
    if rule is not None and rule.guidance:
        return rule.guidance
    if is_signal(alarm):
        name_it = translate("alarms", "Name the cause on its chart: then the alarm is over.")
        return " ".join(part for part in (reaction_plan(services.quality.control, alarm.source), name_it) if part)
    if alarm.condition == DEVICE_LOST:
        return translate(
            "alarms",
            "Look at its power and network cable. Work without its values goes on; it is tried again by itself.",
        )
    if alarm.condition in ("high limit", "low limit", "high-high limit", "low-low limit"):
        return translate(
            "alarms", "Touch the row to see the trend at that moment. Stop the machine when the value runs away."
        )
    words = {
        "shared database": translate("alarms", "What is recorded here is safe. Tell the station's engineer."),
        "historian": translate("alarms", "Work and records go on; trends may have a gap. Tell the station's engineer."),
        "evidence": translate("alarms", "Pictures are still taken and kept. Tell the station's engineer."),
        "journal": translate(
            "alarms", "Nothing can be recorded: do not go on. Free some space, or call the station's engineer."
        ),
        "field loop": translate(
            "alarms", "Some values were not shown. Tell the station's engineer when it comes back."
        ),
        "clock": translate(
            "alarms", "Records are kept with the difference noted. Have the computer's clock set right."
        ),
    }.get(alarm.source)
    if words is not None:
        return words
    if alarm.condition == RESTLESS:
        return translate("alarms", "Give the alarm a deadband or a delay, or have the sensor looked at.")
    return translate("alarms", "Touch the row to see the trend at that moment; tell a supervisor when it comes back.")


def counts_per_ten_minutes(services: StationServices) -> list[BarRow]:
    """How many alarms came in each of the last ten-minute stretches, the newest first."""
    now_us, offset = services.ledger.clock.wall_us(), services.ledger.clock.utc_offset_min()
    return [
        BarRow(translate("alarms", "from {time}").format(time=clock_text(begin, offset)), count, str(count))
        for begin, count in services.ledger.fold.alarms.rate.per_stretch(now_us, TENS_SHOWN)
    ]


def counts_by_priority(alarms: Sequence[Alarm]) -> list[BarRow]:
    """How many of these there are of each priority, the most urgent first."""
    counts = [(priority, sum(alarm.priority == priority for alarm in alarms)) for priority in PRIORITIES]
    return [BarRow(priority_title(priority), count, str(count)) for priority, count in counts]


def rate_text(services: StationServices) -> str:
    """ "14 in 10 min, a flood"; empty when none came."""
    count = services.alarms.came_lately()
    if not count:
        return ""
    text = translate("alarms", "{n} in 10 min").format(n=count)
    return translate("alarms", "{rate}: a flood").format(rate=text) if services.alarms.is_flood else text


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
