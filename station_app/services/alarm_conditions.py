"""From conditions to records: an alarm is raised and cleared in the journal as its condition comes and goes.

One commit at a time for each alarm, so that records stand in the order of what happened, and nothing while a condition stays
as it is. A condition that comes and goes without end is held, and a record says so: the journal stays bounded.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from station_app.domain.alarm import Alarm, Key
from station_app.domain.records import AlarmTransition
from station_app.services.ledger import STATION_ACTOR, Ledger

logger = logging.getLogger(__name__)
# raises of one alarm within CALM_S that are recorded one by one; then it is held until it was calm for CALM_S
MOST_RAISES = 10
CALM_S = 60.0
RESTLESS = "changes too often"


@dataclass(slots=True)
class _Condition:
    """How a condition is, whatever is recorded of it."""

    active: bool
    text: str
    priority: str
    value_text: str = ""


@dataclass(slots=True)
class _Brake:
    """When an alarm was raised lately, and since when a held one is calm (monotonic seconds)."""

    raised_s: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_RAISES))
    calm_since_s: float | None = None

    def too_many(self, mono_s: float) -> bool:
        """Whether the last MOST_RAISES came within CALM_S."""
        return len(self.raised_s) == MOST_RAISES and mono_s - self.raised_s[0] < CALM_S


class AlarmConditions:
    """Brings what is recorded in line with what is so. Lives on the main thread."""

    def __init__(self, ledger: Ledger, new_id: Callable[[], str], serial: Callable[[], str]) -> None:
        self._ledger = ledger
        self._new_id = new_id
        self._serial = serial
        self._standing: dict[Key, _Condition] = {}
        self._wanted: dict[Key, _Condition] = {}
        self._changing: set[Key] = set()
        self._brakes: dict[Key, _Brake] = {}
        self._held: set[Key] = set()
        ledger.saved.subscribe(self._settle)

    def set(self, key: Key, active: bool, text: str, priority: str, value_text: str = "") -> None:
        """A condition came, went or stays.

        A change that comes while the last one is being saved, or that could not be saved, is recorded after the next commit.
        """
        condition = _Condition(active, text, priority, value_text)
        if key in self._held:
            self._hold_on(key, active)
        if active:
            self._standing[key] = condition
        else:
            self._standing.pop(key, None)
        self._wanted[key] = condition
        self._bring(key)

    def again(self, key: Key) -> None:
        """Look at an alarm anew that may have been raised in vain: it is in service again."""
        if key in self._standing:
            self._wanted[key] = self._standing[key]
            self._bring(key)

    def wait(self) -> None:
        """Time passed: what was held and has become calm is recorded as it is now."""
        now_s = self._mono_s()
        for key in [k for k in self._held if self._is_calm(k, now_s)]:
            self._held.discard(key)
            self._brakes[key] = _Brake()
            logger.info("%s, %s is calm again", *key)
            self._bring(key)
            if not any(source == key[0] for source, _ in self._held):
                self.set((key[0], RESTLESS), False, "", "medium")

    def _settle(self) -> None:
        for key in list(self._wanted):
            self._bring(key)

    def _bring(self, key: Key) -> None:
        """Record the difference between what is so and what is recorded."""
        if key in self._changing or key in self._held or key not in self._wanted:
            return
        wanted = self._wanted[key]
        fold = self._ledger.fold.alarms
        alarm = fold.active(*key)
        if wanted.active == (alarm is not None) or key in fold.disabled:
            del self._wanted[key]
            return
        if alarm is None:
            self._record(key, self._raised(key, wanted))
        elif self._is_restless(key):
            self._hold(key, alarm)
        else:
            self._record(key, transition_of(alarm, "cleared", self._serial()))

    def _record(self, key: Key, fact: AlarmTransition) -> None:
        self._changing.add(key)
        saving = self._ledger.commit_aside([fact], STATION_ACTOR)
        saving.add_done_callback(lambda done: self._changed(key, done.exception() is None))

    def _changed(self, key: Key, saved: bool) -> None:
        self._changing.discard(key)
        if saved:
            self._bring(key)

    # --- too many changes ----------------------------------------------------------------------------------------

    def _is_restless(self, key: Key) -> bool:
        brake = self._brakes.get(key)
        return brake is not None and brake.too_many(self._mono_s())

    def _hold(self, key: Key, alarm: Alarm) -> None:
        self._held.add(key)
        self._brakes[key].calm_since_s = self._mono_s()
        logger.warning("%s, %s came %d times within %g s: it is held until it is calm", *key, MOST_RAISES, CALM_S)
        text = f"“{alarm.text}” came {MOST_RAISES} times within {CALM_S:g} s. It stays in the list until it is calm."
        self.set((key[0], RESTLESS), True, text, "medium")

    def _hold_on(self, key: Key, active: bool) -> None:
        last = self._wanted.get(key)
        if last is None or last.active != active:
            self._brakes[key].calm_since_s = self._mono_s()

    def _is_calm(self, key: Key, now_s: float) -> bool:
        since_s = self._brakes[key].calm_since_s
        return since_s is None or now_s - since_s >= CALM_S

    def _raised(self, key: Key, wanted: _Condition) -> AlarmTransition:
        self._brakes.setdefault(key, _Brake()).raised_s.append(self._mono_s())
        return AlarmTransition(
            alarm_id=self._new_id(),
            source=key[0],
            condition=key[1],
            transition="raised",
            priority=wanted.priority,
            text=wanted.text,
            value_text=wanted.value_text,
            serial=self._serial(),
        )

    def _mono_s(self) -> float:
        return self._ledger.clock.mono_ns() / 1e9


def transition_of(
    alarm: Alarm, transition: str, serial: str, reason: str = "", until_us: int | None = None
) -> AlarmTransition:
    """The record that an alarm changed."""
    return AlarmTransition(
        alarm_id=alarm.alarm_id,
        source=alarm.source,
        condition=alarm.condition,
        transition=transition,
        priority=alarm.priority,
        text=alarm.text,
        reason=reason,
        until_us=until_us,
        serial=serial,
    )
