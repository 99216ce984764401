"""Step texts: names, headings and what a file may hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from station_app.domain.fault import Fault
from station_app.domain.work_master import MAX_TEXT_BYTES
from station_app.storage.instructions.texts import StepTexts, read_step_texts


def read(folder: Path, **files: bytes) -> tuple[StepTexts, list[Fault]]:
    for name, content in files.items():
        (folder / name).write_bytes(content)
    faults: list[Fault] = []
    return read_step_texts(folder, "steps", faults), faults


def test_heading_and_text(tmp_path: Path) -> None:
    texts, faults = read(
        tmp_path,
        **{
            "01-a.en.md": b"# Press the bearing ##\n\nPlace it.\n\n## Note\nmore\n",
            "01-a.de.md": "\ufeff# Lager einpressen\r\n\r\nAuflegen.\r\n".encode(),
            "10-b_2.en.md": b"\n\n# Only a title",
            ".hidden": b"x",
        },
    )
    assert faults == []
    assert texts.title_of == {
        "a": {"en": "Press the bearing", "de": "Lager einpressen"},
        "b_2": {"en": "Only a title"},
    }
    assert texts.text_of["a"] == {"en": "Place it.\n\n## Note\nmore", "de": "Auflegen."}
    assert texts.text_of["b_2"]["en"] == ""


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (b"", 1, "does not start with a heading"),
        (b"Place it.", 1, "does not start with a heading"),
        (b"\n\n## Second level", 3, "does not start with a heading"),
        (b"#Title", 1, "does not start with a heading"),
        (b"#  \ntext", 1, "does not start with a heading"),
        (b"# " + b"x" * 61, 1, "too long"),
        (b"# A\n\n\xe4", 3, "byte 0xE4 is not UTF-8"),
        (b"# A\n\x07", 2, "control character"),
        (b"# A\n\0", 2, "control character"),
        (b"# A\n" + b"x" * MAX_TEXT_BYTES, 0, "over 16 KiB"),
    ],
)
def test_faulty_texts(tmp_path: Path, content: bytes, line: int, message: str) -> None:
    texts, (fault,) = read(tmp_path, **{"01-a.en.md": content})
    assert (fault.file, fault.line) == ("steps/01-a.en.md", line)
    assert message in fault.message
    assert texts.is_faulty("a", "en")
    assert not texts.is_faulty("b", "en")


@pytest.mark.parametrize("name", ["a.en.md", "01-a.md", "01-a.en.txt", "1-a.en.md", "01-A.en.md", "01-a.english.md"])
def test_names_that_cannot_be_understood(tmp_path: Path, name: str) -> None:
    _, (fault,) = read(tmp_path, **{name: b"# A"})
    assert fault.file == f"steps/{name}"
    assert "NN-STEP.LANGUAGE.md" in fault.allowed


def test_two_texts_of_one_step_in_one_language(tmp_path: Path) -> None:
    _, (fault,) = read(tmp_path, **{"01-a.en.md": b"# A", "02-a.en.md": b"# A"})
    assert (fault.file, fault.message) == ("steps/02-a.en.md", "there is another text of this step, 01-a.en.md")


def test_a_text_that_belongs_to_no_step(tmp_path: Path) -> None:
    texts, faults = read(tmp_path, **{"01-pres.en.md": b"# A"})
    texts.note_strangers(["press"])
    assert [fault.message for fault in faults] == ['there is no step "pres". Did you mean "press"?']


def test_a_folder_instead_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "01-a.en.md").mkdir()
    _, (fault,) = read(tmp_path)
    assert "cannot be read" in fault.message
