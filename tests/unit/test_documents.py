"""The documents name what is there: links lead somewhere, commands and modules exist, decisions are listed."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest
import typer

from station_app.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("assets", "drivers", "installer", "instructions", "station_app", "widgets", "tests", ".github")
DECISIONS = ROOT / ".github" / "decisions"


def _documents() -> list[Path]:
    inner = [file for folder in FOLDERS for file in (ROOT / folder).rglob("*.md")]
    # the texts of instructions are master data, not documents
    return sorted([*ROOT.glob("*.md"), *(file for file in inner if "steps" not in file.parts)])


def _name(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("document", _documents(), ids=_name)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", document.read_text(encoding="utf-8"))
    lost = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert lost == []


@pytest.mark.parametrize("document", _documents(), ids=_name)
def test_every_module_that_is_run_exists(document: Path) -> None:
    names = re.findall(r"python3? -m ([a-z_][\w.]*)", document.read_text(encoding="utf-8"))
    lost = [name for name in names if name not in ("venv", "pip") and importlib.util.find_spec(name) is None]
    assert lost == []


@pytest.mark.parametrize("document", _documents(), ids=_name)
def test_every_station_command_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    lines = re.findall(r"^(?: {4}|.*`)station ((?:[a-z][a-z-]* ?)+)", text, re.MULTILINE)
    assert [line for line in lines if not _is_command(line.split())] == []


def test_every_command_stands_in_the_readme() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text[text.index("## The `station` command") : text.index("## Where things are")]
    for name, command in _commands().items():
        assert f"`{name}" in table, name
        for part in getattr(command, "commands", {}):
            assert re.search(rf"`(?:{name} )?{part}\b", table), f"{name} {part}"


def test_every_decision_has_a_number_of_its_own_and_is_listed() -> None:
    pages = sorted(DECISIONS.glob("[0-9]*.md"))
    index = (DECISIONS / "README.md").read_text(encoding="utf-8")
    numbers = [int(page.name[:4]) for page in pages]
    assert len(set(numbers)) == len(numbers)
    for number, page in zip(numbers, pages, strict=True):
        title = page.read_text(encoding="utf-8").splitlines()[0]
        assert title.startswith(f"# {number}. ")
        assert f"[{number}]({page.name}) | {title.partition('. ')[2]} |" in index


def _commands() -> dict[str, object]:
    return dict(typer.main.get_group(app).commands)


def _is_command(words: list[str]) -> bool:
    """Whether the words begin with a command of ``station``, and with one of its group where it is a group."""
    command = _commands().get(words[0])
    parts = getattr(command, "commands", None)
    return command is not None and (parts is None or len(words) == 1 or words[1] in parts)
