"""Instructions that are wrong or meant to harm, on every way in: `check`, `import`, and the editor. Nothing is half-taken."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from station_app.app.authoring import EditorProgram
from station_app.config import load_config
from station_app.domain.work_master import MAX_TEXT_BYTES
from station_app.storage.instructions.drafts import DraftFolder
from station_app.ui.authoring.edits import change_step
from station_app.ui.authoring.places import MEDIA, PROPERTIES, TEXT
from station_app.ui.authoring.step_panel import StepPanel
from station_app.ui.authoring.text_panel import MAX_KEPT_BYTES, TextPanel
from tests.author_bench import Author, keep
from tests.documents import work_master
from tests.integration.cli.calling import call_station
from tests.unit.storage.instructions.authored_work_master import make_folder
from tests.unit.storage.instructions.test_media_files import png

STATION = Path(__file__).parents[2] / "installer" / "examples" / "station.toml"
LARGE = png(60_000, 60_000)
POLYGLOT = png() + b"<html><script>alert(1)</script></html>"


class Bad(NamedTuple):
    """What is wrong with a folder: replacements in its document, files beside it, and what must be said."""

    says: str
    replaced: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()


CYCLE = '[[step.condition]]\nstep = "{step}"\ncheck = "{check}"\nanswers = ["x"]\n\n'
BAD = {
    "60,000 x 60,000 pixels": Bad("8192", (("place.svg", "place.png"),), (("media/place.png", LARGE),)),
    "a polyglot": Bad("something else", (("place.svg", "place.png"),), (("media/place.png", POLYGLOT),)),
    "a Markdown page of 10 MB": Bad("over 16 KiB", (), (("steps/01-place.en.md", b"# A\n" + b"x" * 10_000_000),)),
    "a limit with a comma": Bad("comma", (("upper = 20.0130", 'upper = "20,0130"'),)),
    "a picture outside the folder": Bad("place.svg", (('file = "place.svg"', 'file = "../../place.svg"'),)),
    "a cycle of conditions": Bad("circle", (
        ("[[step.picture]]", CYCLE.format(step="measure", check="bore") + "[[step.picture]]"),
        ('advance = false\n\n', 'advance = false\n\n' + CYCLE.format(step="place", check="placed")),
    )),
}  # fmt: skip


def made(parent: Path, bad: Bad, name: str = "demo") -> Path:
    folder = make_folder(parent, *bad.replaced, name=name)
    for place, content in bad.files:
        (folder / place).write_bytes(content)
    if any(place == "media/place.png" for place, _ in bad.files):
        (folder / "media" / "place.svg").unlink()
    return folder


def packed(folder: Path, file: Path, *more: tuple[str, bytes]) -> Path:
    """The folder as a single file, whatever is in it."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
        for name, content in more:
            archive.writestr(name, content)
    return file


@pytest.fixture
def editor(qtbot: QtBot, tmp_path: Path) -> Iterator[Author]:
    """An editor with one draft in its list."""
    keep(tmp_path)
    author = Author(qtbot, tmp_path / "drafts")
    yield author
    author.close()


def everything(folder: Path) -> list[tuple[str, int]]:
    return sorted((str(path), path.stat().st_mtime_ns) for path in folder.rglob("*"))


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
def test_it_is_said_at_check_and_nothing_of_it_is_imported(bad: Bad, tmp_path: Path) -> None:
    folder = made(tmp_path / "in", bad)
    checked = call_station("instructions", "check", folder)
    assert checked.returncode == 1 and bad.says in checked.stdout
    assert all(line.startswith("demo/") or "fault" in line for line in checked.stdout.splitlines())
    (tmp_path / "out").mkdir()
    file = packed(folder, tmp_path / "demo.workmaster")
    imported = call_station("instructions", "import", file, "--to", tmp_path / "out")
    assert imported.returncode == 1 and "Nothing was imported." in imported.stderr
    assert bad.says in imported.stderr or "at most 16 KiB" in imported.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_the_editor_says_each_and_its_drafts_stay_as_they_are(editor: Author, tmp_path: Path) -> None:
    drafts = tmp_path / "drafts"
    before = everything(drafts)
    files = {
        name: packed(made(tmp_path / f"in{number}", bad), tmp_path / f"{number}.workmaster")
        for number, (name, bad) in enumerate(BAD.items())
    }
    sound = make_folder(tmp_path / "sound")
    files["path traversal"] = packed(sound, tmp_path / "t.workmaster", ("../../evil.txt", b"x"))
    files["absolute"] = packed(sound, tmp_path / "a.workmaster", ("/tmp/evil.txt", b"x"))
    for name, file in files.items():
        editor.window.bar.hush()
        editor.window.deeds.import_file(file)
        editor.until(lambda: editor.message() != "")
        editor.settled()
        assert editor.message().startswith("▲"), name
        if name in BAD:
            assert BAD[name].says in editor.message() or "at most 16 KiB" in editor.message(), name
    assert everything(drafts) == before and not (tmp_path / "evil.txt").exists()


def test_two_versions_with_one_number_are_named(editor: Author, tmp_path: Path) -> None:
    for name in ("one", "two"):
        make_folder(tmp_path / "both", name=name)
    checked = call_station("instructions", "check", tmp_path / "both")
    assert checked.returncode == 1 and "demo A is in one/work_master.toml too" in checked.stdout
    file = packed(tmp_path / "both" / "one", tmp_path / "one.workmaster")
    editor.window.deeds.import_file(file)
    editor.until(lambda: editor.window.edit is not None)
    editor.key(Qt.Key.Key_Escape)
    editor.until(lambda: editor.window.edit is None)
    editor.settled()
    editor.window.deeds.import_file(file)
    editor.until(lambda: "is among the drafts already" in editor.message())
    assert [entry.document_id for entry in DraftFolder(tmp_path / "drafts").entries()].count("demo") == 1


@pytest.mark.parametrize(("name", "content", "says"), [("l.png", LARGE, "8192"), ("p.png", POLYGLOT, "something else")])
def test_a_file_dragged_into_the_editor_is_refused(
    editor: Author, tmp_path: Path, name: str, content: bytes, says: str
) -> None:
    editor.window.open_listed(editor.window.start.rows[0])
    editor.until(lambda: editor.window.edit is not None)
    editor.page.show_part(MEDIA)
    (tmp_path / name).write_bytes(content)
    editor.media.take(tmp_path / name)
    editor.until(lambda: says in editor.message())
    editor.settled()
    assert editor.page.model.work_master == work_master()
    assert len(list((tmp_path / "drafts" / ".media").iterdir())) == 1


def test_a_long_text_is_refused_in_the_form_and_html_is_only_text(editor: Author, tmp_path: Path) -> None:
    editor.window.open_listed(editor.window.start.rows[0])
    editor.until(lambda: editor.window.edit is not None)
    editor.page.show_part(TEXT)
    panel = editor.page.panels[TEXT]
    assert isinstance(panel, TextPanel)

    def paste(text: str) -> None:
        QApplication.clipboard().setText(text)
        panel.text.selectAll()
        panel.text.paste()

    paste("x" * 10_000_000)
    assert "It was not pasted" in panel.fault.text() and panel.text.toPlainText() == "Place it."
    paste("y" * (MAX_TEXT_BYTES + 1))
    assert "Too long: 16 of at most 16 KiB" in panel.fault.text() and len(panel.text.toPlainText()) < MAX_KEPT_BYTES
    editor.checked()
    assert editor.page.model.work_master == work_master()
    assert any("is not taken: Too long" in fault for fault in editor.faults())
    paste("<script>alert(1)</script> <img src=x> **Press**")
    editor.page.preview.draw()
    view = editor.page.preview.view
    assert view is not None
    assert view.instruction.body_text() == "<script>alert(1)</script> <img src=x> Press"
    editor.checked()
    assert editor.faults() == []


def test_a_cycle_of_conditions_made_in_the_form_is_a_fault(editor: Author) -> None:
    editor.window.open_listed(editor.window.start.rows[0])
    editor.until(lambda: editor.window.edit is not None)
    editor.add_step("Press", "Press it.")
    for step, other in ((0, "new-step"), (1, "place")):
        editor.page.show_step(step)
        editor.page.show_part(PROPERTIES)
        panel = editor.page.panels[PROPERTIES]
        assert isinstance(panel, StepPanel)
        editor.click(panel.conditions.add_button)
        row = panel.conditions.rows()[0]
        panel.conditions.set_rows([["", other, "placed", "x"]])
        panel.conditions.edited.emit([["", other, "placed", "x"]])
        assert row != panel.conditions.rows()[0]
    editor.checked()
    assert any("circle" in fault for fault in editor.faults())


def test_a_check_on_a_tag_that_no_station_has_is_a_fault_where_stations_are_known(qtbot: QtBot, tmp_path: Path) -> None:
    folder = make_folder(tmp_path, ('tag = "press.peak_force"', 'tag = "press.pek_force"'))
    checked = call_station("instructions", "check", folder, "--station", STATION)
    assert checked.returncode == 1 and 'Did you mean "press.peak_force"?' in checked.stdout
    drafts = DraftFolder(tmp_path / "drafts")
    drafts.keep(change_step(work_master(drawing=False), 0, tags=("press.pek_force",)), None)
    program = EditorProgram(tmp_path / "drafts", None, [load_config(STATION)])
    window = program.window
    window.show()
    qtbot.waitUntil(lambda: bool(window.start.rows))
    window.open_listed(window.start.rows[0])
    qtbot.waitUntil(lambda: window.edit is not None and window.edit.keeping.is_checked, timeout=8000)
    assert window.edit is not None
    assert any("no such tag" in fault.message for fault in window.edit.faults)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
    program.close()
    window.deleteLater()
