"""Alarms by the states of ISA-18.2: unacknowledged or acknowledged, active or cleared, shelved.

An occurrence begins when its condition becomes true and ends when it is cleared *and* acknowledged. Shelving hides an
occurrence for a time, with a reason, whatever its condition does.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from station_app.domain.records import AlarmTransition


class AlarmState(enum.StrEnum):
    """ISA-18.2 states; an alarm that is normal is not in the list at all."""

    UNACKNOWLEDGED_ACTIVE = "unacknowledged, active"
    ACKNOWLEDGED_ACTIVE = "acknowledged, active"
    UNACKNOWLEDGED_CLEARED = "unacknowledged, cleared"
    SHELVED = "shelved"


@dataclass(slots=True)
class Alarm:
    """One occurrence. Times are UTC microseconds; it is shelved from ``shelved_us`` to ``until_us``.

    Before ``shelved_us`` it is not: a clock that was set back a year must not hide it for a year.
    """

    alarm_id: str
    source: str
    condition: str
    priority: str
    text: str
    since_us: int
    active: bool = True
    acknowledged_by: str = ""
    until_us: int | None = None
    shelved_us: int = 0
    reason: str = ""
    cleared_us: int | None = None

    def state(self, now_us: int) -> AlarmState:
        """The state at a time."""
        if self.until_us is not None and self.shelved_us <= now_us < self.until_us:
            return AlarmState.SHELVED
        if self.acknowledged_by:
            return AlarmState.ACKNOWLEDGED_ACTIVE
        return AlarmState.UNACKNOWLEDGED_ACTIVE if self.active else AlarmState.UNACKNOWLEDGED_CLEARED

    @property
    def over(self) -> bool:
        """Cleared and acknowledged: no longer in the list."""
        return not self.active and bool(self.acknowledged_by)


class AlarmList:
    """The fold of alarm transitions: every occurrence that is not over."""

    def __init__(self) -> None:
        self.alarms: dict[str, Alarm] = {}

    def active(self, source: str, condition: str) -> Alarm | None:
        """The occurrence of a condition that is still active."""
        return next(
            (a for a in self.alarms.values() if a.active and a.source == source and a.condition == condition), None
        )

    def apply(self, fact: AlarmTransition, actor: str, wall_us: int) -> None:
        """Fold one transition."""
        if fact.transition == "raised":
            self.alarms[fact.alarm_id] = Alarm(
                fact.alarm_id, fact.source, fact.condition, fact.priority, fact.text, wall_us
            )
            return
        alarm = self.alarms.get(fact.alarm_id)
        if alarm is None:
            return
        match fact.transition:
            case "cleared":
                alarm.active = False
                alarm.cleared_us = wall_us
            case "acknowledged":
                alarm.acknowledged_by = actor
            case "shelved":
                alarm.until_us = fact.until_us
                alarm.shelved_us = wall_us
                alarm.reason = fact.reason
            case "unshelved":
                alarm.until_us = None
            case _:
                pass
        if alarm.over:
            del self.alarms[fact.alarm_id]
