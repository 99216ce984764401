"""Alarms of the station: what people do about them, and what they do to the work.

Conditions come from samples and connection states (:mod:`station_app.services.alarm_watching`) and from the station itself;
every transition is a record (:mod:`station_app.services.alarm_conditions`). Main thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from drivers.base import ConnectionState, Sample
from station_app.domain.alarm import Alarm, AlarmState, Key, OutOfService
from station_app.domain.alarm_rule import MAX_SHELF_S as MAX_SHELF_S
from station_app.domain.alarm_rule import PRIORITIES, AlarmRule, AlarmSettings, Trigger
from station_app.domain.chain import Row
from station_app.domain.permissions import Permission
from station_app.domain.records import AlarmTransition, Fact, MaintenanceRequested
from station_app.domain.rules import Refusal
from station_app.services.alarm_conditions import RESTLESS, AlarmConditions, transition_of
from station_app.services.alarm_watching import AlarmWatching
from station_app.services.ledger import Ledger

Saving = Future[list[Row]]
MOST_REASON_CHARACTERS = 500
# source and condition of the alarm that can be recorded only when it is over
NOT_SAVED = ("journal", "nothing can be saved")


@dataclass(frozen=True, slots=True)
class AlarmLimit:
    """The plain alarm limits of a tag in its unit; ``deadband`` keeps a noisy value from chattering."""

    tag: str
    title: str
    unit: str
    low: float | None = None
    high: float | None = None
    deadband: float = 0.0
    priority: str = "medium"

    def rules(self) -> list[AlarmRule]:
        """The same as alarm rules."""
        return [
            AlarmRule(self.tag, trigger, self.title, self.unit, limit, deadband=self.deadband, priority=self.priority)
            for trigger, limit in ((Trigger.HIGH, self.high), (Trigger.LOW, self.low))
            if limit is not None
        ]


class Alarms:
    """Acknowledges, shelves, disables, silences, and asks for maintenance; raises and clears what the station itself finds.

    ``groups`` names the origin of a source (the device of a tag): of alarms of one origin the first is marked.
    """

    def __init__(
        self,
        ledger: Ledger,
        limits: Iterable[AlarmLimit],
        new_id: Callable[[], str],
        rules: Iterable[AlarmRule] = (),
        settings: AlarmSettings | None = None,
        groups: Mapping[str, str] | None = None,
    ) -> None:
        self.settings = settings or AlarmSettings()
        self._ledger = ledger
        self._new_id = new_id
        self._groups = dict(groups or {})
        self._attending: set[str] = set()
        self._first_outs: frozenset[str] | None = None
        ledger.saved.subscribe(self._forget)
        self._conditions = AlarmConditions(ledger, new_id, self._serial)
        plain = [rule for limit in limits for rule in limit.rules()]
        self._watching = AlarmWatching(
            [*plain, *rules], lambda: ledger.fold.alarms, lambda: ledger.clock.mono_ns() / 1e9, self._conditions.set
        )

    # --- what there is -------------------------------------------------------------------------------------------

    def listed(self) -> list[Alarm]:
        """Every alarm that is not over: unacknowledged first, then by time, newest first."""
        now = self._ledger.clock.wall_us()
        order = list(AlarmState)
        return sorted(
            self._ledger.fold.alarms.alarms.values(), key=lambda a: (order.index(a.state(now)) > 0, -a.since_us)
        )

    def out_of_service(self) -> list[OutOfService]:
        """The alarms that are disabled, those of the longest time first."""
        return sorted(self._ledger.fold.alarms.disabled.values(), key=lambda entry: entry.since_us)

    def rule(self, alarm: Alarm) -> AlarmRule | None:
        """What the alarm is configured to be; None for what the station finds by itself."""
        return self._watching.rules.get(alarm.key)

    def has_value(self, alarm: Alarm) -> bool:
        """Whether the alarm's condition can be told now; an active one without a value stays as it was."""
        return self._watching.has_value(alarm.key)

    def group(self, source: str) -> str:
        """The origin of a source: what its alarm's rule says, else the tag's device, else itself."""
        return self._groups.get(source, source)

    def is_first_out(self, alarm: Alarm) -> bool:
        """Whether the alarm was the first of its origin, and others of the same origin followed it."""
        if self._first_outs is None:
            self._first_outs = self._find_first_outs()
        return alarm.alarm_id in self._first_outs

    def came_lately(self) -> int:
        """How many alarms came in the last ten minutes."""
        return self._ledger.fold.alarms.rate.in_last_ten_minutes(self._ledger.clock.wall_us())

    @property
    def is_flood(self) -> bool:
        """Whether more alarms came in the last ten minutes than a person can answer."""
        return self.came_lately() > self.settings.flood

    def sounding(self) -> list[Alarm]:
        """The alarms for which the horn sounds: new, not acknowledged, not shelved, not silenced, urgent enough."""
        if not self.settings.horn:
            return []
        loud = PRIORITIES[: PRIORITIES.index(self.settings.horn) + 1]
        now_us = self._ledger.clock.wall_us()
        return [
            alarm
            for alarm in self._ledger.fold.alarms.alarms.values()
            if alarm.priority in loud and not alarm.silenced and alarm.state(now_us) is AlarmState.UNACKNOWLEDGED_ACTIVE
        ]

    def stopping(self) -> str:
        """Why no step can go on: the first active alarm that stops steps, as a sentence; empty when none does.

        Shelving does not lift it: what is dangerous stays so while nobody wants to see it.
        """
        for alarm in self._ledger.fold.alarms.alarms.values():
            rule = self.rule(alarm)
            if alarm.active and rule is not None and rule.stops_step:
                return f"The step is stopped by an alarm: {alarm.text}. {rule.guidance or 'It goes on when the alarm is over.'}"
        return ""

    # --- what people do ------------------------------------------------------------------------------------------

    def acknowledge(self, alarm_id: str) -> Saving:
        """Somebody has seen it."""
        alarm = self._alarm(alarm_id)
        if alarm.acknowledged_by:
            raise Refusal("This alarm is already acknowledged.")
        return self._attend(alarm, self._transition(alarm, "acknowledged"))

    def shelve(self, alarm_id: str, seconds: float, reason: str) -> Saving:
        """Hide an alarm for a time, with a reason."""
        alarm = self._alarm(alarm_id)
        reason = _reason(reason, "Shelving needs a reason.")
        most_s = self.settings.max_shelf_s
        if not 0 < seconds <= most_s:
            most = f"{most_s / 3600:g} h" if most_s >= 3600 else f"{most_s / 60:g} min"
            raise Refusal(f"An alarm can be shelved for at most {most}.")
        until_us = self._ledger.clock.wall_us() + int(seconds * 1e6)
        return self._attend(alarm, self._transition(alarm, "shelved", reason, until_us))

    def unshelve(self, alarm_id: str) -> Saving:
        """Show a shelved alarm again before its time."""
        alarm = self._alarm(alarm_id)
        if alarm.state(self._ledger.clock.wall_us()) is not AlarmState.SHELVED:
            raise Refusal("This alarm is not shelved.")
        return self._attend(alarm, self._transition(alarm, "unshelved"))

    def disable(self, alarm_id: str, reason: str) -> Saving:
        """Take an alarm out of service until somebody enables it again; needs a permitted person and a reason."""
        alarm = self._alarm(alarm_id)
        self._ledger.permit(Permission.DISABLE_ALARM)
        if alarm.key == NOT_SAVED:
            raise Refusal("This alarm cannot be taken out of service: it says that nothing can be recorded.")
        return self._attend(
            alarm, self._transition(alarm, "disabled", _reason(reason, "Say why it is taken out of service."))
        )

    def enable(self, source: str, condition: str) -> Saving:
        """Put an alarm into service again; it is raised anew when its condition holds."""
        entry = self._ledger.fold.alarms.disabled.get((source, condition))
        if entry is None:
            raise Refusal("This alarm is not out of service.")
        self._ledger.permit(Permission.DISABLE_ALARM)
        fact = AlarmTransition(
            alarm_id="",
            source=source,
            condition=condition,
            transition="enabled",
            priority=entry.priority,
            text=entry.text,
        )
        saving = self._commit(f"{source}|{condition}", fact)
        self._ledger.after(saving, lambda: self._look_again((source, condition)))
        return saving

    def _look_again(self, key: Key) -> None:
        self._watching.again(key)
        self._conditions.again(key)

    def silence(self) -> Saving:
        """Stop the horn until another alarm comes; the alarms stay as they are."""
        loud = self.sounding()
        if not loud:
            raise Refusal("The horn is silent.")
        return self._attend(loud[-1], self._transition(loud[-1], "silenced"))

    def request_maintenance(self, alarm_id: str, text: str = "") -> Saving:
        """Ask for maintenance because of an alarm; it is answered where maintenance is planned."""
        alarm = self._alarm(alarm_id)
        if alarm.asked_by:
            raise Refusal("Maintenance has been asked for already.")
        rule = self.rule(alarm)
        words = text.strip()[:MOST_REASON_CHARACTERS]
        fact = MaintenanceRequested(
            request_id=self._new_id(),
            equipment=(rule.equipment if rule is not None else "") or self.group(alarm.source),
            text=f"{alarm.text}: {words}" if words else alarm.text,
            priority=alarm.priority,
            alarm_id=alarm_id,
            serial=self._serial(),
        )
        return self._attend(alarm, fact)

    # --- what is found -------------------------------------------------------------------------------------------

    def start(self, devices: Iterable[str]) -> None:
        """Clear recorded alarms that nobody would ever clear: of rules and devices that are no longer configured, and holds."""
        fold = self._ledger.fold.alarms
        restless = [alarm.key for alarm in fold.alarms.values() if alarm.active and alarm.condition == RESTLESS]
        for key in [*self._watching.stale_keys(devices), *restless]:
            self.condition(*key, False, "", "")

    def connection(self, state: ConnectionState) -> None:
        """A device was lost or is back; one that is being sought stays as it was."""
        self._watching.connection(state)

    def samples(self, samples: Iterable[Sample]) -> None:
        """Samples came, oldest first, or just time; about every 50 ms."""
        self._watching.take(samples)
        self._conditions.wait()

    def follow_tag(self, tag: str, rules: Sequence[AlarmRule], group: str, latest: Sample | None) -> None:
        """A tag has these alarms from now on, none when it is gone; ``group`` is their origin. ``latest`` is judged at once."""
        self._groups[tag] = next((rule.group for rule in rules if rule.group), group)
        self._watching.follow_tag(tag, rules, latest)

    def condition(self, source: str, condition: str, active: bool, text: str, priority: str) -> None:
        """Raise or clear a condition; nothing is recorded while it stays as it is.

        A change that comes while the last one is being saved, or that could not be saved, is recorded after the next commit.
        """
        self._conditions.set((source, condition), active, text, priority)

    def active_conditions(self, source: str) -> list[str]:
        """The conditions of a source that are active, by what is recorded."""
        return [
            alarm.condition
            for alarm in self._ledger.fold.alarms.alarms.values()
            if alarm.active and alarm.source == source
        ]

    def _forget(self) -> None:
        self._first_outs = None

    def _find_first_outs(self) -> frozenset[str]:
        """The alarms, oldest first, that nothing of their origin stood behind when they came, where others followed."""
        groups: dict[str, list[Alarm]] = {}
        for alarm in self._ledger.fold.alarms.alarms.values():
            groups.setdefault(self.group(alarm.source), []).append(alarm)
        return frozenset(
            members[0].alarm_id
            for group, members in groups.items()
            if len(members) > 1 and not any(self.group(source) == group for source in members[0].behind)
        )

    # --- inside --------------------------------------------------------------------------------------------------

    def _attend(self, alarm: Alarm, fact: Fact) -> Saving:
        """What a person does about an alarm, once at a time."""
        return self._commit(alarm.alarm_id, fact)

    def _commit(self, name: str, fact: Fact) -> Saving:
        if name in self._attending:
            raise Refusal("The last action on this alarm is still being saved.")
        saving = self._ledger.commit_aside([fact], self._ledger.actor())
        self._attending.add(name)
        saving.add_done_callback(lambda _done: self._attending.discard(name))
        return saving

    def _alarm(self, alarm_id: str) -> Alarm:
        alarm = self._ledger.fold.alarms.alarms.get(alarm_id)
        if alarm is None:
            raise Refusal("This alarm is over.")
        return alarm

    def _transition(
        self, alarm: Alarm, transition: str, reason: str = "", until_us: int | None = None
    ) -> AlarmTransition:
        return transition_of(alarm, transition, self._serial(), reason, until_us)

    def _serial(self) -> str:
        job = self._ledger.fold.job
        return job.serial if job is not None and job.current is not None else ""


def _reason(text: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise Refusal(missing)
    if len(text) > MOST_REASON_CHARACTERS:
        raise Refusal(f"The reason has {len(text)} characters. At most {MOST_REASON_CHARACTERS} can be kept.")
    return text
