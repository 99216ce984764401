"""Addresses of derived tags: the formula itself, so that whoever reads the address knows how the value came about."""

from __future__ import annotations

import re
from urllib.parse import quote

from drivers.address.text import NODE_SAFE, decode, fault

FORMULA_DEVICE = "formula"
_FORMULA_START = f"calc://{FORMULA_DEVICE}/"
_FORMULA_SPACE = re.compile(r"""("[^"]*"|'[^']*')|\s+""")  # texts in quotes keep their spaces


def formula_address(formula: str) -> str:
    """The address of a derived tag: its formula, so that a record which names the address says how it was computed."""
    on_one_line = _FORMULA_SPACE.sub(lambda found: found[1] or " ", formula).strip()
    return _FORMULA_START + quote(on_one_line, safe=NODE_SAFE + "^{}#")


def is_formula_address(address_text: str) -> bool:
    """Whether an address is that of a derived tag."""
    return address_text.startswith("calc://")


def parse_formula_address(address_text: str) -> str:
    """The formula of a derived tag's address; raises AddressError."""
    if not address_text.startswith(_FORMULA_START):
        raise fault(address_text, "it is not a derived tag's", f"{_FORMULA_START}FORMULA")
    return decode(address_text, address_text.removeprefix(_FORMULA_START))
