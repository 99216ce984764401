"""Where each key of a TOML document stands: the line numbers that the standard library's reader does not keep.

A key is named by its path: table names and keys as text, positions in arrays as numbers. The document must have
been accepted by :mod:`tomllib` before; this scanner follows its structure and does not judge it.

>>> lines = key_lines('[step]\\nid = "press"\\nchecks = [\\n  { id = "a" },\\n]\\n')
>>> lines["step", "id"], lines["step", "checks", 0, "id"]
(2, 4)
"""

from __future__ import annotations

import re
import tomllib

KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_PLAIN_VALUE = re.compile(r"[^,\]}#\n]*")
_STRINGS = (
    # the closing quotes of a multi-line string may be preceded by one or two quotes of its text
    ('"""', re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""(?:"{0,2})', re.DOTALL)),
    ("'''", re.compile(r"'''(?:[^']|'(?!''))*'''(?:'{0,2})", re.DOTALL)),
    ('"', re.compile(r'"(?:[^"\\\n]|\\.)*"')),
    ("'", re.compile(r"'[^'\n]*'")),
)


class _Scanner:
    """One pass over a document; ``lines`` fills with the first line of every key, table and array item."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counted = 0
        self._line = 1
        self._array_tables: dict[KeyPath, int] = {}
        self.lines: dict[KeyPath, int] = {}

    def document(self) -> None:
        table: KeyPath = ()
        self._skip(_BLANK)
        while self._at < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _header(self) -> KeyPath:
        line = self._line_here()
        is_array = self._text.startswith("[[", self._at)
        self._at += 2 if is_array else 1
        names = self._key()
        self._at += 2 if is_array else 1
        table = self._resolve((), names, line, last_too=not is_array)
        if is_array:
            index = self._array_tables.get(table, -1) + 1
            self._array_tables[table] = index
            self.lines.setdefault(table, line)
            table = (*table, index)
        self.lines.setdefault(table, line)
        return table

    def _resolve(self, start: KeyPath, names: list[str], line: int, last_too: bool) -> KeyPath:
        """The path of dotted names; a name of an array of tables means its newest table."""
        path = start
        for position, name in enumerate(names):
            path = (*path, name)
            self.lines.setdefault(path, line)
            if path in self._array_tables and (last_too or position < len(names) - 1):
                path = (*path, self._array_tables[path])
        return path

    def _pair(self, table: KeyPath) -> None:
        line = self._line_here()
        path = self._resolve(table, self._key(), line, last_too=False)
        self.lines[path] = line
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _key(self) -> list[str]:
        """A dotted key; ends before the sign that follows it."""
        names: list[str] = []
        while True:
            self._skip(_SPACE)
            if self._text[self._at] in "\"'":
                quoted = self._string()
                names.append(tomllib.loads(f"key = {quoted}")["key"])
            else:
                names.append(self._take(_BARE_KEY))
            self._skip(_SPACE)
            if self._text[self._at] != ".":
                return names
            self._at += 1

    def _value(self, path: KeyPath) -> None:
        sign = self._text[self._at]
        if sign in "\"'":
            self._string()
        elif sign == "[":
            self._array(path)
        elif sign == "{":
            self._inline_table(path)
        else:
            self._take(_PLAIN_VALUE)

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        index = 0
        self._skip(_BLANK)
        while self._text[self._at] != "]":
            item = (*path, index)
            self.lines[item] = self._line_here()
            self._value(item)
            index += 1
            self._skip(_BLANK)
            if self._text[self._at] == ",":
                self._at += 1
                self._skip(_BLANK)
        self._at += 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        self._skip(_BLANK)
        while self._text[self._at] != "}":
            self._pair(path)
            self._skip(_BLANK)
            if self._text[self._at] == ",":
                self._at += 1
                self._skip(_BLANK)
        self._at += 1

    def _string(self) -> str:
        for opening, pattern in _STRINGS:
            if self._text.startswith(opening, self._at):
                return self._take(pattern)
        raise ValueError(f"no string at character {self._at}")

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self._text, self._at)
        if match is None:
            raise ValueError(f"not TOML at character {self._at}")
        self._at = match.end()
        return match.group()

    def _skip(self, pattern: re.Pattern[str]) -> None:
        self._take(pattern)

    def _line_here(self) -> int:
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line (from 1) of every key, table header and array item in a document that tomllib accepts."""
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines
