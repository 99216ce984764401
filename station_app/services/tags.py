"""The tag table: each tag's newest sample, its last 30 minutes, and what its device says of it.

Lives on the main thread; a timer drains the field loop's queues into it 20 times a second.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from drivers.base import Quality, Sample, Tag, TagDescription, Value
from station_app.services.notices import Notice

HISTORY_S = 1800.0
CLOCK_STEP_S = 60.0
MOST_TEXTS = 1000
"""So many different texts of one tag have numbers of their own; all others share one."""


@dataclass(frozen=True, slots=True)
class BadSpan:
    """A stretch without Good values: times in seconds since the epoch; ``end`` is None while it lasts."""

    start: float
    end: float | None
    status: str


@dataclass
class TagHistory:
    """A ring of one tag's values: NaN where the quality was Bad. ``capacity`` samples at most.

    A text stands as a number, which :attr:`texts` turns back; each text keeps its number.
    """

    capacity: int
    times: NDArray[np.float64] = field(init=False)
    values: NDArray[np.float64] = field(init=False)
    count: int = 0
    bad_spans: list[BadSpan] = field(default_factory=list)
    _codes: dict[str, int] = field(default_factory=dict)
    _numeric: bool = False

    def __post_init__(self) -> None:
        self.times = np.zeros(self.capacity)
        self.values = np.full(self.capacity, np.nan)

    def add(self, sample: Sample) -> None:
        """Add one sample; times that run backwards a little are set to the last one.

        A time far before the last one means that a clock was set back: the history begins anew, or it would stand still
        until that time comes again.
        """
        last = self.times[(self.count - 1) % self.capacity] if self.count else -math.inf
        if sample.time < last - CLOCK_STEP_S:
            self.count, last = 0, -math.inf
            self.bad_spans.clear()
        time = max(sample.time, float(last))
        good = sample.quality is not Quality.BAD
        value = self._number(sample.value) if good else math.nan
        self.times[self.count % self.capacity] = time
        self.values[self.count % self.capacity] = value
        self.count += 1
        self._note_quality(time, good, sample.status)

    @property
    def texts(self) -> dict[int, str]:
        """What the numbers of texts stand for; empty for a tag of numbers."""
        return {code: text for text, code in self._codes.items()}

    def code_of(self, text: str) -> int:
        """The number that stands for a text."""
        if text not in self._codes and len(self._codes) >= MOST_TEXTS:
            text = "…"
        return self._codes.setdefault(text, len(self._codes))

    def _number(self, value: Value) -> float:
        """A value as it stands in the ring; what does not fit to the tag's first values is none."""
        if isinstance(value, str):
            return float(self.code_of(value)) if self._codes or not self._numeric else math.nan
        self._numeric = self._numeric or (value is not None and not self._codes)
        return float(value) if value is not None and self._numeric else math.nan

    def since(self, start: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times and values from ``start`` on, oldest first; copies."""
        size = min(self.count, self.capacity)
        head = self.count % self.capacity if self.count > self.capacity else 0
        order = (np.arange(size) + head) % self.capacity
        times = self.times[order]
        first = int(np.searchsorted(times, start))
        return times[first:], self.values[order][first:]

    def added_since(self, count: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times and values of the samples that came after the first ``count``, as far as the ring still has them; copies."""
        new = min(max(self.count - count, 0), self.capacity)
        places = np.arange(self.count - new, self.count) % self.capacity
        return self.times[places], self.values[places]

    def last_good(self) -> float | None:
        """The newest value that was not bad; None when there is none in the ring."""
        head = self.count % self.capacity
        # what lies behind the head is older, and left over from before a clock was set back while the ring is not full
        for values in (self.values[:head], self.values[head:] if self.count >= self.capacity else self.values[:0]):
            good = np.flatnonzero(np.isfinite(values))
            if good.size:
                return float(values[good[-1]])
        return None

    def _note_quality(self, time: float, good: bool, status: str) -> None:
        open_span = self.bad_spans[-1] if self.bad_spans and self.bad_spans[-1].end is None else None
        if good and open_span is not None:
            self.bad_spans[-1] = BadSpan(open_span.start, time, open_span.status)
        elif not good and open_span is None:
            self.bad_spans.append(BadSpan(time, None, status))
        while self.bad_spans and self.bad_spans[0].end is not None and self.bad_spans[0].end < time - HISTORY_S:
            self.bad_spans.pop(0)


class TagTable:
    """Every configured tag's newest sample and history. ``changed`` is told once per drained batch."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self.tags = {tag.name: tag for tag in tags}
        self.changed = Notice()
        self._latest: dict[str, Sample] = {}
        self._history: dict[str, TagHistory] = {}
        self._changes: dict[str, tuple[float, Value, float]] = {}
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
        for sample in samples:
            tag = self.tags.get(sample.tag)
            if tag is None:
                continue
            self._note_change(sample)
            self._latest[sample.tag] = sample
            self._history_of(tag).add(sample)
            taken.append(sample)
        if taken:
            self.changed.tell()
        return taken

    def _history_of(self, tag: Tag) -> TagHistory:
        if tag.name not in self._history:
            self._history[tag.name] = TagHistory(_capacity(tag))
        return self._history[tag.name]

    def _note_change(self, sample: Sample) -> None:
        if sample.quality is not Quality.GOOD:
            return
        first, value, changed = self._changes.get(sample.tag, (sample.received_time, sample.value, -math.inf))
        if value != sample.value:
            changed = sample.received_time
        self._changes[sample.tag] = (first, sample.value, changed)

    def changed_since(self, name: str, time_s: float) -> bool | None:
        """Whether a Good value of the tag differed from the one before after ``time_s`` (seconds since the epoch).

        None when the tag was not watched since then: it cannot be said.
        """
        known = self._changes.get(name)
        if known is None:
            return None
        first, _, changed = known
        if changed > time_s:
            return True
        return False if first <= time_s else None

    def describe(self, descriptions: Iterable[TagDescription]) -> None:
        """Note what devices say of tags; a later word replaces an earlier one."""
        self._descriptions.update({said.tag: said for said in descriptions if said.tag in self.tags})

    def description(self, name: str) -> TagDescription | None:
        """What the device says of a tag; None when it said nothing."""
        return self._descriptions.get(name)

    def text_code(self, name: str, text: str) -> int:
        """The number that stands for a text of a tag. Raises KeyError for a tag that is not configured."""
        return self._history_of(self.tags[name]).code_of(text)

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
