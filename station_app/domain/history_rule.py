"""Which samples of a tag are kept: every one, or those that say something new.

A rule belongs to a tag; :class:`Admission` applies it to the samples of one tag in the order of their arrival. Times are
those of arrival, so that a device's clock decides nothing.

>>> from drivers.base import Quality, Sample
>>> def sample(second, value):
...     return Sample("t", value, Quality.GOOD, "Good", None, float(second))
>>> admission = Admission(HistoryRule(deadband=0.5))
>>> kept = admission.admit([sample(0, 1.0), sample(1, 1.2), sample(2, 1.4), sample(3, 2.0)])
>>> [(s.received_time, s.value) for s in kept]
[(0.0, 1.0), (2.0, 1.4), (3.0, 2.0)]
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from drivers.base import Sample, Value

DEFAULT_MAX_INTERVAL_S = 60.0


class Keep(enum.StrEnum):
    """What is kept of a tag's samples."""

    ALL = "all"
    CHANGE = "change"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class HistoryRule:
    """How a tag is kept. ``deadband`` (in the tag's unit) and ``max_interval_s`` concern Keep.CHANGE only.

    A value within the deadband of the last one kept is left out, until ``max_interval_s`` have passed: a value that stays
    is still seen to be alive. No two samples of the same quality are kept within ``min_interval_s``. A change of quality or
    status is always kept at once. What was left out just before a change is kept with it, so that a straight line
    between two kept numbers is never further from the truth than the deadband.
    """

    keep: Keep = Keep.CHANGE
    deadband: float = 0.0
    min_interval_s: float = 0.0
    max_interval_s: float = DEFAULT_MAX_INTERVAL_S


class Admission:
    """Applies a rule to one tag. For one thread."""

    def __init__(self, rule: HistoryRule) -> None:
        self.rule = rule
        self._last: Sample | None = None
        self._left_out: Sample | None = None
        self._owed = False
        self._interval_s = rule.min_interval_s

    def admit(self, samples: list[Sample], least_interval_s: float = 0.0) -> list[Sample]:
        """The samples to keep, in order; some may be from the call before.

        ``least_interval_s`` thins out more than the rule does, while there is little room.
        """
        if self.rule.keep is Keep.NONE:
            return []
        min_interval_s = self._interval_s = max(self.rule.min_interval_s, least_interval_s)
        if self.rule.keep is Keep.ALL and min_interval_s <= 0:
            return samples
        if min_interval_s <= 0 and self.rule.deadband <= 0 and self._all_change(samples):
            self._last = samples[-1]
            return samples
        return self._judge(samples, min_interval_s)

    def due(self, now_s: float) -> list[Sample]:
        """A change that came too soon after another and was held back, once its time has come."""
        if not self._owed or self._last is None or self._left_out is None:
            return []
        if 0 <= now_s - self._last.received_time < self._interval_s:
            return []
        kept = self._left_out
        self._keep(kept)
        return [kept]

    def _all_change(self, samples: list[Sample]) -> bool:
        """The common case of noisy numbers, judged in one go."""
        if self._left_out is not None or not samples:
            return False
        values = [sample.value for sample in samples]
        return (self._last is None or self._last.value != values[0]) and all(map(_differ, values, values[1:]))

    def _judge(self, samples: Iterable[Sample], min_interval_s: float) -> list[Sample]:
        kept: list[Sample] = []
        for sample in samples:
            last = self._last
            if last is None or sample.quality is not last.quality or sample.status != last.status:
                self._admit_with_last_left_out(sample, kept, min_interval_s)
                continue
            waited_s = sample.received_time - last.received_time
            changed = self.rule.keep is Keep.ALL or _beyond(sample.value, last.value, self.rule.deadband)
            if 0 <= waited_s < min_interval_s:  # a clock that was set back ends every wait
                self._left_out, self._owed = sample, self._owed or changed
            elif changed:
                self._admit_with_last_left_out(sample, kept, min_interval_s)
            elif not 0 <= waited_s < self.rule.max_interval_s:
                self._keep(sample)
                kept.append(sample)
            else:
                self._left_out = sample
        return kept

    def _admit_with_last_left_out(self, sample: Sample, kept: list[Sample], min_interval_s: float) -> None:
        if self._left_out is not None and min_interval_s <= 0 and not isinstance(sample.value, str | bool):
            kept.append(self._left_out)
        self._keep(sample)
        kept.append(sample)

    def _keep(self, sample: Sample) -> None:
        self._last, self._left_out, self._owed = sample, None, False


def _differ(one: Value, other: Value) -> bool:
    return one != other


def _beyond(value: Value, last: Value, deadband: float) -> bool:
    """Whether a value differs from the last one by more than the deadband; texts and states differ or do not."""
    if isinstance(value, (int, float)) and isinstance(last, (int, float)) and deadband > 0:
        return not abs(value - last) <= deadband
    return value != last or type(value) is not type(last)
