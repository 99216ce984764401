"""The file of the added tags as text, in the form of station.toml: a table for each tag, and one for each of its alarms."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from typing import Final

from station_app.domain.added_tag import AddedTag
from station_app.domain.alarm_rule import AlarmRule
from station_app.domain.history_rule import HistoryRule

_HEADING: Final = (
    "# Tags that were added at the station: in the tag browser, or with station tags add. Written by the application.\n"
)
_ALARM_KEYS: Final = {  # of station.toml, where the field has another name
    "source": "tag",
    "trigger": "when",
    "alarm_class": "class",
}
_OF_TAG: Final = ("title", "unit")  # an alarm has these from its tag
_HISTORY_KEYS: Final = {
    "keep": "history",
    "deadband": "history_deadband",
    "min_interval_s": "history_min_interval_s",
    "max_interval_s": "history_max_interval_s",
}


def added_tags_text(tags: Iterable[AddedTag]) -> str:
    """The file that keeps them, in the form of station.toml."""
    return _HEADING + "".join(f"\n{_table(tag)}" for tag in tags)


def _table(tag: AddedTag) -> str:
    lines = [f'[tags."{tag.name}"]', f"address = {_text_of(tag.address)}"]
    lines += [f"{key} = {_text_of(text)}" for key, text in (("title", tag.title), ("unit", tag.unit)) if text]
    lines.append(f"interval_s = {_text_of(float(tag.interval_s))}")
    lines += ["writable = true"] if tag.writable else []
    lines += _changed_fields(tag.history, HistoryRule(), _HISTORY_KEYS)
    for rule in tag.alarms:
        lines += ["", "[[alarm]]", f"tag = {_text_of(rule.source)}", f"when = {_text_of(str(rule.trigger))}"]
        usual = AlarmRule(rule.source, rule.trigger, "")
        keys = {field.name: _ALARM_KEYS.get(field.name, field.name) for field in fields(rule)}
        lines += _changed_fields(rule, usual, {name: key for name, key in keys.items() if name not in _OF_TAG})
    return "\n".join(lines) + "\n"


def _changed_fields(settings: object, usual: object, keys: dict[str, str]) -> list[str]:
    """A line for each field that is not as usual."""
    found = [(key, getattr(settings, name)) for name, key in keys.items()]
    before = [getattr(usual, name) for name in keys]
    return [f"{key} = {_text_of(value)}" for (key, value), other in zip(found, before, strict=True) if value != other
            and value == value]  # fmt: skip


def _text_of(value: object) -> str:
    """A value as TOML: its basic strings have the escapes of JSON, and DEL has to be written as one too."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, tuple):
        return f"[{', '.join(_text_of(part) for part in value)}]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")
