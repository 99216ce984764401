"""Recorded MTConnect data (lines ``time|item|value``) played again through a simulated agent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from drivers.simulation.agent import EVENT, SAMPLE, Item, SimulatedAgent

_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z")
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")
_TYPES = {
    "Feed_Rate": ("PATH_FEEDRATE", "MILLIMETER/SECOND"),
    "Spindle_Speed": ("ROTARY_VELOCITY", "REVOLUTION/MINUTE"),
    "Spindle_Time": ("PROCESS_TIMER", "SECOND"),
    "Program_Runtime_Seconds": ("ACCUMULATED_TIME", "SECOND"),
    "Block_Number": ("LINE_NUMBER", ""),
    "Part_Count": ("PART_COUNT", ""),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One recorded value: its time as written, the name of its item, its text."""

    timestamp: str
    item: str
    text: str


@dataclass(frozen=True, slots=True)
class Recording:
    """The whole lines of a file in their order; ``torn`` counts those that were not whole."""

    lines: tuple[Line, ...]
    torn: int


def read_recording(path: Path) -> Recording:
    """Read a file of ``time|item|value`` lines. Raises OSError."""
    lines, torn = [], 0
    for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
        parts = text.split("|")
        if len(parts) == 3 and _TIME.fullmatch(parts[0]) and parts[1] and parts[2].strip():
            lines.append(Line(parts[0], parts[1], parts[2].strip()))
        else:
            torn += 1
    return Recording(tuple(lines), torn)


def items_of(lines: Iterable[Line]) -> list[Item]:
    """The data items that a recording speaks of; one whose values are all numbers is a Sample."""
    numeric: dict[str, bool] = {}
    for line in lines:
        numeric[line.item] = numeric.get(line.item, True) and bool(_NUMBER.fullmatch(line.text))
    items = []
    for name, is_number in numeric.items():
        kind, units = _TYPES.get(name, (name.upper(), ""))
        category = SAMPLE if is_number and kind not in ("LINE_NUMBER", "PART_COUNT") else EVENT
        items.append(Item(name.lower(), name, category, kind, ("Path", "path"), units))
    return items


def play(agent: SimulatedAgent, lines: Sequence[Line]) -> None:
    """Report these lines now, with the times they were recorded."""
    for line in lines:
        agent.report(line.item.lower(), line.text, line.timestamp)
