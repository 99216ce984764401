"""From observations to samples: numbers, texts, conditions, data sets, time series, and what is Bad.

A Sample (MTConnect's word for a measured value) becomes a float, an Event a text or, where its type is a number, a number; a
Condition is its worst level. UNAVAILABLE is Bad with the status BadNoCommunication: the agent answers, its machine does not.
"""

from __future__ import annotations

import math
import re
import time

from drivers.address import MtconnectAddress
from drivers.base import Quality, Sample, Tag, Value
from drivers.connection import STOPPED_ARRIVING
from drivers.mtconnect.documents import CONDITION, SAMPLE, DataItem, Observation
from drivers.mtconnect.times import seconds

MAX_VALUE_CHARACTERS = 4096
MAX_ACTIVE_CONDITIONS = 200
MAX_SET_ENTRIES = 10_000
UNAVAILABLE = "UNAVAILABLE"
LEVELS = ("Unavailable", "Fault", "Warning", "Normal")
NUMBER_EVENTS = frozenset(
    (
        "AXIS_FEEDRATE_OVERRIDE",
        "BLOCK_COUNT",
        "LINE_NUMBER",
        "PART_COUNT",
        "PATH_FEEDRATE_OVERRIDE",
        "ROTARY_VELOCITY_OVERRIDE",
    )
)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_NOT_FINITE = frozenset({"nan", "inf", "infinity"})


class NoValue(Exception):
    """The observation has no value to show; ``status`` is the status code's name."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class ItemReader:
    """One tag's data item: what was reported before (active conditions, entries of a set) and what a value means."""

    def __init__(self, tag: Tag, address: MtconnectAddress, item: DataItem) -> None:
        self.tag = tag
        self.item = item
        self._address = address
        self._active: dict[str, tuple[str, str, str]] = {}
        self._entries: dict[str, str] = {}

    def begin_anew(self) -> None:
        """Forget what was reported: a `current` document follows."""
        self._active.clear()
        self._entries.clear()

    def take(self, observation: Observation) -> list[Sample]:
        """The samples of one observation, oldest first: one, or those of a time series."""
        now, source_time = time.time(), seconds(observation.timestamp)
        try:
            if observation.attributes.get("sampleCount") and observation.category == SAMPLE:
                return self._series(observation, source_time, now)
            value = self._value(observation)
        except NoValue as fault:
            shown = LEVELS[0] if observation.category == CONDITION else None
            return [Sample(self.tag.name, shown, Quality.BAD, fault.status, source_time, now)]
        return [Sample(self.tag.name, value, Quality.GOOD, "Good", source_time, now)]

    def _value(self, observation: Observation) -> Value:
        if observation.category == CONDITION:
            return self._condition(observation)
        if self._is_set(observation):
            return self._entry(observation)
        text = _available(observation.text)
        if observation.category == SAMPLE:
            return self._number_of(text)
        if self._address.index is not None or self._address.key is not None:
            raise NoValue("BadTypeMismatch")
        return event_value(text, self._wants_number())

    def _wants_number(self) -> bool:
        if self._address.type is not None:
            return self._address.type == "number"
        item = self.item
        return item.type in NUMBER_EVENTS or bool(item.units or item.native_units)

    def _number_of(self, text: str) -> float:
        """A Sample's number; of several (a position in space) the one that ``index`` picks."""
        words = text.split()
        index = self._address.index
        if index is None:
            if len(words) > 1 and all(_NUMBER.fullmatch(word) for word in words):
                raise NoValue("BadTypeMismatch")
            return number(text)
        if index >= len(words):
            raise NoValue("BadIndexRangeNoData")
        return number(words[index])

    def _is_set(self, observation: Observation) -> bool:
        representation = self.item.representation
        return bool(observation.entries) or representation in ("DATA_SET", "TABLE", "DISCRETE_DATA_SET")

    def _entry(self, observation: Observation) -> Value:
        if not observation.entries:
            _unless_unavailable(observation.text)
        if "resetTriggered" in observation.attributes:
            self._entries.clear()
        for key, text in observation.entries:
            if text is None:
                self._entries.pop(key, None)
            elif len(self._entries) < MAX_SET_ENTRIES or key in self._entries:
                self._entries[key] = text
        if self._address.key is None or self.item.representation == "TABLE":
            raise NoValue("BadTypeMismatch")
        if self._address.key not in self._entries:
            raise NoValue("BadIndexRangeNoData")
        text = _available(self._entries[self._address.key])
        wants_number = observation.category == SAMPLE or self._wants_number()
        return event_value(text, wants_number)

    def _condition(self, observation: Observation) -> str:
        """The worst of the active levels, its message or its code; MTConnect part 3: each native code is one activation."""
        level = observation.element.capitalize()
        if level not in LEVELS:
            raise NoValue("BadDecodingError")
        code = observation.attributes.get("nativeCode", "")
        identity = observation.attributes.get("conditionId", "") or code
        if level == LEVELS[0]:
            self._active.clear()
            raise NoValue(STOPPED_ARRIVING)
        if level == "Normal":
            if identity:
                self._active.pop(identity, None)
            else:
                self._active.clear()
        elif len(self._active) < MAX_ACTIVE_CONDITIONS or identity in self._active:
            self._active[identity] = (level, observation.text[:MAX_VALUE_CHARACTERS], code)
        ordered = sorted(self._active.values(), key=lambda active: LEVELS.index(active[0]))
        if self._address.part == "message":
            return "; ".join(text or code for _, text, code in ordered)[:MAX_VALUE_CHARACTERS]
        if self._address.part == "code":
            return "; ".join(code for _, _, code in ordered)[:MAX_VALUE_CHARACTERS]
        return ordered[0][0] if ordered else "Normal"

    def _series(self, observation: Observation, last_time: float | None, now: float) -> list[Sample]:
        """Each number of a time series; its timestamp is that of the last one, ``sampleRate`` says how many a second."""
        words = _available(observation.text, limit=len(observation.text)).split()
        rate_text = observation.attributes.get("sampleRate") or self.item.sample_rate
        rate = number(rate_text) if rate_text else 0.0
        samples = []
        for before_last, word in zip(range(len(words) - 1, -1, -1), words, strict=True):
            at = None if last_time is None or rate <= 0 else last_time - before_last / rate
            if at is None and before_last == 0:
                at = last_time
            try:
                samples.append(Sample(self.tag.name, number(word), Quality.GOOD, "Good", at, now))
            except NoValue as fault:
                samples.append(Sample(self.tag.name, None, Quality.BAD, fault.status, at, now))
        # without a rate only the last value has a time of its own
        return samples if rate > 0 else samples[-1:]


def number(text: str) -> float:
    """A finite number. Raises NoValue."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        not_finite = stripped.lstrip("+-").lower() in _NOT_FINITE
        raise NoValue("BadOutOfRange" if not_finite else "BadDecodingError")
    value = float(stripped)
    if not math.isfinite(value):
        raise NoValue("BadOutOfRange")
    return value


def event_value(text: str, wants_number: bool) -> Value:
    """An Event's text, or its number: whole where it is written so. Raises NoValue."""
    if not wants_number:
        return text
    if _WHOLE.fullmatch(text):
        return int(text)
    return number(text)


def _available(text: str, limit: int = MAX_VALUE_CHARACTERS) -> str:
    _unless_unavailable(text)
    if not text:
        raise NoValue("BadNoData")
    if len(text) > limit:
        raise NoValue("BadEncodingLimitsExceeded")
    return text


def _unless_unavailable(text: str) -> None:
    if text == UNAVAILABLE:
        raise NoValue(STOPPED_ARRIVING)
