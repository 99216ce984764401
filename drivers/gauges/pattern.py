"""Patterns for frames of gauges that have no name here: checked so that no frame can keep the station busy.

Python's regular expressions have no time limit. A pattern is accepted only when no group is repeated (what makes the time grow
exponentially), when it is short, and when hard texts of the longest frame are refused quickly. Standard library only.
"""

from __future__ import annotations

import re
import time

LONGEST_FRAME = 64
LONGEST_PATTERN = 200
MOST_REPEATS = 8
_QUICK_S = 0.02
_ALPHABETS = ("1", " ", "a", "A", "+", "1 ", "1.", "a1", "0123456789")
_ESCAPED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_REPEATED_GROUP = re.compile(r"\)\s*(?:[*+]|\{)")
_LOOKING = re.compile(r"\(\?(?:[=!<(]|P=)")
_REPEAT = re.compile(r"[*+]|\{\d*,\d*\}")


class PatternError(ValueError):
    """A pattern that cannot be used; the text says why and what is allowed."""


def compile_pattern(text: str) -> re.Pattern[str]:
    """The pattern of a frame, with a group ``value`` and perhaps ``unit``. Raises PatternError."""
    if len(text) > LONGEST_PATTERN:
        raise PatternError(f"is too long ({len(text)} characters); allowed: at most {LONGEST_PATTERN}")
    try:
        pattern = re.compile(text, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(f"is no regular expression: {error}; allowed: as Python writes them") from error
    names = set(pattern.groupindex)
    if "value" not in names or names - {"value", "unit"}:
        raise PatternError("allowed: the named groups (?P<value>...) and, where the gauge sends it, (?P<unit>...)")
    # escaped characters and classes are no syntax
    bare = _ESCAPED.sub("x", text)
    if _REPEATED_GROUP.search(bare) or _LOOKING.search(bare):
        raise PatternError(
            "repeats a group, or looks around; allowed: repeats of single characters and classes, (...)?"
        )
    if len(_REPEAT.findall(bare)) > MOST_REPEATS:
        raise PatternError(f"has more than {MOST_REPEATS} repeats; allowed: fixed counts like \\d{{4}} instead")
    _try_hard_texts(pattern)
    return pattern


def _try_hard_texts(pattern: re.Pattern[str]) -> None:
    """Longer and longer texts that almost match: what is slow shows before it is very slow."""
    for length in (8, 16, 24, 32, 40, 48, 56, LONGEST_FRAME):
        for alphabet in _ALPHABETS:
            text = (alphabet * length)[: length - 1] + "\x00"
            begun = time.perf_counter()
            pattern.fullmatch(text)
            if time.perf_counter() - begun > _QUICK_S:
                begun = time.perf_counter()  # once more: the computer may have been busy elsewhere
                pattern.fullmatch(text)
                if time.perf_counter() - begun > _QUICK_S:
                    raise PatternError(f"takes too long on a frame of {length} characters; allowed: fewer repeats")
