"""The part of a value that a tag means: an element of an array, a field of a structure, or both in turn.

``path=limits.force[1]`` is the second element of the field ``force`` of the field ``limits``; ``path=[3].name``
the field of an array's fourth element. What is not there (now) is said with a status, never guessed.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Any

from drivers.address import OpcUaAddress

Step = int | str
_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")


class NotScalar(Exception):
    """A value that cannot be one tag's value; ``status`` names the reason."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def steps_of(address: OpcUaAddress) -> tuple[Step, ...]:
    """The way from a node's value to the tag's: empty for the whole of it."""
    if address.index is not None:
        return (address.index,)
    found = _STEP.finditer(address.pick)
    return tuple(int(match[1]) if match[1] is not None else match[2] for match in found)


def step_into(value: Any, step: Step) -> Any:
    """One step further. Raises NotScalar with what stands in the way."""
    if isinstance(step, int):
        if not isinstance(value, list):
            raise NotScalar("BadNoData" if value is None else "BadTypeMismatch")
        if step >= len(value):
            raise NotScalar("BadIndexRangeNoData")
        return value[step]
    if isinstance(value, dict):
        fields = value
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    else:
        raise NotScalar("BadNoData" if value is None else "BadTypeMismatch")
    if step not in fields:
        raise NotScalar("BadNoMatch")
    return fields[step]
