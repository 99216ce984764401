"""Whether a gauge's word for its unit means the declared one. Nothing is converted here: lbF is not N."""

from __future__ import annotations

_SAME = (
    ("mm", "millimeter", "millimetre"),
    ("µm", "um", "μm", "micron"),
    ("in", "inch", '"'),
    ("°", "deg", "degree"),
    ("N", "newton"),
    ("lbf", "lb", "lbs"),
    ("kgf", "kg-f", "kp"),
    ("gf",),
    ("ozf",),
    ("Nm", "N·m", "N.m"),
    ("Ncm", "N·cm"),
    ("lbfin", "lbf·in", "lbf-in"),
    ("lbfft", "lbf·ft", "lbf-ft"),
)
_CASE_COUNTS = frozenset({"mN", "MN"})
_MEANING = {word.casefold(): words[0] for words in _SAME for word in words}


def same_unit(sent: str, declared: str) -> bool:
    """Whether both words are the same unit: "lbF" is "lbf", "MM" is "mm", but "mN" is not "MN"."""
    return _meaning(sent) == _meaning(declared)


def _meaning(word: str) -> str:
    bare = word.strip().replace(" ", "")
    return bare if bare in _CASE_COUNTS else _MEANING.get(bare.casefold(), bare.casefold())
