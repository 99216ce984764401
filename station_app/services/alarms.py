"""Alarms of the station: a device lost, a value beyond its alarm limit, the station's own troubles.

Conditions come from the field loop's connection states, from samples and from the station itself; every transition is a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass

from drivers.base import Connection, ConnectionState, Quality, Sample
from station_app.domain.alarm import Alarm, AlarmState
from station_app.domain.chain import Row
from station_app.domain.records import AlarmTransition
from station_app.domain.rules import Refusal
from station_app.services.ledger import STATION_ACTOR, Ledger

MAX_SHELF_S = 8 * 3600.0
# source and condition of the alarm that can be recorded only when it is over
NOT_SAVED = ("journal", "nothing can be saved")


@dataclass(frozen=True, slots=True)
class AlarmLimit:
    """The alarm limits of a tag in its unit; ``deadband`` keeps a noisy value from chattering."""

    tag: str
    title: str
    unit: str
    low: float | None = None
    high: float | None = None
    deadband: float = 0.0
    priority: str = "medium"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """How a condition is, whatever is recorded of it."""

    active: bool
    text: str
    priority: str


class Alarms:
    """Raises, clears, acknowledges and shelves. Lives on the main thread."""

    def __init__(self, ledger: Ledger, limits: Iterable[AlarmLimit], new_id: Callable[[], str]) -> None:
        self._ledger = ledger
        self._limits = {limit.tag: limit for limit in limits}
        self._new_id = new_id
        self._wanted: dict[tuple[str, str], _Wanted] = {}
        self._changing: set[tuple[str, str]] = set()
        self._attending: set[str] = set()
        ledger.saved.subscribe(self._settle)

    def listed(self) -> list[Alarm]:
        """Every alarm that is not over: unacknowledged first, then by time, newest first."""
        now = self._ledger.clock.wall_us()
        order = list(AlarmState)
        return sorted(
            self._ledger.fold.alarms.alarms.values(), key=lambda a: (order.index(a.state(now)) > 0, -a.since_us)
        )

    def acknowledge(self, alarm_id: str) -> Future[list[Row]]:
        """Somebody has seen it."""
        alarm = self._alarm(alarm_id)
        if alarm.acknowledged_by:
            raise Refusal("This alarm is already acknowledged.")
        return self._attend(alarm, self._transition(alarm, "acknowledged"))

    def shelve(self, alarm_id: str, seconds: float, reason: str) -> Future[list[Row]]:
        """Hide an alarm for at most eight hours, with a reason."""
        alarm = self._alarm(alarm_id)
        if not reason.strip():
            raise Refusal("Shelving needs a reason.")
        if not 0 < seconds <= MAX_SHELF_S:
            raise Refusal(f"An alarm can be shelved for at most {MAX_SHELF_S / 3600:.0f} hours.")
        until_us = self._ledger.clock.wall_us() + int(seconds * 1e6)
        return self._attend(alarm, self._transition(alarm, "shelved", reason, until_us))

    def unshelve(self, alarm_id: str) -> Future[list[Row]]:
        """Show a shelved alarm again before its time."""
        alarm = self._alarm(alarm_id)
        if alarm.state(self._ledger.clock.wall_us()) is not AlarmState.SHELVED:
            raise Refusal("This alarm is not shelved.")
        return self._attend(alarm, self._transition(alarm, "unshelved"))

    def connection(self, state: ConnectionState) -> None:
        """A device was lost or is back; one that is being sought stays as it was."""
        if state.connection is Connection.CONNECTING:
            return
        self.condition(
            state.device,
            "device lost",
            state.connection is Connection.LOST,
            f"{state.device} does not answer: {state.reason}" if state.reason else f"{state.device} does not answer",
            "high",
        )

    def samples(self, samples: Iterable[Sample]) -> None:
        """Compare Good values with their alarm limits."""
        newest = {s.tag: s for s in samples if s.tag in self._limits and s.quality is Quality.GOOD}
        for tag, sample in newest.items():
            if isinstance(sample.value, (int, float)):
                self._limit(self._limits[tag], float(sample.value))

    def condition(self, source: str, condition: str, active: bool, text: str, priority: str) -> None:
        """Raise or clear a condition; nothing is recorded while it stays as it is.

        A change that comes while the last one is being saved, or that could not be saved, is recorded after the next commit.
        """
        key = (source, condition)
        self._wanted[key] = _Wanted(active, text, priority)
        self._bring(key)

    def active_conditions(self, source: str) -> list[str]:
        """The conditions of a source that are active, by what is recorded."""
        return [
            alarm.condition
            for alarm in self._ledger.fold.alarms.alarms.values()
            if alarm.active and alarm.source == source
        ]

    def _settle(self) -> None:
        for key in list(self._wanted):
            self._bring(key)

    def _bring(self, key: tuple[str, str]) -> None:
        """Record the difference between what is so and what is recorded, one commit at a time."""
        if key in self._changing:
            return
        wanted = self._wanted[key]
        alarm = self._ledger.fold.alarms.active(*key)
        if wanted.active == (alarm is not None):
            del self._wanted[key]
            return
        fact = self._raised(key, wanted) if alarm is None else self._transition(alarm, "cleared")
        self._changing.add(key)
        saving = self._ledger.commit_aside([fact], STATION_ACTOR)
        saving.add_done_callback(lambda done: self._changed(key, done.exception() is None))

    def _changed(self, key: tuple[str, str], saved: bool) -> None:
        self._changing.discard(key)
        if saved and key in self._wanted:
            self._bring(key)

    def _raised(self, key: tuple[str, str], wanted: _Wanted) -> AlarmTransition:
        return AlarmTransition(
            alarm_id=self._new_id(),
            source=key[0],
            condition=key[1],
            transition="raised",
            priority=wanted.priority,
            text=wanted.text,
            serial=self._serial(),
        )

    def _attend(self, alarm: Alarm, fact: AlarmTransition) -> Future[list[Row]]:
        """What a person does about an alarm, once at a time."""
        if alarm.alarm_id in self._attending:
            raise Refusal("The last action on this alarm is still being saved.")
        saving = self._ledger.commit_aside([fact], self._ledger.actor())
        self._attending.add(alarm.alarm_id)
        saving.add_done_callback(lambda _done: self._attending.discard(alarm.alarm_id))
        return saving

    def _limit(self, limit: AlarmLimit, value: float) -> None:
        for condition, bound, sign in (("high limit", limit.high, 1.0), ("low limit", limit.low, -1.0)):
            if bound is None:
                continue
            beyond = sign * (value - bound)
            active = self._ledger.fold.alarms.active(limit.tag, condition) is not None
            is_out = beyond > -limit.deadband if active else beyond > 0
            side = "above" if sign > 0 else "below"
            text = f"{limit.title} {value:.4g} {limit.unit}, {side} {bound:g} {limit.unit}"
            self.condition(limit.tag, condition, is_out, text, limit.priority)

    def _alarm(self, alarm_id: str) -> Alarm:
        alarm = self._ledger.fold.alarms.alarms.get(alarm_id)
        if alarm is None:
            raise Refusal("This alarm is over.")
        return alarm

    def _transition(
        self, alarm: Alarm, transition: str, reason: str = "", until_us: int | None = None
    ) -> AlarmTransition:
        return AlarmTransition(
            alarm_id=alarm.alarm_id,
            source=alarm.source,
            condition=alarm.condition,
            transition=transition,
            priority=alarm.priority,
            text=alarm.text,
            reason=reason,
            until_us=until_us,
            serial=self._serial(),
        )

    def _serial(self) -> str:
        job = self._ledger.fold.job
        return job.serial if job is not None and job.current is not None else ""
