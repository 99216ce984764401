"""Alarms by the states of ISA-18.2: unacknowledged or acknowledged, active or cleared, shelved, disabled (out of service).

An occurrence begins when its condition becomes true and ends when it is cleared *and* acknowledged. One that comes again
before that takes the place of the last one and counts it. Shelving hides an alarm for a time, with a reason, whatever its
condition does; a disabled one is not raised until it is enabled again.
"""

from __future__ import annotations

import enum
import itertools
from dataclasses import dataclass, field
from typing import Final

from station_app.domain.alarm_rate import AlarmRate
from station_app.domain.records import AlarmTransition, MaintenanceRequested

Key = tuple[str, str]
"""What an alarm is of: source (tag, device or part of the station) and condition."""

MOST_BEHIND: Final = 64

URGENT: Final = ("critical", "high")
"""Priorities that are shown red, with a diamond."""


class AlarmState(enum.StrEnum):
    """ISA-18.2 states; an alarm that is normal is not in the list at all."""

    UNACKNOWLEDGED_ACTIVE = "unacknowledged, active"
    ACKNOWLEDGED_ACTIVE = "acknowledged, active"
    UNACKNOWLEDGED_CLEARED = "unacknowledged, cleared"
    SHELVED = "shelved"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class Shelf:
    """An alarm's shelving: from ``shelved_us`` to ``until_us`` (UTC microseconds), by whom and why.

    Before ``shelved_us`` it is not: a clock that was set back a year must not hide the alarm for a year.
    """

    shelved_us: int
    until_us: int
    by: str
    reason: str

    def holds(self, now_us: int) -> bool:
        """Whether the alarm is hidden at a time."""
        return self.shelved_us <= now_us < self.until_us


@dataclass(frozen=True, slots=True)
class OutOfService:
    """An alarm that is disabled: by whom, why, and since when (UTC microseconds)."""

    source: str
    condition: str
    priority: str
    text: str
    by: str
    reason: str
    since_us: int

    @property
    def key(self) -> Key:
        """Source and condition."""
        return self.source, self.condition


@dataclass(slots=True)
class Alarm:
    """One occurrence. Times are UTC microseconds.

    ``times`` counts how often it came since somebody last acknowledged it; ``behind`` are the sources of the newest MOST_BEHIND
    alarms that were open when it came: they tell the first of a group from those that followed, also when it is over.
    ``asked_by`` asked for maintenance because of it.
    """

    alarm_id: str
    source: str
    condition: str
    priority: str
    text: str
    since_us: int
    active: bool = True
    acknowledged_by: str = ""
    shelf: Shelf | None = None
    cleared_us: int | None = None
    serial: str = ""
    times: int = 1
    silenced: bool = False
    asked_by: str = ""
    behind: frozenset[str] = frozenset()

    @property
    def key(self) -> Key:
        """Source and condition."""
        return self.source, self.condition

    @property
    def reason(self) -> str:
        """Why it was shelved, empty when it never was."""
        return "" if self.shelf is None else self.shelf.reason

    @property
    def until_us(self) -> int | None:
        """The end of its shelving, None when it is not shelved."""
        return None if self.shelf is None else self.shelf.until_us

    def state(self, now_us: int) -> AlarmState:
        """The state at a time."""
        if self.shelf is not None and self.shelf.holds(now_us):
            return AlarmState.SHELVED
        if self.acknowledged_by:
            return AlarmState.ACKNOWLEDGED_ACTIVE
        return AlarmState.UNACKNOWLEDGED_ACTIVE if self.active else AlarmState.UNACKNOWLEDGED_CLEARED

    @property
    def over(self) -> bool:
        """Cleared and acknowledged: no longer in the list."""
        return not self.active and bool(self.acknowledged_by)


@dataclass
class AlarmList:
    """The fold of alarm transitions: every occurrence that is not over, oldest first, and what is out of service."""

    alarms: dict[str, Alarm] = field(default_factory=dict)
    disabled: dict[Key, OutOfService] = field(default_factory=dict)
    rate: AlarmRate = field(default_factory=AlarmRate)
    _newest: dict[Key, str] = field(default_factory=dict)
    _shelves: dict[Key, Shelf] = field(default_factory=dict)

    def active(self, source: str, condition: str) -> Alarm | None:
        """The occurrence of a condition that is still active."""
        alarm = self.open((source, condition))
        return alarm if alarm is not None and alarm.active else None

    def open(self, key: Key) -> Alarm | None:
        """The occurrence that is not over, active or cleared."""
        return self.alarms.get(self._newest.get(key, ""))

    def apply(self, fact: AlarmTransition, actor: str, wall_us: int) -> None:
        """Fold one transition; those of a newer version and of an occurrence that is over change nothing."""
        match fact.transition:
            case "raised":
                self._raise(fact, wall_us)
            case "disabled":
                self._disable(fact, actor, wall_us)
            case "enabled":
                self.disabled.pop((fact.source, fact.condition), None)
            case "silenced":
                for alarm in self.alarms.values():
                    alarm.silenced = True
            case _:
                self._change(fact, actor, wall_us)

    def apply_request(self, fact: MaintenanceRequested, actor: str) -> None:
        """Somebody asked for maintenance; because of an alarm where the request names one."""
        alarm = self.alarms.get(fact.alarm_id)
        if alarm is not None:
            alarm.asked_by = actor

    def _raise(self, fact: AlarmTransition, wall_us: int) -> None:
        key = (fact.source, fact.condition)
        if key in self.disabled:
            return
        last = self.open(key)
        if last is not None:
            del self.alarms[last.alarm_id]
        if key in self._shelves and not self._shelves[key].holds(wall_us):
            del self._shelves[key]
        self.rate.note(wall_us)
        self.alarms[fact.alarm_id] = Alarm(
            fact.alarm_id,
            fact.source,
            fact.condition,
            fact.priority,
            fact.text,
            wall_us,
            shelf=self._shelves.get(key),
            serial=fact.serial,
            times=1 if last is None else last.times + 1,
            behind=frozenset(alarm.source for alarm in itertools.islice(reversed(self.alarms.values()), MOST_BEHIND)),
            asked_by="" if last is None else last.asked_by,
        )
        self._newest[key] = fact.alarm_id

    def _disable(self, fact: AlarmTransition, actor: str, wall_us: int) -> None:
        key = (fact.source, fact.condition)
        self.disabled[key] = OutOfService(*key, fact.priority, fact.text, actor, fact.reason, wall_us)
        self.alarms.pop(self._newest.pop(key, ""), None)

    def _change(self, fact: AlarmTransition, actor: str, wall_us: int) -> None:
        alarm = self.alarms.get(fact.alarm_id)
        if alarm is None:
            return
        match fact.transition:
            case "cleared":
                alarm.active = False
                alarm.cleared_us = wall_us
            case "acknowledged":
                alarm.acknowledged_by = actor
                alarm.times = 1
            case "shelved":
                alarm.shelf = Shelf(wall_us, wall_us if fact.until_us is None else fact.until_us, actor, fact.reason)
                self._shelves[alarm.key] = alarm.shelf
            case "unshelved":
                alarm.shelf = None
                self._shelves.pop(alarm.key, None)
            case _:
                pass
        if alarm.over:
            del self.alarms[alarm.alarm_id]
            del self._newest[alarm.key]
