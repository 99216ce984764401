"""`station author`: what is wrong with the command is one line, before any window."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integration.cli.calling import call_station


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--theme", "pink"], "allowed are light and dark"),
        (["--url", "mysql://a@b/c"], "expected postgresql://"),
        (["--password-file", "nowhere.url"], "nowhere.url"),
        (["--station", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_a_wrong_option_is_one_line(tmp_path: Path, arguments: list[str], says: str) -> None:
    answer = call_station("author", "--drafts", str(tmp_path / "drafts"), *arguments)
    assert answer.returncode in (2, 3) and says in answer.stderr and "Traceback" not in answer.stderr
