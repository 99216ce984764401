"""The tag table: each tag's newest sample, its last 30 minutes, and what its device says of it.

Lives on the main thread; a timer drains the field loop's queues into it 20 times a second.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from drivers.base import Quality, Sample, Tag, TagDescription, Value
from station_app.services.notices import Notice

HISTORY_S = 1800.0
CLOCK_STEP_S = 60.0
ENTERED_TOGETHER = 32
FEWEST_AT_ONCE = 8
MOST_TEXTS = 1000
"""So many different texts of one tag have numbers of their own; all others share one."""
READ_STAMP_S = 1.0
TOGETHER_S = 0.1
SETTLE_S = 0.2


@dataclass(frozen=True, slots=True)
class BadSpan:
    """A stretch without Good values: times in seconds since the epoch; ``end`` is None while it lasts."""

    start: float
    end: float | None
    status: str


class TagHistory:
    """A ring of one tag's values: NaN where the quality was Bad. ``capacity`` samples at most.

    A text stands as a number, which :attr:`texts` turns back; each text keeps its number. Samples are entered into the ring
    some at a time, at the latest when somebody looks: most tags are looked at by nobody while their values arrive.
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self._times = np.zeros(capacity)
        self._values = np.full(capacity, np.nan)
        self._count = 0
        self._bad_spans: list[BadSpan] = []
        self._codes: dict[str, int] = {}
        self._numeric = False
        self._new: list[Sample] = []

    def add(self, sample: Sample) -> None:
        """Add one sample; times that run backwards a little are set to the last one.

        A time far before the last one means that a clock was set back: the history begins anew, or it would stand still
        until that time comes again.
        """
        self._new.append(sample)
        if len(self._new) >= ENTERED_TOGETHER:
            self._enter()

    @property
    def count(self) -> int:
        """How many were added since the beginning; also those that the ring no longer has."""
        self._enter()
        return self._count

    @property
    def bad_spans(self) -> list[BadSpan]:
        """The stretches without Good values, oldest first."""
        self._enter()
        return self._bad_spans

    def _enter(self) -> None:
        """Bring what is new into the ring."""
        if not self._new:
            return
        samples, self._new = self._new, []
        if len(samples) < FEWEST_AT_ONCE or not self._enter_numbers(samples):
            for sample in samples:
                self._enter_one(sample)

    def _enter_numbers(self, samples: Sequence[Sample]) -> bool:
        """The common case at once: numbers that are not Bad, in order of time. False: they go in one by one."""
        values = [sample.value for sample in samples]
        if self._codes or set(map(type, values)) != {float} or (self._bad_spans and self._bad_spans[-1].end is None):
            return False
        if any(sample.quality is Quality.BAD for sample in samples):
            return False
        came = np.array([sample.time for sample in samples])
        if self._count:
            came = np.append(self._times[(self._count - 1) % self.capacity], came)
        times = np.maximum.accumulate(came)
        if (came < times - CLOCK_STEP_S).any():
            return False
        size = min(len(values), self.capacity)
        places = np.arange(self._count + len(values) - size, self._count + len(values)) % self.capacity
        self._times[places], self._values[places] = times[-size:], np.array(values[-size:])
        self._count += len(values)
        self._numeric = True
        self._forget_spans(float(times[-1]))
        return True

    def _enter_one(self, sample: Sample) -> None:
        last = self._times[(self._count - 1) % self.capacity] if self._count else -math.inf
        if sample.time < last - CLOCK_STEP_S:
            self._count, last = 0, -math.inf
            self._bad_spans.clear()
        time = max(sample.time, float(last))
        good = sample.quality is not Quality.BAD
        value = self._number(sample.value) if good else math.nan
        self._times[self._count % self.capacity] = time
        self._values[self._count % self.capacity] = value
        self._count += 1
        self._note_quality(time, good, sample.status)

    @property
    def texts(self) -> dict[int, str]:
        """What the numbers of texts stand for; empty for a tag of numbers."""
        self._enter()
        return {code: text for text, code in self._codes.items()}

    def code_of(self, text: str) -> int:
        """The number that stands for a text."""
        self._enter()
        return self._code_of(text)

    def _code_of(self, text: str) -> int:
        if text not in self._codes and len(self._codes) >= MOST_TEXTS:
            text = "…"
        return self._codes.setdefault(text, len(self._codes))

    def _number(self, value: Value) -> float:
        """A value as it stands in the ring; what does not fit to the tag's first values is none."""
        if isinstance(value, str):
            return float(self._code_of(value)) if self._codes or not self._numeric else math.nan
        self._numeric = self._numeric or (value is not None and not self._codes)
        return float(value) if value is not None and self._numeric else math.nan

    def since(self, start: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times and values from ``start`` on, oldest first; copies."""
        size = min(self.count, self.capacity)
        head = self._count % self.capacity if self._count > self.capacity else 0
        order = (np.arange(size) + head) % self.capacity
        times = self._times[order]
        first = int(np.searchsorted(times, start))
        return times[first:], self._values[order][first:]

    def added_since(self, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times and values of the samples that came after the first ``count``, as far as the ring still has them; copies."""
        new = min(max(self.count - count, 0), self.capacity)
        places = np.arange(self._count - new, self._count) % self.capacity
        return self._times[places], self._values[places]

    def last_good(self) -> float | None:
        """The newest value that was not bad; None when there is none in the ring."""
        head = self.count % self.capacity
        # what lies behind the head is older, and left over from before a clock was set back while the ring is not full
        for values in (self._values[:head], self._values[head:] if self._count >= self.capacity else self._values[:0]):
            good = np.flatnonzero(np.isfinite(values))
            if good.size:
                return float(values[good[-1]])
        return None

    def _note_quality(self, time: float, good: bool, status: str) -> None:
        spans = self._bad_spans
        open_span = spans[-1] if spans and spans[-1].end is None else None
        if good and open_span is not None:
            spans[-1] = BadSpan(open_span.start, time, open_span.status)
        elif not good and open_span is None:
            spans.append(BadSpan(time, None, status))
        self._forget_spans(time)

    def _forget_spans(self, time: float) -> None:
        spans = self._bad_spans
        while spans and spans[0].end is not None and spans[0].end < time - HISTORY_S:
            spans.pop(0)


@dataclass(slots=True)
class _Change:
    """Of a tag's Good values: when the first came, the newest, and when it last differed from the one before."""

    first: float
    value: Value
    changed: float = -math.inf


class TagTable:
    """Every configured tag's newest sample and history. ``changed`` is told once per drained batch."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self.tags = {tag.name: tag for tag in tags}
        self.changed = Notice()
        self._latest: dict[str, Sample] = {}
        self._history: dict[str, TagHistory] = {}
        self._changes: dict[str, _Change] = {}
        self._descriptions: dict[str, TagDescription] = {}

    def add(self, tag: Tag) -> None:
        """One more tag, from now on."""
        self.tags[tag.name] = tag

    def remove(self, name: str) -> None:
        """A tag that is not configured any more: what it had is forgotten here."""
        self.tags.pop(name, None)
        self._latest.pop(name, None)
        self._history.pop(name, None)
        self._changes.pop(name, None)
        self._descriptions.pop(name, None)

    def take(self, samples: Iterable[Sample]) -> list[Sample]:
        """Enter a batch, oldest first; answers the samples of configured tags."""
        taken = []
        tags, latest, histories, good = self.tags, self._latest, self._history, Quality.GOOD
        for sample in samples:
            name = sample.tag
            if name not in tags:
                continue
            if sample.quality is good:
                self._note_change(name, sample)
            latest[name] = sample
            (histories.get(name) or self._history_of(name)).add(sample)
            taken.append(sample)
        if taken:
            self.changed.tell()
        return taken

    def _history_of(self, name: str) -> TagHistory:
        if name not in self._history:
            self._history[name] = TagHistory(_capacity(self.tags[name]))
        return self._history[name]

    def _note_change(self, name: str, sample: Sample) -> None:
        known = self._changes.get(name)
        if known is None:
            self._changes[name] = _Change(sample.received_time, sample.value, _changed_before(sample))
        elif known.value != sample.value:
            known.value, known.changed = sample.value, sample.received_time

    def changed_since(self, name: str, time_s: float) -> bool | None:
        """Whether a Good value of the tag differed from the one before after ``time_s`` (seconds since the epoch).

        None when the tag was not watched since then (the application was started meanwhile), and its device does not tell since
        when the value is what it is: it cannot be said.
        """
        known = self._changes.get(name)
        if known is None:
            return None
        if known.changed > time_s:
            return True
        return False if known.first <= time_s else None

    def is_behind(self, name: str, counter: str, now_s: float) -> bool:
        """Whether a tag's value is still that of before its counter moved: it has not been told since, and may be on its way.

        Told since is what came at most a tenth of a second before the counter. A value that stays the same is told by no
        subscription: after the tag's interval and a moment it counts as told.
        """
        moved = self._changes[counter].changed if counter in self._changes else -math.inf
        sample, tag = self._latest.get(name), self.tags.get(name)
        if sample is None or tag is None or sample.received_time >= moved - TOGETHER_S:
            return False
        return now_s - moved < SETTLE_S + tag.interval_s

    def describe(self, descriptions: Iterable[TagDescription]) -> None:
        """Note what devices say of tags; a later word replaces an earlier one."""
        self._descriptions.update({said.tag: said for said in descriptions if said.tag in self.tags})

    def description(self, name: str) -> TagDescription | None:
        """What the device says of a tag; None when it said nothing."""
        return self._descriptions.get(name)

    def text_code(self, name: str, text: str) -> int:
        """The number that stands for a text of a tag. Raises KeyError for a tag that is not configured."""
        return self._history_of(name).code_of(text)

    def latest(self, name: str) -> Sample | None:
        """The newest sample, None when nothing ever came."""
        return self._latest.get(name)

    def history(self, name: str) -> TagHistory | None:
        """The last 30 minutes, None when nothing ever came."""
        return self._history.get(name)

    def address(self, name: str) -> str:
        """The tag's address, empty for an unknown tag."""
        tag = self.tags.get(name)
        return "" if tag is None else tag.address


def _capacity(tag: Tag) -> int:
    return max(64, min(int(HISTORY_S / max(tag.interval_s, 0.01) * 1.2), 60_000))


def _changed_before(first: Sample) -> float:
    """When a value changed that the first sample of a tag tells, by its device's time; never, where that is not known.

    Many devices stamp a value with the time at which it was read: that says nothing of its change.
    """
    if first.source_time is None or first.source_time > first.received_time - READ_STAMP_S:
        return -math.inf
    return first.source_time
