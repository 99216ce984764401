"""What the commands of a station without windows have in common: their types, and what is said of one not understood."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from station_app.domain.chain import Row

Command = dict[str, Any]
Saving = Future[list[Row]]
Answer = dict[str, Any]
Verbs = dict[str, Callable[[Command], Saving | Answer]]
Finish = Callable[[Future[Any]], Any]
"""Waits for a future while the station lives on."""


class CommandError(ValueError):
    """A command that is not understood; says what is allowed."""


def number_in(command: Command, key: str) -> float:
    """A number of a command, 0 or more. Raises CommandError for anything else, KeyError when it is missing."""
    value = command[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 1e9:
        raise CommandError(f'"{key}" is {value!r}; allowed: a number, 0 or more')
    return float(value)
