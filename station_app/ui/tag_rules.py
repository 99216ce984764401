"""Limits and history of an added tag as they are typed: texts by cell, from a tag and back to it. No Qt.

A row of cells is a limit (high-high, high, low, low-low) with its deadband and delays, or the history with its deadband and
intervals. An empty limit is none. What a form does not show (guidance, texts, alarms of states) is left as it was.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QCoreApplication

from station_app.domain.added_tag import AddedTag
from station_app.domain.alarm_rule import LIMITS, PRIORITIES, AlarmRule, Trigger
from station_app.domain.history_rule import HistoryRule, Keep
from station_app.domain.rules import Refusal

translate = QCoreApplication.translate
Cell = tuple[str, str]

LIMIT_ROWS: Final = tuple(str(trigger) for trigger in reversed(LIMITS))
LIMIT_FIELDS: Final = ("limit", "deadband", "on_delay_s", "off_delay_s")
HISTORY: Final = "history"
HISTORY_FIELDS: Final = ("deadband", "min_interval_s", "max_interval_s")
_USUAL: Final = HistoryRule()


class TagRules:
    """What is typed. ``texts`` by cell; ``priorities`` by limit; ``keep`` of the history."""

    def __init__(self, tag: AddedTag) -> None:
        self._tag = tag
        self._before = {str(rule.trigger): rule for rule in tag.alarms if rule.trigger in LIMITS}
        self.texts: dict[Cell, str] = {}
        self.priorities = {row: self._rule(row).priority for row in LIMIT_ROWS}
        for row in LIMIT_ROWS:
            rule = self._rule(row)
            self.texts |= {(row, field): _shown(getattr(rule, field)) for field in LIMIT_FIELDS}
        self.keep = tag.history.keep
        self.texts |= {(HISTORY, field): _shown(getattr(tag.history, field)) for field in HISTORY_FIELDS}

    def _rule(self, row: str) -> AlarmRule:
        usual = "high" if row in (Trigger.HIGH_HIGH, Trigger.LOW_LOW) else "medium"
        return self._before.get(row) or AlarmRule(self._tag.name, Trigger(row), "", priority=usual)

    def is_open(self, cell: Cell) -> bool:
        """Whether a cell means something now: a deadband without its limit, or without history, does not."""
        row, field = cell
        if row != HISTORY:
            return field == "limit" or bool(self.texts[row, "limit"].strip())
        return self.keep is Keep.CHANGE or (self.keep is Keep.ALL and field == "min_interval_s")

    def next_priority(self, row: str) -> str:
        """The priority after this one; after the most urgent comes the least."""
        at = PRIORITIES.index(self.priorities[row])
        self.priorities[row] = PRIORITIES[(at - 1) % len(PRIORITIES)]
        return self.priorities[row]

    def tag(self) -> AddedTag:
        """The tag with what is typed. Raises Refusal for what is no number."""
        others = [rule for rule in self._tag.alarms if rule.trigger not in LIMITS]
        limits = [self._limit(row) for row in LIMIT_ROWS if self.texts[row, "limit"].strip()]
        values = {field: self._number((HISTORY, field)) for field in HISTORY_FIELDS if self.is_open((HISTORY, field))}
        return replace(self._tag, history=replace(_USUAL, keep=self.keep, **values)).with_alarms([*limits, *others])

    def _limit(self, row: str) -> AlarmRule:
        limit, deadband, on_delay_s, off_delay_s = (self._number((row, field)) for field in LIMIT_FIELDS)
        return replace(
            self._rule(row),
            limit=limit,
            deadband=deadband,
            on_delay_s=on_delay_s,
            off_delay_s=off_delay_s,
            priority=self.priorities[row],
        )

    def _number(self, cell: Cell) -> float:
        """A cell's number; an empty one is as usual."""
        row, field = cell
        text = self.texts[cell].strip()
        if not text:
            return float(getattr(_USUAL, field)) if row == HISTORY else 0.0
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            comma = (
                translate("tags", "Type a point for a comma.") if "," in text else translate("tags", "Type a number.")
            )
            raise Refusal(translate("tags", "“{text}” ({cell}) is no number.").format(
                text=text[:20], cell=f"{row_title(row)}, {field_title(field).lower()}") + " " + comma)  # fmt: skip
        return number


def row_title(row: str) -> str:
    """A row as people read it."""
    return {
        str(Trigger.HIGH_HIGH): translate("tags", "High-high"),
        str(Trigger.HIGH): translate("tags", "High"),
        str(Trigger.LOW): translate("tags", "Low"),
        str(Trigger.LOW_LOW): translate("tags", "Low-low"),
        HISTORY: translate("tags", "History"),
    }[row]


def field_title(field: str) -> str:
    """A column as people read it."""
    return {
        "limit": translate("tags", "Limit"),
        "deadband": translate("tags", "Deadband"),
        "on_delay_s": translate("tags", "On after"),
        "off_delay_s": translate("tags", "Off after"),
        "min_interval_s": translate("tags", "At most every"),
        "max_interval_s": translate("tags", "At least every"),
    }[field]


def unit_of_field(field: str, unit: str) -> str:
    """What a number of this column is in."""
    return "s" if field.endswith("_s") else unit


def keep_title(keep: Keep) -> str:
    """What is kept of a tag's samples, as people read it."""
    return {
        Keep.CHANGE: translate("tags", "Changes"),
        Keep.ALL: translate("tags", "Everything"),
        Keep.NONE: translate("tags", "Nothing"),
    }[keep]


def priority_title(priority: str) -> str:
    """A priority as people read it."""
    return {
        "critical": translate("tags", "critical"),
        "high": translate("tags", "high"),
        "medium": translate("tags", "medium"),
        "low": translate("tags", "low"),
    }[priority]


def _shown(number: float) -> str:
    """A number as it would be typed; none for what is not there."""
    return "" if number != number else f"{number:.12g}"
