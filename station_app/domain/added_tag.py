"""A tag that people added at the running station: its rules, the name proposed for it, and its text in a file.

>>> propose_name("press", "Peak Force", {"press.peak_force"})
'press.peak_force_2'
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

TAG_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
TAG_NAME_ALLOWED: Final = "letters, digits, _ - and ."
LONGEST_NAME: Final = 80
LONGEST_TITLE: Final = 60
LONGEST_UNIT: Final = 20
SHORTEST_INTERVAL_S: Final = 0.01
LONGEST_INTERVAL_S: Final = 3600.0
_HEADING: Final = (
    "# Tags that were added at the station, in the tag browser. Written by the application.\n"
    "# To give one of them limits or a rule for its history, move it to station.toml.\n"
)
_SEPARATORS: Final = re.compile(r"[^a-z0-9]+")
_WORD_STARTS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class AddedTag:
    """A tag as it was added. ``address`` names its device as station.toml does; ``interval_s`` is how often it is read."""

    name: str
    address: str
    title: str = ""
    unit: str = ""
    interval_s: float = 0.5
    writable: bool = False


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


def tag_fault(tag: AddedTag, taken: Collection[str]) -> str:
    """Why this tag cannot be added, as a sentence; empty when it can."""
    if fault := name_fault(tag.name, taken):
        return fault
    if len(tag.title) > LONGEST_TITLE:
        return f"The title is too long ({len(tag.title)} characters). At most {LONGEST_TITLE} are shown."
    if len(tag.unit) > LONGEST_UNIT:
        return f"The unit is too long ({len(tag.unit)} characters). At most {LONGEST_UNIT} are shown."
    interval_s = tag.interval_s
    if not math.isfinite(interval_s) or not SHORTEST_INTERVAL_S <= interval_s <= LONGEST_INTERVAL_S:
        return f"The interval is {interval_s:g} s. Allowed are {SHORTEST_INTERVAL_S:g} to {LONGEST_INTERVAL_S:g} s."
    return ""


def propose_name(device: str, node_name: str, taken: Collection[str]) -> str:
    """A name that is free: the device's, and the node's in small letters."""
    words = _SEPARATORS.sub("_", _WORD_STARTS.sub("_", node_name).lower()).strip("_")
    front = re.sub(r"[^A-Za-z0-9_.-]", "_", device).lstrip(".-") or "device"
    name = f"{front}.{words or 'value'}"[: LONGEST_NAME - 5].rstrip("_.")
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def added_tags_text(tags: Iterable[AddedTag]) -> str:
    """The file that keeps them, in the form of station.toml."""
    return _HEADING + "".join(f"\n{_table(tag)}" for tag in tags)


def _table(tag: AddedTag) -> str:
    lines = [f'[tags."{tag.name}"]', f"address = {_quoted(tag.address)}"]
    lines += [f"{key} = {_quoted(text)}" for key, text in (("title", tag.title), ("unit", tag.unit)) if text]
    lines.append(f"interval_s = {float(tag.interval_s)!r}")
    lines += ["writable = true"] if tag.writable else []
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """A TOML basic string: its escapes are those of JSON, and DEL has to be written as one too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
