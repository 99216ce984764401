"""The tables of a document that people write (station.toml, work masters, master data), read with every fault at once.

An :class:`AuthoredTable` gives its values one by one and notes a fault instead of raising. After a fault it gives a
value of the right type, so that reading goes on; whoever reads must throw the result away when there are faults.

>>> from station_app.domain.toml_document import read_toml
>>> document = read_toml("takt_s = -5\\ntitel = 'Press'", "step.toml")
>>> takt_s = document.table.number("takt_s", low=0)
>>> title = document.table.text("title")
>>> document.table.done()
>>> for fault in document.faults: print(fault)
step.toml:1: takt_s = -5: is too small. Allowed: a number, 0 or more
step.toml:2: titel = "Press": is not known here. Did you mean "title"?
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from station_app.domain.fault import Fault, did_you_mean, nearest, shown
from station_app.domain.toml_lines import KeyPath

_COMMA_TEXT = re.compile(r"\s*[+-]?\d+,\d+\s*")


class Document:
    """A document as it was read: its topmost table, the line of every key, and the faults found until now.

    ``broken``: lines had to be left out, so that a key that is missing is no fault of its own. ``find_lines`` is asked when the
    first fault needs a line: a document without faults needs none.
    """

    def __init__(
        self, file: str, find_lines: Callable[[], dict[KeyPath, int]], values: dict[str, Any], faults: list[Fault]
    ) -> None:
        self.file = file
        self._find_lines = find_lines
        self.faults = faults
        self.broken = bool(faults)
        self.table = AuthoredTable(self, (), values)

    @cached_property
    def lines(self) -> dict[KeyPath, int]:
        """The line of every key; none is known of a document that is nested almost too deeply to be read."""
        try:
            return self._find_lines()
        except RecursionError:
            return {}


@dataclass(slots=True)
class AuthoredTable:
    """One table of a document. Ask for each key that is known, then call :meth:`done`, which names the others."""

    _document: Document
    path: KeyPath
    values: dict[str, Any]
    _known: list[str] = field(default_factory=list)
    _missing: list[tuple[str, Fault]] = field(default_factory=list)

    # --- where and what ---

    @property
    def line(self) -> int:
        """The line of the table's header or key; 0 for the document itself."""
        return self._document.lines.get(self.path, 0)

    @property
    def name(self) -> str:
        """The last name of the table's path."""
        names = [part for part in self.path if isinstance(part, str)]
        return names[-1] if names else ""

    def line_of(self, key: str) -> int:
        """The line of a key; the table's own where the key is absent."""
        return self._document.lines.get((*self.path, key), self.line)

    def key_text(self, key: str = "") -> str:
        """The key's full name as people read it: ``step[2].check[1].limits``."""
        text = ""
        for part in (*self.path, key) if key else self.path:
            if isinstance(part, int):
                text += f"[{part + 1}]"
            else:
                shown_part = part if re.fullmatch(r"[A-Za-z0-9_-]+", part) else shown(part)
                text += ("." if text else "") + shown_part
        return text

    def fault(self, key: str, message: str, allowed: str = "") -> None:
        """Note that a key's value is wrong (an empty key: the table as a whole)."""
        value = shown(self.values[key]) if key in self.values else ""
        line = self.line_of(key) if key else self.line
        self._document.faults.append(Fault(line, self.key_text(key), value, message, allowed, self._document.file))

    # --- values ---

    def has(self, key: str) -> bool:
        """Whether the key is written."""
        return key in self.values

    def know(self, *keys: str) -> None:
        """Keys that are allowed here but are read elsewhere."""
        self._known.extend(keys)

    def text(
        self,
        key: str,
        default: str | None = None,
        *,
        choices: Sequence[str] = (),
        pattern: str = "",
        allowed: str = "text",
        longest: int = 1000,
    ) -> str:
        """A text. Without a default it must be there and not empty; ``allowed`` puts ``pattern`` into words."""
        if choices:
            allowed = ", ".join(f'"{choice}"' for choice in choices)
        value = self._take(key, default, allowed)
        if value is None:
            return default or ""
        if not isinstance(value, str):
            self.fault(key, "is not text", allowed)
        elif choices and value not in choices:
            self.fault(key, "is not one of the words known here" + did_you_mean(value, choices), allowed)
        elif default is None and not value.strip():
            self.fault(key, "is empty", allowed)
        elif len(value) > longest:
            self.fault(key, f"is too long ({len(value)} characters)", f"at most {longest} characters")
        elif pattern and value != default and not re.fullmatch(pattern, value):
            self.fault(key, "is not written as it must be", allowed)
        else:
            return value
        return default or ""

    def decimal(self, key: str, default: Decimal | None = None, *, required: bool = False) -> Decimal | None:
        """A number with the resolution it was written with; None when absent."""
        allowed = "a number, for example 11.0"
        value = self._take(key, None if required else default, allowed, optional=not required)
        if value is None:
            return default
        number = self._decimal(key, value, allowed)
        return default if number is None else number

    def number(
        self, key: str, default: float | None = None, *, low: float | None = None, high: float | None = None
    ) -> float:
        """A number from ``low`` to ``high``."""
        allowed = _range_text(low, high, "a number")
        value = self._take(key, default, allowed)
        number = None if value is None else self._decimal(key, value, allowed)
        if number is None or not self._in_range(key, number, low, high, allowed):
            return 0.0 if default is None else default
        return float(number)

    def integer(self, key: str, default: int | None = None, *, low: int | None = None, high: int | None = None) -> int:
        """A whole number from ``low`` to ``high``."""
        allowed = _range_text(low, high, "a whole number")
        value = self._take(key, default, allowed)
        if isinstance(value, int) and not isinstance(value, bool):
            if self._in_range(key, Decimal(value), low, high, allowed):
                return value
        elif value is not None:
            self.fault(key, "is not a whole number", allowed)
        return 0 if default is None else default

    def boolean(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._take(key, default, "true or false")
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.fault(key, "is neither true nor false", "true or false, without quotes")
        return default

    def texts(self, key: str, *, required: bool = False, unique: bool = True) -> tuple[str, ...]:
        """A list of texts, none empty and none twice."""
        allowed = 'a list of texts, for example ["a", "b"]'
        value = self._take(key, None, allowed, optional=not required)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.fault(key, "is not a list of texts", allowed)
            return ()
        if required and not value:
            self.fault(key, "is empty", "at least one")
        for index in [i for i, item in enumerate(value) if item in value[:i]] if unique else []:
            self.item_fault(key, index, value[index], "is given twice", "each once")
        return tuple(value)

    def item_fault(self, key: str, index: int, value: object, message: str, allowed: str = "") -> None:
        """Note that one item of a list is wrong; positions count from 0."""
        line = self._document.lines.get((*self.path, key, index), self.line_of(key))
        name = f"{self.key_text(key)}[{index + 1}]"
        self._document.faults.append(Fault(line, name, shown(value), message, allowed, self._document.file))

    def date_time(self, key: str) -> str:
        """A date or a time as TOML writes it, or the same as text, in ISO 8601; empty when absent."""
        allowed = "a date or a time, for example 2026-11-20 or 2026-11-20T14:00:00Z"
        value = self._take(key, None, allowed, optional=True)
        if value is None:
            return ""
        if isinstance(value, datetime.date):  # a datetime is a date too
            return value.isoformat()
        if isinstance(value, str):
            try:
                return datetime.datetime.fromisoformat(value).isoformat() if "T" in value else _date_text(value)
            except ValueError:
                pass  # noted below, with what is allowed
        self.fault(key, "is neither a date nor a time", allowed)
        return ""

    # --- tables ---

    def table(self, key: str) -> AuthoredTable | None:
        """The table at a key; None when it is absent."""
        value = self._take(key, None, f"a table [{self.key_text(key)}]", optional=True)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.fault(key, "is not a table", f"[{self.key_text(key)}] on a line of its own")
            return None
        return AuthoredTable(self._document, (*self.path, key), value)

    def named_tables(self, key: str) -> dict[str, AuthoredTable]:
        """The tables under a key by their names: ``[devices.press]`` gives "press"."""
        parent = self.table(key)
        if parent is None:
            return {}
        names = list(parent.values)
        found = {name: parent.table(name) for name in names}
        return {name: table for name, table in found.items() if table is not None}

    def tables(self, key: str, *, required: bool = False) -> list[AuthoredTable]:
        """The tables of an array ``[[key]]``, or of a list of inline tables."""
        allowed = f"[[{key}]] tables, or a list of {{ }} tables"
        value = self._take(key, None, allowed, optional=not required)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fault(key, "is not a list of tables", allowed)
            return []
        if required and not value:
            self.fault(key, "is empty", "at least one")
        return [AuthoredTable(self._document, (*self.path, key, index), item) for index, item in enumerate(value)]

    def done(self) -> None:
        """Name every key that was not asked for, with the known one that is nearest, and those that are missing."""
        known = sorted(set(self._known))
        meant: set[str] = set()
        for key in self.values:
            if key not in known:
                near = nearest(key, [name for name in known if name not in self.values])
                meant.add(near)
                self.fault(
                    key,
                    f'is not known here. Did you mean "{near}"?' if near else "is not known here",
                    "" if near else ", ".join(known),
                )
        if not self._document.broken:
            self._document.faults += [fault for key, fault in self._missing if key not in meant]

    # --- inside ---

    def _take(self, key: str, default: object, allowed: str, *, optional: bool = False) -> Any:
        self._known.append(key)
        if key in self.values:
            return self.values[key]
        if default is None and not optional:
            fault = Fault(self.line, self.key_text(key), "", "is missing", allowed, self._document.file)
            self._missing.append((key, fault))
        return None

    def _decimal(self, key: str, value: object, allowed: str) -> Decimal | None:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            if isinstance(value, str) and _COMMA_TEXT.fullmatch(value):
                point = value.strip().replace(",", ".")
                self.fault(key, "has a comma and is in quotes", f"{point}, with a point and without quotes")
            else:
                self.fault(key, "is not a number", allowed)
            return None
        number = Decimal(value)
        if not number.is_finite():
            self.fault(key, "is not a number that can be compared", allowed)
            return None
        if abs(number.adjusted()) > 18:
            self.fault(key, "is too large or too small to be meant", allowed)
            return None
        return Decimal(f"{number:f}")

    def _in_range(self, key: str, number: Decimal, low: float | None, high: float | None, allowed: str) -> bool:
        if low is not None and number < Decimal(repr(low)):
            self.fault(key, "is too small", allowed)
            return False
        if high is not None and number > Decimal(repr(high)):
            self.fault(key, "is too large", allowed)
            return False
        return True


def _range_text(low: float | None, high: float | None, what: str) -> str:
    if low is not None and high is not None:
        return f"{what} from {low:g} to {high:g}"
    if low is not None:
        return f"{what}, {low:g} or more"
    return f"{what}, at most {high:g}" if high is not None else what


def _date_text(text: str) -> str:
    return datetime.date.fromisoformat(text).isoformat()
