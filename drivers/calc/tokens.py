"""A formula's text cut into tokens, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

from drivers.calc.tree import BARE_NAME, WORDS, FormulaError

LONGEST_FORMULA = 2000
_PATTERNS = (
    ("space", r"[ \t\r\n]+"),
    ("number", r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"),
    ("name", BARE_NAME.pattern),
    ("tag", r"\{[A-Za-z0-9_][A-Za-z0-9_.-]*\}"),
    ("text", r"\"[^\"\r\n]*\"|'[^'\r\n]*'"),
    ("sign", r"==|!=|<=|>=|//|[-+*/%^<>(),]"),
)
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PATTERNS))
_MEANT = {
    "=": "to compare write ==",
    "&": 'write "and"',
    "|": 'write "or"',
    "!": 'write "not"',
    "{": "a tag in braces is closed by }, and its name has letters, digits, _ . and -",
    '"': "the text is not closed on this line",
    "'": "the text is not closed on this line",
    ";": "arguments are separated by a comma",
    "[": "there are no lists",
}


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``: number, name (of a function or a tag), tag (in braces), text, word (and, or ...), sign or end."""

    kind: str
    text: str
    at: int


def tokenize(text: str) -> list[Token]:
    """The tokens, at last one of kind "end". Raises FormulaError."""
    if len(text) > LONGEST_FORMULA:
        raise FormulaError(f"the formula has {len(text)} characters; at most {LONGEST_FORMULA}: divide it among tags")
    tokens: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            meant = _MEANT.get(text[at], "")
            raise FormulaError(f'"{text[at]}" has no meaning here' + (f": {meant}" if meant else ""), at)
        kind, part = str(match.lastgroup), match.group()
        if kind == "number" and re.match(r"[A-Za-z0-9_.]", text[match.end() : match.end() + 1]):
            raise FormulaError(
                f'"{part}{text[match.end()]}" is no number; a tag whose name begins with a digit goes in braces', at
            )
        if kind == "name" and part in WORDS:
            kind = "word"
        if kind != "space":
            tokens.append(Token(kind, part, at))
        at = match.end()
    return [*tokens, Token("end", "", len(text))]
