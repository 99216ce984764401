"""A tag that people added at the running station: its rules, the name proposed for it, what is wrong with it.

Its text in a file is :mod:`station_app.domain.added_tag_text`.

>>> propose_name("press", "Peak Force", {"press.peak_force"})
'press.peak_force_2'
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Final

from station_app.domain.alarm_rule import LIMITS, AlarmRule, limit_faults
from station_app.domain.history_rule import HistoryRule, Keep

TAG_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
TAG_NAME_ALLOWED: Final = "letters, digits, _ - and ."
LONGEST_NAME: Final = 80
LONGEST_TITLE: Final = 60
LONGEST_UNIT: Final = 20
SHORTEST_INTERVAL_S: Final = 0.01
LONGEST_INTERVAL_S: Final = 3600.0
USUAL_HISTORY: Final = HistoryRule()
LONGEST_DELAY_S: Final = 3600.0
LONGEST_HISTORY_INTERVAL_S: Final = 86400.0
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")
_WORD_STARTS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class AddedTag:
    """A tag as it was added. ``address`` names its device as station.toml does; ``interval_s`` is how often it is read.

    ``alarms`` are its limits and other alarms, ``history`` which of its samples are kept.
    """

    name: str
    address: str
    title: str = ""
    unit: str = ""
    interval_s: float = 0.5
    writable: bool = False
    alarms: tuple[AlarmRule, ...] = ()
    history: HistoryRule = USUAL_HISTORY

    def with_alarms(self, alarms: Sequence[AlarmRule]) -> AddedTag:
        """This tag with these alarms, in its own name, title and unit."""
        named = (replace(rule, source=self.name, title=self.title or self.name, unit=self.unit) for rule in alarms)
        return replace(self, alarms=tuple(named))


def name_fault(name: str, taken: Collection[str]) -> str:
    """Why a tag cannot have this name, as a sentence; empty when it can."""
    if not name:
        return "The tag needs a name."
    if not TAG_NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        return (
            f"The name “{name[:LONGEST_NAME]}” cannot be used. Allowed are {TAG_NAME_ALLOWED} (at most {LONGEST_NAME})."
        )
    if name in taken:
        return f"There is a tag “{name}” already. Choose another name."
    return ""


def tag_fault(tag: AddedTag, taken: Collection[str], further: Sequence[AlarmRule] = ()) -> str:
    """Why this tag cannot be added, as a sentence; empty when it can. ``further`` are alarms that station.toml has of it."""
    if fault := name_fault(tag.name, taken):
        return fault
    return settings_fault(tag, further)


def settings_fault(tag: AddedTag, further: Sequence[AlarmRule] = ()) -> str:
    """Why a tag cannot be set up so, whatever its name, as a sentence; empty when it can."""
    if len(tag.title) > LONGEST_TITLE:
        return f"The title is too long ({len(tag.title)} characters). At most {LONGEST_TITLE} are shown."
    if len(tag.unit) > LONGEST_UNIT:
        return f"The unit is too long ({len(tag.unit)} characters). At most {LONGEST_UNIT} are shown."
    interval_s = tag.interval_s
    if not math.isfinite(interval_s) or not SHORTEST_INTERVAL_S <= interval_s <= LONGEST_INTERVAL_S:
        return f"The interval is {interval_s:g} s. Allowed are {SHORTEST_INTERVAL_S:g} to {LONGEST_INTERVAL_S:g} s."
    return _alarms_fault(tag.alarms, further) or _history_fault(tag.history)


def _alarms_fault(alarms: Sequence[AlarmRule], further: Sequence[AlarmRule]) -> str:
    for position, rule in enumerate(alarms):
        if rule.key in [other.key for other in [*further, *alarms[:position]]]:
            return f"The tag has an alarm “{rule.condition}” already. Each alarm once."
        if rule.trigger in LIMITS and not math.isfinite(rule.limit):
            return f"The {rule.condition} is no number."
        if not math.isfinite(rule.deadband) or rule.deadband < 0:
            return f"The deadband of the {rule.condition} is {rule.deadband:g}. It is a number of 0 or more."
        for delay_s in (rule.on_delay_s, rule.off_delay_s):
            if not 0 <= delay_s <= LONGEST_DELAY_S:
                return f"A delay of the {rule.condition} is {delay_s:g} s. Allowed are 0 to {LONGEST_DELAY_S:g} s."
    for rule, message in limit_faults([*further, *alarms]):
        return f"The {rule.condition} cannot be: {message}."
    return ""


def _history_fault(rule: HistoryRule) -> str:
    if not math.isfinite(rule.deadband) or rule.deadband < 0:
        return f"The deadband of the history is {rule.deadband:g}. It is a number of 0 or more."
    if not 0 <= rule.min_interval_s <= LONGEST_DELAY_S:
        return f"The shortest interval is {rule.min_interval_s:g} s. Allowed are 0 to {LONGEST_DELAY_S:g} s."
    if not 1 <= rule.max_interval_s <= LONGEST_HISTORY_INTERVAL_S:
        return f"The longest interval is {rule.max_interval_s:g} s. Allowed are 1 to {LONGEST_HISTORY_INTERVAL_S:g} s."
    if rule.keep is Keep.CHANGE and rule.min_interval_s > rule.max_interval_s:
        return "The shortest interval is longer than the longest."
    return ""


def propose_name(device: str, node_name: str, taken: Collection[str]) -> str:
    """A name that is free: the device's, and the node's in small letters."""
    words = _SEPARATORS.sub("_", _WORD_STARTS.sub("_", node_name).lower()).strip("_")
    front = re.sub(r"[^A-Za-z0-9_.-]", "_", device).lstrip(".-") or "device"
    name = f"{front[:40]}.{words or 'value'}"[: LONGEST_NAME - 5].rstrip("_.")
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free
