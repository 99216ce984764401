"""The texts of a work master's steps: Markdown files ``steps/NN-STEP.LANGUAGE.md``.

The first line with text is the heading and becomes the step's title; the rest is what the operator reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from station_app.domain.fault import Fault, did_you_mean
from station_app.domain.work_master import MAX_TEXT_BYTES

MAX_TITLE_CHARACTERS = 60
_NAME = re.compile(r"\d{2,3}-(?P<step>[a-z0-9][a-z0-9_-]{0,63})\.(?P<language>[a-z]{2})\.md")
_NAME_ALLOWED = "NN-STEP.LANGUAGE.md, for example 04-press-bearing.en.md"
_HEADING = re.compile(r"#[ \t]+(?P<title>.*?)[ \t]*#*[ \t]*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(slots=True)
class StepTexts:
    """Titles and texts by step and language; what is wrong goes into ``faults``."""

    shown: str
    faults: list[Fault]
    title_of: dict[str, dict[str, str]] = field(default_factory=dict)
    text_of: dict[str, dict[str, str]] = field(default_factory=dict)
    files: dict[tuple[str, str], str] = field(default_factory=dict)

    def is_faulty(self, step: str, language: str) -> bool:
        """Whether the file exists but could not be used (its own faults say why)."""
        return (step, language) in self.files and language not in self.title_of.get(step, {})

    def note_strangers(self, steps: list[str]) -> None:
        """Name the files that belong to no step."""
        for (step, _), name in self.files.items():
            if step not in steps:
                message = f'there is no step "{step}"{did_you_mean(step, steps)}'
                self.faults.append(Fault(0, "", "", message, ", ".join(steps), f"{self.shown}/{name}"))


def read_step_texts(folder: Path, shown: str, faults: list[Fault]) -> StepTexts:
    """Every text in the folder ``steps/``; ``shown`` is how the faults call that folder."""
    texts = StepTexts(shown, faults)
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        faults.append(Fault(0, "", "", f"the folder cannot be read: {error.strerror}", "a folder with texts", shown))
        return texts
    for path in paths:
        match = _NAME.fullmatch(path.name)
        file = f"{shown}/{path.name}"
        if match is None:
            faults.append(Fault(0, "", "", "the file's name cannot be understood", _NAME_ALLOWED, file))
            continue
        step, language = match["step"], match["language"]
        if (step, language) in texts.files:
            other = texts.files[step, language]
            faults.append(Fault(0, "", "", f"there is another text of this step, {other}", "one a language", file))
            continue
        texts.files[step, language] = path.name
        _read_text(path, file, step, language, texts)
    return texts


def _read_text(path: Path, file: str, step: str, language: str, texts: StepTexts) -> None:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_TEXT_BYTES + 1)
        text = content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        texts.faults.append(Fault(line, "", "", f"byte 0x{error.object[error.start]:02X} is not UTF-8", "UTF-8", file))
        return
    except OSError as error:
        texts.faults.append(Fault(0, "", "", f"cannot be read: {error.strerror}", "", file))
        return
    if len(content) > MAX_TEXT_BYTES:
        texts.faults.append(Fault(0, "", "", "the text is over 16 KiB", "a text for one step; a PDF holds more", file))
        return
    control = _CONTROL.search(text)
    if control is not None:
        line = text.count("\n", 0, control.start()) + 1
        texts.faults.append(Fault(line, "", "", "has a control character", "text, lines and tabs", file))
        return
    lines = text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    heading = _HEADING.fullmatch(lines[first])
    if heading is None or not heading["title"]:
        texts.faults.append(Fault(first + 1, "", "", "the text does not start with a heading", "# Title", file))
    elif len(heading["title"]) > MAX_TITLE_CHARACTERS:
        allowed = f"at most {MAX_TITLE_CHARACTERS} characters"
        texts.faults.append(Fault(first + 1, "", "", "the title is too long for the step list", allowed, file))
    else:
        texts.title_of.setdefault(step, {})[language] = heading["title"]
        texts.text_of.setdefault(step, {})[language] = "\n".join(lines[first + 1 :]).strip()
