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
MADE = {"bin/python": "installer/README.md"}
"""What a README names that is made on a computer, and which README may."""
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


@pytest.mark.parametrize("document", _documents(), ids=_name)
def test_every_option_of_a_station_command_exists(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    lost = []
    for line in re.findall(r"^ {4}station (.+)$", text, re.MULTILINE):
        command, words = _found(line.partition("  #")[0].split())
        options = {option for parameter in getattr(command, "params", ()) for option in parameter.opts}
        lost += [f"{line}: {word}" for word in words if word.startswith("-") and word not in options]
    assert lost == []


@pytest.mark.parametrize("document", [d for d in _documents() if d.name == "README.md"], ids=_name)
def test_every_file_that_a_readme_names_is_there(document: Path) -> None:
    named = re.findall(
        r"`((?:[a-z_]+/)+[a-z_]*(?:\.py|\.toml|\.md)?|[a-z_]+\.py)`", document.read_text(encoding="utf-8")
    )
    application = [ROOT / "station_app", *(ROOT / "station_app").glob("*/"), ROOT / "station_app/storage/instructions"]
    places = [ROOT, document.parent, *document.parent.glob("*/"), *application, ROOT / "drivers", ROOT / "widgets"]
    lost = [name for name in named if "/" in name and not any((place / name).exists() for place in places)]
    # beside a path in the same line a file is named by its name alone
    files = {file.name for folder in FOLDERS for file in (ROOT / folder).rglob("*.py")}
    lost += [name for name in named if "/" not in name and name not in files]
    assert [name for name in lost if name not in MADE or not document.match(MADE[name])] == []


def test_every_widget_stands_in_its_readme_once() -> None:
    text = (ROOT / "widgets" / "README.md").read_text(encoding="utf-8")
    table = text[text.index("## What is here") : text.index("## Rules that hold everywhere")]
    parts = text[text.index("## Trends") : text.index("## Scans")]
    modules = {file.stem for file in (ROOT / "widgets").glob("*.py")} - {"__init__"}
    assert {name: table.count(f"`{name}`") for name in modules if table.count(f"`{name}`") > 1} == {}
    assert [name for name in sorted(modules) if f"`{name}`" not in table + parts] == []


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


def _found(words: list[str]) -> tuple[object, list[str]]:
    """The command that the words begin with, and the words behind its name."""
    command: object = typer.main.get_group(app)
    while words and words[0] in getattr(command, "commands", {}):
        command, words = command.commands[words[0]], words[1:]  # type: ignore[attr-defined]  # a group has commands
    return command, words


def _commands() -> dict[str, object]:
    return dict(typer.main.get_group(app).commands)


def _is_command(words: list[str]) -> bool:
    """Whether the words begin with a command of ``station``, and with one of its group where it is a group."""
    command = _commands().get(words[0])
    parts = getattr(command, "commands", None)
    return command is not None and (parts is None or len(words) == 1 or words[1] in parts)
