"""What an alarm is configured to be: its trigger, its delays, and its rationalisation (ISA-18.2, clause 9).

A rule says when the alarm is there, how urgent it is, and what the person who reads it has to do. Rules are checked where
they are read (station.toml); here they are values.
"""

from __future__ import annotations

import enum
import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

PRIORITIES: Final = ("critical", "high", "medium", "low")
"""Most urgent first (ISA-18.2)."""

LINKS: Final = ("trend", "record", "device")
DEVICE_LOST: Final = "device lost"
MAX_SHELF_S: Final = 8 * 3600.0
MOST_PER_TEN_MINUTES: Final = 10


class Trigger(enum.StrEnum):
    """When an alarm is there, in the words of station.toml."""

    HIGH_HIGH = "high_high"
    HIGH = "high"
    LOW = "low"
    LOW_LOW = "low_low"
    IS = "is"
    IS_NOT = "is_not"
    RATE = "rate"
    NO_VALUE = "no_value"
    LOST = "lost"


LIMITS: Final = (Trigger.LOW_LOW, Trigger.LOW, Trigger.HIGH, Trigger.HIGH_HIGH)
"""The triggers that are limits, in the order in which their values must rise."""

_CONDITIONS: Final[Mapping[Trigger, str]] = {
    Trigger.HIGH_HIGH: "high-high limit",
    Trigger.HIGH: "high limit",
    Trigger.LOW: "low limit",
    Trigger.LOW_LOW: "low-low limit",
    Trigger.RATE: "rate of change",
    Trigger.NO_VALUE: "no value",
    Trigger.LOST: DEVICE_LOST,
}


@dataclass(frozen=True, slots=True)
class AlarmSettings:
    """How the station treats alarms: the least priority that sounds the horn (empty: silent), how many in ten minutes are
    a flood, and for how long one may be shelved at most (seconds).
    """

    horn: str = "high"
    flood: int = MOST_PER_TEN_MINUTES
    max_shelf_s: float = MAX_SHELF_S


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """One configured alarm of a tag, or of a device that is lost.

    ``limit``, ``deadband`` in the tag's unit; of a rate in the unit per ``per_s`` seconds. ``states`` are texts or numbers as
    text. ``group`` is the origin: of alarms of one group the first is marked. ``equipment`` is what maintenance is asked for.
    ``alarm_class``, ``consequence`` (of doing nothing) and ``respond_s`` (time to answer) are rationalisation.
    """

    source: str
    trigger: Trigger
    title: str
    unit: str = ""
    limit: float = math.nan
    states: tuple[str, ...] = ()
    deadband: float = 0.0
    on_delay_s: float = 0.0
    off_delay_s: float = 0.0
    per_s: float = 60.0
    priority: str = "medium"
    text: str = ""
    guidance: str = ""
    link: str = "trend"
    alarm_class: str = ""
    consequence: str = ""
    respond_s: float = 0.0
    group: str = ""
    equipment: str = ""
    stops_step: bool = False

    @property
    def condition(self) -> str:
        """The condition's name in records."""
        if self.trigger in (Trigger.IS, Trigger.IS_NOT):
            word = "is" if self.trigger is Trigger.IS else "is not"
            return f"{word} {' or '.join(self.states)}"
        return _CONDITIONS[self.trigger]

    @property
    def key(self) -> tuple[str, str]:
        """Source and condition, as records name the alarm."""
        return self.source, self.condition

    def sentence(self, value_text: str) -> str:
        """What is said when it comes: the configured text, else what the value does."""
        unit = f" {self.unit}" if self.unit else ""
        shown = f"{self.title} {value_text}{unit}" if value_text else self.title
        if self.text:
            return f"{self.text} ({value_text}{unit})" if value_text else self.text
        match self.trigger:
            case Trigger.HIGH_HIGH | Trigger.HIGH:
                return f"{shown}, above {self.limit:g}{unit}"
            case Trigger.LOW_LOW | Trigger.LOW:
                return f"{shown}, below {self.limit:g}{unit}"
            case Trigger.RATE:
                return f"{self.title} changes by {value_text}{unit} in {self.per_s:g} s, more than {self.limit:g}{unit}"
            case Trigger.NO_VALUE:
                return f"{self.title} has no value" + (f": {value_text}" if value_text else "")
            case Trigger.LOST:
                return f"{device_title(self.title)} does not answer" + (f": {value_text}" if value_text else "")
            case _:
                return f"{self.title} {self.condition}"


def device_title(device: str) -> str:
    """A device's name from station.toml as a word in a sentence and on the screen: "test_bench" is "Test bench"."""
    words = device.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def is_of_tag(condition: str) -> bool:
    """Whether a recorded condition is that of a tag's configured alarm."""
    return condition.startswith("is ") or (condition in _CONDITIONS.values() and condition != DEVICE_LOST)


def shown_limits(rules: Iterable[AlarmRule]) -> tuple[float | None, float | None]:
    """The low and the high limit to be drawn beside a tag's values: the inner ones where there are two."""
    limits = {rule.trigger: rule.limit for rule in rules if rule.trigger in LIMITS}
    low = limits.get(Trigger.LOW, limits.get(Trigger.LOW_LOW))
    return low, limits.get(Trigger.HIGH, limits.get(Trigger.HIGH_HIGH))


def limit_faults(rules: Iterable[AlarmRule]) -> list[tuple[AlarmRule, str]]:
    """What is wrong with the limits of one tag together: swapped ones, and deadbands that reach the opposite limit."""
    by_trigger = {rule.trigger: rule for rule in rules if rule.trigger in LIMITS}
    ordered = [by_trigger[trigger] for trigger in LIMITS if trigger in by_trigger]
    faults = [
        (upper, f"{upper.limit:g} is not above {lower.trigger} ({lower.limit:g})")
        for lower, upper in itertools.pairwise(ordered)
        if upper.limit <= lower.limit
    ]
    lows = [rule for rule in ordered if rule.trigger in (Trigger.LOW, Trigger.LOW_LOW)]
    highs = [rule for rule in ordered if rule.trigger in (Trigger.HIGH, Trigger.HIGH_HIGH)]
    if lows and highs and not faults:
        room = min(rule.limit for rule in highs) - max(rule.limit for rule in lows)
        faults += [(rule, f"a deadband of {rule.deadband:g} is not less than the range between the limits ({room:g})")
                   for rule in ordered if rule.deadband >= room]  # fmt: skip
    return faults
