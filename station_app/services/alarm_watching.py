"""Watching the configured alarms: samples and connection states become conditions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from drivers.base import Connection, ConnectionState, Sample
from station_app.domain.alarm import AlarmList, Key
from station_app.domain.alarm_rule import DEVICE_LOST, AlarmRule, Trigger, is_of_tag
from station_app.domain.alarm_watch import AlarmWatch

Told = Callable[[Key, bool, str, str, str], None]


class AlarmWatching:
    """All rules with their watches. ``told(key, active, text, priority, value_text)`` hears every change.

    ``recorded`` gives what the journal knows: after a restart a watch begins as its alarm stands there, so that a deadband
    holds. A device that no rule names has the usual one: of high priority, at once.
    """

    def __init__(
        self, rules: Iterable[AlarmRule], recorded: Callable[[], AlarmList], mono_s: Callable[[], float], told: Told
    ) -> None:
        self.rules: dict[Key, AlarmRule] = {}
        self._by_tag: dict[str, list[AlarmWatch]] = {}
        self._lost: dict[str, AlarmWatch] = {}
        self._recorded = recorded
        self._mono_s = mono_s
        self._told = told
        for rule in rules:
            self._watch(rule)

    def take(self, samples: Iterable[Sample]) -> None:
        """Samples came, oldest first, or just time."""
        now_s = self._mono_s()
        for sample in samples:
            for watch in self._by_tag.get(sample.tag, ()):
                if watch.take(sample, now_s):
                    self._tell(watch)
        for watches in self._by_tag.values():
            self._wait(watches, now_s)
        self._wait(self._lost.values(), now_s)

    def connection(self, state: ConnectionState) -> None:
        """A device was lost or is back; one that is being sought stays as it was."""
        if state.connection is Connection.CONNECTING:
            return
        if state.device not in self._lost:
            self._watch(AlarmRule(state.device, Trigger.LOST, state.device, priority="high"))
        watch = self._lost[state.device]
        watch.judge(state.connection is Connection.LOST, self._mono_s(), state.reason)
        self._tell(watch)

    def follow_tag(self, tag: str, rules: Sequence[AlarmRule], latest: Sample | None) -> None:
        """A tag has these rules from now on: what stays is not disturbed, what is gone is over, what is new is judged."""
        before = {watch.rule: watch for watch in self._by_tag.pop(tag, [])}
        for rule in before:
            del self.rules[rule.key]
        for rule in rules:
            if rule in before:
                self.rules[rule.key] = rule
                self._by_tag.setdefault(tag, []).append(before[rule])
            else:
                self._watch(rule)
                fresh = self._by_tag[tag][-1]
                if latest is not None and fresh.take(latest, self._mono_s()):
                    self._tell(fresh)
        for rule, watch in before.items():
            if rule.key not in self.rules:
                self._told(rule.key, False, watch.text, rule.priority, "")

    def again(self, key: Key) -> None:
        """Tell an alarm of a tag or device once more, if it is there: one that stood before a restart was not told since."""
        for watch in [*self._by_tag.get(key[0], ()), *self._lost.values()]:
            if watch.rule.key == key and watch.active:
                self._tell(watch)

    def has_value(self, key: Key) -> bool:
        """Whether the condition of a tag's alarm can be told now; True for what is no tag's."""
        return all(watch.has_value for watch in self._by_tag.get(key[0], ()) if watch.rule.key == key)

    def stale_keys(self, devices: Iterable[str]) -> list[Key]:
        """Recorded active alarms of rules and devices that are no longer configured: nobody would ever clear them."""
        known = set(devices)
        return [
            alarm.key
            for alarm in self._recorded().alarms.values()
            if alarm.active
            and alarm.key not in self.rules
            and ((alarm.condition == DEVICE_LOST and alarm.source not in known) or is_of_tag(alarm.condition))
        ]

    def _watch(self, rule: AlarmRule) -> None:
        active = self._recorded().active(*rule.key) is not None
        watch = AlarmWatch(rule, active, self._mono_s())
        self.rules[rule.key] = rule
        if rule.trigger is Trigger.LOST:
            self._lost[rule.source] = watch
        else:
            self._by_tag.setdefault(rule.source, []).append(watch)

    def _wait(self, watches: Iterable[AlarmWatch], now_s: float) -> None:
        for watch in watches:
            if watch.wait(now_s):
                self._tell(watch)

    def _tell(self, watch: AlarmWatch) -> None:
        self._told(watch.rule.key, watch.active, watch.text, watch.rule.priority, watch.value_text)
