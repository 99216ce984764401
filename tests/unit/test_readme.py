"""The table of bad input in tests/README.md names tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
NAMED = re.compile(r"`(?P<file>[^`:]*)::(?P<test>test_\w+)`")


def test_every_test_that_is_named_exists() -> None:
    text = (TESTS / "README.md").read_text(encoding="utf-8")
    sources = "\n".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    named = list(NAMED.finditer(text))
    assert len(named) > 25
    missing = [found["test"] for found in named if f"def {found['test']}(" not in sources]
    assert missing == []
    files = {found["file"] for found in named if found["file"] and not found["file"].startswith("…")}
    assert [file for file in sorted(files) if not (TESTS / file).is_file()] == []
