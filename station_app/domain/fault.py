"""What is wrong in a document that people write: said in one line, with its place and what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: where (``line`` from 1, 0 for the whole file), at which key, and what is allowed.

    ``value`` is as written, shortened; ``file`` names the document. All are for a person to read.
    """

    line: int
    key: str
    value: str
    message: str
    allowed: str = ""
    file: str = ""

    def __str__(self) -> str:
        where = self.file + (f":{self.line}" if self.line else "")
        what = " = ".join(part for part in (self.key, self.value) if part)
        text = ": ".join(part for part in (where, what, self.message) if part)
        return (
            f"{text}{'' if text.endswith(('.', '?', '!')) else '.'} Allowed: {self.allowed}" if self.allowed else text
        )


def shown(value: object) -> str:
    """A value as its author wrote it, about, on one line and not longer than a screen's."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        text = '"' + "".join(map(_escaped, value)) + '"'
    elif isinstance(value, dict):
        text = "a table"
    elif isinstance(value, list):
        text = "a list"
    else:
        text = str(value)
    return text if len(text) <= _SHOWN_CHARACTERS else text[: _SHOWN_CHARACTERS - 1] + "…"


def _escaped(character: str) -> str:
    """As in TOML; what cannot be printed would be acted on by a terminal."""
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    named = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
    return named.get(character, f"\\u{ord(character):04X}" if ord(character) < 0x10000 else f"\\U{ord(character):08X}")


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was probably meant, or empty."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question that names the nearest known word, to follow a sentence; empty when none is near."""
    near = nearest(word, known)
    return f'. Did you mean "{near}"?' if near else ""


def in_order(faults: Iterable[Fault]) -> list[Fault]:
    """Faults as one reads them: by file and line."""
    return sorted(faults, key=lambda fault: (fault.file, fault.line))
