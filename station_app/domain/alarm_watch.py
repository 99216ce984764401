"""Whether the condition of one alarm holds: limits with deadband, states, rates, missing values; on and off delays.

Fed sample by sample, with times of the monotonic clock in seconds for the delays. A value that cannot be trusted decides
nothing: the alarm stays as it was and is marked as having no value, and a delay that was running begins anew.
"""

from __future__ import annotations

import math
from collections import deque
from typing import Final

from drivers.base import Quality, Sample
from station_app.domain.alarm_rule import AlarmRule, Trigger

MOST_POINTS: Final = 512


class AlarmWatch:
    """One rule, watched. ``active`` is whether its condition holds, ``text`` what is said of it, ``value_text`` the value.

    ``has_value`` is False while nothing can be said of the condition.
    """

    def __init__(self, rule: AlarmRule, active: bool, mono_s: float) -> None:
        self.rule = rule
        self.active = active
        self.has_value = False
        self.value_text = ""
        self._turning_s: float | None = None
        self._points: deque[tuple[float, float]] = deque()
        # of a rate: the newest value, and when it came
        self._newest: float | None = None
        self._came_s = 0.0
        if rule.trigger is Trigger.NO_VALUE and not active:
            # a tag of which nothing ever came has no value either
            self._turning_s = mono_s

    @property
    def text(self) -> str:
        """The alarm's sentence."""
        return self.rule.sentence(self.value_text)

    def take(self, sample: Sample, mono_s: float) -> bool:
        """A sample came; True when ``active`` has changed."""
        return self.judge(self._met(sample, mono_s), mono_s)

    def judge(self, met: bool | None, mono_s: float, value_text: str | None = None) -> bool:
        """The condition is met, is not, or cannot be told (None); True when ``active`` has changed."""
        if value_text is not None:
            self.value_text = value_text
        self.has_value = met is not None
        if met is None or met is self.active:
            self._turning_s = None
            return False
        if self._turning_s is None:
            self._turning_s = mono_s
        return self.wait(mono_s)

    def wait(self, mono_s: float) -> bool:
        """Time passed; True when a delay is over, or a value has come to rest, and ``active`` has changed."""
        if self._rests(mono_s):
            if not self.active:
                self._turning_s = None
            elif self._turning_s is None:
                self._turning_s = self._came_s + self.rule.per_s
        if self._turning_s is None:
            return False
        delay_s = self.rule.off_delay_s if self.active else self.rule.on_delay_s
        if mono_s - self._turning_s < delay_s:
            return False
        self.active = not self.active
        self._turning_s = None
        return True

    def _rests(self, mono_s: float) -> bool:
        """Whether the value of a rate has not changed for so long that its rate is nothing: devices tell changes only."""
        return self._newest is not None and mono_s - self._came_s >= self.rule.per_s

    def _met(self, sample: Sample, mono_s: float) -> bool | None:
        trigger = self.rule.trigger
        if trigger is Trigger.NO_VALUE:
            bad = sample.quality is Quality.BAD
            self.value_text = sample.status if bad else ""
            return bad
        if sample.quality is not Quality.GOOD or sample.value is None:
            self._points.clear()
            self._newest = None
            return None
        if trigger in (Trigger.IS, Trigger.IS_NOT):
            self.value_text = sample.text or _state_text(sample)
            found = sample.text in self.rule.states or _state_text(sample) in self.rule.states
            return found is (trigger is Trigger.IS)
        if isinstance(sample.value, str) or not math.isfinite(sample.value):
            return None
        value = float(sample.value)
        if trigger is not Trigger.RATE:
            return self._beyond(value)
        before, self._newest, self._came_s = self._newest, value, mono_s
        return self._rises_too_fast(value, sample.time, value if before is None else before)

    def _beyond(self, value: float) -> bool:
        rule = self.rule
        sign = 1.0 if rule.trigger in (Trigger.HIGH, Trigger.HIGH_HIGH) else -1.0
        beyond = sign * (value - rule.limit)
        met = beyond > -rule.deadband if self.active else beyond > 0
        if met or not self.active:
            self.value_text = f"{value:.4g}"
        return met

    def _rises_too_fast(self, value: float, time_s: float, before: float) -> bool | None:
        """Whether the value's way within ``per_s`` is longer than the limit; None until there are two points."""
        points, span_s = self._points, self.rule.per_s
        if points and time_s < points[-1][0]:
            points.clear()  # a clock was set back: how long it took is not known
        rested = bool(points) and time_s - points[-1][0] > span_s
        if rested:
            points.clear()
            points.append((time_s, before))  # until now it was what it was: devices tell changes only
        if rested or not points or time_s - points[-1][0] >= span_s / MOST_POINTS:
            points.append((time_s, value))
        while len(points) > MOST_POINTS or time_s - points[0][0] > span_s:
            points.popleft()
        if len(points) < 2:
            return None
        way = max((value - past for _, past in points), key=abs)
        met = abs(way) > self.rule.limit - (self.rule.deadband if self.active else 0.0)
        if met or not self.active:
            self.value_text = f"{way:+.4g}"
        return met


def _state_text(sample: Sample) -> str:
    """A state's value as station.toml names it: true, false, 3, 2.5, Fault."""
    value = sample.value
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
