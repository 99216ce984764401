"""The tables [[alarm]] and [alarms] of station.toml: alarms beyond the plain limits of a tag, and how they are treated.

An alarm is one table, because each needs its own priority and its own guidance (ISA-18.2: one alarm, one answer).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

from station_app.config.settings import TagSettings
from station_app.domain.alarm_rule import LIMITS, LINKS, PRIORITIES, AlarmRule, AlarmSettings, Trigger, limit_faults
from station_app.domain.authored import AuthoredTable
from station_app.domain.fault import did_you_mean

MOST_DELAY_S = 3600
_OF_TAG = tuple(str(trigger) for trigger in Trigger if trigger is not Trigger.LOST)
_STATES = (Trigger.IS, Trigger.IS_NOT)
_MEASURED = (*LIMITS, Trigger.RATE)
SILENT = "off"


def read_alarm_settings(table: AuthoredTable | None) -> AlarmSettings:
    """The section [alarms]; defaults when it is absent."""
    usual = AlarmSettings()
    if table is None:
        return usual
    horn = table.text("horn", usual.horn, choices=(*PRIORITIES, SILENT))
    settings = AlarmSettings(
        horn="" if horn == SILENT else horn,
        flood=table.integer("flood", usual.flood, low=1, high=1000),
        max_shelf_s=table.number("max_shelf_h", usual.max_shelf_s / 3600, low=0.1, high=24) * 3600,
    )
    table.done()
    return settings


def read_alarms(
    root: AuthoredTable,
    tags: Mapping[str, TagSettings],
    devices: Collection[str],
    added: Sequence[AlarmRule] = (),
) -> tuple[AlarmRule, ...]:
    """The tables [[alarm]]. ``devices`` are the names of everything that can be lost.

    ``added`` are the alarms that tags got at the station: none of them stands here once more.
    """
    found: list[tuple[AlarmRule, AuthoredTable]] = []
    for table in root.tables("alarm"):
        rule = _read_alarm(table, tags, devices)
        table.done()
        if rule is not None:
            found.append((rule, table))
    plain = {key for name, tag in tags.items() for key in _plain_keys(name, tag)}
    for index, (rule, table) in enumerate(found):
        if rule.key in plain:
            table.fault(
                "when", f"stands beside {rule.trigger} of the tag", f"either [tags] {rule.trigger}, or this table"
            )
        elif rule.key in [other.key for other, _ in found[:index]]:
            table.fault("", f'"{rule.source}" has this alarm already', "each alarm once")
        elif rule.key in [other.key for other in added]:
            table.fault("", f'"{rule.source}" got this alarm at the station (added_tags.toml)', "each alarm once")
    _check_limits(found, tags, added)
    return tuple(rule for rule, _ in found)


def _check_limits(
    found: list[tuple[AlarmRule, AuthoredTable]], tags: Mapping[str, TagSettings], added: Sequence[AlarmRule]
) -> None:
    for name in {rule.source for rule, _ in found}:
        mine = {id(rule): table for rule, table in found if rule.source == name}
        plain = _plain_rules(name, tags[name]) if name in tags else []
        plain += [rule for rule in added if rule.source == name]
        for rule, message in limit_faults([*plain, *(rule for rule, _ in found if rule.source == name)]):
            table = mine.get(id(rule)) or next(iter(mine.values()))
            key = "deadband" if "deadband" in message else "limit"
            table.fault(
                key if table.has(key) else "", message, "low_low < low < high < high_high, deadbands below their range"
            )


def _plain_rules(name: str, tag: TagSettings) -> list[AlarmRule]:
    return [
        AlarmRule(name, trigger, tag.title, limit=float(limit))
        for trigger, limit in ((Trigger.LOW, tag.low), (Trigger.HIGH, tag.high))
        if limit is not None
    ]


def _plain_keys(name: str, tag: TagSettings) -> list[tuple[str, str]]:
    return [rule.key for rule in _plain_rules(name, tag)]


def _read_alarm(table: AuthoredTable, tags: Mapping[str, TagSettings], devices: Collection[str]) -> AlarmRule | None:
    source = _source(table, tags, devices)
    of_device = table.has("device")
    when = table.text(
        "when", str(Trigger.LOST) if of_device else None, choices=(str(Trigger.LOST),) if of_device else _OF_TAG
    )
    trigger = Trigger(when) if when else None
    tag = tags.get(source)
    has_limit, has_states = trigger in _MEASURED, trigger in _STATES
    limit = table.decimal("limit", required=has_limit)
    if trigger is Trigger.RATE and limit is not None and limit <= 0:
        table.fault("limit", "is no rate", "a number above 0")
    _refuse(table, trigger, () if has_limit else ("limit", "deadband"), "a limit or a rate")
    _refuse(table, trigger, () if trigger is Trigger.RATE else ("per_s",), 'when = "rate"')
    _refuse(table, trigger, () if has_states else ("states",), 'when = "is" or "is_not"')
    rule = AlarmRule(
        source=source,
        trigger=trigger or Trigger.NO_VALUE,
        title=tag.title if tag is not None else source,
        unit=tag.tag.unit if tag is not None else "",
        limit=math.nan if limit is None else float(limit),
        states=table.texts("states", required=has_states),
        deadband=table.number("deadband", 0.0, low=0),
        on_delay_s=table.number("on_delay_s", 0.0, low=0, high=MOST_DELAY_S),
        off_delay_s=table.number("off_delay_s", 0.0, low=0, high=MOST_DELAY_S),
        per_s=table.number("per_s", 60.0, low=0.1, high=MOST_DELAY_S),
        priority=table.text("priority", "high" if of_device else "medium", choices=PRIORITIES),
        text=table.text("text", "", longest=200),
        guidance=table.text("guidance", "", longest=400),
        link=table.text("link", "trend", choices=LINKS),
        alarm_class=table.text("class", "", longest=40),
        consequence=table.text("consequence", "", longest=400),
        respond_s=table.number("respond_s", 0.0, low=0, high=86400),
        group=table.text("group", "", longest=40),
        equipment=table.text("equipment", "", longest=80),
        stops_step=table.boolean("stops_step", False),
    )
    return rule if source and trigger is not None else None


def _source(table: AuthoredTable, tags: Mapping[str, TagSettings], devices: Collection[str]) -> str:
    if table.has("tag") and table.has("device"):
        table.fault("device", "is given beside tag", "either tag, or device")
    key = "device" if table.has("device") and not table.has("tag") else "tag"
    known = tuple(devices) if key == "device" else tuple(tags)
    name = table.text(key, longest=200)
    if table.has("device") and key == "tag":
        table.know("device")
    if name and name not in known:
        what = "device, camera, gauge or scanner" if key == "device" else "tag"
        table.fault(
            key, f"is no {what} of this file{did_you_mean(name, known)}", ", ".join(known) or "none is configured"
        )
        return ""
    return name


def _refuse(table: AuthoredTable, trigger: Trigger | None, keys: tuple[str, ...], needed: str) -> None:
    for key in keys:
        if table.has(key) and trigger is not None:
            table.know(key)
            table.fault(key, f"has no effect on an alarm that is there when {trigger}", needed)
