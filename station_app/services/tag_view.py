"""How people see a tag."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TagView:
    """How a tag is shown: its title, unit, device and alarm limits."""

    title: str
    unit: str
    device: str
    low: float | None
    high: float | None
